// swift-format-ignore-file
// Written by Tests/Tools/embed_pages.py from docs/help/. Change those files, then run `make rules`.

extension HelpTopic {
    static let running: [HelpTopic] = [
        HelpTopic(
            name: "links",
            others: ["link", "unsubscribe-url", "short-links", "clicks"],
            title: .init(#"Links in messages: unsubscribing and counted clicks"#, #"消息里的链接：退订和计点击数"#),
            example: #"""
http: {listen: "127.0.0.1:8080"}
links:
  base_url: https://s.example.com
  secret: {credential: link_key}
  allow_hosts: [shop.example.com]
"""#,
            text: .init(#"""
In a template `{{ unsubscribe_url }}` is the member's own page of choices, and `{{ url | link: sale }}`
leads on to the address and counts its clicks under that name. A proxy passes /u/ and /l/ on to `listen`.
A dry-run, a test and the store have a stand-in of the same length; the link is made when a message leaves.
The first click raises an event:  when: {event: {name: message.clicked, where: {link: sale}}}
Machines that open links are not counted. Without `links`, a template with one is R244 on a real channel.
"""#, #"""
模板里 `{{ unsubscribe_url }}` 是会员自己的选择页面，`{{ url | link: sale }}` 跳转到网址，并按名称计点击数。
由反向代理把 /u/ 和 /l/ 转到 `listen`。
试运行、测试和库里是同样长度的占位；消息发出时才生成链接。
第一次点击产生事件：  when: {event: {name: message.clicked, where: {link: sale}}}
机器打开不计数。没有配置 `links` 时，真实渠道上带链接的模板报 R244。
"""#),
            page: "links"),
        HelpTopic(
            name: "sources",
            others: ["source", "segment", "webhooks", "mapping", "mappings", "folders", "ingest-events"],
            title: .init(#"Where events come from: posts, mappings, folders"#, #"事件从哪里来：上报、映射文件、投递目录"#),
            example: #"""
http:
  listen: "127.0.0.1:8080"
  sources:
    - {id: shop, write_key: {env: SHOP_KEY}}
    - {id: youzan, mapping: sources/youzan.yaml, write_key: {env: YOUZAN_SECRET}}
sources:
  - {id: pos, folder: /var/spool/nudged/pos, kind: orders}
"""#,
            text: .init(#"""
shop     posts to /v1/track, /v1/identify, /v1/batch as Segment libraries do; the key is the user
youzan   posts JSON of its own; a mapping file says what it means, `nudged check FILE` reads it
pos      writes files into a folder; each is imported once and moved to done/ or rejected/

An event is known by its source and its id, for ever: sent again, it changes nothing. 200 means on disk;
503 means send it again. What cannot be taken waits:  nudged quarantine list
nudged ingest FILE --mapping M --dry-run    the rows of a recorded message, masked
"""#, #"""
shop     按 Segment 的格式上报到 /v1/track、/v1/identify、/v1/batch；密钥作用户名
youzan   上报自己的 JSON；映射文件写明含义，`nudged check 文件` 检查它
pos      把文件写进目录；每个文件导入一次，再移到 done/ 或 rejected/

事件按来源和编号识别，永久有效：重发没有变化。200 表示已落盘，503 请重发。
收不下的先隔离：  nudged quarantine list
nudged ingest 文件 --mapping M --dry-run    列出一条留存消息会变成哪些行，已打码
"""#),
            page: "sources"),
        HelpTopic(
            name: "operations",
            others: ["operating", "ops", "running", "daemon", "upgrade", "upgrades"],
            title: .init(#"Looking after a daemon"#, #"运维守护进程"#),
            example: nil,
            text: .init(#"""
nudged status                               one screen; what needs a person comes last, exit 1
nudged doctor                               the machine, nudged.yaml, its secrets, the providers
nudged check --config nudged.yaml           the test before a start or a reload
nudged hold --all --reason "wrong price"    the emergency stop; `nudged release` lets it go on
nudged deliveries list --state unknown      what nobody knows whether it went out
nudged tasks list                           calls and visits that staff owe
nudged backup FILE                          a copy of the live store; `nudged restore` puts one back
nudged verify                               the promises, checked on the store itself
nudged audit --action erase                 who did what, when and why
nudged alerts test                          whether somebody is told

Rules are read again when their directory changes; nudged.yaml at a restart. A new version copies the
store before it changes it. Exit codes: 2 could not run, 75 in use or full, 78 config or data refused.
"""#, #"""
nudged status                               一屏看全；要人处理的在最后，退出码 1
nudged doctor                               机器、nudged.yaml、密钥、服务商
nudged check --config nudged.yaml           启动或重载之前的检查
nudged hold --all --reason "价格写错"       紧急停发；`nudged release` 放行
nudged deliveries list --state unknown      不知道有没有发出的消息
nudged tasks list                           员工待办的回访
nudged backup 文件                          运行中数据库的副本；`nudged restore` 恢复
nudged verify                               在库上逐条核对承诺
nudged audit --action erase                 谁在何时为何做了什么
nudged alerts test                          试试有没有人收到通知

规则目录一变就重新读取；nudged.yaml 在重启时读取。新版本先复制数据库再改动。
退出码：2 未能运行，75 正被占用或已满，78 配置或数据不被接受。
"""#),
            page: "operations"),
    ]
}
