extension FieldCatalogue {
    /// The columns of `members`.
    package static let member: [FieldDeclaration] = [
        .init("member.id", .text, missing: false, "the member's own id", chinese: "会员号"),
        .init("member.display_name", .text, "the name used in messages", chinese: "称呼"),
        .init("member.gender", .text, "gender", chinese: "性别", words: ["female", "male", "unknown"]),
        .init(
            "member.status", .text, missing: false, "active or closed", chinese: "会员状态", words: ["active", "closed"]),
        .init("member.tier", .text, "id of the tier", chinese: "会员等级"),
        .init("member.birthday", .date, "birthday, where its year is known", chinese: "生日"),
        .init(
            "member.birthday_calendar", .text, "calendar of the birthday", chinese: "生日历法", words: ["solar", "lunar"]),
        .init("member.birthday_leap_month", .bool, "born in a leap month", chinese: "闰月出生"),
        .init("member.registered_at", .instant, "when the member registered", chinese: "注册时间"),
        .init("member.phone", .text, "mobile number", chinese: "手机号"),
        .init("member.email", .text, "email address", chinese: "邮箱"),
        .init("member.wechat_openid", .text, "WeChat openid", chinese: "微信 openid"),
        .init("member.wecom_external_userid", .text, "WeCom external userid", chinese: "企业微信外部联系人"),
        .init("member.city", .text, "city", chinese: "城市"),
        .init("member.region", .text, "region", chinese: "地区"),
        .init("member.store_id", .text, "id of the member's store", chinese: "所属门店"),
        .init("member.advisor", .text, "staff member who looks after this member", chinese: "专属导购"),
        .init("member.language", .text, "language", chinese: "语言"),
        .init("member.timezone", .text, "the member's own time zone", chinese: "时区"),
        .init("member.preferred_channel", .text, "channel to try first", chinese: "首选渠道"),
        .init(
            "member.personalisation", .text, "what the member allows", chinese: "个性化授权",
            words: ["personalised", "generic", "none"]),
        .init("member.tags", .list, missing: false, "tags", chinese: "标签"),
    ]

    /// The values that the engine computes for a member (semantics §8).
    package static let derived: [FieldDeclaration] = [
        .init("member.lifetime_spend", .money, missing: false, "sum of all counted orders", chinese: "累计消费"),
        .init("member.lifetime_orders", .number, missing: false, "number of counted orders", chinese: "累计订单数"),
        .init("member.average_order_value", .money, "average of counted orders", chinese: "客单价"),
        .init("member.largest_order", .money, "largest counted order", chinese: "最大单笔"),
        .init("member.first_order_at", .instant, "first counted order", chinese: "首单时间"),
        .init("member.last_order_at", .instant, "last counted order", chinese: "最近下单时间"),
        .init("member.days_since_last_order", .number, "days since the last counted order", chinese: "距上次下单天数"),
        .init("member.orders_30d", .number, missing: false, "orders in the last 30 days", chinese: "近 30 天订单数"),
        .init("member.orders_90d", .number, missing: false, "orders in the last 90 days", chinese: "近 90 天订单数"),
        .init("member.spend_90d", .money, missing: false, "spend in the last 90 days", chinese: "近 90 天消费"),
        .init("member.spend_365d", .money, missing: false, "spend in the last 365 days", chinese: "近 365 天消费"),
        .init("member.top_category", .text, "category with the highest spend in 365 days", chinese: "最常购品类"),
        .init("member.points_balance", .number, missing: false, "unexpired points", chinese: "积分余额"),
        .init("member.tier_rank", .number, "place of the tier in the settings, from 1", chinese: "等级序号"),
        .init("member.tier_name", .text, "what the settings call the tier", chinese: "等级名称"),
        .init("member.age", .number, "birthdays passed", chinese: "年龄"),
        .init("member.is_birthday", .bool, "whether the birthday is today, as `birthday` resolves it", chinese: "今天生日"),
        .init("member.birthday_month", .number, "month of this year's birthday, 1 to 12", chinese: "生日月份"),
        .init("member.last_item", .text, "name of the dearest line of the last counted order", chinese: "最近购买的商品"),
        .init(
            "member.lifecycle", .text, missing: false, "stage by the last order", chinese: "生命周期",
            words: ["new", "active", "cooling", "sleeping", "lost"]),
        .init("member.rfm.recency", .number, missing: false, "score 1 to 5", chinese: "R 分"),
        .init("member.rfm.frequency", .number, missing: false, "score 1 to 5", chinese: "F 分"),
        .init("member.rfm.monetary", .number, missing: false, "score 1 to 5", chinese: "M 分"),
        .init(
            "member.rfm.segment", .text, missing: false, "group by the three scores", chinese: "RFM 分群",
            words: ["core", "promising", "at_risk", "sleeping", "regular"]),
    ]
}
