import Policies
import Testing

/// What `explain` says of the gates is what they decided.
@Suite("Judgement and explanation agree")
struct JudgementTests {
    @Test("where no gate objects, no reading does, and the last gate before the actions is read")
    func nothing() throws {
        var world = try GateWorld()
        world.rule.body = world.rule.body.withHoldout(1)
        let judgement = try world.judge().judgement
        #expect(judgement.gate == .acting)
        #expect(judgement.readings.allSatisfy { $0.mark != .objects })
        guard case .holdout("e", share: 1)? = judgement.readings.last?.subject else {
            Issue.record("the holdout is not read last")
            return
        }
    }

    @Test("one objection", arguments: Objection.allCases)
    func alone(objection: Objection) throws {
        var world = try GateWorld()
        try objection.raise(in: &world)
        try agrees(world, objection)
    }

    @Test("two objections: the earlier decides, and nothing after its gate is read", arguments: Objection.pairs)
    func pair(pair: Objection.Pair) throws {
        var world = try GateWorld()
        try pair.earlier.raise(in: &world)
        try pair.later.raise(in: &world)
        try agrees(world, pair.earlier)
    }

    @Test("a member whom a festival or schedule is not about is read through the conditions", arguments: [false, true])
    func notDue(isExcluded: Bool) throws {
        var world = try GateWorld()
        world.occurrence.asksEveryone = true
        try (isExcluded ? Objection.audienceExclusion : .audience).raise(in: &world)
        let (verdict, judgement) = try world.judge()
        guard case .notDue = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(judgement.gate == .conditions)
        #expect(judgement.readings.filter { $0.mark == .objects }.map(\.gate) == [.conditions])
    }

    /// The first gate with a reading that objects is the one that decided, and it is the last that was read.
    private func agrees(_ world: GateWorld, _ objection: Objection) throws {
        let (verdict, judgement) = try world.judge()
        #expect(judgement.gate == objection.gate)
        #expect(judgement.reason == verdict.outcome.1)
        let readings = judgement.readings
        #expect(readings.map(\.gate) == readings.map(\.gate).sorted())
        #expect(readings.allSatisfy { $0.gate <= objection.gate })
        let objecting = readings.filter { $0.mark == .objects }
        #expect(objecting.allSatisfy { $0.gate == objection.gate })
        #expect(objecting.isEmpty != objection.isRead)
    }
}

extension Objection {
    fileprivate var gate: Gate {
        switch self {
        case .passed, .late: .time
        case .condition, .history, .audience, .audienceExclusion: .conditions
        case .noBranch: .choice
        case .noPersonalisation: .personalisation
        case .unreachable: .reach
        case .genericPersonalisation: .genericText
        case .quietHours: .quietHours
        case .oncePerLifetime, .atMost, .firstCap, .secondCap: .limits
        case .globalHoldout, .experimentHoldout: .holdout
        }
    }

    /// Whether a reading shows it: time has a row of its own, conditions show each value, and a text is not read.
    fileprivate var isRead: Bool {
        ![.passed, .late, .condition, .history, .genericPersonalisation].contains(self)
    }
}

extension GateReading {
    fileprivate var gate: Gate {
        switch subject {
        case .segment: .conditions
        case .variant, .branch: .choice
        case .personalisation: .personalisation
        case .entry: .reach
        case .quietHours: .quietHours
        case .oncePerLifetime, .atMost, .cap: .limits
        case .holdout: .holdout
        }
    }
}
