import Foundation
import Glibc
import Kit

/// Puts a backup in the place of a store. What was there stays beside it under another name, and what was refused there
/// since the backup is carried over. The guard against rolled-back stores holds all sending where messages have left
/// since the backup, or refusals since are lost.
package struct Restore: Sendable {
    package let backup: Backup
    /// The path of the store that is replaced, or made.
    package let path: String

    package init(_ backup: Backup, to path: String) { (self.backup, self.path) = (backup, path) }

    package struct Outcome: Sendable, Hashable {
        /// Where the store that was there is now; nil when there was none.
        package var putAside: String?
        /// Why nothing is sent until somebody has looked; nil when nothing has left since the backup, and no refusal is
        /// lost.
        package var held: String?
        /// Messages have left since the backup, or that cannot be told.
        package var hasSentSince = false
        /// A file of the references that the replaced store handed over since the backup, for `deliveries settle`, and
        /// their number. Nil when it could not be read, or there were none.
        package var sentSince: String?
        package var sentCount = 0
        /// Members who were erased after the backup was made, and were erased from it again.
        package var erasedAgain = 0
        /// Refusals since the backup that were carried over from the replaced store.
        package var refusals = 0
        /// Consents that wait for their confirmation and were carried over, too.
        package var requests = 0
        /// Why refusals since the backup are missing; nil: all were carried over.
        package var loss: RefusalLoss?
    }

    /// The caller has the store's lock.
    /// - Parameter progress: called with the share that is copied.
    /// - Throws: `MemberStore.OpenError`. The store that was there is then in its place, unless the backup could not be
    ///   opened there: it is beside it under its other name.
    package func run(at now: Instant, progress: (Double) -> Void = { _ in }) throws -> Outcome {
        let partial = path + ".partial"
        do {
            let writers = try StoreWriters.exclude(path)
            defer { withExtendedLifetime(writers) {} }
            let since = sentSince(try Restore.sequence(of: backup.path))
            try StoreFile.removeDatabase(partial)
            try StoreFile.copy(backup.path, to: partial, progress)
            var outcome = Outcome()
            let carried = try carryRefusals(into: partial, at: now)
            (outcome.refusals, outcome.requests, outcome.loss) = (carried.refusals, carried.requests, carried.loss)
            if !since.isEmpty {
                let name = path + ".sent-since-backup"
                try StoreFile.remove(name)
                try StoreFile.write(Array((since.joined(separator: "\n") + "\n").utf8), to: name)
                (outcome.sentSince, outcome.sentCount) = (name, since.count)
            }
            if StoreFile.exists(path) { outcome.putAside = try putAside(at: now) }
            try StoreFile.rename(partial, to: path)
            let store = try MemberStore.open(url: "sqlite:" + path, whenAbsent: .isRefused, ownsLock: true)
            let rolledBack = try store.writer.write { db in
                try store.markFile.flatMap { try Outbox(db: db).holdIfRolledBack($0, at: now) }
            }
            outcome.hasSentSince = rolledBack != nil
            outcome.held = rolledBack ?? outcome.loss?.text
            outcome.erasedAgain = try store.replayErasures(at: now)
            let detail = JSONText.object([
                "erased_again": .int(outcome.erasedAgain), "refusals": .int(outcome.refusals),
                "requests": .int(outcome.requests),
                "refusals_lost": outcome.loss.map { JSONText.text($0.rawValue) } ?? .null,
            ])
            try store.audit(AuditEntry(.restore, detail: detail), at: now)
            return outcome
        } catch {
            try? StoreFile.removeDatabase(partial)
            throw error is MemberStore.OpenError ? error : MemberStore.OpenError(error, path: path)
        }
    }

    /// Before the copy has the store's name: a process that ends meanwhile leaves no store that forgot a refusal.
    private func carryRefusals(into partial: String, at now: Instant) throws -> RefusalCarry.Carried {
        let copy = try MemberStore.open(url: "sqlite:" + partial, whenAbsent: .isRefused, ownsLock: true)
        let carried = try RefusalCarry.run(from: path, into: copy, at: now)
        if let loss = carried.loss { try copy.writer.write { try Outbox(db: $0).hold(for: loss, at: now) } }
        guard try copy.emptyLog() else {
            throw MemberStore.OpenError("\(partial) is in use by another program", "\(partial) 正被别的程序使用")
        }
        try copy.writer.close()
        try StoreFile.removeLog(of: partial)
        return carried
    }

    /// Where the counter of the backup stands. Throws for a backup of a version that this one cannot open.
    private static func sequence(of path: String) throws -> Int64 {
        try MemberStore.reading("sqlite:" + path).writer.read { db in
            try Migrations.refuseNewer(db)
            return try Outbox(db: db).meta("seq") ?? 0
        }
    }

    /// The references whose messages left, or may have, after that number; none from a store that cannot be read.
    private func sentSince(_ sequence: Int64) -> [String] {
        let sql = """
            SELECT reference FROM attempts WHERE intent_seq > ? AND (outcome IS NULL OR outcome IN ('accepted', 'unknown'))
            ORDER BY intent_seq
            """
        let read = try? MemberStore.reading("sqlite:" + path).writer.read { db in
            try db.values(sql, [sequence]) as [String]
        }
        return read ?? []
    }

    /// Moves the store that is there, with its log, to a name that tells when.
    private func putAside(at now: Instant) throws -> String {
        // Its log is written back first, and moved with it where that fails: what stands only there is committed too.
        if let store = try? Connections.one(path) {
            _ = try? store.writeWithoutTransaction { db in try db.value("PRAGMA wal_checkpoint(TRUNCATE)") as Int? }
            try? store.close()
        }
        let stamp = now.utcText.prefix { $0 != "." && $0 != "Z" }.filter { $0.isNumber || $0 == "T" }
        let name = "\(path).replaced-\(stamp)"
        for suffix in ["-wal", "-shm", ""] where StoreFile.isThere(path + suffix) {
            try StoreFile.rename(path + suffix, to: name + suffix)
        }
        return name
    }
}
