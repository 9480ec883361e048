import Foundation
import TestSupport
import Testing

@testable import Store

/// The API of the built daemon, by the clients that people have.
@Suite("API of the daemon", .serialized)
struct APIDaemonTests {
    private let scratch: Scratch
    private let port: Int

    init() throws {
        scratch = try Scratch()
        port = try Loopback.freePorts(1)[0]
        #expect(try scratch.run("nudged init .").status == 0)
        try configure("en")
    }

    private func configure(_ language: String) throws {
        try scratch.write(
            """
            version: 1
            lang: \(language)
            store: {url: "sqlite:nudged.db"}
            rules_dir: rules
            http: {listen: "127.0.0.1:\(port)"}
            channels: {sms: {type: log}, wechat: {type: log}, email: {type: log}, wecom: {type: log}, push: {type: log}}
            """, to: "nudged.yaml")
    }

    private func daemon() throws -> DaemonProcess {
        let daemon = try DaemonProcess(scratch)
        try daemon.wait(for: "READY=1")
        return daemon
    }

    @Test(
        "the page on the API shows what is printed, in its language",
        arguments: [("docs/api.md", "C.UTF-8", "en"), ("docs/api.zh-CN.md", "zh_CN.UTF-8", "zh-CN")])
    func page(path: String, locale: String, language: String) throws {
        try configure(language)
        let steps = ConsoleStep.all(
            in: try String(contentsOf: ShippedRules.root.appending(path: path), encoding: .utf8))
        #expect(steps.count > 12)
        let daemon = try daemon()
        for step in steps {
            let command = step.command.replacing("127.0.0.1:8080", with: "127.0.0.1:\(port)")
            let run = try scratch.run(command, locale: locale)
            #expect(step.matches(run.printed), "\(step.command): \(run.printed)")
        }
        daemon.signal(SIGTERM)
        #expect(daemon.end() == 0)
        // What the key did is on record, and nothing of it in the log of the daemon.
        let audit = try scratch.run("nudged audit").printed
        #expect(audit.contains { $0.contains("api:shop@") && $0.contains("rule:birthday-gift") }, "\(audit)")
        let log = try scratch.text("daemon.log") + scratch.text("daemon.out")
        #expect(!log.contains("13800000001") && !log.contains("nk_"))
    }

    @Test("what was answered before a kill is answered again after it, and was done once")
    func killed() throws {
        let first = try daemon()
        #expect(try scratch.run("nudged keys add shop --scope write > token 2>/dev/null").status == 0)
        let head = "-H \"Authorization: Bearer $(cat token)\" -H 'Content-Type: application/json'"
        let base = "http://127.0.0.1:\(port)/api/v1"
        #expect(try scratch.run("curl -sf -X PUT \(head) \(base)/members/lin -d '{}'").status == 0)
        let event = #"[{"member_id":"lin","name":"x","at":"2026-03-08 14:30"}]"#
        let post = "curl -s -D head.txt \(head) -H 'Idempotency-Key: k' \(base)/events -d '\(event)'"
        let answer = try scratch.run(post).printed
        first.signal(SIGKILL)
        #expect(first.end() == -SIGKILL)
        let second = try daemon()
        #expect(
            try scratch.run(post).printed == answer
                && answer == [
                    #"{"accepted":1,"rejected":0,"results":[{"index":0,"outcome":"inserted"}]}"#
                ])
        #expect(try scratch.text("head.txt").lowercased().contains("idempotency-replayed: true"))
        second.signal(SIGTERM)
        #expect(second.end() == 0)
        let store = try MemberStore.reading("sqlite:\(scratch.directory.path)/nudged.db")
        let events: Int? = try store.writer.read { try $0.value("SELECT COUNT(*) FROM events WHERE name = 'x'") }
        #expect(events == 1)
    }

    @Test(
        "schemathesis finds no answer that the document does not have, and no failure",
        .enabled(if: APIJudge.isInstalled, "pip could not get schemathesis"))
    func document() throws {
        let daemon = try daemon()
        #expect(
            try scratch.run("nudged keys add judge --scope admin --rate 10000 > token 2>/dev/null").status == 0)
        for number in 1...3 {
            let put = "curl -sf -X PUT -H \"Authorization: Bearer $(cat token)\" -H 'Content-Type: application/json'"
            #expect(
                try scratch.run("\(put) http://127.0.0.1:\(port)/api/v1/members/m\(number) -d '{\"tier\":\"gold\"}'")
                    .status == 0)
        }
        let checks = [
            "not_a_server_error", "status_code_conformance", "content_type_conformance",
            "response_headers_conformance", "response_schema_conformance", "unsupported_method", "ignored_auth",
        ].joined(separator: ",")
        let run = try scratch.run(
            """
            \(APIJudge.program) --no-color run http://127.0.0.1:\(port)/api/v1/openapi.json --max-examples 20 --seed 1 \
            --phases examples,coverage,fuzzing --checks \(checks) --request-timeout 20 \
            -H "Authorization: Bearer $(cat token)" 2>&1
            """)
        #expect(run.status == 0, "\(run.printed.suffix(120).joined(separator: "\n"))")
        #expect(run.printed.contains { $0.contains("passed") }, "\(run.printed.suffix(20))")
        daemon.signal(SIGTERM)
        #expect(daemon.end() == 0)
        #expect(try scratch.run("nudged verify --json").status == 0)
    }
}

/// The judge of the API: `make test` installs it.
enum APIJudge {
    static let program = ShippedRules.root.appending(path: ".build/python/bin/schemathesis").path

    static let isInstalled: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["--version"]
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}
