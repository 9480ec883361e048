import Channels
import Kit
import Rules

/// The settings of a channel, read by the keys that its adapter declares.
extension ConfigReading {
    /// A value with a finding is left out.
    func settings(
        in block: BlockReader, _ keys: [KeyDeclaration], _ findings: inout Findings
    ) -> AdapterSettings {
        var settings = AdapterSettings()
        for key in keys {
            settings[key.name] = block.read(key.name, &findings) { value($1, key.type, &$0) }
            if !block.has(key.name), let standard = key.standard { settings[key.name] = value(standard, key.type) }
        }
        return settings
    }

    private func value(
        _ node: YAMLNode, _ type: KeyType, _ findings: inout Findings
    ) -> AdapterSettings.Value? {
        switch type {
        case .webAddress: return findings.webAddress(node).map { .text($0) }
        case .outputFile, .outputFolder: return path(node, &findings).map { .text($0) }
        case .identifier: return findings.identifier(node).map { .text($0) }
        case .choice(let choices): return findings.word(node, among: choices.map(\.word)).map { .text($0) }
        case .int(let range): return findings.int(node, in: range).map { .int($0) }
        case .bool: return findings.bool(node).map { .bool($0) }
        case .span(let units): return findings.duration(node, units: units).map { .span($0) }
        case .list(let item):
            return findings.items(node).map { items in .list(findings.each(items) { value($1, item, &$0) }) }
        case .named(let item): return named(node, item, &findings).map { .block($0) }
        case .block(let make):
            if type.isSecret { return findings.secret(node).map { .secret($0) } }
            guard let block = BlockReader(node, make(), &findings) else { return nil }
            return .block(settings(in: block, make().keys, &findings))
        default: return findings.text(node).map { .text($0) }
        }
    }

    /// A block under the author's own names.
    private func named(_ node: YAMLNode, _ type: KeyType, _ findings: inout Findings) -> AdapterSettings? {
        guard let entries = node.entries else {
            findings.wrongKind(node, wanted: "a block of keys")
            return nil
        }
        var settings = AdapterSettings()
        for entry in entries {
            settings[entry.key] = findings.inside(entry.key) { value(entry.value, type, &$0) }
        }
        return settings
    }

    /// The value that a declaration states as the standard of its key.
    private func value(_ standard: String, _ type: KeyType) -> AdapterSettings.Value? {
        switch type {
        case .int: Int(standard).map { .int($0) }
        case .bool: .bool(standard == "true")
        default: .text(standard)
        }
    }
}

extension Findings {
    /// Accepts `http` or `https`, a host, and no password.
    fileprivate mutating func webAddress(_ node: YAMLNode) -> String? {
        guard let text = text(node) else { return nil }
        let scheme = ["http://", "https://"].first { text.hasPrefix($0) }
        let host = text.dropFirst(scheme?.count ?? 0).prefix { $0 != "/" && $0 != "?" }
        guard scheme != nil, !host.isEmpty, !text.contains(where: \.isWhitespace) else {
            report("R104", "this is not a web address", at: node.span, help: ["it starts with http:// or https://"])
            return nil
        }
        if host.contains("@") {
            inlineSecret(node, help: "name the user and the password under their own keys")
            return nil
        }
        return text
    }
}
