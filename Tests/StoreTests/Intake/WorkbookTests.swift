import Kit
@testable import Intake
import Foundation
import Rules
import Testing

@testable import Store

/// A workbook written part by part, as spreadsheets write it.
private struct Book {
    var sheets: [(name: String, state: String, rows: String)] = []
    var strings: [String]?
    var formats: [(id: Int, code: String)] = []
    /// The number formats of the cell styles.
    var styles = [0]
    var properties = ""
    var preamble = ""

    init(_ rows: String) { sheets = [("会员", "visible", rows)] }

    private static let space = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
    private static let kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    var parts: [String: String] {
        var parts = ["[Content_Types].xml": "<Types/>"]
        let list = sheets.enumerated().map { index, sheet in
            "<sheet name=\"\(sheet.name)\" sheetId=\"\(index + 1)\" state=\"\(sheet.state)\" r:id=\"rId\(index + 1)\"/>"
        }
        parts["xl/workbook.xml"] =
            "<?xml version=\"1.0\"?>\(preamble)<workbook \(Book.space) xmlns:r=\"\(Book.kinds)\">\(properties)<sheets>\(list.joined())</sheets></workbook>"
        let links = sheets.indices.map {
            "<Relationship Id=\"rId\($0 + 1)\" Type=\"\(Book.kinds)/worksheet\" Target=\"worksheets/sheet\($0 + 1).xml\"/>"
        }
        parts["xl/_rels/workbook.xml.rels"] = "<Relationships>\(links.joined())</Relationships>"
        for (index, sheet) in sheets.enumerated() {
            parts["xl/worksheets/sheet\(index + 1).xml"] =
                "<worksheet \(Book.space)><sheetData>\(sheet.rows)</sheetData></worksheet>"
        }
        if let strings {
            parts["xl/sharedStrings.xml"] = "<sst \(Book.space)>\(strings.map { "<si>\($0)</si>" }.joined())</sst>"
        }
        let custom = formats.map { "<numFmt numFmtId=\"\($0.id)\" formatCode=\"\($0.code)\"/>" }
        let xfs = styles.map { "<xf numFmtId=\"\($0)\"/>" }
        parts["xl/styles.xml"] =
            "<styleSheet \(Book.space)><numFmts>\(custom.joined())</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>\(xfs.joined())</cellXfs></styleSheet>"
        return parts
    }

    /// A row of texts that stand in the sheet itself.
    static func row(_ cells: String...) -> String {
        "<row>" + cells.map { "<c t=\"inlineStr\"><is><t>\($0)</t></is></c>" }.joined() + "</row>"
    }
}

/// Lets Python make the archive, a writer that is not ours.
private func archive(_ parts: [String: String], at path: String) throws {
    let script = """
        import json, sys, zipfile
        with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
            for name, text in json.load(sys.stdin).items(): z.writestr(name, text)
        """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, path]
    let input = Pipe()
    process.standardInput = input
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(parts))
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
}

@Suite("Workbooks")
struct WorkbookTests {
    private let desk: IntakeDesk

    init() throws { desk = try IntakeDesk() }

    private func run(_ kind: ImportKind, _ book: Book) throws -> ImportSummary {
        try archive(book.parts, at: desk.path("book.xlsx"))
        return try Importer.run(kind, path: desk.path("book.xlsx"), into: desk.store, desk.options)
    }

    private func refusal(_ book: Book) throws -> ImportRefusal? {
        do { _ = try run(.members, book) } catch let refusal as ImportRefusal { return refusal }
        return nil
    }

