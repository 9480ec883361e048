import Kit

/// `if`, a segment, a branch of `choose`: a tree whose leaves read one field or count one event.
package indirect enum Condition: Sendable {
    case all([Condition])
    case any([Condition])
    case none([Condition])
    case field(FieldTest)
    case history(HistoryTest)
}

/// `field: {operator: value, …}`: several operators must all hold, looked at in file order.
package struct FieldTest: Sendable {
    /// The place where the test is written.
    package struct Place: Sendable, Hashable {
        package var key: SourceSpan
        package var value: SourceSpan
        /// Each operator with its operand, one for each test; empty for `field: value`.
        package var operators: [SourceSpan]
        package init(key: SourceSpan, value: SourceSpan, operators: [SourceSpan]) {
            self.key = key
            self.value = value
            self.operators = operators
        }
        package static func top(of file: String) -> Place {
            Place(key: .top(of: file), value: .top(of: file), operators: [])
        }
    }
    package var field: Field
    package var tests: [Comparison]
    package var place: Place
    /// The slots of the fields that tests compare with, by name, once they are bound.
    package var otherSlots: [String: Int] = [:]
    package init(field: Field, tests: [Comparison], place: Place) {
        self.field = field
        self.tests = tests
        self.place = place
    }
    package var line: Int { place.key.start.line }

    /// The field, and those that its tests compare with.
    package var fields: [Field] { [field] + tests.compactMap(\.otherField) }

    /// True when a member without a value passes.
    package var passesMissing: Bool { tests.allSatisfy(\.isNegated) }
}

/// A literal for instants: with a zone it is an instant, without one it is on the member's clock;
/// `after: DATE` means after that day, a date as the upper end of `between` means the whole day.
package typealias Moment = TimePoint

/// `{event, times, within_last, where}`: counts events up to and including now; refunded orders count too.
package struct HistoryTest: Sendable {
    package enum Times: Sendable, Hashable {
        /// `times: n` is exactly n.
        case exactly(Int)
        case atLeast(Int)
        case moreThan(Int)
        case atMost(Int)
        case lessThan(Int)
        case between(Int, Int)
        package func holds(_ count: Int) -> Bool {
            switch self {
            case .exactly(let n): count == n
            case .atLeast(let n): count >= n
            case .moreThan(let n): count > n
            case .atMost(let n): count <= n
            case .lessThan(let n): count < n
            case .between(let low, let high): count >= low && count <= high
            }
        }
    }
    package var event: String
    package var times: [Times]
    package var period: Span?
    package var filter: EventFilter?
    package var line: Int
    package init(event: String, times: [Times], period: Span?, filter: EventFilter?, line: Int) {
        self.event = event
        self.times = times
        self.period = period
        self.filter = filter
        self.line = line
    }
}

/// `where:` of an event: tests on the event's `data` (for a row, on the row's columns); all must hold.
package struct EventFilter: Sendable, Hashable {
    package struct KeyTest: Sendable, Hashable {
        /// The key as written: `rule`, `total`, `store_id`.
        package var key: String
        package var tests: [Comparison]
        package init(key: String, tests: [Comparison]) {
            self.key = key
            self.tests = tests
        }
    }
    package var tests: [KeyTest]
    package init(tests: [KeyTest]) { self.tests = tests }
}

/// An event of `unless` that cancels a wait; with a filter only such an event does.
package struct UnlessEvent: Sendable, Hashable {
    package var event: String
    package var filter: EventFilter?
    package init(event: String, filter: EventFilter? = nil) {
        self.event = event
        self.filter = filter
    }
}

extension [UnlessEvent] {
    /// The names of the events, each once, in file order.
    package var names: [String] {
        reduce(into: []) { names, one in if !names.contains(one.event) { names.append(one.event) } }
    }
}
