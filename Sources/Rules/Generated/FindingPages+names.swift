// swift-format-ignore-file
// Written by Tests/Tools/embed_pages.py from docs/findings/. Change those files, then run `make rules`.

extension FindingPages {
    static let names: [FindingPage] = [
        FindingPage(
            "R201",
            .init(#"an unknown field"#, #"没有这个字段"#),
            .init(#"Nothing that nudged knows of a member, an order or a cart has this name."#, #"会员、订单、购物车里都没有这个名字的字段。"#),
            remedy: .init(#"`nudged fields` lists all of them; the shop's own are in fields.yaml."#, #"用 `nudged fields` 查全部字段；自定义字段在 fields.yaml 里。"#),
            wrong: .init(place: .rule, text: #"if: {member.teir: gold}"#),
            right: .init(place: .rule, text: #"if: {member.tier: gold}"#)),
        FindingPage(
            "R202",
            .init(#"a comparison that does not suit the field"#, #"比较方式不适合这个字段"#),
            .init(#"Texts have no order, numbers have no beginning, lists are asked what they hold."#, #"文字不分大小，数字没有开头，列表只能问包含什么。"#),
            remedy: .init(#"use a comparison that the field knows; the finding lists them."#, #"改用这个字段支持的比较，提示里有列出。"#),
            wrong: .init(place: .rule, text: #"if: {member.tier: {at_least: gold}}"#),
            right: .init(place: .rule, text: #"if: {member.tier: [gold, platinum]}"#)),
        FindingPage(
            "R203",
            .init(#"a name that this rule does not have"#, #"这条规则里没有这个名字"#),
            .init(#"What a rule may name follows from its trigger: an order comes with events of an order, a cart with `cart_idle`. A segment knows only the member."#, #"规则能用哪些字段由触发条件决定：订单类事件有 order，`cart_idle` 有 cart。人群里只有 member。"#),
            remedy: .init(#"use another trigger, or a field of `member`."#, #"换一个触发条件，或改用 `member` 的字段。"#),
            wrong: .init(place: .rule, text: #"""
when: {birthday: {}}
if: {order.total: {at_least: 100}}
"""#),
            right: .init(place: .rule, text: #"""
when: {event: {name: order.paid}}
if: {order.total: {at_least: 100}}
"""#)),
        FindingPage(
            "R204",
            .init(#"nearly the name of a known event"#, #"事件名疑似拼错"#),
            .init(#"Any name may be an event of your own, but this one is a letter or two away from one of ours."#, #"事件可以自己起名，但这个名字和内置事件只差一两个字母。"#),
            remedy: .init(#"correct it; if it is meant, rename it or allow the warning."#, #"改成正确的名字；如果确实是自定义事件，请换个名字或放行。"#),
            wrong: .init(place: .rule, text: #"unless: [order.canceled]"#),
            right: .init(place: .rule, text: #"unless: [order.cancelled]"#)),
        FindingPage(
            "R210",
            .init(#"a condition that can never hold"#, #"永远不成立的条件"#),
            .init(#"Two tests contradict each other, so nobody is ever reached."#, #"两个条件互相矛盾，永远没有人满足。"#),
            remedy: .init(#"remove one of them, or put both under `any:`."#, #"去掉一个，或把两个放到 `any:` 下面。"#),
            wrong: .init(place: .rule, text: #"if: {member.lifetime_spend: {at_least: 5000, less_than: 1000}}"#),
            right: .init(place: .rule, text: #"if: {member.lifetime_spend: {at_least: 1000, less_than: 5000}}"#)),
        FindingPage(
            "R211",
            .init(#"a negative test that matches missing values"#, #"否定条件也会选中缺值的会员"#),
            .init(#"`is_not`, `none_of` and `excludes` also hold where there is no value. With a store `nudged check` counts how many members that are."#, #"`is_not`、`none_of`、`excludes` 对没有值的会员也成立。对照会员库时，`nudged check` 会数出有多少人。"#),
            remedy: .init(#"add `is_set: true`, or allow the warning with a reason."#, #"加上 `is_set: true`，或写明理由放行。"#),
            wrong: .init(place: .rule, text: #"if: {member.region: {none_of: [overseas]}}"#),
            right: .init(place: .rule, text: #"if: {member.region: {is_set: true, none_of: [overseas]}}"#),
            seen: .withStore),
        FindingPage(
            "R220",
            .init(#"a coupon template that is unknown, or has run out"#, #"券模板不存在，或券码已发完"#),
            .init(#"No file of coupons declares it. With a store it is also a warning that a pool has no codes left, or fewer than went out in the last seven days."#, #"coupons 文件里没有登记它。对照会员库时，券码池已空、或剩余不足最近七天的发放量，也会警告。"#),
            remedy: .init(#"correct the id, or declare the coupon in coupons.yaml; import codes with `nudged import coupon_codes`."#, #"改正编号，或在 coupons.yaml 里登记；用 `nudged import coupon_codes` 补充券码。"#),
            wrong: .init(place: .rule, text: #"""
do:
  - give_coupon: {template: BDAY-30OF}
"""#),
            right: .init(place: .rule, text: #"""
do:
  - give_coupon: {template: BDAY-30OFF}
"""#)),
        FindingPage(
            "R221",
            .init(#"an unknown message template"#, #"没有这个消息模板"#),
            .init(#"No file of templates declares it."#, #"templates 文件里没有登记它。"#),
            remedy: .init(#"correct the id, or write the template in templates.yaml."#, #"改正编号，或在 templates.yaml 里写好模板。"#),
            wrong: .init(place: .rule, text: #"""
do:
  - send: {try: [{wechat: {template: wx_helo}}], fill: {name: member.display_name}}
"""#),
            right: .init(place: .rule, text: #"""
do:
  - send: {try: [{wechat: {template: wx_hello}}], fill: {name: member.display_name}}
"""#)),
        FindingPage(
            "R222",
            .init(#"an unknown segment"#, #"没有这个人群"#),
            .init(#"No file of segments declares it."#, #"segments 文件里没有登记它。"#),
            remedy: .init(#"correct the id, or declare the segment in segments.yaml."#, #"改正编号，或在 segments.yaml 里登记。"#),
            wrong: .init(place: .rule, text: #"audience: {in: [sleepy]}"#),
            right: .init(place: .rule, text: #"audience: {in: [sleeping]}"#)),
        FindingPage(
            "R223",
            .init(#"an unknown channel"#, #"没有这个渠道"#),
            .init(#"Channels are the keys under `channels:` of nudged.yaml; without one, sms, wechat, email, wecom, push, webhook and log are known. A template is written for one of them."#, #"渠道就是 nudged.yaml 里 `channels:` 下的名字；没有配置时只有 sms、wechat、email、wecom、push、webhook、log。模板只属于其中一个。"#),
            remedy: .init(#"name a channel that there is, and a template written for it."#, #"写已有的渠道，并用为它写的模板。"#),
            wrong: .init(place: .rule, text: #"""
do:
  - send: {try: [{fax: {template: wx_hello}}], fill: {name: member.display_name}}
"""#),
            right: .init(place: .rule, text: #"""
do:
  - send: {try: [{wechat: {template: wx_hello}}], fill: {name: member.display_name}}
"""#)),
    ]
}
