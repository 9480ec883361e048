import GRDB
import Rules

extension RowWriter {
    /// In a fixture, what has no `at` holds since ever. From the world a yes undoes a no only where its date is later:
    /// lists without dates are imported again and again, in any order, and a no stands. A no counts from its commit,
    /// whatever date it carries.
    package mutating func write(consent row: ConsentRow, stating columns: Set<Column>? = nil) throws -> Written {
        guard case .world(let now) = origin else { return try put(row, at: row.at ?? .distantPast, columns) }
        let known = try consents(row)
        guard row.state == .withdrawn else {
            guard !RowWriter.isRefused(row, by: known) else {
                if known.last?.state == .withdrawn { refusedGrants += 1 }
                return .unchanged
            }
            return try put(row, at: row.at ?? .distantPast, columns)
        }
        let instants = RowWriter.instants(ofNoDated: row.at, known, now: now)
        let written = try instants.map { try put(row, at: $0, columns) }.filter { $0 != .unchanged }
        return written.isEmpty ? .unchanged : known.isEmpty ? .inserted : .updated
    }

    struct KnownConsent {
        let at: Instant
        let state: ConsentRow.State
    }

    /// What is stored for that member, channel and purpose, in order of time.
    private func consents(_ row: ConsentRow) throws -> [KnownConsent] {
        let sql = "SELECT at, state FROM consents WHERE member = ? AND channel = ? AND purpose = ? ORDER BY at"
        return try db.all(sql, [row.memberID, row.channel, row.purpose.rawValue]).map { stored in
            let isGranted = stored[1] as String == ConsentRow.State.granted.rawValue
            return KnownConsent(at: Instant(micros: stored[0]), state: isGranted ? .granted : .withdrawn)
        }
    }

    /// A yes without a date never stands beside a no, nor one of the very same instant.
    private static func isRefused(_ grant: ConsentRow, by known: [KnownConsent]) -> Bool {
        known.contains { $0.state == .withdrawn && (grant.at == nil || $0.at == grant.at) }
    }

    /// Where a no is written: at its own date, behind a yes of that very instant.
    ///
    /// One without a date, or dated ahead, is written now, so that it counts at once and no list dated before today
    /// outdoes it; where a no holds already, it is that one. One without a date also stands right behind the yes that it
    /// ends (or since ever), so that it counts at whatever instant is asked for. A yes that is dated ahead, by a clock
    /// that was, is ended too unless it is later than the no.
    private static func instants(ofNoDated own: Instant?, _ known: [KnownConsent], now: Instant) -> [Instant] {
        if let own, own <= now {
            let isYes = known.contains { $0.at == own && $0.state == .granted }
            return [isYes ? own.adding(micros: 1) : own]
        }
        let holding = known.last { $0.at <= now }
        var instants: [Instant] = []
        if holding?.state != .withdrawn {
            if own == nil { instants.append(holding.map { $0.at.adding(micros: 1) } ?? .distantPast) }
            if instants.last ?? .distantPast < now { instants.append(now) }
        }
        let ahead = known.last { $0.at > now && $0.at <= own ?? .distantFuture }
        if let ahead, ahead.state == .granted { instants.append(ahead.at.adding(micros: 1)) }
        return instants
    }

    /// Of a yes and a no of one instant the no stands.
    private mutating func put(_ row: ConsentRow, at: Instant, _ columns: Set<Column>?) throws -> Written {
        let key: [any DatabaseValueConvertible] = [row.memberID, row.channel, row.purpose.rawValue, at.micros]
        let sql = "SELECT state, source FROM consents WHERE member = ? AND channel = ? AND purpose = ? AND at = ?"
        guard let stored = try db.first(sql, key) else {
            let insert = """
                INSERT INTO consents (member, channel, purpose, at, state, source, seq) VALUES (?, ?, ?, ?, ?, ?, ?)
                """
            try db.run(insert, key + [row.state.rawValue] + [row.source, try number()])
            return try noted(.inserted, row.memberID)
        }
        if stored[0] as String == ConsentRow.State.withdrawn.rawValue, row.state == .granted { return .unchanged }
        let source: String? = columns?.contains(.source) ?? true ? row.source : stored[1]
        if stored[0] as String == row.state.rawValue, stored[1] as String? == source { return .unchanged }
        let update = """
            UPDATE consents SET state = ?5, source = ?6, seq = CASE state WHEN ?5 THEN seq ELSE ?7 END
            WHERE member = ?1 AND channel = ?2 AND purpose = ?3 AND at = ?4
            """
        try db.run(update, key + [row.state.rawValue] + [source, try number()])
        return try noted(.updated, row.memberID)
    }
}
