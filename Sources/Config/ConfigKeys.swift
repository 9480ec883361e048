import Channels
import Intake
import Rules

/// The keys of nudged.yaml.
package enum ConfigKeys {
    package static let file = BlockDeclaration(
        "nudged.yaml", foreign: ["database": "store", "rules": "rules_dir", "logging": "log", "server": "http"],
        elsewhere: FileKeys.inChannel.merging(FileKeys.inSettings) { $1 },
        [
            FileKeys.version,
            .init(
                "store", .block { store }, required: true, "where members and deliveries are kept", chinese: "数据存放处",
                examples: ["{url: \"sqlite:/var/lib/nudged/nudged.db\"}"]),
            .init(
                "rules_dir", .text, "the rule set, default rules", chinese: "规则目录，默认 rules",
                examples: ["/etc/nudged/rules"]),
            .init(
                "lang", .choice([.init("en", "English"), .init("zh-CN", "Chinese")]),
                "language of what commands say, default the locale's", chinese: "命令输出的语言，默认随系统区域"),
            .init(
                "reload",
                .choice([
                    .init("watch", "when the directory changes, and on SIGHUP"), .init("signal", "on SIGHUP alone"),
                ]), "when the rules are read again, default watch", chinese: "何时重新读取规则，默认 watch", examples: ["signal"]),
            .init(
                "http", .block { http }, "where providers and sources of events call us", chinese: "HTTP 接口：服务商回调和事件上报"),
            .init(
                "sources", .list(.block { folder }), "folders whose files are imported as they come",
                chinese: "投递目录：文件一到就导入", examples: ["[{id: pos, folder: /var/spool/nudged/pos, kind: orders}]"]),
            .init(
                "channels", .named(.block { anyChannel }), "by the name that rules use", chinese: "渠道，名字与规则里一致",
                examples: ["{sms: {type: log}}"], mustSaySomething: true),
            .init(
                "links", .block { links }, "links in messages: unsubscribing, and short links that are counted",
                chinese: "消息里的链接：退订链接和计数的短链接"),
            .init("log", .block { log }, "the daemon's own log", chinese: "运行日志"),
            .init(
                "alerts", .block { alerts }, "who is told when something needs a person", chinese: "有事需要人处理时通知谁"),
            .init("retention", .block { retention }, "how long things are kept", chinese: "各类数据保留多久"),
            .init("limits", .block { limits }, "bounds of the daemon", chinese: "运行上限"),
        ])

    static let store = BlockDeclaration(
        "store",
        [
            .init(
                "url", .text, required: true, "sqlite: and a path, or postgresql://", chinese: "数据库地址",
                examples: ["\"sqlite:/var/lib/nudged/nudged.db\""]),
            .init(
                "durability",
                .choice([
                    .init("full", "nothing acknowledged is lost"),
                    .init("normal", "a power failure may lose the last moments"),
                ]), "default full", chinese: "落盘方式，默认 full"),
            .init(
                "key", .secret, "encrypts the store and its backups, at least 32 characters; then `nudged rekey`",
                chinese: "数据库及其备份的加密密钥，至少 32 个字符；填写后运行 nudged rekey", since: "0.2",
                examples: ["{credential: store_key}"]),
            .init(
                "previous_key", .secret, "the key of before, for `nudged rekey` and for older backups",
                chinese: "原来的加密密钥，供 nudged rekey 和旧备份使用", since: "0.2",
                examples: ["{credential: old_store_key}"]),
        ])

    static let http = BlockDeclaration(
        "http",
        [
            .init(
                "listen", .text, required: true, "address and port", chinese: "监听地址和端口",
                examples: ["\"127.0.0.1:8080\""]),
            .init("sources", .list(.block { source }), "who may send events", chinese: "允许上报事件的来源"),
        ])

    static let source = BlockDeclaration(
        "a source",
        [
            .init(
                "id", .identifier, required: true, "names the source in events and reports", chinese: "来源编号",
                examples: ["shop"]),
            .init(
                "write_key", .secret, required: true,
                "what the source authenticates with; of one with a mapping, the secret that it signs with",
                chinese: "写入密钥；有映射文件的来源填它的签名密钥", examples: ["{env: SHOP_KEY}"]),
            .init(
                "mapping", .text, "a file that says what the messages of a shop's own system mean",
                chinese: "映射文件：自有系统的消息各是什么", examples: ["sources/youzan.yaml"]),
        ])

    static let folder = BlockDeclaration(
        "a folder",
        [
            .init(
                "id", .identifier, required: true, "names the folder in logs and metrics", chinese: "来源编号",
                examples: ["pos"]),
            .init(
                "folder", .text, required: true, "where complete files appear; they move to done/ or rejected/ in it",
                chinese: "文件出现的目录；导入后移到其中的 done/ 或 rejected/", examples: ["/var/spool/nudged/pos"]),
            .init(
                "kind", .choice(ImportKind.allCases.map { .init($0.rawValue, kinds[$0] ?? "") }), required: true,
                "what the rows are, as for `nudged import`", chinese: "数据的种类，与 nudged import 相同",
                examples: ["orders"]),
        ])

    private static let kinds: [ImportKind: String] = [
        .members: "who they are",
        .dates: "anniversaries of members",
        .stores: "the shops",
        .orders: "what was bought",
        .products: "the catalogue",
        .carts: "what lies in carts",
        .points: "batches of points",
        .coupons: "coupons of members",
        .events: "anything else that happened",
        .consents: "a yes or a no",
        .suppressions: "addresses that get nothing",
        .orderItems: "the lines of orders",
        .couponCodes: "codes to give away",
    ]

    static let links = BlockDeclaration(
        "links",
        [
            .init(
                "base_url", .text, required: true, "where links begin; a proxy passes it on to `http.listen`",
                chinese: "链接的开头，由反向代理转到 http.listen", examples: ["https://s.example.com"]),
            .init(
                "secret", .secret, required: true, "signs the links, at least 32 characters", chinese: "签名密钥，至少 32 个字符",
                examples: ["{credential: link_key}"]),
            .init(
                "previous_secret", .secret, "a secret of before, whose links still work", chinese: "旧的签名密钥，其链接仍然有效",
                examples: ["{credential: old_link_key}"]),
            .init(
                "allow_hosts", .list(.text), "the hosts that short links may lead to", chinese: "短链接可以指向的域名",
                examples: ["[shop.example.com]"]),
        ])

    static let log = BlockDeclaration(
        "log",
        [
            .init("level", .choice(of: "debug", "info", "warning", "error"), "default info", chinese: "级别，默认 info"),
            .init("format", .choice(of: "json", "text"), "default text", chinese: "格式，默认 text"),
        ])

    static let alerts = BlockDeclaration(
        "alerts",
        foreign: ["script": "command", "exec": "command", "run": "command", "to": "channel"],
        [
            .init(
                "channel", .text, "a channel to colleagues, such as the robot of a group",
                chinese: "发给同事的渠道，例如群机器人", since: "0.2", examples: ["staff"]),
            .init(
                "command", .text, "a program that is run for each of them; no shell reads the path",
                chinese: "每件事运行一次的程序，路径不经过 shell", since: "0.2", examples: ["/etc/nudged/alert.sh"]),
            .init(
                "backup_older_than", .anySpan, "a backup must not be older; not looked at where absent",
                chinese: "备份不能比这更旧；不写则不检查", since: "0.2", examples: ["2d"]),
        ])

    private static let kept = KeyType.either([.span([.days, .weeks]), .choice(of: "forever")])

    static let retention = BlockDeclaration(
        "retention",
        [
            .init(
                "texts", kept, "texts of deliveries that have ended, default 90d", chinese: "已结束的投递的正文，默认 90d",
                since: "0.2", examples: ["180d"]),
            .init(
                "ledger", kept,
                "decisions and deliveries, default 400d; the last of each member and rule stays, and so does what a rule may ask for",
                chinese: "决定和投递，默认 400d；每个会员每条规则的最后一条、规则还可能用到的都保留", since: "0.2", examples: ["800d", "forever"]),
            .init(
                "received", kept, "by what a source's event is known when it comes again, default 90d",
                chinese: "来源事件的去重记录，默认 90d", since: "0.2", examples: ["30d"]),
            .init(
                "quarantine", kept, "events that could not be taken, default 90d", chinese: "隔离的事件，默认 90d",
                since: "0.2", examples: ["30d"]),
            .init(
                "members", kept,
                "members without any order or event for so long whom no channel reaches: they are erased; 365d or more, default forever",
                chinese: "这么久没有订单和事件、又没有渠道能联系到的会员：删除；至少 365d，默认 forever", since: "0.2", examples: ["1095d"]),
        ])

    static let limits = BlockDeclaration(
        "limits",
        [
            .init(
                "max_inflight", .int(1...10_000), "sends under way at once, default 200", chinese: "同时进行的发送数，默认 200",
                examples: ["200"])
        ])
}

