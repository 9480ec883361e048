import Crypto
import Foundation
import Glibc
import Kit

/// A copy of a live store in one file, and beside it its checksum as `sha256sum` writes it (`FILE.sha256`).
package struct Backup: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// What a backup holds.
    package struct Account: Sendable, Hashable {
        /// The size of the file in bytes.
        package var bytes: Int64
        /// SHA-256 in hexadecimal.
        package var checksum: String
        /// The number that identifies the store, and the token of the last batch that it had sent.
        package var generation: Int64
        package var token: Int64
        /// The last step of the schema.
        package var schema: String
        package var members: Int
        /// Deliveries that were owed.
        package var owed: Int
    }

    package enum Checksum: Sendable, Equatable {
        case matches, differs, absent
    }

    private var checksumPath: String { path + ".sha256" }

    /// Compares the file with the checksum beside it.
    /// - Parameter progress: called with the share that is read.
    package func checksum(_ progress: (Double) -> Void = { _ in }) throws -> Checksum {
        guard let line = try? String(contentsOfFile: checksumPath, encoding: .utf8),
            let wanted = line.split(whereSeparator: \.isWhitespace).first
        else { return .absent }
        return try Backup.digest(of: path, progress) == wanted ? .matches : .differs
    }

    /// The backup as a store that cannot be written and has no mark beside it.
    /// - Throws: `MemberStore.OpenError`.
    package func store() throws -> MemberStore {
        let store = MemberStore(writer: try MemberStore.reading("sqlite:" + path).writer, path: nil)
        try store.requireCurrentSchema()
        return store
    }

    fileprivate func write(checksum: String) throws {
        let name = URL(fileURLWithPath: path).lastPathComponent
        let partial = checksumPath + ".partial"
        try StoreFile.write(Array("\(checksum)  \(name)\n".utf8), to: partial)
        try StoreFile.rename(partial, to: checksumPath)
    }

    fileprivate static func digest(of path: String, _ progress: (Double) -> Void) throws -> String {
        let size = max(StoreFile.size(path), 1)
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        var hash = SHA256()
        var read: Int64 = 0
        while let piece = try file.read(upToCount: 4 << 20), !piece.isEmpty {
            hash.update(data: piece)
            read += Int64(piece.count)
            progress(Double(read) / Double(size))
        }
        return Hex.text(hash.finalize())
    }
}

extension MemberStore {
    /// Writes a backup of everything that is committed now; a daemon goes on writing meanwhile. The file appears under
    /// its name only when it is whole and on disk.
    /// - Parameters:
    ///   - target: a path where nothing is, or an older backup.
    ///   - progress: called with the share that is done.
    /// - Throws: `OpenError`.
    package func backUp(to target: String, progress: (Double) -> Void = { _ in }) throws -> Backup.Account {
        let partial = target + ".partial"
        do {
            try StoreFile.remove(partial)
            try StoreFile.make(partial)
            var account = try copy(to: partial) { progress($0 * 0.8) }
            // A backup of a damaged store would be found out when it is needed.
            if case .damaged(let what) = try StructureCheck(path: partial).run() {
                throw OpenError(StoreTrouble.damaged(what).sentence(path), trouble: .damaged(what))
            }
            account.bytes = StoreFile.size(partial)
            account.checksum = try Backup.digest(of: partial) { progress(0.8 + $0 * 0.2) }
            try StoreFile.sync(partial)
            // A new file beside the checksum of an old one would look damaged; without one it is only unproven.
            try StoreFile.remove(target + ".sha256")
            try StoreFile.rename(partial, to: target)
            try Backup(path: target).write(checksum: account.checksum)
            return account
        } catch {
            try? StoreFile.remove(partial)
            throw error is OpenError ? error : OpenError(error, path: Self.isDamage(error) ? path : target)
        }
    }

    /// What is damaged is the store that was read, not the file that was being written.
    private static func isDamage(_ error: any Error) -> Bool {
        if case .damaged = StoreTrouble(error) { true } else { false }
    }

    private func copy(to partial: String, _ progress: (Double) -> Void) throws -> Backup.Account {
        let copy = try writer.copyFile(to: partial, progress)
        let account = try copy.read { db in
            let outbox = Outbox(db: db)
            return Backup.Account(
                bytes: 0, checksum: "", generation: try outbox.meta("generation") ?? 0,
                token: try outbox.meta("mark") ?? 0, schema: Migrations.all.last?.name ?? "",
                members: try db.value("SELECT COUNT(*) FROM members") ?? 0, owed: try db.value(Outbox.owed) ?? 0)
        }
        try copy.close()
        return account
    }
}
