import Channels
import Kit
import Policies
import Testing

@testable import Config
@testable import Rules

private func read(_ text: String, path: String = "etc/nudged.yaml") -> (Configuration?, [Diagnostic]) {
    let file = YAMLReader.read(bytes: Array(text.utf8), path: path)
    #expect(file.diagnostics.map(\.short) == [])
    let (config, found) = ConfigReader.read(file)
    #expect(Untranslated.sentences(of: found) == [])
    return (config, found.filter { $0.code != "R002" })
}

@Suite("nudged.yaml")
struct ConfigReaderTests {
    static let full = """
        version: 1
        store: {url: "sqlite:data/nudged.db", durability: normal}
        rules_dir: rules
        http: {listen: "127.0.0.1:8080", sources: [{id: shop, write_key: {env: SHOP_KEY}}]}
        channels:
          sms:
            type: kannel
            url: http://127.0.0.1:13013/cgi-bin/sendsms
            method: get
            username: tester
            password: {env: KANNEL_PASSWORD}
            from: "10690000"
            dlr: {base_url: "http://127.0.0.1:8080/callbacks/sms", path_token: {file: /etc/nudged/token}}
            limits: {rate: 100/s}
          sms-backup: {type: log, address: phone, limits: {rate: 30/min}}
          wechat: {type: log, path: messages.ndjson}
        log: {level: debug, format: json}
        limits: {max_inflight: 10000}
        """

    @Test("the rules are read again when their directory changes, unless only a signal may")
    func reload() {
        let store = "store: {url: \"sqlite:n.db\"}\n"
        #expect(read("version: 1\n" + store).0?.reload == .watch)
        #expect(read("version: 1\n" + store + "reload: signal\n").0?.reload == .signal)
        #expect(read("version: 1\n" + store + "reload: never\n").1.map(\.code).contains("R104"))
    }

    @Test(
        "an empty path is none: it would mean the folder of the file",
        arguments: [
            ("rules_dir", "rules_dir: \"\""), ("rules_dir", "rules_dir: '  '"), ("command", "alerts: {command: \"\"}"),
            ("folder", "sources: [{id: pos, folder: \"\", kind: orders}]"),
            ("path", "channels: {sms: {type: log, path: \"\"}}"),
        ])
    func emptyPath(key: String, text: String) {
        let (config, found) = read("version: 1\nstore: {url: \"sqlite:n.db\"}\n" + text + "\n")
        #expect(config == nil)
        #expect(found.map(\.message) == ["`\(key)` is empty"])
        #expect(found.flatMap(\.help) == ["write the path of a file or folder"])
    }

