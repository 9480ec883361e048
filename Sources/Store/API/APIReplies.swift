import Foundation
import Kit
import Rules

/// What a request of the API was answered.
package struct APIReply: Sendable, Hashable {
    package var status: Int
    /// JSON.
    package var body: String

    package init(status: Int = 200, body: String) { (self.status, self.body) = (status, body) }
}

/// A request that its sender may send again, by the Idempotency-Key that it has.
package struct APIRepeatable: Sendable {
    /// The name of the API key.
    package let key: String
    /// The Idempotency-Key.
    package let token: String
    /// What the request asks for: method, path and body.
    package let request: String

    package init(key: String, token: String, request: String) {
        (self.key, self.token, self.request) = (key, token, request)
    }

    /// For how long an answer is kept, in microseconds.
    package static let kept: Int64 = 24 * 3_600_000_000
    /// How many answers are kept for one API key.
    package static let most = 100_000
    /// Expired answers that one request removes, so that they become fewer and no request takes long.
    fileprivate static let removed = 100
}

extension MemberStore {
    package enum ReplyRefusal: Error {
        /// The same Idempotency-Key came with another request.
        case otherRequest
        /// So many Idempotency-Keys came within a day that no more are kept.
        case tooMany
    }

    /// Does `work` and keeps its answer in one transaction; the same request again is given the kept answer. An error of
    /// `work` takes everything back and keeps nothing. Throws a `ReplyRefusal`.
    /// - Parameter request: nil for one that has no Idempotency-Key: its answer is not kept.
    package func reply(
        to request: APIRepeatable?, at now: Instant, _ work: (Session) throws -> APIReply
    ) throws -> (reply: APIReply, isRepeated: Bool) {
        try writer.write { db in
            guard let request else { return (try work(db), false) }
            let kept = try KeptReply(request, db)
            if let reply = try kept.find(at: now, db) { return (reply, true) }
            let reply = try work(db)
            try kept.keep(reply, at: now, db)
            return (reply, false)
        }
    }
}

/// The row of one Idempotency-Key. Both texts are kept as keyed hashes: they may hold somebody's number.
private struct KeptReply {
    private let key: String
    private let token: Data
    private let request: Data

    init(_ request: APIRepeatable, _ db: Session) throws {
        let secret = try AddressKey.secret(db)
        key = request.key
        token = AddressKey.hash(request.token, secret)
        self.request = AddressKey.hash(request.request, secret)
    }

    func find(at now: Instant, _ db: Session) throws -> APIReply? {
        let sql = "SELECT request, status, body FROM api_replies WHERE api_key = ? AND token = ? AND at > ?"
        guard let row = try db.first(sql, [key, token, now.micros - APIRepeatable.kept]) else { return nil }
        guard try row[0] == request else { throw MemberStore.ReplyRefusal.otherRequest }
        return APIReply(status: try row[1], body: try row[2])
    }

    func keep(_ reply: APIReply, at now: Instant, _ db: Session) throws {
        let expired = now.micros - APIRepeatable.kept
        let old = "SELECT api_key, token FROM api_replies WHERE at <= ? ORDER BY at LIMIT ?"
        for row in try db.all(old, [expired, APIRepeatable.removed]) {
            try db.run(
                "DELETE FROM api_replies WHERE api_key = ? AND token = ?", [row[0] as String, row[1] as Data])
        }
        let count: Int? = try db.value(
            "SELECT COUNT(*) FROM (SELECT 1 FROM api_replies WHERE api_key = ? LIMIT ?) t", [key, APIRepeatable.most])
        guard count ?? 0 < APIRepeatable.most else { throw MemberStore.ReplyRefusal.tooMany }
        try db.run(
            "INSERT INTO api_replies (api_key, token, request, at, status, body) VALUES (?, ?, ?, ?, ?, ?)",
            [key, token, request, now.micros, reply.status, reply.body])
    }
}
