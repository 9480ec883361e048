import Glibc
import Kit
import Store

/// One daemon (or one `tick`) for a store. The kernel releases the lock when the process ends, however it ends. Other
/// commands write alongside.
///
/// The lock is on the store's file, so that another name of it is locked as well, and on `<database>.lock`, which names
/// the holder and is what other commands look at.
package final class StoreLock: Sendable {
    private let note: Int32
    private let store: Int32

    /// - Parameter databasePath: of the file itself (`MemberStore.filePath`); created when missing.
    /// - Throws: `Refusal` 75 when another process holds it, 78 when a file cannot be created.
    package init(databasePath path: String) throws {
        note = try StoreLock.take(path + ".lock", of: path)
        do { store = try StoreLock.take(path, of: path, holder: StoreLock.holder(note)) } catch {
            close(note)
            throw error
        }
        let line = Array("\(getpid())\n".utf8)
        // The process id only serves the message: a failure to write it does not weaken the lock.
        _ = ftruncate(note, 0)
        _ = pwrite(note, line, line.count, 0)
    }

    private static func take(_ file: String, of store: String, holder: String? = nil) throws -> Int32 {
        let opened = StoreFile.open(file, O_RDWR)
        guard opened >= 0 else {
            let code = errno
            switch code {
            case EACCES, EPERM: throw Refusal(.refused, StoreTrouble.denied.sentence(store))
            case ENOSPC: throw Refusal(.locked, StoreTrouble.full.sentence(store))
            default:
                let reason = Bilingual(errno: code)
                throw Refusal(.refused, "cannot open \(file): \(reason)", "打不开 \(file)：\(reason.chinese)")
            }
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let process = holder ?? StoreLock.holder(opened)
            close(opened)
            throw Refusal(
                .locked,
                "\(store) is in use by another daemon or tick\(process.map { " (process \($0))" } ?? "")",
                "\(store) 正被另一个守护进程或 tick 使用\(process.map { "（进程 \($0)）" } ?? "")")
        }
        return opened
    }

    deinit {
        close(note)
        // Closing any descriptor of the file would release the locks that SQLite holds on it in this process.
        flock(store, LOCK_UN)
    }

    /// The process that took the lock of a store last, as it noted itself; nil where nobody did.
    package static func process(ofStore path: String) -> Int? {
        let file = open(path + ".lock", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return holder(file).flatMap { Int($0) }
    }

    private static func holder(_ file: Int32) -> String? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(file, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        let digits = bytes[..<count].prefix { (0x30...0x39).contains($0) }
        return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
    }
}
