import Foundation
import Kit
import Policies
import Rules

extension CallbackNotes {
    /// A credit is kept once for its instant. Texts in answer do not add up: what came later counts anew, and what is
    /// left of an earlier window that ends no later is void.
    mutating func note(_ credit: Credit) throws {
        guard let address = CanonicalAddress(source.address, credit.address) else { return counts.dropped += 1 }
        let template = credit.template ?? ""
        let key = try rows.book.key(address)
        // Not cut to now, see `Credit`: the same one must be the same row whenever it is told.
        let at = credit.at
        let until = credit.lasts.map { at.adding(micros: $0.micros) }
        if let until {
            guard until > now else { return counts.dropped += 1 }
            try outbox.db.run(
                """
                UPDATE message_credits SET ended = 1 WHERE address = ? AND channel = ? AND template = ? AND at < ?
                  AND until <= ? AND delivery IS NULL AND ended = 0
                """, [key, source.channel, template, at.micros, until.micros])
        }
        var added = 0
        for n in 1...max(1, credit.messages) {
            added += try outbox.db.run(
                """
                INSERT INTO message_credits (address, channel, template, at, n, until) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (address, channel, template, at, n) DO NOTHING
                """, [key, source.channel, template, at.micros, n, until?.micros])
        }
        guard added > 0 else { return counts.repeated += 1 }
        counts.credits += 1
        try rows.list(address, key)
    }

    mutating func note(_ end: CreditEnd) throws {
        guard let address = CanonicalAddress(source.address, end.address) else { return counts.dropped += 1 }
        let ended = try outbox.endCredits(
            of: try rows.book.key(address), through: source.channel, end.template, until: end.at)
        if ended > 0 { counts.creditsEnded += 1 } else { counts.repeated += 1 }
    }

    /// The last word by the provider's clock holds; of a follow and an unfollow of one second the unfollow does.
    mutating func note(_ following: Following) throws {
        guard let address = CanonicalAddress(source.address, following.address) else { return counts.dropped += 1 }
        let key = try rows.book.key(address)
        let changed = try outbox.write(
            following.isFollowing, of: key, through: source.channel, at: min(following.at, now))
        guard changed else { return counts.repeated += 1 }
        if following.isFollowing { counts.follows += 1 } else { counts.unfollows += 1 }
        try rows.list(address, key)
    }
}

extension Outbox {
    /// - Returns: how many credits ended.
    @discardableResult
    func endCredits(of address: Data, through channel: String, _ template: String?, until end: Instant) throws -> Int {
        try db.run(
            """
            UPDATE message_credits SET ended = 1 WHERE address = ? AND channel = ? AND template = ? AND at <= ?
              AND delivery IS NULL AND ended = 0
            """, [address, channel, template ?? "", end.micros])
    }

    /// - Returns: false where a later word, or the same one, is known.
    func write(_ follows: Bool, of address: Data, through channel: String, at: Instant) throws -> Bool {
        try db.run(
            """
            INSERT INTO followings (address, channel, follows, at, seq) VALUES (:address, :channel, :follows, :at, :seq)
            ON CONFLICT (address, channel) DO UPDATE SET follows = excluded.follows, at = excluded.at, seq = excluded.seq
              WHERE followings.at < excluded.at
                OR (followings.at = excluded.at AND followings.follows > excluded.follows)
            """,
            [
                "address": address, "channel": channel, "follows": follows ? 1 : 0, "at": at.micros,
                "seq": try nextSequence(),
            ]) == 1
    }
}
