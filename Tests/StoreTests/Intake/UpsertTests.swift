@testable import Intake
import Rules
import TestSupport
import Testing

@testable import Store

@Suite("Importing again") struct UpsertTests {
    static let files: [(ImportKind, String)] = [
        (.stores, "id,name,timezone,manager\ns1,南京路店,Asia/Tokyo,wang\n"),
        (.products, "sku,name,category,price,in_stock,pairs_with\nA,咖啡机,kitchen,899,是,beans;B\n"),
        (
            .members,
            "id,display_name,registered_at,phone,store_id,tags,attr.shoe\nlin,林,2026-01-01 10:00,13800000001,s1,vip;b,38\nlin,林小姐,2026-01-02 10:00,13800000001,s1,vip;b,38\nwu,吴,,,,,\n"
        ),
        (.dates, "member_id,name,date,calendar\nlin,wedding,2018-10-01,solar\n"),
        (
            .orders,
            "id,member_id,paid_at,total,status,refunded_at,cart\no1,lin,2026-03-01 10:00,899,refunded,2026-03-04 09:00,c1\no2,lin,2026-03-02 10:00,5,paid,,\n"
        ),
        (.orderItems, "order_id,sku,name,category,quantity,price\no1,A,咖啡机,kitchen,1,899\no1,B,,,2,\n"),
        (
            .carts,
            "id,member_id,updated_at,total,state\nc1,lin,2026-03-01 09:00,899,open\nc2,wu,2026-03-02 09:00,1,emptied\n"
        ),
        (.points, "id,member_id,points,earned_at,expires_at\np1,lin,600,2025-03-15 12:00,2026-03-15\n"),
        (.coupons, "id,member_id,template,face_value,expires_at,state\nk1,lin,BDAY,30,2026-03-10,unused\n"),
        (.couponCodes, "template,code\nBDAY,X1\nBDAY,X2\n"),
        (
            .events,
            "id,member_id,name,at,data\ne1,lin,store.visited,2026-02-20 15:00,\"{\"\"store\"\":\"\"s1\"\"}\"\n,lin,product.viewed,2026-02-20 15:00,\n"
        ),
        (
            .consents,
            "member_id,channel,state,purpose,at\nlin,sms,granted,,\nlin,sms,withdrawn,marketing,2026-03-01 10:00\n"
        ),
    ]

