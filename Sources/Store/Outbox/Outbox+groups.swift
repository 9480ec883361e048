import Kit
import Policies
import Rules

/// The deliveries that may go now and share channel, rule and place in line; each group is one range of an index.
struct OwedGroup: Hashable {
    var channel: String
    var rule: String
    /// Lower leaves first.
    var place: Int
    /// The earliest `send_by` in the group.
    var sendBy: Instant
    /// `live_rules.status`; nil: the rule was never live here.
    var status: String?

    /// Whether it is of service messages: they leave first, and wait for no budget.
    var isService: Bool { place < Rule.firstOfMarketing - Rule.highestPriority }

    /// Whether the rule is no longer in force, so that its deliveries are to be cancelled; a paused rule keeps them.
    var isOver: Bool { status != Rule.Status.live.rawValue && status != Rule.Status.paused.rawValue }
}

extension Rule {
    /// The place in line of the rule's messages (settled-2 §9.11): service before marketing, then by priority. A
    /// smaller number leaves first.
    package var placeInLine: Int { (purpose == .service ? 0 : Rule.firstOfMarketing) - priority }

    /// The place of marketing with priority 0: the highest priority does not bring it before service.
    static let firstOfMarketing = 10_000
    /// As the reader of rules allows.
    static let highestPriority = 1000
}

extension Outbox {
    /// The condition of the index of deliveries that may go now.
    package static let isReady = "state = 'pending' AND parked = 0 AND claim_count = 0"

    /// Goes from one group to the next without reading the rows between: a million deliveries of one rule cost one
    /// step. SQLite uses the index for `>=` of three columns, but for `>` it reads all rows that are equal; `unindexed`
    /// removes the column affinity that would stop it from comparing all three.
    static let groups = """
        WITH RECURSIVE firsts (id, channel, rule, place, send_by) AS (
          SELECT * FROM (SELECT id, channel, rule, place, send_by FROM deliveries {indexed deliveries_ready}
            WHERE \(isReady) ORDER BY channel, rule, place, send_by LIMIT 1) t
          UNION ALL
          SELECT d.id, d.channel, d.rule, d.place, d.send_by FROM firsts f JOIN deliveries d ON d.id = (
            SELECT n.id FROM deliveries n {indexed deliveries_ready}
            WHERE n.state = 'pending' AND n.parked = 0 AND n.claim_count = 0
              AND (n.channel, n.rule, n.place) >= ({unindexed f.channel}, {unindexed f.rule}, f.place + 1)
            ORDER BY n.channel, n.rule, n.place, n.send_by LIMIT 1))
        SELECT f.channel, f.rule, f.place, f.send_by, l.status FROM firsts f LEFT JOIN live_rules l ON l.rule = f.rule
        """

    func owedGroups() throws -> [OwedGroup] {
        try db.all(Outbox.groups).map { row in
            try OwedGroup(
                channel: row[0], rule: row[1], place: row[2], sendBy: Instant(micros: row[3]), status: row[4])
        }
    }

    static let firstOfGroup = """
        SELECT id, send_by FROM deliveries {indexed deliveries_ready}
        WHERE \(isReady) AND channel = ? AND rule = ? AND place = ? ORDER BY send_by, id LIMIT ?
        """

    /// The first `count` deliveries of a group, in the order of leaving.
    func first(_ count: Int, of group: OwedGroup) throws -> [(id: Int64, sendBy: Int64)] {
        try db.all(Outbox.firstOfGroup, [group.channel, group.rule, group.place, count]).map { try ($0[0], $0[1]) }
    }

    /// How many deliveries are owed, each counted in the index that holds it.
    static let owed = """
        SELECT (SELECT COUNT(*) FROM deliveries WHERE \(isReady))
          + (SELECT COUNT(*) FROM deliveries WHERE state = 'pending' AND parked = 0 AND claim_count > 0)
          + (SELECT COUNT(*) FROM deliveries WHERE parked = 1)
        """
}
