import Dispatch
import Foundation
import Kit

/// Writes a store anew, encrypted with the key of new stores, or plain. The file is exchanged only when the new one is
/// whole, checked and on disk.
package struct Rekey: Sendable {
    package enum Form: Sendable { case encrypted, plain }

    package struct Outcome: Sendable, Hashable {
        /// The names of the keys; nil: not encrypted.
        package var before: String?
        package var after: String?
        package var bytes: Int64
        /// Other files of the store that are as they were: backups of it, copies from before upgrades.
        package var others: [String]
    }

    package let path: String
    package let form: Form

    /// - Parameter path: of the file itself (`MemberStore.filePath`).
    package init(path: String, to form: Form) { (self.path, self.form) = (path, form) }

    private var partial: String { path + ".partial" }

    /// The caller has the store's lock.
    /// - Parameter progress: called with the share that is written.
    /// - Throws: `MemberStore.OpenError`; the store is then as it was.
    package func run(at now: Instant, progress: @escaping @Sendable (Double) -> Void = { _ in }) throws -> Outcome {
        do {
            let writers = try StoreWriters.exclude(path)
            defer { withExtendedLifetime(writers) {} }
            let owner = try StoreFile.owner(of: path)
            let store = try MemberStore.open(url: "sqlite:" + path, whenAbsent: .isRefused, ownsLock: true)
            let before = try store.cipherKeyName
            guard try store.emptyLog() else { throw Rekey.inUse(path) }
            try requireRoom()
            try write(store, progress)
            let after = try checked(against: store)
            try note(before, after, at: now)
            try store.writer.close()
            try StoreFile.sync(partial)
            try StoreFile.give(partial, to: owner)
            // Empty, because nobody writes. Beside the new file they would be taken for its own.
            try StoreFile.removeLog(of: path)
            try StoreFile.rename(partial, to: path)
            return Outcome(before: before, after: after, bytes: StoreFile.size(path), others: others)
        } catch {
            try? StoreFile.removeDatabase(partial)
            throw error is MemberStore.OpenError ? error : MemberStore.OpenError(error, path: path)
        }
    }

    private func write(_ store: MemberStore, _ progress: @escaping @Sendable (Double) -> Void) throws {
        let whole = Double(max(StoreFile.size(path), 1))
        let timer = DispatchSource.makeTimerSource(queue: .global())
        timer.setEventHandler { [partial] in progress(min(Double(StoreFile.size(partial)) / whole, 1)) }
        timer.schedule(deadline: .now() + 0.5, repeating: 0.5)
        timer.resume()
        defer { timer.cancel() }
        try StoreFile.make(partial)
        try store.writer.writeWithoutTransaction { db in
            try db.script("PRAGMA temp_store = FILE")
            _ = try StoreCipher.makingPlain(form == .plain) { try db.run("VACUUM INTO ?", [partial]) }
        }
    }

    /// Compares the number of rows of each table, and reads all of the new file.
    /// - Returns: the name of its key.
    private func checked(against store: MemberStore) throws -> String? {
        let copy = try Connections.one(partial, isReadOnly: true)
        let (name, counts, answer) = try copy.read { db in
            (db.cipherKeyName, try Rekey.counts(db), try db.value("PRAGMA quick_check") as String?)
        }
        try copy.close()
        guard answer == "ok", try store.writer.read(Rekey.counts) == counts else {
            throw MemberStore.OpenError(
                "the new file is not the same as the store; nothing was changed", "新文件与数据库不一致；没有改动任何内容")
        }
        guard (name != nil) == (form == .encrypted) else {
            throw MemberStore.OpenError(
                "the new file is not kept as asked for; nothing was changed", "新文件的加密方式不符；没有改动任何内容")
        }
        return name
    }

    private static func counts(_ db: Session) throws -> [String: Int64] {
        let names: [String] = try db.values("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try db.value("SELECT COUNT(*) FROM \"\($0)\"") ?? 0) })
    }

    private func note(_ before: String?, _ after: String?, at now: Instant) throws {
        let copy = try MemberStore.open(url: "sqlite:" + partial, whenAbsent: .isRefused, ownsLock: true)
        let detail = JSONText.object([
            "from": before.map(JSONText.text) ?? .null, "to": after.map(JSONText.text) ?? .null,
        ])
        try copy.audit(AuditEntry(.rekey, detail: detail), at: now)
        guard try copy.emptyLog() else { throw Rekey.inUse(partial) }
        try copy.writer.close()
        try StoreFile.removeLog(of: partial)
    }

    private func requireRoom() throws {
        let needed = StoreFile.size(path)
        guard let free = StoreFile.freeBytes(of: path), free < needed + needed / 8 else { return }
        let (wanted, there) = ((needed + needed / 8) >> 10, free >> 10)
        throw MemberStore.OpenError(
            Bilingual(
                "the store \(path) is written anew beside itself: that needs \(wanted) KiB, and \(there) are free",
                "数据库 \(path) 要在旁边重写一份：需要 \(wanted) KiB，只剩 \(there) KiB"), trouble: .full)
    }

    /// The copies beside the store from before upgrades and restores.
    private var others: [String] {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent().path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let ours = [".schema-", ".replaced-"].map { url.lastPathComponent + $0 }
        return names.sorted().filter { name in ours.contains { name.hasPrefix($0) } }
            .filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }
            .map { folder + "/" + $0 }
    }

    private static func inUse(_ path: String) -> MemberStore.OpenError {
        MemberStore.OpenError("\(path) is in use by another program", "\(path) 正被别的程序使用")
    }
}

extension MemberStore {
    /// The name of the key that the store is encrypted with (`StoreCipher.Key.name`); nil: it is not.
    package var cipherKeyName: String? {
        get throws { try writer.read { $0.cipherKeyName } }
    }
}

extension MemberStore.OpenError {
    /// Why a store could not be opened. An encrypted one looks damaged without its key.
    static func opening(_ path: String, failedWith error: any Error) -> MemberStore.OpenError {
        let own = MemberStore.OpenError(error, path: path)
        let isUnopened = if case .denied = own.trouble { true } else { false }
        let isUnread = if case .damaged = own.trouble { true } else { isUnopened }
        guard isUnread, StoreCipher.isSealed(path) else { return own }
        guard let keys = try? StoreCipher.keys else {
            return MemberStore.OpenError(
                "the store \(path) is encrypted; name its key as `store: {key: …}` in nudged.yaml, and that file by --config",
                "数据库 \(path) 已加密；请在 nudged.yaml 里用 `store: {key: …}` 指明密钥，并用 --config 指定该文件")
        }
        // SQLite cannot open the file for want of a key; what is damaged it can.
        guard isUnopened else { return own }
        return MemberStore.OpenError(
            "the store \(path) is encrypted with another key than \(keys.current.name); name that one as `store: {previous_key: …}` in nudged.yaml, then run `nudged rekey`",
            "数据库 \(path) 用的不是密钥 \(keys.current.name)；请在 nudged.yaml 里用 `store: {previous_key: …}` 指明原来的密钥，再运行 `nudged rekey`"
        )
    }
}
