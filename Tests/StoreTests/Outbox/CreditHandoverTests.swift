import Kit
import Policies
import Rules
import TestSupport
import Testing

@testable import Engine
@testable import Store

/// One consent is one message: taken with the intent, given back only where the provider proves that it was not used.
@Suite("Credits at the decision and at the handover")
struct CreditHandoverTests {
    private static let rules = OutboxDesk.rule.replacing(
        "[{sms: {template: hello}}]", with: "[{wechat: {template: hello_wx}}, {sms: {template: hello}}]")
    private static let templates = """
        version: 1
        templates:
          - {id: hello, channel: sms, text: "【星河百货】{{ name | default: '您好' }} 拒收请回复R", values: {name: text}}
          - {id: hello_wx, channel: wechat, code: tmpl1, text: "{{ name | default: '您好' }}", values: {name: text}}
        """

    /// The rules in force where `wechat` counts these forms.
    private static func planned(
        _ world: World, _ forms: Set<ChannelDeclaration.MessageForm> = [.template, .text]
    ) -> PlannedSet {
        let channels = ChannelDeclaration.standard.map { channel in
            var channel = channel
            if channel.id == "wechat" { channel.credited = forms }
            return channel
        }
        return PlannedSet(world.set, rules: world.planned().plans.map(\.rule), channels: channels)
    }

    /// One delivery to WeChat owed, decided before anything was counted; `credits` events came since.
    private static func desk(
        _ credits: CallbackEvent..., members: String = OutboxDesk.member(), settings: String = "version: 1",
        templates: String = templates
    ) async throws -> OutboxDesk {
        var desk = try await OutboxDesk(
            settings: settings, rules: rules, members: members, more: ["templates.yaml": templates])
        desk.prepared = try PreparedRules(planned(desk.world), rulesVersion: 1, in: desk.store)
        _ = try await desk.store.note(credits, from: CreditTests.source, at: CreditTests.instant("10:59"))
        return desk
    }

    private static func left(_ desk: OutboxDesk) async throws -> Int { try await CreditTests.left(desk).count }

