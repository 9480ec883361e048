import Policies
import Kit
import Rules
import Testing

@Suite("Order of the gates")
struct GateOrderTests {
    @Test("where no gate objects, the rule acts")
    func nothing() throws {
        #expect(try GateWorld().verdict() == "sends through sms")
    }

    @Test("a gate that objects alone gives its reason", arguments: Objection.allCases)
    func alone(objection: Objection) throws {
        var world = try GateWorld()
        try objection.raise(in: &world)
        #expect(try world.verdict() == objection.verdict)
    }

    @Test("of two gates that object, the earlier gives the reason", arguments: Objection.pairs)
    func pair(pair: Objection.Pair) throws {
        var world = try GateWorld()
        try pair.earlier.raise(in: &world)
        try pair.later.raise(in: &world)
        #expect(try world.verdict() == pair.earlier.verdict)
    }

    @Test("the pairs are all there are, but for the one that no member can be in")
    func pairs() {
        let count = Objection.allCases.count
        #expect(Objection.pairs.count == count * (count - 1) / 2 - 1)
    }

    @Test("the objections after a gate change nothing, be they all at once", arguments: Objection.allCases)
    func allLater(objection: Objection) throws {
        var world = try GateWorld()
        for later in Objection.allCases.drop(while: { $0 != objection }).reversed() { try later.raise(in: &world) }
        #expect(try world.verdict() == objection.verdict)
    }

    @Test(
        "a member whom a festival or schedule is not about is not due, whatever else objects",
        arguments: [Objection.condition, .history, .audience, .audienceExclusion], [Objection.passed, .late, .noBranch])
    func silent(qualification: Objection, other: Objection) throws {
        var world = try GateWorld()
        world.occurrence.asksEveryone = true
        try qualification.raise(in: &world)
        #expect(try world.verdict() == "not due")
        try other.raise(in: &world)
        #expect(try world.verdict() == "not due")
        // Once held, its final line must follow.
        world.occurrence.isRelease = true
        #expect(try world.verdict() == min(qualification, other).verdict)
    }

    @Test(
        "a service message is not asked what is asked of marketing only",
        arguments: [
            Objection.noPersonalisation, .genericPersonalisation, .quietHours, .firstCap, .secondCap, .globalHoldout,
        ])
    func marketingOnly(objection: Objection) throws {
        var world = try GateWorld()
        world.rule.purpose = .service
        try objection.raise(in: &world)
        #expect(try world.verdict() == "sends through sms")
    }

    @Test(
        "a service message is asked everything else",
        arguments: [
            Objection.passed, .late, .condition, .history, .audience, .audienceExclusion, .noBranch, .unreachable,
            .oncePerLifetime, .atMost, .experimentHoldout,
        ])
    func service(objection: Objection) throws {
        var world = try GateWorld()
        world.rule.purpose = .service
        try objection.raise(in: &world)
        #expect(try world.verdict() == objection.verdict)
    }

    @Test("quiet hours hold the purposes that they apply to", arguments: Rule.Purpose.allCases, Rule.Purpose.allCases)
    func quietPurposes(purpose: Rule.Purpose, applied: Rule.Purpose) throws {
        var world = try GateWorld()
        try Objection.quietHours.raise(in: &world)
        world.set.settings.quietHours?.appliesTo = [applied]
        world.rule.purpose = purpose
        #expect(try world.verdict() == (purpose == applied ? "held until 14:15" : "sends through sms"))
    }

    @Test(
        "a path that sends nothing is not asked what is asked of messages only",
        arguments: [Objection.unreachable, .genericPersonalisation, .quietHours, .firstCap, .secondCap])
    func messagesOnly(objection: Objection) throws {
        var world = try GateWorld(do: GateWorld.tagging)
        try objection.raise(in: &world)
        #expect(try world.verdict() == "acts")
    }

    @Test(
        "a path that sends nothing is asked everything else",
        arguments: [
            Objection.passed, .late, .condition, .history, .audience, .audienceExclusion, .noBranch,
            .noPersonalisation, .oncePerLifetime, .atMost, .globalHoldout, .experimentHoldout,
        ])
    func withoutMessage(objection: Objection) throws {
        var world = try GateWorld(do: GateWorld.tagging)
        try objection.raise(in: &world)
        #expect(try world.verdict() == objection.verdict)
    }

    @Test(
        "the occasion passes at its instant, and lateness begins after what is still in time",
        arguments: [(Int64(-1), false), (0, true), (1, true)])
    func boundaries(micros: Int64, passes: Bool) throws {
        var world = try GateWorld()
        world.occurrence.passes = world.now.adding(micros: -micros)
        #expect(try world.verdict() == (passes ? Objection.passed.verdict : "sends through sms"))
        world.occurrence.passes = nil
        world.occurrence.ready = world.now.adding(hours: -12).adding(micros: -micros)
        #expect(try world.verdict() == (micros > 0 ? #"missed {"late":"12h"}"# : "sends through sms"))
    }

    @Test(
        "each kind of path has its own patience, and where the path decides, the path is taken first",
        arguments: [
            (GateWorld.sending, nil, #"missed {"late":"13h"}"#),
            (GateWorld.tagging, nil, "acts"),
            (GateWorld.sending, .condition, #"missed {"late":"13h"}"#),
            (GateWorld.tagging, .condition, Objection.condition.verdict),
            (GateWorld.sending, .noBranch, Objection.noBranch.verdict),
        ] as [(String, Objection?, String)])
    func patience(actions: String, objection: Objection?, expected: String) throws {
        var world = try GateWorld(do: actions)
        world.rule.ifLateWithoutSend = .forever
        try Objection.late.raise(in: &world)
        try objection?.raise(in: &world)
        #expect(try world.verdict() == expected)
    }

    @Test("a variant that was forced decides the holdout, whatever the shares say", arguments: [0, 10_000])
    func forced(share: Int) throws {
        var world = try GateWorld()
        world.set.settings.globalHoldout = share
        world.rule.body = world.rule.body.withHoldout(share)
        for (forced, expected) in [
            (["global": "a", "e": "a"], "sends through sms"),
            (["global": "a", "e": "holdout"], Objection.experimentHoldout.verdict),
            (["global": "holdout", "e": "holdout"], Objection.globalHoldout.verdict),
        ] {
            world.forcedVariants = forced
            #expect(try world.verdict() == expected)
        }
    }
}

extension Objection: Comparable {
    static func < (a: Objection, b: Objection) -> Bool {
        allCases.firstIndex(of: a) ?? 0 < allCases.firstIndex(of: b) ?? 0
    }
}
