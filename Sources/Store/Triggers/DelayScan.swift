import Kit
import Policies
import Rules

/// Named arguments of a statement.
typealias Bindings = [String: SQLValue]

extension Instant {
    var bound: SQLValue { micros.sql }
}

extension Scan {
    /// Scans `event`, `first_purchase`, `cart_idle`, `browsed` and `inactive` for starts whose due instant lies in the
    /// window, and starts whose wait was cancelled in it (even if their due instant lies beyond).
    func delays(_ take: (Candidate) throws -> Void) throws {
        guard let delay = Delay(rule.trigger) else { return }
        let interruption = Interruption(rule)
        let reader = StartReader(scan: self, delay: delay, interruption: interruption)
        // Only a start that is also found as cancelled may be read twice.
        let isReadOnce = members != nil || interruption.cancellingEvents.isEmpty
        var seen: Set<Int64> = []
        func collect(_ source: EventSource, _ driver: String, _ arguments: Bindings) throws {
            try reader.read(from: source, driver, arguments) { seq, item in
                if isReadOnce || seen.insert(seq).inserted { try take(item) }
            }
        }
        let sources = EventSource.of(rule.trigger.startingEvents)
        if let members {
            let from = window.after.adding(micros: -delay.longest)
            for source in sources {
                try collect(
                    source, "\(AmongMembers.sql("e.member", members)) AND e.at > :after AND e.at <= :through",
                    [
                        "members": AmongMembers.argument(members), "after": from.bound,
                        "through": window.through.bound,
                    ])
            }
        } else {
            for source in sources {
                try dueStarts(delay, from: source, collect)
                try cancelledStarts(delay, from: source, interruption, collect)
            }
        }
        try heldStarts(interruption, reader).forEach(take)
    }

    /// Passes on the waits that began in the window, whatever became of them: `--all` prints them.
    package func begun(_ take: (Occurrence) throws -> Void) throws {
        guard let delay = Delay(rule.trigger) else { return }
        let reader = StartReader(scan: self, delay: delay, interruption: Interruption(rule))
        var seen: Set<Occurrence.Key> = []
        for source in EventSource.of(rule.trigger.startingEvents) {
            try reader.readAll(
                from: source, source.within("e", after: ":after", through: ":through"),
                ["after": window.after.bound, "through": window.through.bound]
            ) {
                // Two starts at one instant are one occasion.
                let isNew = seen.insert($0.key(0)).inserted
                if isNew, $0.due > $0.start { try take($0) }
            }
        }
    }

    private typealias Collect = (EventSource, String, Bindings) throws -> Void

    /// When the waits began that can be due in the window, by zone; without a zone, for everyone.
    func startWindows(_ delay: Delay) -> [(zone: Zone?, window: Window)] {
        let sameForAll = delay.at == nil && !delay.span.isNominal
        return (sameForAll ? [zones.standard] : zones.all).compactMap { zone in
            guard let (after, through) = delay.starts(dueIn: window, zone: zone), after < through else { return nil }
            return (sameForAll ? nil : zone, Window(after: after, through: through))
        }
    }

    private func dueStarts(_ delay: Delay, from source: EventSource, _ collect: Collect) throws {
        for (zone, starts) in startWindows(delay) {
            let predicate = zone.map(zones.predicate) ?? "TRUE"
            let arguments = [
                "after": starts.after.bound, "through": starts.through.bound,
                "decided": (decidesAt ?? window.after).bound,
            ]
            if readsLatest {
                try collect(source, "\(silentStarts) AND \(predicate)", arguments)
            } else {
                let started = source.within("e", after: ":after", through: ":through")
                try collect(source, "\(started) AND \(predicate)", arguments)
            }
        }
    }

    /// `inactive`: selects only starts that are a member's latest activity. Members with activity after now (a clock
    /// ahead, a fixture) are read from `events`, because `latest` does not know what came before.
    private var silentStarts: String {
        """
        e.seq IN (SELECT s.seq FROM latest l {then} events s ON s.member = l.member AND s.name = l.name AND s.at = l.at
            WHERE l.name IN (\(startNames)) AND l.at > :after AND l.at <= :through
          UNION SELECT s.seq FROM latest l {then} events s ON s.member = l.member AND s.name = l.name
              AND s.at > :after AND s.at <= :through
            WHERE l.name IN (\(startNames)) AND l.at > :decided)
        """
    }

