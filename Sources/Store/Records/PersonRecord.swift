import Kit
import Rules

/// Everything that the store has of one person, table by table, as a right of access asks for it (PIPL Art. 45, GDPR Art.
/// 15). Keys and column names are stable.
package struct PersonRecord: Sendable {
    /// What a column holds, which decides how it is written and masked.
    package enum Kind: Sendable {
        case text
        /// The person's own addresses.
        case phone, email, id
        /// An address of any kind, and a key of the shop that may be one.
        case address, key
        /// Words in which there may be an address.
        case prose
        case json, instant, money, number, flag
        /// A day of every year, as `RecurringDate.key` writes it.
        case yearly
        /// A flag that a page says by its name, and only where it holds.
        case mark
    }

    package struct Column: Sendable {
        package let name: String
        package let kind: Kind
    }

    package struct Table: Sendable {
        package let key: String
        package let columns: [Column]
        package var rows: [[SQLValue]]
    }

    package var member: String
    package var tables: [Table]
    /// The tables that say who the member is and what they agreed to.
    package static let profile: Set = [
        "profile", "tags", "attributes", "dates", "consents", "consents_of_address", "consent_requests",
        "personalisation_choices", "suppressions",
        "suppressions_of_address",
    ]

    package subscript(key: String) -> Table? { tables.first { $0.key == key } }
}

/// How a table of a person is read; `:member` is the id, and `:most` how many rows of it.
private struct PersonTable {
    let key: String
    let columns: [PersonRecord.Column]
    private let cells: String
    private let source: String
    /// Whether there may be many rows, of which a page shows the first.
    private let isLong: Bool

    init(_ key: String, _ columns: KeyValuePairs<String, PersonRecord.Kind>, _ source: String, isLong: Bool = false) {
        self.init(key, columns.map { ($0.key, $0.value) }, source, isLong: isLong)
    }

    init(_ key: String, _ columns: [(String, PersonRecord.Kind)], _ source: String, isLong: Bool = false) {
        self.key = key
        // `s.kind` is read as that, and is `kind` to the reader.
        self.columns = columns.map {
            PersonRecord.Column(name: String($0.0.split(separator: ".").last ?? ""), kind: $0.1)
        }
        cells = columns.map(\.0).joined(separator: ", ")
        self.source = source
        self.isLong = isLong
    }

    func read(_ member: String, most: Int?, _ db: Session) throws -> PersonRecord.Table {
        let limit = isLong && most != nil ? " LIMIT :most" : ""
        var arguments: SQLArguments = ["member": member]
        if !limit.isEmpty { arguments += ["most": most] }
        let rows = try db.all("SELECT \(cells) \(source)\(limit)", arguments)
        return PersonRecord.Table(key: key, columns: columns, rows: rows.map(\.values))
    }

    private static let listed = "FROM shared_addresses s JOIN"

