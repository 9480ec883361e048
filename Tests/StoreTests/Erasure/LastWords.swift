import Kit

@testable import Store

extension MemberStore {
    /// The member's last word on marketing and on service by SMS, as the gates read it.
    func lastWords(of member: String, at now: Instant) throws -> [String?] {
        try writer.read { db in
            let contact = ContactSQL(member: "m.id", channel: "'sms'", shared: ContactSQL.key(.phone))
            let row = try db.first(
                """
                SELECT \(contact.consent(.marketing)), \(contact.consent(.service)) FROM members m
                \(ContactSQL.join(.phone, of: "m.id")) WHERE m.id = :member
                """, ["member": member, "now": now.micros])
            return try [row.flatMap { try $0[0] as String? }, row.flatMap { try $0[1] as String? }]
        }
    }
}
