@testable import Intake
import Policies
import Rules
import Testing

@testable import Store

@Suite("Lists by address") struct AddressListTests {
    private let desk: IntakeDesk

    init() throws {
        desk = try IntakeDesk()
        try members("lin,13800000001,lin@example.com", "bo,13800000001,", "wu,13800000002,")
        for member in ["lin", "bo", "wu"] {
            for channel in ["sms", "email"] { try consent("\(member),\(channel),granted,2026-01-01 10:00") }
        }
    }

    private func members(_ rows: String...) throws {
        _ = try desk.run(.members, "id,phone,email\n" + rows.joined(separator: "\n") + "\n")
    }

    private func consent(_ row: String) throws { _ = try desk.run(.consents, "member_id,channel,state,at\n\(row)\n") }

    @discardableResult private func list(_ rows: String..., header: String = "address,channel,reason,at") throws
        -> ImportSummary
    {
        try desk.run(.suppressions, header + "\n" + rows.joined(separator: "\n") + "\n")
    }

    @Test("an opt-out ends marketing for everyone with the number, whatever date it carries; service goes on")
    func optOut() throws {
        try list("+86 138 0000 0001,,opt_out,2026-12-24 10:00")
        for member in ["lin", "bo"] {
            #expect(try desk.contact(member).consent == "withdrawn")
            #expect(try desk.contact(member, "backup", .phone).consent == "withdrawn")
            #expect(try desk.contact(member, "email", .email).consent == "granted")
            #expect(try desk.contact(member, "sms", .phone, .service) == (nil, false))
        }
        #expect(try desk.contact("wu").consent == "granted")
    }

    @Test("a member who gets the number later is as bound by the list, and who leaves it is free")
    func laterMembers() throws {
        try list("13800000009,,,", "new@Example.com,,bounce,")
        try members("zoe,13800000009,", "kim,,NEW@example.com")
        for row in ["zoe,sms", "kim,email"] { try consent("\(row),granted,2026-01-01 10:00") }
        #expect(try desk.contact("zoe").consent == "withdrawn")
        #expect(try desk.contact("kim", "email", .email).isSuppressed)
        try members("zoe,13800000008,")
        #expect(try desk.contact("zoe").consent == "granted")
        try members("zoe,13800000009,")
        #expect(try desk.contact("zoe").consent == "withdrawn")
    }

    @Test("a yes that is later than the opt-out ends it, an earlier or an undated one does not")
    func laterGrant() throws {
        try list("13800000001,sms,退订,2026-03-01 10:00")
        try consent("lin,sms,granted,2026-02-01 10:00")
        #expect(try desk.contact("lin").consent == "withdrawn")
        try consent("lin,sms,granted,2026-03-02 10:00")
        #expect(try desk.contact("lin").consent == "granted")
    }

    @Test(
        "a bounce, a complaint and an operator's word stand for both purposes, whatever is said later",
        arguments: ["bounce", "退信", "complaint", "投诉", "operator", "人工"])
    func standing(_ reason: String) throws {
        try list("13800000001,短信,\(reason),2026-03-01 10:00")
        try consent("lin,sms,granted,2026-03-02 10:00")
        for member in ["lin", "bo"] {
            #expect(try desk.contact(member).isSuppressed)
            #expect(try !desk.contact(member, "backup", .phone).isSuppressed)
        }
        #expect(try !desk.contact("wu").isSuppressed)
    }

    @Test("a complaint is a withdrawal of marketing as well, and a bounce and an operator's word are none")
    func complaint() throws {
        for (reason, consent) in [("complaint", "withdrawn"), ("bounce", "granted"), ("operator", "granted")] {
            let lists = try AddressListTests()
            try lists.list("13800000001,sms,\(reason),2026-03-01 10:00")
            #expect(try lists.desk.contact("lin").consent == consent)
            #expect(try lists.desk.contact("lin", "email", .email).consent == "granted")
        }
    }

    @Test(
        "the stronger of two reasons stays",
        arguments: [
            ("complaint", "bounce", "complaint"), ("complaint", "operator", "complaint"),
            ("operator", "bounce", "operator"), ("bounce", "operator", "operator"),
            ("bounce", "complaint", "complaint"),
        ])
    func rank(_ first: String, _ second: String, _ stays: String) throws {
        try list("13800000001,sms,\(first),2026-03-01 10:00")
        let summary = try list("13800000001,sms,\(second),2026-03-02 10:00")
        #expect(summary.unchanged == (first == stays ? 1 : 0))
        #expect(try desk.rows("SELECT reason FROM address_suppressions") == [[stays]])
    }

