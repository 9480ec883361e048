import Kit

/// The two signatures of Aliyun's RPC interfaces, as its page "common parameters" describes them.
enum AliyunSignature {
    /// `ACS3-HMAC-SHA256`, what the provider's own SDK uses today.
    ///
    /// - Parameters:
    ///   - query: the parameters, not encoded.
    ///   - headers: those to be signed, in lower case: `host`, every `x-acs-*`, and `content-type` where there is a body.
    ///     `x-acs-content-sha256` is among them.
    /// - Returns: the value of `Authorization`.
    static func acs3(
        method: String, query: [(String, String)], headers: [(name: String, value: String)], bodyHash: String,
        keyID: String, secret: String
    ) -> String {
        let headers = headers.sorted { $0.name.isBytewise(before: $1.name) }
        let signed = headers.map(\.name).joined(separator: ";")
        let canonical = [
            method, "/", PercentEncoding.query(query.sorted { $0.0.isBytewise(before: $1.0) }),
            headers.map { "\($0.name):\($0.value)\n" }.joined(), signed, bodyHash,
        ].joined(separator: "\n")
        let toSign = "ACS3-HMAC-SHA256\n" + Digest.sha256Hex(Array(canonical.utf8))
        let signature = Digest.hex(Digest.hmacSHA256(toSign, key: Array(secret.utf8)))
        return "ACS3-HMAC-SHA256 Credential=\(keyID),SignedHeaders=\(signed),Signature=\(signature)"
    }

    /// Signature version 1.0 (HMAC-SHA1), for private clouds that know no other.
    ///
    /// - Parameter parameters: those of query and form together, without `Signature`.
    /// - Returns: the value of the parameter `Signature`.
    static func rpc(method: String, parameters: [(String, String)], secret: String) -> String {
        let query = PercentEncoding.query(parameters.sorted { $0.0.isBytewise(before: $1.0) })
        let toSign = "\(method)&%2F&\(PercentEncoding.encode(query))"
        return Digest.base64(Digest.hmacSHA1(toSign, key: secret + "&"))
    }
}
