/// The keys of a rule file and of a rule, in the order that `fmt` keeps.
package enum RuleKeys {
    package static let file = BlockDeclaration(
        "a rules file", foreign: ["rule": "rules"], elsewhere: FileKeys.inConfig.merging(FileKeys.inSettings) { $1 },
        [
            FileKeys.version,
            .init("rules", .list(.block { rule }), required: true, "the rules, at most twenty", chinese: "规则，最多二十条"),
        ])

    package static let rule = BlockDeclaration(
        "a rule",
        foreign: [
            "trigger": "when", "condition": "if", "conditions": "if", "where": "if", "filter": "if", "action": "do",
            "actions": "do", "then": "do", "steps": "do", "title": "name", "description": "note", "enabled": "status",
            "state": "status", "team": "owner", "segment": "audience", "segments": "audience", "limit": "limits",
            "type": "purpose", "cancel_on": "unless", "cron": "when",
        ],
        elsewhere: FileKeys.inChannel.merging(
            FileKeys.inSettings.filter {
                ["quiet_hours", "frequency_cap", "global_holdout", "minors"].contains($0.key)
            }
        ) { $1 },
        [
            .init(
                "id", .identifier, required: true, "names the rule for ever", chinese: "规则编号，永久不变",
                examples: ["birthday-gift"]),
            .init("name", .text, "what people call it", chinese: "规则名称", examples: ["生日礼遇"]),
            .init("note", .text, "a remark for colleagues", chinese: "备注", examples: ["试行到六月底"]),
            .init("status", .choice(statuses), required: true, "whether it runs", chinese: "状态", examples: ["draft"]),
            .init(
                "owner", .identifier, required: true, "the team that answers for it", chinese: "负责团队",
                examples: ["crm-team"]),
            .init(
                "purpose", .choice(purposes), required: true, "what the message is for", chinese: "用途",
                examples: ["marketing"]),
            .init(
                "priority", .int(-1000...1000), "higher goes first, default 0", chinese: "优先级，默认 0", examples: ["10"]),
            .init(
                "when", .block { TriggerKeys.when }, required: true, "what makes the rule look", chinese: "触发条件",
                examples: ["{birthday: {days_before: 3}}"]),
            .init(
                "unless", .list(.either([.reference(.event), .block { HistoryReader.unlessEvent }])),
                "events that cancel the wait", chinese: "取消等待的事件",
                examples: ["[order.paid]"]),
            .init("audience", .block { audience }, "who may be reached", chinese: "人群", examples: ["{in: [sleeping]}"]),
            .init(
                "if", .condition, "what must hold at the moment of decision", chinese: "条件",
                examples: ["{member.status: active}"]),
            .init(
                "existing_members", .either([.choice(of: "skip", "all"), .block { drip }]),
                "members who were already due when the rule goes live", chinese: "上线时已满足条件的会员", examples: ["skip"]),
            .init("combine", .block { combine }, "several coupons in one message", chinese: "合并多张券"),
            .init("do", .list(.block { ActionKeys.action }), "what happens, in order", chinese: "动作"),
            .init("experiment", .block { experiment }, "variants instead of `do`", chinese: "对照实验"),
            .init(
                "limits", .block { limits }, "how often a member is reached by this rule", chinese: "频次限制",
                examples: ["{at_most: {times: 1, in: 60d}}"]),
            .init("if_late", .block { late }, "how long the daemon may be late and still act", chinese: "延迟处理"),
        ])

    private static let statuses: [KeyType.Choice] = [
        .init("draft", "checked, never loaded"), .init("shadow", "decided and recorded, nothing leaves the house"),
        .init("live", "runs"), .init("paused", "waits stay, nothing is sent"),
        .init("retired", "the id stays reserved"),
    ]

    private static let purposes: [KeyType.Choice] = [
        .init("marketing", "needs consent, respects quiet hours, caps and holdout"),
        .init("service", "about an order, points or a visit; only for owners in service_owners"),
    ]

    static let audience = BlockDeclaration(
        "audience", mustSaySomething: true,
        [
            .init(
                "in", .list(.reference(.segment)), "at least one of these segments", chinese: "属于任一人群",
                examples: ["[sleeping]"]),
            .init(
                "not_in", .list(.reference(.segment)), "none of these segments", chinese: "不属于这些人群",
                examples: ["[staff]"]),
            .init("pick", .block { pick }, "a random choice among them", chinese: "随机抽取"),
        ])
    static let pick = BlockDeclaration(
        "pick", [.init("random", .count, required: true, "how many are drawn", chinese: "抽取人数", examples: ["20"])])

    static let drip = BlockDeclaration(
        "existing_members",
        [
            .init("drip", .count, required: true, "how many at a time", chinese: "每批人数", examples: ["200"]),
            .init("every", .anySpan, required: true, "the time between two batches", chinese: "批次间隔", examples: ["1d"]),
        ])

    static let combine = BlockDeclaration(
        "combine",
        [
            .init(
                "into", .choice(of: "one_per_member"), required: true, "one message per member", chinese: "合并方式",
                examples: ["one_per_member"]),
            .init(
                "save_as", .identifier, required: true, "the name of the list", chinese: "保存为", examples: ["coupons"]),
            .init("order_by", .block { orderBy }, "which coupon comes first", chinese: "排序"),
            .init("keep", .int(1...100), "at most so many", chinese: "最多保留", examples: ["3"]),
        ])
    static let orderBy = BlockDeclaration(
        "order_by",
        [
            .init(
                "field", .reference(.field), required: true, "a field of the coupon", chinese: "排序字段",
                examples: ["coupon.face_value"]),
            .init(
                "direction", .choice(of: "highest_first", "lowest_first"), "default lowest_first", chinese: "方向",
                examples: ["highest_first"]),
        ])

    static let experiment = BlockDeclaration(
        "experiment",
        [
            .init(
                "key", .identifier, required: true, "changing it deals the members out again", chinese: "实验编号",
                examples: ["winback-2026q1"]),
            .init("holdout", .percent, "who hears nothing, to measure against", chinese: "对照组比例", examples: ["10%"]),
            .init("variants", .named(.block { variant }), required: true, "by name", chinese: "实验组"),
            .init("measure", .block { measure }, "the event that counts as success", chinese: "衡量指标"),
        ])
    static let variant = BlockDeclaration(
        "a variant",
        [
            .init(
                "share", .percent, required: true, "of those not held out; all add up to 100%", chinese: "占比",
                examples: ["50%"]),
            .init("do", .list(.block { ActionKeys.action }), required: true, "what happens, in order", chinese: "动作"),
        ])
    static let measure = BlockDeclaration(
        "measure",
        [
            .init("event", .reference(.event), required: true, "the event", chinese: "事件", examples: ["order.paid"]),
            .init("within", .anySpan, required: true, "counted for that long", chinese: "统计时长", examples: ["14d"]),
        ])

    static let limits = BlockDeclaration(
        "limits", mustSaySomething: true,
        [
            .init(
                "once_per", .choice(oncePer), "the trigger's own unit, or lifetime", chinese: "每个对象一次",
                examples: ["lifetime"]),
            .init(
                "at_most", .block { atMost }, "at most so many in a window", chinese: "时间窗内上限",
                examples: ["{times: 1, in: 60d}"]
            ),
        ])
    static let oncePer = [
        "birthday", "anniversary", "date", "festival", "schedule", "coupon", "points_batch", "order", "cart", "event",
        "message", "view", "inactivity", "lifetime",
    ].map { KeyType.Choice($0) }
    static let atMost = BlockDeclaration("at_most", window)
    static let window: [KeyDeclaration] = [
        .init("times", .count, required: true, "how many", chinese: "次数", examples: ["1"]),
        .init("in", .anySpan, required: true, "days are calendar days, hours roll", chinese: "时间窗", examples: ["7d"]),
    ]

    package static let late = BlockDeclaration(
        "if_late",
        [
            .init(
                "send_within", .either([.anySpan, .choice(of: "forever")]), required: true,
                "later than that is `missed`", chinese: "超过则放弃", examples: ["12h"])
        ])
}

