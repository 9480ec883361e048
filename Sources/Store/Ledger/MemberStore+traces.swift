import Kit
import Rules

extension MemberStore {
    /// The most traces that one slice removes: a few milliseconds of the writer.
    package static let traceSlice = 1000

    /// Removes a slice of the traces that are older than the settings keep them, oldest first; decisions stay.
    /// - Returns: how many were removed; fewer than a slice when there are no more.
    package func trimTraces(_ settings: Settings, at now: Instant, slice: Int = traceSlice) throws -> Int {
        let end: Instant
        switch settings.traces {
        case .forever: return 0
        case .off: end = .distantFuture
        case .keep(let span): end = settings.zone.subtract(span, from: now)
        }
        let oldest = try writer.read { try ($0.value("SELECT at FROM traces ORDER BY id LIMIT 1") as Int64?) }
        guard let oldest, oldest < end.micros else { return 0 }
        return try writer.write { db in
            return try db.run(
                "DELETE FROM traces WHERE id IN (SELECT id FROM traces ORDER BY id LIMIT ?) AND at < ?",
                [slice, end.micros])
        }
    }
}
