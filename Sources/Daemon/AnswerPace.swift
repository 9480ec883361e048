/// How many answers a channel gives in a quarter of a second. Pure: the caller names the time.
///
/// What waits for one of a channel's connections has its intent on disk and may be the last thing that an operator's stop
/// does not reach; as many as are answered in this time is therefore all that may wait.
struct AnswerPace {
    typealias Moment = ContinuousClock.Instant

    private static let slice = Duration.milliseconds(250)
    private var began: Moment?
    private var count = 0
    private var last = 0

    /// Counts one answer.
    mutating func note(at now: Moment) {
        roll(to: now)
        count += 1
    }

    /// The answers of the last slice that is over; 0 where nothing was answered in it.
    func perSlice(at now: Moment) -> Int {
        var pace = self
        pace.roll(to: now)
        return pace.last
    }

    private mutating func roll(to now: Moment) {
        guard let began else {
            self.began = now
            return
        }
        let passed = began.duration(to: now)
        guard passed >= AnswerPace.slice else { return }
        last = passed < AnswerPace.slice * 2 ? count : 0
        (self.began, count) = (now, 0)
    }
}
