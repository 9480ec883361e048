import Config
import Foundation
import Gateway
import Glibc
import Intake
import Kit
import Rules
import Synchronization
import Testing

@testable import Daemon
@testable import Store

/// A folder with a store, and a clock that only the test moves.
private final class FolderDesk {
    let scratch: Scratch
    let store: MemberStore
    let sink = LogSink()
    let board = StatusBoard(Notifier(environment: [:]))
    private(set) var intake: FolderIntake
    private let kind: ImportKind
    private var moment = ContinuousClock.now

    static let now = Instant(rfc3339: "2026-03-10T12:00:00+08:00") ?? .distantPast

    init(_ kind: ImportKind = .orders, store: MemberStore? = nil) throws {
        scratch = try Scratch()
        self.store = try store ?? .inMemory()
        self.kind = kind
        mkdir(scratch.path + "/in", 0o700)
        try self.store.writer.write { try $0.script("INSERT INTO members (id, status) VALUES ('m1', 'active')") }
        intake = FolderDesk.intake(scratch, kind, self.store, board, sink)
    }

    /// What a daemon that starts anew has.
    func restart() { intake = FolderDesk.intake(scratch, kind, store, board, sink) }

    private static func intake(
        _ scratch: Scratch, _ kind: ImportKind, _ store: MemberStore, _ board: StatusBoard, _ sink: LogSink
    ) -> FolderIntake {
        FolderIntake(
            Configuration.Folder(id: "pos", path: scratch.path + "/in", kind: kind), into: store, language: .english,
            meter: FolderMeter(["pos"]), board: board, log: sink.logger(.info),
            terms: { Zone(named: "Asia/Shanghai").map { SourceTerms(zone: $0) } })
    }

    func look(after seconds: Double) {
        moment += .milliseconds(Int(seconds * 1000))
        intake.runOnce(at: FolderDesk.now, moment: moment)
    }

    /// Looks until what lies there is complete.
    func settle() {
        look(after: 1)
        look(after: 5)
    }

    func put(_ text: String, _ name: String) throws { try scratch.write(text, to: "in/" + name) }

