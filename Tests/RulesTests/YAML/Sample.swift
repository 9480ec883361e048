@testable import Rules

/// A small rules file whose lines stand where the printed findings expect them: the first rule begins on line 7.
enum Sample {
    static let rules = """
        # yaml-language-server: $schema=../.nudged/rules.v1.schema.json
        version: 1

        rules:

          # three days ahead
          - id: birthday-gift
            name: 生日礼遇
            status: live
            owner: crm-team
            purpose: marketing
            when:
              birthday:
                days_before: 3
                at: "09:30"
                calendar: as_recorded        # solar or lunar
            if:
              member.status: active
              member.tier: [silver, gold, platinum]
            do:
              - give_coupon: {template: BDAY-30OFF, valid_until: {days_after_occasion: 7}, save_as: gift}
              - send:
                  try:
                    - sms: {template: sms_birthday_gift}
                    - wechat: {template: wx_birthday_gift}
                  fill: {name: member.display_name, code: gift.code}
            limits:
              once_per: birthday

          - id: thanks
            name: "感谢 😀 您"
            note: |
              first line
                # no comment

              last line
            status: draft
            owner: crm-team
            purpose: service
            when: {event: {name: order.paid, after: 1h}}
            do:
              - add_tag: thanked

        """

    static func read(_ text: String, path: String = "rules/lifecycle.yaml") -> YAMLFile {
        YAMLReader.read(bytes: Array(text.utf8), path: path)
    }

    /// `R010 8:9`
    static func places(_ file: YAMLFile) -> [String] {
        file.diagnostics.map { "\($0.code) \($0.span.start.line):\($0.span.start.column)" }
    }

    static func rules(replacing old: String, with new: String) -> String {
        guard let range = rules.firstRange(of: old) else { return "" }
        return rules[..<range.lowerBound] + new + rules[range.upperBound...]
    }
}
