import Config
import Testing

@testable import Rules

/// R263: a link that confirms a consent, where there is nothing to confirm.
@Suite("A template with a link that confirms")
struct ConfirmFindingsTests {
    private static let templates =
        RuleSetSamples.head("templates") + """
            templates:
              - {id: ask, channel: email, subject: a, text: "请确认 {{ confirm_url }}", values: {}}

            """

    private func findings(_ config: String?, purpose: String = "service") throws -> [String] {
        let root = config.flatMap { YAMLReader.read(bytes: Array($0.utf8), path: "nudged.yaml").root }
        let channels = root.flatMap(ConfigReader.channels)
        let rule = RuleSetSamples.rule(
            "when: {event: {name: consent.requested, where: {channel: email}}}\ndo: [{send: {try: [{email: {template: ask}}]}}]",
            owner: "loyalty", purpose: purpose)
        let texts = [
            "rules.yaml": rule, "settings.yaml": RuleSetSamples.settings, "segments.yaml": RuleSetSamples.segments,
            "templates.yaml": Self.templates,
        ]
        let files = texts.sorted { $0.key < $1.key }.map { YAMLReader.read(bytes: Array($0.value.utf8), path: $0.key) }
        let found = RuleSetReader.read(files: files, channels: channels ?? ChannelDeclaration.standard).diagnostics
        #expect(Untranslated.sentences(of: found) == [])
        return found.map { "\($0.severity.rawValue) \($0.code) \($0.span.file)" }
    }

    @Test("needs a channel with double_opt_in, where a nudged.yaml says what channels there are")
    func channel() throws {
        #expect(try findings(nil) == [])
        #expect(try findings("channels: {sms: {type: log}, email: {type: log, double_opt_in: true}}\n") == [])
        for config in ["{type: log}", "{type: log, double_opt_in: false}"] {
            #expect(try findings("channels: {sms: {type: log}, email: \(config)}\n") == ["error R263 templates.yaml"])
        }
    }

    @Test("is nothing for a rule of marketing")
    func purpose() throws {
        let config = "channels: {sms: {type: log}, email: {type: log, double_opt_in: true}}\n"
        #expect(try findings(config, purpose: "marketing") == ["error R263 rules.yaml"])
    }

    @Test("is printed by its name, as it is, and is meant by the names that other tools have")
    func names() {
        func problems(_ text: String) -> [String] {
            CompiledTemplate.compile(text, placeholders: []).1.map { $0.message + " / " + ($0.help ?? "") }
        }
        #expect(problems("{{ confirm_url }}") == [])
        #expect(
            problems("{{ confirm_url | upcase }}") == ["nothing may follow `confirm_url` / write  {{ confirm_url }}"])
        for name in ["confrim_url", "optin_link", "confirmation_url"] {
            #expect(problems("{{ \(name) }}") == ["there is no value `\(name)` / did you mean `confirm_url`?"])
        }
    }
}
