/// The keys of a fixture file (semantics §9): files, stores, products and members.
package enum FixtureDeclarations {
    /// The whole file, with the derived fields that `fields.yaml` adds to a member.
    package static func file(_ customFields: [CustomField]) -> BlockDeclaration {
        BlockDeclaration(
            "a fixture file",
            [
                FileKeys.version,
                .init(
                    "timezone", .text, "reads times without a zone, nothing else", chinese: "没写时区的时间按它读",
                    examples: ["Asia/Shanghai"]),
                .init("stores", .named(.block { store }), "shops by id", chinese: "门店，按编号"),
                .init("products", .named(.block { product }), "articles by sku", chinese: "商品，按货号"),
                .init(
                    "coupon_codes", .named(.list(.text)), "codes in stock, by coupon template with `codes: pool`",
                    chinese: "库存券码，按券模板（codes: pool）", examples: ["{WINBACK-20: [A1, A2]}"]),
                .init("members", .named(.block { member(customFields) }), "members by id", chinese: "会员，按会员号"),
            ])
    }

    static let store = BlockDeclaration(
        "a store",
        [
            .init("name", .text, "name of the shop", chinese: "店名"),
            .init("timezone", .text, "the shop's clock", chinese: "门店所在时区", examples: ["Asia/Shanghai"]),
            .init("manager", .text, "who gets tasks for `store_manager`", chinese: "店长"),
        ])

    static let product = BlockDeclaration(
        "a product",
        [
            .init("name", .text, "as members read it", chinese: "商品名"),
            .init("category", .text, "its category", chinese: "品类"),
            .init("price", .money, "in yuan", chinese: "价格（元）", examples: ["899"]),
            .init("in_stock", .bool, "whether it can be bought", chinese: "是否有货", examples: ["true"]),
            .init("pairs_with", .oneOrMany(.text), "skus or categories that go with it", chinese: "搭配的货号或品类"),
        ])

    static func member(_ customFields: [CustomField]) -> BlockDeclaration {
        let foreign = [
            "name": "display_name", "mobile": "phone", "openid": "wechat_openid",
            "birthdate": "birthday", "level": "tier", "store": "store_id", "attributes": "attr",
        ]
        return BlockDeclaration(
            "a member", foreign: foreign, scalars + history + FixtureDerived.declarations(customFields))
    }

    private static let scalars: [KeyDeclaration] = [
        .init("display_name", .text, "how messages address the member", chinese: "称呼", examples: ["林小姐"]),
        .init("gender", .choice(of: "female", "male", "unknown"), "gender", chinese: "性别"),
        .init("status", .choice(of: "active", "closed"), "closed members get nothing", chinese: "状态：正常或已注销"),
        .init("tier", .text, "a tier of the settings", chinese: "等级", examples: ["gold"]),
        .init(
            "birthday", .either([.text, .block { recurringDate }]), "with or without year; lunar as a block",
            chinese: "生日，可以没有年份；农历写成块", examples: ["\"1990-03-10\"", "{calendar: lunar, month: 6, day: 30}"]),
        .init("birthday_calendar", .choice(of: "solar", "lunar"), "calendar of `birthday`", chinese: "生日按公历还是农历"),
        .init("birthday_leap_month", .bool, "born in a lunar leap month", chinese: "生日在闰月"),
        .init("registered_at", .text, "when the member joined", chinese: "入会时间", examples: ["\"2024-03-01 10:00\""]),
        .init("phone", .text, "mobile number", chinese: "手机号", examples: ["\"13800000001\""]),
        .init("email", .text, "email address", chinese: "邮箱"),
        .init("wechat_openid", .text, "id at the official account", chinese: "公众号 openid"),
        .init("wecom_external_userid", .text, "id as a WeCom customer", chinese: "企业微信客户 ID"),
        .init("city", .text, "city", chinese: "城市"),
        .init("region", .text, "region", chinese: "地区"),
        .init("store_id", .text, "the member's own shop", chinese: "所属门店"),
        .init("advisor", .text, "who looks after the member", chinese: "专属导购"),
        .init("language", .text, "language", chinese: "语言"),
        .init("timezone", .text, "the member's own clock", chinese: "会员所在时区", examples: ["Asia/Shanghai"]),
        .init("preferred_channel", .text, "tried first where a rule lists it", chinese: "优先渠道"),
        .init(
            "personalisation", .choice(of: "personalised", "generic", "none"),
            "whether marketing may use the member's own data", chinese: "个性化营销的选择"),
        .init("tags", .oneOrMany(.text), "tags", chinese: "标签", examples: ["[vip]"]),
        .init(
            "attr", .named(.oneOrMany(.text)), "custom attributes of fields.yaml", chinese: "自定义属性",
            examples: ["{shoe: 38}"]),
    ]

    private static let history: [KeyDeclaration] = [
        .init("dates", .list(.block { dateRow }), "other yearly days", chinese: "其他纪念日"),
        .init("orders", .list(.block { order }), "orders", chinese: "订单"),
        .init("carts", .list(.block { cart }), "carts", chinese: "购物车"),
        .init("points", .list(.block { points }), "batches of points", chinese: "积分批次"),
        .init("coupons", .list(.block { coupon }), "coupons in hand", chinese: "已有的券"),
        .init("events", .list(.block { event }), "what else happened", chinese: "事件"),
        .init(
            "consent", .named(.either([.choice(of: "granted", "withdrawn"), .block { consent }])),
            "by channel: whether marketing may write", chinese: "各渠道的授权", examples: ["{sms: granted}"]),
        .init(
            "consents", .list(.block { consentRow }), "what the member said later, with its date", chinese: "带时间的授权记录"),
        .init(
            "experiment", .named(.text), "forces the variant, or `holdout`, by experiment key", chinese: "强制实验分组",
            examples: ["{winback-2026q1: story}"]),
    ]

    static let recurringDate = BlockDeclaration(
        "a birthday", foreign: ["leap": "leap_month"],
        [
            .init("calendar", .choice(of: "solar", "lunar"), "calendar", chinese: "公历或农历"),
            .init("year", .int(1...9999), "year of that calendar", chinese: "年，可省略"),
            .init("month", .int(1...12), required: true, "month", chinese: "月"),
            .init("day", .int(1...31), required: true, "day", chinese: "日"),
            .init("leap_month", .bool, "in the lunar leap month of that number", chinese: "是否闰月"),
        ])

    static let consent = BlockDeclaration(
        "a consent",
        [
            .init("marketing", .choice(of: "granted", "withdrawn"), "marketing messages", chinese: "营销消息"),
            .init("service", .choice(of: "granted", "withdrawn"), "service messages", chinese: "服务消息"),
        ])
}
