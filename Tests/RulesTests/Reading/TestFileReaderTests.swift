@testable import Kit
import Testing

@testable import Rules

/// One slip in a test file, and the findings it gives. The test's lines begin in line 7, four columns in.
@Suite("A rule test file")
struct TestFileReaderTests {
    static let vocabulary = TestFileVocabulary(
        zone: Zone(named: "Asia/Shanghai") ?? .utc, running: ["gift"], idle: ["old": "it is retired"],
        members: ["lin", "zhao"], channels: ["sms", "wechat"], templates: ["hello"], coupons: ["C30"], customFields: [],
        fixtureNames: RuleSetSamples.read(RuleSetSamples.settings, path: "settings.yaml").ruleSet.map {
            FixtureNames($0, channels: ChannelDeclaration.standard)
        })

    static let until = "run_until: \"2026-03-11\"\n"
    static let sent = "expect: [{at: \"2026-03-07 09:30\", rule: gift, member: lin, outcome: sent}]\n"

    static let early = sent.replacing("03-07 09:30", with: "02-07 09:30")
    static let sent930 = sent.replacing("09:30", with: "9:30")
    static let placed = sent.replacing("outcome: sent", with: "outcome: \"{outcome}\"")

    struct Slip: Sendable, CustomTestStringConvertible {
        var lines: String
        var place: String
        init(_ place: String, _ parts: String...) {
            lines = parts.joined()
            self.place = place
        }
        var testDescription: String { "\(place): \(lines.prefix(70).replacing("\n", with: " "))" }
    }

    private func read(_ lines: String) -> ([RuleTest], [Diagnostic]) {
        let body = lines.split(separator: "\n").map { "    \($0)\n" }.joined()
        let text = """
            # yaml-language-server: $schema=../../.nudged/rule-test.v1.schema.json
            version: 1
            rules: [../rules.yaml]
            clock: {start: "2026-03-01 00:00"}
            tests:
              - name: a test
            \(body)
            """
        let file = YAMLReader.read(bytes: Array(text.utf8), path: "a.test.yaml")
        #expect(file.diagnostics == [])
        let (head, found) = TestFileReader.head(file)
        guard let head else { return ([], found) }
        let (tests, slips) = TestFileReader.tests(head, Self.vocabulary)
        return (tests, found + slips)
    }

    @Test("is not multiplied beyond ten thousand lines by its cases", arguments: [(99, []), (100, ["R104 9:12"])])
    func multiplied(_ lines: Int, _ found: [String]) {
        let cases = Array(repeating: "{day: x}", count: 101).joined(separator: ", ")
        let expected = Array(repeating: "{outcome: sent, occasion: \"{day}\"}", count: lines).joined(separator: ", ")
        let (tests, findings) = read(Self.until + "expect: [\(expected)]\ncases: [\(cases)]\n")
        #expect(RuleSetSamples.places(findings, of: "a.test.yaml") == found)
        #expect(tests.first?.runs.count == (found.isEmpty ? 101 : nil))
    }

