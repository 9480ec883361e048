import Foundation
import Kit
import Testing

@testable import Store

/// A store of an earlier version is copied before it is brought up.
@Suite("Upgrade of a store") final class StoreUpgradeTests {
    private let folder: URL
    private var path: String { folder.appending(path: "nudged.db").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "nudged-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A store as it was after that step.
    private func make(upTo last: String) throws {
        for name in try names() where name.hasPrefix("nudged.db") && !name.contains(".schema-") {
            try FileManager.default.removeItem(at: folder.appending(path: name))
        }
        let old = try Connections.one(path)
        try SQLFunctions.registering(old)
        try Migrations.migrate(old, upTo: last)
        try old.write { try $0.run("INSERT INTO members (id) VALUES ('m1')") }
        try old.close()
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }
    private func copies() throws -> [String] { try names().filter { $0.contains(".schema-") } }
    private func open(_ copying: StoreUpgrade.Copying = .beside) throws -> (MemberStore, [StoreUpgrade.Step]) {
        var steps: [StoreUpgrade.Step] = []
        let store = try MemberStore.open(url: "sqlite:\(path)", copying: copying) { steps.append($0) }
        return (store, steps)
    }

    @Test("the copy is the store as it was, for its owner only; the upgrade is on record, and is not made twice")
    func copy() throws {
        try make(upTo: "v14-channel-states")
        let (store, steps) = try open()
        let name = try #require(try copies().first)
        #expect(name.wholeMatch(of: /nudged\.db\.schema-v14-channel-states\.[0-9]{8}T[0-9]{6}Z/) != nil, "\(name)")
        #expect(try copies().count == 1)
        let copy = folder.appending(path: name).path
        let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let (step, members) = try Connections.one(copy, isReadOnly: true).read { db in
            (try Migrations.last(of: db), try db.values("SELECT id FROM members") as [String])
        }
        #expect(step == "v14-channel-states" && members == ["m1"])
        let ahead = Migrations.all.count - (Migrations.all.firstIndex { $0.name == "v14-channel-states" } ?? 0) - 1
        #expect(steps.count { if case .migrating(_, _, of: ahead) = $0 { true } else { false } } == ahead)
        #expect(steps.contains(.copied(to: copy)) && steps.last == .done(from: "v14-channel-states", copy: copy))
        var rows: [AuditRow] = []
        try store.audit(since: nil, action: "upgrade", member: nil) { rows.append($0) }
        #expect(rows.count == 1 && rows[0].subject == Migrations.newest)
        #expect(rows[0].detail == "{\"from\":\"v14-channel-states\",\"copy\":\"\(name)\"}")
        #expect(try open().1 == [] && copies() == [name])
    }

    @Test("a new store, and one without a copy by choice, have none beside them")
    func none() throws {
        #expect(try open().1 == [] && copies() == [])
        try make(upTo: "v4-strict")
        let (_, steps) = try open(.none)
        #expect(try copies() == [] && steps.last == .done(from: "v4-strict", copy: nil))
    }

    @Test("the last two copies stay")
    func two() throws {
        for stamp in ["20240101T000000Z", "20250101T000000Z", "20260101T000000Z"] {
            try Data().write(to: folder.appending(path: "nudged.db.schema-v9-receipts.\(stamp)"))
        }
        try Data().write(to: folder.appending(path: "nudged.db.schema-notes.txt"))
        try make(upTo: "v14-channel-states")
        _ = try open()
        let left = try copies()
        #expect(left.count == 3 && left.contains("nudged.db.schema-notes.txt"))
        #expect(left.contains("nudged.db.schema-v9-receipts.20260101T000000Z"), "\(left)")
    }

    @Test("an upgrade that was cut short goes on with its first copy; one that changed nothing makes a new one")
    func cutShort() throws {
        try make(upTo: "v14-channel-states")
        let first = "nudged.db.schema-v1.20260101T000000Z"
        try Data("first".utf8).write(to: folder.appending(path: first + ".upgrading"))
        let (_, steps) = try open()
        #expect(try copies() == [first])
        #expect(steps.last == .done(from: "v14-channel-states", copy: folder.appending(path: first).path))
        try FileManager.default.removeItem(at: folder.appending(path: first))
        try make(upTo: "v14-channel-states")
        let stale = "nudged.db.schema-v14-channel-states.20260101T000000Z.upgrading"
        try Data("stale".utf8).write(to: folder.appending(path: stale))
        _ = try open()
        let left = try copies()
        #expect(left.count == 1 && !left[0].hasSuffix(".upgrading") && !left[0].contains("20260101"), "\(left)")
    }

    @Test("a step that cannot be taken leaves the store at the step before, with its copy")
    func refused() throws {
        try make(upTo: "v2-handover-limits")
        let old = try Connections.one(path)
        try old.write { try $0.run("INSERT INTO members (id, city) VALUES ('m2', x'00')") }
        try old.close()
        #expect(throws: MemberStore.OpenError.self) { try open() }
        #expect(try copies().count == 1 && copies()[0].hasSuffix(".upgrading"))
        let store = try Connections.one(path, isReadOnly: true)
        #expect(try store.read { try Migrations.last(of: $0) } == "v2-handover-limits")
    }

    @Test("without room for the copy nothing is touched, and the sentence says how to go on")
    func room() throws {
        #expect(StoreUpgrade.objection(size: 100, free: 200, path: "/n.db") == nil)
        #expect(StoreUpgrade.objection(size: 100, free: nil, path: "/n.db") == nil)
        let objection = try #require(StoreUpgrade.objection(size: 3 << 30, free: 5 << 30, path: "/n.db"))
        #expect(objection.trouble == .full)
        #expect(objection.words.english.contains("need 6144 MiB, and 5120 MiB are free"))
        #expect(objection.words.english.contains("--no-copy") && objection.words.chinese.contains("--no-copy"))
        #expect(StoreUpgrade.objection(size: .max, free: .max, path: "/n.db") != nil)
    }
}

extension SQLFunctions {
    /// What a store's own connections have.
    fileprivate static func registering(_ connections: Connections) throws {
        try connections.writeWithoutTransaction { try register(on: $0) }
    }
}
