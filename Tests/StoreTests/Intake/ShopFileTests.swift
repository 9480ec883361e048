import Kit
@testable import Intake
import Foundation
import Rules
import Testing

@testable import Store

/// Files as shops have them: exported by tills and payment platforms, edited in Excel, filled in by hand.
@Suite("Files as shops have them")
struct ShopFileTests {
    private let desk: IntakeDesk

    init() throws { desk = try IntakeDesk() }

    // MARK: separators and headers

    @Test(
        "commas, tabs and semicolons separate cells, with Excel's sep= and without",
        arguments: [
            "会员号,姓名,手机号\nm1,林,13800000001\n", "会员号\t姓名\t手机号\nm1\t林\t13800000001\n",
            "会员号;姓名;手机号\nm1;林;13800000001\n", "sep=;\n会员号;姓名;手机号\nm1;林;13800000001\n",
            "sep=|\r\n会员号|姓名|手机号\r\nm1|林|13800000001\r\n", "\"sep=,\"\n会员号,姓名,手机号\nm1,林,13800000001\n",
            "会员资料，导出;2026-03-10\n会员号\t姓名\t手机号\nm1\t林\t13800000001\n",
        ])
    func separators(_ text: String) throws {
        for bytes in [Array(text.utf8), gb18030(text), utf16(text)] {
            #expect(try desk.run(.members, bytes: bytes).accepted == 1)
            #expect(try desk.row("SELECT id, display_name, phone FROM members") == ["m1", "林", "13800000001"])
        }
    }

