import Policies
import Rules

/// The difference between two checked rule sets, by meaning.
struct RuleSetDifference {
    enum Kind: String, Sendable { case added, changed, removed, affected }

    struct RuleChange: Sendable {
        var id: String
        var kind: Kind
        /// The place in the newer set, or in the older one for a removed rule.
        var file: String
        var line: Int
        var differences: [RuleFacets.Difference] = []
        /// Templates, coupons, segments and fields that the rule names and that differ.
        var named: [NamedChange] = []
    }
    struct NamedChange: Sendable, Hashable {
        /// `template`, `coupon`, `segment`, `field`.
        var kind: String
        var id: String
        var change = Kind.changed
    }

    /// One side.
    struct Side {
        let set: RuleSet
        fileprivate let rules: [String: YAMLNode]
        fileprivate let named: [NamedChange: YAMLNode]
        fileprivate let settings: YAMLNode?

        init(_ set: RuleSet, _ files: [YAMLFile]) {
            self.set = set
            let roots = files.compactMap(\.root)
            rules = Side.items("rules", roots).reduce(into: [:]) { $0[$1.id] = $1.node }
            settings = files.first { $0.root.map { FileKind(of: $0) } == .settings }?.root
            named = [("templates", "template"), ("coupons", "coupon"), ("segments", "segment"), ("fields", "field")]
                .reduce(into: [:]) { named, kind in
                    for item in Side.items(kind.0, roots) {
                        named[NamedChange(kind: kind.1, id: item.id)] = item.node
                    }
                }
        }

        private static func items(_ key: String, _ roots: [YAMLNode]) -> [(id: String, node: YAMLNode)] {
            roots.flatMap { $0[key]?.items ?? [] }.compactMap { node in node["id"]?.text.map { ($0, node) } }
        }
    }

    /// Added and changed rules in the order of the newer set, then removed ones. Drafts and retired rules count too.
    private(set) var rules: [RuleChange] = []
    private(set) var settings: [RuleFacets.Difference] = []
    /// Includes those that no rule names.
    private(set) var named: [NamedChange] = []
    /// What was edited in a template, coupon, segment or field that is on both sides.
    private(set) var edits: [NamedChange: ObjectEdits] = [:]

    var isEmpty: Bool { rules.isEmpty && settings.isEmpty && named.isEmpty }

    init(from old: Side?, to new: Side, say: Phrases) {
        named = Set(old?.named.keys.map { $0 } ?? []).union(new.named.keys)
            .filter { old?.named[$0]?.compact != new.named[$0]?.compact }
            .map { named in
                let kind: Kind = old?.named[named] == nil ? .added : new.named[named] == nil ? .removed : .changed
                return NamedChange(kind: named.kind, id: named.id, change: kind)
            }
            .sorted { ($0.kind, $0.id) < ($1.kind, $1.id) }
        let moved = Set(named.filter { $0.change == .changed })
        for change in moved { edits[change] = ObjectEdits(from: old?.named[change], to: new.named[change], say: say) }
        for rule in new.set.rules {
            guard let node = new.rules[rule.id] else { continue }
            var change = RuleChange(
                id: rule.id, kind: .changed, file: rule.origin.file, line: rule.origin.line,
                named: Names.of(rule, in: new.set).filter(moved.contains).sorted { ($0.kind, $0.id) < ($1.kind, $1.id) }
            )
            if let before = old?.rules[rule.id] {
                change.differences = RuleFacets.differences(
                    from: RuleFacets(before, say: say), to: RuleFacets(node, say: say))
                if change.differences.isEmpty {
                    guard !change.named.isEmpty else { continue }
                    change.kind = .affected
                }
            } else {
                change.kind = .added
            }
            rules.append(change)
        }
        let kept = Set(new.set.rules.map(\.id))
        for rule in old?.set.rules ?? [] where !kept.contains(rule.id) {
            rules.append(
                RuleChange(id: rule.id, kind: .removed, file: rule.origin.file, line: rule.origin.line))
        }
        // In a first set everything is new, so its settings are not listed.
        guard let old else { return }
        settings = RuleFacets.differences(
            from: RuleFacets(old.settings, say: say), to: RuleFacets(new.settings, say: say))
    }
}

extension RuleSetDifference {
    /// Adds a rule whose text is the same but whose messages are not: settings or another rule changed.
    mutating func affect(_ rule: Rule) {
        guard !rules.contains(where: { $0.id == rule.id }) else { return }
        let change = RuleChange(id: rule.id, kind: .affected, file: rule.origin.file, line: rule.origin.line)
        rules.insert(change, at: rules.firstIndex { $0.kind == .removed } ?? rules.endIndex)
    }
}

/// The templates, coupons, segments and fields that a rule names.
private enum Names {
    static func of(_ rule: Rule, in set: RuleSet) -> Set<RuleSetDifference.NamedChange> {
        var names: Set<RuleSetDifference.NamedChange> = []
        func add(_ kind: String, _ id: String) { names.insert(.init(kind: kind, id: id)) }
        let custom = Set(set.fields.map(\.id))
        func fields(_ condition: Condition) {
            switch condition {
            case .all(let children), .any(let children), .none(let children): children.forEach(fields)
            case .field(let test):
                for field in test.fields where custom.contains(field.name) { add("field", field.name) }
                condition.stocks.forEach { add("coupon", $0) }
            case .history: break
            }
        }
        func steps(_ actions: [Action]) {
            for action in actions {
                switch action {
                case .giveCoupon(let coupon): add("coupon", coupon.template)
                case .send(let send): send.entries.forEach { add("template", $0.template) }
                case .createTask(let task): if let script = task.script { add("template", script) }
                case .choose(let branches, let otherwise):
                    for branch in branches {
                        fields(branch.condition)
                        steps(branch.actions)
                    }
                    steps(otherwise ?? [])
                case .addTag, .removeTag, .adjustPoints, .recommend: break
                }
            }
        }
        if let condition = rule.condition { fields(condition) }
        for segment in (rule.audience?.inSegments ?? []) + (rule.audience?.notInSegments ?? []) {
            add("segment", segment)
            if let condition = set.segments[segment]?.condition { fields(condition) }
        }
        switch rule.body {
        case .actions(let actions): steps(actions)
        case .experiment(let experiment): experiment.variants.forEach { steps($0.actions) }
        }
        return names
    }
}