    /// What lies under the folder, sorted.
    var files: [String] {
        let all = FileManager.default.enumerator(atPath: scratch.path + "/in")?.allObjects as? [String] ?? []
        return all.filter { $0 != "done" && $0 != "rejected" }.sorted()
    }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: scratch.path + "/in/" + name, encoding: .utf8)
    }

    func mode(_ name: String) -> UInt32 {
        var status = stat()
        return stat(scratch.path + "/in/" + name, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    var orders: [String] {
        get throws { try store.writer.read { try $0.values("SELECT id FROM orders ORDER BY paid_at, id") } }
    }

    var audited: [String] {
        get throws {
            var rows: [String] = []
            try store.audit(since: nil, action: "import", member: nil) { rows.append($0.detail ?? "") }
            return rows
        }
    }

    static func orders(_ ids: ClosedRange<Int>, member: String = "m1") -> String {
        "id,member_id,paid_at,total\n" + ids.map { "o\($0),\(member),2026-03-01,1\n" }.joined()
    }
}

@Suite("A folder whose files are imported")
struct FolderIntakeTests {
    @Test("a complete file is imported, moved to done/ and on record; the same again changes nothing")
    func whole() throws {
        let desk = try FolderDesk()
        try desk.put(FolderDesk.orders(1...3), "orders.csv")
        desk.settle()
        #expect(try desk.orders == ["o1", "o2", "o3"] && desk.files == ["done/orders.csv"])
        #expect(desk.mode("done") == 0o700 && desk.mode("done/orders.csv") == 0o600)
        #expect(
            try desk.audited == [
                #"{"source":"pos","file":"orders.csv","rows":3,"accepted":3,"rejected":0}"#
            ])
        #expect(desk.sink.all.count == 1 && desk.sink.all[0].contains(#""accepted":"3""#))
        try desk.put(FolderDesk.orders(1...4), "orders.csv")
        desk.settle()
        #expect(try desk.orders.count == 4)
        #expect(desk.files == ["done/orders-20260310T040000.csv", "done/orders.csv"])
    }

    @Test("a file that grows is not read before it has been quiet for five seconds")
    func growing() throws {
        let desk = try FolderDesk()
        for count in 1...4 {
            try desk.put(FolderDesk.orders(1...count), "orders.csv")
            desk.look(after: 4)
            #expect(try desk.orders.isEmpty, "write \(count)")
        }
        desk.look(after: 4.9)
        #expect(desk.files == ["orders.csv"])
        desk.look(after: 0.1)
        #expect(try desk.orders.count == 4 && desk.files == ["done/orders.csv"])
    }

    @Test(
        "what is not finished, hidden, a link, a folder or rejected rows is left alone",
        arguments: ["a.tmp", "a.csv.part", "a.csv.filepart", ".a.csv", "a.csv~", "a.csv.rejected.csv", "A.TMP"])
    func unmeant(name: String) throws {
        let desk = try FolderDesk()
        try desk.put(FolderDesk.orders(1...1), name)
        try desk.scratch.write(FolderDesk.orders(1...1), to: "secret.csv")
        #expect(symlink(desk.scratch.path + "/secret.csv", desk.scratch.path + "/in/link.csv") == 0)
        try desk.put("", "folder.csv/x")
        desk.settle()
        #expect(try desk.orders.isEmpty)
        #expect(desk.files.contains(name) && desk.files.contains("link.csv"))
        #expect(rename(desk.scratch.path + "/in/" + name, desk.scratch.path + "/in/whole.csv") == 0)
        desk.settle()
        #expect(try desk.orders == ["o1"])
    }

    @Test("rows that cannot be taken go to rejected/ with the file, readable for us alone; the others land")
    func rejected() throws {
        let desk = try FolderDesk()
        try desk.put(FolderDesk.orders(1...2) + "o3,13800000001,2026-03-01,1\n", "orders.csv")
        desk.settle()
        #expect(try desk.orders == ["o1", "o2"])
        #expect(desk.files == ["rejected/orders.csv", "rejected/orders.csv.rejected.csv"])
        #expect(desk.mode("rejected/orders.csv.rejected.csv") == 0o600 && desk.mode("rejected/orders.csv") == 0o600)
        let rows = try desk.text("rejected/orders.csv.rejected.csv")
        #expect(rows.contains("o3,13800000001,2026-03-01,1,3,there is no member"))
        #expect(!desk.sink.all.joined().contains("13800000001"))
        // Mended and put back under its name, it does not meet the one before.
        try desk.put(FolderDesk.orders(3...3) + "o4,nobody,2026-03-01,1\n", "orders.csv")
        desk.settle()
        #expect(try desk.orders == ["o1", "o2", "o3"])
        #expect(desk.files.count == 4 && desk.files.contains("rejected/orders-20260310T040000.csv.rejected.csv"))
        #expect(try desk.text("rejected/orders.csv.rejected.csv") == rows)
    }

    @Test(
        "a file that is none of its kind goes to rejected/ with a sentence in the log and no data",
        arguments: ["%PDF-1.7 13800000001", "phone\n13800000001\n", "", #"[{"id":"13800000001"}]"#])
    func otherKind(text: String) throws {
        let desk = try FolderDesk()
        try desk.put(text, "a.csv")
        try desk.put(FolderDesk.orders(1...1), "b.csv")
        desk.settle()
        #expect(desk.files == ["done/b.csv", "rejected/a.csv"])
        #expect(desk.sink.all[0].contains("could not be read at all") && desk.sink.all[0].contains("reason"))
        #expect(!desk.sink.all.joined().contains("13800000001"))
        #expect(try desk.text("rejected/a.csv") == text)
    }

    @Test("files are imported in the order of their names: the last word about an order is that of the last file")
    func order() throws {
        let desk = try FolderDesk()
        for (name, total) in [("b.csv", 2), ("a.csv", 1), ("c.csv", 3)] {
            try desk.put("id,member_id,paid_at,total\no1,m1,2026-03-01,\(total)\n", name)
        }
        desk.settle()
        #expect(try desk.store.writer.read { try $0.value("SELECT total FROM orders") } == 300)
    }

    @Test("killed before the file was moved, or amid it: it is read again, and nothing is there twice")
    func killed() throws {
        let desk = try FolderDesk(.events)
        let rows = (1...30).map { "m1,store.visited,2026-03-0\(1 + $0 % 9) 10:\(10 + $0)\n" }.joined()
        try desk.put("member_id,name,at\n" + rows, "visits.csv")
        // A link to nowhere in place of the folder: the import ends and the move fails, as if the daemon had died between.
        #expect(symlink("/nowhere/done", desk.scratch.path + "/in/done") == 0)
        let events = { try desk.store.writer.read { try $0.value("SELECT COUNT(*) FROM events") as Int? } }
        desk.settle()
        #expect(try events() == 30 && desk.files.contains("visits.csv"))
        #expect(desk.board.text.contains("cannot be moved to done/"))
        unlink(desk.scratch.path + "/in/done")
        desk.restart()
        desk.settle()
        #expect(try events() == 30 && desk.files == ["done/visits.csv"])
    }

    @Test("told to stop amid a file, it stops after a batch, and the next start takes the rest")
    func stopped() throws {
        let desk = try FolderDesk()
        try desk.put(FolderDesk.orders(1...25_000), "orders.csv")
        desk.look(after: 1)
        desk.intake.service.stop()
        desk.look(after: 5)
        #expect(try desk.orders.isEmpty && desk.files == ["orders.csv"])
        desk.restart()
        desk.settle()
        #expect(try desk.orders.count == 25_000 && desk.files == ["done/orders.csv"])
    }

    @Test("a store that cannot be written is said once and stops the folder for half a minute; nothing is lost")
    func broken() throws {
        let desk = try FolderDesk()
        try desk.store.writer.write {
            try $0.script("CREATE TRIGGER full BEFORE INSERT ON orders BEGIN SELECT RAISE(ABORT, 'full'); END")
        }
        try desk.put(FolderDesk.orders(1...1), "orders.csv")
        desk.settle()
        desk.look(after: 1)
        desk.look(after: 40)
        #expect(desk.files.contains("orders.csv") && desk.sink.all.count == 1)
        #expect(desk.board.text.contains("files of `pos` are not imported"))
        try desk.store.writer.write { try $0.script("DROP TRIGGER full") }
        desk.look(after: 29)
        #expect(try desk.orders.isEmpty)
        desk.look(after: 1)
        #expect(try desk.orders == ["o1"] && desk.files == ["done/orders.csv"] && desk.board.text.isEmpty)
        #expect(desk.sink.all.last?.contains("is read again") == true)
    }

    @Test("a folder that is gone is said once, and read again when it is back")
    func gone() throws {
        let desk = try FolderDesk()
        rmdir(desk.scratch.path + "/in")
        desk.look(after: 1)
        desk.look(after: 31)
        #expect(desk.sink.all.count == 1 && desk.board.text.contains("No such file or directory"))
        try desk.put(FolderDesk.orders(1...1), "orders.csv")
        desk.look(after: 31)
        desk.look(after: 5)
        #expect(try desk.orders == ["o1"] && desk.board.text.isEmpty)
    }

    @Test("between the slices of a file, whoever waits for the store has it")
    func turns() throws {
        let store = try MemberStore.inMemory()
        let desk = try FolderDesk(store: store)
        try store.writer.write {
            try $0.run(
                """
                INSERT INTO live_rules (rule, since, watermark, text_hash, trigger_hash, status)
                VALUES ('r', 0, 0, 'h', 'h', 'live')
                """)
        }
        let sequence = { try store.writer.read { try $0.value("SELECT value FROM meta WHERE key = 'seq'") as Int64? } }
        let before = try sequence() ?? 0
        try desk.put(FolderDesk.orders(1...2500), "orders.csv")
        desk.settle()
        // Each transaction takes one number: 1,000, 1,000 and 500 rows.
        #expect(try desk.orders.count == 2500 && sequence() == before + 3)
    }
}