    var readsLatest: Bool {
        guard case .inactive(let inactive) = rule.trigger else { return false }
        return !inactive.activity.contains(OwnMessages.event)
    }

    private func cancelledStarts(
        _ delay: Delay, from source: EventSource, _ interruption: Interruption, _ collect: Collect
    ) throws {
        for name in Set(interruption.cancellingEvents).sorted() {
            for ending in EventSource.of([name]) {
                let driver = """
                    e.\(source.key) IN (SELECT s.\(source.key) FROM \(ending.table) x {then} \(source.table) s
                      ON s.member = x.member AND s.name IN (\(startNames)) AND s.at <= x.at AND s.at >= x.at - :longest
                      WHERE x.name = :name AND \(ending.within("x", after: ":after", through: ":through")))
                    """
                try collect(
                    source, driver,
                    [
                        "longest": delay.longest.sql, "name": name.sql, "after": window.after.bound,
                        "through": window.through.bound,
                    ])
            }
        }
    }

    /// Held occurrences that events of the window cancel or supersede, which is possible until their release.
    private func heldStarts(_ interruption: Interruption, _ reader: StartReader) throws -> [Candidate] {
        guard !interruption.columns.isEmpty else { return [] }
        let cancelling = Set(interruption.cancellingEvents).sorted()
        let names = (cancelling.map(sqlText) + [startNames]).joined(separator: ", ")
        var arguments: Bindings = [
            "rule": rule.id.sql, "after": window.after.bound, "through": window.through.bound,
        ]
        if let members { arguments["members"] = AmongMembers.argument(members) }
        var found: [Candidate] = []
        var seen: Set<Int64> = []
        for source in EventSource.of(rule.trigger.startingEvents) {
            for ending in EventSource.of(cancelling + rule.trigger.startingEvents) {
                let driver = """
                    e.\(source.key) IN (SELECT \(source.key(of: "w.event")) FROM \(ending.table) x
                      {then} waits w ON w.member = x.member AND w.rule = :rule
                      WHERE w.kind = 'held' AND x.name IN (\(names))
                        AND \(ending.within("x", after: ":after", through: ":through"))
                      \(members.map { "AND " + AmongMembers.sql("x.member", $0) } ?? ""))
                    """
                try reader.readHeld(from: source, driver, arguments) { seq, item in
                    if seen.insert(seq).inserted { found.append(item) }
                }
            }
        }
        return found
    }

    /// The names of the events a wait can start from, as SQL literals.
    var startNames: String {
        let names = rule.trigger.startingEvents
        return names.isEmpty ? "NULL" : names.map(sqlText).joined(separator: ", ")
    }
}

/// Reads start events with the first event of each kind that could end their wait, and resolves each.
private struct StartReader {
    let scan: Scan
    let delay: Delay
    let interruption: Interruption

    func read(
        from source: EventSource, _ driver: String, _ arguments: Bindings, _ body: (Int64, Candidate) throws -> Void
    ) throws {
        let (sql, arguments) = statement(source, driver, arguments, filters: supersededFilters)
        try scan.rows(sql, SQLArguments(arguments)) { row in
            if let item = try resolve(row, held: false) { try body(row[0], item) }
        }
    }

    func readHeld(
        from source: EventSource, _ driver: String, _ arguments: Bindings, _ body: (Int64, Candidate) throws -> Void
    ) throws {
        let (sql, arguments) = statement(source, driver, arguments)
        try scan.rows(sql, SQLArguments(arguments)) { row in
            if let item = try resolve(row, held: true) { try body(row[0], item) }
        }
    }

    func readAll(
        from source: EventSource, _ driver: String, _ arguments: Bindings, _ body: (Occurrence) throws -> Void
    ) throws {
        let (sql, arguments) = statement(source, driver, arguments)
        try scan.rows(sql, SQLArguments(arguments)) { try body(occurrence($0)) }
    }

    private static let fixedColumns = 8

