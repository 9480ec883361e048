import Foundation
import Kit
import Rules
import Testing

@testable import Engine
@testable import Store

/// What operators do is on record, and a change of the record shows.
@Suite("Audit trail")
struct AuditTrailTests {
    private static func rows(_ store: MemberStore, since: Instant? = nil, action: String? = nil, member: String? = nil)
        throws -> [AuditRow]
    {
        var rows: [AuditRow] = []
        try store.audit(since: since, action: action, member: member) { rows.append($0) }
        return rows
    }

    private static func trail() throws -> MemberStore {
        let store = try MemberStore.inMemory()
        let now = Instant(seconds: 1_700_000_000)
        try store.stop(.all, reason: "call 13800000001 or lin@example.com", who: "wang", at: now)
        _ = try store.release([.all], by: "zhou", at: now.adding(micros: 1_000_000))
        try store.auditReveal(of: "lin", reason: "complaint", what: "members show", at: now.adding(micros: 2_000_000))
        return store
    }

    @Test("stops, releases and reveals say who, when and why; addresses in a reason are masked, members are hashes")
    func entries() throws {
        let store = try AuditTrailTests.trail()
        let rows = try AuditTrailTests.rows(store)
        #expect(rows.map(\.action) == ["hold", "release", "reveal"])
        #expect(rows.map(\.number) == [1, 2, 3] && rows.prefix(2).map(\.who) == ["wang", "zhou"])
        #expect(rows[0].reason == "call 138****0001 or l***@example.com" && rows[0].subject == "all")
        #expect(rows[2].subject?.hasPrefix("member:") == true && rows[2].subject?.contains("lin") == false)
        #expect(try AuditTrailTests.rows(store, member: "lin").map(\.number) == [3])
        #expect(try AuditTrailTests.rows(store, since: rows[1].at, action: "release").map(\.number) == [2])
        #expect(try store.checkAudit().rows == 3 && store.checkAudit().fault == nil)
        #expect(try store.checkAudit().head == rows[2].hash)
    }

    @Test("a start, a set of rules and what becomes of a delivery are on record too")
    func daemon() async throws {
        let desk = try await OutboxDesk()
        _ = try desk.store.perform(.cancel, DeliveryFilter(), by: "wang", at: desk.world.instant("2026-03-10 11:10"))
        let rows = try AuditTrailTests.rows(desk.store)
        #expect(rows.map(\.action) == ["reload", "start", "cancel"])
        #expect(rows.last?.detail == #"{"deliveries":1}"# && rows.first?.subject == "rules:1")
        #expect(try desk.store.checkAudit().fault == nil)
    }

    @Test(
        "every change of the record shows, and where",
        arguments: [
            ("UPDATE audit SET reason = 'nothing' WHERE seq = 1", AuditCheck.Fault.changed(1)),
            ("UPDATE audit SET who = 'li' WHERE seq = 2", .changed(2)),
            ("UPDATE audit SET subject = NULL WHERE seq = 3", .changed(3)),
            ("DELETE FROM audit WHERE seq = 2", .missing(2)),
            ("DELETE FROM audit WHERE seq = 3", .shortened(written: 3)),
            ("DELETE FROM audit", .shortened(written: 3)),
        ])
    func tampered(damage: String, fault: AuditCheck.Fault) throws {
        let store = try AuditTrailTests.trail()
        try store.writer.write { try $0.script(damage) }
        #expect(try store.checkAudit().fault == fault)
    }
}