    @Test("Without a credit the message does not leave, and the next channel of `try` takes over")
    func none() async throws {
        let desk = try await Self.desk()
        #expect(try await desk.depart(at: "2026-03-10 11:00").isEmpty)
        #expect(try await desk.states() == ["wechat suppressed", "sms pending"])
        #expect(try await desk.depart(at: "2026-03-10 11:01").map(\.channel) == ["sms"])
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("A credit of another template, of another channel or of somebody else is none")
    func others() async throws {
        let desk = try await Self.desk(
            CreditTests.credit("10:00", template: "tmpl2"), CreditTests.credit("10:00", of: "oWang12345"),
            CreditTests.window("10:00"))
        let mini = CallbackSource(channel: "mini", address: .wechatOpenID)
        _ = try await desk.store.note([CreditTests.credit("10:00")], from: mini, at: CreditTests.instant("10:59"))
        #expect(try await desk.depart(at: "2026-03-10 11:00").isEmpty)
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test(
        "It is taken with the intent and stays taken, whether the provider took the message or nobody knows",
        arguments: [.accepted(providerID: nil), .unknown(code: "timeout")] as [AttemptResult.Outcome])
    func taken(outcome: AttemptResult.Outcome) async throws {
        let desk = try await Self.desk(CreditTests.credit("10:00"))
        let intents = try await desk.depart(at: "2026-03-10 11:00")
        #expect(try await Self.left(desk) == 0 && intents.map(\.channel) == ["wechat"])
        try await desk.finish(intents, outcome, at: "2026-03-10 11:01")
        #expect(try await Self.left(desk) == 0)
        _ = try await desk.store.sweepOutbox(at: try desk.world.instant("2026-03-14 11:01"), maxResends: 1)
        #expect(try await Self.left(desk) == 0)
        #expect(try desk.broken(at: "2026-03-14 12:00") == [])
    }

    @Test("So it does through a crash, wherever that falls")
    func crash() async throws {
        let before = try await Self.desk(CreditTests.credit("10:00"))
        _ = try await before.claim(at: "2026-03-10 11:00")
        _ = try await before.store.recoverOutbox(at: try before.world.instant("2026-03-10 11:01"))
        #expect(try await Self.left(before) == 1)
        #expect(try before.broken() == [])

        let after = try await Self.desk(CreditTests.credit("10:00"))
        _ = try await after.depart(at: "2026-03-10 11:00")
        _ = try await after.store.recoverOutbox(at: try after.world.instant("2026-03-10 11:01"))
        #expect(try await after.states() == ["wechat unknown"])
        #expect(try await Self.left(after) == 0)
        #expect(try after.broken() == [])
    }

    @Test(
        "It is given back where the provider proves that it did not take the message",
        arguments: [
            (.rejected(code: "47003"), "rejected"),
            (.notSent(code: "45009", retryAt: CreditTests.instant("11:30"), counts: false), "retry_wait"),
            (.suppressed(code: "x", reason: .optOut, .wechatOpenID), "rejected"),
            (.unfollowed(code: "43004", .wechatOpenID, isTold: true), "rejected"),
        ] as [(AttemptResult.Outcome, String)])
    func givenBack(outcome: AttemptResult.Outcome, state: String) async throws {
        let desk = try await Self.desk(CreditTests.credit("10:00"))
        try await desk.finish(try await desk.depart(at: "2026-03-10 11:00"), outcome, at: "2026-03-10 11:01")
        #expect(try await Self.left(desk) == 1)
        #expect(try await desk.states().first == "wechat \(state)")
        #expect(try desk.broken() == [])
    }

    @Test("A retry takes it anew, and where another message took it meanwhile there is none")
    func retried() async throws {
        let desk = try await Self.desk(CreditTests.credit("10:00"))
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"),
            .notSent(code: "busy", retryAt: CreditTests.instant("11:02"), counts: true), at: "2026-03-10 11:01")
        let again = try await desk.depart(at: "2026-03-10 11:03")
        #expect(again.map(\.attempt) == [2])
        #expect(try await Self.left(desk) == 0)
        try await desk.finish(
            again, .notSent(code: "busy", retryAt: CreditTests.instant("11:04"), counts: true), at: "2026-03-10 11:03")
        _ = try await CreditTests.note(desk, CreditTests.end("11:03"), at: "11:04")
        #expect(try await desk.depart(at: "2026-03-10 11:05").isEmpty)
        #expect(try await desk.states() == ["wechat suppressed", "sms pending"])
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("A repetition of an unclear try needs no second credit, and its refusal gives nothing back")
    func repeated() async throws {
        let desk = try await Self.desk(
            CreditTests.credit("10:00"),
            settings: "version: 1\non_unknown: {marketing: resend, service: hold, max_resends: 1}")
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .unknown(code: "timeout"), at: "2026-03-10 11:01")
        _ = try await desk.store.sweepOutbox(at: try desk.world.instant("2026-03-10 11:12"), maxResends: 1)
        let second = try await desk.depart(at: "2026-03-10 11:12")
        #expect(second.count == 1)
        try await desk.finish(second, .rejected(code: "47003"), at: "2026-03-10 11:13")
        #expect(try await Self.left(desk) == 0)
        #expect(try desk.broken() == [])
    }

    @Test("43101: nothing of the template is left, whatever was counted, and it never goes below none")
    func exhausted() async throws {
        let desk = try await Self.desk(
            CreditTests.credit("10:00"), CreditTests.credit("10:01"), CreditTests.credit("10:01", template: "tmpl2"))
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .uncredited(code: "43101", .wechatOpenID),
            at: "2026-03-10 11:01")
        #expect(try await CreditTests.left(desk) == ["tmpl2 10:01 1"])
        #expect(try await desk.states() == ["wechat rejected", "sms pending"])
        #expect(try await CreditTests.note(desk, CreditTests.credit("10:00"), at: "11:02").repeated == 1)
        #expect(try await CreditTests.left(desk) == ["tmpl2 10:01 1"])
        #expect(try await CreditTests.note(desk, CreditTests.credit("11:02"), at: "11:02").credits == 1)
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("43004: nothing leaves until the member follows again")
    func unfollowed() async throws {
        let desk = try await Self.desk(CreditTests.credit("10:00"), CreditTests.credit("10:01"))
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .unfollowed(code: "43004", .wechatOpenID, isTold: true),
            at: "2026-03-10 11:01")
        func follows() async throws -> Int? {
            try await desk.store.writer.read { try ($0.value("SELECT follows FROM followings") as Int?) }
        }
        #expect(try await follows() == 0)
        _ = try await CreditTests.note(desk, CreditTests.following(true, "11:05"), at: "11:05")
        #expect(try await follows() == 1)
        #expect(try desk.broken() == [])
    }

