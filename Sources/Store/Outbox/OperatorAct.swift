import Rules

/// What an operator does to deliveries by hand, and what it would do to each. Pure; `Outbox+operator` writes it.
package enum OperatorAct: Sendable, Hashable {
    /// Nothing more is sent.
    case cancel
    /// Sent again, or sooner. `notArrived`: the operator vouches that unclear tries did not arrive.
    case retry(notArrived: Bool)

    /// What is known of a delivery, and of the other steps of its occasion.
    struct Subject {
        var state: DeliveryState
        var isLate: Bool
        /// Another step is open, or has arrived, or may have.
        var hasOther: Bool
    }

    enum Deed: Equatable {
        case end
        /// Unclear, and left so for good.
        case close
        case dueAtOnce
        /// An unclear try did not arrive, and is made again.
        case repeatUnclear
        /// What ended without arriving is owed anew, as a further step.
        case again
        case leave(Reason)
    }

    /// Why a delivery that was meant stays as it is.
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        case ended, underWay = "under_way", tooLate = "too_late", unclear, owedAlready = "owed_already"
        case arrived = "arrived_otherwise"
    }

    func deed(_ subject: Subject) -> Deed {
        switch self {
        case .cancel: cancelled(subject.state)
        case .retry(let notArrived): retried(subject, notArrived)
        }
    }

    private func cancelled(_ state: DeliveryState) -> Deed {
        switch state {
        case .pending, .claimed, .retryWait: .end
        case .unknown: .close
        case .sending: .leave(.underWay)
        default: .leave(.ended)
        }
    }

    private func retried(_ subject: Subject, _ notArrived: Bool) -> Deed {
        switch subject.state {
        case .pending, .claimed: return .leave(.owedAlready)
        case .sending: return .leave(.underWay)
        case .retryWait: return subject.isLate ? .leave(.tooLate) : .dueAtOnce
        case .unknown:
            guard notArrived else { return .leave(.unclear) }
            return subject.isLate ? .leave(.tooLate) : .repeatUnclear
        case .dead, .rejected:
            if subject.hasOther { return .leave(.arrived) }
            return subject.isLate ? .leave(.tooLate) : .again
        case .unknownClosed: return .leave(.unclear)
        default: return .leave(.ended)
        }
    }
}

/// What an act did, or would do.
package struct OperatorTally: Sendable, Hashable {
    package var done = 0
    package var left: [OperatorAct.Reason: Int] = [:]
}
