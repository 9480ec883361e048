// swift-format-ignore-file
// Pages are prose, in lines as long as their sentences.
/// R24x to R3xx: several files, experiments, who is reached, and the calendar.
extension FindingPages {
    static let files: [FindingPage] = [
        FindingPage(
            "R240", .init("a rule id used twice", "规则编号重复"),
            .init("Limits and reports hang on the id, also those of rules long retired.", "频次限制和报表都按编号统计,已下线的规则也算。"),
            remedy: .init("give the newer rule an id of its own.", "给较新的规则换一个编号。"),
            wrong: .file("rules", "rules:\n  - {id: a, status: live, owner: crm-team, purpose: marketing, when: {event: {name: order.paid}}, do: [{add_tag: x}]}\n  - {id: a, status: live, owner: crm-team, purpose: marketing, when: {event: {name: order.paid}}, do: [{add_tag: y}]}"),
            right: .file("rules", "rules:\n  - {id: a, status: live, owner: crm-team, purpose: marketing, when: {event: {name: order.paid}}, do: [{add_tag: x}]}\n  - {id: b, status: live, owner: crm-team, purpose: marketing, when: {event: {name: order.paid}}, do: [{add_tag: y}]}")),
        FindingPage(
            "R241", .init("an id declared twice", "编号重复登记"),
            .init("Two coupons, templates, segments, fields, tiers or festivals have one id.", "两个券、模板、人群、字段、等级或节日用了同一个编号。"),
            remedy: .init("give one of the two another id.", "给其中一个换编号。"),
            wrong: .file("coupons", "coupons: [{id: BDAY-30OFF, face_value: 30}, {id: BDAY-30OFF, face_value: 50}]"),
            right: .file("coupons", "coupons: [{id: BDAY-30OFF, face_value: 30}, {id: BDAY-50OFF, face_value: 50}]")),
        FindingPage(
            "R242", .init("two files of settings", "有两个设置文件"),
            .init(
                "A rule set has one. A file is settings when it has none of the keys rules, templates, segments, …: look "
                    + "for a misspelt one.",
                "一套规则只有一个设置文件。没有 rules、templates、segments 等键的文件都算设置,请检查是不是键名拼错了。"),
            remedy: .init("merge the two, or correct the key that says what the file is.", "合并成一个,或改正说明文件类型的键。"),
            wrong: .init(place: .secondFile("settings"), text: "clock: shop"), right: .file("settings", "clock: shop")),
        FindingPage(
            "R249", .init("a zone whose sign is the other way round", "正负号相反的时区"),
            .init(
                "By POSIX `Etc/GMT+8` is eight hours behind Greenwich, sixteen hours from Beijing: messages of ten in the morning would leave at two at night.",
                "按 POSIX 的写法,`Etc/GMT+8` 比格林尼治时间慢 8 小时,与北京时间差 16 小时:上午十点的消息会在凌晨两点发出。"),
            remedy: .init("name the place: `Asia/Shanghai`.", "写地名:`Asia/Shanghai`。"),
            wrong: .file("settings", "timezone: Etc/GMT+8"), right: .file("settings", "timezone: Asia/Shanghai")),
        FindingPage(
            "R250", .init("shares that do not make 100%", "实验占比之和不是 100%"),
            .init("The shares divide the members who are not held out.", "各组占比分的是对照组以外的会员。"),
            remedy: .init("let the shares add up to 100%; `holdout` is not one of them.", "让各组占比合计 100%,`holdout` 不算在内。"),
            wrong: .rule("experiment:\n  key: k\n  variants:\n    a: {share: 50%, do: [{add_tag: a}]}\n    b: {share: 40%, do: [{add_tag: b}]}"),
            right: .rule("experiment:\n  key: k\n  variants:\n    a: {share: 50%, do: [{add_tag: a}]}\n    b: {share: 50%, do: [{add_tag: b}]}")),
        FindingPage(
            "R251", .init("a token that can be guessed", "令牌太短"),
            .init("The token is all that keeps strangers from reporting receipts and replies, which may end marketing to a number.", "外人能不能上报回执和回复,全靠这个令牌;上报可以让一个号码不再接收营销。"),
            remedy: .init("take at least 16 random letters and digits, such as `openssl rand -hex 16` prints, and tell the provider.", "换成至少 16 位随机字母和数字,例如 `openssl rand -hex 16` 的输出,并告知服务商。"),
            wrong: .file("nudged", "store: {url: \"sqlite:nudged.db\"}\nhttp: {listen: \"127.0.0.1:8080\"}\nchannels: {sms: {type: kannel, url: \"http://127.0.0.1:13013/\", username: u, password: {env: P}, dlr: {base_url: \"http://127.0.0.1:8080/callbacks/sms\", path_token: {env: TOKEN_OF_EIGHT}}}}"),
            right: .file("nudged", "store: {url: \"sqlite:nudged.db\"}\nchannels: {sms: {type: log}}"), seen: .withStore),
        FindingPage(
            "R252", .init("a rule for a day that has passed", "规则指定的日期已经过去"),
            .init("A schedule with one date is due on that date only.", "只写一个日期的日程只在那天触发。"),
            remedy: .init("write the date that is meant, or retire the rule.", "写上要的日期,或把规则下线。"),
            wrong: .rule("when: {schedule: {on: 2020-11-11, at: \"10:00\"}}"),
            right: .rule("when: {schedule: {every: month, on: 11, at: \"10:00\"}}")),
        FindingPage(
            "R253", .init("a name that nobody in the store has", "数据里没有的名称"),
            .init(
                "Events of your own, tags, cities, categories, skus, dates and values of text fields come with the data. With a store `nudged check` "
                    + "asks whether anybody has them; a typing error would reach nobody, or, negated, everybody.",
                "自定义事件、标签、城市、类目、sku、日期和文本字段的值都随数据而来。对照会员库时,`nudged check` 会查有没有人有;写错了就没有人触达,写在否定条件里则全部触达。"),
            remedy: .init("write it as the data has it, or allow the warning where the data is to come.", "按数据里的写法改正;数据还没到的,可以放行。"),
            wrong: .rule("if: {member.tags: {includes: vip-glod}}"), right: .rule("if: {member.tags: {includes: vip-gold}}"),
            seen: .withStore),
        FindingPage(
            "R254", .init("a rule that waits for itself", "规则只等自己触发的事件"),
            .init("The event that starts the rule is raised by nobody but the rule itself.", "触发规则的事件只有它自己会产生,所以永远不会开始。"),
            remedy: .init("name the rule that it follows.", "写上它要跟随的规则。"),
            wrong: .rule("when: {event: {name: message.sent, where: {rule: r}, after: 7d}}"),
            right: .rule("when: {event: {name: message.sent, where: {rule: welcome}, after: 7d}}")),
        FindingPage(
            "R255", .init("a link that confirms nothing", "无可确认的链接"),
            .init("`confirm_url` confirms a yes to marketing on a channel with `double_opt_in`; before it, the member gets no marketing.", "`confirm_url` 用来确认对营销的同意,渠道要有 `double_opt_in`;确认之前会员收不到营销消息。"),
            remedy: .init("add `double_opt_in: true` to the channel in nudged.yaml, and send the link by a rule with `purpose: service`.", "在 nudged.yaml 的渠道里写 `double_opt_in: true`,并由 `purpose: service` 的规则发送这个链接。"),
            wrong: .file("templates", "templates: [{id: sms_ask, channel: sms, text: \"【店】请确认 {{ confirm_url }}\", values: {}}]"),
            right: .file("templates", "templates: [{id: sms_ask, channel: sms, text: \"【店】您好\", values: {}}]"),
            seen: .withStore),
        FindingPage(
            "R260", .init("nothing said about members who are already due", "没有说明存量会员怎么办"),
            .init("When the rule goes live, many members have been silent for long; they would all be reached at once.", "规则上线时,很多会员早已沉睡,会一下子全部触发。"),
            remedy: .init("say `existing_members: skip`, or a drip.", "写 `existing_members: skip`,或分批放出。"),
            wrong: .rule("when: {inactive: {for: 90d}}"),
            right: .rule("when: {inactive: {for: 90d}}\nexisting_members: {drip: 200, every: 1d}")),
        FindingPage(
            "R301", .init("outside the table of the Chinese calendar", "超出农历表的年份"),
            .init("Lunar dates are known for the years 1901 to 2100.", "农历只收录 1901 到 2100 年。"),
            remedy: .init("check the year; without a year any month and day will do.", "核对年份;不写年份则任何月日都可以。"),
            wrong: .file("fixtures", "members: {lin: {birthday: {calendar: lunar, year: 1800, month: 6, day: 1}}}"),
            right: .file("fixtures", "members: {lin: {birthday: {calendar: lunar, year: 1990, month: 6, day: 1}}}")),
        FindingPage(
            "R401", .init("more than one rule may ask of the database", "一条规则要得太多"),
            .init("A rule becomes one question to the database, and that has an end: so many events, values and fields fit into it.", "一条规则是对数据库的一次提问,能放进去的事件、值、字段有上限。"),
            remedy: .init("make several rules of it, or put long lists of values into one condition.", "拆成几条规则,或把很多个值写进一个条件。"),
            wrong: .rule("unless: [\(events(101))]"), right: .rule("unless: [\(events(3))]")),
    ]

