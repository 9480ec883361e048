import Kit
@testable import Intake
import Foundation
import Rules
import Testing

@testable import Store

@Suite("What import says on a console")
struct ConsoleTests {
    private let desk: IntakeDesk

    init() throws { desk = try IntakeDesk() }

    /// A column too many at the front: every value stands under another name.
    private static let shifted: [(ImportKind, String, String)] = [
        (.orders, "id,member_id,paid_at,total", "o1,lin,13800000001,林小姐"),
        (.orders, "id,member_id,paid_at,total", "o1,lin,2026-03-01 10:00,13800000001"),
        (.orders, "id,member_id,paid_at,total", "o1,lin,2026-03-01 10:00,lin@example.com"),
        (.members, "id,gender", "lin,13800000001"), (.members, "id,status", "lin,lin@example.com"),
        (.members, "id,timezone", "lin,13800000001"), (.members, "id,registered_at", "lin,13800000001"),
        (.members, "id,personalisation", "lin,１３８００００００01"), (.members, "id,birthday_calendar", "lin,13800000001"),
        (.points, "id,member_id,points", "p1,lin,林小姐"),
        (.points, "id,member_id,points,expires_at", "p1,lin,5,13800000001"),
        (.points, "id,member_id,points", "p1,lin,13800000001.5"),
        (.consents, "member_id,channel,state", "lin,sms,13800000001"),
        (.coupons, "id,member_id,template,face_value", "c1,lin,T,１３８００００００01"),
        (.carts, "id,member_id,updated_at", "c1,lin,林小姐"), (.dates, "member_id,name,date", "lin,wedding,13800000001"),
    ]

    @Test("holds no personal value of a rejected row; the rejected file has it", arguments: Language.allCases)
    func masked(_ language: Language) throws {
        try desk.addMembers("lin")
        for (kind, header, row) in Self.shifted {
            desk.options.language = language
            let summary = try desk.run(kind, "\(header)\n\(row)\n")
            #expect(summary.rejected == 1, "\(kind) \(row)")
            let said = summary.text(kind, in: language)
            for secret in ["1380", "１３８", "0001", "林小姐", "example"] { #expect(!said.contains(secret), "\(said)") }
            let last = row.split(separator: ",").last.map(String.init) ?? row
            #expect(try desk.text("rows.csv.rejected.csv").contains(last))
        }
    }

    @Test(
        "shows a word that is not one of a closed list, with its digits masked",
        arguments: [
            (
                .orders, "id,member_id,paid_at,total,status", "o1,lin,2026-03-01 10:00,5,部分退款",
                "status \"部分退款\" is not one of"
            ),
            (.consents, "member_id,channel,state", "lin,QQ,granted", "channel \"QQ\" is not one of"),
            (.consents, "member_id,channel,state", "lin,sms,Y2", "state \"Y*\" is not one of"),
            (.members, "id,gender", "lin,不告诉", "gender \"不告诉\" is not one of"),
            (.members, "id,timezone", "lin,Asia/Shang", "timezone \"Asia/Shang\" is not a time zone"),
        ] as [(ImportKind, String, String, String)])
    func words(kind: ImportKind, header: String, row: String, sentence: String) throws {
        try desk.addMembers("lin")
        let said = try desk.run(kind, "\(header)\n\(row)\n").text(kind, in: .english)
        #expect(said.contains(sentence), "\(said)")
    }

    @Test("shows the shape of a value, and units")
    func shapes() {
        #expect(Mask.cell("1.2万") == "*.*万")
        #expect(Mask.cell("13800000001") == "***********")
        #expect(Mask.cell("2026-02-30 9时") == "****-**-** *时")
        #expect(Mask.cell("lin@example.com") == "***@*******.***")
        #expect(Mask.cell(String(repeating: "林", count: 30)) == String(repeating: "*", count: 20) + "…")
        #expect(Mask.word("QQ 一号 2") == "QQ 一号 *" && Mask.word("１３８０") == "****")
        #expect(Mask.heading("备注2") == "备注2")
        #expect(Mask.heading("13800000001") == "***********")
    }

    @Test("masks a first row of data that was taken for a header")
    func noHeader() throws {
        let summary = try desk.run(.members, "id,13800000001,lin@example.com,备注\nlin,1,2,3\n")
        let said = summary.text(.members, in: .english)
        #expect(said.contains("***********") && said.contains("备注"))
        #expect(!said.contains("1380") && !said.contains("example"))
        #expect(!ImportRefusal.doubledColumn("手机号", "13800000001").sentence(in: .english).contains("1380"))
    }
}

@Suite("A file to import")
struct ImportedFileTests {
    private let desk: IntakeDesk

    init() throws { desk = try IntakeDesk() }

    private func refusal(_ path: String) -> ImportRefusal? {
        do {
            _ = try Importer.run(.members, path: path, into: desk.store, desk.options)
            return nil
        } catch { return error as? ImportRefusal }
    }

    @Test("that is none, or holds nothing, is refused in one sentence")
    func refused() throws {
        let directory = desk.path("folder")
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        #expect(FileManager.default.createFile(atPath: desk.path("empty.csv"), contents: nil))
        #expect(refusal(desk.path("missing.csv")) == .noFile(desk.path("missing.csv")))
        #expect(refusal(directory) == .directory(directory))
        #expect(refusal(desk.path("empty.csv")) == .noHeader)
        #expect(refusal("/dev/null") == .noHeader)
        #expect(refusal(desk.path("empty.csv") + "/x") == .noFile(desk.path("empty.csv") + "/x"))
        let socket = desk.path("s")
        #expect(socketpair(at: socket))
        #expect(refusal(socket) == .noStream(socket))
    }

