/// Reads `history` of a condition, and `where` of an event.
enum HistoryReader {
    static let declaration = BlockDeclaration(
        "history",
        foreign: ["count": "times", "within": "within_last", "last": "within_last", "name": "event", "if": "where"],
        [
            .init(
                "event", .reference(.event), required: true, "what is counted", chinese: "事件", examples: ["order.paid"]),
            .init(
                "times", .either([.int(0...1_000_000), .anything]), "a number or comparisons; default at least 1",
                chinese: "次数",
                examples: ["0"]),
            .init("within_last", .anySpan, "only the last so many", chinese: "最近", examples: ["7d"]),
            .init("where", .filter, "tests on the event's data", chinese: "事件条件", examples: ["{rule: birthday-gift}"]),
        ])

    static let unlessEvent = BlockDeclaration(
        "an event of unless", foreign: ["name": "event", "if": "where", "filter": "where"],
        [
            .init(
                "event", .reference(.event), required: true, "what cancels the wait", chinese: "事件",
                examples: ["order.paid"]),
            .init(
                "where", .filter, "only with such data; of an order, `category` and `sku` of any item",
                chinese: "事件条件；订单可按任一商品的品类或货号", examples: ["{category: milk}"]),
        ])

    /// Reads an item of `unless`: the name of an event, or `{event: …, where: …}`.
    static func unless(_ node: YAMLNode, _ findings: inout Findings) -> UnlessEvent? {
        guard node.entries != nil else { return findings.event(node).map { UnlessEvent(event: $0) } }
        guard let block = BlockReader(node, unlessEvent, &findings) else { return nil }
        let event = block.read("event", &findings) { $0.event($1) }
        let filter = block.read("where", &findings) { dataTests($1, &$0) }
        return event.map { UnlessEvent(event: $0, filter: filter) }
    }

    static func read(_ node: YAMLNode, _ findings: inout Findings) -> HistoryTest? {
        guard let block = BlockReader(node, declaration, &findings) else { return nil }
        let event = block.read("event", &findings) { $0.event($1) }
        let times = block.read("times", &findings) { comparisons($1, &$0) }
        let within = block.duration("within_last", &findings)
        let filter = block.read("where", &findings) { dataTests($1, &$0) }
        guard let event else { return nil }
        return HistoryTest(
            event: event, times: times ?? [.atLeast(1)], period: within, filter: filter,
            line: block.start.start.line)
    }

    private static func comparisons(_ node: YAMLNode, _ findings: inout Findings) -> [HistoryTest.Times]? {
        let reader = TestReader(name: "times", type: .number)
        if node.entries == nil {
            if reader.comparisonInText(node, &findings) { return nil }
            return findings.int(node, in: 0...1_000_000).map { [.exactly($0)] }
        }
        let tests = reader.read(node, &findings)
        var times: [HistoryTest.Times] = []
        for placed in tests {
            if tests.count == 1, let finding = NeverNegative.finding(times: placed, findings) {
                findings.append([finding])
            }
            if let one = HistoryTest.Times(placed.test) {
                times.append(one)
            } else {
                findings.report(
                    "R202", "`times` takes whole numbers and cannot be compared like this", at: placed.span,
                    help: ["`times` knows: is, at_least, more_than, at_most, less_than, between"])
            }
        }
        return times.isEmpty ? nil : times
    }

    /// Reads tests on the data of an event; any key may be there, and only the data knows its type.
    static func dataTests(_ node: YAMLNode, _ findings: inout Findings) -> EventFilter? {
        guard let entries = node.entries else {
            findings.wrongKind(
                node, wanted: "keys of the event's data", help: ["such as  where: {rule: birthday-gift}"])
            return nil
        }
        if entries.isEmpty {
            findings.wrongKind(
                node, wanted: "keys of the event's data",
                help: ["such as  where: {rule: birthday-gift}", "or take it away: without it every such event counts"])
        }
        var tests: [EventFilter.KeyTest] = []
        for entry in entries {
            findings.inside(entry.key) { findings in
                let placed = TestReader(name: entry.key, type: .any).read(entry.value, &findings)
                if !placed.isEmpty { tests.append(.init(key: entry.key, tests: placed.map(\.test))) }
            }
        }
        return tests.isEmpty ? nil : EventFilter(tests: tests)
    }
}

extension HistoryTest.Times {
    fileprivate init?(_ test: Comparison) {
        switch test {
        case .anyOf(let values):
            guard let n = HistoryTest.Times.whole(values[0]) else { return nil }
            self = .exactly(n)
        case .atLeast(let value):
            guard let n = HistoryTest.Times.whole(value) else { return nil }
            self = .atLeast(n)
        case .moreThan(let value):
            guard let n = HistoryTest.Times.whole(value) else { return nil }
            self = .moreThan(n)
        case .atMost(let value):
            guard let n = HistoryTest.Times.whole(value) else { return nil }
            self = .atMost(n)
        case .lessThan(let value):
            guard let n = HistoryTest.Times.whole(value) else { return nil }
            self = .lessThan(n)
        case .between(let from, let to):
            guard let a = HistoryTest.Times.whole(from), let b = HistoryTest.Times.whole(to) else { return nil }
            self = .between(a, b)
        default: return nil
        }
    }

    private static func whole(_ value: Value) -> Int? { value.quantity.flatMap { Int(exactly: $0) } }
}
