// swift-format-ignore-file
// Written by Tests/Tools/embed_pages.py from docs/findings/. Change those files, then run `make rules`.

extension FindingPages {
    static let values: [FindingPage] = [
        FindingPage(
            "R101",
            .init(#"an unknown key"#, #"未知的键"#),
            .init(#"The block has no such key: a slip of the pen, a word from another program, or a key of another block."#, #"这个块没有这样的键：可能是拼错了、用了别的系统的说法，或放错了位置。"#),
            remedy: .init(#"take the key that the finding names; the editor lists all of them."#, #"按提示改成正确的键；编辑器里可以列出全部。"#),
            wrong: .init(place: .rule, text: #"wehn: {birthday: {days_before: 3}}"#),
            right: .init(place: .rule, text: #"when: {birthday: {days_before: 3}}"#)),
        FindingPage(
            "R102",
            .init(#"a key is missing"#, #"缺少必需的键"#),
            .init(#"The block cannot work without it."#, #"没有它，这个块就不能用。"#),
            remedy: .init(#"add the key; the finding shows an example."#, #"补上它，提示里有例子。"#),
            wrong: .init(place: .rule, text: #"when: {cart_idle: {}}"#),
            right: .init(place: .rule, text: #"when: {cart_idle: {for: 24h}}"#)),
        FindingPage(
            "R103",
            .init(#"a value of the wrong kind"#, #"值的类型不对"#),
            .init(#"A list, a block, a number or a text stands where another kind is wanted."#, #"应该写一种类型的地方写了另一种：列表、块、数字、文字弄混了。"#),
            remedy: .init(#"write the kind of value that the finding names."#, #"按提示换成对应的类型。"#),
            wrong: .init(place: .rule, text: #"when: {birthday: {days_before: [3]}}"#),
            right: .init(place: .rule, text: #"when: {birthday: {days_before: 3}}"#)),
        FindingPage(
            "R104",
            .init(#"a value that is not allowed"#, #"值不在允许范围"#),
            .init(#"The word is not one of the words, the number is out of range, the list is empty, or the name does not exist."#, #"不是允许的词、数字超出范围、列表为空，或名字不存在。"#),
            remedy: .init(#"choose one of the values that the finding names."#, #"从提示列出的值里选。"#),
            wrong: .init(place: .rule, text: #"when: {birthday: {days_before: 400}}"#),
            right: .init(place: .rule, text: #"when: {birthday: {days_before: 3}}"#)),
        FindingPage(
            "R105",
            .init(#"a comparison from another language"#, #"别的语言的比较符"#),
            .init(#"nudged has one spelling for each comparison."#, #"每种比较在 nudged 里只有一种写法。"#),
            remedy: .init(#"say `at_least`, `is`, `any_of`, … as the finding suggests."#, #"按提示改成 `at_least`、`is`、`any_of` 等。"#),
            wrong: .init(place: .rule, text: #"if: {member.lifetime_spend: {gte: 5000}}"#),
            right: .init(place: .rule, text: #"if: {member.lifetime_spend: {at_least: 5000}}"#)),
        FindingPage(
            "R106",
            .init(#"two where one is wanted"#, #"只能写一个的地方写了两个"#),
            .init(#"These keys exclude each other: a rule has one trigger, a step does one thing."#, #"这些键互相排斥：一条规则只有一个触发条件，一步只做一件事。"#),
            remedy: .init(#"keep one; give the other a rule or a step of its own."#, #"保留一个，另一个单独写成一条规则或一步。"#),
            wrong: .init(place: .rule, text: #"when: {birthday: {days_before: 3}, festival: {name: lantern}}"#),
            right: .init(place: .rule, text: #"when: {birthday: {days_before: 3}}"#)),
        FindingPage(
            "R107",
            .init(#"a secret written out"#, #"密钥明文写在文件里"#),
            .init(#"nudged.yaml is copied, shared and kept in version control; a secret in it is no secret any more."#, #"nudged.yaml 会被复制、分享、进版本库，写在里面的密钥就不再是秘密。"#),
            remedy: .init(#"say where the secret is: `{env: NAME}`, `{credential: name}` or `{file: /etc/nudged/name}`."#, #"只写密钥在哪里：`{env: NAME}`、`{credential: name}` 或 `{file: /etc/nudged/name}`。"#),
            wrong: .init(place: .file("nudged"), text: #"""
store: {url: "sqlite:nudged.db"}
http: {listen: "127.0.0.1:8080", sources: [{id: shop, write_key: abc123}]}
"""#),
            right: .init(place: .file("nudged"), text: #"""
store: {url: "sqlite:nudged.db"}
http: {listen: "127.0.0.1:8080", sources: [{id: shop, write_key: {env: SHOP_KEY}}]}
"""#)),
        FindingPage(
            "R108",
            .init(#"a key that nothing serves yet"#, #"还没有功能用到的键"#),
            .init(#"The key is part of nudged.yaml, but this version does nothing with it."#, #"这个键属于 nudged.yaml，但本版本还不会用到它。"#),
            remedy: .init(#"take it away, or leave it for a later version."#, #"可以删掉，或留给以后的版本。"#),
            wrong: .init(place: .file("nudged"), text: #"""
store: {url: "sqlite:nudged.db"}
links: {base_url: "https://s.example.com", secret: {env: LINK_KEY}}
"""#),
            right: .init(place: .file("nudged"), text: #"""
store: {url: "sqlite:nudged.db"}
http: {listen: "127.0.0.1:8080"}
links: {base_url: "https://s.example.com", secret: {env: LINK_KEY}}
"""#)),
        FindingPage(
            "R109",
            .init(#"what nudged.yaml names cannot be used here"#, #"nudged.yaml 写的东西在这里用不了"#),
            .init(#"A secret is not set, the store cannot be opened, or a log cannot be written: the daemon would not start, or would not send."#, #"密钥没有设置、会员库打不开、或日志写不了：守护进程会启动不了，或发不出消息。"#),
            remedy: .init(#"mend what the finding names, then `nudged check --config FILE` again."#, #"按提示修好，再运行 `nudged check --config FILE`。"#),
            wrong: .init(place: .file("nudged"), text: #"""
store: {url: "sqlite:nudged.db"}
channels: {sms: {type: kannel, url: "http://127.0.0.1:13013/", username: u, password: {env: NOT_SET}}}
"""#),
            right: .init(place: .file("nudged"), text: #"""
store: {url: "sqlite:nudged.db"}
channels: {sms: {type: log}}
"""#),
            seen: .withStore),
        FindingPage(
            "R110",
            .init(#"not a time of day"#, #"不是时刻"#),
            .init(#"A time of day has two digits, a colon and two digits, 00:00 to 23:59."#, #"时刻写成两位小时、冒号、两位分钟，从 00:00 到 23:59。"#),
            remedy: .init(#"write it in quotes, such as "09:30"; `nudged fmt` does it."#, #"加引号写成 "09:30"；`nudged fmt` 会自动改。"#),
            wrong: .init(place: .rule, text: #"when: {birthday: {at: 9点半}}"#),
            right: .init(place: .rule, text: #"when: {birthday: {at: "09:30"}}"#)),
        FindingPage(
            "R111",
            .init(#"not true or false"#, #"不是 true 或 false"#),
            .init(#"`yes`, `on` and `1` mean true to some programs and not to others."#, #"`yes`、`on`、`1` 在有的程序里算真，有的不算。"#),
            remedy: .init(#"write `true` or `false`."#, #"写 `true` 或 `false`。"#),
            wrong: .init(place: .file("fields"), text: #"fields: [{id: member.attr.hat, type: number, description: 帽码, can_be_missing: yes}]"#),
            right: .init(place: .file("fields"), text: #"fields: [{id: member.attr.hat, type: number, description: 帽码, can_be_missing: true}]"#)),
        FindingPage(
            "R112",
            .init(#"a Chinese comma in a list"#, #"列表里用了中文逗号"#),
            .init(#"`，` and `、` do not separate items: the list has one long item."#, #"`，` 和 `、` 不能分隔列表项，整个列表会变成一项。"#),
            remedy: .init(#"use ASCII commas."#, #"改成英文逗号。"#),
            wrong: .init(place: .rule, text: #"if: {member.tier: [silver，gold]}"#),
            right: .init(place: .rule, text: #"if: {member.tier: [silver, gold]}"#)),
        FindingPage(
            "R113",
            .init(#"a number that should be quoted"#, #"像数字的文字应加引号"#),
            .init(#"nudged keeps the zero in front; other programs that read the file lose it."#, #"nudged 会保留开头的 0，其他读这个文件的程序会丢掉它。"#),
            remedy: .init(#"put it in quotes; `nudged fmt --fix` does it."#, #"加上引号，`nudged fmt --fix` 会自动加。"#),
            wrong: .init(place: .rule, text: #"name: 0123456"#),
            right: .init(place: .rule, text: #"name: "0123456""#)),
        FindingPage(
            "R114",
            .init(#"a text cut at ` #`"#, #"文字在 ` #` 处被截断"#),
            .init(#"Behind a space `#` begins a comment, and the rest of the text is lost."#, #"空格后的 `#` 是注释的开头，后面的文字会丢。"#),
            remedy: .init(#"put the text in quotes."#, #"给文字加引号。"#),
            wrong: .init(place: .rule, text: #"name: 回访会员 #高价值"#),
            right: .init(place: .rule, text: #"name: "回访会员 #高价值""#)),
        FindingPage(
            "R115",
            .init(#"not a duration"#, #"不是时长"#),
            .init(#"A duration is one number and one unit: m, h, d or w. There are no months, and nothing is mixed."#, #"时长是一个数字加一个单位：m、h、d 或 w。没有月，也不能混写。"#),
            remedy: .init(#"write 24h or 7d."#, #"写成 24h 或 7d。"#),
            wrong: .init(place: .rule, text: #"when: {cart_idle: {for: 24}}"#),
            right: .init(place: .rule, text: #"when: {cart_idle: {for: 24h}}"#)),
        FindingPage(
            "R116",
            .init(#"not a date"#, #"不是日期"#),
            .init(#"Dates are written year, month, day, and the day must exist."#, #"日期写成年-月-日，而且这一天必须存在。"#),
            remedy: .init(#"write 2026-03-08."#, #"写成 2026-03-08。"#),
            wrong: .init(place: .rule, text: #"when: {schedule: {on: 2026-02-30}}"#),
            right: .init(place: .rule, text: #"when: {schedule: {on: 2026-03-08}}"#)),
    ]
}
