// swift-format-ignore-file
// Written by Tests/Tools/embed_pages.py from docs/findings/. Change those files, then run `make rules`.

extension FindingPages {
    static let sending: [FindingPage] = [
        FindingPage(
            "R224",
            .init(#"`fill` and the placeholders differ"#, #"`fill` 和占位符对不上"#),
            .init(#"Every placeholder of a template needs a field, and every entry of `fill` a placeholder. A list needs items with what the template uses of them."#, #"模板的每个空都要有字段来填，`fill` 的每一项也都要有对应的空。模板用到列表各项的哪些键，填的列表就要有哪些。"#),
            remedy: .init(#"add the missing entry, or take the superfluous one away."#, #"补上缺的，去掉多的。"#),
            wrong: .init(place: .rule, text: #"""
do:
  - send: {try: [{wechat: {template: wx_hello}}], fill: {nme: member.display_name}}
"""#),
            right: .init(place: .rule, text: #"""
do:
  - send: {try: [{wechat: {template: wx_hello}}], fill: {name: member.display_name}}
"""#)),
        FindingPage(
            "R225",
            .init(#"a template that cannot be read"#, #"模板写法有误"#),
            .init(#"A tag is not closed, or a placeholder, a filter or a part of a list's items is unknown."#, #"标签没有闭合，或用了未声明的占位符、不认识的过滤器、列表各项没有的键。"#),
            remedy: .init(#"declare the placeholder under `values`; close every `{{` and `{%`."#, #"在 `values` 里声明占位符；每个 `{{`、`{%` 都要闭合。"#),
            wrong: .init(place: .file("templates"), text: #"templates: [{id: wx_new, channel: wechat, text: "{{ nam }}", values: {name: text}}]"#),
            right: .init(place: .file("templates"), text: #"templates: [{id: wx_new, channel: wechat, text: "{{ name }}", values: {name: text}}]"#)),
        FindingPage(
            "R226",
            .init(#"a date format without a code"#, #"日期格式里没有代码"#),
            .init(#"`date` replaces codes such as `%Y`; a format without any is printed as it stands."#, #"`date` 只替换 `%Y` 一类的代码；没有代码的格式会原样印出来。"#),
            remedy: .init(#"write the codes: `%Y` year, `%m` month, `%d` day, `%H:%M` the time."#, #"写代码：`%Y` 年、`%m` 月、`%d` 日、`%H:%M` 时间。"#),
            wrong: .init(place: .file("templates"), text: #"templates: [{id: wx_day, channel: wechat, text: "{{ day | date: 'YYYY-MM-DD' }}", values: {day: date}}]"#),
            right: .init(place: .file("templates"), text: #"templates: [{id: wx_day, channel: wechat, text: "{{ day | date: '%Y-%m-%d' }}", values: {day: date}}]"#)),
        FindingPage(
            "R227",
            .init(#"a value that can be missing, without a default"#, #"可能缺的值没有默认"#),
            .init(#"Some members have no such value, and nobody shall be "Dear null"."#, #"有的会员没有这个值，不能发出“尊敬的 null”。"#),
            remedy: .init(#"give the placeholder a `default` in the template, or ask for the value under `if`."#, #"在模板里写 `default`，或在 `if` 里要求它有值。"#),
            wrong: .init(place: .rule, text: #"""
when: {birthday: {}}
do:
  - give_coupon: {template: BDAY-30OFF, save_as: gift}
  - send: {try: [{wechat: {template: wx_code}}], fill: {name: member.display_name, code: gift.code}}
"""#),
            right: .init(place: .rule, text: #"""
when: {birthday: {}}
if: {member.display_name: {is_set: true}}
do:
  - give_coupon: {template: BDAY-30OFF, save_as: gift}
  - send: {try: [{wechat: {template: wx_code}}], fill: {name: member.display_name, code: gift.code}}
"""#)),
        FindingPage(
            "R228",
            .init(#"an SMS longer than one message"#, #"短信超过一条"#),
            .init(#"70 characters fit into one SMS; a longer text is billed by pieces of 67."#, #"一条短信 70 个字；超过的按每 67 字一条计费。"#),
            remedy: .init(#"shorten the text, or allow the warning."#, #"缩短文案，或放行这条警告。"#),
            wrong: .init(place: .file("templates"), text: #"""
templates:
  - id: sms_long
    channel: sms
    text: "【星河】感谢您一直以来的支持与信任，我们为您准备了一份小小的心意，欢迎随时到店里来领取。感谢您一直以来的支持与信任，我们为您准备了一份小小的心意，欢迎随时到店里来领取。拒收请回复R"
    values: {}
"""#),
            right: .init(place: .file("templates"), text: #"""
templates:
  - id: sms_long
    channel: sms
    text: "【星河】感谢您一直以来的支持与信任，我们为您准备了一份小小的心意，欢迎随时到店里来领取。拒收请回复R"
    values: {}
"""#)),
        FindingPage(
            "R229",
            .init(#"an advertising SMS without sender or opt-out"#, #"营销短信缺签名或退订提示"#),
            .init(#"The law wants both: who writes, and how to stop it."#, #"法规要求写明发送方和退订方式。"#),
            remedy: .init(#"begin with 【sender】 and end with words such as 拒收请回复R."#, #"开头写【签名】，结尾写“拒收请回复R”一类的话。"#),
            wrong: .init(place: .rule, text: #"""
do:
  - send: {try: [{sms: {template: sms_bare}}]}
"""#),
            right: .init(place: .rule, text: #"""
do:
  - send: {try: [{sms: {template: sms_hello}}], fill: {name: member.display_name}}
"""#)),
        FindingPage(
            "R230",
            .init(#"advertising where the channel forbids it"#, #"渠道不允许发营销内容"#),
            .init(#"Some kinds of messages, such as WeChat's template messages, may only inform."#, #"有的消息（如公众号模板消息）只能用于通知，不能做营销。"#),
            remedy: .init(#"use another channel, or make it a service message."#, #"换一个渠道，或改为服务类消息。"#),
            wrong: .init(place: .rule, text: #"""
purpose: marketing
do:
  - send: {try: [{wechat: {template: wx_hello}}], fill: {name: member.display_name}}
"""#),
            right: .init(place: .rule, text: #"""
purpose: marketing
do:
  - send: {try: [{sms: {template: sms_hello}}], fill: {name: member.display_name}}
"""#),
            seen: .withStore),
        FindingPage(
            "R243",
            .init(#"a template without the provider's number"#, #"模板缺少平台模板号"#),
            .init(#"Some providers, such as Aliyun and Tencent, send only texts that they approved, by the number of the approved template."#, #"阿里云、腾讯云等平台只发送审核通过的文案，按平台模板号发送。"#),
            remedy: .init(#"add the number as `code` of the message template."#, #"在模板里用 `code` 写上平台模板号。"#),
            wrong: .init(place: .file("templates"), text: #"templates: [{id: sms_new, channel: sms, text: "【店】您好,拒收请回复R", values: {}}]"#),
            right: .init(place: .file("templates"), text: #"templates: [{id: sms_new, channel: sms, code: SMS_154950909, text: "【店】您好,拒收请回复R", values: {}}]"#),
            seen: .withStore),
        FindingPage(
            "R244",
            .init(#"a link that cannot be made"#, #"无法生成的链接"#),
            .init(#"The text has `unsubscribe_url` or a short link, and nudged.yaml does not say where links begin."#, #"文案用了 `unsubscribe_url` 或短链接，而 nudged.yaml 没有写链接的开头。"#),
            remedy: .init(#"add `links` with `base_url`, `secret` and `allow_hosts` to nudged.yaml."#, #"在 nudged.yaml 里加上 `links`，写明 `base_url`、`secret` 和 `allow_hosts`。"#),
            wrong: .init(place: .file("templates"), text: #"templates: [{id: sms_new, channel: sms, text: "【店】退订请点 {{ unsubscribe_url }}", values: {}}]"#),
            right: .init(place: .file("templates"), text: #"templates: [{id: sms_new, channel: sms, text: "【店】拒收请回复R", values: {}}]"#),
            seen: .withStore),
        FindingPage(
            "R245",
            .init(#"marketing mail without unsubscribing"#, #"营销邮件没有退订方式"#),
            .init(#"Mail services show a button to unsubscribe, and take marketing without one for spam."#, #"邮箱服务商会显示退订按钮；没有它的营销邮件会被当作垃圾邮件。"#),
            remedy: .init(#"add `links` to nudged.yaml: marketing mail then names the member's own address to unsubscribe at."#, #"在 nudged.yaml 里加上 `links`，营销邮件就会带上会员自己的退订地址。"#),
            wrong: .init(place: .rule, text: #"""
purpose: marketing
do:
  - send: {try: [{email: {template: mail_hello}}]}
"""#),
            right: .init(place: .rule, text: #"""
purpose: marketing
do:
  - send: {try: [{sms: {template: sms_hello}}], fill: {name: member.display_name}}
"""#),
            seen: .withStore),
        FindingPage(
            "R246",
            .init(#"a short link to a host that is not allowed"#, #"短链接指向未允许的域名"#),
            .init(#"A short link begins with the shop's own name, so it may lead only where the shop says."#, #"短链接以本店域名开头，所以只能指向本店写明的域名。"#),
            remedy: .init(#"add the host to `allow_hosts` under `links` in nudged.yaml."#, #"把域名加进 nudged.yaml 中 `links` 的 `allow_hosts`。"#),
            wrong: .init(place: .file("templates"), text: #"templates: [{id: sms_new, channel: sms, text: "【店】{{ 'https://other.example.org/a' | link: sale }} 拒收请回复R", values: {}}]"#),
            right: .init(place: .file("templates"), text: #"templates: [{id: sms_new, channel: sms, text: "【店】{{ 'https://shop.example.com/a' | link: sale }} 拒收请回复R", values: {}}]"#),
            seen: .withStore),
        FindingPage(
            "R247",
            .init(#"a budget of a channel that nothing uses"#, #"给没有规则使用的渠道设了预算"#),
            .init(#"The settings limit what a channel may cost in a day, and no rule sends by that channel: the limit may be meant for another one."#, #"设置里限制了某个渠道每天的花费，却没有规则用它发送：可能写错了渠道。"#),
            remedy: .init(#"name the channel that rules send by, or take the budget away."#, #"改成规则使用的渠道，或删去预算。"#),
            wrong: .init(place: .file("settings"), text: #"""
prices: {per_message: {email: 0.01}}
budget: {email: {per_day: 500}}
"""#),
            right: .init(place: .file("settings"), text: #"""
prices: {sms_segment: 0.05}
budget: {sms: {per_day: 500}}
"""#),
            seen: .withStore),
        FindingPage(
            "R248",
            .init(#"a budget without a price"#, #"有预算却没有单价"#),
            .init(#"A budget counts what messages cost, and the settings state no price for the channel, so its messages cost nothing."#, #"预算按消息的花费计算；设置里没有这个渠道的单价，它的消息就不花钱。"#),
            remedy: .init(#"state the price: `sms_segment` for channels that go to phones, else `per_message`."#, #"写上单价：发往手机的渠道用 `sms_segment`，其他用 `per_message`。"#),
            wrong: .init(place: .file("settings"), text: #"budget: {sms: {per_day: 500}}"#),
            right: .init(place: .file("settings"), text: #"""
prices: {sms_segment: 0.05}
budget: {sms: {per_day: 500}}
"""#)),
        FindingPage(
            "R231",
            .init(#"every message falls into the quiet hours"#, #"每条消息都落在免打扰时段"#),
            .init(#"The rule is due inside the quiet hours, so all its messages wait until they end."#, #"规则的时间在免打扰时段内，所有消息都要等到时段结束。"#),
            remedy: .init(#"choose a time outside the quiet hours."#, #"换到免打扰时段以外的时间。"#),
            wrong: .init(place: .rule, text: #"when: {birthday: {at: "22:30"}}"#),
            right: .init(place: .rule, text: #"when: {birthday: {at: "10:00"}}"#)),
        FindingPage(
            "R232",
            .init(#"service without being a service owner"#, #"没有权限使用服务类用途"#),
            .init(#"`purpose: service` skips quiet hours and caps, so the settings list who may use it."#, #"`purpose: service` 不受免打扰和频次限制，所以设置里列明了哪些团队可用。"#),
            remedy: .init(#"add the owner to `service_owners`, or say `purpose: marketing`."#, #"把团队加入 `service_owners`，或改用 `purpose: marketing`。"#),
            wrong: .init(place: .file("rules"), text: #"""
rules:
  - {id: r, status: live, owner: crm-team, purpose: service, when: {event: {name: order.paid}}, do: [{add_tag: vip}]}
"""#),
            right: .init(place: .file("rules"), text: #"""
rules:
  - {id: r, status: live, owner: loyalty, purpose: service, when: {event: {name: order.paid}}, do: [{add_tag: vip}]}
"""#)),
        FindingPage(
            "R233",
            .init(#"two messages on one path"#, #"同一路径发了两条消息"#),
            .init(#"A member gets at most one message from an occasion of a rule."#, #"一条规则的一次触发，最多给会员发一条消息。"#),
            remedy: .init(#"keep one `send`; list several channels under its `try`."#, #"只留一个 `send`；多个渠道写在它的 `try` 里。"#),
            wrong: .init(place: .rule, text: #"""
do:
  - send: {try: [{wechat: {template: wx_hello}}], fill: {name: member.display_name}}
  - send: {try: [{sms: {template: sms_hello}}], fill: {name: member.display_name}}
"""#),
            right: .init(place: .rule, text: #"""
do:
  - send: {try: [{wechat: {template: wx_hello}}, {sms: {template: sms_hello}}], fill: {name: member.display_name}}
"""#)),
        FindingPage(
            "R238",
            .init(#"a placeholder of another tool"#, #"别的工具的占位符"#),
            .init(#"`${name}`, `$name`, `{1}`, `%name%`, `<name>` and their kin mean nothing here: members would read them as they stand."#, #"`${name}`、`$name`、`{1}`、`%name%`、`<name>` 一类在这里不起作用，会员会原样看到。"#),
            remedy: .init(#"write `{{ name }}`."#, #"请写 `{{ name }}`。"#),
            wrong: .init(place: .file("templates"), text: #"templates: [{id: wx_new, channel: wechat, text: "${name}，您好", values: {name: text}}]"#),
            right: .init(place: .file("templates"), text: #"templates: [{id: wx_new, channel: wechat, text: "{{ name }}，您好", values: {name: text}}]"#)),
        FindingPage(
            "R239",
            .init(#"a value that no text uses"#, #"声明了却没用到的值"#),
            .init(#"The value is declared and filled, and no text of the template shows it."#, #"这个值声明了、也填了，但模板的文案里没有用到。"#),
            remedy: .init(#"put it into the text, or take it away from `values` and `fill`."#, #"把它写进文案，或从 `values` 和 `fill` 里删掉。"#),
            wrong: .init(place: .file("templates"), text: #"templates: [{id: wx_new, channel: wechat, text: "您好", values: {name: text}}]"#),
            right: .init(place: .file("templates"), text: #"templates: [{id: wx_new, channel: wechat, text: "{{ name }}，您好", values: {name: text}}]"#)),
        FindingPage(
            "R234",
            .init(#"`unless` without a wait"#, #"`unless` 没有可取消的等待"#),
            .init(#"`unless` cancels a wait that began with an event; a date is not waited for."#, #"`unless` 取消由事件开始的等待；日期类触发没有这样的等待。"#),
            remedy: .init(#"say it as a condition on the history."#, #"改写成 `history` 条件。"#),
            wrong: .init(place: .rule, text: #"""
when: {birthday: {}}
unless: [order.paid]
"""#),
            right: .init(place: .rule, text: #"""
when: {birthday: {}}
if: {history: [{event: order.paid, times: 0, within_last: 7d}]}
"""#)),
        FindingPage(
            "R235",
            .init(#"no index can serve this rule"#, #"这条规则用不上索引"#),
            .init(#"The SQL of a derived field goes through a whole table for each member. What nudged asks itself is always served by an index."#, #"派生字段的 SQL 会为每个会员扫描整张表。nudged 自己的查询都有索引。"#),
            remedy: .init(#"begin the subquery with the member: `WHERE x.member = m.id`."#, #"子查询以会员开头：`WHERE x.member = m.id`。"#),
            wrong: .init(place: .file("fields"), text: #"""
fields:
  - {id: member.gifts, type: number, description: 赠券数, sql: {sqlite: "(SELECT COUNT(*) FROM coupons x WHERE x.rule = m.tier)"}}
"""#),
            right: .init(place: .file("fields"), text: #"""
fields:
  - {id: member.gifts, type: number, description: 赠券数, sql: {sqlite: "(SELECT COUNT(*) FROM coupons x WHERE x.member = m.id)"}}
"""#),
            seen: .withStore),
        FindingPage(
            "R237",
            .init(#"SQL that the store cannot run"#, #"会员库无法执行的 SQL"#),
            .init(#"The SQL of a derived field names a table, a column or a function that is not there, or is no scalar expression. A daemon keeps the rules that it has."#, #"派生字段的 SQL 用了不存在的表、列或函数，或者不是单值表达式。守护进程会保留原有规则。"#),
            remedy: .init(#"correct the SQL; `m` is the row of members, `:now` the instant."#, #"改正 SQL；`m` 是会员这一行，`:now` 是当前时刻。"#),
            wrong: .init(place: .file("fields"), text: #"""
fields:
  - {id: member.nick, type: text, description: 昵称, sql: {sqlite: "m.nickname"}}
"""#),
            right: .init(place: .file("fields"), text: #"""
fields:
  - {id: member.nick, type: text, description: 昵称, sql: {sqlite: "m.display_name"}}
"""#),
            seen: .withStore),
        FindingPage(
            "R236",
            .init(#"a price of one's own"#, #"因人而异的价格"#),
            .init(#"The law (PIPL Art. 24) forbids unreasonable differences in price by automated decisions. A coupon whose worth hangs on a member's spend, scores, age or place, or a price filled from the member, looks like one."#, #"《个人信息保护法》第二十四条禁止通过自动化决策在价格上实行不合理的差别待遇。按消费额、评分、年龄、地区给不同面额的券，或用会员字段填写价格，都容易构成这种情形。"#),
            remedy: .init(#"tie the benefit to the tier or to the order, or allow the warning and say where the offer is published."#, #"按等级或订单给优惠；如果规则已公示，放行这条警告并写明出处。"#),
            wrong: .init(place: .rule, text: #"""
do:
  - send: {try: [{wechat: {template: wx_price}}], fill: {price: member.average_order_value}}
"""#),
            right: .init(place: .rule, text: #"""
do:
  - send: {try: [{wechat: {template: wx_price}}], fill: {price: order.total}}
"""#)),
    ]
}
