/// One step of the schema. Its text is frozen once it is merged: stores have been through it.
package struct Migration: Sendable {
    let name: String
    let statements: [String]
    /// Checks that the step can be taken: throws a `MemberStore.OpenError` if not, and the store stays as it was.
    let requirement: (@Sendable (Session) throws -> Void)?

    init(_ name: String, _ statements: [String], requirement: (@Sendable (Session) throws -> Void)? = nil) {
        self.name = name
        self.statements = statements
        self.requirement = requirement
    }
}

/// The schema, with the promises that it keeps by itself: unique decisions, closed sets of states, foreign keys.
///
/// Times are microseconds since 1970 UTC, money is integer fen, dates are days since 1970. Every unique key but the
/// ingest dedupe (and the tables that hold no member: stores, products, pool codes) contains the member id.
enum Migrations {
    /// The steps in the order in which they are applied. A new one goes into a file of its own,
    /// `Migrations+TOPIC.swift`, as literal text (no values of a live enum), and is added here at the end. Its tables
    /// are STRICT, and the key columns of those WITHOUT ROWID come first, in the order of the key. A step listed here
    /// is never edited: `MigrationTextTests` has the hash of each.
    static let all = [
        v1, ruleSets, traces, orderLines, eventIDs, handoverLimits, strictTables, attributeTypes, placeInLine,
        addresses, enrolments, capSegments, leases, receipts, queries, credits, links, spending,
        channelStates, numberedLedger, ownMessages, operations,
        attributeValues, sources, apiKeys, alerts, proofs, merges, birthdays,
    ]

    /// - Parameter last: the name of an earlier step, to make a store as it was then.
    /// - Parameter begins: called before each step with its name, its number from 1, and how many there are.
    static func migrate(
        _ writer: Connections, upTo last: String? = nil, begins: (String, Int, Int) throws -> Void = { _, _, _ in }
    ) throws {
        try writer.read(refuseNewer)
        guard try !writer.read({ try $0.hasCompleted(all) }) else { return }
        // What a step sorts is sorted on disk, so that a store of millions of messages needs no more memory than a
        // small one.
        try writer.writeWithoutTransaction { try $0.script("PRAGMA temp_store = FILE") }
        let steps = Array(all.prefix(1 + (all.firstIndex { $0.name == last } ?? all.count - 1)))
        let ahead = try writer.read { db in try steps.indices.filter { try !db.hasCompleted([steps[$0]]) } }
        for (number, index) in ahead.enumerated() {
            try begins(steps[index].name, number + 1, ahead.count)
            // A step that was put before others that the store has been through is taken all the same.
            try writer.migrate(Array(steps[...index]))
        }
        try writer.writeWithoutTransaction { try $0.script("PRAGMA temp_store = MEMORY") }
    }

    /// Throws when the schema is not this version's, for a connection that cannot write.
    static func requireCurrent(_ db: Session) throws {
        try refuseNewer(db)
        guard try db.hasCompleted(all) else {
            throw MemberStore.OpenError(
                "this is no store of this version of nudged; `nudged run` or `nudged import` brings it up",
                "数据库不是本版本的；用 `nudged run` 或 `nudged import` 升级")
        }
    }

    /// The name of the last step of this version.
    static var newest: String { all.last?.name ?? "" }

    /// The last step that a store has been through; nil for an empty one.
    static func last(of db: Session) throws -> String? {
        try all.last { try db.hasCompleted([$0]) }?.name
    }

    /// Whether the store exists and is of an earlier version.
    static func isOlder(_ db: Session) throws -> Bool {
        try db.hasTable("members") && !db.hasCompleted(all)
    }

    static func refuseNewer(_ db: Session) throws {
        guard try !db.isBeyond(all) else {
            throw MemberStore.OpenError(
                "the store was written by a newer nudged; run that version, or restore a backup",
                "数据库由更新版本的 nudged 写入；请使用那个版本，或恢复备份")
        }
    }
}
