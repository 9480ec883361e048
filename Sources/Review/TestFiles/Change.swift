import Engine
import Kit
import Policies
import Rules
import Store

/// How one value of an expectation changes in one case.
enum Change: Hashable {
    case keep
    /// The line has no such value.
    case drop
    case set(JSONText)

    init(of key: String, _ expectation: Expectation, _ got: SimulatedLine, _ zone: Zone) {
        let line = got.line
        func instant(_ wanted: Instant?, _ came: Instant?) -> Change {
            if wanted == nil || wanted == came { return .keep }
            return came.map { Change.set(.text(Change.clock($0, zone))) } ?? .drop
        }
        switch key {
        case "at": self = instant(expectation.at, line.at)
        case "until": self = instant(expectation.until, line.until)
        case "outcome":
            self = expectation.outcome == line.outcome.rawValue ? .keep : .set(.text(line.outcome.rawValue))
        case "because": self = Change.reason(expectation.reason, got.because)
        case "rule", "member": self = .keep
        default: self = Change.field(expectation.fields.first { $0.key == key }, got)
        }
    }

    private static func reason(_ wanted: Expectation.Reason?, _ because: [JSONText.Member]) -> Change {
        guard let wanted, !wanted.agrees(with: because) else { return .keep }
        guard let code = because.first?.key else { return .drop }
        if case .code = wanted { return .set(.text(code)) }
        return .set(.object(because))
    }

    private static func field(_ wanted: YAMLNode.Entry?, _ got: SimulatedLine) -> Change {
        guard let wanted, case .object(let members) = got.json else { return .keep }
        let value = members.first { $0.key == wanted.key }?.value ?? .null
        if wanted.agrees(with: value) { return .keep }
        return value == .null || value == .list([]) ? .drop : .set(value)
    }

    /// As the file's clock shows it, or with an offset where the clock would name another instant.
    static func clock(_ instant: Instant, _ zone: Zone) -> String {
        let text = Phrases.clock(instant, zone)
        return TimePoint(text: text)?.instant(in: zone) == instant ? text : zone.rfc3339(instant)
    }

    // MARK: within a block

    /// Whether the new value is a block with at least these keys.
    func has(_ keys: [String]) -> Bool {
        switch self {
        case .keep: true
        case .drop: false
        case .set(.object(let members)): keys.allSatisfy { key in members.contains { $0.key == key } }
        case .set: false
        }
    }

    func within(_ key: String, _ written: YAMLNode?) -> Change {
        guard case .set(.object(let members)) = self, let value = members.first(where: { $0.key == key })?.value else {
            return .keep
        }
        return written.map { TestFileMatch.matches($0, value) } ?? false ? .keep : .set(value)
    }
}

/// The values of `cases` that change because a place in `expect` uses them.
struct CaseRewrite {
    private let result: TestResult
    private let layout: ItemLayout
    /// By name: the change that each place of it needs, in each case.
    private var wanted: [String: [(node: YAMLNode, changes: [Change])]] = [:]

    init(_ result: TestResult, _ layout: ItemLayout) {
        self.result = result
        self.layout = layout
    }

    mutating func note(_ name: String, _ changes: [Change], at node: YAMLNode) {
        wanted[name, default: []].append((node, changes))
    }

    /// A value changes only when every place that uses it needs the same.
    func edits() throws(TestRewrite.Refusal) -> [Diagnostic.Edit] {
        let cases = result.test.node["cases"]?.items ?? []
        var edits: [Diagnostic.Edit] = []
        for (name, places) in wanted.sorted(by: { $0.key < $1.key }) {
            let others = TestFilePlaces.all(in: result.test.node).filter { place in
                place.name == name && !place.isInWords && !places.contains { $0.node.span == place.span }
            }
            for index in cases.indices {
                let changes = Set(places.map { $0.changes[index] })
                if changes == [.keep] { continue }
                if let other = others.first {
                    throw TestRewrite.Refusal(
                        "`{\(name)}` stands in line \(other.span.start.line) too, which would change with it",
                        "第 \(other.span.start.line) 行也用了 `{\(name)}`，会跟着变")
                }
                guard changes.count == 1, case .set(let value) = changes.first, let old = cases[index][name] else {
                    throw TestRewrite.Refusal(
                        "the places of `{\(name)}` do not agree on its value", "各处的 `{\(name)}` 取值不一致")
                }
                edits.append(layout.replacement(of: old, by: ValueText.of(value, like: old)))
            }
        }
        return edits
    }
}
