import Policies
import Kit
import Rules
import Testing

@Suite("Reach")
struct ReachTests {
    /// What the store knows where nothing stands in the way, or with one thing changed.
    private static func facts(_ change: (inout Reach.ChannelFacts) -> Void = { _ in }) -> Reach.ChannelFacts {
        var facts = Reach.ChannelFacts(address: "a", isSuppressed: false, marketing: .granted, service: nil)
        change(&facts)
        return facts
    }

    /// The chosen channel, and those passed over with their reasons: `wechat after sms: no_consent`.
    private func reach(
        _ channels: [String: Reach.ChannelFacts], preferred: String? = nil, purpose: Rule.Purpose = .marketing
    ) -> String {
        let reach = Reach(
            entries: ["sms", "wechat", "email"].map { Send.Entry(channel: $0, template: "t_\($0)") }, purpose: purpose,
            preferred: preferred, channels: channels, needsAddress: { _ in true })
        let tried = reach.tried.map { "\($0.channel): \($0.obstacle.rawValue)" }.joined(separator: ", ")
        return (reach.chosen?.channel ?? "none") + (tried.isEmpty ? "" : " after \(tried)")
    }

    @Test(
        "marketing needs an explicit grant, and service needs that service was not withdrawn",
        arguments: [
            (nil, false, true), (.granted, true, true), (.withdrawn, false, false), (.refused, false, true),
            (.minor, false, true),
        ] as [(Reach.Consent?, Bool, Bool)])
    func consent(said: Reach.Consent?, marketing: Bool, service: Bool) {
        for other in [nil, .granted, .withdrawn, .refused] as [Reach.Consent?] {
            let forMarketing = ReachTests.facts { ($0.marketing, $0.service) = (said, other) }
            #expect(Reach.obstacle(forMarketing, .marketing, true) == (marketing ? nil : .noConsent))
            let forService = ReachTests.facts { ($0.marketing, $0.service) = (other, said) }
            #expect(Reach.obstacle(forService, .service, true) == (service ? nil : .noConsent))
        }
    }

    @Test(
        "a stored word that is not known is a no, and no word is none",
        arguments: [
            ("granted", .granted), ("withdrawn", .withdrawn), ("refused", .refused), ("minor", .minor),
            ("Granted", .withdrawn),
            ("", .withdrawn), (nil, nil),
        ] as [(String?, Reach.Consent?)])
    func stored(word: String?, consent: Reach.Consent?) {
        #expect(Reach.Consent(stored: word) == consent)
    }

    @Test("the address is asked for first, then the suppression, then the consent", arguments: Rule.Purpose.allCases)
    func order(purpose: Rule.Purpose) {
        var facts = ReachTests.facts { ($0.address, $0.isSuppressed) = (nil, true) }
        (facts.marketing, facts.service) = (.withdrawn, .withdrawn)
        #expect(Reach.obstacle(facts, purpose, true) == .noAddress)
        // A channel such as push needs none.
        #expect(Reach.obstacle(facts, purpose, false) == .suppressed)
        facts.address = "a"
        #expect(Reach.obstacle(facts, purpose, true) == .suppressed)
        facts.isSuppressed = false
        #expect(Reach.obstacle(facts, purpose, true) == .noConsent)
        (facts.marketing, facts.service) = (.granted, .granted)
        #expect(Reach.obstacle(facts, purpose, true) == nil)
    }

    @Test(
        "where the provider counts, a message of each form needs what is left of it, whatever the consent",
        arguments: [
            ([.template], ["a"], "a", true), ([.template], ["a"], "b", false), ([.template], [], nil, true),
            ([.text], [], "a", true), ([.text], [], nil, false), ([.text], [""], nil, true),
            ([.template, .text], [""], "a", false), ([], [], "a", true),
        ] as [(Set<ChannelDeclaration.MessageForm>, Set<String>, String?, Bool)])
    func credits(counted: Set<ChannelDeclaration.MessageForm>, left: Set<String>, code: String?, allowed: Bool) {
        let facts = ReachTests.facts { $0.credits = Reach.Credits(counted: counted, left: left) }
        for purpose in Rule.Purpose.allCases {
            #expect(Reach.obstacle(facts, purpose, true, code: code) == (allowed ? nil : .noConsent))
        }
        var withdrawn = facts
        withdrawn.marketing = .withdrawn
        #expect(Reach.obstacle(withdrawn, .marketing, true, code: code) == .noConsent)
    }

    @Test("a channel of which nothing is known is not used", arguments: Rule.Purpose.allCases)
    func unknown(purpose: Rule.Purpose) {
        #expect(Reach.obstacle(nil, purpose, false) == .noConsent)
        #expect(reach([:], purpose: purpose) == "none after sms: no_consent, wechat: no_consent, email: no_consent")
    }