/// The keys of one channel: those that every channel has, and those of its adapter.
extension ConfigKeys {
    static func channel(_ adapter: Adapter) -> BlockDeclaration {
        let article = adapter.type.first.map("aeiou".contains) == true ? "an" : "a"
        return BlockDeclaration(
            "\(article) \(adapter.type) channel", foreign: adapter.foreign,
            elsewhere: (adapter.callbacks == nil ? elsewhere : elsewhere.merging(callbacksElsewhere) { own, _ in own })
                .filter { word, _ in !adapter.keys.contains { $0.name == word } },
            common + (adapter.isNetwork ? [timeout] : []) + adapter.keys)
    }

    /// The keys that a channel may have before its adapter is known: for the schema, which cannot look at `type` first.
    /// A block of several adapters has the keys that it has in any of them.
    static let anyChannel = BlockDeclaration(
        "a channel", any(of: common + [timeout] + Adapters.all.reversed().flatMap(\.keys)))

    private static func any(of keys: [KeyDeclaration]) -> [KeyDeclaration] {
        keys.reduce(into: []) { known, key in
            guard let place = known.firstIndex(where: { $0.name == key.name }) else {
                var key = key
                key.required = key.required && common.contains { $0.name == key.name }
                return known.append(key)
            }
            guard let one = known[place].block, let other = key.block, !known[place].type.isSecret else { return }
            let needed = Set(one.keys.filter(\.required).map(\.name)).intersection(
                other.keys.filter(\.required).map(\.name))
            let names = Set(one.keys.map(\.name))
            let all = (one.keys + other.keys.filter { !names.contains($0.name) }).map { key in
                var key = key
                key.required = needed.contains(key.name)
                return key
            }
            known[place].type = .block { BlockDeclaration(one.name, all) }
        }
    }

