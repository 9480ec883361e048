import Kit
import Policies
import Rules
import Testing

@testable import Engine
@testable import Store

/// What `nudged status` counts of the store.
@Suite("Standing of a store")
struct StandingTests {
    private static let weekly = """
          - {id: weekly, name: 周报, status: live, owner: crm, purpose: marketing, when: {schedule: {every: week, on: friday, at: "10:00"}},
             do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
        """

    private static func standing(_ desk: OutboxDesk, at time: String) throws -> [String: StoreStanding.OfRule] {
        let now = try desk.world.instant(time)
        let day = try desk.world.instant(String(time.prefix(10)))
        let standing = try desk.store.standing(
            desk.world.planned(), today: Window(after: day.adding(micros: -1), through: now), at: now)
        return Dictionary(uniqueKeysWithValues: standing.rules.map { ($0.rule, $0) })
    }

    private static func set(_ desk: OutboxDesk, _ sql: String) throws {
        try desk.store.writer.write { db in try db.script(sql) }
    }

    @Test("what is owed has the instant of its oldest decision, and a schedule its next slot")
    func owed() async throws {
        let desk = try await OutboxDesk(rules: OutboxDesk.rule + "\n" + StandingTests.weekly)
        let rules = try StandingTests.standing(desk, at: "2026-03-10 11:30")
        #expect(rules["thanks"]?.owed == 1)
        #expect(try rules["thanks"]?.oldestOwed == desk.world.instant("2026-03-10 11:00"))
        #expect(rules["thanks"]?.unclear == 0 && rules["thanks"]?.expired == 0 && rules["thanks"]?.nextDue == nil)
        #expect(try rules["weekly"]?.nextDue == desk.world.instant("2026-03-13 10:00"))
        #expect(rules["weekly"]?.owed == 0)
    }

    @Test(
        "a delivery past its time is overdue and not owed; once ended, it counts as expired on the day of that time alone"
    )
    func expired() async throws {
        let desk = try await OutboxDesk()
        let sendBy = try desk.world.instant("2026-03-11 11:00")
        try StandingTests.set(desk, "UPDATE deliveries SET send_by = \(sendBy.micros)")
        let overdue = try StandingTests.standing(desk, at: "2026-03-11 11:00")["thanks"]
        #expect(overdue?.overdue == 1 && overdue?.owed == 0)
        #expect(try StandingTests.standing(desk, at: "2026-03-11 10:59")["thanks"]?.overdue == 0)
        try StandingTests.set(desk, "UPDATE deliveries SET state = 'expired'")
        let expired = try StandingTests.standing(desk, at: "2026-03-11 11:00")["thanks"]
        #expect(expired?.expired == 1 && expired?.overdue == 0)
        #expect(try StandingTests.standing(desk, at: "2026-03-12 09:00")["thanks"] == nil)
    }

    @Test("an unclear delivery has the instant of its handover")
    func unclear() async throws {
        let desk = try await OutboxDesk()
        let at = try desk.world.instant("2026-03-10 11:05")
        try StandingTests.set(
            desk,
            """
            UPDATE deliveries SET state = 'unknown', attempts = 1;
            INSERT INTO attempts (delivery, n, reference, epoch, intent_seq, intent_at, outcome, outcome_seq, outcome_at)
            SELECT id, 1, 'r', 1, 1, \(at.micros), 'unknown', 2, \(at.micros) FROM deliveries
            """)
        let rule = try #require(try StandingTests.standing(desk, at: "2026-03-10 12:00")["thanks"])
        #expect(rule.unclear == 1 && rule.oldestUnclear == at && rule.owed == 0)
    }

    @Test("no statement of it reads a whole table")
    func plans() async throws {
        let desk = try await OutboxDesk(rules: OutboxDesk.rule + "\n" + StandingTests.weekly)
        try StandingTests.checkPlans(desk)
    }

    /// What is small however many members there are.
    private static let small = [
        "SCAN t", "SCAN o", "SCAN (", "SCAN stops", "SCAN meta", "SCAN live_rules", "SCAN r", "SCAN z", "SCAN CONSTANT",
    ]

    private static func checkPlans(_ desk: OutboxDesk) throws {
        let recorder = TracedStatements()
        try desk.store.writer.write { db in db.trace { recorder.record($0, $1) } }
        _ = try standing(desk, at: "2026-03-10 11:30")
        try desk.store.writer.write { db in db.trace(nil) }
        #expect(recorder.statements.count > 4)
        try desk.store.writer.read { db in
            for sql in recorder.statements.values {
                for row in try db.all("EXPLAIN QUERY PLAN \(sql)") {
                    let step: String = try row["detail"]
                    let isSmall = step.contains("INDEX") || small.contains { step.hasPrefix($0) }
                    #expect(!step.hasPrefix("SCAN ") || isSmall, "\(step)\n\(sql)")
                }
            }
        }
    }
}
