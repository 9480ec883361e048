import Kit
import Policies
import Rules
import Store

/// The rules that are live in force and that the rules directory no longer has: somebody ended them, or a file went
/// missing.
package struct GoneRules: Sendable {
    /// Their ids, in the order of the set in force.
    package let ids: [String]
    /// Whether they were all, their files are gone, no other live rule takes their place, and no file says by `rules: []`
    /// that this is meant: everything would stop without a word.
    package let isRefused: Bool

    /// - Parameter directory: what was read of the rules directory; its rules count as far as they could be read.
    package init(
        from store: MemberStore, to directory: RuleSetLoader.Loaded, channels: [ChannelDeclaration]
    ) throws {
        guard let inForce = try store.rulesInForce(), try !GoneRules.gives(way: directory, to: inForce, store) else {
            (ids, isRefused) = ([], false)
            return
        }
        let live = RuleSetLoader.check(inForce, channels: channels).sound.rules.filter { $0.status == .live }
        let kept = Set(directory.sound.rules.map(\.id))
        ids = live.map(\.id).filter { !kept.contains($0) }
        isRefused =
            !ids.isEmpty && ids.count == live.count && !directory.sound.rules.contains { $0.status == .live }
            && !directory.files.contains { file in
                (file.root?["rules"]?.items?.isEmpty ?? false)
                    || live.contains { GoneRules.isSame($0.origin.file, file.path) }
            }
    }

    /// The directory holds what is in force, or is what it was before a plan was applied, which stays in force.
    private static func gives(
        way directory: RuleSetLoader.Loaded, to inForce: RuleVersion, _ store: MemberStore
    ) throws -> Bool {
        if inForce.hash == directory.hash { return true }
        return try inForce.source == .applied && store.lastFromDirectory()?.hash == directory.hash
    }

    /// One of them may begin at the rules directory and the other above it.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        one == other || one.hasSuffix("/" + other) || other.hasSuffix("/" + one)
    }

    private static let named = 3

    /// The first of them, and how many more.
    package var list: Bilingual {
        let (first, more) = (ids.prefix(GoneRules.named), ids.count - GoneRules.named)
        return Bilingual(
            first.joined(separator: ", ") + (more > 0 ? " and \(more) more" : ""),
            first.joined(separator: "、") + (more > 0 ? " 等 \(ids.count) 条" : ""))
    }

    /// Why the directory is refused.
    package var refusal: Bilingual {
        Bilingual(
            "the rules directory no longer has \(list), nor their files, and no live rule is left: put the file back; where that is meant, "
                + "write `rules: []` in a file there, or put the set in force by `nudged plan` and `nudged apply`",
            "规则目录里不再有 \(list.chinese)，原来的文件也不在了，没有其他 live 规则：请把文件放回去；如果确实要全部结束，"
                + "在目录里的文件中写 `rules: []`，或者用 `nudged plan` 和 `nudged apply` 生效")
    }

    /// For the status, where others go on.
    package var note: Bilingual {
        Bilingual("no longer in the rules directory: \(list)", "规则目录里不再有：\(list.chinese)")
    }
}