    /// `inactive`: most starts of a day have a newer one, and are dropped inside the database. Nothing is decided
    /// before `:decided`, so a start that is newer by then supersedes for certain.
    private var supersededFilters: [String] {
        if case .firstPurchase = scan.rule.trigger {
            // An earlier order that is uploaded late does not make a second first purchase.
            return [
                "NOT EXISTS (SELECT 1 FROM decisions d WHERE d.member = e.member AND d.rule = \(sqlText(scan.rule.id)))"
            ]
        }
        guard case .inactive(let inactive) = scan.rule.trigger else { return [] }
        return EventSource.of(inactive.activity).map { source in
            """
            NOT EXISTS (SELECT 1 FROM \(source.table) x WHERE x.member = e.member
              AND x.name IN (\(inactive.activity.map(sqlText).joined(separator: ", "))) AND x.at > e.at AND x.at <= :decided)
            """
        }
    }

    private func statement(
        _ source: EventSource, _ driver: String, _ arguments: Bindings, filters extra: [String] = []
    ) -> (String, Bindings) {
        var columns = ["e.seq", "e.member", "e.name", "e.at", "e.ref", EventNames.occasionID, "m.zone"]
        columns.append(valueColumn)
        columns += interruption.columns.map(\.sql)
        var compiler = ConditionSQL(
            fields: FieldSQL(custom: [], tiers: [], hasOverrides: false, clock: StatementClock(settings: scan.settings))
        )
        // `unindexed` disables the index on names where the driver names rows: it would read every event of that name.
        let name = driver.hasPrefix("e.\(source.key) IN") ? "{unindexed e.name}" : "e.name"
        var filters = ["\(name) IN (\(scan.startNames))", driver] + extra + ["m.status = 'active'"]
        filters += triggerFilters(&compiler)
        let sql = """
            SELECT \(columns.joined(separator: ", ")) FROM \(source.table) e {then} members m ON m.id = e.member
            WHERE \(filters.joined(separator: " AND "))
            """
        var bound = compiler.fields.clock.arguments(now: scan.window.through, zone: scan.zones.standard)
        if !extra.isEmpty { bound["decided"] = (scan.decidesAt ?? scan.window.after).bound }
        bound.merge(interruption.bindings) { own, _ in own }
        return (sql, bound.merging(arguments) { _, own in own })
    }

    /// Column 7: the value that the occasion needs beyond the event itself.
    private var valueColumn: String {
        switch scan.rule.trigger {
        case .browsed(let browsed): BrowsedValue.sql("e", browsed.of)
        case .event(let event) where event.name == OwnMessages.event:
            "CASE WHEN {json e.data} ->> 'rule' IS NOT NULL AND {json e.data} ->> 'occasion' IS NOT NULL "
                + "THEN ({json e.data} ->> 'rule') || ':' || ({json e.data} ->> 'occasion') END"
        default: "NULL"
        }
    }

    private func triggerFilters(_ compiler: inout ConditionSQL) -> [String] {
        switch scan.rule.trigger {
        case .event(let event):
            var filters = event.filter.map { [compiler.filter($0, of: event.name, row: "e")] } ?? []
            // A rule never reacts to events that its own decisions led to.
            if Ledger.ownEvents.contains(event.name) || event.name == EventName.delivered {
                filters.append(
                    """
                    (e.source <> 'nudged' OR {json e.data} ->> 'rule' IS DISTINCT FROM \(sqlText(scan.rule.id))
                      AND {instr}(' ' || COALESCE({json e.data} ->> 'chain', '') || ' ', \(sqlText(" \(scan.rule.id) "))) = 0)
                    """)
            }
            // For an imported message, the chain of occasions names the rules.
            if event.name == OwnMessages.event {
                filters.append("{json e.data} ->> 'rule' IS DISTINCT FROM \(sqlText(scan.rule.id))")
                filters.append(
                    "{instr}(COALESCE({json e.data} ->> 'occasion', ''), \(sqlText("message:\(scan.rule.id):"))) = 0")
            }
            return filters
        case .firstPurchase:
            return [
                """
                NOT EXISTS (SELECT 1 FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
                  AND x.at <= e.at AND (x.at < e.at OR x.ref < e.ref))
                """
            ]
        case .browsed(let browsed):
            let (own, other) = (BrowsedValue.sql("e", browsed.of), BrowsedValue.sql("x", browsed.of))
            return [
                "\(own) IS NOT NULL",
                """
                (SELECT COUNT(*) FROM events x WHERE x.member = e.member AND x.name = 'product.viewed' AND x.at <= e.at
                  AND x.at > nudged_days_back(e.at, 7, \(scan.zones.nameSQL)) AND \(other) = \(own)) >= \(browsed.atLeast)
                """,
            ]
        default: return []
        }
    }