    @Test(
        "gives an error at the place of a slip",
        arguments: [
            Slip("R101 9:5", until, sent, "expetc: []"),
            Slip("R101 7:5", "run_untill: \"2026-03-11\"\n", sent),
            Slip("R102 6:5", sent),
            Slip("T014 6:5", until),
            Slip("T014 8:5", until, "expect: []"),
            Slip("R104 8:24", until, "expect: [{outcome: send}]"),
            Slip("R102 8:15", until, "expect: [{at: \"2026-03-07\"}]"),
            Slip("T015 8:24", until, "expect: [{outcome: skipped}]"),
            Slip("T015 8:24", until, "expect: [{outcome: missed, at: \"2026-03-07\"}]"),
            Slip("T011 8:21", until, "expect: [{rule: gfit, outcome: sent}]"),
            Slip("T011 8:21", until, "expect: [{rule: old, outcome: sent}]"),
            Slip("T012 8:23", until, "expect: [{member: lim, outcome: sent}]"),
            Slip("T012 9:59", "members: [zhao]\n", until, sent),
            Slip("T013 8:24", until, "expect: [{channel: sns, outcome: sent}]"),
            Slip("T023 8:25", until, "expect: [{template: helo, outcome: sent}]"),
            Slip("T023 8:23", until, "expect: [{coupon: C3O, outcome: sent}]"),
            Slip("T018 8:54", until, "expect: [{outcome: skipped, because: {condition: member.teir}}]"),
            Slip("R101 8:43", until, "expect: [{outcome: skipped, because: {conditon: member.tier}}]"),
            Slip("T021 8:39", until, "expect: [{outcome: held, because: quiet_hour}]"),
            Slip("T021 8:42", until, "expect: [{outcome: skipped, because: member.tier}]"),
            Slip("T016 8:15", "run_until: \"2026-03-07 09:30\"\n", sent),
            Slip("T016 7:5", "run_until: \"2026-02-01\"\n", sent),
            Slip("T016 7:5", "run_until: \"9999-12-31\"\n", sent),
            Slip("T016 7:5", "run_until: \"2036-03-02\"\n", sent),
            Slip("T016 8:15", until, early),
            Slip("R116 8:19", until, sent930),
            Slip("R104 7:23", "clock: {timezone: Asia/Shanghia}\n", until, sent),
            Slip("T013 7:16", "channels: {smss: {fails: rejected}}\n", until, sent),
            Slip("R104 7:29", "channels: {sms: {fails: broken}}\n", until, sent),
            Slip("T017 7:17", "timeline: [{at: \"2026-03-02\"}]\n", until, sent),
            Slip("R102 7:17", "timeline: [{at: \"2026-03-02\", event: store.visited}]\n", until, sent),
            Slip(
                "R106 7:45", "timeline: [{at: \"2026-03-02\", event: a, restart_daemon: true, member: lin}]\n", until,
                sent),
            Slip("R106 7:35", "timeline: [{at: \"2026-03-02\", member: lin, restart_daemon: true}]\n", until, sent),
            Slip("R101 7:54", "timeline: [{at: \"2026-03-02\", member: lin, set: {teir: gold}}]\n", until, sent),
            Slip("R101 7:54", "timeline: [{at: \"2026-03-02\", member: lin, set: {orders: []}}]\n", until, sent),
            Slip("T027 7:60", "timeline: [{at: \"2026-03-02\", member: lin, set: {tier: golden}}]\n", until, sent),
            Slip(
                "T013 7:64", "timeline: [{at: \"2026-03-02\", member: lin, set: {consent: {smss: withdrawn}}}]\n",
                until, sent),
            Slip(
                "T013 7:73", "timeline: [{at: \"2026-03-02\", member: lin, set: {preferred_channel: fax}}]\n", until,
                sent),
            Slip("T003 7:64", "timeline: [{at: \"2026-03-02\", member: lin, set: {store_id: nostore}}]\n", until, sent),
            Slip(
                "T026 7:67", "timeline: [{at: \"2026-03-02\", member: lin, set: {experiment: {nokey: a}}}]\n", until,
                sent),
            Slip("T016 7:17", "timeline: [{at: \"2026-04-02\", restart_daemon: true}]\n", until, sent),
            Slip("R115 7:52", "timeline: [{at: \"2026-03-02\", stop_daemon_for: 5}]\n", until, sent),
            Slip("T013 7:59", "timeline: [{at: \"2026-03-02\", channel_down: {channel: sns, for: 5h}}]\n", until, sent),
            Slip("T019 8:73", until, placed),
            Slip("T019 9:73", "cases: [{outcom: sent}]\n", until, placed),
            Slip("T020 7:14", "cases: [{spare: sent}, {spare: done}]\n", until, sent),
            Slip("T015 9:24", "cases: [{o: skipped}]\n", until, "expect: [{outcome: \"{o}\"}]"),
        ])
    func slip(_ slip: Slip) {
        let (_, found) = read(slip.lines)
        #expect(found.map { "\($0.code) \($0.span.start.line):\($0.span.start.column)" } == [slip.place])
        #expect(Untranslated.sentences(of: found) == [])
    }

    @Test("sets what a fixture's member may have, and nothing by leaving it empty")
    func set() {
        let values = "tier: gold, preferred_channel: sms, consent: {wechat: granted, 短信: withdrawn}, city: 上海"
        for set in [values, "tier: null"] {
            let (tests, found) = read(
                "timeline: [{at: \"2026-03-02\", member: lin, set: {\(set)}}]\n" + Self.until + Self.sent)
            #expect(found == [] && tests.first?.runs.first?.timeline.count == 1)
        }
    }

    @Test("reads a case's values into places, numbers as numbers")
    func cases() throws {
        let (tests, found) = read(
            """
            cases: [{total: 49.90, o: skipped, when: "09:00"}, {total: "50", o: sent, when: "10:00"}]
            timeline: [{at: "2026-03-02 {when}", member: lin, event: cart.updated, data: {cart: c1, total: "{total}"}}]
            run_until: "2026-03-11"
            expect: [{outcome: "{o}"}]
            """)
        #expect(found == [])
        let runs = try #require(tests.first?.runs)
        #expect(runs.map(\.label) == ["total: 49.90, o: skipped, when: 09:00", "total: 50, o: sent, when: 10:00"])
        #expect(runs.map { $0.expectations.map(\.outcome) } == [["skipped"], ["sent"]])
        let events = runs.flatMap {
            $0.timeline.compactMap { entry -> EventRow? in
                if case .event(let event) = entry.action { event } else { nil }
            }
        }
        #expect(events.map(\.data) == [#"{"cart":"c1","total":49.90}"#, #"{"cart":"c1","total":"50"}"#])
        #expect(events.map(\.at) == ["01", "02"].map { Instant(rfc3339: "2026-03-02T\($0):00:00Z") })
    }

    @Test(
        "patterns stand for names and folders",
        arguments: [
            ("rules/a.yaml", "rules/*.yaml", true), ("rules/a/b.yaml", "rules/*.yaml", false),
            ("rules/a/b.yaml", "rules/**/*.yaml", true), ("rules/b.yaml", "rules/**/*.yaml", true),
            ("rules/ab.yaml", "rules/a?.yaml", true), ("rules/a.yml", "rules/a.yaml", false),
        ])
    func patterns(_ path: String, _ pattern: String, _ matches: Bool) {
        #expect(TestFilePattern.matches(path, pattern) == matches)
    }

    @Test("paths are relative to the test file")
    func paths() {
        #expect(TestFilePattern.joined("../a.yaml", to: "rules/tests") == "rules/a.yaml")
        #expect(TestFilePattern.joined("../../../a.yaml", to: "rules/tests") == "../a.yaml")
        #expect(TestFilePattern.joined("./a.yaml", to: "") == "a.yaml")
        #expect(TestFilePattern.joined("../a.yaml", to: "/x/tests") == "/x/a.yaml")
    }
}
