import Review
import Daemon
import Foundation
import Glibc
import Rules
import Store
import Testing

@Suite("The test before a start")
struct StartCheckTests {
    private static let rule = """
        version: 1
        rules:
          - {id: hi, name: 你好, status: live, owner: crm, purpose: marketing, when: {schedule: {every: day, at: "10:00"}},
             do: [{add_tag: x}]}
        """

    private func check(
        _ config: String, rules: String = rule, environment: [String: String] = [:],
        _ prepare: (Scratch) throws -> Void = { _ in }
    ) throws -> [String] {
        let scratch = try Scratch()
        try scratch.write(rules, to: "rules/a.yaml")
        let path = try scratch.write("version: 1\n" + config, to: "nudged.yaml")
        try prepare(scratch)
        let before = try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        let loaded = try StartCheck(RuleSetLoader.read(path), environment: environment).run()
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted() == before, "it creates nothing")
        return loaded.diagnostics.filter { $0.code != "R002" }.map { "\($0.code) \($0.message)" }
    }

    private static let store = "store: {url: \"sqlite:nudged.db\"}\n"
    private static let kannel =
        "channels: {sms: {type: kannel, url: \"http://127.0.0.1:1/\", username: u, password: {env: SMS_PASSWORD}}}"

    @Test("finds nothing where everything is there, or will be made")
    func clean() throws {
        #expect(try check(Self.store + "channels: {sms: {type: log, path: messages.log}}") == [])
        #expect(try check(Self.store + Self.kannel, environment: ["SMS_PASSWORD": "s3cret"]) == [])
    }

    @Test("resolves every secret and never shows one")
    func secrets() throws {
        #expect(
            try check(Self.store + Self.kannel)
                == ["R109 `password` cannot be read: environment variable SMS_PASSWORD is not set"])
        let http = "http: {listen: \"127.0.0.1:65431\", sources: [{id: shop, write_key: {file: /nowhere/key}}]}\n"
        let found = try check(Self.store + http, environment: ["SMS_PASSWORD": "s3cret"])
        #expect(found.count == 1 && found.contains { $0.contains("/nowhere/key") })
        let twoLines = try check(Self.store + Self.kannel, environment: ["SMS_PASSWORD": "s3cret\nx"])
        #expect(twoLines.count == 1 && !twoLines[0].contains("s3cret"))
    }

    @Test("finds two sources with one key, which a start refuses")
    func sharedKey() throws {
        let http =
            "http: {listen: \"127.0.0.1:65431\", sources: [{id: a, write_key: {env: ONE}}, {id: b, write_key: {env: TWO}}]}\n"
        let found = try check(Self.store + http, environment: ["ONE": "k3y", "TWO": "k3y"])
        #expect(found == ["R109 http.sources: `a` and `b` have the same write_key: give each its own"])
        #expect(try check(Self.store + http, environment: ["ONE": "k3y", "TWO": "other"]) == [])
    }

    @Test("finds an address to listen on that is not this machine's, and lets one be that somebody listens on")
    func listening() throws {
        // 192.0.2.0/24 is for documentation: no machine has it.
        let found = try check(Self.store + "http: {listen: \"192.0.2.1:65431\"}\n")
        #expect(found.count == 1 && found[0].hasPrefix("R109 nothing can listen on 192.0.2.1:65431: "), "\(found)")
        let socket = Glibc.socket(AF_INET, Int32(bitPattern: SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        #expect(Glibc.listen(socket, 1) == 0)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { place in
            place.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        let port = UInt16(bigEndian: address.sin_port)
        #expect(try check(Self.store + "http: {listen: \"127.0.0.1:\(port)\"}\n") == [])
    }

    @Test("finds a token that cannot be part of an address, and does not show it")
    func tokens() throws {
        let kannel = Self.kannel.replacing(
            "password:", with: "dlr: {base_url: \"http://h/\", path_token: {env: TOKEN}}, password:")
        let http = "http: {listen: \"127.0.0.1:65431\"}\n"
        func found(_ token: String) throws -> [String] {
            try check(Self.store + http + kannel, environment: ["SMS_PASSWORD": "s3cret", "TOKEN": token])
        }
        #expect(try found("0a-._~0123456789") == [])
        let short = try found("0a-._~012345678")
        #expect(short.count == 1 && short[0].hasPrefix("R251 `path_token` has fewer than 16 characters"), "\(short)")
        let wrong = try found("0a/1b")
        #expect(
            wrong.count == 1 && wrong[0].hasPrefix("R109 `path_token` may have letters, ") && !wrong[0].contains("0a"))
    }

    @Test("finds a secret of links that is too short, and does not show it")
    func linkSecret() throws {
        let links =
            "http: {listen: \"127.0.0.1:65431\"}\nlinks: {base_url: \"https://s.example.com\", secret: {env: KEY}}\n"
        func found(_ key: String) throws -> [String] { try check(Self.store + links, environment: ["KEY": key]) }
        #expect(try found("0123456789abcdef0123456789abcdef") == [])
        #expect(try found("0123456789abcdef") == ["R109 `secret` signs no links: it has less than 32 characters"])
        #expect(try check(Self.store + links) == ["R109 `secret` cannot be read: environment variable KEY is not set"])
    }

    @Test("opens the store to read only")
    func store() throws {
        let damaged = try check(Self.store) { try $0.write("no database at all, no database at all", to: "nudged.db") }
        #expect(damaged.count == 1 && damaged[0].hasPrefix("R109 the store cannot be opened: "))
        let homeless = try check("store: {url: \"sqlite:/nowhere/nudged.db\"}\n")
        #expect(homeless == ["R109 the store cannot be opened: /nowhere: No such file or directory"])
    }

    @Test("tries the folders that channels write into, which may be made later")
    func folders() throws {
        func found(_ folder: String) throws -> [String] {
            try check(Self.store + "channels: {wecom: {type: staff-list, folder: \(folder)}}")
        }
        #expect(try found("rules") == [] && (try found("later")) == [])
        let wrong = try found("/nowhere/lists")
        #expect(wrong == ["R109 the folder `/nowhere/lists` cannot be written: /nowhere: No such file or directory"])
    }

    @Test("tries the log files")
    func logs() throws {
        let found = try check(
            Self.store + "channels: {sms: {type: log, path: /nowhere/m.log}, push: {type: log, path: rules}}")
        #expect(found.count == 2 && found.allSatisfy { $0.hasPrefix("R109 the log `") }, "\(found)")
    }

    @Test("asks what a reload asks: the rules without fixtures and tests, with the channels of the config")
    func rules() throws {
        let send = Self.rule.replacing("[{add_tag: x}]", with: "[{send: {try: [{sms: {template: t}}]}}]")
        let templates = "version: 1\ntemplates: [{id: t, channel: sms, text: \"【星河】您好 拒收请回复R\"}]\n"
        let unknown = try check(Self.store + "channels: {push: {type: log}}", rules: send) {
            try $0.write(templates, to: "rules/templates.yaml")
        }
        #expect(unknown.contains { $0.hasPrefix("R223") })
        let ofTests = try check(Self.store) {
            try $0.write("version: 1\nmembers: 7\n", to: "rules/fixtures/m.yaml")
            try $0.write("version: 1\ntests: 7\n", to: "rules/tests/a.test.yaml")
        }
        #expect(ofTests == [])
    }

    @Test("is what the unit runs before a start and a reload")
    func unit() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let unit = try String(contentsOf: root.appending(path: "systemd/nudged.service"), encoding: .utf8)
        let lines = unit.split(separator: "\n").map(String.init)
        let check = "/usr/bin/nudged check --config /etc/nudged/nudged.yaml"
        #expect(lines.contains("ExecStartPre=-" + check))
        #expect(
            lines.filter { $0.hasPrefix("ExecReload=") } == [
                "ExecReload=" + check, "ExecReload=/bin/kill -HUP $MAINPID",
            ])
    }
}

