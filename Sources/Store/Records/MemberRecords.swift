import Kit
import Policies
import Rules

/// The records of one rule and one member, as `explain` reads them and, in a private copy, takes them back.
package struct MemberRecords {
    let db: Session
    let rule: String
    let member: String

    package init(_ db: Session, rule: String, member: String) {
        self.db = db
        self.rule = rule
        self.member = member
    }

    // MARK: the member

    /// The member's profile; nil when there is no such member.
    package func profile() throws -> (isClosed: Bool, hasBirthday: Bool, zone: String?)? {
        try db.first("SELECT status, birthday_key, zone FROM members WHERE id = ?", [member])
            .map { try ($0[0] == "closed", $0[1] as String? != nil, $0[2]) }
    }

    package func hasDate(named name: String) throws -> Bool {
        try db.value("SELECT EXISTS (SELECT 1 FROM dates WHERE member = ? AND name = ?)", [member, name]) ?? false
    }

    package func hasAttribute(_ name: String) throws -> Bool {
        try db.value("SELECT EXISTS (SELECT 1 FROM member_attributes WHERE member = ? AND name = ?)", [member, name])
            ?? false
    }

    /// Closes all other members, so that only this one is evaluated: closed members are never due.
    package func leaveOutOthers() throws {
        try db.run("UPDATE members SET status = 'closed' WHERE id <> ? AND status <> 'closed'", [member])
    }

    // MARK: holds

    /// When a message that was due by `now`, and is held at that instant, is released; nil: none is held.
    package func release(heldAt now: Instant) throws -> Instant? {
        try
            (db.value(
                "SELECT due FROM waits WHERE rule = ? AND member = ? AND kind = 'held' AND due > ? AND first_due <= ?",
                [rule, member, now.micros, now.micros]) as Int64?).map(Instant.init(micros:))
    }

    /// When the wait of an occasion ends; nil: there is none.
    package func release(of occasion: String) throws -> Instant? {
        try
            (db.value(
                "SELECT due FROM waits WHERE rule = ? AND member = ? AND occasion = ?", [rule, member, occasion])
            as Int64?)
            .map(Instant.init(micros:))
    }

    // MARK: messages

    package func hasDelivery(_ occasion: String) throws -> Bool {
        try
            (db.value(
                "SELECT EXISTS (SELECT 1 FROM v_deliveries WHERE member = ? AND rule = ? AND occasion = ?)",
                [member, rule, occasion]) as Bool?) ?? false
    }

    /// The message of a decision as an explanation shows it, without its text.
    package func message(
        of decision: PastDecision, _ kinds: [String: ChannelDeclaration.Address]
    ) throws -> Decision.Message? {
        guard let channel = decision.channel, let template = decision.template else { return nil }
        let address: String? = try db.value(
            "SELECT address FROM v_deliveries WHERE member = ? AND rule = ? AND occasion = ? ORDER BY step LIMIT 1",
            [member, rule, decision.occasion])
        return Decision.Message(
            channel: channel, template: template, address: address ?? nil, addressKind: kinds[channel] ?? .none,
            text: "", values: [])
    }

    /// The latest instant by which a message of the occasion has to leave.
    package func sendBy(of occasion: String) throws -> Instant? {
        try
            (db.value(
                "SELECT MAX(send_by) FROM v_deliveries WHERE member = ? AND rule = ? AND occasion = ?",
                [member, rule, occasion]) as Int64?).map(Instant.init(micros:))
    }

    /// Marks the messages of the occasion as expired, as the daemon does with those that are too late.
    package func expireMessages(of occasion: String) throws {
        try db.run(
            """
            UPDATE deliveries SET state = 'expired' WHERE decision =
              (SELECT id FROM decisions WHERE member = ? AND rule = ? AND occasion = ?)
            """, [member, rule, occasion])
    }

    // MARK: coupons

    /// The effects of the actions of a decision, with the codes of the coupons that it gave.
    package func effects(of actions: [Action], occasion: String) throws -> [Effect] {
        var coupons = 0
        let act = try name(of: occasion)
        return try actions.compactMap { action in
            switch action {
            case .giveCoupon(let give):
                coupons += 1
                let code: String? = try db.value(
                    "SELECT code FROM coupons WHERE member = ? AND id = ?",
                    [member, "\(act)/\(coupons)"])
                return .coupon(template: give.template, code: (code ?? nil) ?? "")
            case .addTag(let tag): return .tag(tag, isAdded: true)
            case .removeTag(let tag): return .tag(tag, isAdded: false)
            case .adjustPoints(let adjust): return try points(of: adjust, act)
            case .createTask(let task): return .task(title: task.title)
            case .send, .recommend, .choose: return nil
            }
        }
    }

    /// What the ids of the points and coupons of a decision begin with, which was perhaps made for somebody who is the
    /// member today.
    private func name(of occasion: String) throws -> String {
        let former = try db.first(
            """
            SELECT g.former, g.occasion FROM decisions d JOIN merged_decisions g ON g.decision = d.id
            WHERE d.member = ? AND d.rule = ? AND d.occasion = ?
            """, [member, rule, occasion])
        guard let former else { return "\(rule)/\(member)/\(occasion)" }
        return try "\(rule)/\(former[0] as String)/\(former[1] as String)"
    }

    /// Nil where a field gave nothing to add.
    private func points(of adjust: AdjustPoints, _ act: String) throws -> Effect? {
        if case .fixed(let points) = adjust.add { return .points(points) }
        let points: Int? = try db.value(
            "SELECT points FROM points WHERE member = ? AND id = ?", [member, act])
        return points.map { .points($0) }
    }

    /// Adds one more code to a coupon template that has run out.
    package func addCode(of template: String) throws {
        try db.run("INSERT INTO coupon_codes (template, code) VALUES (?, '0')", [template])
    }
}

extension MemberStore {
    package func hasMember(_ id: String) throws -> Bool {
        try writer.read { try $0.first("SELECT 1 FROM members WHERE id = ?", [id]) != nil }
    }

    /// Member ids with the same first character, for a hint; at most a hundred.
    package func memberIDs(like id: String) throws -> [String] {
        try writer.read { db in
            try
                (db.values("SELECT id FROM members WHERE substr(id, 1, 1) = substr(?, 1, 1) LIMIT 100", [id])
                as [String])
        }
    }
}
