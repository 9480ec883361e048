/// The signatures of group robots. Feishu and DingTalk hash the same two lines, but swap key and message.
enum RobotSignature {
    /// - Parameter timestamp: milliseconds, within an hour of the provider's clock.
    /// - Returns: base64, to be percent-encoded in the URL.
    static func dingTalk(timestamp: Int64, secret: String) -> String {
        Digest.base64(Digest.hmacSHA256("\(timestamp)\n\(secret)", key: Array(secret.utf8)))
    }

    /// - Parameter timestamp: seconds, within an hour of the provider's clock.
    /// - Returns: base64, for the body's `sign`.
    static func feishu(timestamp: Int64, secret: String) -> String {
        Digest.base64(Digest.hmacSHA256("", key: Array("\(timestamp)\n\(secret)".utf8)))
    }
}
