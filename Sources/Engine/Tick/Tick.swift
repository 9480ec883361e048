import Kit
import Policies
import Rules
import Store

/// How much of a tick is done in one transaction, and how much is kept in memory.
package struct TickSlices: Sendable {
    /// Occurrences decided in one transaction.
    package var items: Int
    /// Members with newly arrived rows that are scanned in one round.
    package var arrivals: Int
    /// Occurrences kept in memory; more are kept on disk.
    package var inMemory: Int
    /// The most occurrences, members and members with new rows that are decided amid a large audience, at once.
    package var interlude: Int
    package init(items: Int = 2000, arrivals: Int = 5000, inMemory: Int = 5000, interlude: Int = 2000) {
        (self.items, self.arrivals, self.inMemory, self.interlude) = (items, arrivals, inMemory, interlude)
    }
}

extension MemberStore {
    /// Decides everything that became due since the last tick, and what arrived late, in slices of one transaction
    /// each, so that others can write in between; the watermark moves with the last. When nothing is due, nothing is
    /// written except the watermark now and then.
    /// - Parameters:
    ///   - slices: how much is one transaction.
    ///   - take: gets the lines of each slice once it is on disk; nil: the report holds them all.
    ///   - goesOn: asked after each slice; false ends the tick there. What is decided stays decided, and the next tick
    ///     finds the rest, because the watermark has not moved.
    ///   - meanwhile: the time as it goes on. Between the slices of a large audience, what became due since is decided;
    ///     nil: it waits for the next tick.
    package func tick(
        _ prepared: PreparedRules, at now: Instant, slices: TickSlices = TickSlices(),
        lines take: (([Decision]) -> Void)? = nil, goesOn: @escaping () -> Bool = { true },
        meanwhile: (() -> Instant)? = nil
    ) throws -> TickReport {
        var report = TickReport()
        let clock = ContinuousClock()
        let began = clock.now
        var isMore = true
        // A savepoint copies each page that is written under it, so a tick goes without until a statement fails.
        var isolatesEach = false
        // After the first round the windows are empty: further rounds look only at what arrived, a slice at a time.
        while isMore {
            let agenda = Agenda(most: slices.inMemory, page: slices.items)
            let scan = try writer.read { db in
                try TickScan(db, prepared: prepared, now: now, slice: slices.arrivals, into: agenda, goesOn: goesOn)
            }
            report.add(isolatesEach ? scan.report.withoutCounts : scan.report)
            isMore = scan.arrivals.count == slices.arrivals && !scan.isCutShort && goesOn()
            guard !scan.isCutShort, try !scan.isIdle else { break }
            // Counted and ordered before the store is taken for writing: for a million this takes seconds.
            let people = try agenda.people()
            if agenda.isSpilled, !goesOn() { break }
            var run = TickRun(
                prepared: prepared, now: now, slice: slices.items, agenda: agenda, isolatesEach: isolatesEach,
                report: scan.report.withoutCounts)
            var interlude = meanwhile.map {
                Interlude(prepared, after: now, slices: slices, arrivals: scan.arrivals, clock: $0)
            }
            do {
                try writer.write { db in
                    try run.slice { run in
                        try run.begin(db, scan, finding: people)
                        try run.advance(db, scan)
                    }
                }
                run.handOver(take)
                while !run.isDone {
                    guard goesOn() else {
                        isMore = false
                        break
                    }
                    if let other = try interlude?.run(self, amid: &run) {
                        take?(other.lines)
                        report.add(take == nil ? other : other.withoutLines)
                    }
                    try writeSlice { db in try run.slice { run in try run.advance(db, scan) } }
                    run.handOver(take)
                }
            } catch is FailedPage {
                // The slice was rolled back as a whole. What was due is found again, now with a savepoint for each.
                (isolatesEach, isMore) = (true, true)
            }
            report.add(run.report)
        }
        report.milliseconds = (clock.now - began) / .milliseconds(1)
        return report
    }
}
