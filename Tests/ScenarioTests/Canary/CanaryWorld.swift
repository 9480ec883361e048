import Foundation
import Kit
import TestSupport
import Testing

/// A shop whose members, messages and secrets are canaries, with all that it prints gathered.
final class CanaryWorld {
    /// The providers' answers by the last digit: taken, refused, unclear.
    static let digits = [1, 2, 3]
    static let token = Canary(name: "the access token", value: "acc3ssTokenOfTheCanary")
    static let secrets = [
        "CANARY_PASSWORD": Canary(name: "the gateway's password", value: "pa55wordOfTheCanary"),
        "CANARY_PATH": Canary(name: "the token of callbacks", value: "pathTokenOfTheCanary"),
        "CANARY_SECRET": Canary(name: "the account's secret", value: "accountSecretOfTheCanary"),
        "CANARY_STORE": Canary(name: "the key of the store", value: "keyOfTheStoreOfTheCanaryOf32Bytes"),
    ]

    static func phone(_ digit: Int) -> Canary { Canary(name: "phone \(digit)", value: "1397531864\(digit)") }
    static func email(_ digit: Int) -> Canary {
        Canary(name: "email \(digit)", value: "nightingale\(digit)@birds.example")
    }
    static func openID(_ digit: Int) -> Canary { Canary(name: "openid \(digit)", value: "oNightingaleOpenId_\(digit)") }
    static func external(_ digit: Int) -> Canary {
        Canary(name: "external_userid \(digit)", value: "wmNightingaleExternal_\(digit)")
    }
    static func person(_ digit: Int) -> Canary {
        Canary(name: "name \(digit)", value: ["欧阳金丝雀", "司马金丝雀", "诸葛金丝雀"][digit - 1])
    }
    static let body = Canary(name: "the text", value: "canaryTextOfTheMessage")
    /// The id of a member: commands show ids, because operators ask by them; the log and STATUS do not.
    static let id = Canary(name: "an id that is a phone number", value: "13975318649")
    static let replied = Canary(name: "the reply", value: "canaryTextOfTheReply")

    static let search = CanarySearch(
        canaries: digits.flatMap { [phone($0), email($0), openID($0), external($0), person($0)] }
            + [body, replied, token] + secrets.values)

    let scratch: Scratch
    let peer: EchoingPeer
    let port: Int
    /// All that programs and the gateway said, by who said it.
    private(set) var outputs: [(source: String, bytes: Data)] = []
    /// The files that we wrote ourselves.
    private var written: Set<String> = []

    /// Whether the store is encrypted: its files are searched too.
    private let isEncrypted: Bool

    init(format: String, isEncrypted: Bool) throws {
        self.isEncrypted = isEncrypted
        scratch = try Scratch()
        peer = try EchoingPeer()
        port = try Loopback.freePorts(1)[0]
        try write("rules/rules.yaml", CanaryWorld.rules)
        try write("rules/settings.yaml", "version: 1\nservice_owners: [crm-team]\nblast_guard: off\n")
        try write("rules/templates.yaml", CanaryWorld.templates)
        try write("nudged.yaml", config(format: format))
        let members = CanaryWorld.digits.map {
            "m\($0),\(CanaryWorld.person($0).value),\(CanaryWorld.phone($0).value),\(CanaryWorld.email($0).value),"
                + "\(CanaryWorld.openID($0).value),\(CanaryWorld.external($0).value),active"
        }
        let own = "\(CanaryWorld.id.value),,13975318651,,,,active"
        let columns = "id,display_name,phone,email,wechat_openid,wecom_external_userid,status\n"
        try write("members.csv", columns + (members + [own]).joined(separator: "\n") + "\n")
    }

