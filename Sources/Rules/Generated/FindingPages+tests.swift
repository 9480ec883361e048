// swift-format-ignore-file
// Written by Tests/Tools/embed_pages.py from docs/findings/. Change those files, then run `make rules`.

extension FindingPages {
    static let tests: [FindingPage] = [
        FindingPage(
            "T010",
            .init(#"a pattern that matches no file"#, #"路径没有对应的文件"#),
            .init(#"`rules`, `fixtures` or `reload_rules` name a file that is not there, or that holds no rule, or has errors."#, #"`rules`、`fixtures` 或 `reload_rules` 写的文件不存在、没有规则，或有错误。"#),
            remedy: .init(#"name the file relative to the test file."#, #"按测试文件所在位置写相对路径。"#),
            wrong: .init(place: .file("rule-test"), text: #"""
rules: [lifecycle.yaml]
clock: {start: "2026-03-01"}
tests:
  - {name: t, run_until: "2026-03-11", expect: [{outcome: sent}]}
"""#),
            right: .init(place: .file("rule-test"), text: #"""
rules: [../lifecycle.yaml]
clock: {start: "2026-03-01"}
tests:
  - {name: t, run_until: "2026-03-11", expect: [{outcome: sent}]}
"""#),
            seen: .inTestRuns),
        FindingPage(
            "T011",
            .init(#"a rule that does not run here"#, #"这条规则不在测试范围"#),
            .init(#"The id is unknown, left out by `only`, or belongs to a draft or a retired rule."#, #"编号不存在、没写进 `only`，或是草稿、已下线的规则。"#),
            remedy: .init(#"correct the id, or add it to `only`."#, #"改正编号，或加进 `only`。"#),
            wrong: .init(place: .test, text: #"expect: [{rule: gfit, outcome: sent}]"#),
            right: .init(place: .test, text: #"expect: [{rule: gift, outcome: sent}]"#)),
        FindingPage(
            "T012",
            .init(#"a member who is not in the test"#, #"测试里没有这个会员"#),
            .init(#"No fixture describes the member, or `members` of the test leaves it out."#, #"测试数据里没有这个会员，或本测试的 `members` 没有列入。"#),
            remedy: .init(#"correct the id, or add it to the fixtures and to `members`."#, #"改正编号，或在测试数据和 `members` 里加上。"#),
            wrong: .init(place: .test, text: #"""
members: [lim]
expect: [{outcome: sent}]
"""#),
            right: .init(place: .test, text: #"""
members: [lin]
expect: [{outcome: sent}]
"""#)),
        FindingPage(
            "T013",
            .init(#"an unknown channel in a test or fixture"#, #"测试或测试会员里写了未知渠道"#),
            .init(#"Neither nudged.yaml nor the standard channels have it."#, #"nudged.yaml 和标准渠道里都没有它。"#),
            remedy: .init(#"correct the name."#, #"改正渠道名。"#),
            wrong: .init(place: .test, text: #"expect: [{outcome: sent, channel: smss}]"#),
            right: .init(place: .test, text: #"expect: [{outcome: sent, channel: sms}]"#)),
        FindingPage(
            "T014",
            .init(#"a test that expects nothing"#, #"测试没有预期"#),
            .init(#"Such a test passes whatever happens."#, #"这样的测试无论如何都会通过。"#),
            remedy: .init(#"say what must come, or why nothing does."#, #"写明应该发生什么，或为什么不发生。"#),
            wrong: .init(place: .test, text: #"expect: []"#),
            right: .init(place: .test, text: #"expect: [{outcome: sent}]"#)),
        FindingPage(
            "T015",
            .init(#"nothing expected, without a reason"#, #"预期不发，却没有写原因"#),
            .init(#""Nothing was sent" would also pass for a misspelt rule."#, #"“没有发送”在规则写错时也会成立。"#),
            remedy: .init(#"add `because`."#, #"补上 `because`。"#),
            wrong: .init(place: .test, text: #"expect: [{outcome: skipped}]"#),
            right: .init(place: .test, text: #"expect: [{outcome: skipped, because: {condition: member.tier}}]"#)),
        FindingPage(
            "T016",
            .init(#"outside the time of the test"#, #"超出测试的时间范围"#),
            .init(#"The clock runs from `start` until `run_until`, itself outside."#, #"时钟从 `start` 走到 `run_until`（不含）。"#),
            remedy: .init(#"move the time, or the end of the test."#, #"调整这个时间，或测试的结束时间。"#),
            wrong: .init(place: .test, text: #"expect: [{at: "2026-02-07 09:30", outcome: sent}]"#),
            right: .init(place: .test, text: #"expect: [{at: "2026-03-07 09:30", outcome: sent}]"#)),
        FindingPage(
            "T017",
            .init(#"an entry in which nothing happens"#, #"时间线上这一条没有内容"#),
            .init(#"A timeline entry has exactly one of event, set, restart_daemon, stop_daemon_for, reload_rules, clock_jump, channel_down."#, #"时间线的每一条只能有一件事：event、set、restart_daemon、stop_daemon_for、reload_rules、clock_jump、channel_down 之一。"#),
            remedy: .init(#"say what happens."#, #"写明发生了什么。"#),
            wrong: .init(place: .test, text: #"""
timeline: [{at: "2026-03-02 10:00"}]
expect: [{outcome: sent}]
"""#),
            right: .init(place: .test, text: #"""
timeline: [{at: "2026-03-02 10:00", restart_daemon: true}]
expect: [{outcome: sent}]
"""#)),
        FindingPage(
            "T018",
            .init(#"an unknown field in `because`"#, #"`because` 里的字段不存在"#),
            .init(#"A reason that names no field can never be given."#, #"不存在的字段不可能成为原因。"#),
            remedy: .init(#"correct the name; `nudged fields` lists all."#, #"改正字段名，可用 `nudged fields` 查。"#),
            wrong: .init(place: .test, text: #"expect: [{outcome: skipped, because: {condition: member.teir}}]"#),
            right: .init(place: .test, text: #"expect: [{outcome: skipped, because: {condition: member.tier}}]"#)),
        FindingPage(
            "T019",
            .init(#"a place without a value"#, #"占位没有取值"#),
            .init(#"`{name}` is filled by `cases`, and a case lacks it."#, #"`{name}` 由 `cases` 填写，而某个用例没有给出。"#),
            remedy: .init(#"give every case a value for it."#, #"给每个用例都写上它的值。"#),
            wrong: .init(place: .test, text: #"expect: [{outcome: "{outcome}"}]"#),
            right: .init(place: .test, text: #"""
cases: [{outcome: sent}]
expect: [{outcome: "{outcome}"}]
"""#)),
        FindingPage(
            "T020",
            .init(#"a value without a place"#, #"取值没有用到"#),
            .init(#"A case sets a name that stands nowhere in the test."#, #"用例给了一个测试里没有用到的名字。"#),
            remedy: .init(#"write "{name}" where it belongs, or take it away."#, #"在需要的地方写上 "{name}"，或删掉它。"#),
            wrong: .init(place: .test, text: #"""
cases: [{total: 50, outcome: sent}]
expect: [{outcome: "{outcome}"}]
"""#),
            right: .init(place: .test, text: #"""
cases: [{outcome: sent}]
expect: [{outcome: "{outcome}"}]
"""#)),
        FindingPage(
            "T021",
            .init(#"not a reason"#, #"不是原因代码"#),
            .init(#"Reasons are one closed list, the same in tests, dry runs and reports."#, #"原因是一个固定的列表，测试、演练、报表都用同一套。"#),
            remedy: .init(#"use one of them, or name the field: `{condition: member.tier}`."#, #"用列表里的代码，或写明字段：`{condition: member.tier}`。"#),
            wrong: .init(place: .test, text: #"expect: [{outcome: skipped, because: quiet_hour}]"#),
            right: .init(place: .test, text: #"expect: [{outcome: held, because: quiet_hours, until: "2026-03-08 09:00"}]"#)),
        FindingPage(
            "T022",
            .init(#"two tests with one name"#, #"两个测试重名"#),
            .init(#"`nudged test --run` cannot tell them apart."#, #"`nudged test --run` 分不清它们。"#),
            remedy: .init(#"give each its own name."#, #"各取各的名字。"#),
            wrong: .init(place: .file("rule-test"), text: #"""
rules: [../r.yaml]
clock: {start: "2026-03-01"}
tests:
  - {name: t, run_until: "2026-03-11", expect: [{outcome: sent}]}
  - {name: t, run_until: "2026-03-11", expect: [{outcome: done}]}
"""#),
            right: .init(place: .file("rule-test"), text: #"""
rules: [../r.yaml]
clock: {start: "2026-03-01"}
tests:
  - {name: t, run_until: "2026-03-11", expect: [{outcome: sent}]}
  - {name: u, run_until: "2026-03-11", expect: [{outcome: done}]}
"""#)),
        FindingPage(
            "T023",
            .init(#"an unknown template or coupon in a test or fixture"#, #"测试或测试会员里的模板或券不存在"#),
            .init(#"The rule set has none of that id."#, #"规则集里没有这个编号。"#),
            remedy: .init(#"correct the id."#, #"改正编号。"#),
            wrong: .init(place: .test, text: #"expect: [{outcome: sent, template: helo}]"#),
            right: .init(place: .test, text: #"expect: [{outcome: sent, template: hello}]"#)),
        FindingPage(
            "T024",
            .init(#"an event that the store would refuse"#, #"会员库不接受的事件"#),
            .init(#"The data of the event lack something, or a value is impossible."#, #"事件数据缺了内容，或有不可能的值。"#),
            remedy: .init(#"complete `data` as for an import."#, #"按导入的要求补全 `data`。"#),
            wrong: .init(place: .test, text: #"""
members: [lin]
timeline: [{at: "2026-03-02 10:00", member: lin, event: order.paid, data: {order: o1}}]
expect: [{outcome: sent}]
"""#),
            right: .init(place: .test, text: #"""
members: [lin]
timeline: [{at: "2026-03-02 10:00", member: lin, event: order.paid, data: {order: o1, total: 99}}]
expect: [{outcome: sent}]
"""#),
            seen: .inTestRuns),
        FindingPage(
            "T025",
            .init(#"fixtures that no test uses"#, #"没有用到的测试数据"#),
            .init(#"No test of the file has a member of it."#, #"本文件的测试没有用到其中任何会员。"#),
            remedy: .init(#"take the file away, or name one of its members."#, #"去掉这个文件，或用上其中的会员。"#),
            wrong: .init(place: .file("rule-test"), text: #"""
rules: [../lifecycle.yaml]
fixtures: [../fixtures/members.yaml, ../fixtures/others.yaml]
clock: {start: "2026-03-01"}
tests:
  - {name: t, members: [lin], run_until: "2026-03-11", expect: [{outcome: sent}]}
"""#),
            right: .init(place: .file("rule-test"), text: #"""
rules: [../lifecycle.yaml]
fixtures: [../fixtures/members.yaml]
clock: {start: "2026-03-01"}
tests:
  - {name: t, members: [lin], run_until: "2026-03-11", expect: [{outcome: sent}]}
"""#),
            seen: .inTestRuns),
        FindingPage(
            "T026",
            .init(#"an unknown experiment or variant in a test or fixture"#, #"测试或测试会员里的实验或分组不存在"#),
            .init(#"No rule has an experiment of this key, or the experiment has no such variant."#, #"没有规则用这个实验编号，或实验里没有这个分组。"#),
            remedy: .init(#"correct the name; fixtures may also force `holdout`."#, #"改正名称；测试会员也可以强制为 `holdout`。"#),
            wrong: .init(place: .test, text: #"expect: [{outcome: held_out, because: {holdout: winbakc}}]"#),
            right: .init(place: .test, text: #"expect: [{outcome: held_out, because: {holdout: global}}]"#)),
        FindingPage(
            "T027",
            .init(#"an unknown tier in a fixture"#, #"测试会员的等级不存在"#),
            .init(#"The settings list the tiers of the shop, and this is none of them."#, #"设置里列出了本店的等级，其中没有它。"#),
            remedy: .init(#"correct the tier, or add it to `tiers` of the settings."#, #"改正等级，或加进设置的 `tiers`。"#),
            wrong: .init(place: .file("fixtures"), text: #"members: {lin: {tier: golden}}"#),
            right: .init(place: .file("fixtures"), text: #"members: {lin: {tier: gold}}"#)),
        FindingPage(
            "T028",
            .init(#"an unknown product in a fixture"#, #"测试数据里的商品不存在"#),
            .init(#"No fixture describes the sku, and the line says itself neither name nor category."#, #"没有测试数据描述这个 sku，这一行也没有写名称或品类。"#),
            remedy: .init(#"add it under `products`, or say `name` and `category` in the line."#, #"加进 `products`，或在这一行写明 `name` 和 `category`。"#),
            wrong: .init(place: .file("fixtures"), text: #"members: {lin: {carts: [{id: c1, updated_at: "2026-03-01 09:00", items: [{sku: SKU9}]}]}}"#),
            right: .init(place: .file("fixtures"), text: #"""
products: {SKU9: {name: 咖啡机}}
members: {lin: {carts: [{id: c1, updated_at: "2026-03-01 09:00", items: [{sku: SKU9}]}]}}
"""#)),
        FindingPage(
            "T029",
            .init(#"an event in a fixture that is nearly a known one"#, #"测试数据里的事件名疑似拼错"#),
            .init(#"Any name may be an event of your own, but this one is a letter or two away from one that nudged or a rule knows."#, #"事件可以自己起名，但这个名字和内置事件或规则里的事件只差一两个字母。"#),
            remedy: .init(#"correct the name."#, #"改正事件名。"#),
            wrong: .init(place: .file("fixtures"), text: #"members: {lin: {events: [{name: order.payed, at: "2026-03-01 09:00"}]}}"#),
            right: .init(place: .file("fixtures"), text: #"members: {lin: {events: [{name: store.visited, at: "2026-03-01 09:00"}]}}"#)),
    ]
}
