import Kit
@testable import Intake
import Rules
import Testing

@testable import Store

@Suite("Values of an import") struct ValueTests {
    @Test(
        "money is yuan, and kept in fen",
        arguments: [
            ("0", 0), ("99", 9900), ("49.9", 4990), ("1,299.00", 129_900), ("¥99", 9900), ("￥1，299．00", 129_900),
            ("１２９", 12_900), ("'88.80", 8880), ("10000000", 1_000_000_000), ("007", 700), ("99元", 9900),
        ] as [(String, Int64)])
    func money(_ text: String, _ fen: Int64) throws {
        #expect(try MoneyText.fen(CellText.bare(text), .total) == fen)
    }

    @Test(
        "money that is no money is rejected",
        arguments: [
            ("1.2万", "1.2万\" is rounded to 万"), ("1.38E+10", "turned into a number by Excel"),
            ("1.234", "more than two decimals"), ("1.230", "more than two decimals"), ("-1", "is negative"),
            ("¥-1", "is negative"), ("10000000.01", "more than 10 million"), ("99999999999999999999", "more than 10"),
            ("abc", "is not an amount"), ("1,29.00", "is not an amount"), (".5", "is not an amount"),
            ("5.", "is not an amount"), ("1 2.3.4", "is not an amount"), ("1e3", "is not an amount"),
        ])
    func badMoney(_ text: String, _ reason: String) throws {
        let desk = try IntakeDesk()
        try desk.addMembers("lin")
        let said = try desk.reason(.orders, "id,member_id,paid_at,total", "o1,lin,2026-03-01 10:00,\"\(text)\"")
        #expect(said?.contains(reason) == true)
        #expect(try desk.rows("SELECT * FROM orders").isEmpty)
    }

    @Test(
        "instants are read as people write them",
        arguments: [
            ("2026-03-08T14:30:00+08:00", "2026-03-08T06:30:00Z"), ("2026-03-08T06:30:00Z", "2026-03-08T06:30:00Z"),
            ("2026-03-08 14:30", "2026-03-08T06:30:00Z"), ("2026-03-08 14:30:15", "2026-03-08T06:30:15Z"),
            ("2026/3/8 14:30", "2026-03-08T06:30:00Z"), ("2026/3/8 9:05", "2026-03-08T01:05:00Z"),
            ("2026年3月8日 14:30", "2026-03-08T06:30:00Z"), ("２０２６/３/８　１４:３０", "2026-03-08T06:30:00Z"),
            ("2026-03-08", "2026-03-07T16:00:00Z"), ("2026/3/8", "2026-03-07T16:00:00Z"),
            ("2026-03-08 14:30:05 -0500", "2026-03-08T19:30:05Z"), ("2026-03-08T14:30+0800", "2026-03-08T06:30:00Z"),
            ("2026-03-08 14:30 +08", "2026-03-08T06:30:00Z"), ("2026-03-08 06:30:00 UTC", "2026-03-08T06:30:00Z"),
            ("2026.03.08 14:30", "2026-03-08T06:30:00Z"), ("2026.3.8", "2026-03-07T16:00:00Z"),
            ("20260308", "2026-03-07T16:00:00Z"), ("20260308143005", "2026-03-08T06:30:05Z"),
            ("20260308 14:30", "2026-03-08T06:30:00Z"), ("202603081430", "2026-03-08T06:30:00Z"),
            ("2026-03-08 14:30:05.250", "2026-03-08T06:30:05.25Z"),
            ("\u{202A}2026-03-08\u{202C}", "2026-03-07T16:00:00Z"),
        ])
    func instants(_ text: String, _ utc: String) throws {
        let desk = try IntakeDesk()
        try desk.addMembers("lin")
        #expect(try desk.reason(.orders, "id,member_id,paid_at,total", "o1,lin,\(text),1") == nil)
        #expect(try desk.events() == ["order.paid \(utc) row o1"])
    }

    @Test(
        "instants that are none are rejected",
        arguments: [
            ("46089", "Excel day number"), ("46089.6042", "Excel day number"), ("2026-02-30", "not a day that exists"),
            ("2026-02-30 10:00", "not a day that exists"), ("2026-03-08 24:00", "not a date and time"),
            ("2026-03-08T10:00:00+24:00", "not a date and time"), ("0000-00-00", "not a day that exists"),
            ("1899-12-31", "outside the years"), ("2101-01-01 00:00", "outside the years"),
            ("9999-12-31", "outside the years"), ("20261332", "not a day that exists"),
            ("2026-03-08 14:30 CST", "not a date and time"), ("13800000001", "not a date and time"),
            ("12340308", "outside the years"), ("03-10", "not a date and time"), ("-", "paid_at is empty"),
            ("1772900000", "not a date and time"), ("2026-03-08 25:00", "not a date and time"),
            ("", "paid_at is empty"),
        ])
    func badInstants(_ text: String, _ reason: String) throws {
        let desk = try IntakeDesk()
        try desk.addMembers("lin")
        let said = try desk.reason(.orders, "id,member_id,paid_at,total", "o1,lin,\(text),1")
        #expect(said?.contains(reason) == true)
    }

