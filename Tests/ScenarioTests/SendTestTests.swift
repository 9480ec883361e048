import Foundation
import Kit
import Store
import TestSupport
import Testing

/// `nudged send-test`: a real message that leaves no trace.
@Suite("A message to a tester", .serialized)
struct SendTestTests {
    private let scratch: Scratch

    private static let rules = """
        version: 1
        rules:
          - id: thanks
            name: 谢谢
            status: paused
            owner: crm-team
            purpose: marketing
            when: {event: {name: order.paid, after: 1h}}
            if: {order.total: {at_least: 9000}}
            do:
              - give_coupon: {template: SPRING, save_as: gift}
              - choose:
                  - if: {order.total: {at_least: 100}}
                    do: [{send: {try: [{sms: {template: big}}, {email: {template: mail}}], fill: {name: member.display_name, code: gift.code}}}]
                otherwise: [{send: {try: [{sms: {template: small}}], fill: {name: member.display_name}}}]
          - id: coded
            name: 平台模板
            status: live
            owner: crm-team
            purpose: service
            when: {event: {name: order.paid, after: 1h}}
            do: [{send: {try: [{text: {template: coded}}], fill: {name: member.display_name}}}]
          - id: quiet
            name: 不发消息
            status: live
            owner: crm-team
            purpose: service
            when: {event: {name: order.paid, after: 1h}}
            do: [{add_tag: buyer}]
        """
    private static let templates = """
        version: 1
        templates:
          - {id: big, channel: sms, text: "【星河百货】{{ name | default: '您好' }}，谢谢！券码 {{ code }}。拒收请回复R", values: {name: text, code: text}}
          - {id: small, channel: sms, text: "【星河百货】{{ name | default: '您好' }}，谢谢！拒收请回复R", values: {name: text}}
          - {id: mail, channel: email, subject: "{{ name | default: '您好' }}，谢谢", text: "券码 {{ code }}", values: {name: text, code: text}}
          - {id: coded, channel: text, code: SMS_1, text: "{{ name | default: '您好' }}，谢谢", values: {name: text}}
        """
    private static let channels = """
          sms: {type: log, path: sent.ndjson}
          email: {type: log, path: sent.ndjson}
          text: {type: aliyun-sms, address: phone, endpoint: "http://127.0.0.1:1", access_key_id: {env: KEY}, access_key_secret: {env: KEY}, sign_name: 星河百货}
        """

    init() throws {
        scratch = try Scratch()
        try write("rules/rules.yaml", SendTestTests.rules)
        try write("rules/templates.yaml", SendTestTests.templates)
        try write("rules/settings.yaml", "version: 1\nservice_owners: [crm-team]\n")
        try write(
            "rules/coupons.yaml",
            "version: 1\ncoupons:\n  - {id: SPRING, name: 春券, face_value: 50, valid_days: 60, codes: pool}\n")
        try configure(SendTestTests.channels)
        let paid = Zone.utc.rfc3339(Instant.now.adding(micros: -86_400_000_000))
        try write(
            "members.csv",
            "id,display_name,phone,status\nm1,林小姐,13800000001,active\nm2,赵先生,13800000002,active\nm3,王女士,13800000003,active\n"
        )
        try write("orders.csv", "id,member_id,paid_at,total\no1,m1,\(paid),2500\no2,m2,\(paid),50\n")
        try write(
            "consents.csv", "member_id,channel,purpose,state\nm2,sms,marketing,withdrawn\nm3,*,service,withdrawn\n")
        try write("refused.csv", "address,channel,reason\n13800000009,sms,bounce\n")
        for kind in ["members", "orders", "consents"] {
            let imported = try scratch.run("nudged import \(kind) \(kind).csv")
            #expect(imported.status == 0, "\(imported.printed)")
        }
        let imported = try scratch.run("nudged import suppressions refused.csv")
        #expect(imported.status == 0, "\(imported.printed)")
    }

