import Channels
import Engine
import Kit
import Logging
import Policies
import Rules
import Store

extension AttemptResult {
    /// What becomes of an attempt by what its channel said.
    init(_ outcome: SendOutcome, of intent: Intent, under planned: PlannedSet?, at now: Instant) {
        func retry(_ code: String, after: Duration?, counts: Bool) -> Outcome {
            var random = SystemRandomNumberGenerator()
            let delay = Backoff.delay(failures: intent.failures, retryAfter: after, using: &random)
            return .notSent(code: code, retryAt: now.adding(micros: delay.micros), counts: counts)
        }
        let result: Outcome =
            switch outcome {
            case .accepted(let id): .accepted(providerID: id)
            case .rejected(let code): .rejected(code: code)
            case .suppressed(let code, let suppression): Outcome(code, suppression, of: intent, under: planned)
            case .notSent(let code, let after): retry(code, after: after, counts: true)
            // The channel or its settings are at fault, not the delivery: it waits for as long as it may.
            case .throttled(let code, let after): retry(code, after: after, counts: false)
            case .misconfigured(let code): retry(code, after: nil, counts: false)
            case .unknown(let code): .unknown(code: code)
            }
        self.init(delivery: intent.delivery, attempt: intent.attempt, outcome: result)
    }

    /// Of an attempt that the channel never saw.
    init(keptBack intent: Intent, _ code: String, until: Instant) {
        self.init(
            delivery: intent.delivery, attempt: intent.attempt,
            outcome: .notSent(code: code, retryAt: until, counts: false))
    }
}

extension AttemptResult.Outcome {
    fileprivate init(
        _ code: String, _ suppression: SendOutcome.Suppression, of intent: Intent, under planned: PlannedSet?
    ) {
        let kind = planned?.channels[intent.channel] ?? .none
        let isTold = planned?.credited[intent.channel] != nil
        switch suppression {
        case .optedOut: self = .suppressed(code: code, reason: .optOut, kind)
        case .bounced: self = .suppressed(code: code, reason: .bounce, kind)
        case .unfollowed: self = .unfollowed(code: code, kind, isTold: isTold)
        case .uncredited: self = .uncredited(code: code, kind)
        }
    }
}

extension Logger {
    /// The line of one attempt, and what it changed for its channel.
    func say(_ news: ChannelGate.News?, _ sending: Dispatcher.Sending, _ outcome: SendOutcome) {
        let intent = sending.intent
        debug(
            "attempted",
            metadata: [
                "rule": "\(intent.rule)", "member": "\(Mask.key(intent.member))",
                "occasion": "\(Mask.text(intent.occasion))",
                "delivery": "\(intent.delivery)", "channel": "\(intent.channel)", "attempt": "\(intent.attempt)",
                "outcome": "\(outcome.word)",
            ])
        guard let news else { return }
        let channel: Logger.Metadata = ["channel": "\(intent.channel)", "outcome": "\(outcome.word)"]
        switch news {
        case .opened: warning("channel keeps failing and is closed for a while", metadata: channel)
        case .closed: notice("channel works again", metadata: channel)
        case .misconfigured: error("channel is misconfigured: nothing is sent through it", metadata: channel)
        }
    }
}
