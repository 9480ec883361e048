// swift-format-ignore-file
// Written by Tests/Tools/embed_pages.py from docs/findings/. Change those files, then run `make rules`.

extension FindingPages {
    static let files: [FindingPage] = [
        FindingPage(
            "R240",
            .init(#"a rule id used twice"#, #"规则编号重复"#),
            .init(#"Limits and reports hang on the id, also those of rules long retired."#, #"频次限制和报表都按编号统计，已下线的规则也算。"#),
            remedy: .init(#"give the newer rule an id of its own."#, #"给较新的规则换一个编号。"#),
            wrong: .init(place: .file("rules"), text: #"""
rules:
  - {id: a, status: live, owner: crm-team, purpose: marketing, when: {event: {name: order.paid}}, do: [{add_tag: x}]}
  - {id: a, status: live, owner: crm-team, purpose: marketing, when: {event: {name: order.paid}}, do: [{add_tag: y}]}
"""#),
            right: .init(place: .file("rules"), text: #"""
rules:
  - {id: a, status: live, owner: crm-team, purpose: marketing, when: {event: {name: order.paid}}, do: [{add_tag: x}]}
  - {id: b, status: live, owner: crm-team, purpose: marketing, when: {event: {name: order.paid}}, do: [{add_tag: y}]}
"""#)),
        FindingPage(
            "R241",
            .init(#"an id declared twice"#, #"编号重复登记"#),
            .init(#"Two coupons, templates, segments, fields, tiers or festivals have one id."#, #"两个券、模板、人群、字段、等级或节日用了同一个编号。"#),
            remedy: .init(#"give one of the two another id."#, #"给其中一个换编号。"#),
            wrong: .init(place: .file("coupons"), text: #"coupons: [{id: BDAY-30OFF, face_value: 30}, {id: BDAY-30OFF, face_value: 50}]"#),
            right: .init(place: .file("coupons"), text: #"coupons: [{id: BDAY-30OFF, face_value: 30}, {id: BDAY-50OFF, face_value: 50}]"#)),
        FindingPage(
            "R242",
            .init(#"two files of settings"#, #"有两个设置文件"#),
            .init(#"A rule set has one. A file is settings when it has none of the keys rules, templates, segments, …: look for a misspelt one."#, #"一套规则只有一个设置文件。没有 rules、templates、segments 等键的文件都算设置，请检查是不是键名拼错了。"#),
            remedy: .init(#"merge the two, or correct the key that says what the file is."#, #"合并成一个，或改正说明文件类型的键。"#),
            wrong: .init(place: .secondFile("settings"), text: #"clock: shop"#),
            right: .init(place: .file("settings"), text: #"clock: shop"#)),
        FindingPage(
            "R249",
            .init(#"a zone whose sign is the other way round"#, #"正负号相反的时区"#),
            .init(#"By POSIX `Etc/GMT+8` is eight hours behind Greenwich, sixteen hours from Beijing: messages of ten in the morning would leave at two at night."#, #"按 POSIX 的写法，`Etc/GMT+8` 比格林尼治时间慢 8 小时，与北京时间差 16 小时：上午十点的消息会在凌晨两点发出。"#),
            remedy: .init(#"name the place: `Asia/Shanghai`."#, #"写地名：`Asia/Shanghai`。"#),
            wrong: .init(place: .file("settings"), text: #"timezone: Etc/GMT+8"#),
            right: .init(place: .file("settings"), text: #"timezone: Asia/Shanghai"#)),
        FindingPage(
            "R250",
            .init(#"shares that do not make 100%"#, #"实验占比之和不是 100%"#),
            .init(#"The shares divide the members who are not held out."#, #"各组占比分的是对照组以外的会员。"#),
            remedy: .init(#"let the shares add up to 100%; `holdout` is not one of them."#, #"让各组占比合计 100%，`holdout` 不算在内。"#),
            wrong: .init(place: .rule, text: #"""
experiment:
  key: k
  variants:
    a: {share: 50%, do: [{add_tag: a}]}
    b: {share: 40%, do: [{add_tag: b}]}
"""#),
            right: .init(place: .rule, text: #"""
experiment:
  key: k
  variants:
    a: {share: 50%, do: [{add_tag: a}]}
    b: {share: 50%, do: [{add_tag: b}]}
"""#)),
        FindingPage(
            "R251",
            .init(#"a token that can be guessed"#, #"令牌太短"#),
            .init(#"The token is all that keeps strangers from reporting receipts and replies, which may end marketing to a number."#, #"外人能不能上报回执和回复，全靠这个令牌；上报可以让一个号码不再接收营销。"#),
            remedy: .init(#"take at least 16 random letters and digits, such as `openssl rand -hex 16` prints, and tell the provider."#, #"换成至少 16 位随机字母和数字，例如 `openssl rand -hex 16` 的输出，并告知服务商。"#),
            wrong: .init(place: .file("nudged"), text: #"""
store: {url: "sqlite:nudged.db"}
http: {listen: "127.0.0.1:8080"}
channels: {sms: {type: kannel, url: "http://127.0.0.1:13013/", username: u, password: {env: P}, dlr: {base_url: "http://127.0.0.1:8080/callbacks/sms", path_token: {env: TOKEN_OF_EIGHT}}}}
"""#),
            right: .init(place: .file("nudged"), text: #"""
store: {url: "sqlite:nudged.db"}
channels: {sms: {type: log}}
"""#),
            seen: .withStore),
        FindingPage(
            "R252",
            .init(#"a rule for a day that has passed"#, #"规则指定的日期已经过去"#),
            .init(#"A schedule with one date is due on that date only."#, #"只写一个日期的日程只在那天触发。"#),
            remedy: .init(#"write the date that is meant, or retire the rule."#, #"写上要的日期，或把规则下线。"#),
            wrong: .init(place: .rule, text: #"when: {schedule: {on: 2020-11-11, at: "10:00"}}"#),
            right: .init(place: .rule, text: #"when: {schedule: {every: month, on: 11, at: "10:00"}}"#)),
        FindingPage(
            "R253",
            .init(#"a name that nobody in the store has"#, #"数据里没有的名称"#),
            .init(#"Events of your own, tags, cities, categories, skus, dates and values of text fields come with the data. With a store `nudged check` asks whether anybody has them; a typing error would reach nobody, or, negated, everybody."#, #"自定义事件、标签、城市、类目、sku、日期和文本字段的值都随数据而来。对照会员库时，`nudged check` 会查有没有人有；写错了就没有人触达，写在否定条件里则全部触达。"#),
            remedy: .init(#"write it as the data has it, or allow the warning where the data is to come."#, #"按数据里的写法改正；数据还没到的，可以放行。"#),
            wrong: .init(place: .rule, text: #"if: {member.tags: {includes: vip-glod}}"#),
            right: .init(place: .rule, text: #"if: {member.tags: {includes: vip-gold}}"#),
            seen: .withStore),
        FindingPage(
            "R254",
            .init(#"a rule that waits for itself"#, #"规则只等自己触发的事件"#),
            .init(#"The event that starts the rule is raised by nobody but the rule itself."#, #"触发规则的事件只有它自己会产生，所以永远不会开始。"#),
            remedy: .init(#"name the rule that it follows."#, #"写上它要跟随的规则。"#),
            wrong: .init(place: .rule, text: #"when: {event: {name: message.sent, where: {rule: r}, after: 7d}}"#),
            right: .init(place: .rule, text: #"when: {event: {name: message.sent, where: {rule: welcome}, after: 7d}}"#)),
        FindingPage(
            "R255",
            .init(#"quiet hours in the day"#, #"免打扰时段写在了白天"#),
            .init(#"The quiet hours hold messages back from their first time to their last. Those that begin in the morning and end in the evening hold the whole day, and what waited leaves at night; a break of the day alone leaves the night, 23:00 to 07:00, open too."#, #"免打扰时段从开始时间到结束时间不发消息。早上开始、晚上结束的时段会把整个白天挡住，等着的消息反而在夜里发出；只挡白天的一段，夜里 23:00 到 07:00 也照样会发。"#),
            remedy: .init(#"exchange the two times, so that they go over midnight."#, #"把两个时间对调，让时段跨过午夜。"#),
            wrong: .init(place: .file("settings"), text: #"quiet_hours: {from: "09:00", to: "21:00"}"#),
            right: .init(place: .file("settings"), text: #"quiet_hours: {from: "21:00", to: "09:00"}"#)),
        FindingPage(
            "R256",
            .init(#"an empty list that switches something off"#, #"空列表让设置失效"#),
            .init(#"A list of what is held, capped, cancelled or left out does nothing when it has no items."#, #"这种列表写明要挡住、限制、取消或排除什么；一项也没有，就什么也不做。"#),
            remedy: .init(#"name what is meant, or take the key away."#, #"写上要的内容，或删掉这个键。"#),
            wrong: .init(place: .file("settings"), text: #"quiet_hours: {from: "21:00", to: "09:00", applies_to: []}"#),
            right: .init(place: .file("settings"), text: #"quiet_hours: {from: "21:00", to: "09:00", applies_to: [marketing]}"#)),
        FindingPage(
            "R257",
            .init(#"a 0 that switches something off"#, #"0 让设置失效"#),
            .init(#"A budget, a share or a count of 0 means that what it belongs to never happens."#, #"预算、占比或次数写成 0，它管的事就永远不会发生。"#),
            remedy: .init(#"write the number that is meant; to stop something for a while, use `nudged hold`."#, #"写上要的数字；只想暂停的，用 `nudged hold`。"#),
            wrong: .init(place: .file("settings"), text: #"""
prices: {sms_segment: 0.05}
budget: {sms: {per_day: 0}}
"""#),
            right: .init(place: .file("settings"), text: #"""
prices: {sms_segment: 0.05}
budget: {sms: {per_day: 500}}
"""#)),
        FindingPage(
            "R258",
            .init(#"a holdout of everybody"#, #"所有人都是对照组"#),
            .init(#"Who is held out gets nothing, so that others can be compared with them. With 100% there are no others."#, #"对照组什么也收不到，用来和其他会员比较。占比写成 100%，就没有其他会员了。"#),
            remedy: .init(#"hold out a small group, such as 5% or 10%; to stop a rule, pause it."#, #"只留一小部分作对照，例如 5% 或 10%；要停下规则，用 paused。"#),
            wrong: .init(place: .file("settings"), text: #"global_holdout: 100%"#),
            right: .init(place: .file("settings"), text: #"global_holdout: 5%"#)),
        FindingPage(
            "R259",
            .init(#"a stage that another one covers"#, #"生命周期的一个阶段被另一个盖住"#),
            .init(#"A member is `new` from the first order on. Where that lasts longer than `active`, a first order leads from new to cooling, and nobody is active after it."#, #"会员从首单起是 `new`。如果它比 `active` 还长，首单之后就从新客直接变成降温，不会经过活跃。"#),
            remedy: .init(#"let the limits rise: new, active, cooling, sleeping."#, #"让阈值依次变大：new、active、cooling、sleeping。"#),
            wrong: .init(place: .file("settings"), text: #"lifecycle: {new: 180d, active: 90d, cooling: 180d, sleeping: 365d}"#),
            right: .init(place: .file("settings"), text: #"lifecycle: {new: 30d, active: 90d, cooling: 180d, sleeping: 365d}"#)),
        FindingPage(
            "R260",
            .init(#"nothing said about members who are already due"#, #"没有说明存量会员怎么办"#),
            .init(#"When the rule goes live, many members have been silent for long; they would all be reached at once."#, #"规则上线时，很多会员早已沉睡，会一下子全部触发。"#),
            remedy: .init(#"say `existing_members: skip`, or a drip."#, #"写 `existing_members: skip`，或分批放出。"#),
            wrong: .init(place: .rule, text: #"when: {inactive: {for: 90d}}"#),
            right: .init(place: .rule, text: #"""
when: {inactive: {for: 90d}}
existing_members: {drip: 200, every: 1d}
"""#)),
        FindingPage(
            "R261",
            .init(#"a coupon that ends before it is given"#, #"券还没发就已到期"#),
            .init(#"`days_after_occasion` counts from the date itself. A rule that is due days after the date gives the coupon later than that."#, #"`days_after_occasion` 从日期本身算起；在日期之后若干天才触发的规则，发券时可能已经过了这一天。"#),
            remedy: .init(#"count from the sending with `days_after_send`, or further from the date."#, #"改用从发送当天算起的 `days_after_send`，或把天数写得更长。"#),
            wrong: .init(place: .rule, text: #"""
when: {date: {of: baby_birthday, days_after: 100}}
do: [{give_coupon: {template: BDAY-30OFF, valid_until: {days_after_occasion: 7}}}]
"""#),
            right: .init(place: .rule, text: #"""
when: {date: {of: baby_birthday, days_after: 100}}
do: [{give_coupon: {template: BDAY-30OFF, valid_until: {days_after_send: 7}}}]
"""#)),
        FindingPage(
            "R262",
            .init(#"a condition that everybody meets"#, #"人人都满足的条件"#),
            .init(#"Counts and sums are 0 where there is nothing and never less, so a test of 0 or more leaves nobody out."#, #"次数和金额没有记录时就是 0，不会更小；要求 0 或以上，谁也排除不了。"#),
            remedy: .init(#"ask for more than 0, or take the condition away."#, #"要求大于 0，或删去这个条件。"#),
            wrong: .init(place: .rule, text: #"if: {member.lifetime_spend: {at_least: 0}}"#),
            right: .init(place: .rule, text: #"if: {member.lifetime_spend: {more_than: 0}}"#)),
        FindingPage(
            "R263",
            .init(#"a link that confirms nothing"#, #"无可确认的链接"#),
            .init(#"`confirm_url` confirms a yes to marketing on a channel with `double_opt_in`; before it, the member gets no marketing."#, #"`confirm_url` 用来确认对营销的同意，渠道要有 `double_opt_in`；确认之前会员收不到营销消息。"#),
            remedy: .init(#"add `double_opt_in: true` to the channel in nudged.yaml, and send the link by a rule with `purpose: service`."#, #"在 nudged.yaml 的渠道里写 `double_opt_in: true`，并由 `purpose: service` 的规则发送这个链接。"#),
            wrong: .init(place: .file("templates"), text: #"templates: [{id: sms_ask, channel: sms, text: "【店】请确认 {{ confirm_url }}", values: {}}]"#),
            right: .init(place: .file("templates"), text: #"templates: [{id: sms_ask, channel: sms, text: "【店】您好", values: {}}]"#),
            seen: .withStore),
        FindingPage(
            "R264",
            .init(#"a name in the data of an event that nothing has"#, #"事件数据里写了不存在的名称"#),
            .init(#"Messages, coupons and tasks raise events that say which rule, channel and template they are of. A test on a name that there is not, or on a key that such an event does not have, holds for nothing."#, #"消息、发券和任务会产生事件，数据里写明规则、渠道和模板。要求一个不存在的名称，或事件里没有的键，永远不会成立。"#),
            remedy: .init(#"correct the name; allow the warning where an import brings such events, or where a rule of before is meant."#, #"改正名称；这类事件由导入带来、或指的是以前的规则时，可以放行。"#),
            wrong: .init(place: .rule, text: #"unless: [{event: message.sent, where: {chanel: sms}}]"#),
            right: .init(place: .rule, text: #"unless: [{event: message.sent, where: {channel: sms}}]"#)),
        FindingPage(
            "R265",
            .init(#"a version that is compared as a decimal"#, #"版本号被当成小数比较"#),
            .init(#"Data of events is compared as numbers: 2.10 is 2.1, so that 2.9 is more, and 2.11.0 is no number at all."#, #"事件数据按数字比较：2.10 就是 2.1，比 2.9 小；2.11.0 根本不是数字。"#),
            remedy: .init(#"name the versions in quotes, or compare a number that grows with each version."#, #"给版本号加引号逐个写明，或改用随版本递增的数字。"#),
            wrong: .init(place: .rule, text: #"when: {event: {name: app.open, where: {version: {at_least: 2.10}}}}"#),
            right: .init(place: .rule, text: #"when: {event: {name: app.open, where: {version: ["2.10", "2.11"]}}}"#)),
        FindingPage(
            "R266",
            .init(#"a title with places to fill"#, #"任务标题里写了占位符"#),
            .init(#"The title of a task is a fixed text. The member's own values belong into its script, which is a template."#, #"任务标题是固定的文字。会员各自的内容写在话术里，话术才是模板。"#),
            remedy: .init(#"write a fixed title, and print the value in the text of `script`."#, #"标题写固定的文字，取值放进 `script` 的文案。"#),
            wrong: .init(place: .rule, text: #"""
do:
  - create_task: {assignee: 店长, title: "{{ name }} 回访"}
"""#),
            right: .init(place: .rule, text: #"""
do:
  - create_task: {assignee: 店长, title: 回访会员, script: task_call, fill: {name: member.display_name}}
"""#)),
        FindingPage(
            "R267",
            .init(#"a mail without a subject"#, #"邮件没有主题"#),
            .init(#"A mail without a subject is shown as such in every mailbox, and is often taken for spam."#, #"没有主题的邮件在收件箱里很显眼，还常被当成垃圾邮件。"#),
            remedy: .init(#"add `subject`; it may have placeholders."#, #"加上 `subject`，里面可以有占位符。"#),
            wrong: .init(place: .file("templates"), text: #"templates: [{id: mail_new, channel: email, text: "您好", values: {}}]"#),
            right: .init(place: .file("templates"), text: #"templates: [{id: mail_new, channel: email, subject: 新品到店, text: "您好", values: {}}]"#)),
        FindingPage(
            "R301",
            .init(#"outside the table of the Chinese calendar"#, #"超出农历表的年份"#),
            .init(#"Lunar dates are known for the years 1901 to 2100."#, #"农历只收录 1901 到 2100 年。"#),
            remedy: .init(#"check the year; without a year any month and day will do."#, #"核对年份；不写年份则任何月日都可以。"#),
            wrong: .init(place: .file("fixtures"), text: #"members: {lin: {birthday: {calendar: lunar, year: 1800, month: 6, day: 1}}}"#),
            right: .init(place: .file("fixtures"), text: #"members: {lin: {birthday: {calendar: lunar, year: 1990, month: 6, day: 1}}}"#)),
        FindingPage(
            "R401",
            .init(#"more than one rule may ask of the database"#, #"一条规则要得太多"#),
            .init(#"A rule becomes one question to the database, and that has an end: so many events, values and fields fit into it."#, #"一条规则是对数据库的一次提问，能放进去的事件、值、字段有上限。"#),
            remedy: .init(#"make several rules of it, or put long lists of values into one condition."#, #"拆成几条规则，或把很多个值写进一个条件。"#),
            wrong: .init(place: .rule, text: #"unless: [e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13, e14, e15, e16, e17, e18, e19, e20, e21, e22, e23, e24, e25, e26, e27, e28, e29, e30, e31, e32, e33, e34, e35, e36, e37, e38, e39, e40, e41, e42, e43, e44, e45, e46, e47, e48, e49, e50, e51, e52, e53, e54, e55, e56, e57, e58, e59, e60, e61, e62, e63, e64, e65, e66, e67, e68, e69, e70, e71, e72, e73, e74, e75, e76, e77, e78, e79, e80, e81, e82, e83, e84, e85, e86, e87, e88, e89, e90, e91, e92, e93, e94, e95, e96, e97, e98, e99, e100, e101]"#),
            right: .init(place: .rule, text: #"unless: [e1, e2, e3]"#)),
    ]
}
