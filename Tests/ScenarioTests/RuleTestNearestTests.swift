import Foundation
import Testing

/// What the report of a failed rule test prints beside an expectation.
@Suite("The line beside an expectation")
struct RuleTestNearestTests {
    private static let visited = #"{at: "2026-03-02 12:00", member: lin, event: store.visited}"#
    private static let evening = #"{at: "2026-03-02 21:00", member: lin, event: store.visited}"#

    private func report(_ timeline: String..., expect: String) throws -> [String] {
        let desk = try RuleTestDesk()
        let file = RuleTestDesk.file(
            """
              - name: a test
                members: [lin]
                timeline: [\(timeline.joined(separator: ", "))]
                run_until: "2026-03-04 00:00"
                expect: [\(expect)]
            """)
        return desk.report(try desk.session(file))
    }

    @Test("a message is compared with a message, not with the hold before it")
    func sameOutcome() throws {
        let lines = try report(Self.evening, expect: "{outcome: sent, to: 139****0000}")
        #expect(lines.contains("      got       2026-03-03 09:00  visit  lin  sent by sms, template hello"), "\(lines)")
        #expect(lines.contains(#"      differs   to is "138****0001""#), "\(lines)")
        #expect(!lines.contains { $0.contains("also sent") }, "\(lines)")
    }

    @Test("of several, the one that differs least, with each key that differs")
    func fewestDifferences() throws {
        let lines = try report(
            Self.visited, #"{at: "2026-03-02 14:00", member: lin, set: {consent: {sms: withdrawn}}}"#,
            #"{at: "2026-03-02 15:00", member: lin, event: store.visited}"#,
            expect: "{outcome: sent, channel: wechat, template: hello_wx, tried: [{sms: no_address}]}")
        let got =
            "      got       2026-03-02 16:00  visit  lin  sent by wechat, template hello_wx, after sms: no_consent"
        #expect(lines.contains(got), "\(lines)")
        #expect(lines.contains(#"      differs   tried is [{"sms":"no_consent"}]"#), "\(lines)")
    }

    @Test("its instant is that at which the trigger was due, also of a wait and after a hold")
    func dueInstant() throws {
        let held = try report(Self.evening, expect: "{outcome: sent, channel: wechat}")
        let waiting = try report(Self.visited, expect: #"{at: "2026-03-02 12:01", outcome: waiting}"#)
        for (lines, due) in [(held, "22:00"), (waiting, "13:00")] {
            let decided = lines.first { $0.hasPrefix("      decided") }
            #expect(decided?.hasSuffix("→ due 2026-03-02 \(due)") ?? false, "\(lines)")
        }
    }
}
