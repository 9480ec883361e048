import Kit
@testable import Intake
import Foundation
import Rules
import Testing

@testable import Store

@Suite("Files of an import") struct FileTests {
    static let table = "会员卡号,姓名,手机号,生日,等级,入会时间,标签\r\n001,林小姐,+86 13800000001,1990/3/8,金卡,2026/3/8,\"vip;新客\"\r\n"

    @Test(
        "a CSV that Chinese Excel saved lands, in every encoding it has",
        arguments: [
            gb18030(table), Array(table.utf8), [0xEF, 0xBB, 0xBF] + Array(table.utf8),
            utf16(table.replacing(",", with: "\t")), utf16(table.replacing(",", with: "\t"), littleEndian: false),
        ])
    func excel(_ bytes: [UInt8]) throws {
        let desk = try IntakeDesk()
        desk.options.tiers = TierNames([.init(id: "gold", name: "金卡")])
        let summary = try desk.run(.members, bytes: bytes)
        #expect(summary.accepted == 1 && summary.rejected == 0)
        #expect(summary.notes == ["registered_at: 1 dates without a time were read as 00:00"])
        #expect(
            try desk.row("SELECT id, display_name, phone, birthday_key, tier FROM members")
                == ["001", "林小姐", "13800000001", "s0308", "gold"])
        #expect(try desk.rows("SELECT tag FROM member_tags ORDER BY tag") == [["vip"], ["新客"]])
        #expect(try desk.events() == ["member.registered 2026-03-07T16:00:00Z row -"])
    }

    @Test("characters outside the basic plane come through GB18030 and UTF-16", arguments: [true, false])
    func rareCharacters(_ isGB: Bool) throws {
        let desk = try IntakeDesk()
        let text = "id,display_name\nlin,𠮷野😀ḿ\n"
        _ = try desk.run(.members, bytes: isGB ? gb18030(text) : utf16(text))
        #expect(try desk.row("SELECT display_name FROM members") == ["𠮷野😀ḿ"])
    }

    @Test("quotes, line breaks inside them, and LF, CRLF or CR between rows", arguments: ["\n", "\r\n", "\r"])
    func quoting(_ lineBreak: String) throws {
        let desk = try IntakeDesk()
        let lines = ["id,city,display_name", "lin,\"南\(lineBreak)京\",\"林 \"\"小\"\" 姐, A\"", "wu,上海,吴", ""]
        let summary = try desk.run(.members, lines.joined(separator: lineBreak))
        #expect(summary.rows == 2 && summary.accepted == 2)
        #expect(
            try desk.rows("SELECT id, city, display_name FROM members ORDER BY id") == [
                ["lin", "南 京", "林 \"小\" 姐, A"], ["wu", "上海", "吴"],
            ])
    }

    @Test("a bad row is rejected by its number, and the good ones around it land")
    func badRows() throws {
        let desk = try IntakeDesk()
        var bytes = Array("id,display_name,city\na,林,x\n".utf8)
        bytes += Array("b,".utf8) + [0xFF, 0xFE] + Array(",x\n".utf8)
        bytes += Array(
            "c,nul\u{0},x\nd,short\ne,long,x,y\nf,\"quoted\"text,x\ng,\"吴\",x\nh,\"never closed,x\ni,last,x\n".utf8)
        let summary = try desk.run(.members, bytes: [0xEF, 0xBB, 0xBF] + bytes)
        #expect(summary.rows == 9 && summary.accepted == 3 && summary.rejected == 6)
        #expect(try desk.rows("SELECT id FROM members ORDER BY id") == [["a"], ["g"], ["i"]])
        let file = try desk.text("rows.csv.rejected.csv")
        let lines = file.components(separatedBy: "\r\n")
        #expect(lines.first == "\u{FEFF}id,display_name,city,row,reason")
        #expect(lines.dropFirst().map { $0.components(separatedBy: ",").first } == ["b", "c", "d", "e", "f", "h", ""])
        #expect(lines[3] == "d,short,,4,\"the row has 2 cells, the header 3\"")
        #expect(lines[6].contains(",8,a quotation mark opens and never closes"))
    }

    @Test("one broken byte in a UTF-8 file without a mark costs one row, not every name")
    func damagedUTF8() throws {
        let desk = try IntakeDesk()
        var bytes = Array("会员号,姓名\n".utf8)
        for number in 1...30 { bytes += Array("m\(number),林小姐\n".utf8) }
        bytes += Array("bad,".utf8) + [0xE6, 0x9E] + Array("\n".utf8)
        let summary = try desk.run(.members, bytes: bytes)
        #expect(summary.encoding == .utf8 && summary.accepted == 30 && summary.rejected == 1)
        #expect(try desk.row("SELECT DISTINCT display_name FROM members") == ["林小姐"])
    }

    @Test("the rejected file is exactly that, comes back as a file, and goes when nothing is rejected")
    func rejectedFile() throws {
        let desk = try IntakeDesk()
        let summary = try desk.run(.members, "手机号,会员号,备注\n123,\"=a,b\",x\n13800000001,wu,y\n")
        #expect(summary.rejectedFile == desk.path("rows.csv.rejected.csv"))
        #expect(summary.notes == ["columns without a meaning here were ignored: 备注"])
        let path = desk.path("rows.csv.rejected.csv")
        let expected = "\u{FEFF}手机号,会员号,备注,row,reason\r\n123,\"'=a,b\",x,1,phone is not a mobile number\r\n"
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(expected.utf8))
        let fixed = expected.replacing("\r\n123", with: "\r\n13800000002")
        let again = try desk.run(.members, fixed, name: "fixed.csv")
        #expect(again.accepted == 1 && again.notes == summary.notes)
        #expect(try desk.rows("SELECT id FROM members ORDER BY id") == [["=a,b"], ["wu"]], "without the apostrophe")
        #expect(try desk.run(.members, "会员号\nwu\n").rejectedFile == nil)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("reasons are Chinese where asked for")
    func chineseReasons() throws {
        let desk = try IntakeDesk()
        desk.options.language = .chinese
        let summary = try desk.run(.members, "id,phone\nlin,123\n")
        #expect(summary.firstReasons == ["1: phone 不是手机号"])
    }

    @Test(
        "a file without a required column, or with one twice, is refused",
        arguments: [
            ("id,member_id,total\n", missing(.paidAt, of: ["id", "member_id", "total"])),
            ("id,member_id,paid_at,total,total\n", .doubledColumn("total", "total")),
            ("订单号,会员号,支付时间,金额,member_id\n", .doubledColumn("会员号", "member_id")),
            ("订单号,会员号,支付时间,金额(万)\n", missing(.total, of: ["订单号", "会员号", "支付时间", "金额(万)"])),
            ("", .noHeader), ("[{\"id\":1}]", .jsonArray),
        ])
    func refused(_ text: String, _ refusal: ImportRefusal) throws {
        let desk = try IntakeDesk()
        #expect(throws: refusal) { try desk.run(.orders, text) }
    }

    private static func missing(_ column: Column, of names: [String]) -> ImportRefusal {
        let place = HeaderPlace(separator: UInt8(ascii: ","), skipped: 0, line: 1, names: names)
        return .missingColumns([column], .orders, place)
    }

    @Test("the time of payment is taken before the time of the order")
    func weakSynonym() throws {
        let desk = try IntakeDesk()
        try desk.addMembers("lin")
        let summary = try desk.run(
            .orders, "订单号,会员号,下单时间,支付时间,实付金额（元）,订单状态\no1,lin,2026-03-01 09:00,2026-03-01 10:00,\"1,299.00\",已支付\n")
        #expect(summary.notes == ["ignored for a better column of the same meaning: 下单时间"])
        #expect(try desk.row("SELECT total FROM orders") == ["129900"])
        #expect(try desk.events() == ["order.paid 2026-03-01T02:00:00Z row o1"])
    }

    @Test(
        "92: a rejected cell is no formula for a spreadsheet, and is read again as what it was",
        arguments: [
            ("=1+1", "'=1+1"), ("=cmd()", "'=cmd()"), ("+x", "'+x"), ("-x", "'-x"), ("@x", "'@x"), ("＝1", "'＝1"),
            ("  =1", "'  =1"), ("\t=1", "'\t=1"), ("'=1", "'=1"), ("a=b", "a=b"), ("=\"\"1\"\"", "'=\"\"1\"\""),
        ])
    func formulas(_ cell: String, _ written: String) throws {
        func quoted(_ cell: String) -> String { cell.contains("\"") ? "\"\(cell)\"" : cell }
        let (desk, plain) = (try IntakeDesk(), try IntakeDesk())
        _ = try desk.run(.members, "id,display_name,gender\nlin,\(quoted(cell)),x\n")
        let file = try desk.text("rows.csv.rejected.csv")
        #expect(file.contains("\r\nlin,\(quoted(written)),x,1,"), "\(file)")
        #expect(try desk.run(.members, file.replacing(",x,1,", with: ",female,1,"), name: "again.csv").accepted == 1)
        #expect(try plain.run(.members, "id,display_name,gender\nlin,\(quoted(cell)),female\n").accepted == 1)
        let name = "SELECT display_name FROM members"
        #expect(try desk.row(name) == plain.row(name))
    }

    @Test("NDJSON: nested items, numbers as digits, and lines that are rejected")
    func lines() throws {
        let desk = try IntakeDesk()
        try desk.addMembers("lin")
        let text = """
            {"id":1001,"member_id":"lin","paid_at":"2026-03-01 10:00","total":299.5,"items":[{"sku":"A","price":99.9,"quantity":2},{"sku":"A"},{"sku":"B","name":"豆"}]}

            {"id":"x","id":"y","member_id":"lin","paid_at":"2026-03-01 10:00","total":1}
            {"id":"z","member_id":"lin","paid_at":"2026-03-01 10:00","total":1,"cart":"\\ud800"}
            {"id":"n","member_id":"li\\u0000n","paid_at":"2026-03-01 10:00","total":1}
            [1]
            {"id":"e","member_id":"lin","paid_at":"2026-03-01 10:00","total":"1e3"}
            """
        let summary = try desk.run(.orders, text, name: "orders.ndjson")
        #expect(summary.rows == 6 && summary.accepted == 1 && summary.rejected == 5)
        #expect(try desk.row("SELECT id, total FROM orders") == ["1001", "29950"])
        #expect(
            try desk.rows("SELECT line, sku, quantity, price FROM order_items ORDER BY line") == [
                ["1", "A", "2", "9990"], ["2", "A", "1", "-"], ["3", "B", "1", "-"],
            ])
        let file = try desk.text("orders.ndjson.rejected.csv")
        #expect(file.hasPrefix("\u{FEFF}id,member_id,paid_at,total,items,line,row,reason\r\n"))
        #expect(file.contains("\r\ne,lin,2026-03-01 10:00,1e3,,,6,"))
    }

    @Test("custom columns are taken when fields.yaml declares them")
    func attributes() throws {
        let desk = try IntakeDesk()
        desk.options.attributes = ["shoe": .number]
        let summary = try desk.run(.members, "id,attr.shoe,attr.hat\nlin,38,58\n")
        #expect(summary.notes == ["columns without a meaning here were ignored: attr.hat"])
        #expect(try desk.rows("SELECT name, value FROM member_attributes") == [["shoe", "38"]])
    }

    @Test("a row across the pieces in which a file is read stays whole")
    func pieces() throws {
        let desk = try IntakeDesk()
        let filler = String(repeating: "林", count: 1000)
        let rows = (1...1200).map { "m\($0),\"\(filler)\n\($0)\"\r\n" }
        let summary = try desk.run(.members, bytes: gb18030("id,city\r\n" + rows.joined()))
        #expect(summary.encoding == .gb18030 && summary.accepted == 1200)
        #expect(try desk.row("SELECT count(*), count(DISTINCT substr(city, 1, 1000)) FROM members") == ["1200", "1"])
        #expect(try desk.rows("SELECT id FROM members WHERE city NOT LIKE '%林 ' || substr(id, 2)").isEmpty)
    }

    @Test(
        "JSON that readers disagree about is refused",
        arguments: [
            ("{\"a\":1,\"a\":2}", StrictJSON.Failure.duplicateKey), ("\"\\u0000\"", .nul),
            ("\"\\udc00\"", .loneSurrogate),
            ("1e400", .hugeNumber), ("[1,]", .syntax(3)), ("{} x", .syntax(3)), ("01", .syntax(1)), ("NaN", .syntax(0)),
            (String(repeating: "[", count: 200), .tooDeep),
        ])
    func badJSON(_ text: String, _ failure: StrictJSON.Failure) {
        #expect(throws: failure) { try StrictJSON(parsing: text) }
    }

    @Test("a key is there twice when its bytes are, among few keys and among many", arguments: [1, 40])
    func keys(_ count: Int) throws {
        let keys = (0..<count).map { "\"k\($0)\":1" }.joined(separator: ",")
        #expect(throws: StrictJSON.Failure.duplicateKey) { try StrictJSON(parsing: "{\(keys),\"k0\":2}") }
        // Swift calls the two spellings equal.
        let spelt = "{\(keys),\"\u{E9}\":1,\"e\u{301}\":2}"
        #expect(try StrictJSON(parsing: spelt).members.count == count + 2)
    }

    @Test("JSON keeps its digits and the order of its keys")
    func goodJSON() throws {
        let text = #"{"b":9007199254740993,"a":[0.10,-1E+2,true,null,"\u4e2d\ud83d\ude00\n\"/"]}"#
        let kept = #"{"b":9007199254740993,"a":[0.10,-1E+2,true,null,"中😀\n\"/"]}"#
        #expect(try StrictJSON(parsing: " " + text + "\n").compactText == kept)
    }

    @Test("a row that is damaged anywhere repeats no other, and any other row does")
    func repeated() throws {
        let desk = try IntakeDesk()
        let rows: [(row: [UInt8], following: Int?)] = [
            (Array("m1,李,北京".utf8), 1), (Array("m1,,".utf8), 1), (Array("m1,\"\",\"a\"\"b\"".utf8), 1),
            (Array("m2,李,北京".utf8), nil), (Array("m1,李".utf8), nil), (Array("m1,李,北京,1".utf8), nil),
            (Array("m1,a,".utf8) + [0xFF], nil), (Array("m1,".utf8) + [0x00] + Array(",b".utf8), nil),
            (Array("m1,a,\"b\"c".utf8), nil),
        ]
        for (row, following) in rows {
            let bytes = Array("id,display_name,city\nm1,林,上海\n".utf8) + row + [0x0A]
            try Data(bytes).write(to: URL(fileURLWithPath: desk.path("rows.csv")))
            let file = try OpenedFile(path: desk.path("rows.csv"), encoding: .utf8)
            var repeated = try RepeatedKeys(RecordReader(file, .members, attributes: nil), .members)
            #expect(repeated.count == 2)
            #expect(repeated.pass("m1") == following, "\(String(decoding: row, as: UTF8.self))")
        }
    }
}
