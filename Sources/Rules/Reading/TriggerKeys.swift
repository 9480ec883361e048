/// The keys of `when`: one key per trigger.
package enum TriggerKeys {
    package static let when = BlockDeclaration(
        "when", isAlternative: true,
        foreign: [
            "membership_anniversary": "anniversary", "points_expiring": "points_expire", "cron": "schedule",
            "cart_abandoned": "cart_idle", "order": "event", "coupon_expire": "coupon_expires",
        ],
        [
            .init("birthday", .block { birthday }, "before or on the birthday", chinese: "生日"),
            .init("anniversary", .block { anniversary }, "a yearly date of the member", chinese: "纪念日"),
            .init("date", .block { date }, "a date of the member, once", chinese: "日期"),
            .init("festival", .block { festival }, "a festival", chinese: "节日"),
            .init("schedule", .block { schedule }, "at every return of a day, or once", chinese: "定时"),
            .init("coupon_expires", .block { couponExpires }, "a coupon is about to expire", chinese: "优惠券到期"),
            .init("points_expire", .block { pointsExpire }, "points are about to expire", chinese: "积分到期"),
            .init("event", .block { event }, "something happened", chinese: "事件"),
            .init("first_purchase", .block { firstPurchase }, "the very first order", chinese: "首购"),
            .init("cart_idle", .block { cartIdle }, "an open cart that nobody touches", chinese: "购物车闲置"),
            .init("browsed", .block { browsed }, "looked at, again and again", chinese: "反复浏览"),
            .init("inactive", .block { inactive }, "nothing heard for a while", chinese: "沉睡"),
        ])

    private static let daysBefore = KeyDeclaration(
        "days_before", .int(0...366), "whole days before the day itself, default 0", chinese: "提前天数，默认 0",
        examples: ["3"])
    private static let at = KeyDeclaration(
        "at", .localTime, "on the member's clock, default 10:00", chinese: "发送时间，默认 10:00", examples: ["\"10:00\""])
    private static let atOptional = KeyDeclaration(
        "at", .localTime, "replaces the time of day", chinese: "改为此时间", examples: ["\"10:00\""])

    static let birthday = BlockDeclaration(
        "birthday",
        [
            daysBefore, at,
            .init(
                "calendar", .choice(of: "as_recorded", "solar", "lunar"),
                "only members recorded so; default as_recorded",
                chinese: "生日历法", examples: ["as_recorded"]),
        ])
    static let anniversary = BlockDeclaration(
        "anniversary",
        [
            .init(
                "of", .identifier, required: true, "a name in `dates`, or membership", chinese: "纪念日名称",
                examples: ["wedding"]),
            daysBefore, at,
        ])
    static let date = BlockDeclaration(
        "date", foreign: ["name": "of", "field": "of", "before": "days_before", "after": "days_after"],
        [
            .init(
                "of", .identifier, required: true, "a name in `dates`, or a custom attribute of type date",
                chinese: "日期名称，或日期类型的自定义字段", examples: ["due_date", "member.attr.due_date"]),
            .init(
                "days_before", .int(0...3650), "whole days before it, default 0", chinese: "提前天数，默认 0", examples: ["28"]
            ),
            .init("days_after", .int(1...3650), "whole days after it", chinese: "之后天数", examples: ["100"]),
            at,
        ])
    static let festival = BlockDeclaration(
        "festival",
        [
            .init("name", .identifier, required: true, "the festival", chinese: "节日名称", examples: ["mid_autumn"]),
            daysBefore,
            at,
        ])
    static let schedule = BlockDeclaration(
        "schedule",
        [
            .init(
                "every", .choice(of: "day", "week", "month", "quarter", "workday"), "how often", chinese: "周期",
                examples: ["month"]),
            .init(
                "on", .either([.int(1...31), .oneOrMany(weekday), .date]),
                "day of the month (of a quarter's first, default 1), one or several weekdays, or the only date",
                chinese: "日期：几号、星期几（可写多个）或唯一的日期", examples: ["1", "[monday, thursday]"]),
            at,
        ])
    /// Monday first.
    static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    static let weekday = KeyType.choice(
        zip(weekdays, ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]).map { .init($0, $1) })
    static let couponExpires = BlockDeclaration("coupon_expires", [daysBefore, at])
    static let pointsExpire = BlockDeclaration("points_expire", [daysBefore, at])
    static let event = BlockDeclaration(
        "event", foreign: ["delay": "after", "filter": "where", "event": "name", "if": "where"],
        [
            .init(
                "name", .reference(.event), required: true, "name of the event", chinese: "事件名",
                examples: ["order.paid"]),
            .init("where", .filter, "tests on the event's data", chinese: "事件条件", examples: ["{rule: birthday-gift}"]),
            .init("after", .anySpan, "how long after it, default at once", chinese: "延后", examples: ["1h"]),
            atOptional,
        ])
    static let firstPurchase = BlockDeclaration(
        "first_purchase",
        [
            .init("days_after", .int(0...3650), "whole days after it, default 0", chinese: "几天后", examples: ["3"]),
            atOptional,
        ])
    static let cartIdle = BlockDeclaration(
        "cart_idle",
        [.init("for", .anySpan, required: true, "untouched for that long", chinese: "闲置时长", examples: ["24h"])])
    static let browsed = BlockDeclaration(
        "browsed",
        [
            .init(
                "at_least", .int(1...1000), required: true, "views of one value within 7 days", chinese: "浏览次数",
                examples: ["3"]),
            .init(
                "of", .choice(of: "category", "sku"), required: true, "what is counted", chinese: "对象",
                examples: ["category"]),
            .init("idle_for", .anySpan, required: true, "after the last view", chinese: "无后续时长", examples: ["24h"]),
        ])
    static let inactive = BlockDeclaration(
        "inactive", foreign: ["days": "for", "idle_for": "for"],
        [
            .init("for", .anySpan, required: true, "silent for that long", chinese: "沉睡时长", examples: ["90d"]),
            atOptional,
            .init(
                "activity", .list(.reference(.event)), "what counts as activity, default order.paid", chinese: "活跃事件",
                examples: ["[order.paid]"]),
        ])
}
