import Kit
import Intake
import Policies
import Rules

/// One statement per rule that fetches, for a batch of occurrences at one instant, everything the gates read.
/// There is no query per member: the batch is a table, and is joined with members and with the anchor's row.
package struct FactQuery {
    package let plan: RulePlan
    private let columns: [String]
    private let joins: String
    /// The statements for one occurrence, and for a batch, for each source of the events that the rule waits from.
    private let statements: [(source: EventSource, one: String, many: String)]
    private let clock: StatementClock
    /// Whether a field is of the occurrence, and not of the store.
    let readsTrigger: Bool
    /// The slots that hold the stock of a coupon template, which each decision of a batch may lessen.
    package let stocks: [(slot: Int, template: String)]
    private let addressKinds: [String: ChannelDeclaration.Address]
    private let credited: [String: Set<ChannelDeclaration.MessageForm>]

    /// Fixed columns before the slots.
    private enum Column {
        static let index = 0
        static let preferred = 1
        static let personalisation = 2
        static let ownActs = 3
        static let ownMessages = 4
        static let sends = 5
        static let forced = 6
        static let first = 7
    }

    /// One row of the batch: the member and the keys of its anchor.
    struct Target {
        var member: String
        /// The id of the anchor's row; for a points batch, when it was due, in microseconds.
        var ref: String?
        /// The event's seq.
        var event: Int64?
        /// For a cart, `lo` is the touch; for a points batch, both are the bounds of its expiry date.
        var lo: Int64?
        var hi: Int64?
        var day: Int?
    }

    package init(
        _ plan: RulePlan, set: RuleSet, addressKinds: [String: ChannelDeclaration.Address],
        credited: [String: Set<ChannelDeclaration.MessageForm>] = [:], hasOverrides: Bool, hasForced: Bool
    ) {
        self.plan = plan
        readsTrigger = plan.slots.fields.contains { $0.source == .trigger }
        stocks = plan.slots.fields.enumerated().compactMap { slot, field in
            if case .stock(let template) = field.source { (slot, template) } else { nil }
        }
        self.addressKinds = addressKinds
        self.credited = credited
        var fields = FieldSQL(
            custom: set.fields, tiers: set.settings.tiers, hasOverrides: hasOverrides,
            clock: StatementClock(settings: set.settings))
        var columns = ["b.i", "m.preferred_channel", "m.personalisation"]
        let hasLimit = plan.rule.limits.oncePerLifetime || plan.rule.limits.atMost != nil
        columns += hasLimit ? [FactQuery.ownActs, FactQuery.ownMessages] : ["NULL", "NULL"]
        columns.append(plan.caps.isEmpty ? "NULL" : FactQuery.marketingSends)
        columns.append(hasForced ? FactQuery.forcedVariants : "NULL")
        for field in plan.slots.fields { columns.append(fields.column(for: field) ?? "NULL") }
        var conditions = ConditionSQL(fields: fields)
        for history in plan.slots.histories { columns.append(conditions.history(history)) }
        for channel in plan.channels {
            columns += FactQuery.channelColumns(
                channel, addressKinds[channel] ?? .none, plan, isCredited: credited[channel] != nil,
                isMinor: ContactSQL.isMinor(set.settings, today: ":shop_today"))
        }
        let kinds = Set(plan.channels.compactMap { addressKinds[$0] }).subtracting([.none])
        clock = conditions.fields.clock
        self.columns = columns
        joins = """
            \(FactQuery.anchorJoin(plan.rule.trigger))
            \(kinds.map { ContactSQL.join($0, of: "b.member") }.sorted().joined(separator: "\n"))
            """
        let joins = joins
        statements = EventSource.of(plan.rule.trigger.startingEvents).map { source in
            let select = FactQuery.select(columns, "FROM b {then} \(FactQuery.joins(source, joins))")
            return (source, TargetRows.one + select, TargetRows.many + select)
        }
    }

    private static func joins(_ source: EventSource, _ others: String) -> String {
        """
        members m ON m.id = b.member
        LEFT JOIN \(source.table) e ON e.\(source.key) = \(source.key(of: "b.event"))
        \(others)
        """
    }

    /// The queries of all rules of a set, in the order of the plans.
    package static func all(of planned: PlannedSet, _ db: Session) throws -> [FactQuery] {
        func isFilled(_ table: String) throws -> Bool {
            try (db.value("SELECT EXISTS (SELECT 1 FROM \(table))") as Bool?) ?? false
        }
        let (hasOverrides, hasForced) = (try isFilled("member_overrides"), try isFilled("experiment_overrides"))
        return planned.plans.map {
            FactQuery(
                $0, set: planned.set, addressKinds: planned.channels, credited: planned.credited,
                hasOverrides: hasOverrides, hasForced: hasForced)
        }
    }

    /// The columns get short names, because all names are read at each fetch, and a column without one is named by its
    /// whole expression.
    private static func select(_ columns: [String], _ from: String) -> String {
        "SELECT \(columns.enumerated().map { "\($1) AS c\($0)" }.joined(separator: ",\n  "))\n\(from)"
    }

    /// The anchor's own row, joined only where the trigger has one.
    private static func anchorJoin(_ trigger: Trigger) -> String {
        let start = trigger.startingEvent ?? ""
        if start.hasPrefix("order.") { return "LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref" }
        if start.hasPrefix("cart.") {
            return "LEFT JOIN carts c ON c.member = b.member AND c.id = b.ref AND c.at = b.lo"
        }
        if start.hasPrefix("coupon.") || trigger.rows == ["coupon"] {
            return "LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref"
        }
        return ""
    }

    /// The instants at which the rule acted within the window of its limit, joined by commas.
    private static let ownActs = """
        (SELECT {joined}(CAST(d.at AS TEXT), ',') FROM decisions d WHERE d.member = m.id AND d.rule = :rule AND d.at <= :now
          AND d.at >= :acts_from AND d.shadow = 0 AND \(Ledger.acted))
        """

    /// `message.sent` events of other sources count as well.
    private static let ownMessages = """
        (SELECT {joined}(CAST(h.at AS TEXT), ',') FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
          AND h.at >= :acts_from AND h.source <> 'nudged' AND {json h.data} ->> 'rule' = :rule)
        """

    private static let marketingSends = """
        (SELECT {joined}(CAST(t.at AS TEXT), ',') FROM (
          SELECT h.at FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
            AND h.at >= :sends_from AND {json h.data} ->> 'purpose' IS DISTINCT FROM 'service'
          UNION ALL SELECT d.at FROM decisions d WHERE d.member = m.id AND d.outcome = 'sent' AND d.shadow = 0
            AND d.is_service = 0 AND d.at <= :now AND d.at >= :sends_from) t)
        """

    private static let forcedVariants = """
        (SELECT {joined}(key || '\u{1E}' || variant, '\u{1F}') FROM experiment_overrides WHERE member = m.id)
        """

    private static let columnsOfChannel = 7

    /// Address, suppression, marketing consent, service consent, the key of a shared address, the sends to others with
    /// it, and the credits; only the consent for the rule's purpose is read.
    private static func channelColumns(
        _ channel: String, _ address: ChannelDeclaration.Address, _ plan: RulePlan, isCredited: Bool,
        isMinor: String?
    ) -> [String] {
        let key = ContactSQL.key(address)
        let contact = ContactSQL(member: "m.id", channel: sqlText(channel), shared: key, isMinor: isMinor)
        let isMarketing = plan.rule.purpose == .marketing
        let most = plan.caps.map(\.limit.times).max()
        return [
            address.column.map { "m.\($0)" } ?? "NULL", contact.isSuppressed,
            isMarketing ? contact.consent(.marketing) : "NULL", isMarketing ? "NULL" : contact.consent(.service),
            key ?? "NULL", most.map(contact.othersSends) ?? "NULL", isCredited ? contact.credits : "NULL",
        ]
    }

    /// Passes on the facts with the index of their target; a member that is no longer in the store has none.
    func fetch(
        _ db: Session, _ targets: [Target], at now: Instant, in zone: Zone, _ take: (Int, Facts) throws -> Void
    ) throws {
        for (source, one, many) in statements {
            let places =
                statements.count == 1 ? nil : targets.indices.filter { EventSource(of: targets[$0].event) == source }
            let targets = places.map { $0.map { targets[$0] } } ?? targets
            guard !targets.isEmpty else { continue }
            try db.each(targets.count == 1 ? one : many, arguments(targets, at: now, in: zone)) { row in
                let index: Int = try row[Column.index]
                try take(places?[index] ?? index, decode(row, now: now, zone: zone))
            }
        }
    }

    private func arguments(_ targets: [Target], at now: Instant, in zone: Zone) -> SQLArguments {
        var arguments = clock.arguments(now: now, zone: zone)
        let tables = TargetRows.add(targets, to: &arguments)
        arguments["rule"] = plan.rule.id.sql
        if clock.settings.minorsUnder != nil { arguments["shop_today"] = clock.settings.zone.date(of: now).days.sql }
        let oldest = plan.caps.map { $0.limit.windowStart(at: now, in: zone) }.min() ?? now
        arguments["sends_from"] = oldest.bound
        let limits = plan.rule.limits
        let acts = limits.oncePerLifetime ? nil : limits.atMost?.windowStart(at: now, in: zone)
        arguments["acts_from"] = (acts ?? .distantPast).bound
        return SQLArguments(arguments, tables: tables)
    }

    /// Why the statement cannot be run at all, because it fails even for an unknown member. Nil when it can.
    package func fault(_ db: Session, in zone: Zone) throws -> String? {
        do {
            let nobody = [Target(member: "")]
            _ = try db.all(
                TargetRows.one + FactQuery.select(columns, "FROM b LEFT JOIN \(FactQuery.joins(.rows, joins))"),
                arguments(nobody, at: Instant(micros: 0), in: zone), keeps: false)
            return nil
        } catch {
            guard let reason = StatementFault.reason(error) else { throw error }
            return reason
        }
    }

    /// The field, or the event that `history` counts, whose expression fails for these targets of one occurrence. Nil
    /// when each can be read by itself.
    func unreadable(_ db: Session, _ targets: [Target], at now: Instant, in zone: Zone) throws -> String? {
        let names = plan.slots.fields.map(\.name) + plan.slots.histories.map(\.event)
        for (column, name) in zip(columns.dropFirst(Column.first), names) {
            for target in targets {
                let joins = FactQuery.joins(EventSource(of: target.event), joins)
                let sql = TargetRows.one + FactQuery.select([column], "FROM b {then} \(joins)")
                do {
                    _ = try db.all(sql, arguments([target], at: now, in: zone), keeps: false)
                } catch {
                    guard StatementFault.reason(error) != nil else { throw error }
                    return name
                }
            }
        }
        return nil
    }

    private func decode(_ row: SQLRow, now: Instant, zone: Zone) throws -> Facts {
        var column = Column.first
        var values: [Value?] = []
        values.reserveCapacity(plan.slots.fields.count)
        for field in plan.slots.fields {
            values.append(Value(row.values[column], type: field.type))
            column += 1
        }
        var counts: [Int] = []
        for _ in plan.slots.histories {
            counts.append(try row[column] ?? 0)
            column += 1
        }
        var channels: [String: Reach.ChannelFacts] = [:]
        for channel in plan.channels {
            channels[channel] = try Reach.ChannelFacts(
                address: row[column], isSuppressed: row[column + 1], marketing: Reach.Consent(stored: row[column + 2]),
                service: Reach.Consent(stored: row[column + 3]), shared: row[column + 4],
                othersSends: instants(row[column + 5]), credits: credits(channel, row[column + 6]))
            column += FactQuery.columnsOfChannel
        }
        return try Facts(
            readings: FieldValues(values: values, counts: counts, now: now, zone: zone), channels: channels,
            preferredChannel: row[Column.preferred], personalisation: row[Column.personalisation],
            ownActs: instants(row[Column.ownActs]) + instants(row[Column.ownMessages]),
            marketingSends: instants(row[Column.sends]).sorted(),
            forcedVariants: pairs(row[Column.forced]))
    }

    /// Nil where the channel counts none.
    private func credits(_ channel: String, _ joined: String?) -> Reach.Credits? {
        credited[channel].map { counted in
            let left = joined?.split(separator: "\u{1F}", omittingEmptySubsequences: false) ?? []
            return Reach.Credits(counted: counted, left: Set(left.map(String.init)))
        }
    }

    private func instants(_ joined: String?) -> [Instant] {
        joined.map { $0.split(separator: ",").compactMap { Int64($0).map(Instant.init(micros:)) } } ?? []
    }

    private func pairs(_ joined: String?) -> [String: String] {
        guard let joined else { return [:] }
        var pairs: [String: String] = [:]
        for pair in joined.split(separator: "\u{1F}") {
            let parts = pair.split(separator: "\u{1E}", maxSplits: 1)
            if parts.count == 2 { pairs[String(parts[0])] = String(parts[1]) }
        }
        return pairs
    }
}

