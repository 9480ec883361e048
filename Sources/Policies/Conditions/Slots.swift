import Rules

/// The values a rule reads, each fetched once per occurrence: fields and event counts, in a fixed order.
/// The store makes one column of each; conditions and `fill` look values up by slot.
package struct Slots: Sendable {
    package private(set) var fields: [Field] = []
    package private(set) var histories: [HistoryTest] = []
    /// Fields that conditions and steps read from what earlier steps saved: known only once those steps are done.
    package private(set) var saved: [Field] = []
    private var fieldIndex: [String: Int] = [:]

    package init() {}

    /// The slot of a field, added when it is new; nil for a saved value, which is not read from the store.
    package mutating func add(_ field: Field) -> Int? {
        if case .saved = field.source { return nil }
        if let known = fieldIndex[field.name] { return known }
        fieldIndex[field.name] = fields.count
        fields.append(field)
        return fields.count - 1
    }

    /// The slot of a field that a condition or a step reads; a saved value has none, and is noted in `saved`.
    package mutating func addRead(_ field: Field) -> Int? {
        if case .saved = field.source, !saved.contains(where: { $0.name == field.name }) { saved.append(field) }
        return add(field)
    }

    package mutating func add(_ history: HistoryTest) -> Int {
        histories.append(history)
        return histories.count - 1
    }

    package func reads(savedAs name: String) -> Bool { saved.contains { $0.source == .saved(name) } }

    package func index(of field: Field) -> Int? { fieldIndex[field.name] }
}

/// A condition with its leaves bound to slots.
package indirect enum BoundCondition: Sendable {
    case all([BoundCondition])
    case any([BoundCondition])
    case none([BoundCondition])
    case field(FieldTest, slot: Int?)
    case history(HistoryTest, slot: Int)

    package init(_ condition: Condition, _ slots: inout Slots) {
        switch condition {
        case .all(let children): self = .all(children.map { BoundCondition($0, &slots) })
        case .any(let children): self = .any(children.map { BoundCondition($0, &slots) })
        case .none(let children): self = .none(children.map { BoundCondition($0, &slots) })
        case .field(var test):
            let slot = slots.addRead(test.field)
            for field in test.tests.compactMap(\.otherField) { test.otherSlots[field.name] = slots.addRead(field) }
            self = .field(test, slot: slot)
        case .history(let test): self = .history(test, slot: slots.add(test))
        }
    }
}