    func write(_ path: String, _ text: String) throws {
        let url = scratch.directory.appending(path: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
        written.insert(path)
    }

    func config(format: String, password: String = "{env: CANARY_PASSWORD}") -> String {
        """
        version: 1
        store: {url: "sqlite:nudged.db"\(isEncrypted ? ", key: {env: CANARY_STORE}" : "")}
        rules_dir: rules
        http: {listen: "127.0.0.1:\(port)"}
        log: {level: debug, format: \(format)}
        channels:
          sms:
            type: kannel
            url: "http://127.0.0.1:\(peer.web)/sms"
            method: get
            username: tester
            password: \(password)
            dlr: {base_url: "http://127.0.0.1:\(port)/callbacks/sms", path_token: {env: CANARY_PATH}}
          email: {type: smtp, host: 127.0.0.1, port: \(peer.mail), tls: none, from: "shop@shop.example"}
          wechat:
            type: wechat-official
            endpoint: "http://127.0.0.1:\(peer.web)"
            app_id: wx1
            app_secret: {env: CANARY_SECRET}
          wecom: {type: log, path: sent.ndjson}
        """
    }

    /// What somebody said: it is searched in the end.
    func gather(_ source: String, _ bytes: Data) { outputs.append((source, bytes)) }

    @discardableResult
    func run(_ command: String) throws -> Scratch.Run {
        let exported = CanaryWorld.secrets.map { "\($0.key)=\($0.value.value)" }.joined(separator: " ")
        let run = try scratch.run("export \(exported); \(command)")
        gather("`\(command.prefix(40))`", Data(run.printed.joined(separator: "\n").utf8))
        return run
    }

    func daemon() throws -> DaemonProcess {
        try DaemonProcess(scratch, environment: CanaryWorld.secrets.mapValues(\.value))
    }

    /// The whole answer of the gateway to one raw request.
    func ask(_ request: String) throws -> String {
        let connection = try #require(Loopback.connect(port))
        defer { close(connection) }
        Loopback.send(request, to: connection)
        var answer = Data()
        while let more = Loopback.receive(connection) { answer += Data(more) }
        gather("the gateway", answer)
        return String(decoding: answer, as: UTF8.self)
    }

    /// The files that are there but for those that may know: a store that is not encrypted, the rejected rows, the log
    /// channel's own file, and what we wrote.
    func gatherFiles() throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: scratch.directory.path)
        for name in names where !written.contains(name) {
            let isStore = name.hasPrefix("nudged.db")
            let mayKnow = isStore && !isEncrypted || name.hasSuffix(".rejected.csv") || name == "sent.ndjson"
            guard !mayKnow,
                let bytes = FileManager.default.contents(atPath: scratch.directory.appending(path: name).path)
            else { continue }
            gather(name, bytes)
        }
    }

    /// One sentence for each canary in an output.
    var leaks: [String] {
        let ofDaemon = CanarySearch(canaries: CanaryWorld.search.canaries + [CanaryWorld.id])
        return Set(
            outputs.flatMap { output in
                let isDaemon = output.source == "STATUS" || output.source.hasPrefix("daemon.")
                return (isDaemon ? ofDaemon : CanaryWorld.search).found(in: output.bytes).map {
                    "\(output.source): \($0)"
                }
            }
        ).sorted()
    }
}

extension CanaryWorld {
    private static let channels = ["sms", "email", "wechat", "wecom"]

    fileprivate static var rules: String {
        channels.reduce("version: 1\nrules:\n") { text, channel in
            text + """
                  - id: visit-\(channel)
                    name: 到店问候
                    status: live
                    owner: crm-team
                    purpose: service
                    when: {event: {name: store.visited}}
                    do:
                      - send:
                          try: [{\(channel): {template: hello-\(channel)}}]
                          fill: {name: member.display_name, note: trigger.data.note}
                    if_late: {send_within: 6h}

                """
        }
    }

    fileprivate static var templates: String {
        channels.reduce("version: 1\ntemplates:\n") { text, channel in
            let subject = channel == "email" ? "    subject: \"{{ name | default: '您好' }}\"\n" : ""
            return text + """
                  - id: hello-\(channel)
                    channel: \(channel)
                \(subject)\
                    text: "【星河百货】{{ name | default: '您好' }}：{{ note | default: '欢迎' }}"
                    values: {name: text, note: text}

                """
        }
    }
}
