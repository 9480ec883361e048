import Config
import Kit
import Rules
import Store

/// The names that a stop may use: rules of the rules directory, of the set in force and of the store; channels of
/// nudged.yaml. A stop with a misspelt name would stop nothing.
package struct KnownNames {
    /// A name that nobody knows, in words that list or suggest those that there are.
    package struct Unknown: Error {
        package let words: Bilingual
    }

    package let rules: [String]
    package let channels: [String]

    package init(_ config: Configuration?, _ store: MemberStore) throws {
        let kept = try store.rulesInForce()?.files ?? []
        let inForce = kept.map { YAMLReader.read(bytes: Array($0.text.utf8), path: $0.path) }
        let written = KnownNames.written(in: KnownNames.files(of: config) + inForce)
        rules = Set(written).union(try store.liveRules()).sorted()
        channels = KnownNames.channels(of: config)
    }

    /// The rule files of the workspace that can be read.
    package static func files(of config: Configuration?) -> [YAMLFile] {
        ((try? RuleSetLoader.daemonFiles(in: config?.rulesDir ?? "rules")) ?? []).compactMap {
            try? RuleSetLoader.read($0)
        }
    }

    /// The ids of rules in these files. Errors elsewhere in a file do not hide its names.
    package static func written(in files: [YAMLFile]) -> [String] {
        files.flatMap { $0.root?["rules"]?.items ?? [] }.compactMap { $0["id"]?.text }
    }

    package static func channels(of config: Configuration?) -> [String] {
        (config?.channelDeclarations ?? ChannelDeclaration.standard).map(\.id)
    }

    /// Throws `Unknown`, with the nearest name.
    package func require(_ scope: StopScope) throws {
        switch scope {
        case .rule(let id): try require(id, among: rules, Bilingual("rule", "规则"))
        case .channel(let id): try require(id, among: channels, Bilingual("channel", "渠道"))
        case .all, .rollback, .clock: break
        }
    }

    private func require(_ id: String, among known: [String], _ kind: Bilingual) throws {
        guard !known.contains(id) else { return }
        let hint =
            if let near = Suggestion.nearest(to: id, among: known) {
                Bilingual("; did you mean `\(near)`?", "；是不是 `\(near)`？")
            } else {
                Bilingual(
                    "; the names are: \(known.joined(separator: ", "))", "；已有：\(known.joined(separator: "、"))")
            }
        throw Unknown(
            words: Bilingual(
                "there is no \(kind.english) `\(id)`\(hint.english)", "没有\(kind.chinese) `\(id)`\(hint.chinese)"))
    }
}