    @Test("alerts name a channel to colleagues and a program, whose path is relative to the file")
    func alerts() {
        let file =
            "version: 1\nstore: {url: \"sqlite:n.db\"}\nchannels: {sms: {type: log}, staff: {type: log, address: none}}\n"
        #expect(read(file).0?.alerts == Configuration.Alerts())
        let config = read(file + "alerts: {channel: staff, command: alert.sh, backup_older_than: 2d}\n").0
        #expect(
            config?.alerts
                == Configuration.Alerts(
                    channel: "staff", command: "etc/alert.sh", backupOlderThan: Span(2, .days)))
        let toMembers = read(file + "alerts: {channel: sms}\n").1
        #expect(toMembers.map(\.message) == ["channel `sms` sends to members: an alert goes to colleagues"])
        let unknown = read(file + "alerts: {channel: stuff}\n").1
        #expect(unknown.map(\.message) == ["there is no channel `stuff` in nudged.yaml"])
        #expect(unknown.first?.help == ["did you mean `staff`?"])
        #expect(read(file + "alerts: {backup_older_than: soon}\n").1.first?.code == "R115")
    }

    @Test("retention has its defaults, keeps for ever where it says so, and never less than a week")
    func retention() {
        let file = "version: 1\nstore: {url: \"sqlite:n.db\"}\n"
        #expect(read(file).0?.retention == Configuration.Retention())
        var wanted = Configuration.Retention()
        (wanted.texts, wanted.ledger, wanted.received) = (nil, Span(800, .days), Span(2, .weeks))
        #expect(read(file + "retention: {texts: forever, ledger: 800d, received: 2w}\n").0?.retention == wanted)
        #expect(read(file + "retention: {texts: 3d}\n").1.map(\.message) == ["`texts` is kept for at least 7 days"])
        #expect(read(file).0?.retention.members == nil)
        #expect(read(file + "retention: {members: 1095d}\n").0?.retention.members == Span(1095, .days))
        #expect(
            read(file + "retention: {members: 90d}\n").1.map(\.message) == ["`members` is kept for at least 365 days"])
        #expect(
            read(file + "retention: {texts: 36h}\n").0 == nil && read(file + "retention: {texts: never}\n").0 == nil)
    }

    private static let shop = "version: 1\nstore: {url: \"sqlite:n.db\"}\nhttp: {listen: \"127.0.0.1:1\"}\n"

    @Test("links are read, and the form that they have on each channel")
    func links() throws {
        let text =
            Self.shop + """
                links: {base_url: "https://example.com/s/", secret: {env: A}, previous_secret: {env: B}, allow_hosts: [Shop.example.com]}
                channels:
                  sms: {type: log, links: off}
                  email: {type: smtp, host: smtp.example.com, from: a@example.com}

                """
        let (config, found) = read(text)
        #expect(found == [])
        let links = Configuration.Links(
            base: "https://example.com/s", secret: .env("A"), previousSecret: .env("B"), hosts: ["shop.example.com"])
        #expect(config?.links == links)
        let declared = try #require(config).channelDeclarations
        #expect(declared.map(\.links?.shortens) == [false, true])
        #expect(declared.map(\.links?.base) == ["https://example.com/s", "https://example.com/s"])
        #expect(declared.map(\.offersUnsubscribe) == [false, true])
        let root = YAMLReader.read(bytes: Array(text.utf8), path: "nudged.yaml").root
        #expect(root.flatMap(ConfigReader.channels) == declared, "the check of rules sees the same")
    }

    @Test("a channel with addresses may ask members to confirm a yes, and the check of rules sees the same")
    func doubleOptIn() throws {
        let text =
            Self.shop + "channels: {sms: {type: log}, email: {type: log, double_opt_in: true}, push: {type: log}}\n"
        let (config, found) = read(text)
        #expect(found == [])
        let declared = try #require(config).channelDeclarations
        #expect(declared.map(\.doubleOptIn) == [false, true, false])
        let root = YAMLReader.read(bytes: Array(text.utf8), path: "nudged.yaml").root
        #expect(root.flatMap(ConfigReader.channels) == declared)
        let wrong = text.replacing("push: {type: log}", with: "push: {type: log, double_opt_in: true}")
        #expect(read(wrong).1.map(\.code) == ["R104"])
    }

    @Test("without links, a channel that reaches people has none")
    func withoutLinks() throws {
        let (config, found) = read(
            Self.shop
                + "channels: {sms: {type: log}, email: {type: smtp, host: smtp.example.com, from: a@example.com}}\n")
        #expect(found == [])
        #expect(try #require(config).channelDeclarations.map(\.links) == [LinkForm.standIn, nil])
    }

    @Test(
        "links begin with https, but on this machine, and lead to hosts",
        arguments: [
            ("https://s.example.com", "a", nil), ("http://localhost:8080", "a", nil),
            ("http://127.0.0.1:8080/x", "a", nil),
            ("http://s.example.com", "a", "R104 links to other machines begin with https://"),
            ("s.example.com", "a", "R104 `s.example.com` is not the beginning of a web address"),
            ("https://a@s.example.com", "a", "R104 `https://a@s.example.com` is not the beginning of a web address"),
            (
                "https://s.example.com/?a=", "a",
                "R104 `https://s.example.com/?a=` is not the beginning of a web address"
            ),
            (
                "https://s.example.com/\u{9000}", "a",
                "R104 `https://s.example.com/\u{9000}` is not the beginning of a web address"
            ),
            ("https://s.example.com", "https://a", "R104 `https://a` is not the name of a host"),
            ("https://s.example.com", "a:1", "R104 `a:1` is not the name of a host"),
        ] as [(String, String, String?)])
    func linkBase(base: String, host: String, finding: String?) {
        let links = "links: {base_url: \"\(base)\", secret: {env: A}, allow_hosts: [\"\(host)\"]}\n"
        let (config, found) = read(Self.shop + links)
        #expect(found.map { "\($0.code) \($0.message)" } == (finding.map { [$0] } ?? []))
        #expect((config != nil) == (finding == nil))
    }

    @Test("links that nobody could open are warned about")
    func unservedLinks() {
        let links = "links: {base_url: \"https://s.example.com\", secret: {env: A}}\n"
        let (config, found) = read("version: 1\nstore: {url: \"sqlite:n.db\"}\n" + links)
        #expect(found.map(\.code) == ["R108"] && config?.unserved == ["links"])
    }

    @Test("every key is read, paths from the file's own directory")
    func everything() throws {
        let (read, found) = read(Self.full)
        #expect(found.map(\.short) == [] && read?.unserved == [])
        let config = try #require(read)
        #expect(config.storeURL == "sqlite:etc/data/nudged.db")
        #expect(config.durability == .normal)
        #expect(config.rulesDir == "etc/rules")
        let source = Configuration.Source(id: "shop", writeKey: .env("SHOP_KEY"))
        #expect(config.http == Configuration.HTTP(host: "127.0.0.1", port: 8080, sources: [source]))
        #expect(config.log == Configuration.Log(level: .debug, format: .json))
        #expect(config.maxInflight == 10_000)
        let dlr = AdapterSettings([
            "mask": .int(19), "base_url": .text("http://127.0.0.1:8080/callbacks/sms"),
            "path_token": .secret(.file("/etc/nudged/token")),
        ])
        let kannel = AdapterSettings([
            "url": .text("http://127.0.0.1:13013/cgi-bin/sendsms"), "method": .text("get"),
            "username": .text("tester"), "password": .secret(.env("KANNEL_PASSWORD")), "from": .text("10690000"),
            "dlr": .block(dlr),
        ])
        #expect(config.channels.map(\.id) == ["sms", "sms-backup", "wechat"])
        #expect(config.channels.map(\.adapter.type) == ["kannel", "log", "log"])
        #expect(config.channels[0].settings == kannel)
        #expect(config.channels.map { $0.rate?.perSecond } == [100, 0.5, nil])
        #expect(config.channels[2].settings == AdapterSettings(["path": .text("etc/messages.ndjson")]))
        let declared = config.channelDeclarations.map(\.address)
        #expect(declared == [.phone, .phone, .wechatOpenID])
    }

    @Test("folders are read, with paths from the file's own directory")
    func folders() {
        let store = "version: 1\nstore: {url: \"sqlite:n.db\"}\n"
        let (config, found) = read(
            store
                + "sources: [{id: pos, folder: spool/, kind: orders}, {id: erp, folder: /srv/erp, kind: order_items}]\n"
        )
        #expect(found.isEmpty)
        #expect(
            config?.folders == [
                .init(id: "pos", path: "etc/spool", kind: .orders),
                .init(id: "erp", path: "/srv/erp", kind: .orderItems),
            ])
    }

    @Test(
        "what is wrong with a folder is found at its place",
        arguments: [
            ("[{id: pos, folder: /a, kind: order}]", "R104"), ("[{id: pos, kind: orders}]", "R102"),
            ("[{id: pos, folder: /a, kind: orders, glob: x}]", "R101"),
            ("[{id: import, folder: /a, kind: orders}]", "R104"),
            ("[{id: shop, folder: /a, kind: orders}]", "R104"),
            ("[{id: a, folder: /a, kind: orders}, {id: b, folder: /a/, kind: members}]", "R104"),
        ])
    func folderFindings(text: String, code: String) {
        let http = "http: {listen: \"127.0.0.1:1\", sources: [{id: shop, write_key: {env: A}}]}\n"
        let (config, found) = read("version: 1\nstore: {url: \"sqlite:n.db\"}\n" + http + "sources: \(text)\n")
        #expect(config == nil && found.map(\.code) == [code] && found.allSatisfy { $0.span.start.line == 4 })
    }

    @Test(
        "only this machine reaches a loopback address",
        arguments: [
            ("127.0.0.1", true), ("127.1.2.3", true), ("localhost", true), ("::1", true), ("0.0.0.0", false),
            ("::", false), ("10.0.0.1", false), ("shop.example", false),
        ])
    func loopback(host: String, isLoopback: Bool) {
        #expect(Configuration.HTTP(host: host, port: 1).isLoopback == isLoopback)
    }

    @Test("the provider of a channel reaches nobody where nothing listens")
    func callbacks() throws {
        let text = """
            version: 1
            store: {url: "sqlite:/n.db"}
            channels:
              sms:
                {type: kannel, url: "http://h/", username: u, password: {env: P},
                 dlr: {base_url: "http://h/callbacks/sms", path_token: {env: T}}}

            """
        let (config, found) = read(text)
        #expect(found.map { "\($0.code) \($0.path)" } == ["R108 [\"channels\", \"sms\", \"dlr\"]"])
        #expect(found.first?.message == "nothing serves `dlr` without `http`: the provider's reports reach nobody")
        #expect(config?.unserved == ["channels.sms.dlr"])
        let (served, nothing) = read(text + "http: {listen: \"127.0.0.1:8080\"}\n")
        #expect(nothing.map(\.short) == [] && served?.unserved == [])
    }

    @Test(
        "a channel over the network has 100 messages a second where it states nothing, and none with `off`",
        arguments: [
            ("kannel", "", 100), ("kannel", "limits: {rate: 20/min}, ", 1.0 / 3),
            ("kannel", "limits: {rate: off}, ", nil),
            ("log", "", nil), ("log", "limits: {rate: off}, ", nil), ("log", "limits: {rate: 3/s}, ", 3),
        ] as [(String, String, Double?)])
    func rates(adapter: String, limits: String, perSecond: Double?) {
        let own = adapter == "log" ? "" : ", url: \"http://h/\", username: u, password: {env: P}"
        let (config, found) = read(
            "version: 1\nstore: {url: \"sqlite:/n.db\"}\nchannels: {sms: {\(limits)type: \(adapter)\(own)}}\n")
        #expect(found.map(\.short) == [])
        #expect(config?.channels.map { $0.rate?.perSecond } == [perSecond])
    }

    @Test("how many messages one address gets is a list of limits; a channel without it has none")
    func recipientLimits() {
        let limits = "limits: {per_recipient: [{max: 1, per: 24h}, {max: 3, per: 7d}]}"
        let (config, found) = read(
            "version: 1\nstore: {url: \"sqlite:/n.db\"}\nchannels: {sms: {type: log, \(limits)}, email: {type: log}}\n")
        #expect(found.map(\.short) == [])
        #expect(
            config?.channels.map(\.recipientLimits) == [
                [CountLimit(times: 1, window: Span(24, .hours)), CountLimit(times: 3, window: Span(7, .days))], [],
            ])
    }

    @Test("a channel may state how long its requests take; the rest is the adapter's")
    func timeouts() {
        let timeout = "timeout: {connect: 500ms, total: 2m}"
        let own = "secret: {env: S}, signing: standard-webhooks"
        let (config, found) = read(
            """
            version: 1
            store: {url: "sqlite:/n.db"}
            channels:
              hook: {type: webhook, url: "https://crm.example.com/in", \(own), \(timeout)}
              crm: {type: webhook, url: "https://crm.example.com/in", \(own), timeout: {total: 3s}}
              erp: {type: webhook, url: "https://crm.example.com/in", \(own)}

            """)
        #expect(found.map(\.short) == [])
        #expect(
            config?.channels.map(\.timeouts) == [
                HTTPTimeouts(connect: .milliseconds(500), total: .seconds(120)),
                HTTPTimeouts(connect: nil, total: .seconds(3)), nil,
            ])
        #expect(config?.channels.map(\.address) == [ChannelDeclaration.Address.none, .none, .none])
    }

    private func batch(_ type: String, _ batch: String) -> (Configuration?, [Diagnostic]) {
        let own =
            type == "aliyun-sms"
            ? "access_key_id: {env: A}, access_key_secret: {env: B}, sign_name: 店"
            : "secret_id: {env: A}, secret_key: {env: B}, sdk_app_id: \"1\""
        return read(
            """
            version: 1
            store: {url: "sqlite:/n.db"}
            channels:
              sms: {type: \(type), \(own)\(batch)}

            """)
    }

    @Test("messages share a call only where a channel says so", arguments: ["aliyun-sms", "tencent-sms"])
    func batches(_ type: String) {
        for (text, terms) in [
            ("", nil), (", batch: {max: 100}", BatchTerms(most: 100, linger: .milliseconds(200))),
            (", batch: {max: 2, linger: 10ms}", BatchTerms(most: 2, linger: .milliseconds(10))),
            (", batch: {max: 200, linger: 1s}", BatchTerms(most: 200, linger: .seconds(1))),
        ] as [(String, BatchTerms?)] {
            let (config, found) = batch(type, text)
            #expect(found.map(\.short) == [])
            #expect(config?.channels.map { BatchTerms($0.settings) } == [terms])
        }
    }

    @Test(
        "a call takes at most 200 numbers, and waits for as long as a stop may take",
        arguments: [
            ("{max: 5000}", "R104", "allowed is 2 to 200"), ("{max: 1}", "R104", "allowed is 2 to 200"),
            ("{max: 10, linger: 2s}", "R104", "write a number and ms:  200ms"),
            ("{max: 10, linger: 5ms}", "R104", "write a number and ms:  200ms"),
            ("{max: 10, linger: 200}", "R104", "write a number and ms:  200ms"),
            ("{max: 10, lingers: 200ms}", "R101", "did you mean `linger`?"),
            ("{linger: 200ms}", "R102", nil),
        ] as [(String, String, String?)])
    func badBatches(_ text: String, _ code: String, _ help: String?) {
        for type in ["aliyun-sms", "tencent-sms"] {
            let (config, found) = batch(type, ", batch: \(text)")
            #expect(config == nil && found.map(\.code) == [code])
            if let help { #expect(found.first?.help.contains(help) == true, "\(found.first?.help ?? [])") }
            #expect(Untranslated.sentences(of: found) == [])
        }
    }

    @Test(
        "what other programs have in a channel is answered with where it is here",
        arguments: [
            ("aliyun-sms", "templates: {a: {code: SMS_1}}", "templates.yaml:  code:"),
            ("twilio", "batch: {max: 10}", "leave `batch` out"),
            ("aliyun-sms", "limits: {quiet_hours: {}}", "part of settings.yaml"),
            ("aliyun-sms", "callback: {token: a}", "callbacks: {path_token:"),
            ("twilio", "public_base_url: https://cb.example.com", "public_url:"),
        ])
    func elsewhere(_ type: String, _ line: String, _ help: String) {
        let (_, found) = read(
            "version: 1\nstore: {url: \"sqlite:/n.db\"}\nchannels:\n  sms:\n    type: \(type)\n    \(line)\n")
        let unknown = found.filter { $0.code == "R101" }
        #expect(unknown.count == 1 && unknown[0].help.contains { $0.contains(help) })
        #expect(unknown.allSatisfy { $0.help.allSatisfy { MessageCatalogue.chinese($0) != nil } })
    }

    @Test("the first line names the schema, which is only a warning")
    func schemaLine() {
        let line = "# yaml-language-server: $schema=.nudged/nudged.v1.schema.json"
        let text = "version: 1\nstore: {url: \"sqlite:/n.db\"}\n"
        for (text, codes) in [(text, ["R002"]), (line + "\n" + text, [])] {
            let (config, found) = ConfigReader.read(YAMLReader.read(bytes: Array(text.utf8), path: "nudged.yaml"))
            #expect(found.map(\.code) == codes)
            #expect(config != nil)
        }
    }

    @Test("an empty file and a broken one give no config")
    func unusable() {
        let cases = [("", ["R102"]), ("version: 1\nstore: [\n", []), ("version: 1\n store: {}\n", [])]
        for (text, codes) in cases {
            let (config, found) = ConfigReader.read(YAMLReader.read(bytes: Array(text.utf8), path: "nudged.yaml"))
            #expect(config == nil)
            #expect(found.map(\.code).filter { $0 != "R002" } == codes)
        }
    }

    @Test("the least that works")
    func least() throws {
        let config = try #require(read("version: 1\nstore: {url: 'sqlite:/var/lib/n.db'}\n", path: "nudged.yaml").0)
        #expect(config.storeURL == "sqlite:/var/lib/n.db")
        #expect(config.rulesDir == "rules")
        #expect(config.http == nil)
        #expect(config.durability == .full)
        #expect(config.maxInflight == 200)
    }

    @Test(
        "paths are relative to the file",
        arguments: [
            ("nudged.yaml", "sqlite:n.db", "sqlite:n.db"), ("/nudged.yaml", "sqlite:n.db", "sqlite:/n.db"),
            ("/etc/n/nudged.yaml", "sqlite:../n.db", "sqlite:/etc/n/../n.db"),
            ("/etc/n/nudged.yaml", "sqlite:/n.db", "sqlite:/n.db"),
            ("etc/nudged.yaml", "sqlite::memory:", "sqlite::memory:"),
            ("etc/nudged.yaml", "postgresql://shop@db/nudged", "postgresql://shop@db/nudged"),
        ])
    func paths(_ path: String, _ url: String, _ expected: String) {
        #expect(read("version: 1\nstore: {url: \"\(url)\"}\n", path: path).0?.storeURL == expected)
    }

    @Test(
        "a slip is found where it stands, and there is no config",
        arguments: [
            ("chanels: {}", "3:1", "R101"),
            ("double_opt_in: true", "3:1", "R101"),
            ("quiet_hours: none", "3:1", "R101"),
            ("links: {}", "3:8", "R102"),
            ("channels: {SMS: {type: log}}", "3:12", "R102"),
            ("channels: {\"\": {type: log}}", "3:12", "R104"),
            ("channels: {sms: {type: log, double_opt_in: }}", "3:29", "R103"),
            ("limits: {max_inflight: 0}", "3:24", "R104"),
            ("limits: {max_inflight: 10001}", "3:24", "R104"),
            ("http: {listen: 8080}", "3:16", "R104"),
            ("http: {listen: \"127.0.0.1:70000\"}", "3:16", "R104"),
            ("http: {listen: \"::1:80\"}", "3:16", "R104"),
            ("http: {listen: \"[::1]:80\", sources: [{id: shop}]}", "3:39", "R102"),
            ("http: {listen: \"h:80\", sources: [{id: shop, write_key: {env: A, file: /b}}]}", "3:65", "R106"),
            ("http: {listen: \"h:80\", sources: [{id: shop, write_key: {file: b}}]}", "3:63", "R104"),
            ("http: {listen: \"h:80\", sources: [{id: shop, write_key: {env: 1A}}]}", "3:62", "R104"),
            ("http: {listen: \"h:80\", sources: [{id: shop, write_key: {credential: a/b}}]}", "3:69", "R104"),
            ("channels: {sms: {type: aliyun}}", "3:24", "R104"),
            ("channels: {sms: {type: kanel}}", "3:24", "R104"),
            ("channels: {sms: {path: a}}", "3:18", "R102"),
            ("channels: {sms: {type: log, address: email}}", "3:38", "R104"),
            ("channels: {texts: {type: log}}", "3:12", "R102"),
            ("channels: {texts: {type: log, address: fax}}", "3:40", "R104"),
            ("channels: {sms: {type: log, limits: {rate: 100}}}", "3:44", "R104"),
            ("channels: {sms: {type: log, limits: {rate: 0/s}}}", "3:44", "R104"),
            ("channels: {sms: {type: log, limits: {per_recipient: [{max: 0, per: 24h}]}}}", "3:60", "R104"),
            ("channels: {sms: {type: log, url: \"http://h\"}}", "3:29", "R101"),
            ("channels: {sms: {type: log, timeout: {total: 3s}}}", "3:29", "R101"),
            (
                "channels: {w: {type: webhook, url: \"http://h\", secret: {env: S}, timeout: {total: 3}}}", "3:83",
                "R104"
            ),
            (
                "channels: {w: {type: webhook, url: \"http://h\", secret: {env: S}, timeout: {total: 16m}}}", "3:83",
                "R104"
            ),
            ("channels: {email: {type: kannel, url: \"http://h\", username: u, password: {env: P}}}", "3:26", "R104"),
            ("channels: {sms: {type: kannel, url: h, username: u, password: {env: P}}}", "3:37", "R104"),
            ("channels: [sms]", "3:11", "R103"),
            ("channels: {sms: {type: [log]}}", "3:24", "R103"),
            ("channels: {sms: {type: {is: log}}}", "3:24", "R103"),
            ("log: {level: loud}", "3:14", "R104"), ("channels:", "3:1", "R103"), ("channels: sms", "3:11", "R103"),
        ])
    func slip(_ line: String, _ place: String, _ code: String) {
        let (config, found) = read("version: 1\nstore: {url: \"sqlite:/n.db\"}\n\(line)\n")
        #expect(found.map { "\($0.span.start.line):\($0.span.start.column) \($0.code)" } == ["\(place) \(code)"])
        #expect(config == nil)
    }

    @Test(
        "a value in other letters has the fix",
        arguments: [
            ("channels: {sms: {type: Log}}", "log"), ("channels: {sms: {type: log, limits: {rate: OFF}}}", "off"),
            ("channels: {sms: {type: log, limits: {rate: 100/S}}}", "100/s"),
            ("retention: {ledger: Forever}", "forever"),
            ("retention: {members: FOREVER}", "forever"), ("reload: Signal", "signal"), ("log: {level: INFO}", "info"),
        ])
    func otherLetters(_ line: String, _ word: String) {
        let (config, found) = read("version: 1\nstore: {url: \"sqlite:/n.db\"}\n\(line)\n")
        #expect(config == nil && found.map(\.code) == ["R104"])
        #expect(found.first?.help == ["did you mean `\(word)`?"] && found.first?.fix.map(\.text) == [word])
        #expect(Untranslated.sentences(of: found) == [])
    }

    @Test(
        "its name says that it is nudged.yaml, then its first line, then its keys",
        arguments: [
            ("nudged.yaml", "", "Store: {}", true), ("shop/nudged.yaml", "settings", "log: {}", true),
            ("nudged.yaml", "", "rules: policy", true), ("nudged.yaml", "rules", "rules: []", false),
            ("operators.yaml", "nudged", "log: {}", true), ("operators.yaml", "", "store: {}", true),
            ("operators.yaml", "", "log: {}", false), ("promo.yaml", "nudged", "rules: []", false),
            ("settings.yaml", "settings", "timezone: Asia/Shanghai", false),
            ("settings.yaml", "settings", "store: {}", false),
        ])
    func kind(_ path: String, _ schema: String, _ line: String, _ isConfig: Bool) {
        let first = schema.isEmpty ? "" : "# yaml-language-server: $schema=.nudged/\(schema).v1.schema.json\n"
        let file = YAMLReader.read(bytes: Array("\(first)version: 1\n\(line)\n".utf8), path: path)
        #expect(file.isConfig == isConfig)
    }

    @Test("an alert's channel is not asked for where the channels could not be read")
    func unreadChannels() {
        let text = """
            # yaml-language-server: $schema=.nudged/nudged.v1.schema.json
            store: {url: "sqlite:/n.db"}
            channels:
              staff：{type: log}
            alerts: {channel: staff}

            """
        let file = YAMLReader.read(bytes: Array(text.utf8), path: "nudged.yaml")
        #expect(file.diagnostics.map(\.code) == ["R010"])
        #expect(ConfigReader.read(file).1.map(\.short) == [])
    }

    @Test(
        "a key with nothing behind it is asked about, and means what it would mean if it were not there",
        arguments: ["alerts:", "alerts: {}", "links:", "http:", "log: {}", "limits:", "retention: {}", "channels: {}"])
    func nothing(_ line: String) {
        let (config, found) = read("version: 1\nstore: {url: \"sqlite:/n.db\"}\n\(line)\n")
        #expect(
            found.map { "\($0.severity) \($0.span.start.line):\($0.span.start.column) \($0.code)" } == [
                "warning 3:1 R103"
            ])
        #expect(config != nil)
        #expect(Untranslated.sentences(of: found) == [])
    }

    @Test("rules may name a standard channel that nudged.yaml writes in other letters, which has its finding")
    func capitals() throws {
        let file = YAMLReader.read(
            bytes: Array("channels: {SMS: {type: log}, Own: {type: log}}\n".utf8), path: "nudged.yaml")
        let root = try #require(file.root)
        #expect(ConfigReader.channels(of: root)?.map(\.id) == ["sms"])
    }

    @Test(
        "a secret in the open is refused without being repeated",
        arguments: [
            "channels: {sms: {type: kannel, url: \"http://h\", username: u, password: hunter2}}",
            "channels: {sms: {type: kannel, url: \"http://u:hunter2@h\", username: u, password: {env: P}}}",
            "http: {listen: \"h:80\", sources: [{id: shop, write_key: hunter2}]}",
        ])
    func inlineSecret(_ line: String) {
        let (config, found) = read("version: 1\nstore: {url: \"sqlite:/n.db\"}\n\(line)\n")
        #expect(config == nil)
        #expect(found.map(\.code) == ["R107"])
        #expect(!found.contains { "\($0)".contains("hunter2") })
    }

    @Test(
        "a store must be named",
        arguments: [
            ("version: 1\n", "R102"), ("version: 1\nstore: {url: mysql://h}\n", "R104"),
            ("version: 1\nstore: {url: \"sqlite:\"}\n", "R104"),
            ("version: 1\nstore: {url: \"postgresql://u:p@h/db\"}\n", "R107"),
            ("version: 2\nstore: {url: \"sqlite:/n.db\"}\n", "R104"),
        ])
    func store(_ text: String, _ code: String) {
        let (config, found) = read(text)
        #expect(found.map(\.code) == [code])
        #expect(config == nil)
    }
}

