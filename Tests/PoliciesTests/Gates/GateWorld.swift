import Policies
import Kit
import Rules
import Testing

/// One rule and one member about whom no gate objects, without a database: a test changes what it is about.
struct GateWorld {
    var set: RuleSet
    var rule: Rule
    var occurrence: Occurrence
    /// Ten o'clock of the birthday, when the rule is due.
    let now: Instant
    var values: [String: Value] = [
        "member.id": .text("m"), "member.gender": .text("female"), "member.tier": .text("gold"),
        "member.tags": .list([]), "member.city": .text("Shanghai"),
    ]
    var purchases = 1
    var channels = [
        "sms": Reach.ChannelFacts(address: "a", isSuppressed: false, marketing: .granted, service: nil),
        "wechat": Reach.ChannelFacts(address: "b", isSuppressed: false, marketing: .granted, service: nil),
    ]
    var preferredChannel: String?
    var personalisation: String?
    var ownActs: [Instant] = []
    var marketingSends: [Instant] = []
    var forcedVariants: [String: String] = [:]
    var declarations = ChannelDeclaration.standard

    static let sending = """
        [{choose: [{if: {member.city: Shanghai}, do: [{send: {try: [{sms: {template: hello}}, \
        {wechat: {template: wave}}], fill: {id: member.id}}}]}]}]
        """
    static let tagging = "[{choose: [{if: {member.city: Shanghai}, do: [{add_tag: seen}]}]}]"

    /// - Parameter actions: the `do` of the rule's two variants.
    init(do actions: String = GateWorld.sending) throws {
        set = try GateWorld.ruleSet(do: actions)
        rule = try #require(set.rules.first)
        let zone = set.settings.zone
        now = try #require(TimePoint(text: "2026-03-07 10:00")).instant(in: zone)
        occurrence = Occurrence(
            rule: rule.id, member: "m", occasion: "birthday:2026", due: now, start: now, zone: zone,
            date: zone.date(of: now))
    }

    private static func ruleSet(do actions: String) throws -> RuleSet {
        let files = [
            "settings": """
            tiers: [{id: gold, name: Gold}]
            quiet_hours: none
            frequency_cap: [{times: 1, in: 1d}, {times: 1, in: 7d}]
            service_owners: [crm-team]
            """,
            "segments": """
            segments:
              - {id: friends, name: Friends, if: {member.tier: gold}}
              - {id: staff, name: Staff, if: {member.tags: {includes: staff}}}
            """,
            "templates": """
            templates:
              - {id: hello, channel: sms, text: "{{ id }}, hello", values: {id: text}}
              - {id: wave, channel: wechat, text: "{{ id }}, hello", values: {id: text}}
              - {id: greeting, channel: sms, text: "{{ name | default: 'friend' }}, hello", values: {name: text}}
              - {id: plain, channel: wechat, text: "{{ id | default: 'friend' }}, hello", values: {id: text}}
            """,
            "coupons": """
            coupons: [{id: BDAY, name: Birthday, valid_days: 7, codes: generated}]
            """,
            "rules": """
            rules:
              - id: r
                status: live
                owner: crm-team
                purpose: marketing
                when: {birthday: {}}
                if: {member.gender: female, history: [{event: order.paid, times: 1}]}
                audience: {in: [friends], not_in: [staff]}
                experiment:
                  key: e
                  holdout: 1%
                  variants:
                    a: {share: 50%, do: \(actions)}
                    b: {share: 50%, do: \(actions)}
                  measure: {event: order.paid, within: 14d}
                if_late: {send_within: 12h}
            """,
        ]
        let reading = RuleSetReader.read(
            files: files.map {
                YAMLReader.read(bytes: Array("version: 1\n\($0.value)".utf8), path: "rules/\($0.key).yaml")
            })
        var set = try #require(reading.ruleSet, "\(reading.diagnostics.map(\.short))")
        // Nobody is held out by chance.
        set.rules[0].body = set.rules[0].body.withHoldout(0)
        return set
    }

    func decide() throws -> Verdict { try judge().verdict }

    func judge() throws -> (verdict: Verdict, judgement: Judgement) {
        let planned = PlannedSet(set, rules: [rule], channels: declarations)
        let plan = planned.plans[0]
        let readings = FieldValues(
            values: plan.slots.fields.map { values[$0.name] }, counts: plan.slots.histories.map { _ in purchases },
            now: now, zone: occurrence.zone)
        var facts = Facts(
            readings: readings, channels: channels, preferredChannel: preferredChannel,
            personalisation: personalisation, ownActs: ownActs, marketingSends: marketingSends,
            forcedVariants: forcedVariants)
        let gates = Gates(plan: plan, in: planned)
        let verdict = gates.decide(occurrence, &facts, at: now) { _, _ in [] }
        return (verdict, Judgement(gates, of: occurrence, facts, at: now, verdict))
    }

    /// `sends through sms`, `held until 14:00`, `skipped {"audience":"in"}`, …
    func verdict() throws -> String {
        let zone = occurrence.zone
        switch try decide() {
        case .act(let path): return path.entry.map { "sends through \($0.channel)" } ?? "acts"
        case .hold(let until): return "held until \(zone.rfc3339(until).dropFirst(11).prefix(5))"
        case .refuse(let outcome, let because, _): return "\(outcome.rawValue) \(because.json(in: zone).rendered)"
        case .notDue: return "not due"
        }
    }
}

extension Body {
    /// The same experiment with that holdout, in basis points.
    func withHoldout(_ basisPoints: Int) -> Body {
        guard case .experiment(var experiment) = self else { return self }
        experiment.holdout = basisPoints
        return .experiment(experiment)
    }
}

extension Instant {
    func adding(hours: Int64) -> Instant { adding(micros: hours * 3_600_000_000) }
}
