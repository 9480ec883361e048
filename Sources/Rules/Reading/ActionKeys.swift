/// One step of `do`: one key per action.
package enum ActionKeys {
    package static let action: BlockDeclaration = BlockDeclaration(
        "an action", isAlternative: true,
        foreign: [
            "message": "send", "coupon": "give_coupon", "task": "create_task", "tag": "add_tag",
            "points": "adjust_points", "branch": "choose", "switch": "choose", "else": "otherwise",
            "give_points": "adjust_points", "send_message": "send",
        ],
        companions: ["otherwise": "choose"],
        [
            .init("give_coupon", .block { giveCoupon }, "gives a coupon", chinese: "发券"),
            .init("send", .block { send }, "sends one message", chinese: "发送消息"),
            .init("recommend", .block { recommend }, "picks products", chinese: "推荐商品"),
            .init("create_task", .block { createTask }, "a task for the staff", chinese: "创建任务"),
            .init("add_tag", .text, "tags the member", chinese: "加标签", examples: ["vip"]),
            .init("remove_tag", .text, "takes the tag away", chinese: "去标签", examples: ["vip"]),
            .init("adjust_points", .block { adjustPoints }, "adds points, or takes them away", chinese: "调整积分"),
            .init("choose", .list(.block { branch }), "the first branch that holds", chinese: "分支"),
            .init("otherwise", .list(.block { action }), "when no branch of `choose` holds", chinese: "否则"),
        ])

    static let giveCoupon = BlockDeclaration(
        "give_coupon",
        [
            .init(
                "template", .reference(.coupon), required: true, "id of a coupon template", chinese: "券模板",
                examples: ["BDAY-30OFF"]),
            .init("valid_until", .block { validUntil }, "default: the template's valid_days", chinese: "有效期"),
            .init("save_as", .identifier, "name for `fill`", chinese: "保存为", examples: ["gift"]),
        ])
    static let validUntil = BlockDeclaration(
        "valid_until", isAlternative: true,
        [
            .init("days_after_send", .int(0...3650), "from the day of sending", chinese: "发送后天数", examples: ["14"]),
            .init("days_after_occasion", .int(0...3650), "from the occasion itself", chinese: "事件后天数", examples: ["7"]),
        ])

    static let send = BlockDeclaration(
        "send", foreign: ["channels": "try", "channel": "try", "values": "fill", "with": "fill"],
        elsewhere: ["template": "each channel under `try` has its own template:  try: [{sms: {template: sms_hello}}]"],
        [
            .init(
                "try", .list(.named(.block { entry })), required: true,
                "channels in order; the next when one cannot be reached",
                chinese: "渠道顺序", examples: ["[{sms: {template: sms_hello}}]"]),
            .init(
                "fill", .named(.reference(.field)), "a field for each placeholder", chinese: "占位符取值",
                examples: ["{name: member.display_name}"]),
            .init("per_minute", .int(1...100_000), "at most so many a minute", chinese: "每分钟上限", examples: ["600"]),
        ])
    static let entry = BlockDeclaration(
        "a channel",
        [
            .init(
                "template", .reference(.template), required: true, "id of a message template", chinese: "消息模板",
                examples: ["sms_hello"])
        ])

    static let recommend = BlockDeclaration(
        "recommend",
        [
            .init(
                "strategy",
                .choice([
                    .init("same_category_bestsellers", "bestsellers of the categories just bought"),
                    .init("category_bestsellers", "bestsellers of one category"),
                    .init("pairs_with", "what goes with what was bought"),
                ]), required: true, "how products are picked", chinese: "推荐策略", examples: ["category_bestsellers"]),
            .init(
                "based_on", .reference(.field), required: true, "where to start from", chinese: "依据字段",
                examples: ["order.categories"]),
            .init(
                "exclude", .list(.choice(of: "already_bought", "out_of_stock")), "what to leave out", chinese: "排除",
                examples: ["[out_of_stock]"]),
            .init("limit", .int(1...20), "at most so many, default 3", chinese: "数量，默认 3", examples: ["3"]),
            .init("if_empty", .choice(of: "stop", "continue"), "default stop", chinese: "无结果时", examples: ["stop"]),
            .init("save_as", .identifier, required: true, "name for `fill`", chinese: "保存为", examples: ["picks"]),
        ])

    static let createTask = BlockDeclaration(
        "create_task",
        foreign: [
            "assigned_to": "assign_to", "owner": "assignee", "template": "script", "due": "due_in", "name": "title",
        ],
        [
            .init(
                "assign_to", .reference(.field), "a field that names a person", chinese: "负责人字段",
                examples: ["member.advisor"]),
            .init(
                "assignee", .text, "a role or a person, in place of `assign_to`", chinese: "负责人（角色或姓名）",
                examples: ["客服主管"]),
            .init("or_else", .identifier, "when the field is empty", chinese: "备用负责人", examples: ["store_manager"]),
            .init("title", .text, required: true, "what is to be done", chinese: "任务标题", examples: ["回访会员"]),
            .init("script", .reference(.template), "what to say", chinese: "话术模板", examples: ["task_vip_winback"]),
            .init(
                "fill", .named(.reference(.field)),
                "a field for each placeholder of the script; without it they print their default",
                chinese: "话术占位符取值，不写则用默认值", examples: ["{name: member.display_name}"]),
            .init("due_in", .anySpan, "time to do it", chinese: "完成期限", examples: ["3d"]),
        ])

    static let adjustPoints = BlockDeclaration(
        "adjust_points",
        [
            .init(
                "add", .either([.int(fewPoints), .block { pointsOf }]), required: true,
                "negative takes away; or so many for each yuan of a field", chinese: "增减积分",
                examples: ["100", "{of: order.total, times: 1}"]),
            .init("expires_in", .anySpan, "default: never", chinese: "有效期", examples: ["365d"]),
        ])

    static let fewPoints = -1_000_000...1_000_000
    static let pointsOf = BlockDeclaration(
        "add", foreign: ["field": "of", "per": "of", "rate": "times", "factor": "times"],
        [
            .init(
                "of", .reference(.field), required: true, "an amount or a number", chinese: "依据字段（金额或数字）",
                examples: ["order.total"]),
            .init(
                "times", .number(Factor.range), "points for each yuan, or each one, rounded down; default 1",
                chinese: "倍数，默认 1，向下取整", examples: ["1"]),
        ])

    static let branch = BlockDeclaration(
        "a branch",
        [
            .init(
                "if", .condition, required: true, "when it is taken", chinese: "条件",
                examples: ["{order.total: {at_least: 2000}}"]),
            .init("do", .list(.block { action }), required: true, "what happens then", chinese: "动作"),
        ])
}
