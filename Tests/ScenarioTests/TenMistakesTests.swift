import Review
import Daemon
import Rules
import TestSupport
import Testing

/// A marketer's bad day: every mistake of one file is found in one run, each where it is.
@Suite("A file with ten mistakes")
struct TenMistakesTests {
    private static let text = """
        # yaml-language-server: $schema=../.nudged/rules.v1.schema.json
        version: 1

        rules:
          - id: birthday-gift
            status: lvie
            owner: crm-team
            purpose: service
            when:
              birthday: {days_before: 3, at: 9:30}
            if:
              member.teir: [silver, gold]
              member.tier: {at_least: gold}
              member.lifetime_spend: {gte: 50}
            do:
              - give_coupon: {template: BDAY-30OF, save_as: gift}
              - send:
                  try: [{sms: {template: sms_birthday}}]
                  fill: {name: member.display_name}
            if_late: {send_within: 1d12h}

          - id: birthday-gift
            status: live
            owner: crm-team
            purpose: marketing
            wehn: {cart_idle: {for: 24h}}
            do: [{add_tag: yes}]

          - id: post
            name：购后
            status: live
            owner: crm-team
            purpose: marketing
            when: {event: {name: order.paid, after: 1h}}
            do: [{add_tag: bought}]
        """

    private func findings() throws -> [Diagnostic] {
        var files = try ShippedRules.files(["settings", "templates", "coupons", "segments"].map { "rules/\($0).yaml" })
        files.append(YAMLReader.read(bytes: [UInt8](TenMistakesTests.text.utf8), path: "rules/bad.yaml"))
        return RuleSetLoader.check(files, channels: ChannelDeclaration.standard).diagnostics
    }

    @Test("all of them are found in one run, each in its place (there are eleven)")
    func all() throws {
        let places = try findings().filter { $0.severity == .error }.map {
            "\($0.span.start.line):\($0.span.start.column) \($0.code)"
        }
        #expect(
            places == [
                "6:13 R104", "10:38 R110", "12:7 R201", "13:21 R202", "14:31 R105", "16:33 R220", "18:34 R221",
                "20:28 R115", "22:9 R240", "26:5 R101", "30:9 R010",
            ])
    }

    @Test("a set with an error is no set: nothing of it could be swapped in")
    func noSet() throws {
        let bad = YAMLReader.read(bytes: [UInt8](TenMistakesTests.text.utf8), path: "rules/bad.yaml")
        #expect(RuleSetLoader.check([bad], channels: ChannelDeclaration.standard).set == nil)
    }
}
