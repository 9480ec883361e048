import Testing

@testable import Channels

private let start = ContinuousClock.now
private let accepted = SendOutcome.accepted(providerID: nil)
private let refused = SendOutcome.notSent(code: "refused", retryAfter: nil)

/// A breaker in a class: `#expect` calls no mutating methods.
private final class Line {
    private var breaker = Breaker()
    var isOpen: Bool { breaker.isOpen }

    func admit(at second: Int) -> Breaker.Admission { breaker.admit(at: start.advanced(by: .seconds(second))) }

    func permit(at second: Int) throws -> Breaker.Permit {
        guard case .go(let permit) = admit(at: second) else { throw Held() }
        return permit
    }

    func record(_ outcome: SendOutcome, _ permit: Breaker.Permit, at second: Int) {
        breaker.record(outcome, permit, at: start.advanced(by: .seconds(second)))
    }

    /// Sends one message at `second` if the breaker lets it, and says whether it did.
    func run(_ outcome: SendOutcome, at second: Int) -> Bool {
        guard let permit = try? permit(at: second) else { return false }
        record(outcome, permit, at: second)
        return true
    }

    struct Held: Error {}
}

@Suite("Breaker")
struct BreakerTests {
    /// `.` accepted, `r` rejected, `f` not sent, `u` unknown, `m` misconfigured; one per second.
    @Test(
        "opens after five failures in a row, or when half of twenty fail",
        arguments: [
            ("ffff", false), ("fffff", true), ("ffff.ffff", false), ("ufmuf", true), ("rrrrrrr", false),
            ("ffffrf", false), ("f.f.f.f.f.f.f.f.f.f.", true), ("f.f.f.f.f.f.f.f.f.f", false),
            ("..f.f.f.f.f.f.f.f.f.", false),
        ])
    func opens(history: String, isOpen: Bool) {
        let outcomes: [Character: SendOutcome] = [
            ".": accepted, "f": refused, "u": .unknown(code: "timeout"), "m": .misconfigured(code: "authorization"),
            "r": .rejected(code: "denied"),
        ]
        let line = Line()
        for (second, letter) in history.enumerated() {
            #expect(line.run(outcomes[letter] ?? accepted, at: second))
        }
        #expect(line.isOpen == isOpen)
    }

    @Test("forgets outcomes older than a minute")
    func window() {
        let line = Line()
        for step in 0..<40 { #expect(line.run(step % 2 == 0 ? refused : accepted, at: step * 4)) }
        #expect(!line.isOpen)
    }

    @Test("rests 30 s, doubling to 5 min while probes fail, and starts over once one succeeds")
    func rest() {
        let line = Line()
        var second = 0
        for _ in 0..<5 { #expect(line.run(refused, at: second)) }
        for rest in [30, 60, 120, 240, 300, 300] {
            #expect(!line.run(refused, at: second + rest - 1))
            second += rest
            #expect(line.run(refused, at: second), "the probe after \(rest) s")
        }
        #expect(line.run(accepted, at: second + 300))
        #expect(!line.isOpen)
        for _ in 0..<5 { #expect(line.run(refused, at: second + 301)) }
        #expect(line.admit(at: second + 301) == .wait(.seconds(30)))
    }

    @Test("lets one message through when half open, and ignores stragglers")
    func probe() throws {
        let line = Line()
        let straggler = try line.permit(at: 0)
        for _ in 0..<5 { #expect(line.run(refused, at: 0)) }
        let probe = try line.permit(at: 30)
        #expect(line.admit(at: 30) == .wait(.seconds(1)))
        line.record(accepted, straggler, at: 30)
        #expect(line.isOpen)
        line.record(accepted, probe, at: 30)
        #expect(!line.isOpen)
    }

    @Test("gives up a probe that never reports")
    func lostProbe() throws {
        let line = Line()
        for _ in 0..<5 { #expect(line.run(refused, at: 0)) }
        let lost = try line.permit(at: 30)
        let second = try line.permit(at: 90)
        line.record(refused, lost, at: 91)
        line.record(accepted, second, at: 91)
        #expect(!line.isOpen)
    }
}
