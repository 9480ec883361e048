import GRDB
import Rules

extension RowWriter {
    /// In a fixture, what has no `at` holds since ever. From the world a yes undoes a no only where its date is later:
    /// lists without dates are imported again and again, in any order, and a no stands.
    package mutating func write(consent row: ConsentRow, stating columns: Set<Column>? = nil) throws -> Written {
        guard case .world(let now) = origin else { return try put(row, at: row.at ?? .distantPast, columns) }
        let known = try consents(row)
        if row.state == .granted, RowWriter.isRefused(row, by: known) {
            if known.last?.state == .withdrawn { refusedGrants += 1 }
            return .unchanged
        }
        guard row.state == .withdrawn, row.at == nil else {
            return try put(row, at: row.at ?? .distantPast, columns)
        }
        let instants = RowWriter.instantsOfNo(known, now: now)
        for at in instants { _ = try put(row, at: at, columns) }
        return instants.isEmpty ? .unchanged : known.isEmpty ? .inserted : .updated
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

    /// Where a no without a date is written: right behind the yes that it ends (or since ever), so that it counts at
    /// whatever instant is asked for; now, so that no list dated before today outdoes it; and behind a yes of a clock
    /// that was ahead. Empty where a no holds already.
    private static func instantsOfNo(_ known: [KnownConsent], now: Instant) -> [Instant] {
        let holding = known.last { $0.at <= now }
        var instants: [Instant] = []
        if holding?.state != .withdrawn {
            let first = holding.map { $0.at.adding(micros: 1) } ?? .distantPast
            instants.append(first)
            if first < now { instants.append(now) }
        }
        if let last = known.last, last.state == .granted, last.at > now { instants.append(last.at.adding(micros: 1)) }
        return instants
    }

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
        let source: String? = columns?.contains(.source) ?? true ? row.source : stored[1]
        if stored[0] as String == row.state.rawValue, stored[1] as String? == source { return .unchanged }
        let update = """
            UPDATE consents SET state = ?5, source = ?6, seq = ?7
            WHERE member = ?1 AND channel = ?2 AND purpose = ?3 AND at = ?4
            """
        try db.run(update, key + [row.state.rawValue] + [source, try number()])
        return try noted(.updated, row.memberID)
    }
}