    static let all = [
        PersonTable(
            "profile",
            [("id", PersonRecord.Kind.key)] + MemberColumn.all.map { ($0.name, $0.kind) },
            "FROM members WHERE id = :member"),
        PersonTable("tags", ["tag": .text], "FROM member_tags WHERE member = :member ORDER BY n"),
        PersonTable(
            "attributes", ["name": .text, "type": .text, "value": .prose],
            "FROM member_attributes WHERE member = :member ORDER BY name"),
        PersonTable(
            "overrides", ["name": .text, "value": .prose],
            "FROM member_overrides WHERE member = :member ORDER BY name"),
        PersonTable(
            "dates", ["name": .text, "key": .yearly, "year": .number],
            "FROM dates WHERE member = :member ORDER BY name"),
        PersonTable(
            "experiments", ["key": .text, "variant": .text],
            "FROM experiment_overrides WHERE member = :member ORDER BY key"),
        PersonTable(
            "merged", ["id": .key, "at": .instant], "FROM merged_members WHERE member = :member ORDER BY at, id"),
        PersonTable(
            "consents",
            [
                "channel": .text, "purpose": .text, "state": .text, "at": .instant, "source": .prose,
                "text_version": .prose, "proof": .prose, "guardian": .mark,
            ],
            "FROM consents WHERE member = :member ORDER BY at DESC, channel, purpose"),
        PersonTable(
            "consents_of_address",
            [
                "s.kind": .text, "l.channel": .text, "l.purpose": .text, "l.state": .text, "l.at": .instant,
                "l.source": .prose, "l.text_version": .prose, "l.proof": .prose, "l.guardian": .mark,
            ],
            "\(listed) list_consents l ON l.address = s.address WHERE s.member = :member ORDER BY l.at DESC, l.channel"),
        PersonTable(
            "consent_requests",
            [
                "channel": .text, "made_at": .instant, "source": .prose, "text_version": .prose,
                "confirmed_at": .instant,
            ], "FROM consent_requests WHERE member = :member ORDER BY id DESC"),
        PersonTable(
            "personalisation_choices", ["choice": .text, "at": .instant, "source": .prose],
            "FROM personalisation_choices WHERE member = :member ORDER BY at DESC"),
        PersonTable(
            "suppressions", ["channel": .text, "reason": .text, "at": .instant],
            "FROM suppressions WHERE member = :member ORDER BY channel"),
        PersonTable(
            "suppressions_of_address", ["s.kind": .text, "a.channel": .text, "a.reason": .text, "a.at": .instant],
            "\(listed) address_suppressions a ON a.address = s.address WHERE s.member = :member ORDER BY a.channel"),
        PersonTable(
            "orders",
            [
                "id": .key, "paid_at": .instant, "total": .money, "status": .text, "cancelled_at": .instant,
                "refunded_at": .instant, "store_id": .text, "source": .text,
            ], "FROM orders WHERE member = :member ORDER BY paid_at DESC, id", isLong: true),
        PersonTable(
            "order_items",
            [
                "order_id": .key, "line": .number, "sku": .text, "name": .text, "category": .text,
                "quantity": .number, "price": .money,
            ], "FROM order_items WHERE member = :member ORDER BY order_id, line"),
        PersonTable(
            "carts", ["id": .key, "at": .instant, "total": .money, "items": .json],
            "FROM carts WHERE member = :member ORDER BY at DESC", isLong: true),
        PersonTable(
            "points",
            ["id": .key, "points": .number, "remaining": .number, "earned_at": .instant, "expires_at": .instant],
            "FROM points WHERE member = :member ORDER BY earned_at DESC, id", isLong: true),
        PersonTable(
            "coupons",
            [
                "id": .prose, "template": .text, "code": .text, "face_value": .money, "issued_at": .instant,
                "expires_at": .instant, "state": .text, "used_at": .instant, "rule": .text,
            ], "FROM coupons WHERE member = :member ORDER BY issued_at DESC, id", isLong: true),
        PersonTable(
            "events",
            ["name": .text, "at": .instant, "source": .text, "event_id": .prose, "ref": .prose, "data": .json],
            "FROM events WHERE member = :member ORDER BY at DESC, seq DESC", isLong: true),
        PersonTable(
            "quarantine",
            [
                "source": .text, "event_id": .prose, "kind": .text, "at": .instant, "reason": .prose, "body": .json,
            ], "FROM quarantine WHERE member = :member ORDER BY id DESC", isLong: true),
        PersonTable(
            "waits", ["rule": .text, "occasion": .prose, "kind": .text, "due": .instant],
            "FROM waits WHERE member = :member ORDER BY due"),
        PersonTable(
            "tasks",
            [
                "rule": .text, "occasion": .prose, "assignee": .text, "title": .prose, "script": .prose, "text": .prose,
                "created_at": .instant, "due_at": .instant, "state": .text,
            ], "FROM tasks WHERE member = :member ORDER BY created_at DESC", isLong: true),
        PersonTable(
            "decisions",
            [
                "c.id": .number, "c.rule": .text, "c.occasion": .prose, "c.due": .instant, "c.at": .instant,
                "c.outcome": .text, "d.state": .text, "c.because": .json, "c.channel": .text, "c.template": .text,
                "c.coupon": .text, "c.task": .prose, "c.variant": .text, "c.shadow": .flag,
            ],
            """
            FROM decisions c LEFT JOIN deliveries d ON d.decision = c.id
              AND d.step = (SELECT MAX(l.step) FROM deliveries l WHERE l.decision = c.id)
            WHERE c.member = :member ORDER BY c.at DESC, c.id DESC
            """, isLong: true),
        PersonTable(
            "deliveries",
            [
                "d.id": .number, "d.decision": .number, "d.rule": .text, "d.channel": .text, "d.template": .text,
                "d.purpose": .text, "d.state": .text, "d.created_at": .instant, "d.address": .address,
                "d.subject": .prose, "d.text": .prose, "d.html": .prose, "d.template_code": .text,
                "d.template_values": .json,
            ], "\(own) ORDER BY d.id DESC", isLong: true),
        PersonTable(
            "attempts",
            [
                "a.delivery": .number, "a.n": .number, "a.reference": .text, "a.intent_at": .instant,
                "a.outcome": .text, "a.code": .text, "a.provider_id": .text,
            ], "\(own(and: "attempts a", on: "a.delivery")) ORDER BY a.delivery DESC, a.n", isLong: true),
        PersonTable(
            "receipts",
            [
                "r.delivery": .number, "r.part": .number, "r.status": .text, "r.code": .text, "r.at": .instant,
            ], "\(own(and: "receipts r", on: "r.delivery")) ORDER BY r.delivery DESC, r.seq", isLong: true),
        PersonTable(
            "links",
            [
                "l.delivery": .number, "l.name": .text, "l.url": .prose, "l.clicks": .number,
                "l.first_click": .instant,
            ], "\(own(and: "short_links l", on: "l.delivery")) ORDER BY l.delivery DESC, l.n", isLong: true),
    ]

