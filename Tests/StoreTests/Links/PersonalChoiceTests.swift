@testable import Intake
import Kit
import Rules
import Testing

@testable import Engine
@testable import Store

@Suite("Whether messages are made for the member")
struct PersonalChoiceTests {
    private func choose(_ desk: OutboxDesk, _ isPersonal: Bool, at time: String) async throws -> Int {
        try await desk.store.choose(
            [], isPersonal: isPersonal, by: try await desk.link(of: "lin"), among: LinkShop.channels,
            at: try desk.world.instant(time))
    }

    private func word(_ desk: OutboxDesk) async throws -> [String] {
        try await desk.texts("SELECT COALESCE(personalisation, '-') FROM members WHERE id = 'lin'")
    }

    private func load(_ desk: OutboxDesk, _ word: MemberRow.Personalisation) async throws {
        let now = try desk.world.instant("2026-03-11 03:00")
        try await desk.store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: now))
            _ = try rows.write(
                member: MemberRow(id: "lin", personalisation: word), stating: [.personalisation])
        }
    }

    @Test("is the member's to choose, once for each change, and every choice is kept")
    func chosen() async throws {
        let desk = try await LinkShop.desk()
        #expect(try await choose(desk, true, at: "2026-03-10 12:00") == 0, "nothing was said against it")
        #expect(try await choose(desk, false, at: "2026-03-10 12:01") == 1)
        #expect(try await choose(desk, false, at: "2026-03-10 12:02") == 0)
        #expect(try await word(desk) == ["generic"])
        let link = try await desk.link(of: "lin")
        let shown = try await desk.store.choices(
            of: link, among: LinkShop.channels, at: try desk.world.instant("2026-03-10 12:03"))
        #expect(shown.isPersonal == false)
        #expect(try await choose(desk, true, at: "2026-03-10 12:04") == 1)
        #expect(try await word(desk) == ["personalised"])
        let kept = try await desk.texts("SELECT choice || ' ' || source FROM personalisation_choices ORDER BY at")
        #expect(kept == ["generic link", "personalised link"])
    }

    @Test(
        "bounds what a file of before says, which may only allow less",
        arguments: [
            (false, .personalised, "generic"), (false, .generic, "generic"), (false, .none, "none"),
            (true, .generic, "generic"), (true, .personalised, "personalised"),
        ] as [(Bool, MemberRow.Personalisation, String)])
    func bounded(isPersonal: Bool, file: MemberRow.Personalisation, expected: String) async throws {
        let desk = try await LinkShop.desk()
        #expect(try await choose(desk, false, at: "2026-03-10 12:00") == 1)
        if isPersonal { #expect(try await choose(desk, true, at: "2026-03-10 12:01") == 1) }
        try await load(desk, file)
        #expect(try await word(desk) == [expected])
    }

    @Test("is not to choose for whoever has the address now")
    func otherHolder() async throws {
        let desk = try await LinkShop.desk()
        let link = try await desk.link(of: "lin")
        try await desk.move("lin", to: "13800000002")
        let at = try desk.world.instant("2026-03-10 12:00")
        #expect(
            try await desk.store.choose([], isPersonal: false, by: link, among: LinkShop.channels, at: at) == 0)
        #expect(try await desk.store.choices(of: link, among: LinkShop.channels, at: at).isPersonal == nil)
        #expect(try await word(desk) == ["-"])
    }
}
