import Policies
import Rules
import Store
import TestSupport

@testable import Engine

/// A store with one delivery owed, and the steps of handing it over one by one.
struct OutboxDesk {
    let world: World
    let store: MemberStore
    var prepared: PreparedRules
    let epoch: Int64

    static let rule = """
          - {id: thanks, name: 谢谢, status: live, owner: crm, purpose: marketing, when: {event: {name: order.paid, after: 1h}},
             unless: [order.refunded, complaint.opened],
             do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
        """

    static func member(_ id: String = "lin", order: String = "{id: o1, paid_at: \"2026-03-10 10:00\", total: 10}")
        -> String
    {
        """
          \(id): {display_name: 林小姐, phone: "13800000001", wechat_openid: oLin12345, consent: {sms: granted, wechat: granted},
            orders: [\(order)]}

        """
    }

    static let marketingWindow = "version: 1\nquiet_hours: {from: \"21:00\", to: \"09:00\"}\n"

    /// Decided at `at`, an hour after the order.
    init(
        settings: String = "version: 1", rules: String = OutboxDesk.rule, members: String = OutboxDesk.member(),
        at: String = "2026-03-10 11:00", more: [String: String] = [:]
    ) async throws {
        world = try World(settings: settings, rules: rules, members: members, more: more)
        store = try world.store()
        let before = try world.instant("2026-03-10 09:30")
        prepared = try store.goLive(world.planned(), files: "{}", hash: "a", at: before)
        _ = try store.tick(prepared, at: try world.instant(at))
        epoch = try await store.recoverOutbox(at: try world.instant(at)).epoch
    }

    func claim(at time: String, limit: Int = 10, quotas: [String: Int] = [:], suspects: Bool = false) async throws
        -> [Claimed]
    {
        try await store.claim(
            ClaimRequest(
                places: ["sms": 10, "wechat": 10], quotas: quotas, limit: limit, suspects: suspects,
                epoch: try await latestEpoch()),
            at: try world.instant(time)
        ).claimed
    }

    /// Of the last start.
    func latestEpoch() async throws -> Int64 {
        try await store.writer.read { try ($0.value("SELECT value FROM meta WHERE key = 'epoch'") as Int64?) ?? 0 }
    }

    func intend(_ claimed: [Claimed], at time: String) async throws -> [Intent] {
        try await store.intend(claimed, under: prepared, epoch: epoch, at: try world.instant(time))
    }

    /// Claimed and on its way.
    func depart(at time: String, limit: Int = 10) async throws -> [Intent] {
        try await intend(try await claim(at: time, limit: limit), at: time)
    }

    func finish(_ intents: [Intent], _ outcome: AttemptResult.Outcome, at time: String) async throws {
        let results = intents.map { AttemptResult(delivery: $0.delivery, attempt: $0.attempt, outcome: outcome) }
        try await store.finish(results, at: try world.instant(time))
    }

    func sql(_ statement: String) async throws { try await store.writer.write { try $0.script(statement) } }

    /// Something happens behind the back of whoever writes events; what is derived from them follows.
    func happen(_ statement: String) async throws {
        try await sql(
            """
            \(statement); DELETE FROM latest;
            INSERT INTO latest SELECT member, name, MAX(at) FROM events WHERE name <> 'message.sent' GROUP BY member, name
            """)
    }

    /// `sms pending`, in the order of ids.
    func states() async throws -> [String] {
        try await store.writer.read {
            try ($0.values("SELECT channel || ' ' || state FROM deliveries ORDER BY id") as [String])
        }
    }

    /// The causes of a delivery's changes, in order.
    func causes(_ delivery: Int64 = 1) async throws -> [String] {
        try await store.writer.read {
            try ($0.values("SELECT cause FROM transitions WHERE delivery = ? ORDER BY seq", [delivery]) as [String])
        }
    }

    func broken(atRest: Bool = true, at time: String = "2026-03-10 12:00") throws -> [String] {
        try store.verify(Invariants(at: try world.instant(time), atRest: atRest))
    }
}
