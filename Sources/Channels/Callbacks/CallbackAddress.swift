import Kit
import Rules

/// Where a provider calls us for one channel. The token is the last part of the path.
package struct CallbackAddress: Sendable, CustomStringConvertible, CustomReflectable {
    /// What the provider was told, up to the channel's name and without the token; nil where nobody said.
    package let publicURL: String?
    private let hash: String

    /// The letters that pass through every address as they are.
    package struct BadToken: Error, CustomStringConvertible {
        package let description =
            "`path_token` may have letters, digits and - . _ ~ only, because it is part of an address"
    }

    /// - Parameter settings: those of the channel, with their secrets. Nil where it expects no calls.
    package init?(_ settings: AdapterSettings) throws {
        guard let key = CallbackAddress.keys.first(where: { settings.block($0.block) != nil }),
            let block = settings.block(key.block)
        else { return nil }
        let token = block[text: "path_token"]
        guard !token.isEmpty, PercentEncoding.encode(token) == token else { throw BadToken() }
        self.init(token: token, publicURL: block.text(key.url))
    }

    package init(token: String, publicURL: String? = nil) {
        hash = Digest.sha256Hex(Array(token.utf8))
        self.publicURL = publicURL
    }

    /// Takes the same time for every token of the same length.
    package func accepts(_ token: some StringProtocol) -> Bool {
        Digest.isEqual(Digest.sha256Hex(Array(token.utf8)), hash)
    }

    package var description: String { "where a provider calls" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// The block that states it, with the key of its address. Kannel had its own before there was a common one.
    private static let keys = [(block: "callbacks", url: "public_url"), (block: "dlr", url: "base_url")]
    package static let blocks = keys.map(\.block)
}

extension KeyDeclaration {
    /// What every adapter with callbacks has, unless it has a block of its own.
    static let callbacks = KeyDeclaration(
        "callbacks", .block { callbackKeys }, "the provider's calls to us: receipts and replies",
        chinese: "服务商的回调:回执和回复")

    private static let callbackKeys = BlockDeclaration(
        "callbacks",
        [
            .init(
                "path_token", .secret, required: true, "last part of the path", chinese: "回调路径里的令牌",
                examples: ["{env: SMS_CB_TOKEN}"]),
            .init(
                "public_url", .webAddress, "where the provider reaches us, without the token",
                chinese: "服务商回调我们的地址,不含令牌",
                examples: ["https://shop.example.com/callbacks/sms"]),
        ])
}
