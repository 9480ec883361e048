import Foundation
import TestSupport
import Testing

/// `nudged channels`: what operators see of channels, and what they do about one.
@Suite("Channels of operators", .serialized)
struct ChannelsCommandTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try write("rules/settings.yaml", "version: 1\nservice_owners: [crm-team]\nblast_guard: off\n")
        try write(
            "rules/rules.yaml",
            """
            version: 1
            rules:
              - id: welcome
                name: 到店问候
                status: live
                owner: crm-team
                purpose: service
                when: {event: {name: store.visited}}
                do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]
                if_late: {send_within: 6h}
            """)
        try write(
            "rules/templates.yaml",
            """
            version: 1
            templates:
              - {id: hello, channel: sms, text: "【星河百货】{{ name | default: '您好' }}，欢迎光临！", values: {name: text}}
            """)
        try write(
            "nudged.yaml",
            """
            version: 1
            store: {url: "sqlite:nudged.db"}
            rules_dir: rules
            channels:
              sms: {type: log, path: sent.ndjson}
              group: {type: wecom-robot, address: none, key: {env: KEY}}
            """)
        try write("members.csv", "id,display_name,phone,status\nm1,林小姐,13800000001,active\n")
        let imported = try scratch.run("nudged import members members.csv")
        #expect(imported.status == 0, "\(imported.printed)")
    }

    private func write(_ path: String, _ text: String) throws {
        let url = scratch.directory.appending(path: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
    }

    /// What `channels` says of sms, once it has `text`; each look is a process of its own, which takes its time.
    private func listed(with text: String) throws -> String {
        var last = ""
        for _ in 0..<200 {
            last = try scratch.run("nudged channels --json").printed.first ?? ""
            if last.contains(text) { return last }
        }
        return last
    }

    @Test("a store that nobody has run shows its channels, with the stops that hold them")
    func unused() throws {
        #expect(try scratch.run("nudged hold --channel sms --reason test").status == 0)
        let english = try scratch.run("nudged channels").printed
        #expect(english.first == "sms  log  phone  no limit  no callbacks  nothing sent yet", "\(english)")
        #expect(english.contains { $0.contains("held: channel:sms") })
        let chinese = try scratch.run("nudged channels --lang zh-CN").printed
        #expect(chinese.first == "sms  log  phone  不限速  无回调  还没有发送过", "\(chinese)")
    }

    @Test("a channel is tested without a message; a slip is told its nearest name")
    func tested() throws {
        #expect(try scratch.run("nudged channels test sms").printed == ["sms works"])
        #expect(try scratch.text("sent.ndjson") == "")
        let robot = try scratch.run("KEY=k nudged channels test group")
        #expect(robot.status == 2 && robot.printed.first?.contains("send-test") == true)
        #expect(try scratch.run("nudged channels test group").status == 78)
        for command in ["test", "retry"] {
            let slip = try scratch.run("nudged channels \(command) smss")
            #expect(slip.status == 64 && slip.printed.first?.contains("did you mean `sms`?") == true)
        }
        try write("sent.ndjson", "mine\n")
        let foreign = try scratch.run("nudged channels test sms --lang zh-CN")
        #expect(foreign.status == 1 && foreign.printed.first?.contains("not_a_message_log (文件里是别的内容)") == true)
    }

    @Test("a daemon's misconfigured channel is shown, and tried again at once when an operator says that it is mended")
    func retried() throws {
        #expect(
            try scratch.run("nudged channels retry sms").printed == ["sms is ready already: there is nothing to retry"])
        try write("sent.ndjson", "mine\n")
        let daemon = try DaemonProcess(scratch, environment: ["KEY": "k"])
        try daemon.wait(for: "READY=1")
        #expect(
            try scratch.run(
                #"printf 'id,member_id,name,at\ne1,m1,store.visited,%s\n' "$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)" > e.csv && nudged import events e.csv"#
            ).status == 0)
        let broken = try listed(with: "misconfigured")
        #expect(
            broken.contains(#""refused_code":"not_a_message_log","refused_words":"the file holds something else""#),
            "\(broken)")
        #expect(broken.contains(#""owed":1"#))
        try write("sent.ndjson", "")
        let retried = try scratch.run("nudged channels retry sms && nudged deliveries retry --channel sms --yes")
        #expect(
            retried.status == 0 && retried.printed.first == "sms: the next message is tried at once",
            "\(retried.printed)")
        #expect(try listed(with: #""accepted_at":"2"#).contains(#""state":"ready""#))
        daemon.signal(SIGTERM)
        #expect(daemon.end() == 0)
        // What was last known stays, with its time.
        #expect(try scratch.run("nudged channels").printed.contains { $0.hasPrefix("    as of ") })
        #expect(try scratch.run("nudged verify").status == 0)
    }
}
