import Foundation
import Glibc
import Kit
import Synchronization

/// Who writes to a store beside its daemon. The file of a store is exchanged (`rekey`, `restore`) only while nobody does:
/// what a program commits to the old file would be acknowledged and gone.
///
/// Everybody who opens a store to write shares a kernel lock on `<database>.writers` for as long; whoever exchanges the file
/// has it alone. The daemon needs no part in it: its own lock excludes the exchange.
package final class StoreWriters: Sendable {
    /// One descriptor a path: a process is not kept from exchanging a file by stores of its own.
    private struct Held {
        let file: Int32
        var users = 0
    }
    private static let held = Mutex<[String: Held]>([:])
    private static let pause: useconds_t = 50_000

    private let path: String

    private init(_ path: String) { self.path = path }

    deinit {
        StoreWriters.held.withLock { all in
            guard var own = all[path] else { return }
            own.users -= 1
            all[path] = own.users > 0 ? own : nil
            if own.users > 0 { _ = flock(own.file, LOCK_SH) } else { close(own.file) }
        }
    }

    /// Shares the lock, and waits for an exchange to end. Nil where the file cannot be made: such a store cannot be written.
    /// - Throws: `MemberStore.OpenError` when the exchange takes longer than writers wait for each other.
    static func join(_ path: String) throws -> StoreWriters? {
        try take(path, LOCK_SH, for: MemberStore.busyFor, or: StoreTrouble.busy.sentence(path))
    }

    /// Has the lock alone until the result is gone.
    /// - Throws: `MemberStore.OpenError` while another program has the store open to write.
    static func exclude(_ path: String) throws -> StoreWriters? {
        try take(
            path, LOCK_EX, for: 1,
            or: Bilingual(
                "another program is writing to \(path); end it first, such as `nudged ingest` or `nudged import`",
                "另一个程序正在写入 \(path)；请先结束它，例如 `nudged ingest` 或 `nudged import`"))
    }

    private static func take(
        _ path: String, _ kind: Int32, for seconds: Double, or words: Bilingual
    ) throws -> StoreWriters? {
        guard path != ":memory:" else { return nil }
        return try held.withLock { all in
            let known = all[path]
            let file = known?.file ?? StoreFile.open(path + ".writers", O_RDWR)
            guard file >= 0 else { return nil }
            let end = ContinuousClock.now + .seconds(seconds)
            // Who shares it already has it.
            while known == nil || kind == LOCK_EX, flock(file, kind | LOCK_NB) != 0 {
                guard ContinuousClock.now < end else {
                    if known == nil { close(file) }
                    throw MemberStore.OpenError(words, trouble: .busy)
                }
                usleep(pause)
            }
            all[path] = Held(file: file, users: (known?.users ?? 0) + 1)
            return StoreWriters(path)
        }
    }
}
