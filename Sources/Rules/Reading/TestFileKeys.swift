/// The keys of a rule test file (qa-tools §1.1).
package enum TestFileKeys {
    private static let when = ["\"2026-03-07 09:30\""]

    package static let file = BlockDeclaration(
        "a test file", foreign: ["fixture": "fixtures", "test": "tests", "rule": "rules", "start": "clock"],
        [
            FileKeys.version,
            .init(
                "rules", .oneOrMany(.text), required: true,
                "rule files, relative to this file; `*` and `**` stand for names",
                chinese: "被测规则文件，相对于本文件", examples: ["[../lifecycle.yaml]"]),
            .init("only", .oneOrMany(.text), "run only these rules", chinese: "只运行这些规则", examples: ["[birthday-gift]"]),
            .init(
                "fixtures", .oneOrMany(.text), "fixture files, relative to this file", chinese: "测试会员文件，相对于本文件",
                examples: ["[../fixtures/members.yaml]"]),
            .init("clock", .block { clock }, "when the tests begin", chinese: "测试从何时开始"),
            .init(
                "channels", .named(.block { channel }), "what the channels do; without it they deliver",
                chinese: "渠道的表现，默认送达"),
            .init("tests", .list(.block { test }), required: true, "the tests", chinese: "测试"),
        ])

    static let clock = BlockDeclaration(
        "clock",
        [
            .init("start", .text, "the first instant", chinese: "开始时间", examples: ["\"2026-03-01 00:00\""]),
            .init(
                "timezone", .text, "reads the times of this file that have no zone", chinese: "本文件里没写时区的时间按它读",
                examples: ["Asia/Shanghai"]),
        ])

    static let channel = BlockDeclaration(
        "a channel",
        [
            .init(
                "fails", .choice(failures), "messages do not get through, and the next of `try` is used",
                chinese: "发送失败，改用下一个渠道",
                examples: ["undelivered"])
        ])
    static let failures: [KeyType.Choice] = [
        .init("undelivered", "the delivery report says so"), .init("rejected", "the provider refuses"),
    ]

    package static let test = BlockDeclaration(
        "a test",
        foreign: [
            "expected": "expect", "title": "name", "until": "run_until", "events": "timeline", "member": "members",
        ],
        [
            .init("name", .text, required: true, "what it shows, as a sentence", chinese: "测试名称", examples: ["a text"]),
            .init("note", .text, "a remark for colleagues", chinese: "备注"),
            .init(
                "cases", .list(.named(.anything)), "repeats the test with these values in `{name}` places",
                chinese: "多组取值"),
            .init("members", .oneOrMany(.text), "only these are in the world", chinese: "只有这些会员", examples: ["[lin]"]),
            .init("fixtures", .oneOrMany(.text), "more fixture files, for this test alone", chinese: "本测试另用的会员文件"),
            .init("clock", .block { clock }, "instead of that of the file", chinese: "替换文件的时钟"),
            .init("channels", .named(.block { channel }), "beside those of the file", chinese: "渠道的表现"),
            .init("timeline", .list(.block { entry }), "what happens meanwhile", chinese: "其间发生的事"),
            .init(
                "run_until", .text, required: true, "the end, itself outside", chinese: "结束时间，不含",
                examples: ["\"2026-03-11 00:00\""]),
            .init("expect", .list(.block { expectation }), "what must come of it", chinese: "预期结果"),
            .init("expect_failure", .text, "a known gap, and why: the test must fail", chinese: "已知缺陷，写明原因"),
        ])

    static let kinds = [
        "event", "set", "restart_daemon", "stop_daemon_for", "reload_rules", "clock_jump", "channel_down",
    ]
    static let entry = BlockDeclaration(
        "a timeline entry",
        foreign: ["time": "at", "name": "event", "stop": "stop_daemon_for", "reload": "reload_rules", "change": "set"],
        [
            .init("at", .text, required: true, "when", chinese: "时间", examples: when),
            .init("member", .text, "whose event or change it is", chinese: "会员", examples: ["lin"]),
            .init("event", .reference(.event), "something the member does", chinese: "事件", examples: ["cart.updated"]),
            .init("id", .text, "the event's own id", chinese: "事件编号"),
            .init(
                "data", .named(.anything), "what comes with the event", chinese: "事件附带的数据",
                examples: ["{cart: c1, total: 199}"]),
            .init(
                "set", .block { FixtureDeclarations.member([]) }, "fields of the member change", chinese: "会员字段改动",
                examples: ["{tier: gold}"]),
            .init("restart_daemon", .bool, "the daemon stops and starts again", chinese: "重启", examples: ["true"]),
            .init("stop_daemon_for", .anySpan, "the daemon is down so long", chinese: "停机时长", examples: ["5h"]),
            .init(
                "reload_rules", .either([.bool, .text]), "the rules are read again, or from another file",
                chinese: "重新加载规则",
                examples: ["true"]),
            .init(
                "clock_jump", .text, "the clock is put forward, or back with a minus", chinese: "时钟跳变", examples: ["2h"]
            ),
            .init("channel_down", .block { down }, "a channel answers nothing for a while", chinese: "渠道中断"),
        ])

    static let down = BlockDeclaration(
        "channel_down",
        [
            .init("channel", .reference(.channel), required: true, "which", chinese: "渠道", examples: ["sms"]),
            .init("for", .anySpan, required: true, "how long", chinese: "时长", examples: ["2h"]),
        ])

    static let outcomes = [
        "sent", "task_created", "done", "waiting", "held", "skipped", "cancelled", "suppressed", "held_out", "missed",
        "failed", "not_due",
    ]
    static let expectation = BlockDeclaration(
        "an expectation",
        foreign: [
            "reason": "because", "result": "outcome", "status": "outcome", "time": "at", "to_channel": "channel",
        ],
        [
            .init("at", .text, "when", chinese: "时间", examples: when),
            .init("rule", .text, "which rule", chinese: "规则", examples: ["birthday-gift"]),
            .init("member", .text, "which member", chinese: "会员", examples: ["lin"]),
            .init("occasion", .text, "which time of the rule", chinese: "第几次", examples: ["birthday:solar:2026"]),
            .init(
                "outcome", .choice(outcomes.map { .init($0) }), required: true, "what comes of it", chinese: "结果",
                examples: ["sent"]),
            .init(
                "because", .either([.text, .block { because }]), "why nothing was sent: a key, or keys and values",
                chinese: "原因",
                examples: ["{condition: member.tier}"]),
            .init("channel", .reference(.channel), "how it was sent", chinese: "渠道", examples: ["sms"]),
            .init("template", .reference(.template), "with which text", chinese: "模板"),
            .init("to", .text, "the masked address", chinese: "脱敏地址", examples: ["138****0001"]),
            .init("text", .text, "word for word", chinese: "全文"),
            .init("values", .named(.anything), "values of the template", chinese: "模板取值"),
            .init("until", .text, "the end of the hold", chinese: "等到何时", examples: when),
            .init("coupon", .reference(.coupon), "the first coupon given", chinese: "发的券"),
            .init("task", .text, "the script of the task", chinese: "任务话术"),
            .init("variant", .text, "of the experiment", chinese: "实验组"),
            .init(
                "tried", .list(.named(.text)), "entries of `try` passed over, in order", chinese: "试过的渠道",
                examples: ["[{sms: no_address}]"]),
            .init("segments_billed", .int(0...100), "SMS segments", chinese: "短信条数"),
            .init(
                "effects", .list(.block { effect }),
                "what was done beside the message: at least these, in any order; `[]` for nothing",
                chinese: "消息之外做了什么：至少有这些，次序不限；`[]` 表示没有", examples: ["[{tag: +vip}, {points: 100}]"]),
        ])
    static let effect = BlockDeclaration(
        "an effect", foreign: ["add_tag": "tag", "remove_tag": "tag", "give_coupon": "coupon", "title": "task"],
        [
            .init(
                "coupon", .reference(.coupon), "a coupon given, by its template", chinese: "发的券",
                examples: ["BDAY-30OFF"]),
            .init("code", .text, "its code", chinese: "券码"),
            .init(
                "points", .int(-1_000_000...1_000_000), "points given or taken away", chinese: "积分增减", examples: ["100"]
            ),
            .init("tag", .text, "a tag with `+` or `-` before it", chinese: "标签，前面写 `+` 或 `-`", examples: ["+vip"]),
            .init("task", .text, "the title of a task", chinese: "任务标题", examples: ["回访会员"]),
        ])

    /// The code keys of `because` (semantics §5); `actual` stands beside two of them.
    package static let codes = ReasonCode.allCases.map(\.rawValue)
    static let because = BlockDeclaration(
        "because",
        codes.map { KeyDeclaration($0, .anything, "what it says there", chinese: "原因") } + [
            .init("actual", .anything, "the value that did not do", chinese: "实际值")
        ])
}
