import Crypto
import Foundation
import Kit
import Rules

/// What a key of the API may do.
package enum APIScope: String, Sendable, CaseIterable {
    /// Members with what is personal masked, deliveries, tasks, rules, explanations, the status.
    case read
    /// With `read`: one member with nothing masked, for a reason that is audited.
    case reveal
    /// Brings in members, orders, events, consents and all else that can be imported.
    case write
    /// Closes tasks of the staff and gives them to others.
    case tasks
    /// Holds and releases rules and channels, tries deliveries again and cancels them.
    case operate
    /// All of these, and erases members.
    case admin
}

/// A key of the API as the store knows it: the token itself is shown once and never kept.
package struct APIKey: Sendable, Hashable {
    /// Unique for ever, also after it was revoked: it stands in the audit trail.
    package let name: String
    /// The beginning of the token, by which people recognise it.
    package let prefix: String
    package let scopes: Set<APIScope>
    /// Requests a second, on average.
    package let rate: Int
    package let createdAt: Instant
    package let createdBy: String
    /// The last use, to within a minute; nil: never.
    package let usedAt: Instant?
    package let revokedAt: Instant?
    fileprivate let hash: Data

    fileprivate static let columns = "name, prefix, hash, scopes, rate, created_at, created_by, used_at, revoked_at"

    fileprivate init(_ row: SQLRow) throws {
        name = try row[0]
        prefix = try row[1]
        hash = try row[2]
        // A scope of a newer version grants nothing here.
        scopes = Set((try row[3] as String).split(separator: " ").compactMap { APIScope(rawValue: String($0)) })
        rate = try row[4]
        createdAt = Instant(micros: try row[5])
        createdBy = try row[6]
        usedAt = (try row[7] as Int64?).map(Instant.init(micros:))
        revokedAt = (try row[8] as Int64?).map(Instant.init(micros:))
    }

    package func grants(_ scope: APIScope) -> Bool { scopes.contains(.admin) || scopes.contains(scope) }

    /// How the audit trail names whoever uses the key.
    package var who: String { "api:\(name)" }

    package static let standardRate = 50
    package static let rates = 1...10_000
    /// All of them are compared at each request.
    package static let most = 200

    /// Letters, digits, `.`, `_` and `-`, at most 64.
    package static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

/// The secret that a user of the API shows: 256 random bits, so that a fast hash of it is as hard to turn around as a slow
/// one (decision 0100).
package struct APIToken: Sendable {
    package let text: String

    private static let start = "nk_"
    private static let length = 46

    /// A new one, from the system's generator.
    package static func draw() -> APIToken {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        let base64 = bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
        return APIToken(start + base64.filter { $0 != "=" })
    }

    private init(_ text: String) { self.text = text }

    /// Nil for a text that no token looks like: it needs no look at the store.
    package init?(shown text: some StringProtocol) {
        guard text.utf8.count == APIToken.length, text.hasPrefix(APIToken.start) else { return nil }
        self.text = String(text)
    }

    fileprivate var hash: SHA256Digest { SHA256.hash(data: Data(text.utf8)) }
    fileprivate var prefix: String { String(text.prefix(9)) }
}

extension MemberStore {
    package enum KeyRefusal: Error { case nameTaken, tooMany }
    package enum Revocation: Sendable, Equatable { case done, before(Instant), none }

    /// Makes a key, and returns its token: nothing can show it again. Throws a `KeyRefusal`.
    package func addKey(
        _ name: String, scopes: Set<APIScope>, rate: Int, by who: String = Typist.name, at now: Instant
    ) throws -> APIToken {
        let token = APIToken.draw()
        let words = APIScope.allCases.filter(scopes.contains).map(\.rawValue)
        try writer.write { db in
            guard try db.first("SELECT 1 FROM api_keys WHERE name = ?", [name]) == nil else {
                throw KeyRefusal.nameTaken
            }
            let count: Int? = try db.value("SELECT COUNT(*) FROM api_keys WHERE revoked_at IS NULL")
            guard count ?? 0 < APIKey.most else { throw KeyRefusal.tooMany }
            try db.run(
                """
                INSERT INTO api_keys (name, prefix, hash, scopes, rate, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [name, token.prefix, Data(token.hash), words.joined(separator: " "), rate, now.micros, who])
            let detail = JSONText.object(["added": .bool(true), "scopes": .list(words.map { .text($0) })])
            try db.audit(AuditEntry(.key, who: who, subject: name, detail: detail), at: now)
        }
        return token
    }

    /// Every key that there ever was, by name.
    package func keys() throws -> [APIKey] {
        try writer.read { try $0.all("SELECT \(APIKey.columns) FROM api_keys ORDER BY name").map(APIKey.init) }
    }

    /// Ends a key: the next request with it is refused.
    package func revokeKey(_ name: String, by who: String = Typist.name, at now: Instant) throws -> Revocation {
        try MemberStore.insisting {
            try writer.write { db in
                guard let row = try db.first("SELECT revoked_at FROM api_keys WHERE name = ?", [name]) else {
                    return .none
                }
                if let before = try row[0] as Int64? { return .before(Instant(micros: before)) }
                try db.run("UPDATE api_keys SET revoked_at = ? WHERE name = ?", [now.micros, name])
                let detail = JSONText.object(["revoked": .bool(true)])
                try db.audit(AuditEntry(.key, who: who, subject: name, detail: detail), at: now)
                return .done
            }
        }
    }

    /// The key of a token; nil where there is none, or it was revoked. Compares with every key, whichever it is, in the
    /// same time.
    package func key(of token: APIToken) async throws -> APIKey? {
        try await writer.read { db in
            let hash = token.hash
            var found: APIKey?
            try db.each("SELECT \(APIKey.columns) FROM api_keys WHERE revoked_at IS NULL") { row in
                let key = try APIKey(row)
                if hash == key.hash { found = key }
            }
            return found
        }
    }

    /// Notes that a key is in use.
    package func noteUse(ofKey name: String, at now: Instant) async throws {
        try await writer.write { db in
            try db.run("UPDATE api_keys SET used_at = ? WHERE name = ?", [now.micros, name])
        }
    }
}
