import Kit
import Rules

/// The names that people may write for channels: those of nudged.yaml and the standard ones, by their own name, in other
/// case, or by a word for them; `*` and its words mean every channel.
package enum ChannelWord {
    /// The channel of that name or word, or `*`; nil for one that nobody has: a word about it would reach nobody.
    /// - Parameter kind: channels of another kind of address are left out.
    package static func known(
        _ name: String, among declared: [ChannelDeclaration], for kind: ChannelDeclaration.Address? = nil
    ) -> String? {
        let word = Width.folded(name).lowercased()
        if ValueWords.everyChannel.contains(word) { return "*" }
        let known = names(declared, for: kind).dropLast()
        if known.contains(name) { return name }
        if let standard = ValueWords.channel[word], known.contains(standard) { return standard }
        return known.first { $0.lowercased() == word }
    }

    /// The names of channels, and `*` last.
    package static func names(
        _ declared: [ChannelDeclaration], for kind: ChannelDeclaration.Address? = nil
    ) -> [String] {
        let standard = ChannelDeclaration.standard.filter { one in !declared.contains { $0.id == one.id } }
        return (declared + standard).filter { kind == nil || $0.address == kind }.map(\.id) + ["*"]
    }
}
