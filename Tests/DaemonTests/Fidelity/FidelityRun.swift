import Kit
import Daemon
import Foundation
import Policies
import Rules
import Store
import TestSupport

@testable import Review
@testable import Engine

/// One comparison: a dry-run on a copy of the store, and the daemon on the store itself.
struct FidelityRun {
    /// What happens to the daemon, and how its rows come.
    struct Course: CustomStringConvertible {
        /// Rows come at their instants; otherwise all are there from the beginning, and the future is invisible.
        var isArriving = false
        /// The daemon is down for a while: the script of the dry-run says so.
        var hasOutage = false
        /// The dry-run begins in the middle, on the store that the daemon has left there.
        var isFromMiddle = false

        var description: String {
            let words = [(isArriving, "rows arriving"), (hasOutage, "outage"), (isFromMiddle, "from the middle")]
            return words.filter(\.0).map(\.1).joined(separator: ", ")
        }
    }

    let workspace: FidelityWorkspace
    let course: Course
    let scratch: Scratch
    private var random: SeededGenerator

    init(_ workspace: FidelityWorkspace, _ course: Course, in scratch: Scratch) {
        (self.workspace, self.course, self.scratch) = (workspace, course, scratch)
        random = SeededGenerator(seed: UInt64(workspace.seed) &* 3)
    }

    struct Result {
        var dryRun: [Decision]
        var daemon: [Decision]
        /// Messages that the daemon decided to send and then did not hand over.
        var undelivered: [String] = []
    }

    mutating func run() async throws -> Result {
        var script = SimulationScript()
        let outage = course.hasOutage ? randomStretch() : nil
        if let outage { script.steps = [.init(at: outage.lowerBound, .stop(until: outage.upperBound))] }
        let all = try workspace.store(of: workspace.fixtures)
        let whole = try dryRun(workspace.store(of: workspace.fixtures), from: workspace.from, script)
        let ticks = try tickInstants(whole, script, outage)
        let arrivals = Arrivals(workspace.fixtures, after: workspace.from)
        var slices = TickSlices()
        if Bool.random(using: &random) {
            (slices.items, slices.arrivals) = (
                Int.random(in: 1...4, using: &random), Int.random(in: 1...4, using: &random)
            )
            // The rest of what is due is on disk.
            slices.inMemory = slices.items
        }
        let daemon = try TickedDaemon(
            URL(filePath: scratch.path + "/\(UUID().uuidString).db"),
            holding: course.isArriving ? workspace.store(of: arrivals.present) : all, staged: workspace.staged,
            start: workspace.from, slices: slices)
        defer { try? daemon.stop() }
        let middle = course.isFromMiddle ? Int.random(in: 1..<max(ticks.count, 2), using: &random) : nil
        var coming = course.isArriving ? arrivals.coming[...] : []
        var result = Result(dryRun: whole, daemon: [])
        for (index, now) in ticks.enumerated() {
            if index == middle {
                result = Result(
                    dryRun: try dryRun(MemberStore.privateCopy(of: daemon.url), from: now, script), daemon: [])
            }
            switch Int.random(in: 0..<12, using: &random) {
            case 0: try daemon.restart()
            case 1: daemon.reload()
            default: break
            }
            let arrived = coming.prefix { $0.at <= now }
            if !arrived.isEmpty { try await daemon.write(arrived.map(\.row), at: now) }
            coming = coming.dropFirst(arrived.count)
            result.daemon += try await daemon.tick(now)
        }
        result.undelivered = try await daemon.undelivered()
        let live = Set(workspace.live.plans.map(\.rule.id))
        result.daemon = result.daemon.filter { live.contains($0.rule) }.sorted(by: Decision.precedes)
        return result
    }

    private func dryRun(
        _ store: MemberStore, from: Instant, _ script: SimulationScript, showsUndecided: Bool = false
    ) throws -> [Decision] {
        let prepared = try PreparedRules(workspace.live, rulesVersion: 0, in: store)
        var simulation = Simulation(store: store, prepared: prepared, from: from, until: workspace.until)
        simulation.script = script
        simulation.showsUndecided = showsUndecided
        return try simulation.run()
    }

    /// Where the dry-run looks at somebody, whatever comes of it, where a row says that something happens, and somewhere
    /// else. A tick that comes later than the first may find other facts, and so may a real daemon.
    private mutating func tickInstants(
        _ lines: [Decision], _ script: SimulationScript, _ outage: Range<Instant>?
    ) throws -> [Instant] {
        var instants = workspace.fixtures.instants.union(lines.map(\.at)).union(lines.compactMap(\.until))
        if workspace.live.plans.contains(where: \.rule.trigger.asksEveryone) {
            let all = try dryRun(
                workspace.store(of: workspace.fixtures), from: workspace.from, script, showsUndecided: true)
            instants.formUnion(all.filter { $0.outcome == .notDue }.map(\.at))
        }
        for _ in 0..<20 { instants.insert(randomInstant()) }
        instants.insert(workspace.from)
        if let outage {
            instants = instants.filter { !outage.contains($0) }
            instants.insert(outage.upperBound)
        }
        return instants.filter { $0 >= workspace.from && $0 < workspace.until }.sorted()
    }

    private mutating func randomInstant() -> Instant {
        Instant(micros: Int64.random(in: workspace.from.micros..<workspace.until.micros, using: &random))
    }

    /// Not the very beginning: the rules are live when the daemon stops.
    private mutating func randomStretch() -> Range<Instant> {
        let (a, b) = (randomInstant(), randomInstant())
        return min(a, b).adding(micros: 1)..<max(a, b).adding(micros: 2)
    }
}
