import Kit

/// Reads one item of `expect`.
struct TestFileExpectation {
    let names: TestFileNames
    let zone: Zone
    let world: [String]?

    func read(_ node: YAMLNode, _ findings: inout Findings) -> Expectation? {
        guard let block = BlockReader(node, TestFileKeys.expectation, &findings) else { return nil }
        let before = findings.all.count
        let at = TestFileClock.instant(block, "at", zone, findings: &findings)
        let until = TestFileClock.instant(block, "until", zone, findings: &findings)
        let rule = block.read("rule", &findings) { names.rule(&$0, $1) }
        let member = block.read("member", &findings) { names.member(&$0, $1, in: world) }
        let outcome = block.word("outcome", &findings)
        let reason = block.read("because", &findings) { self.reason($1, &$0) }
        checkNames(block, &findings)
        _ = block.read("variant", &findings) { findings, node -> Bool? in
            names.variant(&findings, node, of: rule)
            return true
        }
        guard let outcome, !findings.hasError(since: before) else { return nil }
        let typed: Set<String> = ["at", "until", "rule", "member", "outcome", "because"]
        return Expectation(
            span: block.start, at: at, rule: rule, member: member, outcome: outcome, reason: reason, until: until,
            fields: block.entries.filter { !typed.contains($0.key) })
    }

    private func reason(_ node: YAMLNode, _ findings: inout Findings) -> Expectation.Reason? {
        if let text = node.text {
            if TestFileKeys.codes.contains(text) { return .code(text) }
            let nearest =
                ReasonCode.meant(by: SameWord.folded(text))?.rawValue
                ?? Suggestion.nearest(to: text, among: TestFileKeys.codes)
            let isField = FieldCatalogue.declaration(named: text) != nil
            findings.report(
                "T021", "`\(text)` is not a reason", at: node.span,
                help: [
                    isField
                        ? "write  because: {condition: \(text)}"
                        : nearest.map { "did you mean `\($0)`?" }
                            ?? "there are: \(TestFileKeys.codes.prefix(5).joined(separator: ", ")), …"
                ])
            return nil
        }
        guard let block = BlockReader(node, TestFileKeys.because, &findings) else { return nil }
        _ = block.read("condition", &findings) { findings, node -> Bool? in
            names.field(&findings, node)
            return true
        }
        _ = block.read("holdout", &findings) { findings, node -> Bool? in
            names.holdout(&findings, node)
            return true
        }
        for key in ["unless", "history"] { _ = block.read(key, &findings) { $0.event($1) } }
        if !block.entries.contains(where: { $0.key != "actual" }), block.isWithoutUnknownKeys {
            findings.report(
                "T021", "no reason is named here", at: block.start, help: ["such as  {condition: member.tier}"])
        }
        return .pairs(block.entries)
    }

    private func checkNames(_ block: BlockReader, _ findings: inout Findings) {
        _ = block.read("channel", &findings) { findings, node in
            findings.text(node).flatMap { names.channel(&findings, $0, at: node.span) }
        }
        for (key, check) in [("template", names.template), ("coupon", names.coupon), ("task", names.template)] {
            _ = block.read(key, &findings) { findings, node -> Bool? in
                check(&findings, node)
                return true
            }
        }
        for key in ["to", "text", "occasion"] { _ = block.text(key, &findings) }
        _ = block.int("segments_billed", &findings)
        _ = block.list("effects", &findings) { findings, node -> Bool? in
            effect(node, &findings)
            return true
        }
        _ = block.list("tried", &findings) { findings, node -> Bool? in
            guard let entries = node.entries, !entries.isEmpty else {
                findings.wrongKind(node, wanted: "a channel with its reason", help: ["write  - sms: no_address"])
                return nil
            }
            for entry in entries { _ = names.channel(&findings, entry.key, at: entry.keySpan) }
            return true
        }
        _ = block.read("values", &findings) { findings, node -> Bool? in
            if node.entries == nil { findings.wrongKind(node, wanted: "a block of names and values") }
            return true
        }
    }

    private func effect(_ node: YAMLNode, _ findings: inout Findings) {
        guard let block = BlockReader(node, TestFileKeys.effect, &findings) else { return }
        _ = block.read("coupon", &findings) { findings, node -> Bool? in
            names.coupon(&findings, node)
            return true
        }
        for key in ["code", "task"] { _ = block.text(key, &findings) }
        _ = block.int("points", &findings)
        if let tag = block.text("tag", &findings), !tag.hasPrefix("+"), !tag.hasPrefix("-"), let node = block["tag"] {
            findings.inside("tag") {
                $0.wrongKind(node, wanted: "a tag with a plus or minus before it", help: ["write  tag: +\(tag)"])
            }
        }
        if block.entries.isEmpty, block.isWithoutUnknownKeys {
            findings.wrongKind(node, wanted: "a coupon, points, a tag or a task")
        }
    }
}