    @Test("Two messages in one batch for one credit: one leaves, the other falls back")
    func two() async throws {
        let desk = try await Self.desk(
            CreditTests.credit("10:00"),
            members: OutboxDesk.member()
                + OutboxDesk.member("wang", order: "{id: o2, paid_at: \"2026-03-10 10:00\", total: 10}"))
        #expect(try await desk.states() == ["wechat pending", "wechat pending"])
        #expect(try await desk.depart(at: "2026-03-10 11:00").count == 1)
        #expect(try await desk.states() == ["wechat sending", "wechat suppressed", "sms pending"])
        #expect(try await Self.left(desk) == 0)
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test(
        "A text without a template needs an open window",
        arguments: [("11:00", true), ("2d", false)])
    func window(time: String, leaves: Bool) async throws {
        let desk = try await Self.desk(
            CreditTests.window("10:00"), templates: Self.templates.replacing(" code: tmpl1,", with: ""))
        if time == "2d" { try await desk.sql("UPDATE message_credits SET until = at + 3540000000") }
        #expect(try await desk.depart(at: "2026-03-10 11:00").count == (leaves ? 1 : 0))
        #expect(try await Self.left(desk) == (leaves ? 4 : 5))
        _ = try await desk.store.sweepOutbox(at: try desk.world.instant("2026-03-14 11:00"), maxResends: 1)
        let kept = try await desk.store.writer.read { try ($0.value("SELECT COUNT(*) FROM message_credits") as Int?) }
        #expect(kept == 0)
        #expect(try desk.broken(atRest: false, at: "2026-03-14 12:00") == [])
    }

    @Test("`verify` finds a credit that a message holds which never left")
    func verified() async throws {
        let desk = try await Self.desk(CreditTests.credit("10:00"))
        try await desk.sql("UPDATE message_credits SET delivery = 1")
        let broken = try desk.broken(atRest: false)
        #expect(broken.count == 1 && broken[0].hasPrefix("I12"))
    }

    // MARK: the decision

    /// The channels of what is owed, the reasons of what is not, and what was written down of the reading.
    private static func decide(
        _ events: CallbackEvent..., forms: Set<ChannelDeclaration.MessageForm> = [.template, .text],
        rules: String = rules
    ) async throws -> (owed: [String], reasons: [String], trace: StoredTrace?) {
        let world = try World(rules: rules, members: OutboxDesk.member(), more: ["templates.yaml": templates])
        let store = try world.store()
        _ = try await store.note(events, from: CreditTests.source, at: CreditTests.instant("10:30"))
        let planned = planned(world, forms)
        let prepared = try store.goLive(planned, files: "{}", hash: "a", at: try world.instant("2026-03-10 09:30"))
        let now = try world.instant("2026-03-10 11:00")
        _ = try store.tick(prepared, at: now)
        let plan = try #require(planned.plans.first)
        let (owed, reasons, text) = try await store.writer.read { db in
            let owed: [String] = try db.values("SELECT channel FROM deliveries")
            let reasons: [String] = try db.values("SELECT because FROM decisions WHERE because IS NOT NULL")
            let text: String? = try db.value("SELECT read FROM traces")
            return (owed, reasons, text)
        }
        let zone = world.set.settings.zone
        return (owed, reasons, text.flatMap { Trace(plan: plan, standard: zone).read($0, at: now) })
    }

    @Test("The decision chooses WeChat only with a credit for the template")
    func decision() async throws {
        #expect(try await Self.decide().owed == ["sms"])
        #expect(try await Self.decide(CreditTests.credit("10:00")).owed == ["wechat"])
        #expect(try await Self.decide(CreditTests.credit("10:00", template: "tmpl2")).owed == ["sms"])
        #expect(try await Self.decide(CreditTests.window("10:00")).owed == ["sms"])
        #expect(try await Self.decide(CreditTests.credit("10:00"), CreditTests.end("10:01")).owed == ["sms"])
        // Template messages of an official account need none.
        #expect(try await Self.decide(forms: [.text]).owed == ["wechat"])
    }

    @Test("Where it is the only channel, the reason is that there is no consent")
    func reason() async throws {
        let alone = Self.rules.replacing(", {sms: {template: hello}}", with: "")
        let decided = try await Self.decide(rules: alone)
        #expect(decided.owed == [] && decided.reasons == ["{\"unreachable\":\"no_consent\"}"])
    }

    @Test("What a decision read of credits stands in its trace")
    func trace() async throws {
        let decided = try await Self.decide(CreditTests.credit("10:00"), CreditTests.window("10:00"))
        let channels = try #require(decided.trace?.facts?.channels)
        #expect(channels["wechat"]?.credits == Reach.Credits(counted: [.template, .text], left: ["", "tmpl1"]))
        #expect(channels["sms"] != nil && channels["sms"]?.credits == nil)
    }
}
