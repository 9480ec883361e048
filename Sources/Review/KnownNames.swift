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
        throw KnownNames.unknown(id, among: known, kind)
    }

    /// Throws `Unknown` for a rule or channel that neither the workspace nor any delivery names: it would select nothing,
    /// which looks like success.
    package static func require(
        of filter: DeliveryFilter, _ config: Configuration?, _ store: MemberStore
    ) throws {
        guard filter.rule != nil || filter.channel != nil else { return }
        let names = try KnownNames(config, store)
        let asked: [(String?, [String], DeliveryKey, Bilingual)] = [
            (filter.rule, names.rules, .rule, Bilingual("rule", "规则")),
            (filter.channel, names.channels, .channel, Bilingual("channel", "渠道")),
        ]
        for case (let name?, let known, let key, let kind) in asked where !known.contains(name) {
            let delivered = try store.deliveryCounts(DeliveryFilter(), by: [key]).compactMap { $0.values.first ?? nil }
            guard !delivered.contains(name) else { continue }
            throw unknown(name, among: Set(known + delivered).sorted(), kind)
        }
    }

    private static func unknown(_ id: String, among known: [String], _ kind: Bilingual) -> Unknown {
        let hint =
            if let near = Suggestion.nearest(to: id, among: known) {
                Bilingual("; did you mean `\(near)`?", "；是不是 `\(near)`？")
            } else {
                Bilingual(
                    "; the names are: \(known.joined(separator: ", "))", "；已有：\(known.joined(separator: "、"))")
            }
        return Unknown(
            words: Bilingual(
                "there is no \(kind.english) `\(id)`\(hint.english)", "没有\(kind.chinese) `\(id)`\(hint.chinese)"))
    }
}
