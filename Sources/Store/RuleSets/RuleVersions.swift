import Kit
import Rules

/// A rule set as the store keeps it: numbered from 1 in the order in which sets were put on record.
package struct RuleVersion: Sendable {
    /// Where a set came from.
    package enum Source: String, Sendable { case directory, applied }
    package var version: Int
    package var hash: String
    package var loadedAt: Instant
    /// The files in the order of loading.
    package var files: [(path: String, text: String)]
    package var source: Source
}

extension MemberStore {
    /// The set that is in force, with its files; nil on a store that no daemon has run on. A newer set may be on record
    /// that is not taken yet, or was refused.
    package func rulesInForce() throws -> RuleVersion? {
        try writer.read { db in try RuleVersion.inForce(db) }
    }

    /// The newest set on record, in force or not.
    package func newestRuleSet() throws -> RuleVersion? {
        try writer.read(RuleVersion.newest)
    }

    /// The set of a version; nil when the store does not have it.
    package func rules(version: Int) throws -> RuleVersion? {
        try writer.read { db in try RuleVersion.fetch(db, "WHERE version = \(version)") }
    }

    /// The set that was last read from the rules directory.
    package func lastFromDirectory() throws -> RuleVersion? {
        try writer.read { db in
            try RuleVersion.fetch(db, "WHERE in_directory = 1 ORDER BY version DESC LIMIT 1")
        }
    }

    /// Number and hash of the newest set: cheap enough to ask for at each evaluation.
    package func newestRules() throws -> (version: Int, hash: String)? {
        try writer.read { db in
            try db.first("SELECT version, hash FROM rule_sets ORDER BY version DESC LIMIT 1").map { try ($0[0], $0[1]) }
        }
    }

    /// The version whose rules are live; 0 before the first.
    package func liveVersion() throws -> Int {
        try writer.read { db in
            try (db.value("SELECT value FROM meta WHERE key = 'rules_version'") as Int?) ?? 0
        }
    }

    /// Puts a set on record as the next version, if the set in force is still the one it was planned against. The
    /// process that holds the store's lock, usually the daemon, makes it live.
    ///
    /// - Parameter base: version and hash of the set it replaces; nil: there was none.
    /// - Returns: the new version's number; nil when another set came first.
    package func apply(
        files: String, hash: String, who: String, replacing base: (version: Int, hash: String)?, at now: Instant
    ) throws -> Int? {
        try writer.write { db in
            let inForce = try RuleVersion.inForce(db)
            guard inForce?.version == base?.version, inForce?.hash == base?.hash else { return nil }
            let newest = try RuleVersion.newest(db)
            let version = try RuleVersion.insert(
                db, files: files, hash: hash, source: .applied, who: who, after: newest?.version ?? 0, at: now)
            try db.audit(AuditEntry(.apply, who: who, subject: "rules:\(version)"), at: now)
            return version
        }
    }

    /// The version of each template's text, counted from 1; a template that was never live has none.
    package func templateVersions() throws -> [String: (version: Int, hash: String)] {
        try writer.read { db in
            try db.all(newestTemplates).reduce(into: [:]) { try $0[$1[0]] = ($1[1], $1[2]) }
        }
    }
}

extension RuleVersion {
    /// The set that the daemon took last; the newest on a store of a version that did not record that.
    package static func inForce(_ db: Session) throws -> RuleVersion? {
        let live: Int = try db.value("SELECT value FROM meta WHERE key = 'rules_version'") ?? 0
        return try live > 0
            ? fetch(db, "WHERE version = \(live)") : newest(db)
    }

    /// Records that the rules directory holds this set.
    package func noteDirectory(_ db: Session) throws {
        try db.run("UPDATE rule_sets SET in_directory = 1 WHERE version = ?", [version])
    }

    package static func newest(_ db: Session) throws -> RuleVersion? {
        try fetch(db, "ORDER BY version DESC LIMIT 1")
    }

    /// Whether the daemon took another version last, or none.
    package static func isAnother(_ version: Int, _ db: Session) throws -> Bool {
        let live: Int? = try db.value("SELECT value FROM meta WHERE key = 'rules_version'")
        return live != version
    }

    /// Records that the daemon has taken this version.
    package static func putInForce(_ version: Int, _ db: Session) throws {
        try db.run(
            "INSERT INTO meta (key, value) VALUES ('rules_version', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [version])
    }

    static func fetch(_ db: Session, _ clause: String) throws -> RuleVersion? {
        guard
            let row = try db.first("SELECT version, hash, loaded_at, files, source FROM rule_sets \(clause)")
        else { return nil }
        let files = try db.all("SELECT key, value FROM {members ?} t ORDER BY id", [row["files"] as String])
        return try RuleVersion(
            version: row["version"], hash: row["hash"], loadedAt: Instant(micros: row["loaded_at"]),
            files: files.map { try ($0[0], $0[1]) }, source: Source(rawValue: row["source"]) ?? .directory)
    }

    package static func insert(
        _ db: Session, files: String, hash: String, source: Source, who: String?, after last: Int, at now: Instant
    ) throws -> Int {
        try db.run(
            """
            INSERT INTO rule_sets (version, hash, loaded_at, files, source, who, in_directory)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, [last + 1, hash, now.micros, files, source.rawValue, who, source == .directory])
        return last + 1
    }

    /// Records a new version of each template whose text differs from its newest version.
    package static func noteTemplates(_ hashes: [String: String], in version: Int, _ db: Session) throws {
        let known = try db.all(newestTemplates).reduce(
            into: [String: (version: Int, hash: String)]()
        ) { try $0[$1[0]] = ($1[1], $1[2]) }
        for (template, hash) in hashes.sorted(by: { $0.key < $1.key }) where known[template]?.hash != hash {
            try db.run(
                "INSERT INTO template_versions (template, version, hash, rules_version) VALUES (?, ?, ?, ?)",
                [template, (known[template]?.version ?? 0) + 1, hash, version])
        }
    }
}

private let newestTemplates = """
    SELECT template, version, hash FROM template_versions t
    WHERE version = (SELECT MAX(version) FROM template_versions WHERE template = t.template)
    """
