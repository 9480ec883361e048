import Kit
import Policies
import Rules

/// What `explain` reads from a store, and what it takes back in its private copy so that an instant of the past can be
/// decided again.
struct ExplanationRecords {
    let db: Session
    let rule: String
    let member: String

    func memberExists() throws -> Bool {
        try (db.value("SELECT EXISTS (SELECT 1 FROM members WHERE id = ?)", [member]) as Bool?) ?? false
    }

    /// What is on record of the rule for the member, the holds in between too as far as they are kept, oldest first.
    func decisions() throws -> [PastDecision] {
        let decided = try db.all("SELECT * FROM decisions WHERE member = ? AND rule = ?", [member, rule]).flatMap {
            row -> [PastDecision] in
            guard var decision = try decision(row) else { return [] }
            let holds = try holds(before: decision.trace, decision.occasion, due: decision.due)
            decision.isRelease = !holds.isEmpty
            return holds + [decision]
        }
        let waiting = try db.all(
            """
            SELECT occasion, first_due, trace FROM waits WHERE member = ? AND rule = ? AND kind = 'held'
              AND trace IS NOT NULL
            """, [member, rule]
        ).flatMap { try holds(from: $0[2], $0[0], due: Instant(micros: $0[1])) }
        return (decided + waiting).sorted { ($0.at, $0.occasion) < ($1.at, $1.occasion) }
    }

    /// What the path of an acting decision did; the codes are those of the coupons it gave.
    func effects(of actions: [Action], occasion: String) throws -> [Effect] {
        var coupons = 0
        return try actions.compactMap { action in
            switch action {
            case .giveCoupon(let give):
                coupons += 1
                let code: String? = try db.value(
                    "SELECT code FROM coupons WHERE member = ? AND id = ?",
                    [member, "\(rule)/\(member)/\(occasion)/\(coupons)"])
                return .coupon(template: give.template, code: (code ?? nil) ?? "")
            case .addTag(let tag): return .tag(tag, isAdded: true)
            case .removeTag(let tag): return .tag(tag, isAdded: false)
            case .adjustPoints(let adjust): return .points(adjust.add)
            case .createTask(let task): return .task(title: task.title)
            case .send, .recommend, .choose: return nil
            }
        }
    }

    private func decision(_ row: SQLRow) throws -> PastDecision? {
        guard let outcome = try Outcome(rawValue: row["outcome"]) else { return nil }
        let json: String? = try row["because"]
        let because = try db.all(
            """
            SELECT key, value FROM {members ?} t ORDER BY id
            """, [json ?? "{}"]
        ).map { try (key: $0[0] as String, value: $0[1] as String? ?? "") }
        let at = try Instant(micros: row["at"])
        let ending = try because.first.flatMap { first in
            first.key == "unless" || first.key == "anchor" ? try event(named: first.value, at: at) : nil
        }
        return try PastDecision(
            occasion: row["occasion"], due: Instant(micros: row["due"]), at: at, outcome: outcome, because: because,
            channel: row["channel"], template: row["template"], coupon: row["coupon"], task: row["task"],
            variant: row["variant"], isShadow: row["shadow"], rulesVersion: row["rules_version"], ending: ending,
            trace: row["trace"])
    }

    private func holds(before trace: Int64?, _ occasion: String, due: Instant) throws -> [PastDecision] {
        guard let trace else { return [] }
        let earlier: Int64? = try db.value("SELECT earlier FROM traces WHERE id = ?", [trace])
        return try holds(from: earlier ?? nil, occasion, due: due)
    }

    /// The chain of holds that ends with this one, oldest first.
    private func holds(from last: Int64?, _ occasion: String, due: Instant) throws -> [PastDecision] {
        var holds: [PastDecision] = []
        var next = last
        while let id = next,
            let row = try db.first("SELECT at, earlier, read FROM traces WHERE id = ?", [id])
        {
            let at = try Instant(micros: row[0])
            guard let hold = try Trace.hold(row[2], at: at) else { break }
            var held = PastDecision(
                occasion: occasion, due: due, at: at, outcome: .held, because: [(key: "quiet_hours", value: "true")],
                rulesVersion: hold.version)
            (held.until, held.trace) = (hold.until, id)
            next = try row[1]
            held.isRelease = next != nil
            holds.append(held)
            // Each is older than the one after it: a ring would never end.
            guard next.map({ $0 < id }) ?? true else { break }
        }
        return holds.reversed()
    }

    /// What a decision read, as text; nil when it is not kept any more.
    func trace(_ id: Int64) throws -> String? {
        try (db.value("SELECT read FROM traces WHERE id = ?", [id]) as String?)
    }

    func hasDelivery(_ occasion: String) throws -> Bool {
        try
            (db.value(
                "SELECT EXISTS (SELECT 1 FROM deliveries WHERE member = ? AND rule = ? AND occasion = ?)",
                [member, rule, occasion]) as Bool?) ?? false
    }

