import Kit
import Policies
import Rules

extension CallbackNotes {
    /// A report of a mail counts where its reference is one of this channel and its recipient the one that the mail went
    /// to. Anything else is forged, or of another time, and leaves no row: whoever knows the address of bounces could fill
    /// the store.
    mutating func note(_ report: MailReport) throws {
        let address = report.address.flatMap { CanonicalAddress(source.address, $0) }
        guard (report.address == nil) == (address == nil) else { return counts.unknownReports += 1 }
        let row = try outbox.db.first(
            "\(ReceiptTarget.columns) WHERE a.reference = ? AND a.resend = 0 AND d.channel = ?",
            [report.reference, source.channel])
        guard let row, let target = try ReceiptTarget(row),
            let own = CanonicalAddress(source.address, try row["address"]), address == nil || address == own
        else { return counts.unknownReports += 1 }
        switch report.meaning {
        case .delayed: counts.delays += 1
        case .failed(let code, let isBounce):
            try note(
                Receipt(
                    reference: report.reference, status: .undelivered, code: code,
                    suppression: isBounce ? .bounce : nil, at: now))
        case .complaint:
            let isNew = try outbox.suppress(target.delivery, for: .complaint, source.address, at: now)
            try outbox.endAlternatives(of: target.delivery)
            if isNew { counts.complaints += 1 } else { counts.repeated += 1 }
        }
    }
}

extension MemberStore {
    /// Writes down what mails said of mails, all of it in one transaction, on disk when the call returns: only then may
    /// they be put away. The same reports again change nothing.
    package func note(
        mail reports: [MailReport], from source: CallbackSource, at now: Instant, counting meter: OutboxMeter? = nil
    ) async throws -> CallbackCounts {
        try await noting(reports, from: source, at: now, counting: meter) { report, notes in try notes.note(report) }
    }
}
