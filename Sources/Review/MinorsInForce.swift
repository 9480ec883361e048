import Kit
import Rules
import Store

/// Who gets marketing only with the yes of a guardian, by the rules in force, and since which version of them.
package enum MinorsInForce {
    /// Nil where the settings ask nobody for their age. Of versions with the same settings one is read.
    /// - Parameter channels: those of nudged.yaml.
    package static func of(
        _ store: MemberStore, channels: [ChannelDeclaration] = ChannelDeclaration.standard
    ) throws -> Invariants.Minors? {
        guard let inForce = try store.rulesInForce(), let settings = settings(inForce, channels),
            let under = settings.minorsUnder
        else { return nil }
        var minors = Invariants.Minors(
            under: under, birthdays: settings.birthdays, zone: settings.zone, version: inForce.version)
        var text = text(inForce)
        while minors.version > 1, let kept = try store.rules(version: minors.version - 1) {
            if self.text(kept) != text {
                guard let earlier = self.settings(kept, channels), (earlier.minorsUnder ?? 0) >= under,
                    earlier.birthdays == settings.birthdays, earlier.timezone == settings.timezone
                else { break }
                text = self.text(kept)
            }
            minors.version -= 1
        }
        return minors
    }

    private static func settings(_ kept: RuleVersion, _ channels: [ChannelDeclaration]) -> Settings? {
        RuleSetLoader.check(kept, channels: channels).set?.settings
    }

    /// What the settings of a version are read from.
    private static func text(_ kept: RuleVersion) -> String? {
        kept.files.first { $0.path == "settings.yaml" || $0.path.hasSuffix("/settings.yaml") }?.text
    }
}
