import Kit

/// `TC3-HMAC-SHA256` of Tencent Cloud (https://cloud.tencent.com/document/api/362/4208).
enum TencentSignature {
    /// - Parameters:
    ///   - headers: those to be signed beside `content-type` and `host`, names and values in lower case.
    ///   - contentType: exactly as it is sent.
    ///   - timestamp: Unix seconds, within five minutes of the provider's clock.
    /// - Returns: the value of `Authorization`.
    static func authorization(
        service: String, host: String, contentType: String, headers: [(name: String, value: String)] = [],
        body: [UInt8], timestamp: Int64, keyID: String, secret: String
    ) -> String {
        let all = ([("content-type", contentType), ("host", host)] + headers).sorted { $0.0.isBytewise(before: $1.0) }
        let signed = all.map(\.0).joined(separator: ";")
        let canonical = [
            "POST", "/", "", all.map { "\($0.0):\($0.1)\n" }.joined(), signed, Digest.sha256Hex(body),
        ].joined(separator: "\n")
        let date = LocalDate(days: Int(timestamp / 86_400)).text
        let scope = "\(date)/\(service)/tc3_request"
        let toSign = "TC3-HMAC-SHA256\n\(timestamp)\n\(scope)\n" + Digest.sha256Hex(Array(canonical.utf8))
        let day = Digest.hmacSHA256(date, key: Array(("TC3" + secret).utf8))
        let key = Digest.hmacSHA256("tc3_request", key: Digest.hmacSHA256(service, key: day))
        let signature = Digest.hex(Digest.hmacSHA256(toSign, key: key))
        return "TC3-HMAC-SHA256 Credential=\(keyID)/\(scope), SignedHeaders=\(signed), Signature=\(signature)"
    }
}
