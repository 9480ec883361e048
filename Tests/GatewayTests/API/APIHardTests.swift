import Config
import Foundation
import Kit
import Rules
import Synchronization
import TestSupport
import Testing

@testable import Gateway
@testable import Store

/// What users of the API must not be able to do, and what must not happen to them.
@Suite("API under attack and under load")
struct APIHardTests {
    private static let order = #"[{"id":"o1","member_id":"lin","paid_at":"2026-03-10 10:00","total":"99.50"}]"#

    private func count(_ shop: APIShop, _ table: String) throws -> Int? {
        try shop.store.writer.read { try $0.value("SELECT COUNT(*) FROM \(table)") }
    }

    // MARK: the same request again

    @Test("the same request under its Idempotency-Key is done once, and answered the same, also by the next process")
    func repeated() async throws {
        let shop = try await APIShop()
        let key = ["Idempotency-Key: k1"]
        let event = #"[{"member_id":"lin","name":"x","at":"2026-03-10 10:00"}]"#
        let first = try await shop.ask("POST", "/events", as: .write, event, key)
        let before = try count(shop, "events")
        // The order of keys and white space are no other request.
        let again = try await shop.ask(
            "POST", "/events", as: .write, #"[{"name":"x", "at":"2026-03-10 10:00","member_id":"lin"}]"#, key)
        #expect(again.status == 200 && again.body == first.body && again.fields["idempotency-replayed"] == "true")
        #expect(first.fields["idempotency-replayed"] == nil)
        #expect(try count(shop, "events") == before && count(shop, "api_replies") == 1)
        // Another body, another path, another key of the API.
        #expect(try await shop.ask("POST", "/events", as: .write, APIHardTests.order, key).status == 422)
        #expect(
            try await shop.ask("POST", "/orders", as: .write, event, key).text("type")
                == "urn:nudged:problem:idempotency-key-reused")
        #expect(try await shop.ask("POST", "/events", as: .admin, event, key).fields["idempotency-replayed"] == nil)
        // What the store has is all that it takes.
        let store = try MemberStore.open(url: "sqlite:\(shop.folder.path)/nudged.db")
        let next = try store.reply(
            to: APIRepeatable(
                key: "k-write", token: "k1",
                request: "POST /api/v1/events\u{1F}\(try StrictJSON(parsing: event).sorted.compactText)"), at: .now
        ) { _ in APIReply(body: "done again") }
        #expect(next.isRepeated && next.reply.body == first.body)
        try await shop.end()
    }