    private static let owned = "FROM decisions c JOIN deliveries d ON d.decision = c.id"
    private static let own = "\(owned) WHERE c.member = :member"
    private static func own(and table: String, on column: String) -> String {
        "\(owned) JOIN \(table) ON \(column) = d.id WHERE c.member = :member"
    }
}

extension MemberStore {
    /// Everything about a member, from one instant; nil when the store has nothing of them.
    /// - Parameter most: how many rows of long tables, the latest first; nil: all.
    package func person(_ member: String, most: Int? = nil) throws -> PersonRecord? {
        try writer.read { db in
            guard try ErasureWriting.isKnown(member, db) else { return nil }
            return PersonRecord(
                member: member, tables: try PersonTable.all.map { try $0.read(member, most: most, db) })
        }
    }

    /// Who a member is and what they agreed to, with the tag of exactly that; nil when there is no such member.
    package func profile(of member: String) throws -> (record: PersonRecord, tag: String)? {
        try writer.read { try $0.profile(of: member) }
    }

    /// Whether a member with that id was erased.
    package func wasErased(_ member: String) throws -> Bool {
        try writer.read { try $0.wasErased(member) }
    }
}

extension Session {
    /// Whether a member with that id was erased.
    package func wasErased(_ member: String) throws -> Bool { try ErasedMember.erased(member, self) != nil }

    /// Who a member is and what they agreed to. The tag is another one whenever any of it is; it is a keyed hash, so that
    /// nobody can try out numbers against it. Nil when there is no such member.
    package func profile(of member: String) throws -> (record: PersonRecord, tag: String)? {
        guard try first("SELECT 1 FROM members WHERE id = ?", [member]) != nil else { return nil }
        let tables = try PersonTable.all.filter { PersonRecord.profile.contains($0.key) }
            .map { try $0.read(member, most: nil, self) }
        let record = PersonRecord(member: member, tables: tables)
        let text = tables.map { table in
            "\(table.key)\u{1D}" + table.rows.map(\.description).joined(separator: "\u{1E}")
        }
        .joined(separator: "\u{1C}")
        return (record, Hex.text(AddressKey.hash(text, try AddressKey.secret(self))).lowercased())
    }
}
