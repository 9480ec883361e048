import Config
import Glibc
import Kit
import Rules
import Store

/// The test before a start: everything that the daemon needs and that only shows on this machine. It writes nothing.
package struct StartCheck {
    let file: YAMLFile
    let environment: [String: String]

    /// - Parameter environment: the daemon's; a secret may be one of its variables.
    package init(_ file: YAMLFile, environment: [String: String]) {
        self.file = file
        self.environment = environment
    }

    /// The findings of `check --config FILE`: on nudged.yaml, R109 for anything it names that cannot be used, and on
    /// the rules that the daemon reads, with the questions to the store that a reload asks.
    package func run() throws -> RuleSetLoader.Loaded {
        let (config, found) = ConfigReader.read(file)
        var ofConfig = file.diagnostics + found
        guard let config else { return loaded(ofConfig, rules: nil) }
        ofConfig +=
            secrets() + tokens(of: config) + shortTokens(of: config) + linkSecret(of: config) + outputs(of: config)
            + folders(of: config) + mailboxes(of: config) + alertCommand(of: config) + serving(of: config)
        let mappings = SourceMappings(of: config)
        ofConfig += mappings.diagnostics
        config.useStoreKeys(environment: environment)
        let (store, objection) = openStore(config)
        ofConfig += objection.map { [$0] } ?? []
        let files = try RuleSetLoader.daemonFiles(in: config.rulesDir).map(RuleSetLoader.read)
        var rules = RuleSetLoader.read(files, channels: config.channelDeclarations)
        rules.diagnostics +=
            try store.map { try StoreCheck($0, at: .now).briefly(on: rules) } ?? StoreCheck.limits(on: rules)
        ofConfig += try store.map { try gone(from: $0, rules, config) } ?? []
        rules.diagnostics = RuleSetLoader.suppressed(
            rules.diagnostics, files, asked: store == nil ? [] : StoreFindings.cheapCodes)
        rules.diagnostics += try RuleSetLoader.misnamed(under: config.rulesDir)
        return loaded(ofConfig, rules: rules, mappings)
    }

    private func loaded(
        _ ofConfig: [Diagnostic], rules: RuleSetLoader.Loaded?, _ mappings: SourceMappings? = nil
    ) -> RuleSetLoader.Loaded {
        var loaded = rules ?? RuleSetLoader.read([], channels: ChannelDeclaration.standard)
        loaded.diagnostics =
            (RuleSetLoader.suppressed(ofConfig, [file]) + (rules?.diagnostics ?? [])).inFileOrder()
        for mapping in mappings?.files ?? [] {
            loaded.files.append(mapping)
            loaded.sources[mapping.path] = mapping.source
        }
        loaded.files.insert(file, at: 0)
        loaded.sources[file.path] = file.source
        return loaded
    }

    func unusable(_ message: Bilingual, at span: SourceSpan, path: [String]) -> Diagnostic {
        Diagnostic("R109", .error, message, at: span, path: path)
    }

    private func secrets() -> [Diagnostic] {
        ConfigReader.secrets(in: file).compactMap { place in
            do {
                _ = try place.ref.resolve(environment: environment)
                return nil
            } catch {
                let reason = Bilingual(error)
                return unusable(
                    Bilingual("`\(place.key)` cannot be read: \(reason)", "读不到 `\(place.key)`：\(reason.chinese)"),
                    at: place.span, path: place.path)
            }
        }
    }

    /// Settings that no address for calls can be made of; a secret that cannot be read has its finding already.
    private func tokens(of config: Configuration) -> [Diagnostic] {
        config.channels.compactMap { channel in
            guard let (block, fault) = channel.callbackFault(environment: environment) else { return nil }
            let node = file.root?["channels"]?[channel.id]?[block]?[fault.key]
            return unusable(
                fault.words, at: node?.span ?? .top(of: file.path),
                path: ["channels", channel.id, block, fault.key])
        }
    }

    /// A secret of links that is too short; one that cannot be read has its finding already.
    private func linkSecret(of config: Configuration) -> [Diagnostic] {
        guard let fault = config.links?.fault(environment: environment) else { return [] }
        let node = file.root?["links"]?["secret"]
        return [
            unusable(
                Bilingual("`secret` signs no links: \(fault)", "`secret` 不能给链接签名：\(fault.chinese)"),
                at: node?.span ?? .top(of: file.path), path: ["links"])
        ]
    }

    private func shortTokens(of config: Configuration) -> [Diagnostic] {
        config.channels.compactMap { channel -> Diagnostic? in
            guard let block = channel.guessableToken(environment: environment) else { return nil }
            let node = file.root?["channels"]?[channel.id]?[block]?["path_token"]
            return Diagnostic(
                "R251", .warning,
                "`path_token` has fewer than \(ChannelConfig.shortestToken) characters: whoever guesses it can report in the provider's name",
                at: node?.span ?? .top(of: file.path), path: ["channels", channel.id, block, "path_token"])
        }
    }

    /// The rules in force that a start would not let go.
    private func gone(
        from store: MemberStore, _ rules: RuleSetLoader.Loaded, _ config: Configuration
    ) throws -> [Diagnostic] {
        let gone = try GoneRules(from: store, to: rules, channels: config.channelDeclarations)
        let span = file.root?["rules_dir"]?.span ?? .top(of: file.path)
        return gone.isRefused ? [unusable(gone.refusal, at: span, path: ["rules_dir"])] : []
    }

    /// The store, opened to read only; nil when there is none yet and `run` will create it.
    private func openStore(_ config: Configuration) -> (MemberStore?, Diagnostic?) {
        let url = config.storeURL
        let node = file.root?["store"]?["url"]
        let span = node?.span ?? .top(of: file.path)
        do {
            let path = try MemberStore.filePath(of: url)
            if path == ":memory:" { return (nil, nil) }
            if access(path, F_OK) != 0, errno == ENOENT {
                let reason = whyNotWritable(folderOf: path)
                return (nil, reason.map { unopened($0, at: span) })
            }
            let store = try MemberStore.reading(url)
            try store.requireCurrentSchema()
            // Opening and closing the file would let go of SQLite's locks. Beside it lie its log, its lock and its mark.
            let own = access(path, W_OK) == 0 ? nil : Bilingual(errno: errno)
            if let reason = own ?? whyNotWritable(folderOf: path) {
                return (store, unwritten(reason, at: span))
            }
            if let fault = try config.encryptionFault(of: store) { return (store, unopened(fault, at: span)) }
            return (store, nil)
        } catch {
            return (nil, unopened(Bilingual(error), at: span))
        }
    }

    private func unwritten(_ reason: Bilingual, at span: SourceSpan) -> Diagnostic {
        unusable(
            Bilingual("the store cannot be written: \(reason)", "数据库不能写入：\(reason.chinese)"), at: span,
            path: ["store", "url"])
    }

    private func unopened(_ reason: Bilingual, at span: SourceSpan) -> Diagnostic {
        unusable(
            Bilingual("the store cannot be opened: \(reason)", "打不开数据库：\(reason.chinese)"), at: span,
            path: ["store", "url"])
    }

    /// The files that channels append to, and the folders that they write into.
    private func outputs(of config: Configuration) -> [Diagnostic] {
        config.channels.flatMap { channel in
            channel.adapter.keys.compactMap { key in
                guard let path = channel.settings.text(key.name), let reason = whyNot(key.type, path) else {
                    return nil
                }
                let node = file.root?["channels"]?[channel.id]?[key.name]
                let isFolder = if case .outputFolder = key.type { true } else { false }
                return unusable(
                    isFolder
                        ? Bilingual(
                            "the folder `\(path)` cannot be written: \(reason)", "写不了目录 `\(path)`：\(reason.chinese)")
                        : Bilingual(
                            "the log `\(path)` cannot be written: \(reason)", "写不了日志 `\(path)`：\(reason.chinese)"),
                    at: node?.span ?? .top(of: file.path),
                    path: ["channels", channel.id, key.name])
            }
        }
    }

    /// Folders whose files are imported: files are moved within them.
    private func folders(of config: Configuration) -> [Diagnostic] {
        config.folders.compactMap { folder in
            guard let reason = whyNotWritable(folder.path) else { return nil }
            let index = (file.root?["sources"]?.items ?? []).firstIndex { $0["id"]?.text == folder.id }
            let node = index.flatMap { file.root?["sources"]?.items?[$0]["folder"] }
            return unusable(
                Bilingual(
                    "the folder `\(folder.path)` cannot be written: \(reason)",
                    "写不了目录 `\(folder.path)`：\(reason.chinese)"),
                at: node?.span ?? .top(of: file.path), path: ["sources", "\(index ?? 0)", "folder"])
        }
    }

    /// The Maildirs that bounces are delivered to: a wrong one is read for ever without a word.
    private func mailboxes(of config: Configuration) -> [Diagnostic] {
        config.channels.compactMap { channel in
            guard let path = channel.settings.block("bounces")?.text("maildir") else { return nil }
            guard let reason = ["new", "cur"].compactMap({ whyNotWritable(path + "/" + $0) }).first else { return nil }
            let node = file.root?["channels"]?[channel.id]?["bounces"]?["maildir"]
            return unusable(
                Bilingual("the Maildir `\(path)` cannot be used: \(reason)", "用不了 Maildir `\(path)`：\(reason.chinese)"),
                at: node?.span ?? .top(of: file.path), path: ["channels", channel.id, "bounces", "maildir"])
        }
    }

    /// The program of alerts, which nobody would miss until it is needed.
    private func alertCommand(of config: Configuration) -> [Diagnostic] {
        guard let path = config.alerts.command else { return [] }
        var status = stat()
        let isThere = stat(path, &status) == 0
        let refusal = isThere && access(path, X_OK) == 0 ? nil : Bilingual(errno: errno)
        guard refusal != nil || status.st_mode & S_IFMT != S_IFREG else { return [] }
        let why = refusal ?? Bilingual("it is no file", "它不是文件")
        let node = file.root?["alerts"]?["command"]
        return [
            unusable(
                Bilingual("the program `\(path)` cannot be run: \(why)", "运行不了程序 `\(path)`：\(why.chinese)"),
                at: node?.span ?? .top(of: file.path), path: ["alerts", "command"])
        ]
    }

    private func whyNot(_ type: KeyType, _ path: String) -> Bilingual? {
        switch type {
        case .outputFile: whyNotAppendable(path)
        case .outputFolder: access(path, F_OK) == 0 ? whyNotWritable(path) : whyNotWritable(folderOf: path)
        default: nil
        }
    }

    /// Nil when a line could be appended; nothing is created.
    private func whyNotAppendable(_ path: String) -> Bilingual? {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK)
        if descriptor >= 0 {
            close(descriptor)
            return nil
        }
        if errno == ENOENT { return whyNotWritable(folderOf: path) }
        return Bilingual(errno: errno)
    }

    private func whyNotWritable(folderOf path: String) -> Bilingual? {
        let slash = path.lastIndex(of: "/")
        return whyNotWritable(slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".")
    }

    private func whyNotWritable(_ folder: String) -> Bilingual? {
        if access(folder, W_OK | X_OK) == 0 { return nil }
        let reason = Bilingual(errno: errno)
        return Bilingual("\(folder): \(reason)", "\(folder)：\(reason.chinese)")
    }
}