    @Test("may come through a pipe with a name; its rejected rows stand beside it")
    func fifo() throws {
        let pipe = desk.path("pipe.csv")
        #expect(mkfifo(pipe, 0o600) == 0)
        let writer = Process()
        writer.executableURL = URL(fileURLWithPath: "/bin/sh")
        writer.arguments = ["-c", "printf 'id,gender\\nlin,female\\nzhao,x\\n' > \"$0\"", pipe]
        try writer.run()
        let summary = try Importer.run(.members, path: pipe, into: desk.store, desk.options)
        writer.waitUntilExit()
        #expect((summary.accepted, summary.rejected) == (1, 1))
        #expect(summary.rejectedFile == pipe + ".rejected.csv")
        #expect(RejectedFile.path(of: "/dev/stdin") == "stdin.rejected.csv")
        #expect(RejectedFile.path(of: "/dev/fd/63") == "stdin.rejected.csv")
    }

    @Test(
        "whose rejected rows cannot be written lands all the same, and its reasons are said; a folder's file waits",
        arguments: Language.allCases)
    func unwritten(_ language: Language) throws {
        // No name is longer than 255 bytes, not even for root.
        let path = desk.path(String(repeating: "a", count: 250) + ".csv")
        let bad = (1...25).map { "m\($0),13800000001\n" }.joined()
        try Data("id,gender\nlin,female\n\(bad)".utf8).write(to: URL(filePath: path))
        #expect(refusal(path) == .cannotWrite(path + ".rejected.csv"))
        var options = desk.options
        options.goesOnUnwritten = true
        options.language = language
        let summary = try Importer.run(.members, path: path, into: desk.store, options)
        #expect((summary.rows, summary.accepted, summary.rejected) == (26, 1, 25))
        #expect(summary.rejectedFile == nil && summary.unwrittenFile == path + ".rejected.csv")
        let loss = try #require(summary.lossText(in: language)).split(separator: "\n")
        #expect(loss.count == 23 && loss[1].hasPrefix("  2: gender") && loss[20].hasPrefix("  21: gender"))
        #expect(loss[21] == (language == .english ? "  and 5 more" : "  另有 5 行"))
        #expect(!loss.contains { $0.contains("1380") } && !summary.text(.members, in: language).contains("gender"))
        #expect(try desk.run(.members, "id\nlin\n").lossText(in: language) == nil)
    }

    /// A socket with a name.
    private func socketpair(at path: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { place in
            for (index, byte) in path.utf8.enumerated() { place[index] = byte }
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}

@Suite("Quotes before a combining accent")
struct CombiningMarkTests {
    private static let text = "o'\u{301}x \"\u{302}y"

    @Test("are doubled in SQL, CSV and YAML like any other")
    func doubled() throws {
        #expect(Store.sqlText("'\u{301}") == "'''\u{301}'")
        #expect("\"\u{301}".doubling("\"") == "\"\"\u{301}")
        let desk = try IntakeDesk()
        let sql = "SELECT " + Store.sqlText(Self.text)
        let name = try desk.store.writer.read { try ($0.value(sql) as String?) }
        #expect(name.map { Array($0.utf8) } == Array(Self.text.utf8))
    }

    @Test("survive the rejected file and its import")
    func rejectedFile() throws {
        let desk = try IntakeDesk()
        let cell = "\"" + Self.text.doubling("\"") + "\""
        _ = try desk.run(.members, "id,display_name,gender\nlin,\(cell),x\n")
        let again = try desk.text("rows.csv.rejected.csv").replacing(",x,1,", with: ",female,1,")
        #expect(try desk.run(.members, again, name: "again.csv").accepted == 1)
        #expect(try desk.row("SELECT display_name FROM members").first.map { Array($0.utf8) } == Array(Self.text.utf8))
    }
}

@Suite("Sums of nonsense")
struct SaturatedSumTests {
    @Test("are capped and stop no statement")
    func sums() throws {
        let desk = try IntakeDesk()
        try desk.addMembers("lin", "zhao")
        try desk.store.writer.write { db in
            for (member, quantity) in [("lin", Int64.max), ("zhao", 1)] {
                for order in ["a", "b"] {
                    try db.run(
                        "INSERT INTO orders (id, member, paid_at, total) VALUES (?, ?, ?, ?)",
                        [order, member, desk.options.now.micros - 1_000_000, quantity])
                    try db.run(
                        """
                        INSERT INTO order_items (member, order_id, line, sku, category, quantity, price)
                        VALUES (?, ?, 1, 's', 'tea', ?, ?)
                        """, [member, order, quantity, quantity])
                }
            }
        }
        var fields = FieldSQL(custom: [], tiers: [], hasOverrides: false, clock: StatementClock())
        for name in [
            "lifetime_spend", "average_order_value", "spend_90d", "top_category", "points_balance", "rfm.segment",
        ] {
            let field = Field(name: "member.\(name)", source: .member, type: .money, canBeMissing: false)
            let expression = fields.expression(for: field)
            let sql = try #require(expression)
            let arguments = fields.clock.arguments(now: desk.options.now, zone: .utc)
            let values = try desk.store.writer.read { db in
                try (db.values("SELECT \(sql) FROM members m ORDER BY m.id", SQLArguments(arguments)) as [SQLValue])
            }
            #expect(values.count == 2, "\(name)")
        }
    }
}
