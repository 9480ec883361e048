import Channels
import Testing

@testable import Daemon

private let start = ContinuousClock.now

@Suite("A channel's slow start") struct LaneTests {
    /// How many go in each round: all there is room for, answered before the next.
    private func rounds(_ lane: inout ChannelGate, _ outcomes: [SendOutcome], second: Int = 0) -> [Int] {
        outcomes.map { outcome in
            let now = start.advanced(by: .seconds(second))
            let permits = (0..<lane.places(upTo: 200, at: now)).compactMap { _ in lane.admit(at: now) }
            for permit in permits { _ = lane.record(outcome, permit, at: now) }
            return permits.count
        }
    }

    @Test("It begins with one message and doubles with each accept")
    func doubles() {
        var lane = ChannelGate(perSecond: nil)
        let accepted = SendOutcome.accepted(providerID: nil)
        #expect(rounds(&lane, [accepted, accepted, accepted, accepted]) == [1, 2, 8, 200])
    }

    @Test(
        "One that takes nothing never gets more than one at a time",
        arguments: [
            SendOutcome.unknown(code: "bad_page"), .notSent(code: "refused", retryAfter: nil),
            .rejected(code: "template"),
        ])
    func refuses(outcome: SendOutcome) {
        var lane = ChannelGate(perSecond: nil)
        let sent = rounds(&lane, Array(repeating: outcome, count: 20))
        #expect(sent.allSatisfy { $0 <= 1 })
        // Five unclear answers, not a burst of two hundred, and then the breaker holds the rest back.
        #expect(sent.reduce(0, +) == (Breaker.isFailure(outcome) ? 5 : 20))
    }

    @Test("While messages are under way there is room only for what the channel has earned")
    func underWay() {
        var lane = ChannelGate(perSecond: nil)
        let first = lane.admit(at: start)
        #expect(lane.places(upTo: 200, at: start) == 0)
        _ = first.map { lane.record(.accepted(providerID: nil), $0, at: start) }
        #expect(lane.places(upTo: 200, at: start) == 2)
        _ = lane.admit(at: start)
        #expect(lane.places(upTo: 200, at: start) == 1)
    }

    @Test("One unclear answer narrows it: nothing joins what is under way until something is taken again")
    func narrows() {
        var lane = ChannelGate(perSecond: nil)
        let accepted = SendOutcome.accepted(providerID: nil)
        _ = rounds(&lane, [accepted, accepted, accepted])
        let permits = (0..<50).compactMap { _ in lane.admit(at: start) }
        #expect(lane.places(upTo: 200, at: start) == 200)
        _ = lane.record(.unknown(code: "bad_page"), permits[0], at: start)
        #expect(lane.places(upTo: 200, at: start) == 0)
        for permit in permits[1..<10] { _ = lane.record(accepted, permit, at: start) }
        #expect(lane.places(upTo: 200, at: start) == 200)
    }

    @Test("With ten connections ten are under way, and as many more as it answers in a quarter of a second")
    func connections() {
        var lane = ChannelGate(perSecond: nil, connections: 10)
        let accepted = SendOutcome.accepted(providerID: nil)
        #expect(rounds(&lane, [accepted, accepted, accepted, accepted]) == [1, 2, 8, 10])
        // 21 were answered in its first moment, which is over after a quarter of a second.
        #expect(lane.places(upTo: 200, at: start.advanced(by: .milliseconds(249))) == 10)
        #expect(lane.places(upTo: 200, at: start.advanced(by: .milliseconds(250))) == 31)
        // A channel that went silent has no pace any more.
        #expect(lane.places(upTo: 200, at: start.advanced(by: .milliseconds(500))) == 10)
    }

    @Test("A turn is worth its syncs at once, or while many wait for a connection, after as many answers")
    func turns() {
        var lane = ChannelGate(perSecond: nil, connections: 10)
        #expect(lane.wantsTurn(after: 1))
        for _ in 0..<59 { _ = lane.admit(at: start) }
        #expect(lane.wantsTurn(after: 1))
        _ = lane.admit(at: start)
        #expect(!lane.wantsTurn(after: 1) && !lane.wantsTurn(after: 99) && lane.wantsTurn(after: 100))
        var open = ChannelGate(perSecond: nil)
        for _ in 0..<200 { _ = open.admit(at: start) }
        #expect(open.wantsTurn(after: 1))
    }

    @Test("After its breaker closed it begins with one again")
    func again() {
        var lane = ChannelGate(perSecond: nil)
        let accepted = SendOutcome.accepted(providerID: nil)
        _ = rounds(&lane, [accepted, accepted, accepted])
        let failed = rounds(&lane, [.unknown(code: "bad_page")])
        #expect(failed == [200] && lane.isClosed)
        // The one that asks, then one, then two.
        #expect(rounds(&lane, [accepted, accepted], second: 31) == [1, 1])
        #expect(rounds(&lane, [accepted], second: 32) == [2])
        #expect(!lane.isClosed)
    }
}
