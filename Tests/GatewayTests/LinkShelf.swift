import Channels
import Foundation
import Kit
import Policies
import Rules
import Synchronization
import TestSupport

@testable import Gateway
@testable import Store

/// A store with members who can be reached, behind a gateway that answers for links.
struct LinkShelf {
    let store: MemberStore
    let tokens: LinkTokens
    let desk: GatewayDesk

    static let secret = "0123456789abcdef0123456789abcdef"
    static let form = LinkForm(base: "https://s.example.com", hosts: ["shop.example.com"])
    static let channels: [LinkDesk.Channel] = [
        LinkChannel("sms", .phone), LinkChannel("email", .email), LinkChannel("wechat", .wechatOpenID),
        LinkChannel("shop-2", .phone),
    ]
    static let browser = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) MicroMessenger/8.0.44"

    /// lin and zbo have one number; each is owed a message whose text has a short link.
    init() async throws {
        let rule = """
              - {id: thanks, name: 谢谢, status: live, owner: crm, purpose: marketing, when: {event: {name: order.paid, after: 1h}},
                 do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
            """
        let members = ["lin", "zbo"].map { id in
            """
              \(id): {display_name: 林秘密, phone: "13800000001", email: "\(id)@example.com", consent: {sms: granted, email: granted},
                orders: [{id: "o-\(id)", paid_at: "2026-03-10 10:00", total: 10}]}

            """
        }
        let world = try World(rules: rule, members: members.joined())
        let (store, tokens) = (try world.store(), try LinkTokens(secret: LinkShelf.secret))
        (self.store, self.tokens) = (store, tokens)
        // After every consent of the fixtures, whatever the day of the test.
        let clock = Mutex(try world.instant("2026-03-10 12:00"))
        desk = try await GatewayDesk(links: { log in
            LinkDesk(
                store, tokens, form: LinkShelf.form, channels: LinkShelf.channels,
                refusals: UnwrittenRefusals(LinkShelf.channels), log: log.logger
            ) {
                clock.withLock { now in
                    now = now.adding(micros: 1_000_000)
                    return now
                }
            }
        })
    }

    /// The token by which a member says no on a channel.
    func no(_ member: String, on channel: String = "sms", address: String = "13800000001") async throws -> String {
        let id = try await store.writer.write { db in
            let kind = LinkShelf.channels.first { $0.id == channel }?.kind ?? .none
            let key =
                try CanonicalAddress(kind, address).map { AddressKey.hash($0, try AddressKey.secret(db)) } ?? Data()
            try db.run(
                "INSERT INTO unsubscribe_links (member, channel, address, made_at) VALUES (?, ?, ?, 0)",
                [member, channel, key])
            return db.lastRow
        }
        guard let link = try await store.unsubscribeLink(id), let token = tokens.token(of: link.row) else {
            throw Loopback.Failure(step: "no link")
        }
        return token
    }

    /// The token of a short link in a message to lin.
    func short(to url: String) async throws -> String {
        let id = try await store.writer.write { db in
            try db.run(
                """
                INSERT INTO decisions (member, rule, occasion, id, due, at, outcome, rules_version)
                SELECT 'lin', 'thanks', ?, COUNT(*) + 1, 1, 1, 'sent', 1 FROM decisions
                """, [url])
            try db.script(
                """
                INSERT INTO deliveries (decision, rule, channel, template, purpose, state, created_at, not_before, send_by,
                  start) SELECT MAX(id), 'thanks', 'sms', 'hello', 'marketing', 'accepted', 1, 1, 1, 1 FROM decisions
                """)
            let delivery = db.lastRow
            try db.run("INSERT INTO short_links (delivery, n, name, url) VALUES (?, 1, 'sale', ?)", [delivery, url])
            return db.lastRow
        }
        guard let link = try await store.shortLink(id), let token = tokens.token(of: link.row) else {
            throw Loopback.Failure(step: "no link")
        }
        return token
    }

    func ask(
        _ method: String = "GET", _ path: String, _ fields: [String: String] = ["User-Agent": LinkShelf.browser],
        body: String? = nil
    ) async throws -> String {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: s.example.com\r\nConnection: close\r\n"
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.utf8.count)\r\n" }
        return try await desk.ask(head + "\r\n" + (body ?? ""))
    }

    /// Everything about consents in the store.
    func consents() async throws -> [String] {
        try await store.writer.read { db in
            try
                (db.values(
                    """
                    SELECT member || ' ' || channel || ' ' || purpose || ' ' || state || ' ' || COALESCE(source, '-') FROM consents
                    UNION ALL SELECT 'list ' || channel || ' ' || purpose || ' ' || state || ' ' || COALESCE(source, '-')
                      FROM list_consents ORDER BY 1
                    """) as [String])
        }
    }

    func clicks() async throws -> [Int64] {
        try await store.writer.read { db in
            try
                (db.values(
                    "SELECT SUM(clicks) FROM short_links UNION ALL SELECT COUNT(*) FROM events WHERE name = 'message.clicked'"
                ) as [Int64])
        }
    }
}
