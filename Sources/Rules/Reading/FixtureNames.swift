import Kit

/// The names that fixtures may use: those that the rule set declares, and those that the fixtures describe.
package struct FixtureNames: Sendable {
    /// The channels of nudged.yaml and the standard ones.
    package var channels: [String]
    /// The tiers; empty where the settings name none, and then any is allowed.
    package var tiers: [String]
    package var coupons: [String]
    /// Experiment key → its variants.
    package var experiments: [String: [String]]
    /// Events of the shop that rules listen to.
    package var events: Set<String>
    /// The stores described in fixture files that belong to the same workspace.
    private(set) var stores: Set<String> = []
    private(set) var products: Set<String> = []

    package init(_ set: RuleSet, channels: [ChannelDeclaration]) {
        self.channels = Set((channels + ChannelDeclaration.standard).map(\.id)).sorted()
        tiers = set.settings.tiers.map(\.id)
        coupons = set.coupons.keys.sorted()
        experiments = [:]
        events = []
        for rule in set.rules {
            if case .experiment(let experiment) = rule.body {
                experiments[experiment.key, default: []] += experiment.variants.map(\.name)
            }
            events.formUnion(rule.unless.names)
            switch rule.trigger {
            case .event(let event): events.insert(event.name)
            case .inactive(let inactive): events.formUnion(inactive.activity)
            default: break
            }
        }
    }

    /// Adds the stores and products that these files describe to the known names.
    package mutating func describe(_ files: [YAMLFile]) {
        for root in files.compactMap(\.root) {
            stores.formUnion(root["stores"]?.entries?.map { RowID.canonical($0.key) } ?? [])
            products.formUnion(root["products"]?.entries?.map { RowID.canonical($0.key) } ?? [])
        }
    }

    /// Adds what another rule set declares, which comes into force later.
    package mutating func add(_ other: FixtureNames) {
        channels = Set(channels + other.channels).sorted()
        tiers = tiers.isEmpty || other.tiers.isEmpty ? [] : tiers + other.tiers.filter { !tiers.contains($0) }
        coupons = Set(coupons + other.coupons).sorted()
        experiments.merge(other.experiments) { $0 + $1 }
        events.formUnion(other.events)
    }

    /// True for words that mean every channel at once, and for what people call a channel.
    static func isChannelWord(_ id: String) -> Bool { ChannelWords.canonical(id) != id || id == "*" }
}

/// Goes through the members of fixture files, and what a test sets of one, and reports names that nobody declares. It reads
/// the files again, because rows keep no places.
struct FixtureNameCheck {
    private var names: FixtureNames
    private(set) var found: [Diagnostic] = []

    init(_ names: FixtureNames) { self.names = names }

    init(_ names: FixtureNames, _ files: [YAMLFile]) {
        self.init(names)
        self.names.describe(files)
        for root in files.compactMap(\.root) {
            var findings = Findings()
            findings.inside("members") { findings in
                for member in root["members"]?.entries ?? [] {
                    findings.inside(member.key) { check(member.value, &$0) }
                }
            }
            findings.inside("coupon_codes") { findings in
                for entry in root["coupon_codes"]?.entries ?? [] {
                    known(
                        RowID.canonical(entry.key), at: entry.keySpan, "coupon template", "T023", severity: .warning,
                        among: names.coupons, findings: &findings)
                }
            }
            found += findings.all
        }
    }

    func check(_ member: YAMLNode, _ findings: inout Findings) {
        each("tier", of: member, &findings) { node, findings in
            if !names.tiers.isEmpty {
                known(node, "tier", "T027", severity: .error, among: names.tiers, findings: &findings)
            }
        }
        each("preferred_channel", of: member, &findings) { node, findings in channel(node.text, node.span, &findings) }
        each("consent", of: member, &findings) { node, findings in
            for entry in node.entries ?? [] {
                findings.inside(entry.key) { channel(entry.key, entry.keySpan, &$0) }
            }
        }
        rows("consents", of: member, &findings) { row, findings in
            each("channel", of: row, &findings) { node, findings in
                if node.text != "*" { channel(node.text, node.span, &findings) }
            }
        }
        each("store_id", of: member, &findings) { store($0, &$1) }
        each("experiment", of: member, &findings) { experiments($0, &$1) }
        rows("coupons", of: member, &findings) { row, findings in
            each("template", of: row, &findings) { node, findings in
                known(node, "coupon template", "T023", severity: .warning, among: names.coupons, findings: &findings)
            }
        }
        for list in ["orders", "carts"] {
            rows(list, of: member, &findings) { row, findings in
                each("store_id", of: row, &findings) { store($0, &$1) }
                rows("items", of: row, &findings) { item, findings in product(item, &findings) }
            }
        }
        rows("events", of: member, &findings) { row, findings in
            each("name", of: row, &findings) { event($0, &$1) }
        }
    }

