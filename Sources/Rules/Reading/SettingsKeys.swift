import Kit

/// The keys of `settings.yaml`.
package enum SettingsKeys {
    package static let file = BlockDeclaration(
        "the settings",
        foreign: [
            "rule": "rules", "time_zone": "timezone", "tz": "timezone", "quiet": "quiet_hours",
            "holdout": "global_holdout",
            "frequency_caps": "frequency_cap",
        ],
        elsewhere: FileKeys.inConfig,
        [
            FileKeys.version,
            .init(
                "timezone", .text, "where neither member nor store has one", chinese: "默认时区",
                examples: ["Asia/Shanghai"]),
            .init(
                "clock", .choice(of: "member", "shop"), "whose clock times of day are on", chinese: "时间以谁为准",
                examples: ["member"]),
            .init(
                "quiet_hours", .either([.choice(of: "none"), .block { quietHours }]), "messages wait until they end",
                chinese: "免打扰时段", examples: ["none"]),
            .init(
                "frequency_cap", .list(.block { cap }), "across all rules, per member, marketing only",
                chinese: "全局频次上限"),
            .init(
                "service_owners", .list(.text), "who may say purpose: service", chinese: "可用服务用途的团队",
                examples: ["[loyalty]"]),
            .init("global_holdout", .percent, "never contacted by marketing", chinese: "全局对照组", examples: ["2%"]),
            .init("birthdays", .block { birthdays }, "dates that a year lacks", chinese: "特殊生日处理"),
            .init(
                "minors", .block { minors }, "who gets marketing only with the yes of a guardian",
                chinese: "须监护人同意才能营销的未成年人", since: "0.2", examples: ["{under: 14}"]),
            .init("if_late", .block { ifLate }, "how late is too late", chinese: "延迟处理"),
            .init("tiers", .list(.block { tier }), "lowest first", chinese: "会员等级"),
            .init("festivals", .list(.block { festival }), "the shop's own", chinese: "自定义节日"),
            .init(
                "holidays", .list(days), "days off, for `every: workday`", chinese: "放假日期",
                examples: ["[2026-01-01, {from: 2026-10-01, to: 2026-10-07}]"]),
            .init(
                "workdays", .list(days), "days of weekends and holidays that are worked", chinese: "调休上班日期",
                examples: ["[2026-10-10]"]),
            .init("prices", .block { priceList }, "for the cost of a plan, and for budgets", chinese: "价格"),
            .init(
                "budget", .named(.block { dayBudget }), "what the marketing of a channel may cost", chinese: "渠道预算",
                examples: ["{sms: {per_day: 500}}"]),
            .init("on_unknown", .block { onUnknown }, "when nobody knows whether a message went out", chinese: "结果未知时"),
            .init("lifecycle", .block { lifecycle }, "limits of the stages", chinese: "生命周期阈值"),
            .init("rfm", .block { rfm }, "limits of the scores", chinese: "RFM 阈值"),
            .init(
                "blast_guard", .either([.choice(of: "off"), .block { blastGuard }]),
                "holds a rule that would suddenly reach many", chinese: "群发保护", examples: ["off"]),
            .init(
                "delivery_wait", .anySpan, "how long to wait for a delivery report", chinese: "回执等待", examples: ["10m"]),
            .init(
                "traces", .either([.choice(of: "off"), .block { traces }]),
                "what each decision read, for `nudged explain`", chinese: "决定依据", examples: ["off"]),
        ])

    static let quietHours = BlockDeclaration(
        "quiet_hours",
        [
            .init("from", .localTime, required: true, "when they begin", chinese: "开始", examples: ["\"21:00\""]),
            .init("to", .localTime, required: true, "when they end", chinese: "结束", examples: ["\"09:00\""]),
            .init(
                "applies_to", .list(.choice(of: "marketing", "service")), "default marketing", chinese: "适用用途",
                examples: ["[marketing]"]),
            .init(
                "days", .oneOrMany(TriggerKeys.weekday), "weekdays that are quiet from midnight to midnight",
                chinese: "全天免打扰的星期几", examples: ["[saturday, sunday]"]),
        ])
    static let cap = BlockDeclaration(
        "frequency_cap",
        RuleKeys.window + [
            .init("segment", .reference(.segment), "only for members in it", chinese: "仅限人群", examples: ["sleeping"])
        ])
    static let birthdays = BlockDeclaration(
        "birthdays",
        [
            .init(
                "leap_day", .choice(of: "feb_28", "mar_1", "leap_years_only"), "29 February", chinese: "2 月 29 日",
                examples: ["feb_28"]),
            .init(
                "missing_lunar_leap_month", .choice(of: "same_month", "skip"), "a leap month that the year lacks",
                chinese: "缺闰月", examples: ["same_month"]),
            .init(
                "missing_lunar_day_30", .choice(of: "last_day", "next_day"), "a month of 29 days", chinese: "缺三十",
                examples: ["last_day"]),
        ])
    static let minors = BlockDeclaration(
        "minors", mustSaySomething: true, foreign: ["age": "under", "below": "under"],
        [
            .init(
                "under", .int(1...21), required: true, "members who are younger, by their birthday",
                chinese: "按生日未满该周岁的会员", examples: ["14"])
        ])
    static let ifLate = BlockDeclaration(
        "if_late",
        [
            .init("date", .block { RuleKeys.late }, "birthdays, expiries, festivals", chinese: "日期类"),
            .init("delay", .block { RuleKeys.late }, "events, carts, inactivity", chinese: "延时类"),
            .init("task", .block { RuleKeys.late }, "staff tasks", chinese: "任务类"),
        ])
    static let tier = BlockDeclaration(
        "a tier",
        [
            .init("id", .identifier, required: true, "as in the member store", chinese: "等级编号", examples: ["gold"]),
            .init("name", .text, "what members call it", chinese: "等级名称", examples: ["金卡"]),
        ])
    static let festival = BlockDeclaration(
        "a festival",
        [
            .init(
                "name", .identifier, required: true, "for `when: {festival: …}`", chinese: "节日名称",
                examples: ["shop_day"]),
            .init("on", .text, "month and day", chinese: "公历月日", examples: ["\"06-18\""]),
            .init("lunar", .text, "lunar month and day", chinese: "农历月日", examples: ["\"12-08\""]),
            .init(
                "solar_term", .choice(SolarTerm.allCases.map { .init($0.rawValue, $0.chinese) }), "one of the 24",
                chinese: "节气", examples: ["dongzhi"]),
            .init("month", .int(1...12), "with `weekday` and `nth`", chinese: "月份", examples: ["5"]),
            .init("weekday", TriggerKeys.weekday, "such a day of the month", chinese: "星期几", examples: ["sunday"]),
            .init("nth", .int(1...5), "which of them", chinese: "第几个", examples: ["2"]),
        ])
    private static let days = KeyType.either([.date, .block { dateRange }])
    static let dateRange = BlockDeclaration(
        "a range of days",
        [
            .init("from", .date, required: true, "the first day", chinese: "第一天", examples: ["2026-10-01"]),
            .init("to", .date, required: true, "the last day", chinese: "最后一天", examples: ["2026-10-07"]),
        ])
    /// Yuan.
    static let prices: ClosedRange<Double> = 0...100
    static let priceList = BlockDeclaration(
        "prices",
        [
            .init("sms_segment", .number(prices), "yuan per SMS segment", chinese: "每条短信单价", examples: ["0.05"]),
            .init(
                "per_message", .named(.number(prices)), "yuan per message, by channel", chinese: "按渠道的每条消息单价",
                examples: ["{email: 0.002}"]),
        ])
    static let dayBudget = BlockDeclaration(
        "budget",
        [
            .init(
                "per_day", .money, required: true, "yuan on a day of the shop; then marketing waits for the next",
                chinese: "每天预算（元），用完后营销等到次日", examples: ["500"])
        ])
    static let onUnknown = BlockDeclaration(
        "on_unknown",
        [
            .init("marketing", .choice(of: "hold", "resend"), "default hold", chinese: "营销", examples: ["hold"]),
            .init("service", .choice(of: "hold", "resend"), "default hold", chinese: "服务", examples: ["hold"]),
            .init("max_resends", .int(0...10), "default 1", chinese: "最多重发", examples: ["1"]),
        ])
    static let lifecycle = BlockDeclaration(
        "lifecycle",
        [
            .init(
                "new", .span([.days, .weeks]), "after registration or the first order", chinese: "新客", examples: ["30d"]
            ),
            .init("active", .span([.days, .weeks]), "since the last order", chinese: "活跃", examples: ["90d"]),
            .init("cooling", .span([.days, .weeks]), "since the last order", chinese: "降温", examples: ["180d"]),
            .init(
                "sleeping", .span([.days, .weeks]), "since the last order; beyond it lost", chinese: "沉睡",
                examples: ["365d"]),
        ])
    static let rfm = BlockDeclaration(
        "rfm",
        [
            .init(
                "recency", .list(.span([.days, .weeks])), "four limits, shortest first", chinese: "最近消费阈值",
                examples: ["[30d, 90d, 180d, 365d]"]),
            .init(
                "frequency", .list(.int(1...100_000)), "four limits, highest first", chinese: "频次阈值",
                examples: ["[10, 5, 3, 2]"]
            ),
            .init(
                "monetary", .list(.money), "four limits in yuan, highest first", chinese: "金额阈值",
                examples: ["[10000, 5000, 2000, 500]"]),
        ])
    static let blastGuard = BlockDeclaration(
        "blast_guard",
        [
            .init("usual_times", .int(1...10_000), "times its usual day", chinese: "平日倍数", examples: ["20"]),
            .init("share", .percent, "of all members", chinese: "会员占比", examples: ["10%"]),
            .init(
                "from", .int(1...100_000_000), "people, below which it never acts", chinese: "起算人数", examples: ["200"]),
        ])
    static let traces = BlockDeclaration(
        "traces",
        [
            .init(
                "keep", .either([.span([.days, .weeks]), .choice(of: "forever")]), required: true,
                "default 90d; decisions themselves stay", chinese: "保留时长", examples: ["90d"])
        ])
}
