import Foundation
import Kit
import Policies
import Rules

/// The channel that a callback came through.
package struct CallbackSource: Sendable {
    /// The key under `channels:`.
    package var channel: String
    /// What the channel sends to.
    package var address: ChannelDeclaration.Address
    package var terms: ReceiptTerms
    /// Words of refusal beside the standard ones.
    package var optOutWords: [String]

    package init(
        channel: String, address: ChannelDeclaration.Address, terms: ReceiptTerms = ReceiptTerms(),
        optOutWords: [String] = []
    ) {
        self.channel = channel
        self.address = address
        self.terms = terms
        self.optOutWords = optOutWords
    }
}

/// What became of the events of a callback, in numbers for the log.
package struct CallbackCounts: Sendable, Hashable {
    /// Receipts that belong to a delivery, and agree with it.
    package var linked = 0
    /// Those of them that ended their delivery.
    package var delivered = 0
    package var undelivered = 0
    /// Receipts that belong to a delivery and contradict its state, which stays.
    package var contradicting = 0
    /// Receipts and replies that were known already.
    package var repeated = 0
    /// Receipts of nothing that was sent from here, as far as is known: kept for 72 hours.
    package var waiting = 0
    /// Replies that said no.
    package var optOuts = 0
    /// Other replies, which are events of their members now.
    package var replies = 0
    /// Consents to one message, and windows for answers.
    package var credits = 0
    /// Consents that were taken back.
    package var creditsEnded = 0
    package var follows = 0
    package var unfollows = 0
    /// Members who took back what the platform was allowed to tell of them.
    package var revocations = 0
    /// Customers who were added, edited, deleted, or left.
    package var contacts = 0
    /// Members who called a mail spam.
    package var complaints = 0
    /// Mails that are still tried, as a server said.
    package var delays = 0
    /// Reports of mails that name no message of the channel, or another recipient than its own.
    package var unknownReports = 0
    /// Other replies of nobody known here, what names neither a message nor an address, and windows that are over.
    package var dropped = 0

    package init() {}

    /// The counts that are not zero, by name.
    package var words: [(name: String, count: Int)] {
        CallbackCounts.all.map { ($0.name, self[keyPath: $0.count]) }.filter { $0.1 > 0 }
    }

    mutating func add(_ other: CallbackCounts) {
        for (_, count) in CallbackCounts.all { self[keyPath: count] += other[keyPath: count] }
    }

    private static var all: [(name: String, count: WritableKeyPath<CallbackCounts, Int>)] {
        [
            ("linked", \.linked), ("delivered", \.delivered), ("undelivered", \.undelivered),
            ("contradicting", \.contradicting), ("repeated", \.repeated), ("waiting", \.waiting),
            ("opt_outs", \.optOuts), ("replies", \.replies), ("credits", \.credits),
            ("credits_ended", \.creditsEnded), ("follows", \.follows), ("unfollows", \.unfollows),
            ("revocations", \.revocations), ("contacts", \.contacts), ("complaints", \.complaints),
            ("delays", \.delays), ("unknown_reports", \.unknownReports),
            ("dropped", \.dropped),
        ]
    }
}

extension MemberStore {
    /// Writes down what a callback said, all of it in one transaction, on disk when the call returns: only then may the
    /// provider be answered. The same events again change nothing.
    package func note(
        _ events: [CallbackEvent], from source: CallbackSource, at now: Instant, counting meter: OutboxMeter? = nil
    ) async throws -> CallbackCounts {
        try await noting(events, from: source, at: now, counting: meter) { event, notes in
            switch event {
            case .receipt(let receipt): try notes.note(receipt)
            case .reply(let reply): try notes.note(reply)
            case .credit(let credit): try notes.note(credit)
            case .creditsEnded(let end): try notes.note(end)
            case .following(let following): try notes.note(following)
            case .revoked(let revocation): try notes.note(revocation)
            case .contact(let change): try notes.note(change)
            }
        }
    }

    /// Writes down what came together, one thing after the other, in one transaction.
    func noting<Told: Sendable>(
        _ all: [Told], from source: CallbackSource, at now: Instant, counting meter: OutboxMeter?,
        _ note: @escaping @Sendable (Told, inout CallbackNotes) throws -> Void
    ) async throws -> CallbackCounts {
        guard !all.isEmpty else { return CallbackCounts() }
        let counts = try await committed(meter) { outbox in
            var notes = try CallbackNotes(outbox, source, at: now)
            for told in all { try note(told, &notes) }
            return notes.counts
        }
        meter?.add(counts, of: source.channel)
        return counts
    }
}

/// The notes of one callback, inside its transaction.
struct CallbackNotes {
    let outbox: Outbox
    let source: CallbackSource
    let now: Instant
    let secret: Data
    var rows: RowWriter
    var counts = CallbackCounts()

    init(_ outbox: Outbox, _ source: CallbackSource, at now: Instant) throws {
        self.outbox = outbox
        self.source = source
        self.now = now
        secret = try AddressKey.secret(outbox.db)
        rows = RowWriter(outbox.db, origin: .world(now: now))
    }
}
