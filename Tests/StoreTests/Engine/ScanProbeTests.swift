import Kit
import Policies
import TestSupport
import Testing

@testable import Engine
@testable import Store

/// A tick asks the probe of a rule before it runs the rule's scan.
@Suite("The probe before a scan")
struct ScanProbeTests {
    @Test("a probe never says no where the scan finds somebody, and mostly says no where it finds nobody")
    func agreement() throws {
        let world = World(set: try ShippedRules.ruleSet(), fixtures: try ShippedRules.fixtures())
        let plans = world.planned().plans
        let (from, hours) = (try world.instant("2026-03-01"), 2)
        var (found, spared, vain) = (0, 0, 0)
        try world.store().writer.read { db in
            let zones = try ZonesInUse(db, world.set.settings)
            for number in 0..<(24 * 21 / hours) {
                let start = from.adding(micros: Int64(number * hours) * 3_600_000_000)
                let window = Window(after: start, through: start.adding(micros: Int64(hours) * 3_600_000_000))
                let windows = EventWindows(db)
                for plan in plans where !plan.rule.trigger.asksEveryone {
                    let scan = Scan(
                        db: db, plan: plan, settings: world.set.settings, zones: zones, window: window, members: nil,
                        decidesAt: window.through)
                    let mayFind = try ScanProbe(plan.rule).mayFind(scan, windows)
                    let isFound = try !scan.run().isEmpty
                    #expect(mayFind || !isFound, "\(plan.rule.id) \(window)")
                    if isFound { found += 1 } else if mayFind { vain += 1 } else { spared += 1 }
                }
            }
        }
        #expect(found >= 10)
        #expect(spared > 3 * vain)
    }
}