@Suite("What is no file in the rules directory")
struct NoRuleFileTests {
    @Test("is named and not waited for: a pipe, a folder, a device, a socket")
    func named() throws {
        let scratch = try Scratch()
        try scratch.write("version: 1\nrules: []\n", to: "rules/a.yaml")
        #expect(mkfifo(scratch.path + "/rules/pipe.yaml", 0o600) == 0)
        #expect(mkdir(scratch.path + "/rules/folder.yaml", 0o700) == 0)
        #expect(symlink("/dev/null", scratch.path + "/rules/null.yaml") == 0)
        let loaded = try RuleSetLoader.load(directory: scratch.path + "/rules", channels: ChannelDeclaration.standard)
        let found = loaded.diagnostics.filter { $0.code == "R022" }
        #expect(
            found.map { URL(fileURLWithPath: $0.span.file).lastPathComponent } == [
                "folder.yaml", "null.yaml", "pipe.yaml",
            ])
        #expect(found.allSatisfy { $0.severity == .warning })
        #expect(loaded.set != nil)
    }

    @Test("a file whose name only looks like a rule file's is named, and the rest is read")
    func misnamed() throws {
        let scratch = try Scratch()
        try scratch.write("version: 1\nrules: []\n", to: "rules/a.yaml")
        for name in ["promo.yaml.txt", "promo2.YAML", "old.yml~", "README.md", ".a.yaml.swp", "copies~/b.yaml"] {
            try scratch.write("x", to: "rules/\(name)")
        }
        let loaded = try RuleSetLoader.load(directory: scratch.path + "/rules", channels: ChannelDeclaration.standard)
        let found = loaded.diagnostics.filter { $0.code == "R022" }
        #expect(
            found.map { URL(fileURLWithPath: $0.span.file).lastPathComponent } == [
                "old.yml~", "promo.yaml.txt", "promo2.YAML",
            ])
        #expect(loaded.set != nil && loaded.files.count == 1)
    }
}

@Suite("Derived SQL without a store")
struct DerivedLimitsTests {
    private func check(_ sql: String) throws -> [String] {
        let scratch = try Scratch()
        try scratch.write(
            "version: 1\nfields: [{id: member.x, type: number, description: x, sql: {sqlite: \"\(sql)\"}}]\n",
            to: "rules/fields.yaml")
        let loaded = try RuleSetLoader.load(directory: scratch.path + "/rules", channels: ChannelDeclaration.standard)
        return try StoreCheck.limits(on: loaded).map { "\($0.code) \($0.span.start.line) \($0.message)" }
    }

    @Test("is refused where no database could take it; what a database alone can know is left to it")
    func depth() throws {
        // Below the 16 KiB of one text.
        let deep = (0..<1200).map { _ in "m.id=''" }.joined(separator: " OR ")
        #expect(try check(deep) == ["R401 2 the SQL of `member.x` is nested too deep for the database"])
        #expect(try check((0..<900).map { _ in "m.id=''" }.joined(separator: " OR ")) == [])
        #expect(try check("m.no_such_column") == [])
    }
}
