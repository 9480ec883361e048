import Rules

/// An act of an operator on deliveries, and what it does to each. Pure: `Outbox+operator` writes it.
package enum OperatorAct: Sendable, Hashable {
    /// Nothing more is sent for the delivery.
    case cancel
    /// The delivery is sent again, or sooner. `notArrived`: the operator vouches that unclear tries did not arrive.
    case retry(notArrived: Bool)

    /// The relevant facts of a delivery and of the other steps of its occasion.
    struct Subject {
        var state: DeliveryState
        var isLate: Bool
        /// Another step is open, or any step has or may have arrived.
        var hasOther: Bool
    }

    enum Deed: Equatable {
        case end
        /// The delivery is unclear, and is closed as such.
        case close
        case dueAtOnce
        /// An unclear try did not arrive and is repeated.
        case repeatUnclear
        /// A delivery that ended without arriving is owed again, as a further step.
        case again
        case leave(Reason)
    }

    /// Why a selected delivery stays as it is.
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

/// The counts of what an act did, or would do.
package struct OperatorTally: Sendable, Hashable {
    package var done = 0
    package var left: [OperatorAct.Reason: Int] = [:]
}
