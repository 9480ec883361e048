/// Which batch of intents a store wrote last, kept outside of it: a backup that is put back, which would send everything
/// since once more, does not bear the token of its own mark (guarantees, fault 26; docs/decisions/0031).
package struct HighWaterMark: Sendable, Hashable {
    /// Which store: drawn when it was made.
    package var generation: Int64
    package var epoch: Int64
    package var sequence: Int64
    /// Drawn with each batch; 0: before the first, or of a version that knew no tokens.
    package var token: Int64

    static let scope = "rollback"
    static let who = "rollback guard"
}

/// What a store knows of its own mark.
struct OwnMark: Equatable {
    var now: HighWaterMark
    /// The token of the batch before; 0: there was none, or none that had a token.
    var tokenBefore: Int64
    /// A mark was on disk beside this store at some time, so it must be there.
    var wasMarked: Bool

    /// How the store stands to what lies beside it.
    enum Standing: Equatable {
        case same
        /// The mark is to be written: there never was one, or the process ended between the commit of a batch and its
        /// mark. Nothing of that batch has left.
        case unwritten
        /// Somebody has to look before anything is sent.
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
        // A mark without a token, of a store that has not had one beside it yet, is as good as it was.
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
