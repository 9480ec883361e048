// swift-format-ignore-file
// Written by Tests/Tools/embed_pages.py from docs/help/. Change those files, then run `make rules`.

extension HelpTopic {
    static let writing: [HelpTopic] = [
        HelpTopic(
            name: "times",
            others: ["time", "dates", "durations", "clock", "timezone"],
            title: .init(#"Times, dates and durations"#, #"时间、日期和时长"#),
            example: nil,
            text: .init(#"""
time of day    at: "09:30"       two digits each, in quotes; on the member's own clock
date           2026-03-08        year, month, day; a birthday may have no year: "--03-08"
duration       30m 24h 7d 2w     one number, one unit; m and h are exact, d and w are calendar days
months         90d               there are no months and no years: say how many days

`days_before` and `days_after` count whole days from the day itself, then `at` sets the time.
`after: 3d` keeps the time of the event; with `at` the time is replaced.
29 February is kept on 28 February in other years; lunar birthdays without their leap month or their
day 30 take the ordinary month and the last day. settings.yaml says otherwise under `birthdays`.
The clock is the member's timezone, else the store's, else `timezone` of settings.yaml.
"""#, #"""
时间      at: "09:30"       时和分各两位，加引号；按会员当地时间
日期      2026-03-08        年-月-日；生日可以没有年份："--03-08"
时长      30m 24h 7d 2w     一个数加一个单位；m、h 精确，d、w 按日历天
月        90d               没有“月”和“年”，请写多少天

`days_before`、`days_after` 从当天起数整天，再用 `at` 定时刻。
`after: 3d` 保持事件的时刻；写了 `at` 就改成它。
2 月 29 日生日平年按 2 月 28 日；农历缺闰月按平月，缺三十按月末。可在 settings.yaml 的 `birthdays` 修改。
时区依次取会员的、门店的、settings.yaml 的 `timezone`。
"""#),
            page: "how-it-decides"),
        HelpTopic(
            name: "conditions",
            others: ["if", "operators", "comparisons"],
            title: .init(#"Conditions: who is meant"#, #"条件：说的是谁"#),
            example: nil,
            text: .init(#"""
if:
  member.tier: [gold, platinum]                    one of these
  member.lifetime_spend: {at_least: 5000}          in yuan
  member.last_order_at: {more_than_ago: 90d}
  member.tags: {includes: vip}
  none: [{member.city: 上海}]                      not these
  order.total: {less_than: {field: member.average_order_value, times: 0.5}}

All lines must hold; `any:` takes a list of which one must hold, `none:` one of which none may.
Text       is, is_not, any_of, none_of, starts_with, contains
Numbers    is, at_least, more_than, at_most, less_than, between: [1, 5]
Times      is, before, after, between, within_last, more_than_ago, within_next
Lists      includes, includes_any, includes_all, excludes
Anything   is_set: true or false
A test on a value that is missing fails, and its opposite holds.
`nudged fields` lists the fields, those of fields.yaml too.
"""#, #"""
if:
  member.tier: [gold, platinum]                    其中之一
  member.lifetime_spend: {at_least: 5000}          单位元
  member.last_order_at: {more_than_ago: 90d}
  member.tags: {includes: vip}
  none: [{member.city: 上海}]                      不是这些
  order.total: {less_than: {field: member.average_order_value, times: 0.5}}

每一行都要成立；`any:` 的列表有一条成立即可，`none:` 的列表一条都不能成立。
文本      is, is_not, any_of, none_of, starts_with, contains
数字      is, at_least, more_than, at_most, less_than, between: [1, 5]
时间      is, before, after, between, within_last, more_than_ago, within_next
列表      includes, includes_any, includes_all, excludes
任何值    is_set: true 或 false
值缺失时条件不成立，反面条件成立。
`nudged fields` 列出全部字段，含 fields.yaml 的。
"""#),
            page: "how-it-decides"),
        HelpTopic(
            name: "templates",
            others: ["template", "texts", "filters", "placeholders"],
            title: .init(#"Templates: the texts of messages"#, #"模板：消息的文字"#),
            example: #"""
- id: sms_points
  channel: sms
  text: "【星河百货】您有{{ amount }}积分{{ date | date: '%m月%d日' }}到期。拒收请回复R"
  values: {amount: number, date: date}
"""#,
            text: .init(#"""
`fill` of the rule says which field goes into which place. A value that can be missing needs
`| default: '…'`, or `{% if value %}…{% endif %}` around it.
Filters   default, date, money, truncate, upcase, downcase, plus, minus, times, join, first, size, link
Types     text, code, number, money, date, instant, list; {type: text, max: 10} cuts longer texts
An advertising SMS begins with 【signature】 and says how to refuse it; 70 characters are one message.
"""#, #"""
规则的 `fill` 写明哪个空填哪个字段。可能缺失的值要写 `| default: '…'`，
或用 `{% if 值 %}…{% endif %}` 包起来。
过滤器    default, date, money, truncate, upcase, downcase, plus, minus, times, join, first, size, link
类型      text, code, number, money, date, instant, list；{type: text, max: 10} 截断过长的文字
营销短信以【签名】开头，并写明退订方式；70 个字按一条计费。
"""#),
            page: "templates"),
        HelpTopic(
            name: "events",
            others: ["event", "history", "unless"],
            title: .init(#"Events: what rules wait for, count and cancel by"#, #"事件：规则等待、计数、取消的依据"#),
            example: #"""
when:   {event: {name: order.paid, after: 1h}}
unless: [order.refunded, {event: order.paid, where: {category: milk}}]
if:     {history: [{event: order.paid, times: {at_least: 2}, within_last: 90d}]}
"""#,
            text: .init(#"""
Known    order.paid, order.cancelled, order.refunded, cart.updated, cart.emptied, product.viewed,
         store.visited, member.registered, member.tier_changed, complaint.opened, complaint.resolved,
         coupon.used, coupon.given, points.earned, points.spent, message.sent, message.delivered,
         message.clicked, message.replied, task.done, consent.requested,
         consent.confirmed
Any other name is an event of your own; its data is read as trigger.data.KEY.
They come by `nudged import events`, `nudged ingest`, or over HTTP.
"""#, #"""
内置     order.paid, order.cancelled, order.refunded, cart.updated, cart.emptied, product.viewed,
         store.visited, member.registered, member.tier_changed, complaint.opened, complaint.resolved,
         coupon.used, coupon.given, points.earned, points.spent, message.sent, message.delivered,
         message.clicked, message.replied, task.done, consent.requested,
         consent.confirmed
其他名字都是自定义事件，数据用 trigger.data.键 读取。
由 `nudged import events`、`nudged ingest` 或 HTTP 送来。
"""#),
            page: "events"),
        HelpTopic(
            name: "saved-values",
            others: ["save-as", "saved", "combine", "recommend", "give-coupon", "fill"],
            title: .init(#"Names that steps save for later ones"#, #"save_as：前一步留给后一步的名字"#),
            example: nil,
            text: .init(#"""
give_coupon  save_as: gift      gift.code, gift.valid_until, gift.face_value, gift.template
recommend    save_as: picks     picks, picks.count, picks.first.name, .sku, .category, .price
combine      save_as: coupons   coupons, coupons.count, coupons.first.face_value, .expires_at, …

A name is known to the steps behind it on the same path. A name that every branch of `choose` and
`otherwise` save by the same action is known after them: one coupon by tier, then one `send`.
`picks` may be empty with  if_empty: continue : ask  {picks: {is_set: true}}  or write a default.
What `give_coupon` saved cannot be asked in a condition; ask for the stock with `coupon_stock`.
"""#, #"""
give_coupon  save_as: gift      gift.code、gift.valid_until、gift.face_value、gift.template
recommend    save_as: picks     picks、picks.count、picks.first.name、.sku、.category、.price
combine      save_as: coupons   coupons、coupons.count、coupons.first.face_value、.expires_at 等

名字在同一条路径上、写它之后的步骤里可用。`choose` 的每个分支和 `otherwise` 都用同一动作存下的名字，
之后也能用：券按等级不同，`send` 只写一个。
写了  if_empty: continue  时 `picks` 可能为空：用  {picks: {is_set: true}}  判断，或在模板里写 default。
`give_coupon` 存的名字不能写进条件；要看库存请用 `coupon_stock`。
"""#),
            page: "templates"),
        HelpTopic(
            name: "derived-fields",
            others: ["fields.yaml", "attributes", "attr", "custom-fields", "sql"],
            title: .init(#"Fields of your own: attributes and SQL"#, #"自定义字段：属性和 SQL"#),
            example: #"""
fields:
  - {id: member.attr.due_date, type: date, description: 预产期}
  - id: member.days_since_visit
    type: number
    description: 距上次到店天数
    sql: {sqlite: "…", postgresql: "…"}
"""#,
            text: .init(#"""
member.attr.NAME  comes with `import members` and with fixtures (`attr: {due_date: "2026-05-10"}`).
A field with `sql` is one expression over m, the row of the member; money is in fen.
Types: text, code, number, money, date, instant, list, bool. `nudged fields` lists yours, too.
"""#, #"""
member.attr.名字  随 `import members` 导入，示例会员里写 `attr: {due_date: "2026-05-10"}`。
写了 `sql` 的字段是以会员行 m 为准的一个表达式；金额单位是分。
类型：text、code、number、money、date、instant、list、bool。`nudged fields` 也会列出它们。
"""#),
            page: "derived-fields"),
    ]
}
