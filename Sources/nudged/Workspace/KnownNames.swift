import Config
import Review
import Kit
import Foundation
import Rules
import Store

/// The names that a stop may use: rules of the rules directory, of the set in force and of the store; channels of
/// nudged.yaml. A stop with a misspelt name would stop nothing.
struct KnownNames {
    let rules: [String]
    let channels: [String]

    init(_ config: Configuration?, _ store: MemberStore) throws {
        let kept = try store.rulesInForce()?.files ?? []
        let inForce = kept.map { YAMLReader.read(bytes: Array($0.text.utf8), path: $0.path) }
        let written = KnownNames.written(in: KnownNames.files(of: config) + inForce)
        rules = Set(written).union(try store.liveRules()).sorted()
        channels = KnownNames.channels(of: config)
    }

    /// The rule files of the workspace that can be read.
    static func files(of config: Configuration?) -> [YAMLFile] {
        ((try? RuleSetLoader.daemonFiles(in: config?.rulesDir ?? "rules")) ?? []).compactMap {
            try? RuleSetLoader.read($0)
        }
    }

    /// The ids of rules in these files. Errors elsewhere in a file do not hide its names.
    static func written(in files: [YAMLFile]) -> [String] {
        files.flatMap { $0.root?["rules"]?.items ?? [] }.compactMap { $0["id"]?.text }
    }

    static func channels(of config: Configuration?) -> [String] {
        (config?.channelDeclarations ?? ChannelDeclaration.standard).map(\.id)
    }

    /// Throws for an unknown name, and suggests the nearest.
    func require(_ scope: StopScope) throws {
        switch scope {
        case .rule(let id): try require(id, among: rules, .say("rule", "规则"))
        case .channel(let id): try require(id, among: channels, .say("channel", "渠道"))
        case .all, .rollback, .clock: break
        }
    }

    private func require(_ id: String, among known: [String], _ kind: String) throws {
        guard !known.contains(id) else { return }
        let near = Suggestion.nearest(to: id, among: known)
        let hint: String =
            near == nil
            ? .say("; the names are: ", "；已有：") + known.joined(separator: .say(", ", "、")) : .didYouMean(near)
        throw Failure(
            .usage,
            .say(
                "there is no \(kind) `\(id)`\(hint)\nnothing was changed; --force takes a name that comes later",
                "没有\(kind) `\(id)`\(hint)\n没有改动任何内容；名字以后才会有的，加 --force"))
    }
}