    @Test(
        "what was refused, or failed on its way to the disk, is not kept: the same request is done when it comes again")
    func refusedIsNotKept() async throws {
        let shop = try await APIShop()
        let key = ["Idempotency-Key: k1"]
        let order = APIHardTests.order.replacing("lin", with: "later")
        #expect(try await shop.ask("POST", "/orders", as: .write, order, key).status == 422)
        #expect(try count(shop, "api_replies") == 0)
        struct PowerCut: Error {}
        let request = APIRepeatable(key: "k-write", token: "k2", request: "x")
        #expect(throws: PowerCut.self) {
            try shop.store.reply(to: request, at: .now) { db in
                try db.run("INSERT INTO stores (id) VALUES ('s9')")
                throw PowerCut()
            }
        }
        #expect(try count(shop, "stores") == 0 && count(shop, "api_replies") == 0)
        #expect(try await shop.ask("PUT", "/members/later", as: .write, "{}").status == 201)
        #expect(try await shop.ask("POST", "/orders", as: .write, order, key).status == 200)
        #expect(try count(shop, "orders") == 1 && count(shop, "api_replies") == 1)
        try await shop.end()
    }

    @Test("an answer is kept for a day, and expired ones go")
    func expired() throws {
        let store = try MemberStore.inMemory()
        func reply(_ token: String, _ hours: Int64, _ body: String) throws -> String {
            let request = APIRepeatable(key: "k", token: token, request: "r")
            return try store.reply(to: request, at: Instant(micros: hours * 3_600_000_000)) { _ in
                APIReply(body: body)
            }.reply.body
        }
        #expect(try reply("a", 0, "1") == "1" && reply("a", 23, "2") == "1")
        #expect(try reply("a", 24, "3") == "3" && reply("a", 25, "4") == "3")
        #expect(try reply("b", 49, "5") == "5")
        #expect(try store.writer.read { try $0.value("SELECT COUNT(*) FROM api_replies") } == 1)
    }

    // MARK: keys

    @Test("a key that is revoked is refused at the next request")
    func revoked() async throws {
        let shop = try await APIShop()
        #expect(try await shop.ask("GET", "/members", as: .read).status == 200)
        #expect(try shop.store.revokeKey("k-read", at: .now) == .done)
        let refused = try await shop.ask("GET", "/members", as: .read)
        #expect(refused.status == 401 && refused.fields["www-authenticate"]?.contains("invalid_token") == true)
        try await shop.end()
    }

    @Test("a key has so many requests a second, and is told when to come again; others are not held up")
    func rate() async throws {
        let shop = try await APIShop()
        let token = try shop.store.addKey("slow", scopes: [.read], rate: 1, at: .now)
        let replies = try await withThrowingTaskGroup(of: APIShop.Reply.self) { group in
            for _ in 0..<40 { group.addTask { try await shop.ask("GET", "/holds", as: nil, token: token) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(replies.map(\.status)) == [200, 429])
        #expect(replies.filter { $0.status == 429 }.allSatisfy { $0.fields["retry-after"] == "1" })
        #expect(try await shop.ask("GET", "/holds", as: .read).status == 200)
        try await shop.end()
    }

    // MARK: bodies

    @Test("a body that is too large is refused by its head, or where it goes on, and none of it is kept")
    func large() async throws {
        var limits = APIDesk.Limits()
        limits.bodyBytes = 10_000
        let shop = try await APIShop(limits: limits)
        let token = shop.token(.write)
        let head =
            "POST /api/v1/orders HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nAuthorization: Bearer \(token)\r\n"
        let stated = APIShop.reply(try await shop.desk.ask(head + "Content-Length: 100000000\r\n\r\n"))
        #expect(stated.status == 413 && stated.fields["connection"] == "close")
        let chunk = "400\r\n" + String(repeating: " ", count: 1024) + "\r\n"
        let chunked = APIShop.reply(
            try await shop.desk.ask(
                head + "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 20) + "0\r\n\r\n"))
        #expect(chunked.status == 413)
        // A stranger's is not even begun.
        let stranger = APIShop.reply(
            try await shop.desk.ask(
                head.replacing(token, with: "nk_x") + "Expect: 100-continue\r\nContent-Length: 100\r\n\r\n"))
        #expect(stranger.status == 401 && stranger.fields["connection"] == "close")
        try await shop.end()
    }

    @Test(
        "no body makes the daemon fail",
        arguments: [
            String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 5000), "[\"\\ud83d\"]",
            "[1e999]",
            "[{\"id\":\"x\",\"id\":\"y\"}]", "\u{FEFF}[]", "[{\"id\":[[[]]]}]",
            "[{\"id\":true,\"member_id\":{},\"paid_at\":[],\"total\":null}]",
            "[{\"id\":\"o\",\"member_id\":\"lin\",\"paid_at\":99999999999999999999,\"total\":1e308}]",
            "[{\"id\":\"o\",\"member_id\":\"lin\",\"paid_at\":\"2026-03-10\",\"total\":1,\"items\":[{\"sku\":1,\"quantity\":1e99}]}]",
            "[null]", "null", "\"x\"", "[{\"constructor\":1,\"__proto__\":2}]",
            "[{\"id\":\"'; DROP TABLE members; --\",\"member_id\":\"lin\",\"paid_at\":\"2026-03-10\",\"total\":1}]",
        ])
    func strange(body: String) async throws {
        let shop = try await APIShop()
        for path in ["/orders", "/members", "/events", "/consents"] {
            let reply = try await shop.ask("POST", path, as: .write, body)
            #expect([200, 400, 422].contains(reply.status), "\(path): \(reply.body)")
        }
        let put = try await shop.ask("PUT", "/members/lin", as: .write, body)
        #expect([400, 422].contains(put.status), "\(put.body)")
        #expect(try await shop.ask("GET", "/members", as: .read).items.count >= 2)
        try await shop.end()
    }

    @Test("what is not UTF-8 is no JSON, and a field of the head cannot be brought in by a value")
    func bytes() async throws {
        let shop = try await APIShop()
        let split = try await shop.ask("GET", "/members/x%0d%0aSet-Cookie:%20a=b", as: .read)
        #expect(split.status == 404 && split.fields["set-cookie"] == nil)
        let query = try await shop.ask("GET", "/deliveries?rule=x%0d%0aSet-Cookie:%20a=b", as: .read)
        #expect(query.status == 200 && query.fields["set-cookie"] == nil)
        let name = try await shop.ask("GET", "/members?a%0d%0aSet-Cookie:%20a=b", as: .read)
        #expect(name.status == 400 && name.fields["set-cookie"] == nil)
        try await shop.end()
    }

    // MARK: the store

    @Test("a full disk is named, with the time to come again")
    func fullDisk() throws {
        let text =
            "version: 1\nstore: {url: \"sqlite:nudged.db\"}\nrules_dir: rules\nchannels: {sms: {type: log}}\n"
        let file = YAMLReader.read(bytes: Array(text.utf8), path: "nudged.yaml")
        let config = try #require(ConfigReader.read(file).0)
        let desk = APIDesk(try .inMemory(), config: config, log: LogKeeper().logger, rules: { nil })
        let problem = desk.problem(of: SQLFault(code: 13))
        #expect(problem.kind == .unavailable && problem.retryAfter == 30)
        #expect(problem.detail.english.hasPrefix("the disk of the store is full"))
    }

    @Test("a store that another process has is 503 with the time to come again; what was not begun is not done later")
    func busy() async throws {
        var limits = APIDesk.Limits()
        limits.patience = .seconds(3)
        let shop = try await APIShop(limits: limits)
        let other = try MemberStore.open(url: "sqlite:\(shop.folder.path)/nudged.db")
        let (inside, outside) = (Door(), Door())
        let holding = Task.detached {
            try await GatewayDesk.blocking {
                try other.writer.writeWithoutTransaction { db in
                    try db.script("BEGIN IMMEDIATE")
                    inside.open()
                    let wait = DispatchSemaphore(value: 0)
                    Task {
                        await outside.pass()
                        wait.signal()
                    }
                    wait.wait()
                    try db.script("ROLLBACK")
                }
            }
        }
        await inside.pass()
        // The first waits for the store, the second for the first.
        for id in ["o1", "o2"] {
            let reply = try await shop.ask(
                "POST", "/orders", as: .write, APIHardTests.order.replacing("o1", with: id))
            #expect(reply.status == 503 && reply.fields["retry-after"] == "5", "\(reply.body)")
        }
        // What only reads goes on.
        #expect(try await shop.ask("GET", "/members", as: .read).status == 200)
        outside.open()
        try await holding.value
        #expect(try await shop.ask("POST", "/orders", as: .write, APIHardTests.order).status == 200)
        let orders = try await shop.store.writer.read { try $0.values("SELECT id FROM orders") as [String] }
        #expect(orders == ["o1"])
        try await shop.end()
    }

    @Test("logs and metrics have the templates of paths, and nothing of a member or a key")
    func logs() async throws {
        let shop = try await APIShop()
        for path in ["/members/lin", "/members/13800000001", "/deliveries?member=lin", "/no/13800000001"] {
            _ = try await shop.ask("GET", path, as: .read)
        }
        let lines = shop.desk.log.lines
        #expect(lines.contains { $0.contains("route=/api/v1/members/{id}") && $0.contains("status=200") })
        #expect(lines.contains { $0.contains("route=/api/v1/other") })
        #expect(!lines.contains { $0.contains("lin") || $0.contains("1380000") || $0.contains("nk_") }, "\(lines)")
        try await shop.end()
    }

    // MARK: the document

    @Test("the document has every operation of the table, with its scope, its parameters and its answers")
    func document() async throws {
        let shop = try await APIShop()
        let document = try await shop.ask("GET", "/openapi.json", as: nil).json
        guard case .object(let paths)? = document["paths"] else { throw Loopback.Failure(step: "paths") }
        let written = paths.flatMap { path in path.value.members.map { "\($0.key.uppercased()) \(path.key)" } }
        #expect(Set(written) == Set(APIOperation.all.map { "\($0.method.rawValue) \($0.path)" }))
        #expect(written.count == APIOperation.all.count && Set(APIOperation.all.map(\.id)).count == written.count)
        for operation in APIOperation.all {
            let json = document["paths"]?[operation.path]?[operation.method.rawValue.lowercased()]
            #expect(json?["operationId"] == .string(operation.id))
            #expect((json?["requestBody"] != nil) == (operation.body != nil))
            if let scope = operation.scope {
                #expect(
                    json?["security"]
                        == .array([.object([.init(key: "key", value: .array([.string(scope.rawValue)]))])]))
                #expect(json?["responses"]?["401"] != nil && json?["responses"]?["503"] != nil)
            }
            for status in operation.statuses { #expect(json?["responses"]?[String(status)] != nil) }
        }
        try await shop.end()
    }
}
