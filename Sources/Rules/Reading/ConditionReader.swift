import Kit

/// `if`: a map means *all*; `all`, `any`, `none` take lists of maps; `history` counts events; every other key is a field.
struct ConditionReader {
    let scope: FieldScope

    /// Nil when nothing in it can be used; the findings say why.
    func read(_ node: YAMLNode, _ findings: inout Findings) -> Condition? {
        var conjunction = Conjunction()
        return map(node, &conjunction, &findings)
    }

    private func map(_ node: YAMLNode, _ conjunction: inout Conjunction, _ findings: inout Findings) -> Condition? {
        guard let entries = node.entries else {
            let help =
                node.items == nil
                ? node.text.flatMap(comparison).map { ["write  {\($0)}"] } ?? []
                : ["put the items under `all:` or `any:`"]
            findings.wrongKind(node, wanted: "fields and what they must be", help: help)
            return nil
        }
        if entries.isEmpty {
            findings.wrongKind(
                node, wanted: "fields and what they must be",
                help: ["say who is meant:  member.status: active", "or take it away: without it everybody is meant"])
        }
        // `none` and `any` are read last: their items are compared with everything that must hold beside them.
        let last = ["none", "any"]
        var found: [Int: Condition] = [:]
        for (index, entry) in entries.enumerated().filter({ !last.contains($1.key) })
            + entries.enumerated().filter({ last.contains($1.key) })
        {
            findings.inside(entry.key) { found[index] = child(entry, &conjunction, &$0) }
        }
        let children = found.sorted { $0.key < $1.key }.map(\.value)
        if children.isEmpty { return nil }
        return children.count == 1 ? children[0] : .all(children)
    }

    /// The test that `cart.total >= 500` means; nil where the text is no comparison of a field that is known here.
    private func comparison(_ text: String) -> String? {
        guard let match = HalfWidth.ascii(text).wholeMatch(of: /([\w.]+)\s*(>=|<=|==|=|>|<)\s*(\S.*)/),
            case .found(let field, _) = scope.lookup(String(match.1))
        else { return nil }
        if match.2.hasSuffix("="), match.2.allSatisfy({ $0 == "=" }) { return "\(field.name): \(match.3)" }
        guard let meant = Operator.meant(by: String(match.2), for: field.type) else { return nil }
        return "\(field.name): {\(meant.rawValue): \(match.3)}"
    }

    private func child(
        _ entry: YAMLNode.Entry, _ conjunction: inout Conjunction, _ findings: inout Findings
    ) -> Condition? {
        switch entry.key {
        case "all":
            guard let items = list(entry, &findings) else { return nil }
            var children: [Condition] = []
            for (index, item) in items.enumerated() {
                findings.inside(index) { findings in
                    if let child = map(item, &conjunction, &findings) { children.append(child) }
                }
            }
            return children.isEmpty ? nil : .all(children)
        case "any":
            guard let items = list(entry, &findings) else { return nil }
            return alternatives(items, conjunction, &findings)
        case "none":
            guard let items = list(entry, &findings) else { return nil }
            let children = findings.each(items) { read($1, &$0) }
            for case .field(let test) in children where test.tests.count == 1 {
                let place = test.place.operators.first ?? test.place.value
                conjunction.forbid(.init(test: test.tests[0], span: place), on: test.field.name, &findings)
            }
            return children.isEmpty ? nil : .none(children)
        case "history":
            guard let items = list(entry, &findings) else { return nil }
            let children = findings.each(items) { findings, item -> Condition? in
                guard let test = HistoryReader.read(item, &findings) else { return nil }
                conjunction.add(test, at: item.span, &findings)
                return .history(test)
            }
            return children.isEmpty ? nil : children.count == 1 ? children[0] : .all(children)
        case StockReader.key:
            return StockReader(coupons: scope.coupons, keySpan: entry.keySpan).read(entry.value, &findings)
                .map { .field($0) }
        default:
            if connective(entry, &findings) || stock(entry, &findings) { return nil }
            return leaf(entry, &conjunction, &findings)
        }
    }

    /// Each branch must agree with the tests beside it; it is a finding only when none of them does.
    private func alternatives(
        _ items: [YAMLNode], _ beside: Conjunction, _ findings: inout Findings
    ) -> Condition? {
        var dead: [Diagnostic] = []
        let children = findings.each(items) { findings, item -> Condition? in
            var branch = beside.branch()
            let child = map(item, &branch, &findings)
            if let finding = branch.deadBy { dead.append(finding) }
            return child
        }
        if dead.count == items.count, let first = dead.first { findings.append([first]) }
        return children.isEmpty ? nil : .any(children)
    }

