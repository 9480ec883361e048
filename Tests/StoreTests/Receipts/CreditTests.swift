import Foundation
import Kit
import Policies
import Rules
import TestSupport
import Testing

@testable import Engine
@testable import Store

/// What WeChat says of its users besides receipts and texts.
@Suite("Credits and followers")
struct CreditTests {
    static let source = CallbackSource(channel: "wechat", address: .wechatOpenID)
    static let openID = "oLin12345"

    static func credit(
        _ time: String, template: String? = "tmpl1", messages: Int = 1, lasts: Duration? = nil,
        of address: String = openID
    ) -> CallbackEvent {
        .credit(Credit(address: address, template: template, messages: messages, lasts: lasts, at: instant(time)))
    }

    static func window(_ time: String) -> CallbackEvent {
        credit(time, template: nil, messages: 5, lasts: .seconds(172_800))
    }

    static func end(_ time: String, template: String? = "tmpl1") -> CallbackEvent {
        .creditsEnded(CreditEnd(address: openID, template: template, at: instant(time)))
    }

    static func following(_ follows: Bool, _ time: String) -> CallbackEvent {
        .following(Following(address: openID, isFollowing: follows, at: instant(time)))
    }

    static func instant(_ time: String) -> Instant { Instant(rfc3339: "2026-03-10T\(time):00+08:00") ?? .distantPast }

    /// The credits that are left: template, time and number.
    static func left(_ desk: OutboxDesk) async throws -> [String] {
        try await desk.store.writer.read { db in
            try (db.all("SELECT template, at, n FROM message_credits WHERE delivery IS NULL AND ended = 0"))
                .map { row in
                    let beijing = Instant(micros: try row["at"]).adding(micros: 8 * 3_600_000_000)
                    let at = Zone.utc.rfc3339(beijing).dropFirst(11).prefix(5)
                    return try "\(row["template"] as String) \(at) \(row["n"] as Int)"
                }
        }
    }

    static func note(_ desk: OutboxDesk, _ events: CallbackEvent..., at time: String = "10:59") async throws
        -> CallbackCounts
    {
        try await desk.store.note(events, from: source, at: instant(time))
    }

    @Test("A consent is one credit however often it is told, and a second consent is a second one")
    func consents() async throws {
        let desk = try await OutboxDesk()
        let first = Self.credit("10:00")
        #expect(try await Self.note(desk, first, first).words.map(\.count) == [1, 1])
        #expect(try await Self.note(desk, first).repeated == 1)
        #expect(try await Self.note(desk, Self.credit("10:01"), Self.credit("10:01", template: "tmpl2")).credits == 2)
        #expect(try await Self.left(desk) == ["tmpl1 10:00 1", "tmpl1 10:01 1", "tmpl2 10:01 1"])
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("A clock of WeChat's that is ahead of ours makes no second credit of one")
    func ahead() async throws {
        let desk = try await OutboxDesk()
        _ = try await Self.note(desk, Self.credit("11:02"), at: "11:00")
        #expect(try await Self.note(desk, Self.credit("11:02"), at: "11:01").repeated == 1)
        #expect(try await Self.note(desk, Self.end("11:03"), at: "11:01").creditsEnded == 1)
        #expect(try await Self.left(desk).isEmpty)
    }

    @Test(
        "A consent that is taken back ends the credits of its template from before, and none comes back by repetition")
    func takenBack() async throws {
        let desk = try await OutboxDesk()
        _ = try await Self.note(
            desk, Self.credit("10:00"), Self.credit("10:01"), Self.credit("10:03"),
            Self.credit("10:00", template: "tmpl2"))
        #expect(try await Self.note(desk, Self.end("10:02")).creditsEnded == 1)
        #expect(try await Self.note(desk, Self.end("10:02"), Self.credit("10:00")).repeated == 2)
        #expect(try await Self.left(desk) == ["tmpl1 10:03 1", "tmpl2 10:00 1"])
    }

    @Test("Windows do not add up, a minute's does not shorten two days, and one that is over is none")
    func windows() async throws {
        let desk = try await OutboxDesk()
        _ = try await Self.note(desk, Self.window("10:00"))
        #expect(try await Self.left(desk).count == 5)
        _ = try await Self.note(desk, Self.window("10:30"))
        #expect(try await Self.left(desk) == (1...5).map { " 10:30 \($0)" })
        #expect(try await Self.note(desk, Self.window("10:30")).repeated == 1)
        let touch = Self.credit("10:59", template: nil, messages: 3, lasts: .seconds(60))
        _ = try await Self.note(desk, touch)
        #expect(try await Self.left(desk).count == 8)
        #expect(try await Self.note(desk, touch, at: "11:30").dropped == 1)
        #expect(
            try await desk.store.note([Self.window("10:00")], from: Self.source, at: Self.instant("11:00")).repeated
                == 1)
    }

