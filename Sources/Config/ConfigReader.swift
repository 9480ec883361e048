import Channels
import Kit
import Policies
import Rules

/// Reads nudged.yaml.
package enum ConfigReader {
    /// Nil when there is any error: the daemon then prints all of them and does not start. The YAML reader's own
    /// findings stay in `file.diagnostics`.
    package static func read(_ file: YAMLFile) -> (Configuration?, [Diagnostic]) {
        var findings = Findings()
        findings.isWhole = file.isWhole
        findings.asksForValues = true
        guard let root = file.root else {
            if !file.diagnostics.contains(where: { $0.severity == .error }) {
                findings.report(
                    "R102", "`store` is missing in nudged.yaml", at: .top(of: file.path),
                    help: ["add  store: {url: \"sqlite:/var/lib/nudged/nudged.db\"}"])
            }
            return (nil, findings.all)
        }
        let schema = FileKind.schemaFinding(in: file.source, schema: "nudged", depth: ".nudged/")
        findings.append(schema.map { [$0] } ?? [])
        let config = BlockReader(root, ConfigKeys.file, &findings).flatMap {
            ConfigReading(block: $0, directory: directory(of: file.path)).config(&findings)
        }
        let isBroken = (findings.all + file.diagnostics).contains { $0.severity == .error }
        return (isBroken ? nil : config, TwinKeys.resolved(findings.all, in: [file]))
    }

    /// The value of `lang` alone, also for a file that has errors elsewhere.
    package static func language(_ file: YAMLFile) -> Language? {
        file.root?["lang"]?.text.flatMap(Language.init(named:))
    }

    /// The value of `rules_dir` alone, also for a file that has errors elsewhere.
    package static func rulesDirectory(_ file: YAMLFile) -> String {
        path(file.root?["rules_dir"]?.text ?? "rules", from: directory(of: file.path))
    }

    /// A path relative to the file's own directory.
    static func path(_ text: String, from directory: String) -> String {
        if text.hasPrefix("/") || directory.isEmpty { return text }
        return directory == "/" ? "/" + text : directory + "/" + text
    }

    /// The directory without its last slash; empty for a bare file name.
    private static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// The values of one nudged.yaml.
struct ConfigReading {
    let block: BlockReader
    let directory: String

    func config(_ findings: inout Findings) -> Configuration? {
        _ = block.int("version", &findings)
        let rulesDir = block.read("rules_dir", &findings) { path($1, &$0) } ?? path("rules")
        var config = Configuration(storeURL: "", rulesDir: rulesDir)
        config.language = block.read("lang", &findings) { language(&$0, $1) }
        let url = block.block("store", &findings) { store, findings in
            config.durability = store.choice("durability", as: Durability.self, &findings) ?? .full
            config.storeKey = store.secret("key", &findings)
            config.previousStoreKey = store.secret("previous_key", &findings)
            return store.read("url", &findings) { storeURL(&$0, $1) }
        }
        config.reload = block.choice("reload", as: Configuration.Reload.self, &findings) ?? .watch
        let before = findings.all.count
        var ids: Set<String> = []
        config.http = block.block("http", &findings) { self.http($0, &ids, &$1) }
        config.folders = folders(&ids, &findings)
        config.links = block.block("links", &findings) { links, findings in
            findings.inside("links") { self.links(links, &$0) }
        }
        config.channels = channels(&findings)
        // Errors in `http` and in the channels come first.
        if !findings.hasError(since: before) { config.unserved = unserved(config, &findings) }
        config.alerts = block.block("alerts", &findings) { self.alerts($0, config.channels, &$1) } ?? config.alerts
        config.retention = block.block("retention", &findings) { retention($0, &$1) } ?? config.retention
        if let log = block.block("log", &findings) {
            findings.inside("log") { findings in
                config.log.level = log.choice("level", as: Configuration.Log.Level.self, &findings) ?? .info
                config.log.format = log.choice("format", as: Configuration.Log.Format.self, &findings) ?? .text
            }
        }
        config.maxInflight =
            block.block("limits", &findings) { $0.int("max_inflight", &$1) } ?? Configuration.standardMaxInflight
        guard let url else { return nil }
        config.storeURL = url
        return config
    }

    /// Reports R108 for keys that this version does not serve, so that their author knows that nothing happens.
    private func unserved(_ config: Configuration, _ findings: inout Findings) -> [String] {
        var keys: [String] = []
        if config.links != nil, config.http == nil, let entry = block.entry("links") {
            keys.append("links")
            findings.report(
                "R108", .warning, "nothing serves `links` without `http`: nobody could open one", at: entry.keySpan,
                help: ["add  http: {listen: \"127.0.0.1:8080\"}"], key: "links")
        }
        for channel in config.channels {
            let entries = block["channels"]?[channel.id]?.entries ?? []
            let entry = entries.first { CallbackAddress.blocks.contains($0.key) }
            guard let entry, config.http == nil || channel.adapter.callbacks == nil else { continue }
            keys.append("channels.\(channel.id).\(entry.key)")
            let isLater = channel.adapter.callbacks == nil
            findings.inside("channels") {
                $0.inside(channel.id) {
                    $0.report(
                        "R108", .warning,
                        "nothing serves `\(entry.key)`\(isLater ? " yet" : " without `http`"): the provider's reports reach nobody",
                        at: entry.keySpan,
                        help: [
                            isLater
                                ? "take it away, or leave it for a later version"
                                : "add  http: {listen: \"127.0.0.1:8080\"}"
                        ], key: entry.key)
                }
            }
        }
        return keys
    }

    /// A path relative to the file's own directory.
    func path(_ text: String) -> String { ConfigReader.path(text, from: directory) }

    /// The same of a value. An empty one is reported: it would mean the file's own directory.
    func path(_ node: YAMLNode, _ findings: inout Findings) -> String? {
        guard let text = findings.text(node) else { return nil }
        guard !text.withoutOuterSpaces.isEmpty else {
            findings.report(
                "R104", "`\(findings.place)` is empty", at: node.span, help: ["write the path of a file or folder"])
            return nil
        }
        return path(text)
    }

    /// Also by the names that other programs have for it.
    private func language(_ findings: inout Findings, _ node: YAMLNode) -> Language? {
        if let named = node.text.flatMap(Language.init(named:)) { return named }
        return findings.word(node, among: Language.allCases.map(\.rawValue)).flatMap(Language.init(rawValue:))
    }

    private func storeURL(_ findings: inout Findings, _ node: YAMLNode) -> String? {
        guard let text = findings.text(node) else { return nil }
        if text.hasPrefix("sqlite:") {
            let file = String(text.dropFirst("sqlite:".count))
            if file == ":memory:" { return text }
            if !file.isEmpty, !file.hasPrefix("//") { return "sqlite:" + path(file) }
        } else if text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") {
            return withoutPassword(text, node, &findings)
        }
        findings.report(
            "R104", "this does not name a store", at: node.span,
            help: ["write  \"sqlite:/var/lib/nudged/nudged.db\"  or  \"postgresql://host/database\""])
        return nil
    }

    /// Refuses `user:password@host`, which is a secret in the open.
    private func withoutPassword(_ url: String, _ node: YAMLNode, _ findings: inout Findings) -> String? {
        let authority = url.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@"), authority[..<at].contains(":") else { return url }
        findings.inlineSecret(node, help: "leave the password out of the url and put it into ~/.pgpass")
        return nil
    }

    /// Reads `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`.
    func listen(_ findings: inout Findings, _ node: YAMLNode) -> (host: String, port: Int)? {
        guard let text = findings.text(node) else { return nil }
        if let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) {
            var host = text[..<colon]
            let bracketed = host.hasPrefix("[") && host.hasSuffix("]")
            if bracketed { host = host.dropFirst().dropLast() }
            if !host.isEmpty, bracketed || !host.contains(":"), !host.contains("/") { return (String(host), Int(port)) }
        }
        findings.report(
            "R104", "`\(text)` is not an address and a port", at: node.span, help: ["write  \"127.0.0.1:8080\""])
        return nil
    }
}
