import Kit
import Rules

/// The values of the slots for one member at one instant.
package struct FieldValues: Sendable {
    /// One per field slot; nil is missing.
    package var values: [Value?]
    /// One per history slot: the number of such events up to and including `now`.
    package var counts: [Int]
    /// What the steps of the path have saved so far, by the name of the field; absent is missing.
    package var saved: [String: Value] = [:]
    package var now: Instant
    package var zone: Zone

    package init(values: [Value?], counts: [Int], now: Instant, zone: Zone) {
        self.values = values
        self.counts = counts
        self.now = now
        self.zone = zone
    }

    /// The first leaf that made a condition fail, as `because` names it.
    package enum Objection: Sendable, Equatable {
        case field(String, actual: Value?)
        case history(String, actual: Int)
    }

    package func value(of field: Field, slot: Int?) -> Value? {
        if let slot { return values[slot] }
        return saved[field.name]
    }

    package func value(of field: Field, _ slots: Slots) -> Value? { value(of: field, slot: slots.index(of: field)) }

    /// Makes a value saved under `name` readable for the conditions and steps after it.
    package mutating func note(_ thing: SavedValue, as name: String, _ slots: Slots) {
        for field in slots.saved where field.source == .saved(name) {
            saved[field.name] = thing.plain(at: field.name.contains(".") ? field.path : "")
        }
    }

    package func holds(_ check: BoundCondition) -> Bool {
        switch check {
        case .all(let children): return children.allSatisfy(holds)
        case .any(let children): return children.contains(where: holds)
        case .none(let children): return !children.contains(where: holds)
        case .field(let test, let slot):
            let own = value(of: test.field, slot: slot)
            return test.tests.allSatisfy { one in
                guard let field = one.otherField else {
                    return one.holds(own, type: test.field.type, now: now, zone: zone)
                }
                return one.holds(own, against: value(of: field, slot: test.otherSlots[field.name]))
            }
        case .history(let test, let slot): return test.times.allSatisfy { $0.holds(counts[slot]) }
        }
    }

    /// Nil when the check holds. Maps and `all`: the first false child; `any`: the first child; `none`: the first child
    /// that holds, down to its first leaf (semantics §5, §10).
    package func objection(to check: BoundCondition) -> Objection? {
        holds(check) ? nil : failingLeaf(of: check)
    }

    private func failingLeaf(of check: BoundCondition) -> Objection {
        switch check {
        case .all(let children):
            if let child = children.first(where: { !holds($0) }) { return failingLeaf(of: child) }
        case .any(let children):
            if let child = children.first { return failingLeaf(of: child) }
        case .none(let children):
            if let child = children.first(where: holds) { return firstLeaf(of: child) }
        case .field, .history:
            break
        }
        return firstLeaf(of: check)
    }

    private func firstLeaf(of check: BoundCondition) -> Objection {
        switch check {
        case .all(let children), .any(let children), .none(let children):
            children.first.map(firstLeaf) ?? .field("", actual: nil)
        case .field(let test, let slot): .field(test.field.key, actual: value(of: test.field, slot: slot))
        case .history(let test, let slot): .history(test.event, actual: counts[slot])
        }
    }
}
