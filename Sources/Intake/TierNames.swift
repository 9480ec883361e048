import Kit
import Rules

/// The tiers of the settings, found by their id or display name in any case.
package struct TierNames: Sendable {
    private var ids: [String: String] = [:]
    package let isEmpty: Bool

    package init(_ tiers: [Settings.Tier] = []) {
        isEmpty = tiers.isEmpty
        // What is written exactly so comes before what differs in case, an id before a name.
        let spellings =
            [{ TierNames.key($0.name) }, { TierNames.key($0.id) }, \.name, \.id] as [(Settings.Tier) -> String]
        for spelling in spellings {
            for tier in tiers.reversed() { ids[spelling(tier)] = tier.id }
        }
    }

    /// The id of the tier that a file names; nil where no tier has that id or name.
    func id(of name: String) -> String? { ids[name] ?? ids[TierNames.key(name)] }

    private static func key(_ name: String) -> String {
        Width.folded(name).lowercased().filter { !$0.isWhitespace }
    }
}