/// A batch as the rows `b (i, member, ref, event, lo, hi, day)` before a statement. A single row does without a table.
enum TargetRows {
    static let one = """
        WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
          CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)

        """
    static let many = """
        WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
          CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)

        """

    /// Adds the values of a single row; more rows are returned as a table.
    static func add(_ targets: [FactQuery.Target], to arguments: inout Bindings) -> [String: SQLTable] {
        guard targets.count == 1, let target = targets.first else {
            return ["batch": SQLTable(targets.lazy.map(cells))]
        }
        for (name, cell) in zip(["member", "ref", "event", "lo", "hi", "day"], cells(target)) { arguments[name] = cell }
        return [:]
    }

    private static func cells(_ target: FactQuery.Target) -> [SQLValue] {
        [
            target.member.sql, target.ref?.sql ?? .null, target.event?.sql ?? .null, target.lo?.sql ?? .null,
            target.hi?.sql ?? .null, target.day?.sql ?? .null,
        ]
    }
}

/// A few members, as the argument `members` of a statement. A single one is compared directly, for the same reason.
enum AmongMembers {
    static func sql(_ column: String, _ members: [String]) -> String {
        members.count == 1 ? "\(column) = :members" : "\(column) IN {texts :members}"
    }

    static func argument(_ members: [String]) -> SQLValue {
        members.count == 1 ? members[0].sql : JSONRows.encode(members).sql
    }
}

/// Encodes arguments as JSON.
package enum JSONRows {
    package static func encode(_ strings: [String]) -> String {
        var json = "["
        for (index, text) in strings.enumerated() {
            if index > 0 { json += "," }
            StrictJSON.write(text, to: &json)
        }
        return json + "]"
    }

    /// An object with the sequence number of each member.
    package static func encode(_ numbers: [(member: String, seq: Int64)]) -> String {
        var json = "{"
        for (index, pair) in numbers.enumerated() {
            if index > 0 { json += "," }
            StrictJSON.write(pair.member, to: &json)
            json += ":\(pair.seq)"
        }
        return json + "}"
    }
}
