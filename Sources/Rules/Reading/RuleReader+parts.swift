import Kit

/// The parts of a rule other than its trigger, condition and body.
extension RuleReader {
    func audience(_ block: BlockReader, _ trigger: Trigger?, _ findings: inout Findings) -> Audience? {
        block.block("audience", &findings) { block, findings in
            let segments = vocabulary.segments
            let inside = block.list("in", &findings) { $0.reference($1, in: segments, "R222", "segment") }
            if let node = block["in"], node.items?.isEmpty == true {
                findings.report("R104", "`in` names no segment, so nobody is reached", at: node.span, key: "in")
            }
            let outside = block.list("not_in", &findings) { $0.reference($1, in: segments, "R222", "segment") }
            block.warnOfEmptyList("not_in", "no segment, so nobody is left out", &findings)
            if let inside, !inside.isEmpty, let outside, let node = block["not_in"],
                Set(inside).isSubset(of: outside)
            {
                findings.report(
                    "R210", .warning, "nobody is reached: every segment of `in` stands under `not_in` too",
                    at: node.span,
                    help: ["keep each segment under one of the two"], key: "not_in")
            }
            let pick = block.block("pick", &findings) { $0.int("random", &$1) }
            if let trigger, let entry = block.entry("pick"), !trigger.asksEveryone {
                unsuited(entry, trigger, findings: &findings)
            }
            return Audience(inSegments: inside ?? [], notInSegments: outside ?? [], pick: pick)
        }
    }

    private func unsuited(_ entry: YAMLNode.Entry, _ trigger: Trigger, findings: inout Findings) {
        let triggers = Trigger.Kind.having(entry.key).map(\.rawValue).joined(separator: " and ")
        findings.report(
            "R101", "`\(entry.key)` is not part of a rule with `\(trigger.kind)`", at: entry.keySpan,
            help: ["`\(entry.key)` goes with \(triggers)"], key: entry.key)
    }

    func existingMembers(
        _ block: BlockReader, _ trigger: TriggerReader.Reading?, _ findings: inout Findings
    ) -> ExistingMembers? {
        guard let trigger else { return nil }
        guard case .inactive = trigger.trigger else {
            if let entry = block.entry("existing_members") {
                unsuited(entry, trigger.trigger, findings: &findings)
            }
            return nil
        }
        if !block.mentions("existing_members"), block.node["existing_members"] == nil {
            findings.report(
                "R260", .warning, "nothing says what happens to members who are already inactive",
                at: trigger.keySpan,
                help: ["add  existing_members: skip  or  existing_members: {drip: 200, every: 1d}"], key: "when")
        }
        return block.read("existing_members", &findings) { findings, node in
            if node.text != nil {
                return findings.word(node, among: ["skip", "all"]).map { $0 == "all" ? .all : .skip }
            }
            guard let drip = BlockReader(node, RuleKeys.drip, &findings) else { return nil }
            let count = drip.int("drip", &findings)
            let every = drip.duration("every", &findings)
            guard let count, let every else { return nil }
            return .drip(count, every: every)
        }
    }

    func combine(
        _ block: BlockReader, _ trigger: Trigger?, _ scope: inout FieldScope, findings: inout Findings
    ) -> Combine? {
        if let trigger, let entry = block.entry("combine") {
            guard Trigger.Kind.having("combine").contains(trigger.kind) else {
                unsuited(entry, trigger, findings: &findings)
                scope.unreadable.formUnion(ActionReader.names(savedIn: entry.value, deep: false))
                return nil
            }
        }
        let outer = scope
        let combine = block.block("combine", &findings) { block, findings -> (Combine, YAMLNode)? in
            _ = block.word("into", &findings)
            let order = block.block("order_by", &findings) { block, findings -> (Field, Bool)? in
                let direction = block.word("direction", &findings)
                let field = block.read("field", &findings) { couponField($1, outer, &$0) }
                return field.map { ($0, direction == "highest_first") }
            }
            let keep = block.int("keep", &findings)
            guard let name = block.identifier("save_as", &findings), let node = block["save_as"] else { return nil }
            return (Combine(saveAs: name, orderBy: order?.0, highestFirst: order?.1 ?? false, keep: keep), node)
        }
        if let combine {
            scope.declare(combine.0.saveAs, .coupons, at: combine.1, &findings)
        } else if let written = block["combine"] ?? block.misspelt["combine"]?.value {
            scope.unreadable.formUnion(ActionReader.names(savedIn: written, deep: false))
        }
        return combine?.0
    }

    private func couponField(_ node: YAMLNode, _ scope: FieldScope, _ findings: inout Findings) -> Field? {
        guard let field = findings.field(node, in: scope) else { return nil }
        if field.source == .coupon, field.type != .list { return field }
        findings.report(
            "R203", "`\(field.name)` cannot order coupons", at: node.span, help: ["name a field of `coupon`"])
        return nil
    }

    func limits(_ block: BlockReader, _ trigger: Trigger?, _ findings: inout Findings) -> RuleLimits {
        block.block("limits", &findings) { block, findings in
            let oncePer = block.word("once_per", &findings)
            if let oncePer, let trigger, let node = block["once_per"], oncePer != "lifetime",
                !trigger.units.contains(oncePer)
            {
                findings.report(
                    "R104", "`\(oncePer)` is not the unit of `\(trigger.kind)`", at: node.span,
                    help: ["write  once_per: \(trigger.units[0])  or  once_per: lifetime"], key: "once_per")
            }
            let atMost = block.block("at_most", &findings) { CountLimitReader.read($0, &$1) }
            return RuleLimits(oncePerLifetime: oncePer == "lifetime", oncePer: oncePer, atMost: atMost)
        } ?? RuleLimits()
    }
}

enum CountLimitReader {
    /// Reads `{times: 1, in: 60d}`; the caller reads a segment.
    static func read(_ block: BlockReader, _ findings: inout Findings) -> CountLimit? {
        let times = block.int("times", &findings)
        let window = block.duration("in", &findings)
        guard let times, let window else { return nil }
        warnOfMinutes(window, block, &findings)
        return CountLimit(times: times, window: window)
    }

    /// R115 for `in: 1m`, where a month may be meant and a minute limits next to nothing.
    private static func warnOfMinutes(_ window: Span, _ block: BlockReader, _ findings: inout Findings) {
        guard window.unit == .minutes, window.amount <= 12, let node = block["in"] else { return }
        findings.report(
            "R115", .warning, "`\(window.text)` is counted in minutes, and limits next to nothing", at: node.span,
            help: ["there are no months: say \(window.amount * 30)d"], key: "in")
    }
}
