import Kit
import Foundation
import Policies
import Rules
import Store
import TestSupport
import Testing

@testable import Review
@testable import Engine

/// Between the decision and the handover: what others with the same address say and get.
@Suite("One address at the handover") struct AddressHandoverTests {
    /// lin and zbo have one number and are owed one message each, since 11:00.
    private func desk(settings: String = "version: 1") async throws -> OutboxDesk {
        try await OutboxDesk(
            settings: settings, rules: OutboxDesk.rule.replacing("do: [", with: "if_late: {send_within: 30h}, do: ["),
            members: OutboxDesk.member("lin")
                + OutboxDesk.member("zbo", order: #"{id: o2, paid_at: "2026-03-10 10:00", total: 10}"#))
    }

    private func write(_ desk: OutboxDesk, _ body: @escaping @Sendable (inout RowWriter) throws -> Void) async throws {
        let now = try desk.world.instant("2026-03-10 11:00")
        try await desk.store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: now))
            try body(&rows)
        }
    }

    private static let no = ConsentRow(memberID: "zbo", channel: "sms", state: .withdrawn, at: nil)
    private static let number = CanonicalAddress(.phone, "+8613800000001")

    enum Event: String, CaseIterable, Sendable { case withdrawal, optOut, bounce }

    @Test(
        "a no for the address keeps every message to it, and going on all the same is found", arguments: Event.allCases)
    func no(_ event: Event) async throws {
        let desk = try await desk()
        let number = try #require(AddressHandoverTests.number)
        let claimed = try await desk.claim(at: "2026-03-10 11:00")
        #expect(claimed.count == 2)
        try await write(desk) { rows in
            switch event {
            case .withdrawal: _ = try rows.write(consent: AddressHandoverTests.no)
            case .optOut: _ = try rows.write(suppression: SuppressionRow(address: number))
            case .bounce: _ = try rows.write(suppression: SuppressionRow(address: number, reason: .bounce))
            }
        }
        #expect(try await desk.intend(claimed, at: "2026-03-10 11:00").isEmpty)
        let because = try await desk.store.writer.read {
            try ($0.values("SELECT DISTINCT because FROM deliveries WHERE channel = 'sms'") as [String])
        }
        #expect(because == [event == .bounce ? #"{"unreachable":"suppressed"}"# : #"{"unreachable":"no_consent"}"#])
    }

    @Test("verify finds an attempt after a no for its address", arguments: Event.allCases)
    func verify(_ event: Event) async throws {
        let desk = try await desk()
        let number = try #require(AddressHandoverTests.number)
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .accepted(providerID: nil), at: "2026-03-10 11:00")
        try await write(desk) { rows in
            switch event {
            case .withdrawal: _ = try rows.write(consent: AddressHandoverTests.no)
            case .optOut: _ = try rows.write(suppression: SuppressionRow(address: number))
            case .bounce: _ = try rows.write(suppression: SuppressionRow(address: number, reason: .bounce))
            }
        }
        #expect(try desk.broken() == [], "the no came after")
        // As if it had been there before.
        try await desk.sql(
            """
            UPDATE consents SET seq = 0 WHERE state = 'withdrawn'; UPDATE address_consents SET seq = 0;
            UPDATE address_suppressions SET seq = 0; UPDATE shared_addresses SET seq = 0
            """)
        #expect(try desk.broken().contains { $0.hasPrefix("I8 ") && $0.hasSuffix(" 1") })
    }

    @Test("a withdrawal that is dated ahead of the clock is found by its sequence")
    func ahead() async throws {
        let desk = try await desk()
        try await desk.sql(
            "INSERT INTO consents (member, channel, purpose, at, state, source, seq) VALUES ('lin', 'sms', 'marketing', 250000000000000000, 'withdrawn', NULL, 0)"
        )
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .accepted(providerID: nil), at: "2026-03-10 11:00")
        #expect(try desk.broken().contains { $0.hasPrefix("I8 ") })
    }

    @Test("the cap counts what others at the address were handed, and a breach is found")
    func cap() async throws {
        let desk = try await desk()
        let capped = try World(
            settings: "version: 1\nquiet_hours: none\nfrequency_cap: [{times: 1, in: 12h}]", rules: OutboxDesk.rule,
            members: "  x: {}\n")
        var strict = desk
        strict.prepared = try PreparedRules(capped.planned(), rulesVersion: 1, in: desk.store)
        let intents = try await strict.depart(at: "2026-03-10 11:00")
        #expect(intents.map(\.member) == ["lin"])
        try await strict.finish(intents, .accepted(providerID: nil), at: "2026-03-10 11:00")
        #expect(try await strict.depart(at: "2026-03-10 22:59").isEmpty)
        let late = try await strict.depart(at: "2026-03-10 23:00")
        #expect(late.map(\.member) == ["zbo"])
        try await strict.finish(late, .accepted(providerID: nil), at: "2026-03-10 23:00")
        #expect(try strict.broken(at: "2026-03-10 23:30") == [])
        try await strict.sql("UPDATE attempts SET intent_at = intent_at - 3600000000 WHERE delivery = 2")
        #expect(try strict.broken(at: "2026-03-10 23:30").contains { $0.hasPrefix("I10 ") && $0.hasSuffix(" 2") })
    }

    @Test("a copy of one member, and a sample, know what others with the address said")
    func copies() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "nudged-address-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = "sqlite:" + folder.appending(path: "shop.db").path
        let store = try MemberStore.open(url: url)
        try await store.writer.write { db in
            var rows = RowWriter(db, origin: .fixtures)
            for id in ["lin", "zbo"] {
                _ = try rows.write(member: MemberRow(id: id, phone: "13800000001"))
                _ = try rows.write(consent: ConsentRow(memberID: id, channel: "sms", state: .granted))
                _ = try rows.write(
                    event: EventRow(
                        id: "e\(id)", memberID: id, name: "store.visited", at: Instant(micros: 5_000_000), data: "{}"),
                    source: "shop")
            }
            _ = try rows.write(consent: ConsentRow(memberID: "zbo", channel: "sms", state: .withdrawn))
        }
        let world = try World(
            rules: """
                  - {id: visit, status: live, owner: crm, purpose: marketing, when: {event: {name: store.visited}},
                     do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
                """, members: "  x: {}\n")
        let copies = [
            try MemberStore.inMemoryCopy(of: url, member: "lin"), try MemberStore.privateCopy(of: url),
            try MemberStore.sample(of: url, atMost: 1).store, try MemberStore.sample(of: url, atMost: 9).store,
        ]
        for copy in copies {
            let prepared = try PreparedRules(world.planned(), rulesVersion: 0, in: copy)
            let lines = try Simulation(
                store: copy, prepared: prepared, from: Instant(micros: 0), until: Instant(micros: 9_000_000)
            ).run()
            #expect(lines.allSatisfy { $0.because == .unreachable(.noConsent) })
        }
    }
}