/// The key that every file has.
package enum FileKeys {
    package static let version = KeyDeclaration(
        "version", .int(1...1), required: true, "version of the format", chinese: "格式版本", examples: ["1"])

    /// Keys of nudged.yaml.
    private static let ofConfig = [
        "store", "rules_dir", "lang", "reload", "http", "sources", "channels", "links", "log", "alerts", "retention",
    ]
    /// Keys of a channel in nudged.yaml, each with a value.
    private static let ofChannel = [
        "double_opt_in": "true", "bounces": "{maildir: /var/mail/bounces}", "callbacks": "{path_token: {env: TOKEN}}",
    ]

    /// What is written in nudged.yaml, with the advice to write it there.
    static let inConfig: [String: String] = ofConfig.reduce(into: inChannel) {
        $0[$1] = "`\($1)` belongs into `nudged.yaml`"
    }

    /// The same of a channel.
    package static let inChannel: [String: String] = ofChannel.reduce(into: [:]) { table, key in
        table[key.key] =
            "`\(key.key)` belongs into a channel of `nudged.yaml`, such as  channels: {sms: {\(key.key): \(key.value)}}"
    }

    /// What is written in settings.yaml.
    package static let inSettings: [String: String] = SettingsKeys.file.keys.reduce(into: [:]) { table, key in
        guard key.name != version.name else { return }
        table[key.name] = "`\(key.name)` belongs into `settings.yaml`"
    }
}