    // MARK: each kind

    private func channel(_ id: String?, _ span: SourceSpan, _ findings: inout Findings) {
        guard let id, !FixtureNames.isChannelWord(id) else { return }
        known(
            RowID.canonical(id), at: span, "channel", "T013", severity: .error, among: names.channels,
            findings: &findings)
    }

    private func store(_ node: YAMLNode, _ findings: inout Findings) {
        guard let text = node.text, !node.isNull, !names.stores.contains(RowID.canonical(text)) else { return }
        let nearest = Suggestion.nearest(to: RowID.canonical(text), among: names.stores.sorted())
        findings.report(
            "T003", .warning, "no fixture describes the store `\(RowID.canonical(text))`", at: node.span,
            help: [nearest.map { "did you mean `\($0)`?" } ?? "add it under `stores`"])
    }

    /// An unknown variant is an error; an unknown experiment may belong to a rule of another workspace.
    private func experiments(_ node: YAMLNode, _ findings: inout Findings) {
        for entry in node.entries ?? [] where !entry.value.isNull && entry.key != "global" {
            findings.inside(entry.key) { findings in
                guard let variants = names.experiments[entry.key] else {
                    let keys = names.experiments.keys.sorted()
                    return known(
                        entry.key, at: entry.keySpan, "experiment", "T026", severity: .warning, among: keys,
                        findings: &findings)
                }
                guard let name = entry.value.text, !(variants + ["holdout"]).contains(name) else { return }
                let nearest = Suggestion.nearest(to: name, among: variants).map { "did you mean `\($0)`?" }
                findings.report(
                    "T026", "the experiment `\(entry.key)` has no variant `\(name)`", at: entry.value.span,
                    help: [nearest ?? "there are: \((["holdout"] + variants).joined(separator: ", "))"])
            }
        }
    }

    /// A line with a name or a category of its own needs no product.
    private func product(_ item: YAMLNode, _ findings: inout Findings) {
        guard item["name"] == nil, item["category"] == nil else { return }
        each("sku", of: item, &findings) { node, findings in
            known(node, "product", "T028", severity: .warning, among: names.products.sorted(), findings: &findings)
        }
    }

    /// As in rules, any name may be an event of the shop's own, but not one that is nearly one of ours.
    private func event(_ node: YAMLNode, _ findings: inout Findings) {
        guard let name = node.text, !names.events.contains(name), !EventName.canonical.contains(name) else { return }
        let near =
            EventName.nearest(to: name)
            ?? names.events.sorted().first { EventName.isWithin(2, Substring(name), Substring($0)) }
        guard let near else { return }
        findings.report(
            "T029", .warning, "`\(name)` is not an event that nudged knows, and nearly one that it does",
            at: node.span, help: ["did you mean `\(near)`?"])
    }

    // MARK: walking

    private func each(
        _ key: String, of node: YAMLNode, _ findings: inout Findings, _ body: (YAMLNode, inout Findings) -> Void
    ) {
        guard let value = node[key] else { return }
        findings.inside(key) { body(value, &$0) }
    }

    private func rows(
        _ key: String, of node: YAMLNode, _ findings: inout Findings, _ body: (YAMLNode, inout Findings) -> Void
    ) {
        each(key, of: node, &findings) { list, findings in
            for (index, row) in (list.items ?? []).enumerated() { findings.inside(index) { body(row, &$0) } }
        }
    }

    private func known(
        _ node: YAMLNode, _ noun: String, _ code: String, severity: Diagnostic.Severity, among ids: [String],
        findings: inout Findings
    ) {
        guard let text = node.text, !node.isNull else { return }
        known(RowID.canonical(text), at: node.span, noun, code, severity: severity, among: ids, findings: &findings)
    }

    private func known(
        _ id: String, at span: SourceSpan, _ noun: String, _ code: String, severity: Diagnostic.Severity,
        among ids: [String],
        findings: inout Findings
    ) {
        guard !id.isEmpty, !ids.contains(id) else { return }
        let few = ids.prefix(5).joined(separator: ", ") + (ids.count > 5 ? ", …" : "")
        let meant = noun == "channel" ? Findings.channel(meantBy: id, among: ids) : nil
        let help =
            (meant ?? Suggestion.nearest(to: id, among: ids)).map { "did you mean `\($0)`?" }
            ?? (ids.isEmpty ? nil : "there are: \(few)")
        findings.report(code, severity, "there is no \(noun) `\(id)`", at: span, help: help.map { [$0] } ?? [])
    }
}
