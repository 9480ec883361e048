import TestSupport
import Testing

/// A no belongs to the address, and so do the messages that a cap counts.
@Suite("One address, several members")
struct SharedAddressTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var lin = SharedAddressTests.granted
        var bo: String
        /// Of lin, then of bo.
        var outcomes: [String]
        var rule = ""
    }

    private static let granted = #"phone: "13800000001", consent: {sms: granted}"#
    private static let no = #"suppressed {"unreachable":"no_consent"}"#

    private static func said(_ state: String, _ at: String, _ more: String = "") -> String {
        #"consents: [{channel: sms, state: \#(state), at: "\#(at)"\#(more)}]"#
    }

    private static let cases = [
        Case(testDescription: "both said yes", bo: granted, outcomes: ["sent sms", "sent sms"]),
        Case(
            testDescription: "one withdrew later", bo: "\(granted), \(said("withdrawn", "2026-03-02 10:00"))",
            outcomes: [no, no]),
        Case(
            testDescription: "one withdrew since ever", bo: #"phone: "13800000001", consent: {sms: withdrawn}"#,
            outcomes: [no, no]),
        Case(
            testDescription: "the number is written differently",
            bo: #"phone: "+86 138-0000-0001", consent: {sms: withdrawn}"#, outcomes: [no, no]),
        Case(
            testDescription: "the withdrawal is still to come",
            bo: "\(granted), \(said("withdrawn", "2026-03-07 12:01"))", outcomes: ["sent sms", "sent sms"]),
        Case(
            testDescription: "the other granted again later",
            lin: "\(granted), \(said("granted", "2026-03-03 10:00"))",
            bo: "\(granted), \(said("withdrawn", "2026-03-02 10:00"))", outcomes: ["sent sms", no]),
        Case(
            testDescription: "the other granted again, but before",
            lin: "\(granted), \(said("granted", "2026-03-01 10:00"))",
            bo: "\(granted), \(said("withdrawn", "2026-03-02 10:00"))", outcomes: [no, no]),
        Case(
            testDescription: "of a yes and a no in one instant the no holds",
            lin: "\(granted), \(said("granted", "2026-03-02 10:00"))",
            bo: "\(granted), \(said("withdrawn", "2026-03-02 10:00"))", outcomes: [no, no]),
        Case(
            testDescription: "the withdrawal is about another channel",
            bo: #"phone: "13800000001", consent: {sms: granted, wechat: withdrawn}"#,
            outcomes: ["sent sms", "sent sms"]),
        Case(
            testDescription: "the withdrawal is about every channel",
            bo: "\(granted), consents: [{channel: \"*\", state: withdrawn}]", outcomes: [no, no]),
        Case(
            testDescription: "whoever withdrew is closed",
            bo: "\(granted.replacing("granted", with: "withdrawn")), status: closed",
            outcomes: [no]),
        Case(
            testDescription: "whoever never said yes gets nothing by the other's yes",
            bo: #"phone: "13800000001""#, outcomes: ["sent sms", no]),
        Case(
            testDescription: "a withdrawal of service stays with the member",
            bo: "\(granted), \(said("withdrawn", "2026-03-02 10:00", ", purpose: service"))",
            outcomes: ["sent sms", no], rule: "purpose: service"),
        Case(
            testDescription: "a withdrawal of marketing leaves service alone",
            bo: "\(granted), \(said("withdrawn", "2026-03-02 10:00"))", outcomes: ["sent sms", "sent sms"],
            rule: "purpose: service"),
    ]

    private func run(
        _ lin: String, _ bo: String, settings: String = "version: 1\nservice_owners: [crm]", purpose: String,
        body: String
    ) throws -> [String] {
        let visit = #"events: [{name: store.visited, at: "2026-03-07 12:00"}]"#
        let rule = """
              - {id: visit, status: live, owner: crm, \(purpose), when: {event: {name: store.visited}},
                 do: [{send: {\(body), fill: {name: member.display_name}}}]}
            """
        return try World(
            settings: settings, rules: rule, members: "  lin: {\(lin), \(visit)}\n  zbo: {\(bo), \(visit)}\n"
        )
        .dryRun(at: "2026-03-07", until: "2026-03-08").map { String($0.dropFirst("2026-03-07 12:00 visit lin ".count)) }
    }

    @Test("a withdrawal of marketing holds for everyone with the address until a later yes", arguments: cases)
    func consent(_ example: Case) throws {
        let purpose = example.rule.isEmpty ? "purpose: marketing" : example.rule
        let outcomes = try run(example.lin, example.bo, purpose: purpose, body: "try: [{sms: {template: hello}}]")
        #expect(outcomes == example.outcomes)
    }

    private static let capped = #"suppressed {"cap":"1 in 1d"}"#
    private static let wechat = #"phone: "13800000001", wechat_openid: o1234567890, consent: {wechat: granted}"#

    @Test(
        "a frequency cap counts what others at the address got through that channel",
        arguments: [
            (granted, granted, ["sent sms", capped]),
            (granted, granted.replacing("0001", with: "0002"), ["sent sms", "sent sms"]),
            (granted, wechat, ["sent sms", "sent wechat"]),
            (wechat, wechat, ["sent wechat", capped]),
        ])
    func cap(_ lin: String, _ bo: String, _ outcomes: [String]) throws {
        let found = try run(
            lin, bo, settings: "version: 1\nfrequency_cap: [{times: 1, in: 1d}]", purpose: "purpose: marketing",
            body: "try: [{sms: {template: hello}}, {wechat: {template: hello_wx}}]")
        #expect(found == outcomes)
    }

    @Test(
        "messages that others got before count too, and those of service do not", arguments: ["marketing", "service"])
    func earlier(_ purpose: String) throws {
        let told = #"{name: message.sent, at: "2026-03-07 09:00", data: {channel: sms, purpose: \#(purpose)}}"#
        let rule = """
              - {id: visit, status: live, owner: crm, purpose: marketing, when: {event: {name: store.visited}},
                 do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
            """
        let members = """
              lin: {\(SharedAddressTests.granted), events: [{name: store.visited, at: "2026-03-07 12:00"}]}
              zbo: {\(SharedAddressTests.granted), events: [\(told)]}

            """
        let lines = try World(
            settings: "version: 1\nfrequency_cap: [{times: 1, in: 1d}]", rules: rule, members: members
        ).dryRun(at: "2026-03-07", until: "2026-03-08")
        let outcome = purpose == "service" ? "sent sms" : SharedAddressTests.capped
        #expect(lines == ["2026-03-07 12:00 visit lin \(outcome)"])
    }
}
