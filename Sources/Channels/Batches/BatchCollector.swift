import Kit
import Synchronization

/// Gathers the messages of a channel that may share a call with others. Each of them has an outcome of its own, and
/// counts once: a call is how they leave, not what they are.
///
/// A message waits for company for at most `linger`. Nothing of it has left by then, so that one which is withdrawn, or
/// which the end of the daemon finds here, was not sent. No number is twice in a call: the second message waits for
/// the next one, because an answer says of a number what became of it.
final class BatchCollector: Sendable {
    /// Ends its wait early or never only in a test.
    typealias Wait = @Sendable (Duration) async -> Void
    /// One call; it always returns, within the deadlines of its request.
    typealias Call = @Sendable ([BatchMessage]) async -> BatchAnswer

    private enum Leave {
        case outcome(SendOutcome)
        /// In a call of its own.
        case alone
    }

    private struct Seat: Sendable {
        let id: UInt64
        let message: BatchMessage
        let reply: CheckedContinuation<Leave, Never>
    }

    private struct Waiting: Sendable {
        let id: UInt64
        let call: Call
        var seats: [Seat]
    }

    /// A call that has left.
    private struct UnderWay: Sendable {
        /// Its messages that nobody withdrew.
        var wanted: Set<UInt64>
        let task: Task<Void, Never>
    }

    private struct State: Sendable {
        var waiting: [BatchKey: [Waiting]] = [:]
        var underWay: [UInt64: UnderWay] = [:]
        var lastID: UInt64 = 0
        var isClosed = false

        mutating func nextID() -> UInt64 {
            lastID += 1
            return lastID
        }
    }

    private let terms: BatchTerms
    private let wait: Wait
    private let state = Mutex(State())

    init(_ terms: BatchTerms, wait: @escaping Wait = { try? await Task.sleep(for: $0) }) {
        (self.terms, self.wait) = (terms, wait)
    }

    /// Hands the message over, with others where there are any.
    /// - Parameters:
    ///   - alone: sends it in a call of its own: where nothing joined it, and where a call with others was refused as
    ///     a whole because of one of them.
    ///   - call: sends several, at least two.
    func send(
        _ message: BatchMessage, alone: () async -> SendOutcome, together call: @escaping Call
    ) async -> SendOutcome {
        let id = state.withLock { $0.nextID() }
        let leave = await withTaskCancellationHandler {
            await withCheckedContinuation { reply in
                join(Seat(id: id, message: message, reply: reply), call)
                // The handler below may have run before there was anything to withdraw.
                if Task.isCancelled { withdraw(id) }
            }
        } onCancel: {
            withdraw(id)
        }
        switch leave {
        case .outcome(let outcome): return outcome
        case .alone: return await alone()
        }
    }

    /// What waits was not sent, and nothing waits any more.
    func close() {
        let seats = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [:] }
            return state.waiting.values.flatMap { $0.flatMap(\.seats) }
        }
        for seat in seats { seat.reply.resume(returning: .outcome(.unsent(.shutDown))) }
    }

    // MARK: waiting

    private enum Joined {
        case refused, waits
        /// The first of its call, which begins to wait.
        case opened(UInt64)
        case filled(Waiting)
    }

    private func join(_ seat: Seat, _ call: @escaping Call) {
        let key = seat.message.key
        let joined = state.withLock { state -> Joined in
            if state.isClosed { return .refused }
            var calls = state.waiting[key] ?? []
            defer { state.waiting[key] = calls.isEmpty ? nil : calls }
            let number = seat.message.number.e164
            guard let place = calls.firstIndex(where: { $0.seats.allSatisfy { $0.message.number.e164 != number } })
            else {
                let opened = Waiting(id: state.nextID(), call: call, seats: [seat])
                calls.append(opened)
                return .opened(opened.id)
            }
            calls[place].seats.append(seat)
            return calls[place].seats.count < terms.most ? .waits : .filled(calls.remove(at: place))
        }
        switch joined {
        case .refused: seat.reply.resume(returning: .outcome(.unsent(.shutDown)))
        case .waits: break
        case .opened(let id):
            Task {
                await wait(terms.linger)
                if let due = takeDue(id, key) { leave(due) }
            }
        case .filled(let full): leave(full)
        }
    }

    /// Nil for a call that is full and gone, or that everybody withdrew from.
    private func takeDue(_ id: UInt64, _ key: BatchKey) -> Waiting? {
        state.withLock { state in
            guard var calls = state.waiting[key], let place = calls.firstIndex(where: { $0.id == id }) else {
                return nil
            }
            defer { state.waiting[key] = calls.isEmpty ? nil : calls }
            return calls.remove(at: place)
        }
    }

    // MARK: leaving

    private func leave(_ call: Waiting) {
        if call.seats.count == 1 { return call.seats[0].reply.resume(returning: .alone) }
        state.withLock { state in
            // The task finds itself noted: it needs the lock to end.
            let task = Task { await self.make(call) }
            state.underWay[call.id] = UnderWay(wanted: Set(call.seats.map(\.id)), task: task)
        }
    }

    private func make(_ call: Waiting) async {
        let answer = await call.call(call.seats.map(\.message))
        state.withLock { _ = $0.underWay.removeValue(forKey: call.id) }
        for (index, seat) in call.seats.enumerated() { seat.reply.resume(returning: leave(at: index, answer)) }
    }

    private func leave(at index: Int, _ answer: BatchAnswer) -> Leave {
        switch answer {
        // What an answer leaves out may have been taken.
        case .each(let outcomes):
            .outcome(index < outcomes.count ? outcomes[index] : .unknown(code: BatchAnswer.missing))
        // The call was not taken, and one of its messages is why: the others leave all the same.
        case .whole(let outcome): outcome.isOfOneMessage ? .alone : .outcome(outcome)
        }
    }

    // MARK: withdrawing

    /// A message that has left with others is waited for; a call that nobody waits for any more is withdrawn itself.
    private func withdraw(_ id: UInt64) {
        let seat = state.withLock { state -> Seat? in
            for (key, waiting) in state.waiting {
                for (place, call) in waiting.enumerated() {
                    guard let index = call.seats.firstIndex(where: { $0.id == id }) else { continue }
                    var calls = waiting
                    let seat = calls[place].seats.remove(at: index)
                    if calls[place].seats.isEmpty { calls.remove(at: place) }
                    state.waiting[key] = calls.isEmpty ? nil : calls
                    return seat
                }
            }
            for (callID, call) in state.underWay where call.wanted.contains(id) {
                state.underWay[callID]?.wanted.remove(id)
                if call.wanted.count == 1 { call.task.cancel() }
            }
            return nil
        }
        seat?.reply.resume(returning: .outcome(.unsent(.cancelled)))
    }
}

extension SendOutcome {
    fileprivate static func unsent(_ fault: HTTPFault) -> SendOutcome {
        .notSent(code: fault.rawValue, retryAfter: nil)
    }

    /// True for a no to a whole call that may be about one of its messages only: a bad number, or one that gets no more
    /// for now. Nothing of the call was taken then.
    fileprivate var isOfOneMessage: Bool {
        switch self {
        case .rejected, .suppressed, .notSent(_, .some): true
        case .accepted, .notSent(_, nil), .throttled, .misconfigured, .unknown: false
        }
    }
}