    /// Keys that other programs have in a channel, and where ours are.
    private static let elsewhere = [
        "templates": "the code of a provider's template stands with its text in templates.yaml:  code: SMS_154950909",
        "batch": "every message is a request of its own, so that each has its own answer: leave `batch` out",
        "quiet_hours": quietHoursElsewhere,
    ]
    private static let quietHoursElsewhere = "quiet hours are part of settings.yaml, and hold for every channel"
    /// The same for an adapter whose provider calls us.
    private static let callbacksElsewhere = [
        "callback": "write  callbacks: {path_token: {env: NAME}, …}  as docs/channels shows",
        "public_base_url": "write  callbacks: {path_token: {env: NAME}, public_url: https://…/callbacks/CHANNEL}",
    ]

    static let timeout = KeyDeclaration(
        "timeout", .block { timeouts }, "how long a request may take", chinese: "请求的时限")

    private static let timeouts = BlockDeclaration(
        "timeout",
        [
            .init(
                "connect", .text, "until the connection stands, default 5s (mail 60s)",
                chinese: "建立连接的时限，默认 5s（邮件 60s）", examples: ["3s"]),
            .init(
                "total", .text, "until the whole answer is here, default 20s (mail 700s)",
                chinese: "收到完整应答的时限，默认 20s（邮件 700s）", examples: ["10s"]),
        ])

    static let channelLimits = BlockDeclaration(
        "limits", elsewhere: ["quiet_hours": quietHoursElsewhere],
        [
            .init(
                "rate", .text, "messages in a time; over the network default 100/s, off lifts it",
                chinese: "速率上限；经网络的渠道默认 100/s，off 为不限", examples: ["100/s", "off"]),
            .init(
                "per_recipient", .list(.block { recipientLimit }), "messages to one address, of both purposes",
                chinese: "同一地址的消息上限（营销和服务都算）", examples: ["[{max: 1, per: 24h}]"]),
            .init(
                "connections", .int(connectionRange), "open at once to the provider; mail default 10",
                chinese: "同时打开的连接数；邮件默认 10", examples: ["10"]),
        ])

    static let connectionRange = 1...1000

    static let recipientLimit = BlockDeclaration(
        "per_recipient",
        [
            .init("max", .count, required: true, "how many", chinese: "条数", examples: ["1"]),
            .init(
                "per", .anySpan, required: true, "days are calendar days, hours roll", chinese: "时间窗", examples: ["24h"]
            ),
        ])

    private static let common: [KeyDeclaration] = [
        .init(
            "type", .choice(Adapters.all.map { .init($0.type, $0.description) }), required: true, "the adapter",
            chinese: "适配器", examples: ["log"]),
        .init(
            "address", .choice(of: "phone", "email", "wechat_openid", "wecom_external_userid", "none"),
            "where messages go, for a name of your own", chinese: "地址种类，自定义渠道名时必填", examples: ["phone"]),
        .init("limits", .block { channelLimits }, "how fast it may send", chinese: "发送上限"),
        .init(
            "links",
            .choice([
                .init("short", "counted links of our own"), .init("off", "the address stays in the text as it is"),
            ]), "what the filter `link` prints, default short", chinese: "过滤器 link 的写法，默认 short", examples: ["off"]),
        .init(
            "double_opt_in", .bool, "a yes to marketing without a proof counts once the member confirmed it by a link",
            chinese: "没有凭证的营销同意，要会员点链接确认后才生效", since: "0.2", examples: ["true"], mustSaySomething: true),
    ]
}