    @Test("The table holds no openid")
    func nothingInTheClear() async throws {
        let desk = try await OutboxDesk()
        _ = try await Self.note(desk, Self.credit("10:00"), Self.window("10:00"), Self.following(false, "10:00"))
        let dump = try await desk.store.writer.read { db in
            try ["message_credits", "followings"].flatMap { try db.all("SELECT * FROM \($0)").map { "\($0.values)" } }
                .joined()
        }
        #expect(!dump.contains("oLin"))
    }

    // MARK: followers

    private static let toWeChat = OutboxDesk.rule.replacing(
        "[{sms: {template: hello}}]", with: "[{wechat: {template: hello_wx}}, {sms: {template: hello}}]")

    @Test(
        "Who unfollows gets nothing on that channel, of either purpose, until he follows again",
        arguments: ["marketing", "service"])
    func unfollowed(purpose: String) async throws {
        let desk = try await OutboxDesk(
            settings: "version: 1\nservice_owners: [crm]\n",
            rules: Self.toWeChat.replacing("purpose: marketing", with: "purpose: \(purpose)"))
        #expect(try await Self.note(desk, Self.following(false, "10:30")).unfollows == 1)
        #expect(try await desk.depart(at: "2026-03-10 11:00").isEmpty)
        #expect(try await desk.states() == ["wechat suppressed", "sms pending"])
        #expect(try desk.broken(atRest: false) == [])

        let back = try await OutboxDesk(rules: Self.toWeChat)
        _ = try await Self.note(back, Self.following(false, "10:30"))
        #expect(try await Self.note(back, Self.following(true, "10:31")).follows == 1)
        #expect(try await back.depart(at: "2026-03-10 11:00").map(\.channel) == ["wechat"])
        #expect(try back.broken(atRest: false) == [])
    }

    @Test("It is known at the decision too, and the next channel is chosen then")
    func atTheDecision() async throws {
        let world = try World(rules: Self.toWeChat, members: OutboxDesk.member())
        let store = try world.store()
        _ = try await store.note([Self.following(false, "10:30")], from: Self.source, at: Self.instant("10:30"))
        let prepared = try store.goLive(
            world.planned(), files: "{}", hash: "a", at: try world.instant("2026-03-10 09:30"))
        _ = try store.tick(prepared, at: try world.instant("2026-03-10 11:00"))
        let channels = try await store.writer.read { try ($0.values("SELECT channel FROM deliveries") as [String]) }
        #expect(channels == ["sms"])
    }

    @Test("The last word by the provider's clock holds, in whatever order it comes; in one second it is the no")
    func order() async throws {
        let desk = try await OutboxDesk(rules: Self.toWeChat)
        _ = try await Self.note(desk, Self.following(true, "10:31"))
        #expect(try await Self.note(desk, Self.following(false, "10:30")).repeated == 1)
        #expect(try await desk.depart(at: "2026-03-10 11:00").count == 1)

        let tied = try await OutboxDesk(rules: Self.toWeChat)
        _ = try await Self.note(tied, Self.following(false, "10:31"), Self.following(true, "10:31"))
        #expect(try await tied.depart(at: "2026-03-10 11:00").isEmpty)
    }