    @Test("an opt-out and a bounce stand beside each other")
    func besides() throws {
        try list("13800000001,sms,opt_out,", "13800000001,sms,bounce,")
        let contact = try desk.contact("lin")
        #expect(contact.consent == "withdrawn" && contact.isSuppressed)
    }

    @Test("the store holds no address of a list, and another store's hashes are others")
    func hashed() throws {
        try list("13800000009,,opt_out,", "secret@example.com,,bounce,")
        #expect(try !desk.dump().contains { $0.contains("13800000009") || $0.contains("secret@") })
        let hashes = "SELECT hex(address) FROM list_consents"
        let other = try IntakeDesk()
        _ = try other.run(.suppressions, "address\n13800000009\n")
        #expect(Set(try desk.rows(hashes)).count == 1)
        #expect(Set(try desk.rows(hashes)) != Set(try other.rows(hashes)))
    }

    @Test("the same list again changes nothing")
    func again() throws {
        let rows = ["13800000001,,opt_out,", "13800000001,,bounce,2026-12-24 10:00", "a@b.cn,email,complaint,"]
        try list(rows[0], rows[1], rows[2])
        let dump = try desk.dump()
        #expect(try list(rows[0], rows[1], rows[2]).unchanged == 3)
        #expect(try desk.dump() == dump)
    }

    @Test(
        "what cannot be taken is a rejected row that quotes no address",
        arguments: [
            ("12345,,,", "address is neither a mobile number nor an email"), (",,opt_out,", "address is empty"),
            ("1.38E+10,,,", "address was turned into a number by Excel; format the column as text"),
            ("lin@,,,", "email is not an address"),
            ("13800000001,email,,", #"channel "email" is not one of sms, *"#),
            ("lin@example.com,短信,,", #"channel "短信" is not one of email, *"#),
            ("13800000001,,spite,", #"reason "spite" is not one of opt_out, bounce, complaint, operator"#),
        ])
    func rejected(_ row: String, _ reason: String) throws {
        #expect(try desk.reason(.suppressions, "address,channel,reason,at", row) == reason)
    }

    @Test("Chinese headers", arguments: ["手机号,渠道,原因,时间", "号码,通道,拦截原因,退订时间"])
    func headers(_ header: String) throws {
        let summary = try list("13800000001,全部,退订,2026-03-01 10:00", header: header)
        #expect(summary.accepted == 1 && summary.notes.isEmpty)
        #expect(try desk.contact("bo").consent == "withdrawn")
    }

    // MARK: consents by address

    @Test("consents with a number in place of a member are of everyone who has it, now or later")
    func consentsByAddress() throws {
        let summary = try desk.run(.consents, "手机号,渠道,状态\n13800000001,短信,退订\n13800000009,短信,同意\n")
        #expect(summary.accepted == 2 && summary.rejected == 0)
        for member in ["lin", "bo"] { #expect(try desk.contact(member).consent == "withdrawn") }
        try members("zoe,13800000009,")
        #expect(try desk.contact("zoe").consent == "granted")
    }

    @Test("a no with a member and a number is of both; a yes is the member's alone; an unknown member has the number")
    func both() throws {
        let header = "member_id,phone,channel,state\n"
        _ = try desk.run(.consents, header + "wu,13800000001,sms,withdrawn\n")
        for member in ["lin", "bo", "wu"] { #expect(try desk.contact(member).consent != "granted") }
        #expect(try desk.run(.consents, header + "nobody,13800000002,sms,withdrawn\n").accepted == 1)
        #expect(try desk.run(.consents, header + "nobody,13800000002,sms,granted\n").rejected == 1)
    }

    @Test("service can be refused and granted by address too")
    func service() throws {
        _ = try desk.run(.consents, "address,channel,state,purpose\n13800000001,sms,withdrawn,service\n")
        #expect(try desk.contact("bo", "sms", .phone, .service).consent == "withdrawn")
        #expect(try desk.contact("bo").consent == "granted")
    }

    @Test("a file of consents without members and addresses is refused")
    func neither() {
        let place = HeaderPlace(separator: UInt8(ascii: ","), skipped: 0, line: 1, names: ["channel", "state"])
        #expect(throws: ImportRefusal.missingEither([.memberID, .address], .consents, place)) {
            try desk.run(.consents, "channel,state\nsms,granted\n")
        }
    }
}
