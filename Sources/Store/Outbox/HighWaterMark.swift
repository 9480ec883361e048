/// The last batch of intents that a store wrote, recorded outside of it. A restored backup would send everything since
/// then again; its token does not match the mark (guarantees, fault 26; docs/decisions/0031).
package struct HighWaterMark: Sendable, Hashable {
    /// Identifies the store: a random number drawn when it was made.
    package var generation: Int64
    package var epoch: Int64
    package var sequence: Int64
    /// A random number drawn with each batch; 0 before the first batch, or from a version without tokens.
    package var token: Int64

    static let scope = "rollback"
    static let who = "rollback guard"
}

/// The mark as the store itself records it.
struct OwnMark: Equatable {
    var now: HighWaterMark
    /// The token of the previous batch; 0: there was none, or it had no token.
    var tokenBefore: Int64
    /// A mark was once on disk beside this store, so it must be there.
    var wasMarked: Bool

    /// How the store compares with the mark file beside it.
    enum Standing: Equatable {
        case same
        /// The mark is to be written: there never was one, or the process ended between the commit of a batch and its
        /// mark. Nothing of that batch has left.
        case unwritten
        /// A person has to look before anything is sent.
        case foreign(Reason)
    }

    enum Reason: Equatable {
        case gone, empty, unreadable, otherStore, older, fork
    }

    func standing(to content: HighWaterMarkFile.Content) -> Standing {
        switch content {
        case .none: wasMarked ? .foreign(.gone) : .unwritten
        case .empty: wasMarked ? .foreign(.empty) : .unwritten
        case .unreadable: .foreign(.unreadable)
        case .mark(let mark): standing(to: mark)
        }
    }

    private func standing(to mark: HighWaterMark) -> Standing {
        guard mark.generation == now.generation else { return .foreign(.otherStore) }
        if mark.token != 0 && mark.token == now.token { return .same }
        if mark.token != 0 && mark.token == tokenBefore { return .unwritten }
        if mark.epoch > now.epoch || mark.sequence > now.sequence { return .foreign(.older) }
        // A mark without a token is trusted while the store has never written one with a token.
        return mark.token == 0 && tokenBefore == 0 ? .unwritten : .foreign(.fork)
    }
}

extension OwnMark.Reason {
    /// For `stops.reason` and the log.
    var text: String {
        let what =
            switch self {
            case .gone: "the mark that lay beside this store is gone, and what it sent last cannot be told"
            case .empty: "the mark beside this store is empty, and what it sent last cannot be told"
            case .unreadable: "the mark beside this store cannot be read, and what it sent last cannot be told"
            case .otherStore: "this is another store than the one that sent last"
            case .older: "the store is older than what it sent last: a backup was put back"
            case .fork: "the store is not the one that sent last: a backup was put back, or another copy has sent since"
            }
        return what + "; see `nudged deliveries list`, give what the provider has taken to `nudged deliveries settle`, "
            + "then `nudged release --rollback`"
    }
}
