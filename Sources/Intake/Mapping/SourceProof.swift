import Crypto
import Foundation
import Kit

/// How a source proves that it knows the secret of nudged.yaml.
package enum SourceProof: Sendable {
    /// The secret itself.
    case token(at: SourceMapping.Place)
    case signature(Signature)

    package struct Signature: Sendable {
        package enum Algorithm: String, Sendable, CaseIterable {
            case md5, sha1, sha256
            case hmacSHA1 = "hmac-sha1"
            case hmacSHA256 = "hmac-sha256"

            /// With a key; the others hash the secret among their parts.
            var isKeyed: Bool { self == .hmacSHA1 || self == .hmacSHA256 }
        }
        enum Encoding: String, Sendable, CaseIterable { case hex, base64 }
        /// A part of what is signed.
        enum Part: Sendable, Hashable {
            case body, secret
            case place(SourceMapping.Place)
            case text(String)
        }

        var place: SourceMapping.Place
        var algorithm: Algorithm
        var parts: [Part]
        var encoding = Encoding.hex
        /// What stands before the signature, such as `sha256=`.
        var prefix = ""
    }

    /// Where the proof is looked for.
    package var place: SourceMapping.Place {
        switch self {
        case .token(let place): place
        case .signature(let signature): signature.place
        }
    }

    /// A request, as far as a proof may be about it.
    package struct Request {
        let header: (String) -> String?
        let query: (String) -> String?
        let body: [UInt8]
        /// Before anything in it is decoded.
        let json: StrictJSON

        package init(
            body: [UInt8], json: StrictJSON, header: @escaping (String) -> String?,
            query: @escaping (String) -> String?
        ) {
            (self.body, self.json, self.header, self.query) = (body, json, header, query)
        }

        func text(_ place: SourceMapping.Place) -> String? {
            switch place {
            case .header(let name): header(name)
            case .query(let name): query(name)
            case .body(let pointer): pointer.value(in: json)?.scalarText
            }
        }
    }

    /// Compares in constant time.
    package func accepts(_ request: Request, secret: String) -> Bool {
        guard let shown = request.text(place), !secret.isEmpty else { return false }
        switch self {
        case .token: return SourceProof.isEqual(Array(shown.utf8), Array(secret.utf8))
        case .signature(let signature):
            guard shown.hasPrefix(signature.prefix),
                let given = signature.bytes(of: shown.dropFirst(signature.prefix.count)),
                let parts = signature.signed(request, secret)
            else { return false }
            return SourceProof.isEqual(given, signature.digest(parts, secret))
        }
    }

    /// The hashes are compared, so that the time says nothing of the texts.
    private static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool { SHA256.hash(data: a) == SHA256.hash(data: b) }
}

extension SourceProof.Signature {
    fileprivate func bytes(of text: Substring) -> [UInt8]? {
        switch encoding {
        case .base64: return Data(base64Encoded: String(text)).map(Array.init)
        case .hex:
            let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
            guard digits.count.isMultiple(of: 2) else { return nil }
            var bytes: [UInt8] = []
            for index in stride(from: 0, to: digits.count, by: 2) {
                guard let high = digits[index], let low = digits[index + 1] else { return nil }
                bytes.append(UInt8(high << 4 | low))
            }
            return bytes
        }
    }

    /// Nil where a part is missing.
    fileprivate func signed(_ request: SourceProof.Request, _ secret: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        for part in parts {
            switch part {
            case .body: bytes += request.body
            case .secret: bytes += Array(secret.utf8)
            case .text(let text): bytes += Array(text.utf8)
            case .place(let place):
                guard let text = request.text(place) else { return nil }
                bytes += Array(text.utf8)
            }
        }
        return bytes
    }

    fileprivate func digest(_ bytes: [UInt8], _ secret: String) -> [UInt8] {
        let key = SymmetricKey(data: Array(secret.utf8))
        return switch algorithm {
        case .md5: Array(Insecure.MD5.hash(data: bytes))
        case .sha1: Array(Insecure.SHA1.hash(data: bytes))
        case .sha256: Array(SHA256.hash(data: bytes))
        case .hmacSHA1: Array(HMAC<Insecure.SHA1>.authenticationCode(for: bytes, using: key))
        case .hmacSHA256: Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
        }
    }
}
