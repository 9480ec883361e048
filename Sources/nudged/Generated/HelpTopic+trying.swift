// swift-format-ignore-file
// Written by Tests/Tools/embed_pages.py from docs/help/. Change those files, then run `make rules`.

extension HelpTopic {
    static let trying: [HelpTopic] = [
        HelpTopic(
            name: "fixtures",
            others: ["fixture", "members.yaml"],
            title: .init(#"Fixtures: invented members to try rules on"#, #"示例会员：虚构的会员，用来试规则"#),
            example: #"""
# yaml-language-server: $schema=../../.nudged/fixtures.v1.schema.json
version: 1
timezone: Asia/Shanghai
members:
  lin:
    tier: gold
    birthday: "1990-03-10"
    phone: "13800000001"
    consent: {sms: granted}
    orders: [{id: O1, total: 199, paid_at: "2026-02-01 12:00"}]
"""#,
            text: .init(#"""
They stand in rules/fixtures/. Values that the store works out, such as lifetime_spend, may be written
as well. Every name is checked: tiers, channels, coupons, stores, skus.
nudged dry-run --fixtures rules/fixtures/members.yaml --at 2026-03-07    who would get what
"""#, #"""
放在 rules/fixtures/。lifetime_spend 这类由数据库算出的值也可以直接写。
等级、渠道、券、门店、货号都会核对。
nudged dry-run --fixtures rules/fixtures/members.yaml --at 2026-03-07    谁会收到什么
"""#),
            page: "testing-rules"),
        HelpTopic(
            name: "tests",
            others: ["testing", "expect", "coverage", "cases", "timeline", "test.yaml"],
            title: .init(#"Tests of rules"#, #"规则的测试"#),
            example: #"""
rules: [../lifecycle.yaml]
fixtures: [../fixtures/members.yaml]
clock: {start: "2026-03-01 00:00", timezone: Asia/Shanghai}
tests:
  - name: 提前三天
    members: [lin]
    run_until: "2026-03-11 00:00"
    expect:
      - {at: "2026-03-07 09:30", rule: birthday-gift, member: lin, outcome: sent, channel: sms}
"""#,
            text: .init(#"""
Whatever leaves the house and is not expected fails the test. Who gets nothing needs `because`.
cases      the same test with other values in "{name}" places
timeline   events, changes of members, restarts, outages, reloads, on their instants
expect: [] and  nudged test --update  writes down what comes, to be read before it is kept
nudged test --coverage --coverage-at-least 80% --format junit
"""#, #"""
发出去而没写进预期的，测试失败。什么也没收到的要写 `because`。
cases      同一个测试，"{name}" 处换成不同的值
timeline   在各自时刻发生的事件、会员变动、重启、停机、重载
写  expect: []  再运行  nudged test --update  会填上实际结果，核对后再保留
nudged test --coverage --coverage-at-least 80% --format junit
"""#),
            page: "testing-rules"),
        HelpTopic(
            name: "importing",
            others: ["data", "csv", "excel", "xlsx", "columns", "imports"],
            title: .init(#"Importing members, orders and lists"#, #"导入会员、订单和名单"#),
            example: nil,
            text: .init(#"""
nudged import members members.csv --dry-run    shows the columns and five rows, writes nothing
nudged import members members.csv              CSV in UTF-8 or GBK, tabs, semicolons, .xlsx, NDJSON
nudged help import members                     the columns of a kind, with their Chinese headers

Kinds: members, orders, events, consents, suppressions, points, coupons, coupon codes, dates, …
An empty cell keeps what is stored; `--blank clear` empties it. A row that cannot be taken is in
FILE.rejected with its reason, and the others count. The same file twice changes nothing.
"""#, #"""
nudged import members 会员.csv --dry-run    列出识别的列和前五行，不写入
nudged import members 会员.csv              UTF-8 或 GBK 的 CSV、制表符、分号、.xlsx、NDJSON
nudged help import members                  某一类的列名，含中文表头

种类：members、orders、events、consents、suppressions、points、coupons、券码、dates 等。
空单元格保留原值；`--blank clear` 清空。收不下的行写进 .rejected 文件并注明原因，其余照收。
同一文件导入两次没有变化。
"""#),
            page: "import"),
        HelpTopic(
            name: "workspace",
            others: ["files", "folder", "rules", "settings", "nudged.yaml"],
            title: .init(#"The files of a workspace"#, #"工作区里的文件"#),
            example: nil,
            text: .init(#"""
nudged.yaml               store, rules directory, channels, language: for the daemon
rules/settings.yaml       quiet hours, caps, tiers, festivals, who may send service messages
rules/*.yaml              rules, at most twenty a file; also templates, coupons, segments, fields
rules/fixtures/*.yaml     invented members
rules/tests/*.test.yaml   tests
.nudged/*.schema.json     what editors complete and check by; `nudged schema` writes them

`nudged init` writes all of it with comments. The first line of each file names its schema. What a
file is follows from its keys, never from its name. `nudged code R201` explains a finding.
"""#, #"""
nudged.yaml               数据库、规则目录、渠道、语言：给守护进程
rules/settings.yaml       免打扰、频次、等级、节日、谁能发服务消息
rules/*.yaml              规则，每个文件最多二十条；还有模板、券、人群、字段
rules/fixtures/*.yaml     虚构的会员
rules/tests/*.test.yaml   测试
.nudged/*.schema.json     编辑器补全和检查用；由 `nudged schema` 生成

`nudged init` 会连注释一起写好。每个文件的首行写明 schema。文件是什么由里面的键决定，与文件名无关。
`nudged code R201` 解释一个检查结果。
"""#),
            page: "tutorial"),
    ]
}
