import Intake
import Kit
import Policies
import Rules
import Testing

@testable import Engine
@testable import Store

@Suite("Minors at the handover")
struct MinorHandoverTests {
    /// A message is owed to somebody whose birthday is not known.
    private func desk(settings: String) async throws -> OutboxDesk { try await OutboxDesk(settings: settings) }

    /// The birthday is learnt between the decision and the handover.
    private func learn(_ year: Int, _ desk: OutboxDesk, guardian: Bool = false) async throws {
        let now = try desk.world.instant("2026-03-10 11:00")
        try await desk.store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: now))
            var member = MemberRow(id: "lin")
            member.birthday = RecurringDate(calendar: .solar, year: year, month: 3, day: 8)
            _ = try rows.write(member: member, stating: [.birthday])
            guard guardian else { return }
            _ = try rows.write(
                consent: ConsentRow(
                    memberID: "lin", channel: "sms", state: .granted, at: now.adding(micros: -1), source: "form",
                    isGuardian: true))
        }
    }

    @Test(
        "a birthday that comes in keeps the message of somebody too young, unless a guardian said yes",
        arguments: [
            ("version: 1\nminors: {under: 14}", 2015, false, 0), ("version: 1\nminors: {under: 14}", 2015, true, 1),
            ("version: 1\nminors: {under: 14}", 2012, false, 1), ("version: 1", 2015, false, 1),
        ])
    func birthday(settings: String, year: Int, guardian: Bool, intents: Int) async throws {
        let desk = try await desk(settings: settings)
        let claimed = try await desk.claim(at: "2026-03-10 11:00")
        #expect(claimed.count == 1)
        try await learn(year, desk, guardian: guardian)
        #expect(try await desk.intend(claimed, at: "2026-03-10 11:00").count == intents)
        guard intents == 0 else { return }
        let because = try await desk.texts("SELECT because FROM deliveries WHERE because IS NOT NULL")
        #expect(because == [#"{"unreachable":"no_consent"}"#])
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test(
        "verify finds what left to somebody too young without a guardian's yes, by what was known then",
        arguments: [
            (2015, false, true, true), (2015, true, true, false), (2012, false, true, false),
            (2015, false, false, false),
        ])
    func found(year: Int, guardian: Bool, isKnownBefore: Bool, isFound: Bool) async throws {
        // Nobody was asked for their age, as if the gate had failed.
        let desk = try await desk(settings: "version: 1")
        let claimed = try await desk.claim(at: "2026-03-10 11:00")
        if isKnownBefore { try await learn(year, desk, guardian: guardian) }
        #expect(try await desk.intend(claimed, at: "2026-03-10 11:00").count == 1)
        if !isKnownBefore { try await learn(year, desk, guardian: guardian) }
        let shanghai = try #require(Zone(named: "Asia/Shanghai"))
        func broken(since version: Int) throws -> [String] {
            let minors = Invariants.Minors(under: 14, birthdays: .standard, zone: shanghai, version: version)
            let now = try desk.world.instant("2026-03-10 11:01")
            return try desk.store.verify(Invariants(at: now, atRest: false, minors: minors))
        }
        let line = "I8 marketing to a minor without the yes of a guardian, delivery: 1"
        #expect(try broken(since: 1) == (isFound ? [line] : []))
        #expect(try broken(since: 99) == [], "decided by rules of before")
    }
}
