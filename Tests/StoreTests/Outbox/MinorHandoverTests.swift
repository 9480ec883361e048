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
}