@Suite("The settings of a channel")
struct ChannelSettingsTests {
    private static let block = BlockDeclaration(
        "a mail channel",
        [
            .init("host", .text, required: true, "", chinese: ""),
            .init("port", .int(1...65_535), "", chinese: "", standard: "587"),
            .init("tls", .choice(of: "starttls", "implicit"), "", chinese: "", standard: "starttls"),
            .init("eight_bit", .bool, "", chinese: "", standard: "false"), .init("linger", .anySpan, "", chinese: ""),
            .init("key", .secret, "", chinese: ""), .init("words", .list(.text), "", chinese: ""),
            .init(
                "templates", .named(.block { BlockDeclaration("a text", [.init("id", .identifier, "", chinese: "")]) }),
                "", chinese: ""),
        ])

    private func read(_ text: String) throws -> (AdapterSettings, [String]) {
        let root = try #require(YAMLReader.read(bytes: Array(text.utf8), path: "n.yaml").root)
        var findings = Findings()
        let block = try #require(BlockReader(root, Self.block, &findings))
        let settings = ConfigReading(block: block, directory: "").settings(in: block, Self.block.keys, &findings)
        return (settings, findings.all.map { "\($0.code) \($0.path.joined(separator: "."))" })
    }

    @Test("are read by the types that an adapter declares, and stand by its standards")
    func types() throws {
        let (settings, found) = try read(
            "{host: h, linger: 2m, key: {env: K}, words: [R, T], templates: {coupon: {id: SMS_1}, order: {id: SMS_2}}}")
        #expect(found == [])
        let expected = AdapterSettings([
            "host": .text("h"), "port": .int(587), "tls": .text("starttls"), "eight_bit": .bool(false),
            "linger": .span(Span(2, .minutes)), "key": .secret(.env("K")), "words": .list([.text("R"), .text("T")]),
            "templates": .block(
                AdapterSettings([
                    "coupon": .block(AdapterSettings(["id": .text("SMS_1")])),
                    "order": .block(AdapterSettings(["id": .text("SMS_2")])),
                ])),
        ])
        #expect(settings == expected)
        let resolved = try settings.resolved(environment: ["K": "s3cret"])
        #expect(resolved[text: "key"] == "s3cret" && resolved[int: "port"] == 587 && resolved.text("from") == nil)
        #expect(!"\(resolved)".contains("s3cret") && !String(reflecting: resolved).contains("s3cret"))
        #expect(throws: SecretRef.Failure.self) { try settings.resolved(environment: [:]) }
    }

    @Test("name the place of what is wrong, and leave it out")
    func slips() throws {
        let (settings, found) = try read(
            "{host: h, port: 0, tls: ssl, key: K, templates: {coupon: {id: a b}}, words: R}")
        #expect(found == ["R104 port", "R104 tls", "R107 key", "R103 words", "R104 templates.coupon.id"])
        #expect(settings["port"] == nil && settings["key"] == nil)
    }

    @Test("have one type for one name in all adapters, which the schema describes once")
    func oneMeaning() {
        let keys = Dictionary(grouping: Adapters.all.flatMap(\.keys), by: \.name)
        for (name, keys) in keys { #expect(Set(keys.map { "\($0.type)" }).count == 1, "\(name)") }
        #expect(Set(Adapters.all.map(\.type)).count == Adapters.all.count)
    }
}
