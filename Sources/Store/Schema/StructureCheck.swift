import Kit
import Dispatch
import Rules
import Synchronization

/// Checks a store table by table after a daemon that did not end in order. A start checks as much as it has time for
/// before it reports ready, and the rest in the background. The check has its own connection, so nobody waits for it.
package final class StructureCheck: Sendable {
    package enum Outcome: Sendable, Equatable {
        case sound, unfinished
        case damaged(Bilingual)
    }

    private let queue: Connections
    /// Tables still to be read; first those that prevent sending twice, or to somebody who refused.
    private let remaining: Mutex<[String]>
    private let isStopped = Mutex(false)

    private static let first = ["deliveries", "attempts", "consents", "suppressions", "stops", "meta", "live_rules"]

    /// - Throws: `MemberStore.OpenError`.
    package init(path: String) throws {
        do {
            queue = try Connections.one(path, isReadOnly: true, patience: .seconds(MemberStore.busyFor))
            let tables: [String] = try queue.read { db in
                try db.values("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'")
            }
            let last = StructureCheck.first.count
            remaining = Mutex(tables.sorted { rank($0) < rank($1) })
            func rank(_ table: String) -> (Int, String) { (StructureCheck.first.firstIndex(of: table) ?? last, table) }
        } catch let error as MemberStore.OpenError {
            throw error
        } catch { throw MemberStore.OpenError.opening(path, failedWith: error) }
    }

    /// Continues where the last call ended.
    ///
    /// - Parameter budget: nil reads to the end, or until `stop`.
    /// - Throws: an error of the machine (a busy disk), after which the check can go on.
    package func run(within budget: Duration? = nil) throws -> Outcome {
        let end = budget.map { ContinuousClock.now + $0 }
        let timer = DispatchSource.makeTimerSource(queue: .global())
        if let budget {
            timer.setEventHandler { [queue] in queue.interrupt() }
            // An interrupt between two statements is lost, so it is repeated.
            timer.schedule(deadline: .now() + budget.seconds, repeating: 0.05)
        }
        timer.resume()
        defer { timer.cancel() }
        while let table = remaining.withLock({ $0.first }) {
            guard !isStopped.withLock({ $0 }), end.map({ $0 > .now }) ?? true else { return .unfinished }
            do {
                if let damage = try damage(in: table) { return .damaged(damage) }
            } catch let fault as SQLFault where fault.kind == .interrupted {
                return .unfinished
            } catch {
                guard case .damaged(let what) = StoreTrouble(error) else { throw error }
                return .damaged(what)
            }
            remaining.withLock { $0.removeAll { $0 == table } }
        }
        return .sound
    }

    /// Ends a run that is under way, and prevents another from beginning.
    package func stop() {
        isStopped.withLock { $0 = true }
        queue.interrupt()
    }

    private func damage(in table: String) throws -> Bilingual? {
        try queue.read { db in
            let answer = try db.value("PRAGMA quick_check(\(table))") as String?
            guard answer != "ok" else { return nil }
            return try MisplacedCell.first(in: table, db)?.words ?? Bilingual(same: answer ?? "no answer")
        }
    }
}

extension Duration {
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

extension MemberStore {
    /// The key in `meta` that is 1 while a daemon has the store; it stays 1 when the daemon is killed.
    private static let mark = "in_use"
    /// The key in `meta` that `proveWritable` writes.
    private static let proof = "writable"

    /// Call this first at a start. Returns whether the previous daemon, and its check, ended in order.
    package func beginUse() throws -> Bool {
        try writer.write { db in
            let before: Int? = try db.value("SELECT value FROM meta WHERE key = ?", [MemberStore.mark])
            try note(1, db)
            return before != 1
        }
    }

    /// Throws where nothing more can be committed. It writes another value each time: SQLite does not write a page whose
    /// bytes stay the same, and so would not notice a full disk.
    package func proveWritable() async throws {
        try await writer.write { db in
            try db.run(
                "INSERT INTO meta (key, value) VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET value = 1 - meta.value",
                [MemberStore.proof])
        }
    }

    package func endUse() throws { try writer.write { try note(0, $0) } }

    private func note(_ value: Int, _ db: Session) throws {
        try db.run(
            "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [MemberStore.mark, value])
    }

    /// Stops all sending until an operator has repaired the store and released it.
    package func holdForDamage(_ reason: String, at now: Instant) throws {
        try writer.write { db in
            try db.run(
                "INSERT INTO stops (scope, reason, who, at) VALUES ('all', ?, 'store check', ?) "
                    + "ON CONFLICT (scope) DO NOTHING", [reason, now.micros])
        }
    }

    /// The size of the write-ahead log, in bytes.
    package var logSize: Int64 { path.map { StoreFile.size($0 + "-wal") } ?? 0 }

    /// Writes the log back into the store and empties it. Returns false while somebody else is reading or writing.
    package func emptyLog() throws -> Bool {
        try writer.writeWithoutTransaction { db in
            try Turns.$isPatient.withValue(false) {
                try db.value("PRAGMA wal_checkpoint(TRUNCATE)") == 0
            }
        }
    }
}
