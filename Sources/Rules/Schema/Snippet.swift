import Kit

/// A whole rule, template or test to start from, offered by the editor where one can stand.
package struct Snippet: Sendable {
    package var label: String
    package var description: String
    /// YAML as it stands under the dash, with `${1:text}` where the author goes on typing.
    package var body: String

    /// The text as the author sees it before changing anything.
    package var text: String {
        var text = ""
        var rest = body[...]
        while let open = rest.firstRange(of: "${") {
            text += rest[..<open.lowerBound]
            rest = rest[open.upperBound...].drop { $0.isNumber }.dropFirst()
            let close = rest.firstIndex(of: "}") ?? rest.endIndex
            text += rest[..<close]
            rest = rest[close...].dropFirst()
        }
        return text + rest
    }

    var json: JSONText {
        .object(["label": .text(label), "description": .text(description), "body": .constant(body)])
    }

    package static func of(_ block: String, in kind: SchemaKind) -> [Snippet] {
        switch (kind, block) {
        case (.rules, RuleKeys.rule.name): rules
        case (.templates, ObjectKeys.template.name): templates
        case (.coupons, ObjectKeys.coupon.name): coupons
        case (.segments, ObjectKeys.segment.name): segments
        default: []
        }
    }

    private static let templates = [
        Snippet(
            label: "marketing SMS", description: "营销短信：签名、默认称呼、退订提示",
            body: """
                id: ${1:sms_hello}
                channel: sms
                text: "【${2:店名}】{{ name | default: '您好' }}，${3:正文}。拒收请回复R"
                values:
                  name:
                    type: text
                    max: 10
                """),
        Snippet(
            label: "WeChat message", description: "微信消息",
            body: """
                id: ${1:wx_hello}
                channel: wechat
                text: "{{ name | default: '您好' }}，${2:正文}"
                values:
                  name: text
                """),
    ]

    private static let coupons = [
        Snippet(
            label: "coupon template", description: "券模板：面额、有效天数",
            body: "id: ${1:WELCOME-20}\nname: ${2:新客券}\nface_value: 20\nvalid_days: 30\ncodes: generated")
    ]

    private static let segments = [
        Snippet(
            label: "segment", description: "人群：一个起了名字的条件",
            body: "id: ${1:big-spenders}\nname: ${2:高消费会员}\nif:\n  member.spend_365d: {at_least: 5000}")
    ]
}
