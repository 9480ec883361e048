import Kit
import Rules
import Store

/// Words for the keys of the API.
package struct KeyWording {
    private let speech: Speech

    package init(speech: Speech) { self.speech = speech }

    package func line(_ key: APIKey) -> String {
        let used = key.usedAt.map { speech.say("used ", "最近使用 ") + speech.time($0) } ?? speech.say("never used", "从未使用")
        let state = key.revokedAt.map { speech.say("revoked ", "已吊销 ") + speech.time($0) } ?? used
        return [
            key.name, key.prefix + "…", scopes(key).joined(separator: ","), "\(key.rate)/s", speech.time(key.createdAt),
            key.createdBy, state,
        ].joined(separator: "  ")
    }

    package func json(_ key: APIKey) -> JSONText {
        func time(_ instant: Instant?) -> JSONText { instant.map { .text(speech.time($0)) } ?? .null }
        return .object([
            "name": .text(key.name), "prefix": .text(key.prefix), "scopes": .list(scopes(key).map { .text($0) }),
            "rate": .int(key.rate), "created_at": time(key.createdAt), "created_by": .text(key.createdBy),
            "used_at": time(key.usedAt), "revoked_at": time(key.revokedAt),
        ])
    }

    private func scopes(_ key: APIKey) -> [String] {
        APIScope.allCases.filter(key.scopes.contains).map(\.rawValue)
    }

    package var onlyNow: String {
        speech.say(
            "This is the token; it is not stored and cannot be shown again. Send it as `Authorization: Bearer TOKEN`.",
            "这是令牌，不会保存，也无法再次显示。请求时写 `Authorization: Bearer 令牌`。")
    }

    package func revoked(_ name: String) -> String {
        speech.say("revoked: \(name). Requests with it are refused from now on.", "已吊销：\(name)。此后用它的请求一律被拒绝。")
    }

    package func revokedBefore(_ name: String, _ at: Instant) -> String {
        speech.say("\(name) was revoked \(speech.time(at))", "\(name) 已于 \(speech.time(at)) 吊销")
    }
}
