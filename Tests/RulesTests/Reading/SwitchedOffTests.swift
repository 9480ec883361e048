import Testing

@testable import Config
@testable import Rules

/// A value and the codes it gives; what is next to a finding and has none stands beside it.
struct SwitchedOffValue: CustomTestStringConvertible, Sendable {
    var text: String
    var codes: [String]
    init(_ text: String, _ codes: String...) {
        self.text = text
        self.codes = codes
    }
    var testDescription: String { "\(codes.isEmpty ? "nothing" : codes.joined(separator: ", ")): \(text.prefix(70))" }
}

/// Values that are allowed and switch something off, or turn it round, each beside its neighbour that does not.
@Suite("A value that switches something off")
struct SwitchedOffTests {
    private func codes(_ text: String, path: String) -> [String] {
        let found = RuleSetSamples.read(text, path: path).diagnostics.filter { $0.span.file == path }
        #expect(Untranslated.sentences(of: found) == [])
        return found.map(\.code).filter { $0 != "R002" }
    }

    @Test(
        "in the settings has its finding, and its neighbour has none",
        arguments: [
            SwitchedOffValue("quiet_hours: {from: \"09:00\", to: \"21:00\"}", "R255"),
            SwitchedOffValue("quiet_hours: {from: \"11:59\", to: \"12:01\"}", "R255"),
            SwitchedOffValue("quiet_hours: {from: \"03:01\", to: \"23:59\"}", "R255"),
            SwitchedOffValue("quiet_hours: {from: \"03:00\", to: \"23:59\"}"),
            SwitchedOffValue("quiet_hours: {from: \"00:00\", to: \"12:00\"}"),
            SwitchedOffValue("quiet_hours: {from: \"12:01\", to: \"23:01\"}"),
            SwitchedOffValue("quiet_hours: {from: \"06:59\", to: \"09:00\"}"),
            SwitchedOffValue("quiet_hours: {from: \"13:00\", to: \"18:00\"}", "R255"),
            SwitchedOffValue("quiet_hours: {from: \"07:00\", to: \"09:00\"}", "R255"),
            SwitchedOffValue("quiet_hours: {from: \"12:01\", to: \"23:00\"}", "R255"),
            SwitchedOffValue("quiet_hours: {from: \"20:00\", to: \"18:00\"}"),
            SwitchedOffValue("quiet_hours: {from: \"21:00\", to: \"09:00\", applies_to: []}", "R256"),
            SwitchedOffValue("frequency_cap: []", "R256"),
            SwitchedOffValue("service_owners: []\nfestivals: []\nholidays: []\nworkdays: []"),
            SwitchedOffValue("global_holdout: 100%", "R258"), SwitchedOffValue("global_holdout: 99.99%"),
            SwitchedOffValue("global_holdout: 0%"),
            SwitchedOffValue("prices: {sms_segment: 0.05}\nbudget: {sms: {per_day: 0}}", "R257"),
            SwitchedOffValue("prices: {sms_segment: 0.05}\nbudget: {sms: {per_day: 0.01}}"),
            SwitchedOffValue("prices: {sms_segment: 0.05}\nbudget: {sms: {per_day: -0.01}}", "R104"),
            SwitchedOffValue("prices: {sms_segment: 0}\nbudget: {sms: {per_day: 0}}", "R248"),
            SwitchedOffValue("prices: {sms_segment: 0}"),
            SwitchedOffValue("on_unknown: {service: resend, max_resends: 0}", "R257"),
            SwitchedOffValue("on_unknown: {service: hold, max_resends: 0}"),
            SwitchedOffValue("lifecycle: {new: 91d, active: 90d}", "R259"),
            SwitchedOffValue("lifecycle: {new: 90d, active: 90d}"),
            SwitchedOffValue("lifecycle: {active: 29d}", "R259"),
            SwitchedOffValue("lifecycle: {active: 30d}"),
            SwitchedOffValue("lifecycle: {new: 400d, active: 90d, cooling: 80d}", "R104"),
        ])
    func settings(_ value: SwitchedOffValue) {
        let text = RuleSetSamples.head("settings") + value.text + "\n"
        #expect(codes(text, path: "settings.yaml").filter { $0 != "R247" } == value.codes)
    }

    private static let give = "do: [{give_coupon: {template: BDAY-30OFF, valid_until: "