    @Test(
        "a bare expires_at is the end of that day in the zone of the settings",
        arguments: [
            ("2026-03-15", "2026-03-15T16:00:00Z"), ("2026/3/15", "2026-03-15T16:00:00Z"),
            ("2026-03-15 12:00", "2026-03-15T04:00:00Z"), ("9999-12-31", "9999-12-31T23:59:59.999999Z"),
        ])
    func expiry(_ text: String, _ utc: String) throws {
        let desk = try IntakeDesk()
        try desk.addMembers("lin")
        #expect(try desk.reason(.points, "id,member_id,points,expires_at", "p1,lin,600,\(text)") == nil)
        let cells = try desk.row("SELECT expires_at, remaining FROM points")
        #expect(cells.first.flatMap { Int64($0) }.map { Instant(micros: $0).utcText } == utc)
        #expect(cells.last == "600")
    }

    @Test(
        "birthdays are dates, solar or lunar, with or without a year",
        arguments: [
            ("1990-03-10,", "s0310", "1990"), ("1990/3/10,", "s0310", "1990"), ("1990年3月10日,公历", "s0310", "1990"),
            ("--03-10,", "s0310", "-"), ("--02-29,", "s0229", "-"), ("1990-06-30,农历", "l0630", "1990"),
            ("1900-01-02,solar", "s0102", "1900"), ("2026-03-10,", "s0310", "2026"), ("1990.03.10,", "s0310", "1990"),
            ("19900310,", "s0310", "1990"), ("03-10,", "s0310", "-"), ("3/10,", "s0310", "-"), ("3月10日,", "s0310", "-"),
            ("1990-03-10 00:00:00.000,", "s0310", "1990"), ("1990-03-10T00:00:00Z,", "s0310", "1990"),
            ("1900-01-01,solar", "-", "-"), ("1970/1/1,", "-", "-"), ("未填写,", "-", "-"), ("None,", "-", "-"),
        ])
    func birthdays(_ cells: String, _ key: String, _ year: String) throws {
        let desk = try IntakeDesk()
        #expect(try desk.reason(.members, "id,birthday,birthday_calendar", "lin,\(cells)") == nil)
        #expect(try desk.row("SELECT birthday_key, birthday_year FROM members") == [key, year])
    }

    @Test(
        "birthdays that cannot be are rejected, without quoting them",
        arguments: [
            ("2023-02-30,", "birthday is not a day that exists"), ("1991-02-29,", "birthday is not a day that exists"),
            ("--02-30,", "birthday is not a day that exists"), ("2026-03-11,", "birthday is in the future"),
            ("1899-12-31,", "birthday is outside the years 1900 to 2100"), ("32942,", "Excel day number"),
            ("1990-06-31,lunar", "birthday is not a day that exists"), ("2026-12-01,lunar", "in the future"),
            ("9999-12-31,", "outside the years"), ("13-10,", "birthday is not a day that exists"),
            ("3.10,", "birthday is not a date"),
            ("1990-03-10 10:00,", "birthday is not a date"), ("1990-03-10,mayan", "mayan"),
        ])
    func badBirthdays(_ cells: String, _ reason: String) throws {
        let desk = try IntakeDesk()
        let said = try desk.reason(.members, "id,birthday,birthday_calendar", "lin,\(cells)")
        #expect(said?.contains(reason) == true)
        #expect(try desk.rows("SELECT * FROM members").isEmpty)
    }

    @Test(
        "one phone has one spelling, and what is no mobile is rejected",
        arguments: [
            ("13800000001", "13800000001"), ("+86 138-0000-0001", "13800000001"), ("8613800000001", "13800000001"),
            ("１３８０００００００１", "13800000001"), ("'13800000001", "13800000001"), ("=\"13800000001\"", "13800000001"),
            ("1.38E+10", nil), ("010-12345678", nil), ("12800000001", nil), ("1380000000", nil), ("", "-"),
            ("NULL", "-"),
        ] as [(String, String?)])
    func phones(_ text: String, _ kept: String?) throws {
        let desk = try IntakeDesk()
        let cell = "\"" + text.replacing("\"", with: "\"\"") + "\""
        let said = try desk.reason(.members, "id,phone", "lin,\(cell)")
        #expect((said == nil) == (kept != nil))
        #expect(said.map { !$0.contains("138") } ?? true)
        #expect(try desk.row("SELECT phone FROM members").first == kept)
    }

    @Test(
        "ids that Excel damaged, unknown zones, mails and choices are rejected",
        arguments: [
            "1.38E+10,,,", "lin,Asia/Nowhere,,", "lin,GMT+8,,", "lin,,no address,", "lin,,a@b,", "lin,,,diverse", ",,,",
            "l\u{1}n,,,",
        ])
    func otherRejections(_ row: String) throws {
        let desk = try IntakeDesk()
        // A row of nothing but empty cells is no row; this one has an empty id.
        let summary = try desk.run(.members, "id,timezone,email,gender,city\n\(row),x\n")
        #expect(summary.rejected == 1)
    }

    @Test("Chinese values mean what they say")
    func chineseValues() throws {
        let desk = try IntakeDesk()
        _ = try desk.run(.members, "会员号,性别,状态,偏好渠道\nlin,女,正常,微信\nwu,男,已注销,短信\n")
        #expect(
            try desk.rows("SELECT id, gender, status, preferred_channel FROM members") == [
                ["lin", "female", "active", "wechat"], ["wu", "male", "closed", "sms"],
            ])
        _ = try desk.run(.consents, "会员号,渠道,状态,用途\nlin,短信,同意,营销\nwu,sms,退订,\n")
        #expect(
            try desk.rows("SELECT member, channel, purpose, state, min(at) FROM consents GROUP BY member ORDER BY 1")
                == [
                    ["lin", "sms", "marketing", "granted", String(Instant.distantPast.micros)],
                    ["wu", "sms", "marketing", "withdrawn", String(Instant.distantPast.micros)],
                ])
    }
}