    @Test("shared strings, texts in the sheet, formulas, numbers and dates are what a person sees")
    func members() throws {
        var book = Book(
            """
            <row r="1"><c r="A1" t="s"><v>0</v></c></row>
            <row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" t="s"><v>2</v></c><c r="C3" t="inlineStr"><is><t>手机号</t></is></c><c r="D3" t="s"><v>3</v></c><c r="E3" t="str"><f>A1</f><v>注册时间</v></c><c r="F3" t="s"><v>5</v></c></row>
            <row r="4"><c r="A4" s="3"><v>7</v></c><c r="B4" t="s"><v>4</v></c><c r="C4"><v>13800000001</v></c><c r="D4" s="1"><v>32942</v></c><c r="E4" s="2"><v>46089.604166666664</v></c></row>
            <row r="5"><c r="C5"><v>1.3800000002E10</v></c><c r="A5" t="str"><v>m2</v></c><c r="F5" t="b"><v>1</v></c></row>
            """)
        book.strings = [
            "<t>会员资料, \"导出\"</t>", "<t>会员号</t>", "<r><t>姓</t></r><r><rPr/><t xml:space=\"preserve\">名</t></r>",
            "<t>生日</t><rPh sb=\"0\" eb=\"1\"><t>shengri</t></rPh>", "<t>林 &amp; &quot;小&quot;_x000D_\n姐</t>",
            "<t>城市</t>",
        ]
        book.formats = [(164, "yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\\ h:mm;@"), (165, "000")]
        book.styles = [0, 14, 164, 165]
        let summary = try run(.members, book)
        #expect((summary.rows, summary.accepted, summary.header?.line) == (2, 2, 3))
        #expect(summary.text(.members, in: .english).contains("(XLSX, sheet 会员, header in line 3)"))
        #expect(
            try desk.rows("SELECT id, display_name, phone, birthday_key, birthday_year, city FROM members ORDER BY id")
                == [
                    ["007", "林 & \"小\" 姐", "13800000001", "s0310", "1990", "-"],
                    ["m2", "-", "13800000002", "-", "-", "TRUE"],
                ])
        #expect(try desk.events() == ["member.registered 2026-03-08T06:30:00Z row -"])
    }

    @Test("a row that cannot be taken goes to a CSV with the number of its row")
    func rejected() throws {
        let book = Book(
            Book.row("会员号", "手机号", "备注") + Book.row("m1", "13800000001", "a,b") + "<row r=\"3\"/>"
                + "<row r=\"5\"><c r=\"A5\" t=\"str\"><v>m2</v></c><c r=\"B5\"><v>123</v></c></row>")
        let summary = try run(.members, book)
        #expect((summary.accepted, summary.rejected) == (1, 1))
        #expect(
            try desk.text("book.xlsx.rejected.csv")
                == "\u{FEFF}会员号,手机号,备注,row,reason\r\nm2,123,,4,phone is not a mobile number\r\n")
        #expect(try run(.members, book).unchanged == 1)
    }

    @Test("the first visible sheet is read, or the one that is named")
    func sheets() throws {
        var book = Book(Book.row("会员号") + Book.row("hidden"))
        book.sheets[0].state = "hidden"
        book.sheets.append(("会员 Members", "visible", Book.row("会员号") + Book.row("m1")))
        book.sheets.append(("旧会员", "visible", Book.row("会员号") + Book.row("old")))
        book.sheets.append(("空", "visible", ""))
        #expect(
            try run(.members, book).notes == [
                "the workbook has other sheets, which were not read: 旧会员, 空; --sheet NAME reads one"
            ])
        #expect(try desk.rows("SELECT id FROM members") == [["m1"]])
        for (name, id) in [("旧会员", "old"), ("会员members", "m1"), ("会员", "hidden")] {
            desk.options.sheet = name
            #expect(try run(.members, book).accepted == 1)
            #expect(try desk.rows("SELECT id FROM members").contains([id]))
        }
        desk.options.sheet = "没有"
        #expect(
            try refusal(book)
                == .workbook(.noSuchSheet("没有", among: ["会员", "会员 Members", "旧会员", "空"])))
        desk.options.sheet = "空"
        #expect(try refusal(book) == .workbook(.emptySheet("空")))
        #expect(throws: ImportRefusal.workbook(.notWorkbook)) { try desk.run(.members, "id\nlin\n") }
    }

    @Test("days count from 1900 or from 1904", arguments: [(false, "1990-03-10"), (true, "1994-03-11")])
    func calendars(_ isOf1904: Bool, _ day: String) throws {
        var book = Book(
            "<row>\(["会员号", "生日"].map { "<c t=\"inlineStr\"><is><t>\($0)</t></is></c>" }.joined())</row>"
                + "<row><c t=\"str\"><v>m1</v></c><c s=\"1\"><v>32942</v></c></row>")
        book.styles = [0, 31]
        if isOf1904 { book.properties = "<workbookPr date1904=\"1\"/>" }
        #expect(try run(.members, book).accepted == 1)
        let stored = try desk.row("SELECT birthday_year, birthday_key FROM members").joined(separator: " ")
        #expect(stored == "\(day.prefix(4)) s\(day.dropFirst(5).replacing("-", with: ""))")
    }

    // MARK: what is refused

    @Test("a ZIP that is no workbook, and a workbook without rows, are named")
    func others() throws {
        func refused(_ parts: [String: String]) throws -> ImportRefusal? {
            try archive(parts, at: desk.path("x.xlsx"))
            do { _ = try Importer.run(.members, path: desk.path("x.xlsx"), into: desk.store, desk.options) } catch {
                return error as? ImportRefusal
            }
            return nil
        }
        #expect(try refused(["a.txt": "x"]) == .workbook(.noWorkbook))
        #expect(try refused(["content.xml": "<x/>"]) == .workbook(.openDocument))
        #expect(try refused(["xl/workbook.bin": "x"]) == .workbook(.binary))
        #expect(try refused(["xl/workbook.xml": "<x/>"]) == .workbook(.noSheet))
        #expect(try refused(["xl/workbook.xml": "<x"]) == .workbook(.damaged("xl/workbook.xml")))
        #expect(throws: ImportRefusal.workbook(.damaged("ZIP"))) {
            try desk.run(.members, bytes: [0x50, 0x4B, 0x03, 0x04] + Array(repeating: 1, count: 100))
        }
        for fault in [WorkbookFault.noWorkbook, .openDocument, .binary, .noSheet, .tooLarge, .explodes, .documentType] {
            #expect(fault.sentence(in: .english) != fault.sentence(in: .chinese))
        }
    }

    @Test("no entity is read, because a few of them may stand for gigabytes")
    func entities() throws {
        var book = Book(Book.row("会员号") + Book.row("m1"))
        book.preamble = "<!DOCTYPE workbook [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>"
        #expect(try refusal(book) == .workbook(.documentType))
    }

    @Test("an archive that explodes is not read to its end")
    func bomb() throws {
        let book = Book(Book.row("会员号") + Book.row(String(repeating: "x", count: 20_000_000)))
        #expect(try refusal(book) == .workbook(.explodes))
    }

    @Test("a cell longer than a row may be rejects its row")
    func longCell() throws {
        let noise = (0..<400_000).map { String($0 &* 2_654_435_761 % 99_991, radix: 36) }.joined()
        let book = Book(Book.row("会员号", "姓名") + Book.row("m1", noise) + Book.row("m2", "林"))
        let summary = try run(.members, book)
        #expect((summary.accepted, summary.rejected) == (1, 1))
        #expect(summary.firstReasons == ["1: the row is longer than 1 MB"])
    }
}

