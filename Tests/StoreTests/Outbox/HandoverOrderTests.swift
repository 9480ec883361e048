import Rules
import TestSupport
import Testing

@testable import Store

/// Who leaves first, and what does not stand in the way.
@Suite("Order at handover") struct HandoverOrderTests {
    private static func rule(_ id: String, purpose: String = "marketing", priority: Int = 0) -> String {
        OutboxDesk.rule.replacing("id: thanks", with: "id: \(id)")
            .replacing("purpose: marketing", with: "purpose: \(purpose), priority: \(priority)")
    }

    private static let members = ["a", "b", "c"].map { OutboxDesk.member($0) }.joined()

    private func desk(_ rules: [String]) async throws -> OutboxDesk {
        try await OutboxDesk(
            settings: "version: 1\nservice_owners: [crm]\nblast_guard: off",
            rules: rules.joined(separator: "\n"), members: Self.members)
    }

    @Test("service before marketing, then by priority, then those that expire first; of equal ones the older")
    func order() async throws {
        let desk = try await desk([
            Self.rule("low", priority: -5), Self.rule("high", priority: 5),
            Self.rule("notice", purpose: "service", priority: -9), Self.rule("plain"), Self.rule("other"),
        ])
        // One of a lower place expires first of all, and those of `other` before those of `plain`.
        try await desk.sql("UPDATE deliveries SET send_by = send_by - 9000000 WHERE rule = 'low'")
        try await desk.sql("UPDATE deliveries SET send_by = send_by - id * 1000000 WHERE rule IN ('other', 'plain')")
        let claimed = try await desk.claim(at: "2026-03-10 11:00", limit: 10)
        let expected = try await desk.store.writer.read { db in
            try
                (db.values(
                    """
                    SELECT id FROM deliveries ORDER BY purpose DESC, CASE rule WHEN 'high' THEN 0 WHEN 'low' THEN 2 ELSE 1 END,
                      send_by, id LIMIT 10
                    """) as [Int64])
        }
        #expect(claimed.map(\.id) == expected)
        #expect(claimed.prefix(6).map(\.rule) == ["notice", "notice", "notice", "high", "high", "high"])
    }

