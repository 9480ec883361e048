import Kit

/// Reads `do` or `experiment`: exactly one of the two.
struct BodyReader {
    let vocabulary: Vocabulary
    let scope: FieldScope

    struct Reading {
        var body: Body
        var sends: Bool
    }

    func read(_ block: BlockReader, _ findings: inout Findings) -> Reading? {
        guard block.atMostOne(of: "do", "experiment", findings: &findings) != nil else {
            if block.explained.isDisjoint(with: ["do", "experiment"]) {
                findings.report(
                    "R102", "`do` is missing in a rule", at: block.start,
                    help: ["add  do:  with a step, or  experiment:"])
            }
            return nil
        }
        if block.has("do") {
            var reader = ActionReader(vocabulary: vocabulary, scope: scope)
            guard let actions = block.read("do", &findings, { reader.read($1, &$0) }) else { return nil }
            return Reading(body: .actions(actions), sends: reader.sends)
        }
        return block.block("experiment", &findings) { experiment($0, &$1) }
    }

    private func experiment(_ block: BlockReader, _ findings: inout Findings) -> Reading? {
        let key = block.identifier("key", &findings)
        let holdout = block.percent("holdout", &findings)
        block.warnOfWholeHoldout(
            "holdout", of: holdout, "nobody ever gets anything of this rule",
            help: ["a group to measure against is small:  holdout: 10%", "to stop the rule, say  status: paused"],
            &findings)
        let measure = block.block("measure", &findings) { block, findings -> (event: String, within: Span)? in
            let event = block.read("event", &findings) { $0.event($1) }
            let within = block.duration("within", &findings)
            guard let event, let within else { return nil }
            return (event, within)
        }
        var sends = false
        guard
            let variants = block.read(
                "variants", &findings, { variants($1, key ?? "experiment", &sends, findings: &$0) }),
            let key
        else { return nil }
        return Reading(
            body: .experiment(Experiment(key: key, holdout: holdout ?? 0, variants: variants, measure: measure)),
            sends: sends)
    }

    private func variants(
        _ node: YAMLNode, _ key: String, _ sends: inout Bool, findings: inout Findings
    ) -> [Experiment.Variant]? {
        guard let entries = node.entries else {
            findings.wrongKind(node, wanted: "variants by name", help: ["such as  coupon: {share: 50%, do: […]}"])
            return nil
        }
        var variants: [Experiment.Variant] = []
        var shares: [(points: Int, span: SourceSpan)] = []
        for entry in entries {
            findings.inside(entry.key) { findings in
                if entry.key == "holdout" {
                    findings.report(
                        "R104", "`holdout` cannot be the name of a variant", at: entry.keySpan,
                        help: ["the group that hears nothing is  holdout: 10%  beside `variants`"])
                }
                guard findings.isNamed(entry, "a variant") else { return }
                guard let block = BlockReader(entry.value, RuleKeys.variant, &findings) else { return }
                let share = block.percent("share", &findings)
                var reader = ActionReader(vocabulary: vocabulary, scope: scope)
                let actions = block.read("do", &findings) { reader.read($1, &$0) }
                sends = sends || reader.sends
                guard let share, let node = block["share"] else { return }
                if share == 0 {
                    findings.report(
                        "R257", .warning, "nobody ever falls into `\(entry.key)`: its share is 0%", at: node.span,
                        help: ["give it a share, or take the variant away"], key: "share")
                }
                shares.append((share, node.span))
                variants.append(.init(name: entry.key, share: share, actions: actions ?? []))
            }
        }
        if shares.count == entries.count { checkShares(shares, key, at: node.span, &findings) }
        return variants
    }

    private func checkShares(
        _ shares: [(points: Int, span: SourceSpan)], _ key: String, at span: SourceSpan, _ findings: inout Findings
    ) {
        let sum = shares.reduce(0) { $0 + $1.points }
        if sum == 10_000 { return }
        findings.report(
            "R250", "the shares of `\(key)` add up to \(percent(sum))", at: shares.last?.span ?? span,
            related: shares.dropLast().map { .init($0.span, "") },
            help: ["the shares divide the members who are not held out and must add up to 100%"])
    }

    private func percent(_ points: Int) -> String {
        points % 100 == 0 ? "\(points / 100)%" : "\(points / 100).\(padded(points % 100, 2))%"
    }
}
