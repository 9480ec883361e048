import Kit

/// What Twilio signs of its callbacks, in `X-Twilio-Signature`.
enum TwilioSignature {
    /// - Parameters:
    ///   - url: the one that Twilio called, with its query: behind a proxy not the one the server sees.
    ///   - form: the fields of the body; empty where it is JSON.
    ///   - usesSHA256: as the header `X-Twilio-Webhooks-Signature-Settings` says; otherwise SHA-1.
    static func sign(
        url: String, form: [(name: String, value: String)], authToken: String, usesSHA256: Bool = false
    ) -> String {
        let fields = form.sorted {
            $0.name == $1.name ? $0.value.isBytewise(before: $1.value) : $0.name.isBytewise(before: $1.name)
        }
        let text = url + fields.map { $0.name + $0.value }.joined()
        return Digest.base64(
            usesSHA256
                ? Digest.hmacSHA256(text, key: Array(authToken.utf8)) : Digest.hmacSHA1(text, key: authToken))
    }

    /// Twilio signs the address with its port or without.
    static func isValid(
        _ signature: String, url: String, form: [(name: String, value: String)], authToken: String,
        usesSHA256: Bool = false
    ) -> Bool {
        addresses(url).contains {
            Digest.isEqual(signature, sign(url: $0, form: form, authToken: authToken, usesSHA256: usesSHA256))
        }
    }

    /// Whether `X-Twilio-Webhooks-Signature-Settings` says SHA-256: `key=…,algorithm=HMAC_SHA256`.
    static func usesSHA256(_ settings: String?) -> Bool {
        (settings ?? "").split(separator: ",").contains {
            $0.filter { !$0.isWhitespace }.lowercased() == "algorithm=hmac_sha256"
        }
    }

    private static func addresses(_ url: String) -> [String] {
        guard let scheme = url.range(of: "://") else { return [url] }
        let rest = url[scheme.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let (host, path) = (rest[..<end], rest[end...])
        let standard = url.hasPrefix("https") ? ":443" : ":80"
        if host.hasSuffix(standard) {
            return [url, "\(url[..<scheme.upperBound])\(host.dropLast(standard.count))\(path)"]
        }
        return host.contains(":") ? [url] : [url, "\(url[..<scheme.upperBound])\(host)\(standard)\(path)"]
    }
}
