import Kit
import Testing

@testable import Gateway

@Suite("How far decisions are behind")
struct WorkMeterTests {
    private static func instant(_ seconds: Int64) -> Instant { Instant(micros: seconds * 1_000_000) }

    @Test("a daemon that never decided anything lags since its start: an alert sees that too")
    func neverEvaluated() {
        let meter = WorkMeter(began: WorkMeterTests.instant(100))
        #expect(meter.lag(at: WorkMeterTests.instant(100)) == 0)
        #expect(meter.lag(at: WorkMeterTests.instant(190)) == 90)
    }

    @Test("after an evaluation the lag counts from it, and a clock that goes back makes none")
    func evaluated() {
        let meter = WorkMeter(began: WorkMeterTests.instant(100))
        meter.noteTick(at: WorkMeterTests.instant(150), took: .milliseconds(5))
        #expect(meter.lag(at: WorkMeterTests.instant(160)) == 10)
        #expect(meter.lag(at: WorkMeterTests.instant(140)) == 0)
    }
}