    /// `e1, e2, …`
    private static func events(_ count: Int) -> String { (1...count).map { "e\($0)" }.joined(separator: ", ") }

    /// T00x: fixtures.
    static let fixtures: [FindingPage] = [
        FindingPage(
            "T002", .init("a member described twice", "会员重复描述"),
            .init("Two fixtures of one run have the same member.", "一次运行的测试数据里有两个相同的会员。"),
            remedy: .init("keep one, or give the other its own id.", "保留一个,或给另一个换编号。"),
            wrong: .file("fixtures", "members: {Lin: {tier: gold}, \" Lin\": {tier: silver}}"),
            right: .file("fixtures", "members: {lin: {tier: gold}, zhao: {tier: silver}}")),
        FindingPage(
            "T003", .init("a store that no fixture describes", "门店没有描述"),
            .init("The member names a store, and the stores of the fixtures do not have it.", "会员写了门店,但测试数据的 stores 里没有它。"),
            remedy: .init("add it under `stores`, or correct the id.", "在 `stores` 里加上它,或改正编号。"),
            wrong: .file("fixtures", "stores: {s1: {name: 南京路店}}\nmembers: {lin: {store_id: s2}}"),
            right: .file("fixtures", "stores: {s1: {name: 南京路店}}\nmembers: {lin: {store_id: s1}}")),
        FindingPage(
            "T004", .init("a row described twice", "记录重复描述"),
            .init("Two orders, carts, coupons or stores of the fixtures have one id.", "测试数据里两个订单、购物车、券或门店用了同一个编号。"),
            remedy: .init("keep one of the two.", "只保留一个。"),
            wrong: .file("fixtures", "members: {lin: {orders: [{id: o1, paid_at: \"2026-03-01\", total: 9}, {id: o1, paid_at: \"2026-03-02\", total: 9}]}}"),
            right: .file("fixtures", "members: {lin: {orders: [{id: o1, paid_at: \"2026-03-01\", total: 9}, {id: o2, paid_at: \"2026-03-02\", total: 9}]}}")),
        FindingPage(
            "T005", .init("an attribute that fields.yaml does not have", "fields.yaml 里没有的属性"),
            .init("No rule can ask for it.", "没有规则能用到它。"),
            remedy: .init("declare `member.attr.NAME` in fields.yaml, or correct the name.", "在 fields.yaml 里声明 `member.attr.名字`,或改正拼写。"),
            wrong: .file("fixtures", "members: {lin: {attr: {sheo: 38}}}"),
            right: .file("fixtures", "members: {lin: {attr: {shoe: 38}}}")),
        FindingPage(
            "T006", .init("an attribute of another type", "属性的值与声明的类型不符"),
            .init("fields.yaml says what type the attribute has, and the value is none of it.", "fields.yaml 声明了该属性的类型,而这个值不是这种类型。"),
            remedy: .init("write a value of that type, or leave the attribute out.", "请写该类型的值,或不写这个属性。"),
            wrong: .file("fixtures", "members: {lin: {attr: {shoe: 未知}}}"),
            right: .file("fixtures", "members: {lin: {attr: {shoe: 38}}}")),
    ]
}
