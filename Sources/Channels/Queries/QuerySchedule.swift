/// When a provider is asked what became of a message, and how fast. It ends when something final is known.
package struct QuerySchedule: Sendable, Equatable {
    /// Microseconds after the handover, rising.
    private let slots: [Int64]
    /// Messages asked about, on average.
    package let perSecond: Double
    /// The most messages of one call of `Channel.query`.
    package let perCall: Int

    /// The slots of guarantees §1.7, for providers that answer for one message in one request.
    package static let standard = QuerySchedule(
        after: [
            .seconds(120), .seconds(600), .seconds(3600), .seconds(6 * 3600), .seconds(24 * 3600), .seconds(48 * 3600),
            .seconds(72 * 3600),
        ])

    package init(after slots: [Duration], perSecond: Double = 20, perCall: Int = 20) {
        self.slots = slots.map(\.micros).sorted()
        self.perSecond = perSecond
        self.perCall = max(1, perCall)
    }

    /// At even intervals; an interval of less than a second counts as one.
    package init(every interval: Duration, for whole: Duration, perSecond: Double = 20, perCall: Int = 20) {
        let step = max(interval, .seconds(1)).micros
        slots = Array(stride(from: step, through: max(step, whole.micros), by: Int(step)))
        self.perSecond = perSecond
        self.perCall = max(1, perCall)
    }

    /// The first slot later than `elapsed`, both in microseconds after the handover; nil after the last.
    package func next(after elapsed: Int64) -> Int64? { slots.first { $0 > elapsed } }
}