    @Test("the same files again change nothing, and mark nobody")
    func again() throws {
        let desk = try IntakeDesk()
        try desk.goLive()
        for (kind, text) in UpsertTests.files { #expect(try desk.run(kind, text).rejected == 0, "\(kind)") }
        let first = try desk.dump()
        #expect(try desk.rows("SELECT member FROM arrivals ORDER BY member") == [["lin"], ["wu"]])
        try desk.store.writer.write { try $0.run("DELETE FROM arrivals") }
        for (kind, text) in UpsertTests.files {
            let summary = try desk.run(kind, text)
            #expect(summary.unchanged + (kind == .members ? 1 : 0) == summary.rows, "\(kind)")
        }
        #expect(try desk.dump() == first.filter { !$0.hasPrefix("arrivals") })
    }

    @Test("of one id twice in a file the last row wins, and the summary says so")
    func lastWins() throws {
        let desk = try IntakeDesk()
        try desk.addMembers("lin")
        let summary = try desk.run(
            .orders,
            "id,member_id,paid_at,total\no1,lin,2026-03-01 10:00,1\no1,lin,2026-03-01 11:00,2\no1,lin,2026-03-01 12:00,bad\n"
        )
        #expect(summary.notes == ["1 rows were replaced by a later row with the same id"])
        #expect(summary.accepted == 2 && summary.rejected == 1)
        #expect(try desk.events() == ["order.paid 2026-03-01T03:00:00Z row o1"])
        #expect(try desk.rows("SELECT total FROM orders") == [["200"]])
    }

    @Test("absent columns and empty cells keep what is stored; --blank clear empties it")
    func absentAndEmpty() throws {
        let desk = try IntakeDesk()
        _ = try desk.run(.members, "id,tier,city,tags,attr.shoe,status\nlin,gold,南京,vip,38,closed\n")
        _ = try desk.run(.members, "id,city\nlin,上海\n")
        #expect(try desk.row("SELECT tier, city, status FROM members") == ["gold", "上海", "closed"])
        let kept = try desk.run(.members, "id,tier,tags,attr.shoe,status\nlin,,,,\n")
        #expect(kept.notes == ["4 empty cells kept what is stored; --blank clear empties it"])
        #expect(kept.unchanged == 1)
        #expect(try desk.row("SELECT tier, city, status FROM members") == ["gold", "上海", "closed"])
        #expect(try desk.rows("SELECT tag FROM member_tags") == [["vip"]])
        #expect(try desk.rows("SELECT value FROM member_attributes") == [["38"]])
        desk.options.blanks = .clear
        #expect(try desk.run(.members, "id,tier,tags,attr.shoe\nlin,,,\n").notes == [])
        #expect(try desk.row("SELECT tier, city FROM members") == ["-", "上海"])
        #expect(try desk.rows("SELECT * FROM member_tags").isEmpty)
        #expect(try desk.rows("SELECT * FROM member_attributes").isEmpty)
    }

    @Test(
        "another event under a known id is rejected with its line, and both are known by their hashes; the same one is known"
    )
    func conflicts() throws {
        let desk = try IntakeDesk()
        try desk.addMembers("lin", "wu")
        let header = "id,member_id,name,at,data\n"
        let first = #"e1,lin,visit,2026-03-01 10:00,"{""a"":1,""b"":2}""# + "\n"
        #expect(try desk.run(.events, header + first).accepted == 1)
        #expect(
            try desk.run(.events, header + first.replacing(#"""a"":1,""b"":2"#, with: #"""b"":2,""a"":1"#)).unchanged
                == 1)
        for other in ["e1,wu,visit,", "e1,lin,bought,", "e1,lin,visit,"] {
            let line = other + "2026-03-01 1\(other.hasSuffix("lin,visit,") ? 1 : 0):00,\n"
            for _ in 1...2 {
                let summary = try desk.run(.events, header + line)
                #expect(summary.rejected == 1 && summary.accepted == 0, "\(line)")
                let reason = try desk.reason(.events, "id,member_id,name,at,data", String(line.dropLast()))
                #expect(reason == Rejection.otherEvent.sentence(in: .english))
            }
        }
        #expect(try desk.rows("SELECT member, name FROM events WHERE event_id IS NOT NULL") == [["lin", "visit"]])
        let kept = try desk.rows(
            "SELECT source, event_id, kind, hash <> known, COUNT(DISTINCT hash) FROM quarantine GROUP BY known")
        #expect(kept == [["import", "e1", "conflict", "1", "3"]])
    }

    @Test("of two events of one id in a file the first counts, and the same one twice is one")
    func conflictsInFile() throws {
        let desk = try IntakeDesk()
        try desk.addMembers("lin")
        let rows = [
            "e1,lin,visit,2026-03-01 10:00", "e1,lin,bought,2026-03-01 10:00", "e1,lin,visit,2026-03-01 10:00",
            "e1,lin,left,2026-03-01 10:00",
        ]
        let summary = try desk.run(.events, "id,member_id,name,at\n" + rows.joined(separator: "\n") + "\n")
        #expect(summary.accepted == 2 && summary.rejected == 2)
        #expect(try desk.rows("SELECT name FROM events WHERE event_id = 'e1'") == [["visit"]])
    }

    @Test("an order that moved keeps its event's id, and its event again is no other one")
    func movedOrder() throws {
        let desk = try IntakeDesk()
        try desk.addMembers("lin", "wu")
        let event =
            "id,member_id,name,at,data\ne1,lin,order.paid,2026-03-01 10:00,\"{\"\"order\"\":\"\"o1\"\",\"\"total\"\":5}\"\n"
        #expect(try desk.run(.events, event).accepted == 1)
        #expect(try desk.run(.orders, "id,member_id,paid_at,total\no1,wu,2026-03-01 11:00,5\n").accepted == 1)
        #expect(try desk.run(.events, event).unchanged == 1)
    }

    @Test(
        "what is told as done and lies more than ten minutes ahead counts from then on, and the summary says so",
        arguments: [
            (.orders, "id,member_id,paid_at,total", "o1,lin,AT,5", "paid_at"),
            (
                .orders, "id,member_id,paid_at,total,status,refunded_at", "o1,lin,2026-03-01,5,refunded,AT",
                "refunded_at"
            ),
            (.events, "id,member_id,name,at", "e1,lin,visit,AT", "at"),
            (.carts, "id,member_id,updated_at", "c1,lin,AT", "updated_at"),
        ] as [(ImportKind, String, String, String)])
    func ahead(_ kind: ImportKind, _ header: String, _ row: String, _ column: String) throws {
        let desk = try IntakeDesk()
        try desk.addMembers("lin")
        #expect(try desk.run(kind, header + "\n" + row.replacing("AT", with: "2026-03-10 12:10") + "\n").accepted == 1)
        let summary = try desk.run(kind, header + "\n" + row.replacing("AT", with: "2099-01-01 10:00") + "\n")
        let note = "\(column): 1 rows lie ahead of now and count from then on; is a time zone or a year wrong?"
        #expect(summary.rejected == (kind == .events ? 1 : 0) && summary.notes.contains(note), "\(summary.notes)")
    }

    @Test("coupons, points and dates may lie ahead")
    func mayBeAhead() throws {
        let desk = try IntakeDesk()
        try desk.addMembers("lin")
        let files: [(ImportKind, String)] = [
            (.coupons, "id,member_id,template,expires_at\nk1,lin,C,2027-01-01\n"),
            (.points, "id,member_id,points,expires_at\np1,lin,5,2027-01-01\n"),
            (.dates, "member_id,name,date\nlin,appointment,2027-01-01\n"),
        ]
        for (kind, text) in files { #expect(try desk.run(kind, text).accepted == 1, "\(kind)") }
    }

    @Test("an order of another member is an update of it")
    func takenOver() throws {
        let desk = try IntakeDesk()
        try desk.addMembers("lin", "wu")
        let written = try desk.store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: IntakeDesk.now))
            return try ["lin", "wu"].map { member in
                try rows.write(order: OrderRow(id: "o1", memberID: member, paidAt: IntakeDesk.now, total: 5))
            }
        }
        #expect(written == [.inserted, .updated])
    }