    @Test("the summary says what was unusual about the file")
    func unusual() throws {
        let summary = try desk.run(.members, "会员资料\n\n会员号;手机号\nm1;13800000001\n")
        #expect(
            summary.text(.members, in: .english).contains("(CSV, UTF-8, separated by semicolons, header in line 3)"))
        #expect(summary.text(.members, in: .chinese).contains("以分号分隔，表头在第 3 行"))
    }

    @Test("what 百胜 E3 and 富基 export is read by its own headings")
    func retailSystems() throws {
        let members = try desk.run(
            .members, "顾客代码,VIP卡号,顾客名称,移动电话,卡类型,发卡日期,开卡门店,营业员\nC1,V1001,林小姐,13800000001,金卡,2025-01-02,S01,王导购\n")
        #expect(members.accepted == 1)
        #expect(
            try desk.row("SELECT id, display_name, phone, tier, store_id, advisor FROM members") == [
                "V1001", "林小姐", "13800000001", "金卡", "S01", "王导购",
            ])
        let orders = try desk.run(
            .orders,
            "单据编号,平台交易号,店铺代码,店铺名称,会员卡号,销售日期,付款时间,订单金额,已付金额\nE3001,T99,S01,南京路店,V1001,2026-03-05,2026-03-05 18:14:13,320,299.50\n"
        )
        #expect(orders.accepted == 1)
        #expect(try desk.row("SELECT id, store_id, total FROM orders") == ["E3001", "S01", "29950"])
        let till = try desk.run(
            .orders, "小票号,门店编码,贵宾卡号,销售时间,销售金额,实销金额\n88,S01,V1001,2026/3/6 10:00,120,99\n")
        #expect(till.accepted == 1)
        let lines = try desk.run(
            .orderItems, "小票号,商品代码,商品条码,商品名称,大类,销售数量,成交价\n88,A-1,6900000000001,手冲壶,咖啡,1,99\n")
        #expect(lines.accepted == 1)
        #expect(
            try desk.row("SELECT order_id, sku, name, category, quantity, price FROM order_items") == [
                "88", "A-1", "手冲壶", "咖啡", "1", "9900",
            ])
    }

    @Test("the header may stand in one of the first twenty lines, below titles", arguments: [1, 5, 20])
    func below(_ line: Int) throws {
        try desk.addMembers("m1")
        let titles = (1..<line).map { $0 == 2 ? "会员" : "微信支付账单明细 \($0),,,," }
        let rows = ["交易时间,会员号,订单号   ,金额(元),备注", "2026-03-05 18:14:13,m1,\"42000\t\",¥4.50,x"]
        let summary = try desk.run(.orders, (titles + rows).joined(separator: "\r\n"))
        #expect((summary.rows, summary.accepted, summary.header?.line) == (1, 1, line))
        #expect(try desk.row("SELECT id, total FROM orders") == ["42000", "450"])
    }

    @Test("what is missing is said with the line taken, its columns and the separator; a name in it is masked")
    func missing() throws {
        let text = "会员资料\n会员号;付款时间;13800000001\nm1;2026-03-01;5\n"
        do {
            _ = try desk.run(.orders, text)
            Issue.record("the file was read")
        } catch let refusal as ImportRefusal {
            #expect(
                refusal.sentence(in: .english)
                    == "the file has no column id, total, which orders need; line 2 was taken for the header (separated by semicolons): 会员号, 付款时间, ***********"
            )
            #expect(refusal.sentence(in: .chinese).contains("把第 2 行当作表头（以分号分隔）：会员号、付款时间"))
        }
        do {
            _ = try desk.run(.members, "王小红,13800000001,上海\n")
            Issue.record("the file was read")
        } catch let refusal as ImportRefusal {
            #expect(refusal.sentence(in: .english).hasSuffix("(separated by commas): ***, ***********, **"))
        }
        let late = String(repeating: "标题,\n", count: 20) + "id,member_id,paid_at,total\n"
        #expect(throws: ImportRefusal.self) { try desk.run(.orders, late) }
    }

    @Test("a row of data whose values are names of columns is no header")
    func data() throws {
        _ = try desk.run(.consents, "地址,channel,state\n13800000001,邮箱,withdrawn\n13800000002,*,withdrawn\n")
        let summary = try desk.run(.members, "会员号\n会员\nm1\n")
        #expect((summary.accepted, summary.header?.line) == (2, 1))
    }

    // MARK: kinds of files

    @Test(
        "a file of another kind is named, with the remedy",
        arguments: [
            ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], ".xls"), (Array("%PDF-1.7\n".utf8), "PDF"),
            ([0x1F, 0x8B, 8, 0], "gzip"),
            (Array("\n<html><table><tr><td>会员号</td></tr></table></html>".utf8), "HTML"),
            (utf16("<table><tr><td>会员号</td></tr></table>"), "HTML"),
            (Array("<?xml version=\"1.0\"?><Workbook></Workbook>".utf8), "XML"),
        ] as [([UInt8], String)])
    func foreign(_ bytes: [UInt8], _ word: String) throws {
        do {
            _ = try desk.run(.members, bytes: bytes + Array(repeating: 0x20, count: 600), name: "members.csv")
            Issue.record("the file was read")
        } catch let refusal as ImportRefusal {
            for language in Language.allCases { #expect(refusal.sentence(in: language).contains(word), "\(refusal)") }
        }
    }

    // MARK: values

    @Test(
        "words for nothing count as empty in names, addresses and dates",
        arguments: ["NULL", "\\N", "None", "nan", "N/A", "#N/A", "无", "未填写", "-", ""])
    func nothing(_ word: String) throws {
        _ = try desk.run(
            .members,
            "id,display_name,phone,email,wechat_openid,birthday,registered_at,city\nm1,林,13800000001,a@b.cn,o1,1990-03-10,2026-01-01 10:00,南京\n"
        )
        let before = try desk.dump()
        let row = "m1" + String(repeating: ",\(word)", count: 7)
        let summary = try desk.run(
            .members, "id,display_name,phone,email,wechat_openid,birthday,registered_at,city\n\(row)\n")
        #expect(summary.notes == ["7 empty cells kept what is stored; --blank clear empties it"])
        #expect(try desk.dump() == before)
        desk.options.blanks = .clear
        _ = try desk.run(.members, "id,display_name,phone\nm1,\(word),\(word)\n")
        #expect(try desk.row("SELECT display_name, phone FROM members") == ["-", "-"])
    }

    @Test("an empty cell keeps what is stored, in every kind that has columns to keep")
    func blanks() throws {
        for (kind, text) in UpsertTests.files where kind != .events {
            _ = try desk.run(kind, text)
            let before = try desk.dump()
            let lines = text.split(separator: "\n").map(String.init)
            let names = lines[0].split(separator: ",").map(String.init)
            let needed = kind.required + kind.key
            let cells = lines[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            let blank = zip(names, cells).map { name, cell in
                HeaderWords.column(named: name, in: kind).map(needed.contains) == true ? cell : ""
            }
            guard kind != .members, kind != .orderItems else { continue }
            let summary = try desk.run(kind, lines[0] + "\n" + blank.joined(separator: ",") + "\n")
            #expect(summary.accepted == 1, "\(kind)")
            #expect(try desk.dump() == before, "\(kind)")
        }
    }

    @Test(
        "marks that nobody sees are removed from numbers and ids",
        arguments: ["\u{202A}", "\u{202C}", "\u{200B}", "\u{2060}", "\u{FE0F}", "\u{FEFF}", "\u{AD}"])
    func marks(_ mark: String) throws {
        func marked(_ text: String) -> String { mark + text.prefix(2) + mark + text.dropFirst(2) + mark }
        let header = "id,phone,email,gender,birthday,store_id"
        let cells = ["m1", "13800000001", "a@b.cn", "female", "1990-03-10", "s1"].map(marked)
        #expect(try desk.reason(.members, header, cells.joined(separator: ",")) == nil)
        #expect(
            try desk.row("SELECT id, phone, email, gender, birthday_key, store_id FROM members")
                == ["m1", "13800000001", "a@b.cn", "female", "s0310", "s1"])
        let order = ["o1", "m1", "2026-03-01 10:00", "1,299.00"].map { "\"\(marked($0))\"" }.joined(separator: ",")
        #expect(try desk.reason(.orders, "id,member_id,paid_at,total", order) == nil)
        #expect(try desk.row("SELECT id, member, total FROM orders") == ["o1", "m1", "129900"])
    }

    @Test("a joiner inside a name, which belongs to an emoji, stays")
    func emoji() throws {
        _ = try desk.run(.members, "id,display_name,tags\nm1,林👩‍💻❤️,❤️\n")
        #expect(try desk.row("SELECT display_name FROM members") == ["林👩‍💻❤️"])
        #expect(try desk.row("SELECT tag FROM member_tags") == ["❤️"])
    }

    @Test("what cannot be read names the character")
    func character() throws {
        #expect(
            try desk.reason(.members, "id,phone", "m1,138O0000001")
                == "phone is not a mobile number; it holds U+004F")
        #expect(try desk.reason(.members, "id,phone", "m\u{1}1,") == "id holds a control character (U+0001)")
    }

    @Test(
        "tags are split at every separator that people use",
        arguments: ["VIP;新客", "\"VIP,新客\"", "VIP、新客", "VIP，新客", "VIP|新客", "VIP；新客", "\"[\"\"VIP\"\",\"\"新客\"\"]\""])
    func tags(_ cell: String) throws {
        #expect(try desk.reason(.members, "id,tags", "m1,\(cell)") == nil)
        #expect(try desk.rows("SELECT tag FROM member_tags ORDER BY tag") == [["VIP"], ["新客"]])
        #expect(try desk.reason(.products, "sku,pairs_with", "A,\(cell)") == nil)
        #expect(try desk.row("SELECT pairs_with FROM products") == ["[\"VIP\",\"新客\"]"])
    }

    @Test("a tier is found by its id or name in any case; an unknown one is taken, and said with its count")
    func tiers() throws {
        desk.options.tiers = TierNames([.init(id: "gold", name: "金卡"), .init(id: "Black", name: "Black Card")])
        let tiers = ["金卡", "Gold", "GOLD", "gold", "black", "blackcard", "ＧＯＬＤ", "钻石", "钻石", "VIP"]
        let rows = tiers.enumerated().map { "m\($0),\($1)" }
        let summary = try desk.run(.members, "id,tier\n" + rows.joined(separator: "\n"))
        #expect(summary.notes == ["tier: settings.tiers do not have 钻石 (2), VIP (1); taken as written"])
        #expect(
            try desk.rows("SELECT tier, count(*) FROM members GROUP BY tier ORDER BY tier")
                == [["Black", "2"], ["VIP", "1"], ["gold", "5"], ["钻石", "2"]])
    }

    // MARK: birthdays

    @Test("a placeholder is no birthday, and takes none away")
    func placeholders() throws {
        _ = try desk.run(.members, "id,birthday\nm1,1990-03-10\n")
        let summary = try desk.run(.members, "id,birthday\nm1,1900-01-01\nm2,1970/1/1\nm3,1900-01-01\n")
        #expect(
            summary.notes == [
                "birthday: 1900-01-01 in 2 rows stands for an unknown birthday and counts as missing",
                "birthday: 1970-01-01 in 1 rows stands for an unknown birthday and counts as missing",
            ])
        #expect(try desk.rows("SELECT birthday_key FROM members ORDER BY id") == [["s0310"], ["-"], ["-"]])
    }

    @Test(
        "a birthday that more than 2 % of a large file share is named",
        arguments: [(500, 11, true), (500, 10, false), (499, 100, false)])
    func shared(_ rows: Int, _ same: Int, _ isNamed: Bool) throws {
        func birthday(_ row: Int) -> String {
            row < same ? "1985-01-01" : "19\(61 + row % 20)/\(row % 12 + 1)/\(row / 12 % 27 + 2)"
        }
        let lines = (0..<rows).map { "m\($0),\(birthday($0))" }
        let summary = try desk.run(.members, "id,birthday\n" + lines.joined(separator: "\n"))
        #expect(
            summary.notes.contains { $0.hasPrefix("birthday: \(same) of \(rows) rows have 1985-01-01;") } == isNamed)
        #expect(summary.notes.count == (isNamed ? 1 : 0), "\(summary.notes)")
    }

    @Test("so is a day of many years")
    func sharedDay() throws {
        let lines = (0..<600).map { "m\($0)," + ($0 < 60 ? "19\($0 + 30)-01-01" : "") }
        let summary = try desk.run(.members, "id,birthday\n" + lines.joined(separator: "\n"))
        #expect(summary.notes.contains { $0.hasPrefix("birthday: 59 of 600 rows have --01-01;") }, "\(summary.notes)")
    }
}
