import Kit
import Rules
import Testing

@testable import Store

/// Rule files beside a throwaway store, looked at together.
struct CheckDesk {
    let files: [YAMLFile]
    let store: MemberStore
    let now: Instant

    static let templates = """
        templates: [{id: hello, channel: wechat, text: "您好"}]
        """
    static let coupons = """
        coupons:
          - {id: BDAY-30OFF, name: 生日券, face_value: 30, valid_until: 2026-12-31, codes: pool}
          - {id: SPRING, name: 春券, face_value: 10, valid_until: 2026-02-28, codes: generated}
          - {id: EVERGREEN, name: 常青券, face_value: 5, codes: generated}
        """

    /// `others` are files by kind, without their first two lines.
    init(_ rules: String, members: String = "lin: {}", others: [String: String] = [:]) throws {
        var texts = ["templates": CheckDesk.templates, "coupons": CheckDesk.coupons, "rules": rules]
        texts.merge(others) { $1 }
        files = texts.sorted { $0.key < $1.key }.map { kind, text in
            CheckDesk.file(
                "# yaml-language-server: $schema=../.nudged/\(kind).v1.schema.json\nversion: 1\n\(text)", kind)
        }
        let (fixtures, found) = FixtureReader.read(
            files: [CheckDesk.file("version: 1\nmembers: {\(members)}", "members")],
            knownCustomFields: RuleSetReader.read(files: files).sound.fields)
        try #require(found.allSatisfy { $0.severity == .warning }, "\(found.map(\.short))")
        store = try MemberStore.inMemory(fixtures, settings: Settings(), custom: [])
        now = try #require(TimePoint(text: "2026-03-01 08:00")?.instant(in: Settings().zone))
    }

    private static func file(_ text: String, _ kind: String) -> YAMLFile {
        YAMLReader.read(bytes: Array(text.utf8), path: "rules/\(kind).yaml")
    }

    /// One rule that sends at ten on a member's birthday, but for `lines`.
    static func rule(_ lines: String, when: String = "{birthday: {}}", status: String = "live") -> String {
        let send = lines.contains("do:") ? "" : "\n    do: [{send: {try: [{wechat: {template: hello}}]}}]"
        return """
            rules:
              - id: r
                status: \(status)
                owner: crm-team
                purpose: marketing
                when: \(when)
                \(lines)\(send)
            """
    }

    func findings() throws -> [Diagnostic] {
        let survey = StoreSurvey(store, at: now)
        let reading = RuleSetReader.read(files: files, onFile: try survey.onFile())
        let names = UsedNames(reading.sound, files: files)
        let questions = StoreQuestions(reading.sound, names: names, counting: true)
        let answers = try survey.answers(to: questions, of: reading.sound)
        let ofStore = StoreFindings(reading.sound, names: names, answers, files: files)
        return (reading.diagnostics.map(ofStore.noted) + ofStore.all).inFileOrder()
    }

    /// `R211 8:27 sentence`.
    func lines() throws -> [String] {
        try findings().map { "\($0.code) \($0.span.start.line):\($0.span.start.column) \($0.message)" }
    }
}