    @Test("A follow lifts neither a bounce nor an opt-out, and an unfollow is of its channel alone")
    func lifts() async throws {
        for reason in [SuppressionRow.Reason.bounce, .complaint, .optOut] {
            let desk = try await OutboxDesk(rules: Self.toWeChat)
            try await desk.store.writer.write { db in
                var rows = RowWriter(db, origin: .world(now: Self.instant("10:00")))
                guard let address = CanonicalAddress(.wechatOpenID, Self.openID) else { return }
                _ = try rows.write(
                    suppression: SuppressionRow(address: address, channel: "wechat", reason: reason))
            }
            _ = try await Self.note(desk, Self.following(false, "10:30"), Self.following(true, "10:31"))
            #expect(try await desk.depart(at: "2026-03-10 11:00").isEmpty)
        }
        let other = try await OutboxDesk(rules: Self.toWeChat)
        let mini = CallbackSource(channel: "mini", address: .wechatOpenID)
        _ = try await other.store.note([Self.following(false, "10:30")], from: mini, at: Self.instant("10:30"))
        #expect(try await other.depart(at: "2026-03-10 11:00").count == 1)
    }

    @Test("`verify` finds a message that left after an unfollow")
    func verified() async throws {
        let desk = try await OutboxDesk(rules: Self.toWeChat)
        _ = try await Self.note(desk, Self.following(true, "10:30"))
        _ = try await desk.depart(at: "2026-03-10 11:00")
        #expect(try desk.broken(atRest: false) == [])
        try await desk.sql("UPDATE followings SET follows = 0")
        let broken = try desk.broken(atRest: false)
        #expect(broken.count == 1 && broken[0].hasPrefix("I8"))
    }

    // MARK: receipts without an id

    private func sent(_ desk: OutboxDesk, _ time: String = "11:00", template: String = "tmpl1") async throws -> [Intent]
    {
        try await desk.sql("UPDATE deliveries SET template_code = '\(template)'")
        return try await desk.depart(at: "2026-03-10 \(time)")
    }

    private func receipt(
        _ status: Receipt.Status, at time: String = "11:00", id: String = "18643", template: String = "tmpl1"
    ) -> CallbackEvent {
        .receipt(
            Receipt(
                providerID: id, address: Self.openID, template: template, status: status, code: "x",
                at: Self.instant(time)))
    }

    @Test(
        "A receipt that only names template and address is of the last open message to it",
        arguments: [
            ("11:00", "tmpl1", true), ("11:59", "tmpl1", true), ("12:01", "tmpl1", false), ("10:58", "tmpl1", false),
            ("11:00", "tmpl2", false),
        ])
    func byTemplate(time: String, template: String, joins: Bool) async throws {
        let desk = try await OutboxDesk(rules: Self.toWeChat)
        try await desk.finish(try await sent(desk), .accepted(providerID: nil), at: "2026-03-10 11:00")
        let told = receipt(.delivered, at: time, template: template)
        #expect(try await Self.note(desk, told, at: "13:00").delivered == (joins ? 1 : 0))
        #expect(try await Self.note(desk, told, at: "13:00").repeated == 1)
        #expect(try await desk.states() == ["wechat \(joins ? "delivered" : "accepted")"])
        #expect(try desk.broken(at: "2026-03-10 13:00") == [])
    }

    @Test("It may come before the answer, and after one nothing more is open")
    func early() async throws {
        let desk = try await OutboxDesk(rules: Self.toWeChat)
        let intents = try await sent(desk)
        #expect(try await Self.note(desk, receipt(.undelivered), at: "11:01").undelivered == 1)
        #expect(try await Self.note(desk, receipt(.delivered, id: "18644"), at: "11:02").waiting == 1)
        try await desk.finish(intents, .accepted(providerID: nil), at: "2026-03-10 11:03")
        #expect(try await desk.states() == ["wechat undelivered"])
        #expect(try desk.broken() == [])
    }
}
