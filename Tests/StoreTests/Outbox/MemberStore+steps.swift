import Kit
import Rules

@testable import Engine
@testable import Store

/// A turn of the dispatcher in parts, for tests of what happens between them.
extension MemberStore {
    struct Claims {
        var claimed: [Claimed]
        var isMore: Bool
    }

    func claim(_ request: ClaimRequest, at now: Instant, counting meter: OutboxMeter? = nil) async throws -> Claims {
        let owed = try await owed(request, at: now, counting: meter)
        guard !owed.ids.isEmpty else { return Claims(claimed: [], isMore: owed.isMore) }
        let claimed = try await committed { try $0.claim(owed.ids, epoch: request.epoch, at: now) }
        return Claims(claimed: claimed, isMore: owed.isMore)
    }

    func intend(
        _ claimed: [Claimed], under prepared: PreparedRules, epoch: Int64, terms: [String: ChannelTerms] = [:],
        at now: Instant, counting meter: OutboxMeter? = nil
    ) async throws -> [Intent] {
        let file = markFile
        let outcome = try await committed(meter) { outbox in
            try outbox.handOver(claimed, file, at: now) {
                try $0.intend($1, under: prepared.planned, epoch: epoch, terms: terms, at: now)
            }
        }
        switch outcome {
        case .intended(let intents, _): return intents
        case .rolledBack(let error): throw error
        case .failed(let error): throw error
        }
    }

    func finish(
        _ results: [AttemptResult], at now: Instant, terms: ReceiptTerms = ReceiptTerms(),
        counting meter: OutboxMeter? = nil
    ) async throws {
        try await finish(Answers(results, terms: terms), at: now, counting: meter)
    }
}
