import Foundation
import Kit
import Rules
import TestSupport
import Testing

@testable import Gateway
@testable import Store

/// The API through real sockets, with a real store.
@Suite("API")
struct APITests {
    struct Case: CustomTestStringConvertible, Sendable {
        var method: String
        var path: String
        var scope: APIScope?
        var body: String?
        var fields: [String] = []
        var status: Int
        /// What the answer has in it.
        var has: String = ""
        var testDescription: String { "\(method) \(path.prefix(60)) → \(status)" }

        init(
            _ method: String, _ path: String, _ scope: APIScope?, _ body: String, fields: [String] = [], _ status: Int,
            _ has: String = ""
        ) {
            self.init(method, path, scope, fields: fields, status, has)
            self.body = body
        }

        init(
            _ method: String, _ path: String, _ scope: APIScope?, fields: [String] = [], _ status: Int,
            _ has: String = ""
        ) {
            (self.method, self.path, self.scope, self.fields) = (method, path, scope, fields)
            (self.status, self.has) = (status, has)
        }
    }

    private static let order = #"[{"id":"o1","member_id":"lin","paid_at":"2026-03-10 10:00","total":"99.50"}]"#

    @Test(
        "requests and their answers",
        arguments: [
            // Who.
            Case("GET", "/members", nil, 401, "urn:nudged:problem:unauthorized"),
            Case("GET", "/members", nil, fields: ["Authorization: Basic abc"], 401, "nudged keys add"),
            Case("GET", "/members", nil, fields: ["Authorization: Bearer nk_no"], 401, "no key has this token"),
            Case("GET", "/members", .write, 403, "the scope `read`"),
            Case("GET", "/members/lin?reveal=because", .read, 403, "the scope `reveal`"),
            Case("POST", "/orders", .read, order, 403, "the scope `write`"),
            Case("DELETE", "/members/lin?reason=x", .operate, 403, "the scope `admin`"),
            Case("GET", "/status", .admin, 200, #""attention":["#),
            Case("GET", "/openapi.json", nil, 200, #""openapi":"3.1.0""#),
            // Where.
            Case("GET", "/nothing", .read, 404, "urn:nudged:problem:not-found"),
            Case("GET", "", .read, 404), Case("GET", "/members/", .read, 404), Case("GET", "/members//", .read, 404),
            Case("DELETE", "/orders", .admin, 405, "this path has POST"),
            Case("TRACE", "/members", nil, 405), Case("POST", "/members/lin", .write, "{}", 405),
            Case("GET", "/members/%zz", .read, 404), Case("GET", "/members/%00", .read, 404),
            Case("GET", "/members/%ff", .read, 404),
            Case("GET", "/members/..%2F..%2Fetc%2Fpasswd", .read, 404, "no such member"),
            Case("GET", "/members/x'%20OR%20'1'='1", .read, 404, "no such member"),
            Case("GET", "/deliveries/-9223372036854775808", .read, 404),
            Case("POST", "/deliveries/-9223372036854775808/cancel", .operate, 404),
            Case("POST", "/tasks/none/done", .tasks, 404),
            Case("GET", "/explain?rule=no&member=lin&at=2026-03-10", .read, 404),
            // The query.
            Case("GET", "/members?limit=0", .read, 400, #""field":"limit""#),
            Case("GET", "/members?limit=501", .read, 400), Case("GET", "/members?limit=x", .read, 400),
            Case("GET", "/members?cursor=abc", .read, 400, #""field":"cursor""#),
            Case("GET", "/deliveries?stat=pending", .read, 400, "did you mean `state`?"),
            Case("GET", "/deliveries?state=pendin", .read, 400, "did you mean `pending`?"),
            Case("GET", "/deliveries?state=pending&state=dead", .read, 400, "there twice"),
            Case("GET", "/deliveries?since=never", .read, 400, #""field":"since""#),
            Case("GET", "/members?limit=%zz", .read, 400, "percent-encoded"),
            Case("GET", "/explain?rule=thanks&member=lin", .read, 400, #""field":"at""#),
            Case("DELETE", "/members/lin", .admin, 400, #""field":"reason""#),
            // The body.
            Case("POST", "/orders", .write, 400, "a body of JSON is missing"),
            Case("POST", "/orders", .write, "{", 400, "not JSON"), Case("POST", "/orders", .write, "\"\\ud800\"", 400),
            Case("POST", "/orders", .write, "[{\"id\":\"\\u0000\"}]", 400),
            Case("POST", "/orders", .write, order, fields: ["Content-Type: text/csv"], 415),
            Case("POST", "/orders", .write, order, fields: ["Content-Encoding: gzip"], 415),
            Case("POST", "/orders", .write, "{}", 422, "a list of 1 to 1000 objects"),
            Case("POST", "/orders", .write, "[]", 422), Case("POST", "/orders", .write, "[1]", 422),
            Case("POST", "/orders", .write, #"[{"id":1,"ID":2}]"#, 422),
            Case("POST", "/orders", .write, #"[{"member_id":"lin"}]"#, 422, #""field":"id""#),
            Case("PUT", "/members/lin", .write, "[]", 422, "no JSON object"),
            Case("PUT", "/members/lin", .write, #"{"id":"other"}"#, 422, #""field":"id""#),
            Case("PUT", "/members/lin", .write, #"{"phon":"1"}"#, 422, "did you mean `phone`?"),
            Case("PATCH", "/members/lin", .write, #"{"phone":"12"}"#, 422, #""field":"phone""#),
            Case("PATCH", "/members/lin", .write, #"{"phone":{}}"#, 422),
            Case("PATCH", "/members/nobody", .write, "{}", 404),
            Case("POST", "/rules/thanks/hold", .operate, "{}", 422, #""field":"reason""#),
            Case("POST", "/rules/thanks/hold", .operate, #"{"reason":"  "}"#, 422),
            Case("POST", "/rules/thanks/hold", .operate, #"{"reason":7}"#, 422),
            Case("POST", "/channels/smss/hold", .operate, #"{"reason":"x"}"#, 404, "did you mean"),
            Case("POST", "/channels/sms/hold", .operate, #"{"reason":"x","why":1}"#, 422, "there is no field `why`"),
            Case("POST", "/tasks/escalate", .tasks, #"{"to":"chen","hours":1.5}"#, 422, #""field":"hours""#),
            Case("POST", "/tasks/escalate", .tasks, #"{"to":"chen","hours":-1}"#, 422),
            Case("POST", "/release", .operate, #"{"all":true}"#, 422),
            Case(
                "POST", "/orders", .write, order, fields: ["Idempotency-Key: \(String(repeating: "k", count: 256))"],
                400),
            // What is done.
            Case("GET", "/members?limit=1", .read, 200, #""next":""#),
            Case("GET", "/members/lin", .read, 200, "138****0001"), Case("HEAD", "/members/lin", .read, 200),
            Case(
                "POST", "/orders", .write, order, 200,
                #"{"accepted":1,"rejected":0,"results":[{"index":0,"outcome":"inserted"}]}"#),
            Case("GET", "/rules", .read, 200, #"{"version":null,"items":["#),
            Case("GET", "/holds", .read, 200, #"{"held":[]}"#),
            Case("GET", "/tasks", .read, 200, #"{"items":[],"next":null}"#),
            Case("POST", "/tasks/escalate", .tasks, #"{"to":"chen"}"#, 200, #"{"tasks":0}"#),
            Case("POST", "/release", .operate, 200, #"{"ended":[],"held":[]}"#),
            Case("GET", "/explain?rule=thanks&member=lin&at=2026-03-10", .read, 200, #""acts":false"#),
        ])
    func table(one: Case) async throws {
        let shop = try await APIShop()
        let reply = try await shop.ask(one.method, one.path, as: one.scope, one.body, one.fields)
        #expect(reply.status == one.status, "\(reply.body)")
        #expect(reply.body.contains(one.has) || one.has.isEmpty, "\(reply.body)")
        if reply.status >= 400 {
            #expect(reply.fields["content-type"] == "application/problem+json")
            #expect(reply.text("status") == String(reply.status) && reply.text("title") != nil)
        } else {
            #expect(reply.fields["content-type"] == "application/json; charset=utf-8")
        }
        switch one.status {
        case 401, 403: #expect(reply.fields["www-authenticate"]?.hasPrefix("Bearer realm=\"nudged\"") == true)
        case 405: #expect(reply.fields["allow"] != nil)
        default: break
        }
        // The document has invented examples.
        if one.path != "/openapi.json" {
            #expect(!reply.body.contains("13800000001") && !reply.body.contains("lin@example.com"))
        }
        try await shop.end()
    }

    @Test("in Chinese where the request asks for it, and in the language of nudged.yaml where it asks for nothing")
    func languages() async throws {
        let shop = try await APIShop()
        let chinese = try await shop.ask("GET", "/members", as: .write, nil, ["Accept-Language: zh-CN,zh;q=0.9"])
        #expect(chinese.text("detail") == "密钥需要 `read` 权限")
        #expect(try await shop.ask("GET", "/members", as: .write).text("detail") == "the key needs the scope `read`")
        try await shop.end()
    }

    // MARK: members

    @Test("a member is read masked, and with a reason as they are; the reason is audited with the key's name")
    func reveal() async throws {
        let shop = try await APIShop()
        let masked = try await shop.ask("GET", "/members/lin", as: .read)
        #expect(masked.json["profile"]?["phone"] == .string("138****0001") && masked.text("masked") == "true")
        let shown = try await shop.ask("GET", "/members/lin?reveal=complaint%204711", as: .admin)
        #expect(shown.status == 200 && shown.body.contains("13800000001"))
        #expect(try await shop.ask("GET", "/members/lin?reveal=%20", as: .admin).status == 400)
        var rows: [AuditRow] = []
        try shop.store.audit(since: nil, action: "reveal", member: "lin") { rows.append($0) }
        #expect(rows.map(\.who) == ["api:k-admin"] && rows[0].reason == "complaint 4711")
        try await shop.end()
    }

    @Test("PUT states all, PATCH what it has; null empties, and a tag that is not the stored one changes nothing")
    func writing() async throws {
        let shop = try await APIShop()
        let first = try #require(try await shop.ask("GET", "/members/lin", as: .read).fields["etag"])
        let patch = try await shop.ask(
            "PATCH", "/members/lin", as: .write, #"{"city":"上海"}"#, ["If-Match: \(first)"])
        let second = try #require(patch.fields["etag"])
        #expect(patch.status == 200 && second != first && patch.text("outcome") == "updated")
        let stale = try await shop.ask(
            "PATCH", "/members/lin", as: .write, #"{"city":"北京"}"#, ["If-Match: \(first)"])
        #expect(stale.status == 412)
        var profile = try await shop.ask("GET", "/members/lin", as: .read)
        #expect(profile.fields["etag"] == second && profile.json["profile"]?["city"] == .string("上海"))
        #expect(profile.json["profile"]?["phone"] != .null && profile.json["tags"] == .array([.string("vip")]))
        #expect(try await shop.ask("PATCH", "/members/lin", as: .write, #"{"phone":null}"#).status == 200)
        profile = try await shop.ask("GET", "/members/lin", as: .read)
        #expect(profile.json["profile"]?["phone"] == .null && profile.json["profile"]?["city"] != .null)
        #expect(try await shop.ask("PUT", "/members/lin", as: .write, #"{"tier":"gold"}"#).text("outcome") == "updated")
        profile = try await shop.ask("GET", "/members/lin", as: .read)
        #expect(profile.json["profile"]?["city"] == .null && profile.json["tags"] == .array([]))
        #expect(profile.json["profile"]?["tier"] == .string("gold"))
        #expect(
            try await shop.ask("PUT", "/members/lin", as: .write, #"{"tier":"gold"}"#).text("outcome") == "unchanged")
        // Only when there is none.
        let only = ["If-None-Match: *"]
        #expect(try await shop.ask("PUT", "/members/lin", as: .write, "{}", only).status == 412)
        #expect(try await shop.ask("PUT", "/members/new%20one", as: .write, "{}", only).status == 201)
        #expect(try await shop.ask("PUT", "/members/nobody", as: .write, "{}", ["If-Match: *"]).status == 412)
        #expect(try await shop.ask("GET", "/members/new%20one", as: .read).text("member") == "new one")
        try await shop.end()
    }

    @Test("a merge is that of the command: once, and rows under the old id are the member's")
    func merging() async throws {
        let shop = try await APIShop()
        #expect(try await shop.ask("PUT", "/members/lin-2", as: .write, #"{"email":"a@example.com"}"#).status == 201)
        let (path, body) = ("/members/lin/merge", #"{"from":"lin-2","reason":"asked"}"#)
        #expect(try await shop.ask("POST", path, as: .write, body).status == 403)
        let merged = try await shop.ask("POST", path, as: .admin, body)
        #expect(merged.status == 200 && merged.text("changed") == "true", "\(merged.body)")
        #expect(try await shop.ask("POST", path, as: .admin, body).text("changed") == "false")
        #expect(try await shop.ask("POST", path, as: .admin, #"{"from":"lin"}"#).status == 409)
        #expect(try await shop.ask("POST", path, as: .admin, #"{"from":"nobody"}"#).status == 404)
        #expect(try await shop.ask("POST", path, as: .admin, "{}").status == 422)
        let old = try await shop.ask("GET", "/members/lin-2", as: .read)
        #expect(old.status == 404 && old.text("detail")?.contains("was merged into `lin`") == true, "\(old.body)")
        #expect(try await shop.ask("PATCH", "/members/lin-2", as: .write, #"{"region":"华东"}"#).status == 200)
        let profile = try await shop.ask("GET", "/members/lin", as: .read)
        #expect(profile.json["profile"]?["region"] == .string("华东"))
        var rows: [AuditRow] = []
        try shop.store.audit(since: nil, action: "merge", member: "lin") { rows.append($0) }
        #expect(rows.map(\.who) == ["api:k-admin"] && rows[0].reason == "asked")
        try await shop.end()
    }

    @Test("an erasure is that of the command, and says afterwards that there was one")
    func erasing() async throws {
        let shop = try await APIShop()
        let tag = try #require(try await shop.ask("GET", "/members/lin", as: .read).fields["etag"])
        #expect(
            try await shop.ask("DELETE", "/members/lin?reason=x", as: .admin, nil, ["If-Match: \"0\""]).status == 412)
        let erased = try await shop.ask("DELETE", "/members/lin?reason=request", as: .admin, nil, ["If-Match: \(tag)"])
        #expect(erased.status == 200 && erased.text("erased") == "true", "\(erased.body)")
        #expect(try await shop.ask("GET", "/members/lin", as: .read).text("detail")?.contains("was erased") == true)
        #expect(try await shop.ask("DELETE", "/members/lin?reason=request", as: .admin).status == 404)
        var rows: [AuditRow] = []
        try shop.store.audit(since: nil, action: "erase", member: nil) { rows.append($0) }
        #expect(rows.map(\.who) == ["api:k-admin"])
        try await shop.end()
    }

    // MARK: batches

    @Test("the good ones of a batch are taken, and each of the others says its field and its reason")
    func batch() async throws {
        let shop = try await APIShop()
        let body = """
            [{"id":"o1","member_id":"lin","paid_at":"2026-03-10 10:00","total":99.5,
              "items":[{"sku":"milk","quantity":2,"price":"10"}]},
             {"id":"o2","member_id":"nobody","paid_at":"2026-03-10 10:00","total":1},
             {"id":"o3","member_id":"lin","paid_at":"2026-03-10 10:00","total":"1.2万"},
             {"id":"o4","member_id":"lin","paid_at":"2026-03-10 10:00","totl":1}]
            """
        let reply = try await shop.ask("POST", "/orders", as: .write, body)
        #expect(reply.status == 200 && reply.text("accepted") == "1" && reply.text("rejected") == "3", "\(reply.body)")
        guard case .array(let results)? = reply.json["results"] else { throw Loopback.Failure(step: "results") }
        #expect(
            results.map { $0["outcome"]?.scalarText } == ["inserted", "rejected", "rejected", "rejected"]
                && results.dropFirst().map { $0["field"]?.scalarText } == ["member_id", "total", "totl"])
        let stored = try await shop.store.writer.read { db in
            try db.all("SELECT o.id, o.total, i.sku FROM orders o JOIN order_items i ON i.order_id = o.id").map(
                \.values)
        }
        #expect(stored == [[.text("o1"), .int(9950), .text("milk")]])
        #expect(try await shop.ask("POST", "/orders", as: .write, body).json["results"] != nil)
        let none = try await shop.ask(
            "POST", "/orders", as: .write, #"[{"id":"o9","member_id":"nobody","paid_at":"2026-03-10","total":1}]"#)
        #expect(none.status == 422 && none.text("field") == "member_id", "\(none.body)")
        guard case .array(let errors)? = none.json["errors"] else { throw Loopback.Failure(step: "errors") }
        #expect(errors.count == 1 && errors[0]["reason"]?.scalarText?.contains("import members first") == true)
        try await shop.end()
    }

    @Test("a grant that a refusal stands against says why it changes nothing; a later one is taken")
    func refusedGrant() async throws {
        let shop = try await APIShop()
        func post(_ state: String) async throws -> StrictJSON? {
            let body = #"[{"member_id":"lin","channel":"sms","state":"\#(state)"}]"#
            guard case .array(let results)? = try await shop.ask("POST", "/consents", as: .write, body).json["results"]
            else { return nil }
            return results.first
        }
        #expect(try await post("withdrawn")?["outcome"]?.scalarText == "inserted")
        let undated = try await post("granted")
        #expect(undated?["outcome"]?.scalarText == "unchanged")
        #expect(undated?["reason"]?.scalarText == GrantObjection.refused.words.english)
        let again = try await post("withdrawn")
        #expect(again?["outcome"]?.scalarText == "unchanged" && again?["reason"] == nil)
        let at = Zone.utc.rfc3339(Instant.now.adding(micros: 60_000_000))
        let later = #"[{"member_id":"lin","channel":"sms","state":"granted","at":"\#(at)"}]"#
        #expect(try await shop.ask("POST", "/consents", as: .write, later).body.contains(#""outcome":"inserted"}"#))
        try await shop.end()
    }

    @Test("every kind of an import but the lines of orders comes in, and a no acts from its commit on")
    func kinds() async throws {
        let shop = try await APIShop()
        for (path, object) in [
            ("members", #"{"id":"m9","tags":["vip","new"]}"#),
            ("dates", #"{"member_id":"lin","name":"wedding","date":"05-20"}"#),
            ("stores", #"{"id":"s1","timezone":"Asia/Shanghai"}"#),
            ("products", #"{"sku":"milk","price":10,"in_stock":true}"#),
            ("carts", #"{"id":"c1","member_id":"lin","updated_at":"2026-03-10 10:00","items":[{"sku":"milk"}]}"#),
            ("points", #"{"id":"p1","member_id":"lin","points":5}"#),
            ("coupons", #"{"id":"k1","member_id":"lin","template":"C30"}"#),
            ("coupon_codes", #"{"template":"POOL","code":"A"}"#),
            ("events", #"{"id":"e1","member_id":"lin","name":"x","at":"2026-03-10 10:00","data":{"a":1}}"#),
            ("consents", #"{"member_id":"lin","channel":"短信","state":"withdrawn"}"#),
            ("suppressions", #"{"address":"13800000009","reason":"complaint"}"#),
        ] {
            let reply = try await shop.ask("POST", "/\(path)", as: .write, "[\(object)]")
            #expect(reply.status == 200 && reply.text("accepted") == "1", "\(path): \(reply.body)")
        }
        let profile = try await shop.ask("GET", "/members/lin", as: .read)
        guard case .array(let consents)? = profile.json["consents"] else { throw Loopback.Failure(step: "consents") }
        #expect(
            consents.contains {
                $0["state"]?.scalarText == "withdrawn" && $0["channel"]?.scalarText == "sms"
                    && $0["source"]?.scalarText == "api:k-write"
            }, "\(profile.body)")
        #expect(try await shop.ask("POST", "/order_items", as: .write, "[{}]").status == 404)
        try await shop.end()
    }

    // MARK: pages

    @Test("pages hold each row once, in order, also when rows come and go between them")
    func pages() async throws {
        let shop = try await APIShop()
        for number in 0..<7 {
            _ = try await shop.owe("lin")
            try await shop.task("t\(number)", due: number < 3 ? nil : Int64(number))
        }
        for (path, total) in [("/members?limit=1", 2), ("/deliveries?limit=2&member=lin", 7), ("/tasks?limit=2", 7)] {
            var (seen, next): ([String], String?) = ([], nil)
            var requests = 0
            repeat {
                let page = try await shop.ask("GET", path + (next.map { "&cursor=\($0)" } ?? ""), as: .read)
                seen += page.items.compactMap { $0["id"]?.scalarText }
                next = page.json["next"]?.scalarText
                requests += 1
                // Whatever comes in front of the page moves nothing on it.
                if path.hasPrefix("/tasks") { try await shop.task("early\(requests)", due: 1) }
            } while next != nil && requests < 20
            #expect(seen.count == total && Set(seen).count == total, "\(path): \(seen)")
        }
        let tasks = try await shop.ask("GET", "/tasks", as: .read).items.compactMap { $0["member"]?.scalarText }
        #expect(tasks.suffix(3) == ["t0", "t1", "t2"], "those without a time come last")
        // A cursor of one list is none of another.
        let cursor = try #require(try await shop.ask("GET", "/members?limit=1", as: .read).text("next"))
        #expect(try await shop.ask("GET", "/deliveries?cursor=\(cursor)", as: .read).status == 400)
        try await shop.end()
    }

    // MARK: operators

    @Test("holds and releases are those of the commands, in the name of the key")
    func stops() async throws {
        let shop = try await APIShop()
        for path in ["", "/channels/sms"] {
            let held = try await shop.ask("POST", "\(path)/hold", as: .operate, #"{"reason":"wrong price"}"#)
            #expect(held.status == 200, "\(held.body)")
        }
        #expect(try shop.store.stops().map(\.scope) == ["all", "channel:sms"])
        #expect(try shop.store.stops().allSatisfy { $0.who == "api:k-operate" && $0.reason == "wrong price" })
        #expect(try await shop.ask("GET", "/rules", as: .read).items[0]["held"] != .array([]))
        let released = try await shop.ask("POST", "/channels/sms/release", as: .operate)
        #expect(released.text("ended") == nil && released.body.contains(#""ended":[{"scope":"channel:sms""#))
        #expect(try await shop.ask("POST", "/release", as: .operate, "{}").body.hasSuffix(#""held":[]}"#))
        var rows: [AuditRow] = []
        try shop.store.audit(since: nil, action: nil, member: nil) { rows.append($0) }
        #expect(rows.filter { $0.who == "api:k-operate" }.map(\.action) == ["hold", "hold", "release", "release"])
        try await shop.end()
    }

    @Test("a message is cancelled or tried again once, and says why not otherwise")
    func deliveries() async throws {
        let shop = try await APIShop()
        let (owed, dead) = (try await shop.owe("lin"), try await shop.owe("zbo", state: "dead"))
        let detail = try await shop.ask("GET", "/deliveries/\(owed)", as: .read)
        #expect(detail.text("state") == "pending" && detail.text("address") == "138****0001")
        #expect(!detail.body.contains("secret text"))
        #expect(try await shop.ask("POST", "/deliveries/\(owed)/cancel", as: .operate).body == #"{"done":1}"#)
        let again = try await shop.ask("POST", "/deliveries/\(owed)/cancel", as: .operate)
        #expect(again.status == 409 && again.text("detail") == "it has ended already")
        let retried = try await shop.ask("POST", "/deliveries/\(dead)/retry", as: .operate, "{}")
        #expect(retried.body == #"{"done":1}"#, "\(retried.body)")
        let states = try await shop.ask("GET", "/deliveries?state=pending,cancelled", as: .read).items
        #expect(states.compactMap { $0["state"]?.scalarText } == ["cancelled", "pending"])
        #expect(
            try await shop.ask("POST", "/deliveries/\(dead)/retry", as: .operate, #"{"not_arrived":1}"#).status == 422)
        try await shop.end()
    }

    @Test("a task is given to somebody and closed, by the id of the list")
    func tasks() async throws {
        let shop = try await APIShop()
        try await shop.task("lin", due: 5)
        let list = try await shop.ask("GET", "/tasks", as: .read).items
        let id = try #require(list.first?["id"]?.scalarText)
        #expect(list[0]["overdue"] == .bool(true))
        #expect(try await shop.ask("POST", "/tasks/\(id)/assign", as: .tasks, #"{"to":"chen"}"#).status == 200)
        #expect(try await shop.ask("GET", "/tasks?assignee=chen", as: .read).items.count == 1)
        #expect(
            try await shop.ask("POST", "/tasks/escalate", as: .tasks, #"{"to":"wang","hours":1}"#).body
                == #"{"tasks":1}"#)
        #expect(try await shop.ask("POST", "/tasks/\(id)/done", as: .tasks).body == #"{"state":"done"}"#)
        #expect(try await shop.ask("POST", "/tasks/\(id)/done", as: .tasks).status == 404)
        #expect(try await shop.ask("GET", "/tasks", as: .read).items.isEmpty)
        #expect(try await shop.ask("GET", "/tasks?all=true", as: .read).items.count == 1)
        try await shop.end()
    }
}
