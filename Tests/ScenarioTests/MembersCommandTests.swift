import Foundation
import Testing

/// `nudged members`, `consents` and `audit`: what one person may ask for, and who looked.
@Suite("Rights of people", .serialized)
struct MembersCommandTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        #expect(try scratch.run("nudged init .").status == 0)
        try scratch.write(
            "id,display_name,phone,email,attr.note\nlin,林小姐,13800000001,lin@example.com,打 13800000001\n",
            to: "members.csv")
        try scratch.write("member_id,channel,state,at,source\nlin,sms,granted,2026-01-01,form 1\n", to: "consents.csv")
        try scratch.write("id,member_id,paid_at,total\no-4711,lin,2026-11-20 10:00,899.50\n", to: "orders.csv")
        for kind in ["members", "consents", "orders"] {
            #expect(try scratch.run("nudged import \(kind) \(kind).csv").status == 0)
        }
    }

    private func object(_ command: String) throws -> [String: Any] {
        let run = try scratch.run("nudged \(command)")
        #expect(run.status == 0, "\(run.printed)")
        return try #require(
            try JSONSerialization.jsonObject(with: Data(run.printed.joined().utf8)) as? [String: Any])
    }

    @Test("a page and an export mask addresses wherever they stand; a reveal needs a reason and is on record")
    func masked() throws {
        for command in ["show lin", "show lin --json", "export lin", "show lin --lang zh-CN"] {
            let text = try scratch.run("nudged members \(command)").printed.joined(separator: "\n")
            #expect(text.contains("138****0001") && text.contains("l***@example.com"), "\(text)")
            #expect(!text.contains("13800000001") && !text.contains("lin@example.com"), "\(command)")
        }
        #expect(try scratch.run("nudged audit --action reveal").printed == [])
        #expect(try scratch.run("nudged members show lin --reveal ''").status == 64)
        let shown = try object("members export lin --reveal 'request 88'")
        let profile = try #require(shown["profile"] as? [String: Any])
        #expect(profile["phone"] as? String == "13800000001" && shown["masked"] as? Bool == false)
        let orders = try #require(shown["orders"] as? [[String: Any]])
        #expect(orders.first?["total"] as? Double == 899.5)
        #expect(orders.first?["paid_at"] as? String == "2026-11-20T10:00:00+08:00")
        let trail = try scratch.run("nudged audit --action reveal").printed
        #expect(trail.count == 1 && trail.first?.contains("request 88") == true, "\(trail)")
        #expect(try scratch.run("nudged audit --member lin").printed == trail)
        #expect(try scratch.run("nudged audit --member other").printed == [])
        #expect(try scratch.run("nudged audit verify").status == 0)
    }

    @Test("an erasure asks, erases, and leaves nobody to show; an old file brings back only silence")
    func erased() throws {
        let asked = try scratch.run("nudged members erase lin --reason 'her request'")
        #expect(asked.status == 64 && asked.printed.contains { $0.contains("--yes") }, "\(asked.printed)")
        #expect(try scratch.run("nudged members show lin").status == 0)
        let erasure = try object("members erase lin --reason 'her request' --yes --json")
        #expect(erasure["erased"] as? Bool == true && erasure["residue"] as? Int == 0)
        #expect(erasure["log_empty"] as? Bool == true)
        for command in ["show lin", "export lin", "erase lin --reason again --yes"] {
            let run = try scratch.run("nudged members \(command)")
            #expect(run.status == 2 && run.printed.first?.contains("was erased") == true, "\(run.printed)")
        }
        #expect(
            try scratch.run("grep -l -a -e 13800000001 -e lin@example.com -e 林小姐 -e o-4711 nudged.db*").printed == [])
        #expect(try scratch.run("nudged verify").status == 0)
        for kind in ["members", "consents"] {
            #expect(try scratch.run("nudged import \(kind) \(kind).csv").status == 0)
        }
        let consents = try scratch.run("nudged consents list lin").printed
        #expect(consents.contains { $0.contains("*  marketing  withdrawn") && $0.hasSuffix("erasure") }, "\(consents)")
        let said = try scratch.run("nudged explain --rule birthday-gift --member lin --at 2026-12-24")
        #expect(said.status != 0, "\(said.printed)")
    }

    @Test("a duplicate is merged once; a trial changes nothing, and the old id leads to the member")
    func merged() throws {
        try scratch.write("id,phone,birthday\nlin-2,13800000002,1990-03-10\n", to: "double.csv")
        try scratch.write("id,member_id,paid_at,total\no-9,lin-2,2026-11-21 10:00,10\n", to: "later.csv")
        try scratch.write("member_id,channel,state,at\nlin-2,sms,withdrawn,2026-01-01\n", to: "no.csv")
        for (kind, file) in [("members", "double"), ("consents", "no")] {
            #expect(try scratch.run("nudged import \(kind) \(file).csv").status == 0)
        }
        let trial = try object("members merge lin lin-2 --dry-run --json")
        #expect(trial["merged"] as? Bool == false && trial["filled"] as? [String] == ["birthday"])
        #expect(try scratch.run("nudged members show lin-2").status == 0)
        let asked = try scratch.run("nudged members merge lin lin-2")
        #expect(asked.status == 64 && asked.printed.contains { $0.contains("--yes") }, "\(asked.printed)")
        let merge = try object("members merge lin lin-2 --reason 'asked her' --yes --json")
        #expect(merge["merged"] as? Bool == true && (merge["refusals"] as? [Any])?.count == 1)
        #expect(try object("members merge lin lin-2 --json")["changed"] as? Bool == false)
        for command in [
            "members show lin-2", "members erase lin-2 --reason x --yes", "members merge lin-2 lin",
            "consents list lin-2", "deliveries list --member lin-2",
            "explain --rule birthday-gift --member lin-2 --at 2026-03-10",
        ] {
            let run = try scratch.run("nudged \(command)")
            #expect(run.status == 2 && run.printed.first?.contains("was merged into `lin`") == true, "\(run.printed)")
        }
        let slip = try scratch.run("nudged members merge lin li")
        #expect(slip.status == 2 && slip.printed.first?.contains("did you mean `lin`?") == true, "\(slip.printed)")
        #expect(try scratch.run("nudged members merge lin lin --lang zh-CN").printed.first?.contains("不能合并到自己") == true)
        for (kind, file) in [("orders", "later"), ("members", "double")] {
            #expect(try scratch.run("nudged import \(kind) \(file).csv").status == 0)
        }
        let page = try scratch.run("nudged members show lin").printed.joined(separator: "\n")
        #expect(page.contains("o-9") && page.contains("138****0001"), "\(page)")
        #expect(try scratch.run("nudged audit --action merge").printed.count == 1)
        #expect(try scratch.run("nudged verify").status == 0)
    }

    @Test("a yes and a no by hand are written once, with proof and reason, on a channel that somebody has")
    func consents() throws {
        #expect(
            try scratch.run("nudged consents withdraw lin --channel 短信 --reason 'at the counter'").printed == [
                "written"
            ])
        let slip = try scratch.run("nudged consents grant lin --channel smss --proof x")
        #expect(slip.status == 64 && slip.printed.first?.contains("did you mean `sms`?") == true, "\(slip.printed)")
        #expect(try scratch.run("nudged consents grant lin --channel sms --proof ' '").status == 64)
        #expect(try scratch.run("nudged consents grant nobody --channel sms --proof x").status == 2)
        #expect(
            try scratch.run("nudged consents grant lin --channel sms --proof 'form 9' --lang zh-CN").printed == ["已登记"])
        let lines = try scratch.run("nudged consents list lin --json").printed
        #expect(
            lines.count == 3 && lines[0].contains("\"state\":\"granted\"") && lines[0].contains("form 9"), "\(lines)")
        #expect(try scratch.run("nudged audit --action consent").printed.count == 2)
    }

    @Test("a lift names a channel of the address, one reason, and leaves what is suppressed on all channels")
    func lift() throws {
        try scratch.write(
            "address,channel,reason\n13800000001,sms,complaint\n13800000001,,bounce\n", to: "no.csv")
        #expect(try scratch.run("nudged import suppressions no.csv").status == 0)
        let number = "nudged consents lift --address 13800000001"
        let slip = try scratch.run("\(number) --channel email --reason x")
        #expect(
            slip.status == 64
                && slip.printed.contains {
                    $0.contains("--address is a phone number: channel `email` does not go there")
                },
            "\(slip.printed)")
        #expect(try scratch.run("\(number) --reason x --complaint y").status == 64)
        let one = try scratch.run("\(number) --channel sms --complaint 'by mistake'")
        #expect(
            one.status == 1
                && one.printed == [
                    "lifted: sms, complaint",
                    "stays: *, bounce; it is suppressed on all channels: lift it without --channel",
                    "marketing needs a new yes: nudged consents grant",
                ], "\(one.printed)")
        #expect(
            try scratch.run("nudged consents lift lin --channel email --reason x").printed == [
                "nothing is suppressed there"
            ])
        let all = try scratch.run("\(number) --reason 'called'")
        #expect(all.status == 0 && all.printed == ["lifted: *, bounce"], "\(all.printed)")
        #expect(try scratch.run("nudged verify").status == 0)
    }

    @Test("a consent without a date has none: on the page, in the list and as JSON")
    func undated() throws {
        try scratch.write("member_id,channel,state\nlin,wechat,granted\n", to: "undated.csv")
        #expect(try scratch.run("nudged import consents undated.csv").status == 0)
        for command in ["consents list lin", "members show lin"] {
            let english = try scratch.run("nudged \(command)").printed
            #expect(english.contains("  wechat  marketing  granted  no date"), "\(english)")
            let chinese = try scratch.run("nudged \(command) --lang zh-CN").printed
            #expect(chinese.contains { $0.hasPrefix("  wechat  ") && $0.hasSuffix("  无日期") }, "\(chinese)")
        }
        let listed = try scratch.run("nudged consents list lin --json").printed
        #expect(listed.contains { $0.contains("\"channel\":\"wechat\"") && $0.contains("\"at\":null") }, "\(listed)")
        #expect(!(try scratch.run("nudged members export lin").printed.joined().contains("0001-01-01")))
    }

    @Test("imports and stops are on record; a changed record is found")
    func audit() throws {
        #expect(try scratch.run("nudged hold --all --reason 'wrong price'").status == 0)
        #expect(try scratch.run("nudged release --all").status == 0)
        let lines = try scratch.run("nudged audit").printed
        #expect(lines.count == 5 && lines[0].contains("  import  members  "), "\(lines)")
        #expect(lines[3].hasSuffix("  hold  all  wrong price") && lines[4].hasSuffix("  release  all"), "\(lines)")
        let slip = try scratch.run("nudged audit --action revael")
        #expect(slip.status == 64 && slip.printed.first?.contains("did you mean `reveal`?") == true)
        #expect(try scratch.run("nudged audit verify --json").printed.first?.contains("\"ok\":true,\"rows\":5") == true)
        #expect(try scratch.run("sqlite3 nudged.db \"UPDATE audit SET who = 'x' WHERE seq = 4\"").status == 0)
        let broken = try scratch.run("nudged audit verify")
        #expect(broken.status == 1 && broken.printed == ["row 4, or the one before it, is not as it was written"])
    }
}