    @Test("an order that is paid at another time, refunded later, or another member's")
    func orders() throws {
        let desk = try IntakeDesk()
        try desk.addMembers("lin", "wu")
        let header = "id,member_id,paid_at,total,status,refunded_at\n"
        _ = try desk.run(.orders, header + "o1,lin,2026-03-01 10:00,899,paid,\n")
        _ = try desk.run(.orders, header + "o1,lin,2026-03-01 11:00,899,已退款,2026-03-04 09:00\n")
        let both = ["order.paid 2026-03-01T03:00:00Z row o1", "order.refunded 2026-03-04T01:00:00Z row o1"]
        #expect(try desk.events() == both)
        _ = try desk.run(.orders, header + "o1,wu,2026-03-01 11:00,899,refunded,2026-03-04 09:00\n")
        #expect(try desk.events() == both)
        #expect(try desk.rows("SELECT DISTINCT member FROM events") == [["wu"]])
        #expect(try desk.rows("SELECT member FROM orders") == [["wu"]])
        #expect(try desk.run(.orders, header + "o1,wu,2026-03-01 11:00,899,refunded,\n").unchanged == 1)
        #expect(try desk.events() == both)
        desk.options.blanks = .clear
        _ = try desk.run(.orders, header + "o1,wu,2026-03-01 11:00,899,refunded,\n")
        #expect(try desk.events().isEmpty)
        #expect(try desk.rows("SELECT status, refunded_at FROM orders") == [["refunded", "-"]])
    }

