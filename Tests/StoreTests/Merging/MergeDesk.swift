import Foundation
import Intake
import Kit
import Policies
import Rules
import Testing

@testable import Engine
@testable import Store

/// lin, and zbo who is lin under a second id, with the same birthday and another number.
enum MergeDesk {
    static let rule = """
          - {id: cake, name: 生日, status: live, owner: crm, purpose: marketing, when: {birthday: {at: "10:00"}},
             do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
        """

    static func person(_ id: String, _ phone: String, _ more: String = ", consent: {sms: granted}") -> String {
        "  \(id): {display_name: 林小姐, phone: \"\(phone)\", birthday: \"1990-03-10\"\(more)}\n"
    }

    static let two = person("lin", "13800000001") + person("zbo", "13800000002")

    /// Both are owed their birthday message.
    static func desk(_ members: String = two, more rules: String = "") async throws -> OutboxDesk {
        try await OutboxDesk(rules: rule + rules, members: members, at: "2026-03-10 10:00")
    }
}

extension OutboxDesk {
    @discardableResult
    func merge(
        _ duplicate: String = "zbo", into member: String = "lin", isTrial: Bool = false,
        at time: String = "2026-03-10 10:30"
    ) throws -> MemberMerge {
        let answer = try store.merge(
            duplicate, into: member, reason: "one person", by: "wang", isTrial: isTrial, at: world.instant(time))
        guard case .merged(let merge) = answer else { throw Missing() }
        return merge
    }

    /// Rows as they come by the API.
    func write(_ rows: [IntakeRow], at time: String) throws {
        let now = try world.instant(time)
        try store.writer.write { db in
            var writer = APIRows(db, at: now)
            for row in rows { _ = try writer.write(row, stating: nil).get() }
        }
    }

    /// What the gates read of a member's consent to marketing by SMS.
    func consent(of member: String = "lin", at time: String) throws -> String? {
        let now = try world.instant(time)
        return try store.writer.read { db in
            let contact = ContactSQL(member: "m.id", channel: "'sms'", shared: ContactSQL.key(.phone))
            let row = try db.first(
                """
                SELECT \(contact.consent(.marketing)) FROM members m \(ContactSQL.join(.phone, of: "m.id"))
                WHERE m.id = :member
                """, ["member": member, "now": now.micros])
            return try row.flatMap { try $0[0] as String? }
        }
    }

    /// Every row of every table, as text.
    func everything() throws -> [String] {
        try store.writer.read { db in
            let tables: [String] = try db.values(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name")
            return try tables.flatMap { table in
                try db.all("SELECT * FROM \(table)").map { "\(table): \($0.values)" }
            }
        }
    }
}
