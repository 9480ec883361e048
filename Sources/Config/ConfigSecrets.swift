import Channels
import Kit
import Rules

/// A secret of nudged.yaml with the place that names it.
package struct SecretPlace: Sendable {
    /// The key that it stands under, such as `password`.
    package let key: String
    package let ref: SecretRef
    package let span: SourceSpan
    package let path: [String]
}

extension ConfigReader {
    /// Every secret that is named, in file order; one that is written wrongly has a finding of its own.
    package static func secrets(in file: YAMLFile) -> [SecretPlace] {
        var found: [SecretPlace] = []
        if let root = file.root { visit(root, .block { ConfigKeys.file }, at: [], &found) }
        return found
    }

    private static func visit(_ node: YAMLNode, _ type: KeyType, at path: [String], _ found: inout [SecretPlace]) {
        var findings = Findings()
        switch type {
        case _ where type.isSecret:
            guard node.entries != nil, let ref = findings.secret(node) else { return }
            found.append(SecretPlace(key: path.last ?? "", ref: ref, span: node.span, path: path))
        case .block(let make):
            let isChannel = make().name == ConfigKeys.anyChannel.name
            let adapter = isChannel ? node["type"]?.text.flatMap { Adapters[$0] } : nil
            let block = adapter.map(ConfigKeys.channel) ?? make()
            for entry in node.entries ?? [] {
                if let key = block[entry.key] { visit(entry.value, key.type, at: path + [entry.key], &found) }
            }
        case .named(let item):
            for entry in node.entries ?? [] { visit(entry.value, item, at: path + [entry.key], &found) }
        case .list(let item):
            for (index, node) in (node.items ?? []).enumerated() {
                visit(node, item, at: path + [String(index)], &found)
            }
        default: break
        }
    }
}

extension BlockReader {
    /// Reads `{env: NAME}`, `{credential: name}` or `{file: /abs/path}`.
    func secret(_ key: String, _ findings: inout Findings) -> SecretRef? {
        read(key, &findings) { $0.secret($1) }
    }
}

extension Findings {
    /// Neither the message nor the help repeats what was written (R107: the excerpt must not show it either).
    mutating func inlineSecret(_ node: YAMLNode, help: String) {
        report("R107", "a secret is written out under `\(place)`", at: node.span, help: [help])
    }

    mutating func secret(_ node: YAMLNode) -> SecretRef? {
        if node.text != nil {
            inlineSecret(node, help: "say where it is:  {env: NAME},  {credential: name}  or  {file: /etc/nudged/name}")
            return nil
        }
        guard let block = BlockReader(node, SecretRef.declaration, &self), block.entries.count == 1,
            let chosen = block.chosen, let text = block.text(chosen.key, &self)
        else { return nil }
        switch chosen.key {
        case "env" where isVariable(text): return .env(text)
        case "credential" where !text.contains("/") && !text.hasPrefix(".") && !text.isEmpty: return .credential(text)
        case "file" where text.hasPrefix("/"): return .file(text)
        default: break
        }
        let help = [
            "env": "a variable has letters, digits and `_`", "credential": "a credential is a name without `/`",
            "file": "the path must be absolute",
        ]
        report(
            "R104", "this does not name a secret", at: chosen.value.span, help: help[chosen.key].map { [$0] } ?? [],
            key: chosen.key)
        return nil
    }

    private func isVariable(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "_")
        }
    }
}

extension Bilingual {
    /// Why a secret, or a setting of a channel, cannot be used; nil for another error.
    package init?(ofSetting error: any Error) {
        switch error {
        case let failure as SecretRef.Failure: self = failure.words
        case let fault as CallbackAddress.Fault: self = fault.words
        case let weak as LinkTokens.WeakSecret: self = weak.words
        default: return nil
        }
    }
}
