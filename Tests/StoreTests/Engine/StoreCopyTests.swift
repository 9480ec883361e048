import Foundation
import Policies
import Rules
import TestSupport
import Testing

@testable import Review
@testable import Engine
@testable import Store

/// A dry-run over a live store: the same outcomes as over fixtures, and not a byte of the store changes.
@Suite("Dry-run over a store")
struct StoreCopyTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "nudged-copy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    @Test("equals the dry-run over the fixtures that the store holds, and leaves the store as it was")
    func sameOutcomes() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let world = World(set: try ShippedRules.ruleSet(), fixtures: try ShippedRules.fixtures())
        let url = "sqlite:" + folder.appending(path: "shop.db").path
        try fill(url, world)
        let file = folder.appending(path: "shop.db")
        let before = try Data(contentsOf: file)
        let copy = try MemberStore.privateCopy(of: url)
        let (from, until) = (try world.instant("2026-03-01"), try world.instant("2026-06-10"))
        let prepared = try PreparedRules(world.planned(), rulesVersion: 0, in: copy)
        let lines = try Simulation(store: copy, prepared: prepared, from: from, until: until).run().map(World.short)
        // What a fixture states about derived fields has no column in a store, so those members may differ.
        let stated = Set(world.fixtures.members.filter { !$0.derived.isEmpty }.map(\.row.id))
        func comparable(_ lines: [String]) -> [String] {
            lines.filter { line in !stated.contains(String(line.split(separator: " ")[3])) }
        }
        let expected = try world.dryRun(at: "2026-03-01", until: "2026-06-10")
        #expect(comparable(lines) == comparable(expected) && comparable(lines).count > 10)
        #expect(try Data(contentsOf: file) == before)
    }

    @Test("a store that is not there is not made")
    func absent() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "none.db").path
        #expect(throws: MemberStore.OpenError.self) { try MemberStore.privateCopy(of: "sqlite:\(path)") }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("a copy of one member has all that is theirs and nothing of others, and explains alike")
    func oneMember() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let world = World(set: try ShippedRules.ruleSet(), fixtures: try ShippedRules.fixtures())
        let url = "sqlite:" + folder.appending(path: "shop.db").path
        try fill(url, world)
        let store = try MemberStore.open(url: url)
        let prepared = try store.goLive(world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-01"))
        _ = try store.tick(prepared, at: try world.instant("2026-03-07 09:30"))
        let copies = [
            try MemberStore.privateCopy(of: url), try MemberStore.inMemoryCopy(of: url, member: "lin"),
        ]
        func rows(_ copy: MemberStore, _ table: String) throws -> [[SQLValue]] {
            let columns = try copy.writer.read { Set(try $0.columns(in: table).map(\.name)) }
            let filter =
                if table == "members" { "WHERE id = 'lin'" } else if columns.contains("member") {
                    "WHERE member = 'lin'"
                } else if columns.contains("decision") {
                    "WHERE decision IN (SELECT id FROM decisions WHERE member = 'lin')"
                } else { "" }
            return try copy.writer.read { try $0.all("SELECT * FROM \(table) \(filter)").map(\.values) }
        }
        // What belongs to deliveries is compared below; who did what on the store belongs to nobody.
        let notOfMembers = ["traces", "attempts", "receipts", "short_links", "transitions", "audit"]
        let tables = try copies[0].writer.read {
            try ($0.values("SELECT name FROM sqlite_master WHERE type = 'table'") as [String])
        }.filter {
            !$0.hasPrefix("sqlite_") && !notOfMembers.contains($0)
        }
        for table in tables { #expect(try rows(copies[0], table) == rows(copies[1], table), "\(table)") }
        #expect(try rows(copies[1], "decisions").count == 1)
        let (members, traces) = try copies[1].writer.read { db in
            (
                try (db.value("SELECT COUNT(*) FROM members") as Int?),
                try (db.value("SELECT COUNT(*) FROM traces t JOIN decisions d ON d.trace = t.id") as Int?)
            )
        }
        #expect(members == 1 && traces == 1)
        let at = try world.instant("2026-03-07 09:30")
        let outcomes = try copies.map { copy in
            try Explainer(
                store: copy, set: world.set, channels: ChannelDeclaration.standard, rule: "birthday-gift", member: "lin"
            ).explain(at..<at.adding(micros: 1)).map(\.outcome)
        }
        #expect(outcomes == [[.sent], [.sent]])
    }

    @Test(
        "how much a commit waits for the disk is what the config says",
        arguments: [(Durability.full, 2), (.normal, 1)])
    func durability(wanted: Durability, level: Int) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = "sqlite:\(folder.appending(path: "n.db").path)"
        let store = try MemberStore.open(url: url, durability: wanted)
        #expect(try store.writer.writeWithoutTransaction { try ($0.value("PRAGMA synchronous") as Int?) } == level)
    }

    private func fill(_ url: String, _ world: World) throws {
        let store = try MemberStore.open(url: url)
        try store.writer.write { db in
            var rows = RowWriter(db, origin: .fixtures)
            for row in world.fixtures.stores { _ = try rows.write(store: row) }
            for row in world.fixtures.products { _ = try rows.write(product: row) }
            for member in world.fixtures.members {
                _ = try rows.write(member: member.row)
                for row in member.consents { _ = try rows.write(consent: row) }
                for row in member.orders { _ = try rows.write(order: row) }
                for row in member.carts { _ = try rows.write(cart: row) }
                for row in member.points { _ = try rows.write(points: row) }
                for row in member.coupons { _ = try rows.write(coupon: row) }
                for row in member.events { _ = try rows.write(event: row, source: "shop") }
            }
        }
        try store.writer.writeWithoutTransaction { try $0.script("PRAGMA wal_checkpoint(TRUNCATE)") }
    }
}