    @Test("a fallback keeps the place of what it stands in for")
    func fallback() async throws {
        let rule = Self.rule("notice", purpose: "service", priority: 3)
            .replacing("[{sms: {template: hello}}]", with: "[{sms: {template: hello}}, {wechat: {template: hello_wx}}]")
        let desk = try await OutboxDesk(settings: "version: 1\nservice_owners: [crm]", rules: rule)
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .rejected(code: "x"), at: "2026-03-10 11:00")
        let places = try await desk.store.writer.read { try ($0.values("SELECT place FROM deliveries") as [Int]) }
        #expect(places.allSatisfy { $0 == -3 } && !places.isEmpty)
    }

    @Test("what is to be cancelled ends in slices beside what is to be sent, by rules that are gone alone")
    func besideSending() async throws {
        let desk = try await desk([Self.rule("gone", priority: 9), Self.rule("live"), Self.rule("paused")])
        try await multiply("gone", by: 1000, desk)
        try await desk.sql("UPDATE live_rules SET status = 'retired' WHERE rule = 'gone'")
        try await desk.sql("UPDATE live_rules SET status = 'paused' WHERE rule = 'paused'")
        let now = "2026-03-10 11:00"
        #expect(try await desk.claim(at: now).map(\.rule) == ["live", "live", "live"])
        let first = try await counts(desk)
        #expect(first["gone cancelled"] == OutboxChores.slice && first["paused pending"] == 3)
        for _ in 1...3 { _ = try await desk.claim(at: now) }
        let last = try await counts(desk)
        #expect(last["gone cancelled"] == 3003 && last["gone pending"] == nil && last["paused pending"] == 3)
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test(
        "what a stop holds is kept, though its rule is gone; it expires like any other",
        arguments: ["rule:gone", "channel:sms"])
    func stopped(scope: String) async throws {
        let desk = try await desk([Self.rule("gone")])
        try await desk.sql("UPDATE live_rules SET status = 'retired'")
        try await desk.sql("INSERT INTO stops VALUES ('\(scope)', 'x', 'y', 0)")
        #expect(try await desk.claim(at: "2026-03-10 11:00").isEmpty)
        #expect(try await counts(desk) == ["gone pending": 3])
        _ = try await desk.claim(at: "2026-03-11 11:00")
        #expect(try await counts(desk) == ["gone expired": 3])
    }

    @Test("an unclear try that is to be repeated is not cancelled with its rule: it may have arrived")
    func unclear() async throws {
        let desk = try await desk([Self.rule("gone")])
        try await desk.sql("UPDATE deliveries SET policy = 'resend'")
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .unknown(code: "timeout"), at: "2026-03-10 11:00")
        let later = try desk.world.instant("2026-03-10 11:10")
        #expect(try await desk.store.sweepOutbox(at: later, maxResends: 1) == 3)
        try await desk.sql("UPDATE live_rules SET status = 'retired'")
        for _ in 1...2 { _ = try await desk.claim(at: "2026-03-10 11:10") }
        #expect(try await counts(desk) == ["gone unknown_closed": 3])
        #expect(try desk.broken() == [])
    }

    @Test("what the dispatcher has no rule for waits untouched until the rules in force are known")
    func unplanned() async throws {
        let desk = try await OutboxDesk()
        func claim(_ rules: Set<String>) async throws -> Int {
            try await desk.store.claim(
                ClaimRequest(places: ["sms": 9], rules: rules, limit: 9, epoch: desk.epoch),
                at: try desk.world.instant("2026-03-10 11:00")
            ).claimed.count
        }
        #expect(try await claim(["another"]) == 0)
        #expect(try await desk.causes() == ["decided"])
        #expect(try await claim(["thanks"]) == 1)
    }

    @Test(
        "an empty claim writes nothing and waits for nobody", arguments: ["channel closed", "stopped", "nothing due"])
    func empty(kind: String) async throws {
        let desk = try await OutboxDesk()
        if kind == "stopped" { try await desk.sql("INSERT INTO stops VALUES ('rule:thanks', 'x', 'y', 0)") }
        if kind == "nothing due" { try await desk.sql("UPDATE deliveries SET parked = 1, not_before = send_by - 1") }
        let recorder = Statements()
        try await desk.store.writer.write { db in db.trace { sql, _ in recorder.record(sql) } }
        let places = kind == "channel closed" ? ["wechat": 9] : ["sms": 9]
        for suspects in [false, true] {
            let claims = try await desk.store.claim(
                ClaimRequest(places: places, limit: 9, suspects: suspects, epoch: desk.epoch),
                at: try desk.world.instant("2026-03-10 11:00"))
            #expect(claims.claimed.isEmpty && !claims.isMore)
        }
        let written = recorder.all.filter { !$0.hasPrefix("SELECT") && !$0.hasPrefix("WITH") }
        #expect(!written.contains { $0.contains("IMMEDIATE") || $0.hasPrefix("UPDATE") }, "\(written)")
        #expect(!recorder.all.isEmpty)
    }

    /// With a hundred thousand rows owed by a closed channel, the steps of a claim do not know of them.
    @Test("a claim reads the first of each open group through an index: no scan, and no sort of all that is owed")
    func plans() async throws {
        let desk = try await OutboxDesk()
        try await desk.store.writer.read { db in
            func steps(_ sql: String) throws -> [String] {
                try db.all("EXPLAIN QUERY PLAN \(sql)").map { try $0["detail"] as String }
            }
            let first = try steps(
                Outbox.firstOfGroup.replacing("channel = ?", with: "channel = 'sms'")
                    .replacing("rule = ?", with: "rule = 'r'").replacing("place = ?", with: "place = 1")
                    .replacing("LIMIT ?", with: "LIMIT 5"))
            #expect(first.count == 1)
            #expect(first[0].hasSuffix("INDEX deliveries_ready (channel=? AND rule=? AND place=?)"), "\(first)")
            let groups = try steps(Outbox.groups)
            #expect(groups.contains { $0.hasSuffix("deliveries_ready ((channel,rule,place)>(?,?,?))") }, "\(groups)")
            #expect(groups.contains("SEARCH d USING INTEGER PRIMARY KEY (rowid=?)"), "\(groups)")
            #expect(!groups.contains { $0.contains("TEMP B-TREE") }, "\(groups)")
            for step in try steps(Outbox.owed) where step.contains("deliveries") {
                #expect(step.contains("INDEX deliveries_"), "\(step)")
            }
        }
    }

    /// As many as `times` more for each of a rule's deliveries.
    private func multiply(_ rule: String, by times: Int, _ desk: OutboxDesk) async throws {
        try await desk.sql(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(times))
            INSERT INTO decisions (member, rule, occasion, id, due, at, outcome, rules_version)
              SELECT member, rule, occasion || i, i * 10000 + id, due, at, outcome, rules_version FROM decisions, n
              WHERE rule = '\(rule)';
            INSERT INTO sends (at, decision) SELECT at, id FROM decisions WHERE id > 10000 AND rule = '\(rule)';
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(times))
            INSERT INTO deliveries (decision, rule, channel, template, purpose, state, created_at, not_before,
                send_by, start, place)
              SELECT i * 10000 + decision, rule, channel, template, purpose, state, created_at, not_before,
                send_by, start, place FROM deliveries, n WHERE rule = '\(rule)';
            INSERT INTO transitions (delivery, seq, to_state, cause)
              SELECT id, 100000 + id, 'pending', 'decided' FROM deliveries d
              WHERE NOT EXISTS (SELECT 1 FROM transitions t WHERE t.delivery = d.id);
            UPDATE meta SET value = 1000000 WHERE key = 'seq';
            UPDATE reach SET people = people + \(3 * times) WHERE rule = '\(rule)'
            """)
    }

    private func counts(_ desk: OutboxDesk) async throws -> [String: Int] {
        try await desk.store.writer.read { db in
            try db.all("SELECT rule || ' ' || state, COUNT(*) FROM deliveries GROUP BY rule, state")
                .reduce(into: [:]) { try $0[$1[0]] = $1[1] }
        }
    }
}

private final class Statements: @unchecked Sendable {
    // Used from one database queue only.
    private(set) var all: [String] = []

    func record(_ sql: String) { all.append(sql) }
}
