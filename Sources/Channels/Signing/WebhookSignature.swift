/// The signature of Standard Webhooks, version 1: symmetric, over `id.timestamp.body`.
struct WebhookSignature {
    private let key: [UInt8]

    /// Nil where the secret is not base64, with or without its mark `whsec_`.
    init?(secret: String) {
        let text = secret.hasPrefix("whsec_") ? String(secret.dropFirst(6)) : secret
        guard let key = Digest.bytes(base64: text), !key.isEmpty else { return nil }
        self.key = key
    }

    /// The value of `webhook-signature`.
    func sign(id: String, timestamp: Int64, body: String) -> String {
        "v1," + Digest.base64(Digest.hmacSHA256("\(id).\(timestamp).\(body)", key: key))
    }
}
