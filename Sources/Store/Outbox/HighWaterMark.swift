import GRDB
import Glibc
import Rules

/// How far a store had come when it last sent something, kept outside of it: a backup that is put back, which would send
/// everything since once more, is behind its own mark (guarantees, fault 26).
package struct HighWaterMark: Sendable, Hashable {
    /// Which store: drawn when it was made.
    package var generation: Int64
    package var epoch: Int64
    package var sequence: Int64

    static let scope = "rollback"
    static let who = "rollback guard"

    /// Why nothing may be sent from a store at `store`; nil when it is where it was left, or further.
    func objection(to store: HighWaterMark) -> String? {
        let what: String
        if generation != store.generation {
            what = "this is another store than the one that sent last"
        } else if epoch > store.epoch || sequence > store.sequence {
            what = "the store is older than what it sent last: a backup was put back"
        } else {
            return nil
        }
        return what + "; compare the deliveries owed with the provider's records, then `nudged release --all`"
    }
}

/// `<database>.mark`: one short line, written in place.
package struct HighWaterMarkFile: Sendable {
    let path: String

    package struct Failure: Error, CustomStringConvertible {
        package let path: String
        package let code: Int32
        package var description: String { "cannot write \(path): \(String(cString: strerror(code)))" }
    }

    enum Content: Equatable {
        case none, unreadable
        case mark(HighWaterMark)
    }

    /// An empty file is as good as none: a first start ended before it was written.
    func read() -> Content {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return errno == ENOENT ? .none : .unreadable }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count >= 0 else { return .unreadable }
        guard count > 0 else { return .none }
        let words = String(decoding: bytes[..<count], as: UTF8.self).split { $0 == " " || $0 == "\n" }
        let numbers = words.compactMap { Int64($0) }
        guard words.count == 3, numbers.count == 3, bytes[count - 1] == UInt8(ascii: "\n") else { return .unreadable }
        return .mark(HighWaterMark(generation: numbers[0], epoch: numbers[1], sequence: numbers[2]))
    }

    /// On disk when it returns. Shorter than a sector and always of one length, so that it is never half old, half new.
    func write(_ mark: HighWaterMark) throws {
        let line = [mark.generation, mark.epoch, mark.sequence].map { number in
            let digits = String(number)
            return String(repeating: "0", count: max(0, 19 - digits.utf8.count)) + digits
        }
        let bytes = Array((line.joined(separator: " ") + "\n").utf8)
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure(path: path, code: errno) }
        defer { close(file) }
        guard pwrite(file, bytes, bytes.count, 0) == bytes.count else {
            throw Failure(path: path, code: errno == 0 ? ENOSPC : errno)
        }
        guard ftruncate(file, off_t(bytes.count)) == 0, fsync(file) == 0 else { throw Failure(path: path, code: errno) }
    }
}

extension MemberStore {
    /// Nil for a store in memory.
    package var markFile: HighWaterMarkFile? { path.map { HighWaterMarkFile(path: $0 + ".mark") } }

    /// After the commit of intents and before the first of them leaves.
    package func advanceMark() async throws {
        guard let file = markFile else { return }
        try await writer.read { db in try file.write(try Outbox(db: db).mark()) }
    }
}

extension Outbox {
    func mark() throws -> HighWaterMark {
        HighWaterMark(
            generation: try meta("generation") ?? 0, epoch: try meta("epoch") ?? 0, sequence: try meta("seq") ?? 0)
    }

    /// At a start, before anything is counted: holds all sends of a store that is behind its mark. The reason, if so.
    func holdIfRolledBack(_ content: HighWaterMarkFile.Content, at now: Instant) throws -> String? {
        let reason: String?
        switch content {
        case .none: reason = nil
        case .mark(let mark): reason = mark.objection(to: try self.mark())
        case .unreadable:
            reason =
                "the mark beside the store cannot be read: it cannot be told whether a backup was put back; "
                + "compare the deliveries owed with the provider's records, then `nudged release --all`"
        }
        guard let reason else { return nil }
        try db.execute(
            sql: "INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?) ON CONFLICT (scope) DO NOTHING",
            arguments: [HighWaterMark.scope, reason, HighWaterMark.who, now.micros])
        return reason
    }
}