    @Test(
        "the preferred channel comes first if it is listed, then the order of the file",
        arguments: [
            (nil, [], "sms"), ("sms", [], "sms"), ("wechat", [], "wechat"), ("email", [], "email"),
            ("push", [], "sms"), ("", [], "sms"),
            (nil, ["sms"], "wechat after sms: no_address"),
            (nil, ["sms", "wechat"], "email after sms: no_address, wechat: no_address"),
            (nil, ["wechat"], "sms"),
            ("email", ["email"], "sms after email: no_address"),
            ("email", ["email", "sms"], "wechat after email: no_address, sms: no_address"),
            ("wechat", ["wechat", "sms"], "email after wechat: no_address, sms: no_address"),
            ("email", ["sms", "wechat", "email"], "none after email: no_address, sms: no_address, wechat: no_address"),
        ] as [(String?, [String], String)])
    func choice(preferred: String?, without: [String], expected: String) {
        var channels = ["sms": ReachTests.facts(), "wechat": ReachTests.facts(), "email": ReachTests.facts()]
        for channel in without { channels[channel]?.address = nil }
        #expect(reach(channels, preferred: preferred) == expected)
    }

    @Test("every channel that is passed over says why, and the chosen one brings its own template")
    func reasons() {
        let channels = [
            "sms": ReachTests.facts { $0.isSuppressed = true }, "wechat": ReachTests.facts { $0.marketing = .refused },
            "email": ReachTests.facts(),
        ]
        #expect(reach(channels) == "email after sms: suppressed, wechat: no_consent")
        let entries = [Send.Entry(channel: "sms", template: "a"), Send.Entry(channel: "email", template: "b")]
        let reach = Reach(
            entries: entries, purpose: .marketing, preferred: nil, channels: channels, needsAddress: { _ in true })
        #expect(reach.chosen == entries[1])
    }

    @Test("an address is needed by the channels that have one, each asked for itself")
    func addressKinds() {
        let without = ReachTests.facts { $0.address = nil }
        let reach = Reach(
            entries: ["sms", "push"].map { Send.Entry(channel: $0, template: "t") }, purpose: .marketing,
            preferred: nil, channels: ["sms": without, "push": without], needsAddress: { $0 == "sms" })
        #expect(reach.chosen?.channel == "push")
    }

    @Test("where no channel is usable, the decision gives the obstacle of the last one and lists them all")
    func unreachable() throws {
        var world = try GateWorld()
        world.channels["sms"]?.address = nil
        world.channels["wechat"]?.marketing = .withdrawn
        #expect(try world.verdict() == #"suppressed {"unreachable":"no_consent"}"#)
        world.preferredChannel = "wechat"
        #expect(try world.verdict() == #"suppressed {"unreachable":"no_address"}"#)
        guard case .refuse(_, _, let tried) = try world.decide() else {
            Issue.record("it was not refused")
            return
        }
        #expect(tried.map(\.channel) == ["wechat", "sms"] && tried.map(\.obstacle) == [.noConsent, .noAddress])
    }

    @Test("an address is asked for where the channel's declaration wants one")
    func declared() throws {
        var world = try GateWorld()
        for channel in world.channels.keys { world.channels[channel]?.address = nil }
        #expect(try world.verdict() == #"suppressed {"unreachable":"no_address"}"#)
        world.declarations = [.init(id: "sms", address: .phone), .init(id: "wechat", address: .none)]
        #expect(try world.verdict() == "sends through wechat")
    }

    @Test(
        "what others at the address got counts for the cap of that channel alone",
        arguments: [("sms", Objection.firstCap.verdict), ("wechat", "sends through sms")])
    func sharedAddress(channel: String, expected: String) throws {
        var world = try GateWorld()
        world.channels[channel]?.othersSends = [world.now.adding(hours: -1)]
        #expect(try world.verdict() == expected)
    }

    @Test("a channel whose cap is reached is chosen all the same: a cap is about the member and no obstacle")
    func capped() throws {
        var world = try GateWorld()
        world.preferredChannel = "wechat"
        world.channels["wechat"]?.othersSends = [world.now.adding(hours: -1)]
        #expect(try world.verdict() == Objection.firstCap.verdict)
    }

    @Test("a cap for a segment holds for its members alone")
    func segmentCap() throws {
        var world = try GateWorld()
        try Objection.firstCap.raise(in: &world)
        world.set.settings.frequencyCap = [CountLimit(times: 1, window: Span(1, .days), segment: "staff")]
        #expect(try world.verdict() == "sends through sms")
        world.rule.audience = nil
        world.values["member.tags"] = .list(["staff"])
        #expect(try world.verdict() == Objection.firstCap.verdict)
    }
}
