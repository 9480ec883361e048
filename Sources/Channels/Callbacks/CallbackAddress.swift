import Kit
import Rules

/// Where a provider calls us for one channel. The token is the last part of the path.
package struct CallbackAddress: Sendable, CustomStringConvertible, CustomReflectable {
    /// What the provider was told, up to the channel's name and without the token; nil where nobody said.
    package let publicURL: String?
    /// The token has fewer characters than `CallbackAddress.enough`.
    package let isGuessable: Bool
    private let token: SecretHash
    /// Where calls may come from; nil: from anywhere.
    private let ranges: [IPRange]?

    /// A setting that no address can be made of.
    package struct Fault: Error, CustomStringConvertible {
        /// Its key in the block.
        package let key: String
        package let words: Bilingual
        package var description: String { words.description }

        /// The letters that pass through every address as they are.
        static let badToken = Fault(
            key: "path_token",
            words: Bilingual(
                "`path_token` may have letters, digits and - . _ ~ only, because it is part of an address",
                "`path_token` 是地址的一部分，只能用字母、数字和 - . _ ~"))

        static let badCipherKey = Fault(
            key: "encoding_aes_key",
            words: Bilingual(
                "`encoding_aes_key` is not the 43 letters and digits that the provider's console shows",
                "`encoding_aes_key` 不是服务商后台显示的 43 位字母和数字"))

        static func badRange(_ text: String) -> Fault {
            Fault(
                key: "allow_ips",
                words: Bilingual(
                    "`\(text)` in `allow_ips` is no address and no range such as 203.0.113.0/24",
                    "`allow_ips` 里的 `\(text)` 不是地址，也不是 203.0.113.0/24 这样的网段"))
        }
    }

    /// - Parameter settings: those of the channel, with their secrets. Nil where it expects no calls. Throws `Fault`.
    package init?(_ settings: AdapterSettings) throws {
        guard let key = CallbackAddress.keys.first(where: { settings.block($0.block) != nil }),
            let block = settings.block(key.block)
        else { return nil }
        let token = block[text: "path_token"]
        guard !token.isEmpty, PercentEncoding.encode(token) == token else { throw Fault.badToken }
        if let key = block.text("encoding_aes_key"), !WeChatCipher.isKey(key) { throw Fault.badCipherKey }
        try self.init(token: token, publicURL: block.text(key.url), allowed: block.texts("allow_ips"))
    }

    /// - Parameter allowed: addresses and ranges that calls may come from; none: from anywhere. Throws `Fault`.
    package init(token: String, publicURL: String? = nil, allowed: [String]) throws(Fault) {
        self.init(token: token, publicURL: publicURL, ranges: try allowed.isEmpty ? nil : IPRange.all(allowed))
    }

    package init(token: String, publicURL: String? = nil) {
        self.init(token: token, publicURL: publicURL, ranges: nil)
    }

    private init(token: String, publicURL: String?, ranges: [IPRange]?) {
        isGuessable = token.utf8.count < CallbackAddress.enough
        self.token = SecretHash(token)
        self.publicURL = publicURL
        self.ranges = ranges
    }

    /// Whether a call may come from there. An unknown origin is none that was allowed.
    package func admits(_ origin: String?) -> Bool {
        guard let ranges else { return true }
        return origin.map { origin in ranges.contains { $0.contains(origin) } } ?? false
    }

    /// Takes the same time for every token of the same length.
    package func accepts(_ token: some StringProtocol) -> Bool { self.token.matches(token) }

    /// The characters of a token that nobody guesses: 96 bits in letters and digits.
    package static let enough = 16

    package var description: String { "where a provider calls" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// The block that states it, with the key of its address. Kannel had its own before there was a common one.
    private static let keys = [(block: "callbacks", url: "public_url"), (block: "dlr", url: "base_url")]
    package static let blocks = keys.map(\.block)
    package static let optOutKeywords = "opt_out_keywords"
}

extension IPRange {
    fileprivate static func all(_ texts: [String]) throws(CallbackAddress.Fault) -> [IPRange] {
        var ranges: [IPRange] = []
        for text in texts {
            guard let range = IPRange(text) else { throw .badRange(text) }
            ranges.append(range)
        }
        return ranges
    }
}

extension KeyDeclaration {
    /// What every adapter with callbacks has, unless it has a block of its own.
    static let callbacks = KeyDeclaration(
        "callbacks", .block { callbackKeys }, "the provider's calls to us: receipts and replies",
        chinese: "服务商的回调：回执和回复")

    static let optOutKeywords = KeyDeclaration(
        CallbackAddress.optOutKeywords, .list(.text), "replies that say no, beside R T TD N STOP 退订 拒收",
        chinese: "除 R T TD N STOP 退订 拒收 以外，还有哪些回复算退订", examples: ["[QX, 取消]"])

    static let allowIPs = KeyDeclaration(
        "allow_ips", .list(.text), "where calls may come from, default anywhere", chinese: "允许回调的来源 IP 或网段，默认不限",
        examples: ["[203.0.113.0/24]"])

    /// The same for WeChat and WeCom, which sign with a token of their console and encrypt with a key of it.
    /// - Parameter isAlwaysEncrypted: the provider knows no plain calls.
    static func weChatCallbacks(isAlwaysEncrypted: Bool) -> KeyDeclaration {
        let keys =
            callbackKeys.keys + [
                .init(
                    "token", .secret, required: true, "the token of the provider's console, which signs its calls",
                    chinese: "服务商后台填写的 Token，用于验证签名", examples: ["{credential: wechat_token}"]),
                .init(
                    "encoding_aes_key", .secret, required: isAlwaysEncrypted,
                    "the EncodingAESKey of the console: every call must then be encrypted",
                    chinese: "后台的 EncodingAESKey；填写后只接受加密的回调", examples: ["{credential: wechat_aes_key}"]),
            ]
        return KeyDeclaration(
            "callbacks", .block { BlockDeclaration("callbacks", keys) },
            "the provider's calls to us: receipts and replies", chinese: "服务商的回调：回执和回复")
    }

    private static let callbackKeys = BlockDeclaration(
        "callbacks",
        [
            .init(
                "path_token", .secret, required: true, "last part of the path", chinese: "回调路径里的令牌",
                examples: ["{env: SMS_CB_TOKEN}"]),
            .init(
                "public_url", .webAddress, "where the provider reaches us, without the token",
                chinese: "服务商回调我们的地址，不含令牌",
                examples: ["https://shop.example.com/callbacks/sms"]),
            .allowIPs,
        ])
}