    /// Silent for 30 days on 10 March, and told so; then a file says otherwise about the last order, or takes it back.
    @Test(
        "an order that is corrected after its buyer was missed does not make them missed again",
        arguments: ["o2,lin,2026-02-08 11:00,1,paid", "o2,lin,2026-02-08 10:00,1,refunded"])
    func silence(_ correction: String) throws {
        let world = try World(
            rules: """
                  - {id: back, status: live, owner: crm, purpose: marketing, when: {inactive: {for: 30d}},
                     do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
                """,
            members: """
                  lin: {phone: "13800000001", consent: {sms: granted}, orders: [
                    {id: o1, paid_at: "2026-02-08 09:30", total: 1}, {id: o2, paid_at: "2026-02-08 10:00", total: 1}]}
                """)
        let desk = try IntakeDesk(store: world.store())
        let prepared = try desk.store.goLive(
            world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-10 09:00"))
        func sent(at time: String) throws -> Int {
            try desk.store.tick(prepared, at: try world.instant(time)).lines.count { $0.outcome == .sent }
        }
        #expect(try sent(at: "2026-03-10 10:01") == 1)
        #expect(try desk.run(.orders, "id,member_id,paid_at,total,status\n" + correction + "\n").unchanged == 0)
        #expect(try sent(at: "2026-03-10 10:02") == 0)
        #expect(try sent(at: "2026-03-10 11:01") == 0)
        #expect(try desk.run(.orders, "id,member_id,paid_at,total,status\n" + correction + "\n").unchanged == 1)
        _ = try desk.run(.orders, "id,member_id,paid_at,total\no3,lin,2026-03-10 12:00,1\n")
        #expect(try sent(at: "2026-04-09 12:01") == 1, "a new silence is a new occasion")
    }

    @Test("rows of members and orders that do not exist are rejected")
    func strangers() throws {
        let desk = try IntakeDesk()
        let noMember = "there is no member with this member_id; import members first"
        #expect(try desk.reason(.orders, "id,member_id,paid_at,total", "o1,13800000001,2026-03-01 10:00,1") == noMember)
        #expect(try desk.reason(.consents, "member_id,channel,state", "x,sms,granted") == noMember)
        #expect(try desk.reason(.orderItems, "order_id,sku", "o1,A")?.hasPrefix("there is no order") == true)
        #expect(try desk.rows("SELECT * FROM orders").isEmpty)
    }

    @Test("an id has one spelling: two Unicode forms are one member")
    func canonicalIDs() throws {
        let desk = try IntakeDesk()
        _ = try desk.run(.members, "id,city\nJos\u{E9},a\n")
        _ = try desk.run(.members, "id,city\nJose\u{301},b\n")
        #expect(try desk.rows("SELECT city FROM members") == [["b"]])
    }

    @Test("members take the zone of their store, also when that comes later or changes")
    func zones() throws {
        let desk = try IntakeDesk()
        _ = try desk.run(.members, "id,store_id,timezone\nlin,s1,\nwu,s1,Europe/Paris\n")
        #expect(try desk.rows("SELECT zone FROM members ORDER BY id") == [["-"], ["Europe/Paris"]])
        _ = try desk.run(.stores, "id,timezone\ns1,Asia/Tokyo\n")
        #expect(try desk.rows("SELECT zone FROM members ORDER BY id") == [["Asia/Tokyo"], ["Europe/Paris"]])
        desk.options.blanks = .clear
        _ = try desk.run(.members, "id,timezone\nwu,\n")
        #expect(try desk.rows("SELECT zone FROM members ORDER BY id") == [["Asia/Tokyo"], ["Asia/Tokyo"]])
    }
}
