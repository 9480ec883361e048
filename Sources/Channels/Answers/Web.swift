import Kit

/// The parts of an address that nudged.yaml states; the reader of nudged.yaml has checked its form.
enum WebAddress {
    /// Host and port, as the header `Host` has them.
    static func authority(_ address: String) -> String {
        guard let start = address.range(of: "://")?.upperBound else { return address }
        return String(address[start...].prefix { $0 != "/" && $0 != "?" })
    }

    /// With exactly one `/` at its end.
    static func root(_ address: String) -> String { address.hasSuffix("/") ? address : address + "/" }
}

extension HTTPRequest {
    /// A POST of JSON.
    static func json(_ url: String, _ body: JSONText) -> HTTPRequest {
        HTTPRequest(
            .post, url, headers: [(name: "Content-Type", value: "application/json; charset=utf-8")],
            body: Array(body.rendered.utf8))
    }
}

extension Zone {
    /// The clock of the providers in China: their quotas end by it, and their times without a zone are of it.
    static let beijing = Zone(named: "Asia/Shanghai") ?? .utc
}

/// The `Basic` scheme of HTTP.
enum BasicLogin {
    static func header(_ user: String, _ password: String) -> String {
        "Basic " + Digest.base64(Array("\(user):\(password)".utf8))
    }
}

/// A number used once.
enum Nonce {
    @Sendable static func make() -> String {
        var random = SystemRandomNumberGenerator()
        return Digest.hex((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    }
}

extension Instant {
    /// `2026-11-22T08:00:05Z`, without fractions.
    var utcSeconds: String { Instant(seconds: wholeSeconds).utcText }
}