    @Test(
        "in a rule has its finding, and its neighbour has none",
        arguments: [
            SwitchedOffValue("unless: []\nwhen: {event: {name: order.paid, after: 1h}}\ndo: [{add_tag: a}]", "R256"),
            SwitchedOffValue("audience: {not_in: []}\nwhen: {birthday: {}}\ndo: [{add_tag: a}]", "R256"),
            SwitchedOffValue("when: {birthday: {}}\ndo: [{adjust_points: {add: 0}}]", "R257"),
            SwitchedOffValue("when: {birthday: {}}\ndo: [{adjust_points: {add: -1}}]"),
            SwitchedOffValue(
                "when: {birthday: {}}\nexperiment: {key: k, holdout: 100%, variants: {a: {share: 100%, do: [{add_tag: a}]}}}",
                "R258"),
            SwitchedOffValue(
                "when: {birthday: {}}\nexperiment: {key: k, variants: {a: {share: 100%, do: [{add_tag: a}]}, b: {share: 0%, do: [{add_tag: b}]}}}",
                "R257"),
            SwitchedOffValue(
                "when: {date: {of: due, days_after: 8}}\n" + give + "{days_after_occasion: 7}}}]", "R261"),
            SwitchedOffValue("when: {date: {of: due, days_after: 7}}\n" + give + "{days_after_occasion: 7}}}]"),
            SwitchedOffValue("when: {date: {of: due, days_after: 8}}\n" + give + "{days_after_send: 7}}}]"),
            SwitchedOffValue("when: {date: {of: due, days_before: 8}}\n" + give + "{days_after_occasion: 0}}}]"),
            SwitchedOffValue(
                "when: {date: {of: due, days_after: 8}}\ndo: [{choose: [{if: {member.tier: gold}, "
                    + give + "{days_after_occasion: 0}}}]}]}]", "R261"),
            SwitchedOffValue(
                "when: {birthday: {}}\nif: {member.orders_30d: {more_than: -1}}\ndo: [{add_tag: a}]", "R262"),
            SwitchedOffValue("when: {birthday: {}}\nif: {member.orders_30d: {more_than: 0}}\ndo: [{add_tag: a}]"),
            SwitchedOffValue("when: {birthday: {}}\nif: {member.orders_30d: 0}\ndo: [{add_tag: a}]"),
            SwitchedOffValue("when: {birthday: {}}\nif: {member.orders_30d: {at_most: 0}}\ndo: [{add_tag: a}]"),
            // A field that can be missing: it asks whether there is a value.
            SwitchedOffValue("when: {birthday: {}}\nif: {member.largest_order: {at_least: 0}}\ndo: [{add_tag: a}]"),
            SwitchedOffValue(
                "when: {birthday: {}}\nif: {history: [{event: order.paid, times: {less_than: 0}}]}\ndo: [{add_tag: a}]",
                "R210"),
            SwitchedOffValue(
                "when: {birthday: {}}\nif: {history: [{event: order.paid, times: 0}]}\ndo: [{add_tag: a}]"),
        ])
    func rules(_ value: SwitchedOffValue) {
        #expect(codes(RuleSetSamples.rule(value.text), path: "rules.yaml") == value.codes)
    }

    @Test("of quiet hours is one finding: no rule is said to fall into hours that were meant the other way round")
    func oneCause() {
        let settings = RuleSetSamples.settings + "quiet_hours: {from: \"09:00\", to: \"21:00\"}\n"
        let rule = RuleSetSamples.rule("when: {birthday: {at: \"10:00\"}}\n" + RuleSetSamples.sending)
        let found = RuleSetSamples.read(rule, others: ["settings.yaml": settings]).diagnostics
        #expect(found.map(\.code) == ["R255"])
    }

    @Test(
        "of a rate says how a channel is stopped, and how a limit is lifted",
        arguments: [
            ("0/s", "a rate of 0 would let nothing out"), ("0", "a rate of 0 would let nothing out"),
            ("-1/s", "`-1/s` is not a rate"),
        ])
    func rate(rate: String, message: String) {
        let text =
            "version: 1\nstore: {url: \"sqlite:x.db\"}\nchannels: {sms: {type: log, limits: {rate: \(rate)}}}\n"
        let found = ConfigReader.read(YAMLReader.read(bytes: Array(text.utf8), path: "nudged.yaml")).1
            .filter { $0.code != "R002" }
        #expect(found.map(\.message) == [message])
        #expect(found.first?.help.contains { $0.contains("nudged hold --channel sms") } == message.hasPrefix("a rate"))
        #expect(Untranslated.sentences(of: found) == [])
    }
}
