import Kit
import Policies
import Rules

extension MemberStore {
    /// A private store with the contents of fixture files.
    package static func inMemory(_ fixtures: Fixtures, settings: Settings, custom: [CustomField]) throws -> MemberStore
    {
        let store = try MemberStore.inMemory()
        try store.writer.write { db in
            var rows = RowWriter(db, origin: .fixtures)
            for row in fixtures.stores { _ = try rows.write(store: row) }
            for row in fixtures.products { _ = try rows.write(product: row) }
            for row in fixtures.couponCodes { _ = try rows.write(couponCode: row) }
            for member in fixtures.members {
                try write(member, &rows)
                try writeOverrides(member, settings, custom, db: db)
            }
            try db.run("DELETE FROM arrivals")
        }
        return store
    }

    private static func write(_ member: MemberFixture, _ rows: inout RowWriter) throws {
        _ = try rows.write(member: member.row)
        for row in member.dates { _ = try rows.write(date: row) }
        for row in member.consents { _ = try rows.write(consent: row) }
        for row in member.orders { _ = try rows.write(order: row) }
        for row in member.carts { _ = try rows.write(cart: row) }
        for row in member.points { _ = try rows.write(points: row) }
        for row in member.coupons { _ = try rows.write(coupon: row) }
        for row in member.events { _ = try rows.write(event: row, source: "fixture:\(member.row.id)") }
    }

    /// Writes the derived values that a fixture states, in the form of the store's columns, and forced experiment arms.
    private static func writeOverrides(
        _ member: MemberFixture, _ settings: Settings, _ custom: [CustomField], db: Session
    ) throws {
        for (name, text) in member.derived {
            let type =
                FieldCatalogue.declaration(named: "member.\(name)")?.type
                ?? custom.first { $0.id == "member.\(name)" }?.type ?? .text
            try db.run(
                "INSERT INTO member_overrides (member, name, value) VALUES (?, ?, ?)",
                [member.row.id, name, stored(text, as: type)])
        }
        for (key, variant) in member.experiment {
            try db.run(
                "INSERT INTO experiment_overrides (member, key, variant) VALUES (?, ?, ?)",
                [member.row.id, key, variant])
        }
    }

    private static func stored(_ text: String, as type: FieldType) -> String {
        switch type {
        case .money: Decimal2.hundredths(text).map { String($0) } ?? text
        case .instant: TimePoint(text: text).map { String($0.instant(in: .utc).micros) } ?? text
        case .date: LocalDate(text: text).map { String($0.days) } ?? text
        default: text
        }
    }
}
