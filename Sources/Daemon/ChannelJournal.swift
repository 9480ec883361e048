import Channels
import Kit
import Store

/// What is to be written down of the channels: a new standing at once, what they last said at most once a second. Pure:
/// the caller names the time.
struct ChannelJournal {
    private var states: [String: ChannelState] = [:]
    /// The rows as they are on disk.
    private var written: [String: ChannelState] = [:]

    /// Microseconds between two rows of a channel whose standing is the same.
    private static let pause: UInt64 = 1_000_000

    /// Notes the outcome of one message; `gate` has recorded it.
    mutating func note(
        _ outcome: SendOutcome, of channel: String, _ gate: ChannelGate, at time: (Instant, Breaker.Moment)
    ) {
        let (standing, wait) = gate.standing(at: time.1)
        var state = states[channel] ?? ChannelState(channel: channel, since: time.0)
        if state.standing != standing { (state.standing, state.since) = (standing, time.0) }
        state.until = wait.map { time.0.adding(micros: $0.micros) }
        if case .accepted = outcome {
            state.acceptedAt = time.0
        } else {
            (state.refusedAt, state.refusedCode) = (time.0, outcome.code)
        }
        states[channel] = state
    }

    /// An operator made the channel ready, which is on disk.
    mutating func noteReady(_ channel: String, at now: Instant) {
        guard var state = states[channel] else { return }
        (state.standing, state.since, state.until) = (.ready, now, nil)
        states[channel] = state
        written[channel]?.standing = .ready
    }

    /// The rows to write at `now`, with that instant.
    func due(at now: Instant) -> [ChannelState] {
        states.values.sorted { $0.channel < $1.channel }.compactMap { state in
            guard var last = written[state.channel] else { return state.noted(at: now) }
            let age = (now.micros - last.notedAt.micros).magnitude
            last.notedAt = state.notedAt
            guard state != last, state.standing != last.standing || age >= ChannelJournal.pause else { return nil }
            return state.noted(at: now)
        }
    }

    /// These rows are on disk.
    mutating func wrote(_ rows: [ChannelState]) {
        for row in rows { written[row.channel] = row }
    }
}

extension ChannelState {
    fileprivate func noted(at now: Instant) -> ChannelState {
        var state = self
        state.notedAt = now
        return state
    }
}
