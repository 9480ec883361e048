import Foundation
import Kit
import Rules

extension Invariants {
    /// Who gets marketing only with the yes of a guardian.
    package struct Minors: Sendable {
        package var under: Int
        package var birthdays: BirthdayPolicy
        /// Of the shop.
        package var zone: Zone
        /// The version of the rules since which that holds without a break: what was decided by earlier ones is not judged.
        package var version: Int

        package init(under: Int, birthdays: BirthdayPolicy, zone: Zone, version: Int) {
            (self.under, self.birthdays, self.zone, self.version) = (under, birthdays, zone, version)
        }
    }

    /// I8: marketing to a minor with no guardian's grant from before, of the member or of the address that was written to.
    /// A birthday counts for what left since it is known.
    func guardians(_ secret: Data) -> [Check] {
        guard let minors else { return [] }
        let kinds = CanonicalAddress.kinds.map { "nudged_address_key(:secret, '\($0.rawValue)', d.address)" }
        let granted = { (table: String, isOf: String) in
            """
            EXISTS (SELECT 1 FROM \(table) g WHERE \(isOf) AND g.channel IN (d.channel, '*') AND g.purpose = 'marketing'
              AND g.state = 'granted' AND g.guardian = 1 AND g.at <= a.intent_at AND g.seq < a.intent_seq
              AND NOT EXISTS (SELECT 1 FROM consents w WHERE w.member = c.member AND w.channel IN (d.channel, '*')
                AND w.purpose = 'marketing' AND w.state = 'withdrawn' AND w.at >= g.at AND w.seq < a.intent_seq))
            """
        }
        return [
            Check(
                id: "I8", says: "marketing to a minor without the yes of a guardian, delivery",
                sql: """
                    SELECT DISTINCT a.delivery FROM decisions c JOIN members m ON m.id = c.member
                    JOIN deliveries d ON d.decision = c.id JOIN attempts a ON a.delivery = d.id
                    WHERE c.rules_version >= :version AND d.purpose = 'marketing'
                      AND a.code IS DISTINCT FROM '\(Outbox.settledCode)'
                      AND a.intent_seq > COALESCE(m.birthday_seq, 0) AND a.intent_seq > \(Invariants.since("c.id"))
                      AND nudged_age(m.birthday_key, m.birthday_year, nudged_day(a.intent_at, :zone), :policy) < :under
                      AND NOT \(granted("consents", "g.member = c.member"))
                      AND NOT \(granted("list_consents", "g.address IN (\(kinds.joined(separator: ", ")))"))
                    """,
                arguments: [
                    "version": minors.version, "zone": minors.zone.name, "policy": minors.birthdays.text,
                    "under": minors.under, "secret": secret,
                ])
        ]
    }
}
