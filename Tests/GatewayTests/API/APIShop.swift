import Channels
import Config
import Foundation
import Kit
import Logging
import Rules
import Testing
import TestSupport

@testable import Gateway
@testable import Store

/// A store on disk with members, messages and tasks, behind a gateway with the API.
struct APIShop {
    struct Reply {
        var status: Int
        /// By lower-case name.
        var fields: [String: String]
        var body: String
        var json: StrictJSON { (try? StrictJSON(parsing: body)) ?? .null }

        /// A value of an object by its keys, as text; nil where it is not there.
        func text(_ keys: String...) -> String? {
            keys.reduce(Optional(json)) { $0?[$1] }.flatMap { $0.scalarText }
        }
        var items: [StrictJSON] { if case .array(let items)? = json["items"] { items } else { [] } }
    }

    let folder: URL
    let store: MemberStore
    let desk: GatewayDesk
    private let tokens: [APIScope: String]

    static let rule = """
          - {id: thanks, name: 谢谢, status: live, owner: crm, purpose: marketing, when: {event: {name: order.paid, after: 1h}},
             do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}

        """

    init(limits: APIDesk.Limits = APIDesk.Limits()) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "nudged-api-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let world = try World(
            rules: APIShop.rule,
            members: """
                  lin: {display_name: 林秘密, phone: "13800000001", email: "lin@example.com", tier: gold, consent: {sms: granted}}
                  zbo: {display_name: 张三, phone: "13800000002"}

                """)
        let url = "sqlite:\(folder.path)/nudged.db"
        store = try MemberStore.open(url: url)
        let set = world.set
        let text = """
            version: 1
            lang: en
            store: {url: "\(url)"}
            rules_dir: \(folder.path)/rules
            channels: {sms: {type: log}, email: {type: log}}
            """
        let read = ConfigReader.read(YAMLReader.read(bytes: Array(text.utf8), path: "nudged.yaml"))
        let shop = try #require(read.0, "\(read.1)")
        let store = store
        desk = try await GatewayDesk(api: { log in
            APIDesk(store, config: shop, limits: limits, log: log.logger, rules: { set })
        })
        var tokens: [APIScope: String] = [:]
        for scope in APIScope.allCases {
            tokens[scope] = try store.addKey("k-\(scope.rawValue)", scopes: [scope], rate: 10_000, at: .now).text
        }
        self.tokens = tokens
        for id in ["lin", "zbo"] {
            let phone = id == "lin" ? "13800000001" : "13800000002"
            let put = try await ask(
                "PUT", "/members/\(id)", as: .write,
                #"{"display_name":"林秘密","phone":"\#(phone)","tags":["vip"]}"#)
            #expect(put.status == 201, "\(put.body)")
        }
    }

    func end() async throws {
        try await desk.stop()
        try FileManager.default.removeItem(at: folder)
    }

    func token(_ scope: APIScope) -> String { tokens[scope] ?? "" }

    /// - Parameters:
    ///   - scope: of the key that is shown; nil: none is.
    ///   - token: one that is shown instead.
    func ask(
        _ method: String, _ path: String, as scope: APIScope?, _ body: String? = nil, _ fields: [String] = [],
        token: APIToken? = nil
    ) async throws -> Reply {
        var lines = ["\(method) /api/v1\(path) HTTP/1.1", "Host: h", "Connection: close"] + fields
        if let shown = token?.text ?? scope.map({ self.token($0) }) { lines.append("Authorization: Bearer \(shown)") }
        if let body {
            lines.append("Content-Length: \(body.utf8.count)")
            if !fields.contains(where: { $0.lowercased().hasPrefix("content-type") }) {
                lines.append("Content-Type: application/json")
            }
        }
        return APIShop.reply(
            try await desk.ask(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")))
    }

    static func reply(_ text: String) -> Reply {
        let end = text.range(of: "\r\n\r\n")
        let head = text[..<(end?.lowerBound ?? text.endIndex)].split(separator: "\r\n").map(String.init)
        var fields: [String: String] = [:]
        for line in head.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            if parts.count == 2 { fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        return Reply(
            status: text.status ?? 0, fields: fields, body: end.map { String(text[$0.upperBound...]) } ?? "")
    }

    /// Writes a decided message to a member, and returns its number.
    func owe(_ member: String, state: String = "pending") async throws -> Int64 {
        try await store.writer.write { db in
            let count: Int64 = try db.value("SELECT COUNT(*) FROM decisions") ?? 0
            let now = Instant.now.micros
            try db.run(
                """
                INSERT INTO decisions (id, member, rule, occasion, due, at, outcome, rules_version)
                VALUES (?, ?, 'thanks', ?, ?, ?, 'sent', 1)
                """, [count + 1, member, "order:\(count)", now, now])
            try db.run(
                """
                INSERT INTO deliveries (id, decision, step, rule, channel, template, purpose, state, created_at,
                  not_before, send_by, start, address, text) VALUES (?, ?, 1, 'thanks', 'sms', 'hello', 'marketing', ?, ?, ?,
                  ?, 0, '+8613800000001', 'secret text')
                """, [count + 1, count + 1, state, now, now, now + 86_400_000_000])
            return count + 1
        }
    }

    func task(_ member: String, due: Int64?) async throws {
        try await store.writer.write { db in
            try db.run(
                "INSERT INTO tasks (member, rule, occasion, title, created_at, due_at) VALUES (?, 'call', 'o', '致电', 1, ?)",
                [member, due])
        }
    }
}
