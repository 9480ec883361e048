import Kit
import Review
import Store

/// The answer to the name of a member that nobody has.
enum UnknownMember {
    /// The failure, with the nearest of the names that the store has.
    static func failure(_ name: String, among store: MemberStore) throws -> Failure {
        if let other = try store.mergedMember(name) { return MembersCommand.merged(name, into: other) }
        let hint = String.didYouMean(Suggestion.nearest(to: name, among: try store.memberIDs(like: name)))
        let shown = Mask.text(name)
        return Failure(.couldNotRun, .say("there is no member `\(shown)`", "没有会员 `\(shown)`") + hint)
    }
}