@Suite("Numbers of a workbook")
struct SheetNumberTests {
    @Test(
        "are what was typed",
        arguments: [
            ("13800000001", "13800000001"), ("1.3800000001E10", "13800000001"), ("1299.0", "1299"), ("0", "0"),
            ("0.30000000000000004", "0.3"), ("1299.9000000000001", "1299.9"), ("49.900000000000006", "49.9"),
            ("1E-2", "0.01"), ("-5.5", "-5.5"), ("1234567890123456789", "1234567890123456789"),
            ("9.9999999999999996", "10"),
            ("0.99999999999999996", "1"), ("1.5e3", "1500"), ("-0.0", "0"), ("x", "x"), ("1E400", "1E400"),
            (".5", "0.5"),
        ])
    func typed(_ written: String, _ shown: String) { #expect(SheetNumber.text(written) == shown) }

    @Test(
        "are dates and times by their format",
        arguments: [
            (46089, "yyyy-mm-dd", "2026-03-08"), (46089.5, "yyyy/m/d h:mm", "2026-03-08 12:00:00"),
            (46089, "yyyy/m/d h:mm", "2026-03-08 00:00:00"), (46089, "[$-804]yyyy\"年\"m\"月\"d\"日\";@", "2026-03-08"),
            (46089, "m\"月\"d\"日\"", "03-08"), (46089.999999999, "yyyy-mm-dd hh:mm:ss", "2026-03-09 00:00:00"),
            (0.5, "h:mm", "12:00"), (0.25, "[h]:mm:ss", "06:00"), (1, "yyyy-mm-dd", "1900-01-01"),
            (59, "d/m/yy", "1900-02-28"), (60, "d/m/yy", "1900-02-29"), (61, "d/m/yy", "1900-03-01"),
            (0, "yyyy-mm-dd", ""), (-1, "yyyy-mm-dd", nil), (46089, "General", nil), (46089, "#,##0.00", nil),
            (46089, "0.00E+00", nil), (46089, "@", nil), (46089, "000000", nil), (46089, "\"day\" 0", nil),
            (99_999_999, "yyyy-mm-dd", nil),
        ] as [(Double, String, String?)])
    func dates(_ serial: Double, _ code: String, _ shown: String?) {
        #expect(SheetCalendar().text(serial, NumberFormat(code: code)) == shown)
    }

    @Test("have the formats that every workbook knows by number")
    func builtIn() {
        #expect(NumberFormat(builtIn: 14) == .date(hasYear: true, hasTime: false))
        #expect(NumberFormat(builtIn: 22) == .date(hasYear: true, hasTime: true))
        #expect(NumberFormat(builtIn: 58) == .date(hasYear: false, hasTime: false))
        #expect(NumberFormat(builtIn: 20) == .time)
        #expect(NumberFormat(builtIn: 1) == .general && NumberFormat(builtIn: 164) == nil)
        #expect(NumberFormat(code: "00000000") == .padded(8))
    }
}
