/// What people call a channel in files of consents and in fixtures (settled-2 §1.3).
package enum ChannelWords {
    /// The words for a channel that has a Chinese name; any other name is a channel's own id.
    package static let named: KeyValuePairs = [
        "sms": "sms 短信 手机短信", "wechat": "wechat 微信", "email": "email 邮件 邮箱", "wecom": "wecom 企业微信 企微",
        "push": "push 推送", "webhook": "webhook", "log": "log",
    ]
    /// The words for every channel.
    package static let every: Set<String> = ["*", "all", "全部", "所有", "全部渠道", "所有渠道"]

    /// The id as consents have it: `短信` is `sms`, `全部` is `*`.
    package static func canonical(_ word: String) -> String {
        if every.contains(word) { return "*" }
        return ids[word] ?? word
    }

    private static let ids = named.reduce(into: [String: String]()) { ids, entry in
        for word in entry.value.split(separator: " ") { ids[String(word)] = entry.key }
    }
}
