import Testing

@testable import Rules

/// A small rule set around one rule, and what the reader says about it.
enum RuleSetSamples {
    static func head(_ kind: String) -> String {
        "# yaml-language-server: $schema=../.nudged/\(kind).v1.schema.json\nversion: 1\n"
    }

    static let settings =
        head("settings") + """
            service_owners: [loyalty]
            tiers: [{id: silver, name: 银卡}, {id: gold, name: 金卡}]
            festivals: [{name: shop_day, on: "06-18"}, {name: laba, lunar: "12-08"}]
            frequency_cap: [{times: 1, in: 1d}, {times: 1, in: 60d, segment: sleeping}]

            """
    static let templates =
        head("templates") + """
            templates:
              - id: sms_hello
                channel: sms
                text: "【星河】{{ name | default: '您好' }}，欢迎。拒收请回复R"
                values: {name: {type: text, max: 10}}
              - {id: wx_hello, channel: wechat, text: "{{ name | default: '您好' }}", values: {name: text}}
              - {id: wx_code, channel: wechat, text: "{{ name }} {{ code }}", values: {name: text, code: code}}
              - {id: wx_date, channel: wechat, text: "{{ day | date: '%m' }}", values: {day: date}}
              - {id: wx_price, channel: wechat, text: "专享 {{ price | default: 99 | money }} 元", values: {price: money}}
              - {id: sms_bare, channel: sms, text: "【星河】订单已发货", values: {}}
              - {id: task_call, channel: wecom, text: "请回访 {{ name | default: '会员' }}", values: {name: text}}
              - {id: mail_hello, channel: email, subject: 您好, text: "您好", values: {}}

            """
    static let coupons =
        head("coupons")
        + "coupons: [{id: BDAY-30OFF, name: 生日券, face_value: 30, valid_days: 30, codes: generated}, {id: POOL, name: 券池, codes: pool}]\n"
    static let segments =
        head("segments") + "segments: [{id: sleeping, name: 沉睡会员, if: {member.lifecycle: sleeping}}]\n"
    static let fields =
        head("fields") + """
            fields:
              - {id: member.attr.shoe, type: number, description: 鞋码, can_be_missing: true}
              - {id: member.attr.due, type: date, description: 预产期, can_be_missing: true}
              - {id: member.visits_90d, type: number, description: 到店次数, can_be_missing: false, sql: {sqlite: "0", postgresql: "0"}}

            """

    /// The rule's lines begin in line 8 of the file, four columns in.
    static func rule(_ lines: String, owner: String = "crm-team", purpose: String = "marketing") -> String {
        let body = lines.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)\n" }.joined()
        return head("rules") + "rules:\n  - id: r\n    status: live\n    owner: \(owner)\n    purpose: \(purpose)\n"
            + body
    }

    static let sending = "do: [{send: {try: [{wechat: {template: wx_hello}}], fill: {name: member.display_name}}}]"

    /// Reads `text` as `path` beside the samples, which it replaces where it has the same path. Whatever is found can
    /// be said in Chinese.
    static func read(_ text: String, path: String = "rules.yaml", others: [String: String] = [:])
        -> (ruleSet: RuleSet?, diagnostics: [Diagnostic], ruleCount: Int, sound: RuleSet)
    {
        var files = [
            "settings.yaml": settings, "templates.yaml": templates, "coupons.yaml": coupons, "segments.yaml": segments,
            "fields.yaml": fields, "rules.yaml": rule("when: {event: {name: order.paid}}\n" + sending),
        ]
        files[path] = text
        files.merge(others) { $1 }
        let reading = RuleSetReader.read(
            files: files.sorted { $0.key < $1.key }.map { YAMLReader.read(bytes: Array($0.value.utf8), path: $0.key) })
        #expect(Untranslated.sentences(of: reading.diagnostics) == [])
        return reading
    }

    /// `R101 8:5` for each finding on `path`, others with their file in front.
    static func places(_ diagnostics: [Diagnostic], of path: String = "rules.yaml") -> [String] {
        diagnostics.map { finding in
            let place = "\(finding.code) \(finding.span.start.line):\(finding.span.start.column)"
            return finding.span.file == path ? place : "\(finding.span.file) \(place)"
        }
    }
}