    private func list(_ entry: YAMLNode.Entry, _ findings: inout Findings) -> [YAMLNode]? {
        guard let items = findings.items(entry.value, help: ["write each with a dash:  - …"]) else { return nil }
        if !items.isEmpty { return items }
        findings.report("R104", "`\(entry.key)` has no items", at: entry.value.span)
        return nil
    }

    private func leaf(
        _ entry: YAMLNode.Entry, _ conjunction: inout Conjunction, _ findings: inout Findings
    ) -> Condition? {
        guard let (field, words) = findings.field(entry.key, at: entry.keySpan, in: scope) else { return nil }
        if findings.refusesCoupon(field, in: scope, at: entry.keySpan) { return nil }
        let tiers = field.name == "member.tier" ? scope.tiers : []
        let placed = TestReader(name: entry.key, type: field.type, words: words, tiers: tiers, scope: scope)
            .read(entry.value, &findings)
        if field.name == "member.tier_name" { findings.checkTierNames(in: entry.value, scope.tiers) }
        if placed.isEmpty { return nil }
        if let finding = ImpossibleValues(of: field, tiers: scope.tiers)?.finding(placed, findings) {
            findings.append([finding])
        }
        for one in placed {
            if let finding = PastDates.finding(one, on: field, findings) { findings.append([finding]) }
            // One of two tests is the end of a range.
            if placed.count == 1, let finding = NeverNegative.finding(one, on: field.name, findings) {
                findings.append([finding])
            }
            conjunction.add(one, on: field.name, &findings)
        }
        let operators = entry.value.entries == nil ? [] : placed.map(\.span)
        let place = FieldTest.Place(key: entry.keySpan, value: entry.value.span, operators: operators)
        return .field(FieldTest(field: field, tests: placed.map(\.test), place: place))
    }

    /// Reports R201 for another word for `coupon_stock`.
    private func stock(_ entry: YAMLNode.Entry, _ findings: inout Findings) -> Bool {
        guard StockReader.foreign.contains(entry.key) else { return false }
        findings.report(
            "R201", "there is no field `\(entry.key)`", at: entry.keySpan,
            help: [
                "did you mean `\(StockReader.key)`?", "write  \(StockReader.key): {template: TEMPLATE, at_least: 1}",
            ])
        return true
    }

    private static let connectives = [
        "and": "all", "&&": "all", "且": "all", "并且": "all", "or": "any", "||": "any", "或": "any", "或者": "any",
        "任一": "any", "满足任一": "any", "任意": "any", "任意一个": "any", "任一满足": "any", "全部": "all", "全部满足": "all",
        "满足全部": "all", "同时满足": "all", "都满足": "all", "都不": "none", "都不满足": "none", "全不满足": "none", "均不满足": "none",
        "not": "none", "!": "none", "非": "none", "$and": "all", "$or": "any", "$not": "none", "$nor": "none",
        "all_of": "all", "any_of": "any", "none_of": "none",
    ]

    /// Reports R105 for words of other languages where `all`, `any` or `none` is meant.
    private func connective(_ entry: YAMLNode.Entry, _ findings: inout Findings) -> Bool {
        guard let ours = ConditionReader.connectives[entry.key.lowercased()] else { return false }
        let span = entry.keySpan
        // `not` of a list is "not all of them" to some and "none of them" to others.
        let isSafe = entry.value.items != nil && ours != "none"
        findings.report(
            "R105", "`\(entry.key)` does not join conditions here", at: span, help: ["say `\(ours)` with a list"],
            notes: ["conditions are joined by: all, any, none"],
            fix: !isSafe ? [] : [.init(start: span.start.byte, end: span.end.byte, text: ours)])
        return true
    }
}

extension Findings {
    /// Reports R203 for what `give_coupon` saved: the coupon is given only when the path is fixed.
    mutating func refusesCoupon(_ field: Field, in scope: FieldScope, at span: SourceSpan) -> Bool {
        guard case .saved(let name) = field.source, case .coupon? = scope.saved[name] else { return false }
        report(
            "R203", "`\(field.name)` cannot be read in a condition", at: span,
            help: [
                "the coupon is given when the path is fixed; use `{% if %}` in the text, or ask for the stock with "
                    + "`\(StockReader.key)`"
            ])
        return true
    }
}
