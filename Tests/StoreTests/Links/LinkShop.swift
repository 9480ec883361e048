import Foundation
import Intake
import Kit
import Policies
import Rules
import TestSupport

@testable import Engine
@testable import Store

/// A store with a message owed whose text has links.
enum LinkShop {
    static let templates = """
        version: 1
        templates:
          - id: hello
            channel: sms
            text: "【星河百货】{{ name | default: '您好' }} {{ 'https://shop.example.com/a' | link: sale }} {{ 'https://shop.example.com/a' | link: sale }} 退订 {{ unsubscribe_url }}"
            values: {name: text}
          - {id: hello_wx, channel: wechat, code: T1, text: "{{ url | default: 'https://shop.example.com/' | link: sale }} {{ unsubscribe_url }}", values: {url: text}}
          - {id: mail, channel: email, subject: a, text: "{{ name | default: '您好' }}", values: {name: text}}
        """

    static func rule(_ entries: String = "{sms: {template: hello}}", fill: String = "name: member.display_name")
        -> String
    {
        OutboxDesk.rule.replacing("{sms: {template: hello}}", with: entries)
            .replacing("name: member.display_name", with: fill)
    }

    static func desk(_ rule: String = rule(), members: String = OutboxDesk.member()) async throws -> OutboxDesk {
        try await OutboxDesk(rules: rule, members: members, more: ["templates.yaml": templates])
    }

    static let channels: [LinkChannel] = [
        LinkChannel("sms", .phone), LinkChannel("email", .email), LinkChannel("wechat", .wechatOpenID),
        LinkChannel("push", .none),
    ]
}

extension OutboxDesk {
    func numbers(_ sql: String) async throws -> [Int64] {
        try await store.writer.read { try ($0.values(sql) as [Int64]) }
    }

    func texts(_ sql: String) async throws -> [String] {
        try await store.writer.read { try ($0.values(sql) as [String]) }
    }

    /// The link by which a member says no on a channel, as a handover makes it.
    func link(of member: String, on channel: String = "sms", address: String? = "+8613800000001") async throws
        -> UnsubscribeLink
    {
        let id = try await store.writer.write { db in
            let kind = LinkShop.channels.first { $0.id == channel }?.kind ?? .none
            let key =
                try CanonicalAddress(kind, address).map { AddressKey.hash($0, try AddressKey.secret(db)) } ?? Data()
            let found: Int64? = try db.value(
                "SELECT id FROM unsubscribe_links WHERE member = ? AND channel = ? AND address = ?",
                [member, channel, key])
            if let found { return found }
            try db.run(
                "INSERT INTO unsubscribe_links (member, channel, address, made_at) VALUES (?, ?, ?, 0)",
                [member, channel, key])
            return db.lastRow
        }
        guard let link = try await store.unsubscribeLink(id) else { throw Missing() }
        return link
    }

    struct Missing: Error {}

    /// The member has another number from now on.
    func move(_ member: String, to phone: String, at time: String = "2026-03-10 10:30") async throws {
        let now = try world.instant(time)
        try await store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: now))
            _ = try rows.write(member: MemberRow(id: member, phone: phone), stating: [.phone])
        }
    }

    /// What a member may be sent on `sms` by this number now.
    func wanted(by member: String, at phone: String, _ time: String) async throws -> Set<Rule.Purpose>? {
        let link = try await link(of: member, address: phone)
        let choices = try await store.choices(of: link, among: LinkShop.channels, at: try world.instant(time))
        return choices.items.first { $0.channel == "sms" }?.wanted
    }
}
