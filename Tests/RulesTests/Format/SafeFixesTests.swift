@testable import Kit
import Foundation
import Testing

@testable import Rules

@Suite("Safe fixes")
struct SafeFixesTests {
    private static func check(_ files: [YAMLFile]) -> [Diagnostic] { RuleSetReader.read(files: files).diagnostics }

    private static func samples(_ rules: String) -> [YAMLFile] {
        [
            ("settings.yaml", RuleSetSamples.settings), ("templates.yaml", RuleSetSamples.templates),
            ("coupons.yaml", RuleSetSamples.coupons), ("segments.yaml", RuleSetSamples.segments),
            ("fields.yaml", RuleSetSamples.fields), ("rules.yaml", rules),
        ].map { YAMLReader.read(bytes: Array($0.1.utf8), path: $0.0) }
    }

    @Test("are applied until nothing more is to be fixed")
    func settle() throws {
        let wrong = """
            version: 1
            rules:
              - id: r
                name：生日礼遇
                status: live
                owner: crm-team
                purpose: marketing
                When: {birthday: {days-before: 3, at: 9:30}}
                if:
                  member.lifetime_spend: {gte: 5000}
                  member.Tier: gold
                do:
                  - give_coupon: {template: BDAY-30OFF}

            """
        let (files, counts) = SafeFixes.settle(Self.samples(wrong), Self.check)
        #expect(
            String(decoding: try #require(files.last).source.bytes, as: UTF8.self) == """
                # yaml-language-server: $schema=../.nudged/rules.v1.schema.json
                version: 1
                rules:
                  - id: r
                    name: 生日礼遇
                    status: live
                    owner: crm-team
                    purpose: marketing
                    when: {birthday: {days_before: 3, at: "09:30"}}
                    if:
                      member.lifetime_spend: {at_least: 5000}
                      member.tier: gold
                    do:
                      - give_coupon: {template: BDAY-30OFF}

                """)
        #expect(counts == ["rules.yaml": 7])
        #expect(Self.check(files).isEmpty)
    }

    @Test("leave what is not allowed")
    func allowed() throws {
        let wrong = RuleSetSamples.rule("when: {birthday: {}}\nif: {member.Tier: gold}\ndo: [{add_tag: a}]")
        let (files, counts) = SafeFixes.settle(Self.samples(wrong), allows: { !$0.code.hasPrefix("R2") }, Self.check)
        #expect(try #require(files.last).source.bytes == Array(wrong.utf8))
        #expect(counts.isEmpty)
    }

    @Test("write no key that is there already, nor one key twice")
    func twins() throws {
        let wrong = RuleSetSamples.rule(
            "when: {event: {name: order.paid}}\nif: {order.total: {gte: 50, GE: 60}}\ndo: [{add_tag: a}]")
        #expect(Self.check(Self.samples(wrong)).filter { !$0.fix.isEmpty }.count == 1)
        let (files, counts) = SafeFixes.settle(Self.samples(wrong), Self.check)
        let text = String(decoding: try #require(files.last).source.bytes, as: UTF8.self)
        #expect(text == wrong.replacing("gte", with: "at_least") && counts == ["rules.yaml": 1])
        let settings = RuleSetSamples.head("settings") + "timezone: Asia/Shanghai\ntimezone：Asia/Tokyo\n"
        let file = YAMLReader.read(bytes: Array(settings.utf8), path: "settings.yaml")
        #expect(Self.check([file]).map(\.code) == ["R010"])
        #expect(SafeFixes.settle([file], Self.check).files[0].source.bytes == file.source.bytes)
    }

    @Test("do not overlap: the first of two is taken, all edits of a finding or none")
    func overlap() {
        let file = SourceText("abcdefgh", path: "f")
        func finding(_ code: String, _ edits: (Int, Int, String)...) -> Diagnostic {
            Diagnostic(
                code, .error, "m", at: file.span(edits[0].0..<edits[0].1),
                fix: edits.map { .init(start: $0.0, end: $0.1, text: $0.2) })
        }
        let (bytes, count) = SafeFixes.apply(
            [
                finding("R2", (1, 4, "X")), finding("R3", (3, 5, "Y"), (6, 7, "Z")), finding("R4", (5, 6, "-")),
                finding("R5", (7, 99, "!")),
            ],
            to: file.bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "aXe-gh")
        #expect(count == 2)
    }

    @Test("a file saved as GBK becomes UTF-8, once")
    func gbk() throws {
        let text = "# 设置\nversion: 1\n"
        let bytes = [UInt8](try #require(text.data(using: String.Encoding(rawValue: 0x8000_0632))))
        #expect(GBKText.read(bytes) == .converted(Array(text.utf8)))
        #expect(GBKText.read(Array(text.utf8)) == .already)
        #expect(GBKText.read([0x61, 0xFF, 0xFF]) == .unreadable)
        #expect(GBKText.read([]) == .already)
    }
}
