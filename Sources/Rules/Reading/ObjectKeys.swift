/// The keys of the objects that rules refer to: message templates, segments, coupon templates and fields.
package enum ObjectKeys {
    package static let templates = file(
        "a templates file", "templates", template, description: "the message templates", chinese: "消息模板")
    package static let segments = file(
        "a segments file", "segments", segment, description: "named conditions on a member", chinese: "人群")
    package static let coupons = file(
        "a coupons file", "coupons", coupon, description: "the coupon templates", chinese: "券模板")
    package static let fields = file(
        "a fields file", "fields", field, description: "custom and derived fields", chinese: "自定义字段")

    private static func file(
        _ name: String, _ key: String, _ item: BlockDeclaration, description: String, chinese: String
    ) -> BlockDeclaration {
        BlockDeclaration(
            name, elsewhere: FileKeys.inConfig.merging(FileKeys.inSettings) { $1 },
            [FileKeys.version, .init(key, .list(.block { item }), required: true, description, chinese: chinese)])
    }

    static let template = BlockDeclaration(
        "a template",
        foreign: [
            "content": "text", "body": "text", "placeholders": "values", "variables": "values", "title": "subject",
        ],
        [
            .init("id", .identifier, required: true, "rules name it by this", chinese: "模板编号", examples: ["sms_hello"]),
            .init(
                "channel", .reference(.channel), required: true, "the channel it is written for", chinese: "渠道",
                examples: ["sms"]),
            .init("code", .text, "the provider's approved template", chinese: "平台模板号", examples: ["SMS_154950909"]),
            .init("subject", .text, "of an email", chinese: "邮件主题"),
            .init(
                "text", .text, required: true,
                "the text, with {{ placeholders }}, {{ unsubscribe_url }}, {{ confirm_url }} and short links (docs/links.md)",
                chinese: "正文，可写占位符、退订链接和计数短链接", examples: ["\"你好\""]),
            .init("html", .text, "of an email", chinese: "邮件 HTML"),
            .init(
                "values", .named(.either([.choice(placeholderTypes), .block { placeholder }])),
                "the placeholders and their types", chinese: "占位符", examples: ["{name: text}"]),
        ])
    static let placeholder = BlockDeclaration(
        "a placeholder",
        [
            .init(
                "type", .choice(placeholderTypes), required: true, "what it holds", chinese: "类型", examples: ["text"]),
            .init("max", .int(1...10_000), "longer text is cut", chinese: "最长", examples: ["10"]),
        ])
    static let placeholderTypes = ["text", "code", "number", "money", "date", "instant", "list"].map {
        KeyType.Choice($0)
    }

    static let segment = BlockDeclaration(
        "a segment", foreign: ["condition": "if", "conditions": "if", "where": "if"],
        [
            .init("id", .identifier, required: true, "rules name it by this", chinese: "人群编号", examples: ["sleeping"]),
            .init("name", .text, "what people call it", chinese: "人群名称", examples: ["沉睡会员"]),
            .init(
                "if", .condition, required: true, "who belongs to it", chinese: "条件",
                examples: ["{member.lifecycle: sleeping}"]),
        ])

    static let coupon = BlockDeclaration(
        "a coupon template", foreign: ["value": "face_value", "amount": "face_value"],
        [
            .init(
                "id", .identifier, required: true, "rules name it by this", chinese: "券模板编号", examples: ["BDAY-30OFF"]),
            .init("name", .text, "what people call it", chinese: "券名称", examples: ["生日券"]),
            .init("face_value", .money, "yuan", chinese: "面额", examples: ["30"]),
            .init("valid_days", .int(0...3650), "days from the day it is given", chinese: "有效天数", examples: ["30"]),
            .init(
                "valid_until", .date, "last day of every coupon of it; none is given after that", chinese: "截止日期",
                examples: ["2026-12-31"]),
            .init(
                "codes", .choice([.init("generated", "made here"), .init("pool", "imported beforehand")]),
                "where codes come from, default generated", chinese: "券码来源", examples: ["generated"]),
        ])

    static let field = BlockDeclaration(
        "a field",
        [
            .init(
                "id", .identifier, required: true, "as rules name it", chinese: "字段名", examples: ["member.attr.shoe"]),
            .init(
                "type",
                .choice(
                    ["text", "code", "number", "money", "date", "instant", "list", "bool"].map { KeyType.Choice($0) }),
                required: true, "its type", chinese: "类型", examples: ["number"]),
            .init(
                "description", .text, required: true, "one line for `nudged fields`", chinese: "说明", examples: ["鞋码"]),
            .init("can_be_missing", .bool, "default true", chinese: "可能缺失", examples: ["true"]),
            .init("sql", .block { sql }, "derives the field; without it, it is a custom attribute", chinese: "派生 SQL"),
        ])
    static let sql = BlockDeclaration(
        "sql",
        [
            .init(
                "sqlite", .text, required: true, "a scalar expression over m, the row of members", chinese: "SQLite 表达式"
            ),
            .init("postgresql", .text, "the same for PostgreSQL", chinese: "PostgreSQL 表达式"),
        ])
}