    /// What went out, as far as an explanation shows it: no text.
    func message(
        of decision: PastDecision, _ kinds: [String: ChannelDeclaration.Address]
    ) throws -> Decision.Message? {
        guard let channel = decision.channel, let template = decision.template else { return nil }
        let address: String? = try db.value(
            "SELECT address FROM deliveries WHERE member = ? AND rule = ? AND occasion = ? ORDER BY step LIMIT 1",
            [member, rule, decision.occasion])
        return Decision.Message(
            channel: channel, template: template, address: address ?? nil, addressKind: kinds[channel] ?? .none,
            text: "", values: [])
    }

    func event(seq: Int64) throws -> EventMark? {
        try db.first("SELECT name, COALESCE(ref, event_id), at FROM events WHERE seq = ?", [seq])
            .map { try EventMark(name: $0[0], ref: $0[1], at: Instant(micros: $0[2])) }
    }

    func event(named name: String, at: Instant) throws -> EventMark? {
        try db.first(
            """
            SELECT name, COALESCE(ref, event_id), at FROM events
            WHERE member = ? AND name = ? AND at = ? ORDER BY seq LIMIT 1
            """, [member, name, at.micros]
        ).map { try EventMark(name: $0[0], ref: $0[1], at: Instant(micros: $0[2])) }
    }

    /// The latest of these events up to an instant.
    func lastEvent(named names: [String], through now: Instant) throws -> EventMark? {
        try db.first(
            """
            SELECT name, COALESCE(ref, event_id), at FROM events WHERE member = ? AND at <= ?
              AND name IN {texts ?} ORDER BY at DESC, seq DESC LIMIT 1
            """, [member, now.micros, JSONRows.encode(names)]
        ).map { try EventMark(name: $0[0], ref: $0[1], at: Instant(micros: $0[2])) }
    }

    /// Marketing messages that count for a cap, latest first.
    func marketingMessages(from: Instant, through now: Instant) throws -> [GateReading.Message] {
        try db.all(
            """
            SELECT at, CAST({json data} ->> 'rule' AS TEXT) FROM events WHERE member = ? AND name = 'message.sent' AND at >= ? AND at <= ?
              AND {json data} ->> 'purpose' IS DISTINCT FROM 'service' ORDER BY at DESC, seq DESC
            """, [member, from.micros, now.micros]
        ).map { try GateReading.Message(at: Instant(micros: $0[0]), rule: $0[1]) }
    }

    /// What nudged itself did for the member from an instant on is undone: decisions, messages, coupons, points, tasks.
    /// A tag that a rule added stays; and only in a private copy.
    func rewind(to from: Instant) throws {
        let arguments: SQLArguments = ["member": member, "from": from.micros]
        for sql in [
            "DELETE FROM decisions WHERE member = :member AND at >= :from",
            "DELETE FROM waits WHERE member = :member AND kind = 'held' AND first_due >= :from",
            "DELETE FROM tasks WHERE member = :member AND created_at >= :from",
            """
            UPDATE coupon_codes SET coupon = NULL WHERE coupon IN
              (SELECT id FROM coupons WHERE member = :member AND rule IS NOT NULL AND issued_at >= :from)
            """,
            "DELETE FROM coupons WHERE member = :member AND rule IS NOT NULL AND issued_at >= :from",
            """
            DELETE FROM points WHERE member = :member AND earned_at >= :from AND id IN
              (SELECT ref FROM events WHERE member = :member AND source = 'nudged' AND name LIKE 'points.%')
            """,
            """
            DELETE FROM address_sends WHERE at >= :from AND event IN (SELECT seq FROM events
              WHERE member = :member AND name = 'message.sent' AND source = 'nudged' AND at >= :from)
            """,
            "DELETE FROM events WHERE member = :member AND source = 'nudged' AND at >= :from",
            "DELETE FROM attempts WHERE delivery IN (\(deliveries))",
            "DELETE FROM transitions WHERE delivery IN (\(deliveries))",
            "DELETE FROM deliveries WHERE id IN (\(deliveries))",
        ] {
            try db.run(sql, arguments)
        }
    }

    private var deliveries: String { "SELECT id FROM deliveries WHERE member = :member AND created_at >= :from" }

    /// So that nobody else is looked at: closed members are never due.
    func leaveOutOthers() throws {
        try db.run("UPDATE members SET status = 'closed' WHERE id <> ? AND status <> 'closed'", [member])
    }
}

extension MemberStore {
    /// Member ids that begin alike, for a hint; at most a hundred.
    package func memberIDs(like id: String) throws -> [String] {
        try writer.read { db in
            try
                (db.values("SELECT id FROM members WHERE substr(id, 1, 1) = substr(?, 1, 1) LIMIT 100", [id])
                as [String])
        }
    }
}
