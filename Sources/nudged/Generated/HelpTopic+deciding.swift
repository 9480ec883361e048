// swift-format-ignore-file
// Written by Tests/Tools/embed_pages.py from docs/help/. Change those files, then run `make rules`.

extension HelpTopic {
    static let deciding: [HelpTopic] = [
        HelpTopic(
            name: "decisions",
            others: ["gates", "order", "outcomes", "because", "priority"],
            title: .init(#"The order in which a message is decided"#, #"决定一条消息的先后顺序"#),
            example: nil,
            text: .init(#"""
The first that objects decides, and is the reason that is written down.

unless          an event cancelled the wait                          cancelled
1 time          the day has passed, or the daemon was away too long  missed
2 conditions    if, audience, a branch of choose                     skipped, not_due
3 personal      the member wants no marketing by own data            suppressed
4 channels      try, in order: address, refusal, consent             suppressed
5 quiet hours   held until they end, then all is asked again         held
6 limits        of the rule, then the shop's caps                    suppressed
7 holdout       the shop's, then the experiment's                    held_out
8 actions       in the order of do                sent, task_created, done, failed

`nudged explain --rule R --member M --at T` shows all of it for one member.
"""#, #"""
第一个拦下的说了算，原因也按它记录。

unless      有事件取消了等待                   cancelled
1 时间      日子已过，或停机太久               missed
2 条件      if、audience、choose 的分支        skipped、not_due
3 个性化    会员不接受个性化营销               suppressed
4 渠道      按 try 的顺序看地址、拒收、授权    suppressed
5 免打扰    等到时段结束，再从头问一遍         held
6 上限      规则自己的，再是全店频次           suppressed
7 对照组    全店的，再是实验的                 held_out
8 动作      按 do 的顺序                       sent、task_created、done、failed

`nudged explain --rule 规则 --member 会员 --at 时间` 逐项列出一位会员的经过。
"""#),
            page: "how-it-decides"),
        HelpTopic(
            name: "quiet-hours",
            others: ["quiet", "quiet-hour", "night", "held"],
            title: .init(#"Quiet hours"#, #"免打扰时段"#),
            example: #"""
quiet_hours:
  from: "21:00"
  to: "09:00"
  days: [saturday, sunday]
  applies_to: [marketing]
"""#,
            text: .init(#"""
`days` are quiet whole; `applies_to` is marketing where nothing is said.
A message that is due inside them is `held` until they end; then every question is asked again, and who
bought meanwhile gets nothing. No coupon is given and nothing is counted while it is held.
Service messages are not held. The clock is the member's. A rule whose `at` lies inside is found by
`nudged check` (R231).
"""#, #"""
`days` 列出的日子全天免打扰；`applies_to` 不写就是营销消息。
时段内到时的消息先 `held`，结束后从头再问一遍：期间已经买了的就不发。等待期间不发券、不计数。
服务消息不受影响。按会员当地时间。规则的 `at` 落在时段内时 `nudged check` 会指出（R231）。
"""#),
            page: "how-it-decides"),
        HelpTopic(
            name: "caps",
            others: ["cap", "limits", "frequency", "frequency-cap", "at-most", "once-per"],
            title: .init(#"Caps and limits: how often"#, #"频次上限：多久一条"#),
            example: nil,
            text: .init(#"""
settings.yaml    frequency_cap: [{times: 1, in: 1d}, {times: 1, in: 60d, segment: sleeping}]
a rule           limits: {once_per: birthday, at_most: {times: 1, in: 60d}}

`frequency_cap` counts the marketing of all rules to a member, and to the same address on that channel.
`limits.at_most` counts this rule alone, service rules too.
1d is the calendar day, 7d today and the six days before; hours roll.
A message that a cap stops is `suppressed`, and not sent later. Of several that are due at one
instant the one with the higher `priority` gets the place.
"""#, #"""
settings.yaml    frequency_cap: [{times: 1, in: 1d}, {times: 1, in: 60d, segment: sleeping}]
规则里           limits: {once_per: birthday, at_most: {times: 1, in: 60d}}

`frequency_cap` 把所有规则发给一位会员（以及同一地址）的营销消息一起数。
`limits.at_most` 只数这一条规则，服务规则也算。
1d 是当天，7d 是今天和之前六天；小时按滚动计算。
被上限拦下的消息记为 `suppressed`，之后不补发。同一时刻到时的几条，`priority` 高的先占名额。
"""#),
            page: "how-it-decides"),
        HelpTopic(
            name: "consent",
            others: ["consents", "opt-out", "unsubscribe", "suppressions", "marketing", "service", "purpose"],
            title: .init(#"Consent: marketing and service"#, #"授权：营销与服务"#),
            example: nil,
            text: .init(#"""
purpose: marketing   needs a grant for the channel; nothing said is not granted
purpose: service     about an order, points or a visit; needs none, and respects a refusal of service;
                     only for owners under `service_owners` of settings.yaml

A no counts from the moment it is stored, and for everyone with the same address on that channel.
In   nudged import consents FILE, nudged import suppressions FILE (lists of addresses), replies such
     as 退订, the links of mails
By hand   nudged consents MEMBER
Asked   double_opt_in: true of a channel, with a rule on consent.requested; minors: {under: 14} of
        settings.yaml asks for a guardian's yes (docs/consent.md)
"""#, #"""
purpose: marketing   该渠道要有明确授权；没说过就是没有
purpose: service     与订单、积分、到店有关；不需授权，但尊重服务退订；
                     只有 settings.yaml 的 `service_owners` 里的团队能写

拒绝从存下的那一刻起生效，对同一渠道上同一地址的所有会员有效。
来源      nudged import consents 文件、nudged import suppressions 文件（按地址的名单）、
          “退订”一类的回复、邮件里的退订链接
手工      nudged consents 会员
确认      渠道的 double_opt_in: true，配一条 consent.requested 的规则；settings.yaml 的 minors: {under: 14}
          要求监护人同意（docs/consent.zh-CN.md）
"""#),
            page: "how-it-decides"),
        HelpTopic(
            name: "going-live",
            others: ["status", "live", "shadow", "draft", "paused", "plan", "existing-members"],
            title: .init(#"Going live, and what an edit does"#, #"上线，以及改动的后果"#),
            example: nil,
            text: .init(#"""
status   draft    checked, never loaded        shadow   decided and recorded, nothing leaves
         live     runs                         paused   waits stay, nothing is sent
         retired  the id stays reserved

nudged check --deny warnings      every finding of every file
nudged test --coverage            the tests, and what they do not show
nudged plan                       who would get what that did not, edited texts, cost
nudged plan --format markdown     the same for a merge request

A rule never acts for what was due before it went live. `inactive` says with `existing_members` what
happens to those who are silent already. A rule that runs again after a pause catches up what
`if_late` still allows; festivals and schedules are not caught up.
"""#, #"""
status   draft    只检查，不加载          shadow   只决定和记录，不发出
         live     运行                    paused   等待保留，不发送
         retired  编号保留

nudged check --deny warnings      每个文件的每个问题
nudged test --coverage            跑测试，并列出没测到的
nudged plan                       谁会多收到、少收到，改了哪些文字，花多少钱
nudged plan --format markdown     同样内容，贴进合并请求

规则上线之前到时的事一律不补。`inactive` 用 `existing_members` 写明已经沉默的会员怎么办。
暂停后恢复的规则，补做 `if_late` 还允许的；节日和定时不补。
"""#),
            page: "how-it-decides"),
    ]
}
