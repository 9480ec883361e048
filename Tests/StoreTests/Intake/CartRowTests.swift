import Kit
@testable import Intake
import Rules
import Testing

@testable import Store

@Suite("Rows of a cart, one import after the other") struct CartRowTests {
    private let desk: IntakeDesk

    init() throws {
        desk = try IntakeDesk()
        try desk.addMembers("lin")
    }

    /// Imports the cart as of that hour of 2026-03-01 (UTC).
    @discardableResult
    private func row(_ hour: String, _ state: String = "open", total: Int = 899) throws -> ImportSummary {
        try desk.run(.carts, "id,member_id,updated_at,total,state\nc1,lin,2026-03-01T\(hour):00Z,\(total),\(state)\n")
    }

    /// `updated 09:00:00`, one for each event.
    private func events() throws -> [String] {
        try desk.events().map { line in
            let words = line.split(separator: " ")
            return "\(words[0].dropFirst(5)) \(words[1].dropFirst(11).dropLast())"
        }
    }

    private func decide(_ occasion: String, in table: String) throws {
        try desk.store.writer.write { db in
            switch table {
            case "decisions":
                let sql = """
                    INSERT INTO decisions (member, rule, occasion, id, due, at, outcome, rules_version)
                    SELECT 'lin', 'r', ?, COUNT(*) + 1, 0, 0, 'sent', 1 FROM decisions
                    """
                try db.run(sql, [occasion])
            default:
                let sql = """
                    INSERT INTO waits (member, rule, occasion, kind, due, first_due, start, zone)
                    VALUES ('lin', 'r', ?, 'held', 0, 0, 0, 'Asia/Shanghai')
                    """
                try db.run(sql, [occasion])
            }
        }
    }

    private static let tables = ["decisions", "waits"]

    @Test("a newer row is a further touch, and the older one keeps its event and its values")
    func newer() throws {
        try row("09:00")
        let first = try desk.row("SELECT seq FROM events")
        #expect(try row("10:00", total: 99).unchanged == 0)
        #expect(try events() == ["updated 09:00:00", "updated 10:00:00"])
        #expect(try desk.rows("SELECT total FROM carts ORDER BY at") == [["89900"], ["9900"]])
        #expect(try desk.row("SELECT seq FROM events ORDER BY at") == first)
        let dump = try desk.dump()
        #expect(try row("10:00", total: 99).unchanged == 1)
        #expect(try row("09:00").unchanged == 1, "an older file says what is known")
        #expect(try desk.dump() == dump)
    }

    @Test("a row before the last touch moves it, if nothing was decided for it")
    func backwards() throws {
        try row("09:00")
        try row("08:00", total: 5)
        #expect(try events() == ["updated 08:00:00"])
        #expect(try desk.rows("SELECT total FROM carts") == [["500"]])
    }

    @Test("a touch that something was decided for stays, and takes the values", arguments: tables)
    func settled(_ table: String) throws {
        try row("09:00")
        try decide("cart:c1@2026-03-01T09:00:00Z", in: table)
        try row("08:00", total: 5)
        #expect(try events() == ["updated 09:00:00"])
        #expect(try desk.rows("SELECT total FROM carts") == [["500"]])
        #expect(try row("08:00", total: 5).unchanged == 1)
    }

    @Test("a row from before two touches is older than what is known")
    func stale() throws {
        try row("09:00")
        try row("10:00")
        #expect(try row("08:00", total: 5).unchanged == 1)
        #expect(try events() == ["updated 09:00:00", "updated 10:00:00"])
    }

    @Test("closing keeps the touches; a later row of a closed cart does not close it again")
    func closing() throws {
        try row("09:00")
        try row("10:00")
        try row("11:00", "emptied")
        #expect(try row("11:30", "emptied").unchanged == 1)
        let emptied = ["updated 09:00:00", "updated 10:00:00", "emptied 11:00:00"]
        #expect(try events() == emptied)
        #expect(try row("10:00").unchanged == 1, "an older file does not open it again")
        try row("12:00", "已下单")
        #expect(try events() == emptied + ["ordered 12:00:00"])
        try row("13:00")
        try row("14:00", "emptied")
        #expect(try events() == emptied + ["ordered 12:00:00", "updated 13:00:00", "emptied 14:00:00"])
        let dump = try desk.dump()
        #expect(try row("14:00", "emptied").unchanged == 1)
        #expect(try desk.dump() == dump)
    }

    @Test("closed at the instant of a touch: the touch came first, in whatever order the rows come, decided or not")
    func sameInstant() throws {
        try row("09:00")
        try row("09:00", "emptied")
        let closed = ["emptied 09:00:00", "updated 09:00:00"]
        #expect(try events() == closed)
        #expect(try row("09:00").unchanged == 1)
        #expect(try row("09:00", "emptied").unchanged == 1)
        try decide("cart:c1@2026-03-01T09:00:00Z", in: "waits")
        #expect(try row("09:00", "emptied").unchanged == 1)
        #expect(try events() == closed)
    }

    @Test("an end before a touch that something was decided for comes with that touch")
    func endOfDecided() throws {
        try row("09:00")
        try decide("cart:c1@2026-03-01T09:00:00Z", in: "waits")
        try row("08:00", "emptied")
        #expect(try events() == ["emptied 09:00:00", "updated 09:00:00"])
    }

    @Test("joining and points stay where something was decided for them, and move where not", arguments: [true, false])
    func otherRows(_ isSettled: Bool) throws {
        let rows: [(ImportKind, String, String)] = [
            (.members, "id,registered_at\nlin,", "member.registered"),
            (.points, "id,member_id,points,earned_at\np1,lin,5,", "points.earned"),
        ]
        for (kind, text, name) in rows {
            _ = try desk.run(kind, text + "2026-03-01T09:00:00Z\n")
            if isSettled { try decide("event:\(name)@2026-03-01T09:00:00Z", in: "decisions") }
            _ = try desk.run(kind, text + "2026-03-01T10:00:00Z\n")
            let hour = isSettled ? "09" : "10"
            let at = try desk.rows("SELECT at FROM events WHERE name = '\(name)'").map { Int64($0[0]) ?? 0 }
            #expect(at.map { Instant(micros: $0).utcText } == ["2026-03-01T\(hour):00:00Z"])
            #expect(try desk.run(kind, text + "2026-03-01T10:00:00Z\n").unchanged == 1)
        }
    }
}
