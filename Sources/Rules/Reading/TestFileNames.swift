import Kit

/// Looks up the names that tests use in what was loaded: an unknown one is an error at its place.
struct TestFileNames {
    private(set) var vocabulary: TestFileVocabulary

    init(_ vocabulary: TestFileVocabulary) { self.vocabulary = vocabulary }

    /// An empty `expect` is no error.
    var records: Bool { vocabulary.records }

    /// Checks `only`. After a finding here no other rule is reported as left out.
    mutating func check(only: [PlacedText], _ findings: inout Findings) {
        let unknown = only.filter { !vocabulary.running.contains($0.text) }
        for name in unknown { findings.inside("only") { unknownRule(name.text, at: name.span, &$0) } }
        if !unknown.isEmpty { vocabulary.running += vocabulary.idle.keys.sorted() }
    }

    /// The rule of an expectation.
    func rule(_ findings: inout Findings, _ node: YAMLNode) -> String? {
        guard let id = findings.text(node) else { return nil }
        if vocabulary.running.contains(id) { return id }
        unknownRule(id, at: node.span, &findings)
        return nil
    }

    private func unknownRule(_ id: String, at span: SourceSpan, _ findings: inout Findings) {
        if let reason = vocabulary.idle[id] {
            findings.report("T011", "the rule `\(id)` does not run here", at: span, help: [reason])
        } else {
            unknown(
                id, "rule", "T011", among: vocabulary.running + vocabulary.idle.keys.sorted(), at: span,
                findings: &findings)
        }
    }

    /// - Parameter world: The members of this test; nil means all.
    func member(_ findings: inout Findings, _ node: YAMLNode, in world: [String]?) -> String? {
        guard let text = findings.text(node) else { return nil }
        let id = RowID.canonical(text)
        guard vocabulary.members.contains(id) else {
            unknown(id, "member", "T012", among: vocabulary.members, at: node.span, findings: &findings)
            return nil
        }
        if let world, !world.contains(id) {
            findings.report(
                "T012", "the member `\(id)` is not in the world of this test", at: node.span,
                help: ["add it to `members` of the test"])
            return nil
        }
        return id
    }

    func channel(_ findings: inout Findings, _ id: String, at span: SourceSpan) -> String? {
        if vocabulary.channels.contains(id) { return id }
        unknown(id, "channel", "T013", among: vocabulary.channels, at: span, findings: &findings)
        return nil
    }

    func template(_ findings: inout Findings, _ node: YAMLNode) {
        name(&findings, node, "message template", among: vocabulary.templates)
    }

    func coupon(_ findings: inout Findings, _ node: YAMLNode) {
        name(&findings, node, "coupon template", among: vocabulary.coupons)
    }

    private func name(_ findings: inout Findings, _ node: YAMLNode, _ noun: String, among names: [String]) {
        guard let id = findings.text(node), !names.contains(id) else { return }
        unknown(id, noun, "T023", among: names, at: node.span, findings: &findings)
    }

    /// Checks the field that `because` names; history counts events, which may have any name.
    func field(_ findings: inout Findings, _ node: YAMLNode) {
        guard let name = findings.text(node) else { return }
        let known = FieldCatalogue.declaration(named: name) != nil || vocabulary.customFields.contains { $0.id == name }
        guard !known, name != StockReader.key else { return }
        let names = FieldCatalogue.all.map(\.name) + vocabulary.customFields.map(\.id) + [StockReader.key]
        let nearest = Suggestion.nearest(to: name, among: names)
        findings.report(
            "T018", "there is no field `\(name)`", at: node.span, help: nearest.map { ["did you mean `\($0)`?"] } ?? [])
    }

    /// Checks an arm of the rule's experiment, or of any where no rule is named.
    func variant(_ findings: inout Findings, _ node: YAMLNode, of rule: String?) {
        guard let name = findings.text(node) else { return }
        if let rule, vocabulary.experiments[rule] == nil {
            findings.report("T026", "the rule `\(rule)` has no experiment, so no variant `\(name)`", at: node.span)
            return
        }
        let known = vocabulary.experiments.filter { rule == nil || $0.key == rule }.values.flatMap(\.self)
        let names = Set(known.flatMap { $0.variants.map(\.name) }).sorted()
        if !names.contains(name) { unknown(name, "variant", "T026", among: names, at: node.span, findings: &findings) }
    }

    /// Checks the key of `because: {holdout: …}`.
    func holdout(_ findings: inout Findings, _ node: YAMLNode) {
        guard let key = findings.text(node) else { return }
        let keys = ["global"] + Set(vocabulary.experiments.values.flatMap(\.self).map(\.key)).sorted()
        if !keys.contains(key) { unknown(key, "experiment", "T026", among: keys, at: node.span, findings: &findings) }
    }

    /// Reads `channels: {sms: {fails: undelivered}}`.
    func failing(_ block: BlockReader, _ findings: inout Findings) -> [String: String] {
        block.read("channels", &findings) { findings, node -> [String: String]? in
            guard let entries = node.entries else {
                findings.wrongKind(node, wanted: "a block of channels", help: ["write  {sms: {fails: undelivered}}"])
                return nil
            }
            var failing: [String: String] = [:]
            for entry in entries {
                findings.inside(entry.key) { findings in
                    guard let id = channel(&findings, entry.key, at: entry.keySpan),
                        let block = BlockReader(entry.value, TestFileKeys.channel, &findings)
                    else { return }
                    failing[id] = block.word("fails", &findings)
                }
            }
            return failing
        } ?? [:]
    }

    private func unknown(
        _ id: String, _ noun: String, _ code: String, among names: [String], at span: SourceSpan,
        findings: inout Findings
    ) {
        let meant = noun == "channel" ? Findings.channel(meantBy: id, among: names) : nil
        let nearest = meant ?? Suggestion.nearest(to: id, among: names)
        let few = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
        let help = nearest.map { "did you mean `\($0)`?" } ?? (names.isEmpty ? nil : "there are: \(few)")
        findings.report(code, "there is no \(noun) `\(id)`", at: span, help: help.map { [$0] } ?? [])
    }
}