    private func occurrence(_ row: SQLRow) throws -> Occurrence {
        let zone = try scan.zones.zone(named: row[6])
        let start = try Instant(micros: row[3])
        return try Occurrence(
            rule: scan.rule.id, member: row[1], occasion: occasion(row, start), due: delay.due(from: start, in: zone),
            start: start, zone: zone, anchor: anchor(row, start))
    }

    private func resolve(_ row: SQLRow, held: Bool) throws -> Candidate? {
        var occurrence = try occurrence(row)
        occurrence.isRelease = held
        let due = occurrence.due
        let firsts: [Instant?] = try interruption.columns.indices.map { index in
            try (row[StartReader.fixedColumns + index] as Int64?).map(Instant.init(micros:))
        }
        // What was due before the window was decided then, or the rule was not live yet: nothing ends it now.
        let isOpen = scan.window.contains(due)
        let decision = held ? scan.window.through : isOpen ? max(due, scan.decidesAt ?? due) : due
        if let (kind, at) = interruption.verdict(firsts, through: decision) {
            // An ending before the window was settled then, or before the rule was live; one after it is still to come.
            if !held, kind.isCancelling, !isNew(at, isOpen: isOpen) { return nil }
            switch kind {
            case .unless(let name): return .cancelled(occurrence, at: at, .unless(name))
            case .anchor(let name):
                return .cancelled(occurrence, at: at, .anchor(name == "cart.ordered" ? "order.paid" : name))
            case .newer:
                return held ? .cancelled(occurrence, at: at, .superseded(newerOccasion(occurrence, at))) : nil
            }
        }
        return !held && isOpen ? .due(occurrence) : nil
    }

    /// A late decision is taken now, so it also sees what came after its window.
    private func isNew(_ ending: Instant, isOpen: Bool) -> Bool {
        if let decided = scan.decidesAt, isOpen { return ending > scan.window.after && ending <= decided }
        return scan.window.contains(ending)
    }

    private func newerOccasion(_ occurrence: Occurrence, _ at: Instant) -> String {
        let stem = occurrence.occasion.split(separator: "@").dropLast().joined(separator: "@")
        return "\(stem)@\(at.utcText)"
    }

    private func occasion(_ row: SQLRow, _ start: Instant) throws -> String {
        let ref: String? = try row[4]
        switch scan.rule.trigger {
        case .firstPurchase: return ref.map { "order:\($0)" } ?? "event:order.paid@\(start.utcText)"
        case .cartIdle: return "cart:\(ref ?? "")@\(start.utcText)"
        case .browsed: return try "browsed:\(row[7] as String? ?? "")@\(start.utcText)"
        case .inactive: return "inactive@\(start.utcText)"
        default: break
        }
        let name: String = try row[2]
        if name.hasPrefix("order."), let ref { return "order:\(ref)" }
        if name.hasPrefix("cart."), let ref { return "cart:\(ref)@\(start.utcText)" }
        if name == OwnMessages.event, let message: String = try row[7] { return "message:\(message)" }
        if let id: String = try row[5] { return "event:\(id)" }
        return "event:\(name)@\(start.utcText)"
    }

    private func anchor(_ row: SQLRow, _ start: Instant) throws -> Occurrence.Anchor {
        let seq: Int64 = try row[0]
        let ref: String? = try row[4]
        switch scan.rule.trigger {
        case .cartIdle: return .cart(id: ref ?? "", touch: start, seq: seq)
        case .browsed: return try .browse(value: row[7] ?? "", seq: seq)
        case .firstPurchase: return ref.map { .order(id: $0, seq: seq) } ?? .event(seq: seq)
        case .event(let event):
            guard let ref else { return .event(seq: seq) }
            if event.name.hasPrefix("order.") { return .order(id: ref, seq: seq) }
            if event.name.hasPrefix("cart.") { return .cart(id: ref, touch: start, seq: seq) }
            return .event(seq: seq)
        default: return .event(seq: seq)
        }
    }
}