    private func write(_ path: String, _ text: String) throws {
        let url = scratch.directory.appending(path: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
    }

    private func configure(_ channels: String) throws {
        try write(
            "nudged.yaml",
            "version: 1\nstore: {url: \"sqlite:nudged.db\"}\nrules_dir: rules\nchannels:\n\(channels)\n")
    }

    /// The number of rows of every table.
    private func rows() throws -> [String: Int] {
        let store = try MemberStore.reading("sqlite:" + scratch.directory.appending(path: "nudged.db").path)
        return try store.writer.read { db in
            let tables: [String] = try db.values("SELECT name FROM sqlite_master WHERE type = 'table'")
            return try tables.reduce(into: [:]) { counts, table in
                counts[table] = try db.value("SELECT COUNT(*) FROM \(table)")
            }
        }
    }

    @Test("it is marked, filled with the facts of now, and leaves nothing in the store, whatever the gates would say")
    func sent() throws {
        let before = try rows()
        let run = try scratch.run("nudged send-test thanks --member m1 --to 13900000009")
        #expect(run.status == 0, "\(run.printed)")
        let text = "[TEST] 【星河百货】林小姐，谢谢！券码 TEST0000。拒收请回复R"
        #expect(run.printed.contains("  " + text) && run.printed.contains("accepted"))
        let sent = try scratch.text("sent.ndjson")
        #expect(sent.contains(text) && sent.contains("\"reference\":\"test-"))
        #expect(try rows() == before)
        #expect(try scratch.run("nudged deliveries list").printed == [])
        #expect(try scratch.run("nudged verify").status == 0)
        // The address is masked wherever it is said, in the log line too.
        #expect(run.printed.contains { $0.contains("test message") && $0.contains("to=139****0009") })
        #expect(!run.printed.joined().contains("13900000009"))
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var status: Int32
        var says: [String]
        init(_ command: String, _ status: Int32, _ says: String...) {
            (testDescription, self.status, self.says) = (command, status, says)
        }
    }

    @Test(
        "the message, the channel and the language are as asked for",
        arguments: [
            Case("thanks --member m1 --to 13900000009 --path 2", 0, "[TEST] 【星河百货】林小姐，谢谢！拒收请回复R"),
            Case("thanks --member m2 --to 13900000009", 0, "[TEST] 【星河百货】赵先生，谢谢！拒收请回复R"),
            Case("thanks --member m2 --to 13900000009 --path 1", 0, "赵先生，谢谢！券码 TEST0000"),
            Case("thanks --member m1 --to me@example.com", 0, "[TEST] 林小姐，谢谢", "券码 TEST0000"),
            Case(
                "thanks --member m1 --to me@example.com --json", 0, #""subject":"[TEST] 林小姐，谢谢","text":"券码 TEST0000""#),
            Case("thanks --member m1 --to 13900000009 --lang zh-CN", 0, "【测试】【星河百货】林小姐", "已接收"),
            Case("thanks --member m1 --to +86-139-0000-0009 --json", 0, #""marked":true"#, #""outcome":"accepted""#),
        ])
    func asked(case one: Case) throws {
        let run = try scratch.run("nudged send-test \(one.testDescription)")
        #expect(run.status == one.status, "\(run.printed)")
        for text in one.says { #expect(run.printed.joined(separator: "\n").contains(text), "\(run.printed)") }
    }

    @Test(
        "what cannot be meant is refused before anything leaves, with the nearest name",
        arguments: [
            Case("thnaks --member m1 --to 13900000009", 64, "did you mean `thanks`?"),
            Case("thnaks --member m1 --to 13900000009 --lang zh-CN", 64, "是不是 `thanks`？"),
            Case("thanks --member m11 --to 13900000009", 2, "there is no member `m11`"),
            Case("thanks --member m1 --to 13900000009 --channel smss", 64, "did you mean `sms`?"),
            Case("thanks --member m1 --to me@example.com --channel sms", 64, "which sends to phone numbers"),
            Case("thanks --member m1 --to 139", 64, "--to is neither"),
            Case("thanks --member m1", 64, "--to ADDRESS"),
            Case("thanks --member m1 --to oAbcdefgh", 2, "none of these sends to such an address"),
            Case("thanks --member m1 --to 13900000009 --path 3", 2, "has no message 3: it has 2"),
            Case("thanks --member m3 --to 13900000009", 2, "nothing has begun `thanks` for m3"),
            Case("quiet --member m1 --to 13900000009", 2, "`quiet` sends no message"),
            Case("thanks --member m1 --to 13800000002", 2, "this address said no", "member m2: withdrew"),
            Case("coded --member m1 --to 13800000003 --yes", 2, "member m3: withdrew"),
            Case("thanks --member m1 --to 13800000009", 2, "a list: suppressed"),
            Case("thanks --member m1 --to 13800000009 --lang zh-CN", 2, "名单：已屏蔽"),
        ])
    func refused(case one: Case) throws {
        let run = try scratch.run("nudged send-test \(one.testDescription)")
        #expect(run.status == one.status, "\(run.printed)")
        for text in one.says { #expect(run.printed.joined(separator: "\n").contains(text), "\(run.printed)") }
        #expect(!FileManager.default.fileExists(atPath: scratch.directory.appending(path: "sent.ndjson").path))
    }

    @Test("--force sends to an address that said no, and a withdrawal of marketing does not stop a service message")
    func forced() throws {
        #expect(try scratch.run("nudged send-test thanks --member m1 --to 13800000009 --force").status == 0)
        let service = try scratch.run("KEY=k nudged send-test coded --member m1 --to 13800000002 --yes")
        #expect(service.status == 1 && !service.printed.joined().contains("said no"), "\(service.printed)")
    }

    @Test("an address from standard input is in no argument")
    func standardInput() throws {
        let run = try scratch.run("echo ' 13900000009 ' | nudged send-test thanks --member m1 --to - --json")
        #expect(run.status == 0 && run.printed.joined().contains(#""to":"139****0009""#), "\(run.printed)")
    }

    @Test(
        "where the provider holds the text it says that nothing is marked and asks; an answer that is a no ends with 1")
    func unmarked() throws {
        let asked = try scratch.run("KEY=k nudged send-test coded --member m1 --to 13900000009")
        #expect(asked.status == 64 && asked.printed.first?.contains("the provider holds the text") == true)
        let run = try scratch.run("KEY=k nudged send-test coded --member m1 --to 13900000009 --yes --json")
        #expect(run.status == 1, "\(run.printed)")
        #expect(
            run.printed.contains {
                $0.contains(#""marked":false"#) && $0.contains(#""outcome":"not_sent","code":"refused""#)
            })
        #expect(run.printed.contains { $0.contains("nothing listens at the address") })
        let secret = try scratch.run("nudged send-test coded --member m1 --to 13900000009 --yes")
        #expect(secret.status == 78 && secret.printed.contains { $0.contains("KEY is not set") }, "\(secret.printed)")
    }

    @Test(
        "it arrives through a real gateway, once",
        .enabled(if: KannelGateway.isInstalled, "Kannel (bearerbox, smsbox) is not installed"))
    func real() throws {
        let gateway = try KannelGateway()
        defer { gateway.stop() }
        let log = "sms: {type: log, path: sent.ndjson}"
        try configure(
            SendTestTests.channels.replacing(
                log, with: "sms: {type: kannel, url: \"\(gateway.url)\", username: tester, password: {env: PASSWORD}}"))
        let run = try scratch.run("PASSWORD='foo bar' nudged send-test thanks --member m1 --to 13900000009")
        #expect(run.status == 0, "\(run.printed)")
        let message = try gateway.nextMessage()
        #expect(message.receiver == "13900000009" && message.text.hasPrefix("[TEST] 【星河百货】林小姐"))
        let wrong = try scratch.run("PASSWORD=wrong nudged send-test thanks --member m1 --to 13900000009")
        #expect(wrong.status == 1 && wrong.printed.contains { $0.contains("refused the user or the password") })
    }
}
