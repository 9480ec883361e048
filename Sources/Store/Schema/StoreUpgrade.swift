import Foundation
import Glibc
import Kit

/// Bringing a store of an earlier version up to this one: a copy of it beside it, then the steps of the schema.
///
/// The copy is `nudged.db.schema-NAME.TIME`, with the last step that it has been through and the time in UTC; while the
/// steps are under way `.upgrading` stands behind that, so that an upgrade that was cut short keeps its first copy.
package struct StoreUpgrade {
    package enum Step: Sendable, Equatable {
        /// The share of the copy that is done, 0 to 1.
        case copying(Double)
        case copied(to: String)
        /// The step of the schema that begins, counted from 1.
        case migrating(name: String, number: Int, of: Int)
        case done(from: String, copy: String?)
    }

    /// Whether a copy is made; without one there is no way back.
    package enum Copying: Sendable { case beside, none }

    let path: String
    let pool: Connections
    let copying: Copying
    let tell: (Step) -> Void

    /// How many copies of earlier upgrades stay.
    static let kept = 2
    private static let infix = ".schema-"
    private static let unfinished = ".upgrading"

    /// Throws an `OpenError` before anything is changed where the disk has no room for the copy.
    func run(at now: Instant) throws {
        let from = try pool.read { try Migrations.last(of: $0) } ?? ""
        let copy = copying == .beside ? try copied(from, at: now) : nil
        try Migrations.migrate(pool) { name, number, count in
            tell(.migrating(name: name, number: number, of: count))
        }
        let final = try copy.map(settle)
        try pool.write { db in
            let name = final.map { URL(fileURLWithPath: $0).lastPathComponent }
            try db.audit(
                AuditEntry(
                    .upgrade, subject: Migrations.newest,
                    detail: .object(["from": .text(from), "copy": name.map(JSONText.text) ?? .null])),
                at: now)
        }
        tell(.done(from: from, copy: final))
    }

    /// Why there is no room: the copy needs as much as the store, and the steps may write all of it once more.
    /// - Parameters:
    ///   - size: of the store with its log, in bytes.
    ///   - free: on its disk; nil where nobody knows, which is no objection.
    static func objection(size: Int64, free: Int64?, path: String) -> MemberStore.OpenError? {
        let (needed, overflow) = size.multipliedReportingOverflow(by: 2)
        guard let free, overflow || free < needed else { return nil }
        func mebibytes(_ bytes: Int64) -> String { "\((bytes >> 20) + (bytes & 0xfffff == 0 ? 0 : 1)) MiB" }
        let (wanted, there) = (mebibytes(overflow ? .max : needed), mebibytes(free))
        return MemberStore.OpenError(
            Bilingual(
                "the store \(path) is of an earlier version; a copy beside it and the upgrade need \(wanted), and \(there) are free: make room, or go on without a copy by `nudged run --no-copy`",
                "数据库 \(path) 是较早版本的；在旁边留一份副本再升级需要 \(wanted)，只剩 \(there)：请腾出空间，或用 `nudged run --no-copy` 不留副本直接升级"),
            trouble: .full)
    }

    // MARK: the copy

    /// The path of the copy of this upgrade: that of one that was cut short, or a new one.
    private func copied(_ from: String, at now: Instant) throws -> String {
        let begun = others().filter { $0.hasSuffix(StoreUpgrade.unfinished) }
        // A copy of what the store still is, of an upgrade that changed nothing: the store may have gone on since.
        let stale = begun.filter { $0.hasPrefix(StoreUpgrade.infix + from + ".") }
        if let first = begun.first(where: { !stale.contains($0) }) { return path + first }
        let size = StoreFile.size(path) + StoreFile.size(path + "-wal")
        if let objection = StoreUpgrade.objection(size: size, free: StoreFile.freeBytes(of: path), path: path) {
            throw objection
        }
        let time = String(now.utcText.filter { $0.isNumber || $0 == "T" }.prefix(15)) + "Z"
        let target = path + StoreUpgrade.infix + from + "." + time + StoreUpgrade.unfinished
        let partial = path + ".partial"
        do {
            try StoreFile.remove(partial)
            try StoreFile.make(partial)
            try pool.copyFile(to: partial) { tell(.copying($0)) }.close()
            try StoreFile.sync(partial)
            try StoreFile.rename(partial, to: target)
        } catch {
            try? StoreFile.remove(partial)
            throw error
        }
        // One that was cut short within this second had the same name, and is replaced already.
        for name in stale where path + name != target { try StoreFile.remove(path + name) }
        tell(.copied(to: String(target.dropLast(StoreUpgrade.unfinished.count))))
        return target
    }

    /// Gives the copy its name for good, and removes the oldest of those before it.
    private func settle(_ copy: String) throws -> String {
        let final = String(copy.dropLast(StoreUpgrade.unfinished.count))
        try StoreFile.rename(copy, to: final)
        for name in others().filter({ !$0.hasSuffix(StoreUpgrade.unfinished) }).dropLast(StoreUpgrade.kept) {
            try StoreFile.remove(path + name)
        }
        return final
    }

    /// What stands behind the store's own name in those of its copies, the oldest first.
    private func others() -> [String] {
        let url = URL(fileURLWithPath: path)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.deletingLastPathComponent().path)) ?? []
        let prefix = url.lastPathComponent + StoreUpgrade.infix
        func time(_ name: String) -> Substring {
            let bare =
                name.hasSuffix(StoreUpgrade.unfinished) ? name.dropLast(StoreUpgrade.unfinished.count) : name[...]
            return bare.split(separator: ".").last ?? ""
        }
        return names.filter { $0.hasPrefix(prefix) && time($0).count == 16 && time($0).last == "Z" }
            .map { String($0.dropFirst(url.lastPathComponent.count)) }
            .sorted { (time($0), $0) < (time($1), $1) }
    }
}

extension Connections {
    /// Writes what is committed into one file, without a log beside it, so that it can lie where nothing can be written.
    /// It is encrypted where the original is.
    /// - Parameter progress: called with the share that is copied.
    func copyFile(to path: String, _ progress: (Double) -> Void) throws -> Connections {
        let isPlain = try read { $0.cipherKeyName == nil }
        let copy = try StoreCipher.makingPlain(isPlain) { try Connections.one(path) }
        try self.copy(to: copy, progress)
        _ = try copy.writeWithoutTransaction { db in try db.value("PRAGMA journal_mode = DELETE") as String? }
        return copy
    }
}
