import Policies
import Rules
import Store

/// The rules that a store has as running, which tell whether a rule of a new set continues or begins.
package struct KnownRules {
    private struct Known {
        var trigger: String
        /// Nil on a store of a version that did not record it, or not in a form that can be computed now.
        var reach: String?
        var status: String
        var text: String
    }
    private let known: [String: Known]
    /// `when` of the rules that were in force, as written, for a store whose hashes have another form.
    private var formerly: [String: String] = [:]

    package init(_ db: Session) throws {
        known = try db.rulesNotRetired().reduce(into: [:]) { known, rule in
            known[rule.id] = Known(
                trigger: rule.trigger, reach: rule.reach.flatMap { Rule.isOfThisForm($0) ? $0 : nil },
                status: rule.status, text: rule.text)
        }
        guard known.values.contains(where: { !Rule.isOfThisForm($0.trigger) }) else { return }
        formerly = try RuleVersion.inForce(db)?.triggers() ?? [:]
    }

    /// Whether the rule is new or has another trigger, so that it counts from now.
    package func begins(_ rule: Rule) -> Bool {
        guard let known = known[rule.id] else { return true }
        guard !Rule.isOfThisForm(known.trigger) else { return known.trigger != rule.triggerHash }
        // An upgrade alone is no change: the rule's text is the same, or at least its `when`.
        if known.text == Chance.fingerprint(rule.origin.text) { return false }
        return formerly[rule.id].map { $0 != rule.origin.trigger } ?? true
    }

    /// Whether the rule continues, but `if`, `audience` or `existing_members` were edited: a member past the limit who
    /// passes only now is an existing member as well.
    package func reachesAnew(_ rule: Rule, in set: RuleSet) -> Bool {
        guard !begins(rule), let reach = known[rule.id]?.reach else { return false }
        return reach != rule.reachHash(in: set)
    }

    func wasPaused(_ rule: Rule) -> Bool { known[rule.id]?.status == Rule.Status.paused.rawValue }
}

extension RuleVersion {
    /// `when` of each rule by id, on one line.
    fileprivate func triggers() -> [String: String] {
        files.reduce(into: [:]) { triggers, file in
            let root = YAMLReader.read(bytes: Array(file.text.utf8), path: file.path).root
            for rule in root?["rules"]?.items ?? [] {
                if let id = rule["id"]?.text { triggers[id] = rule["when"]?.compact }
            }
        }
    }
}

extension RuleOrigin {
    /// `when` as written, on one line; nil when the rule's text alone cannot be read.
    fileprivate var trigger: String? {
        // The text begins at the rule's first key; the other lines have the indentation of the file.
        let keys = text.split(separator: "\n", omittingEmptySubsequences: false)
        let indent = keys.dropFirst().filter { !$0.allSatisfy(\.isWhitespace) }.map { $0.prefix { $0 == " " }.count }
            .min()
        let whole = String(repeating: " ", count: indent ?? 0) + text
        return YAMLReader.read(bytes: Array(whole.utf8), path: file).root?["when"]?.compact
    }
}
