import Rules

/// What the slots held for one member at one instant.
package struct Readings: Sendable {
    /// One per field slot; nil is missing.
    package var values: [Value?]
    /// One per history slot: how many such events up to and including now.
    package var counts: [Int]
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

    package func holds(_ check: Check) -> Bool {
        switch check {
        case .all(let children): children.allSatisfy(holds)
        case .any(let children): children.contains(where: holds)
        case .none(let children): !children.contains(where: holds)
        case .field(let test, let slot):
            test.tests.allSatisfy { $0.holds(slot.flatMap { values[$0] }, type: test.field.type, now: now, zone: zone) }
        case .history(let test, let slot): test.times.allSatisfy { $0.holds(counts[slot]) }
        }
    }

    /// Nil when the check holds. Maps and `all`: the first false child; `any`: the first child; `none`: the first child
    /// that holds, down to its first leaf (semantics §5, §10).
    package func objection(to check: Check) -> Objection? {
        holds(check) ? nil : failingLeaf(of: check)
    }

    private func failingLeaf(of check: Check) -> Objection {
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

    private func firstLeaf(of check: Check) -> Objection {
        switch check {
        case .all(let children), .any(let children), .none(let children):
            children.first.map(firstLeaf) ?? .field("", actual: nil)
        case .field(let test, let slot): .field(test.field.name, actual: slot.flatMap { values[$0] })
        case .history(let test, let slot): .history(test.event, actual: counts[slot])
        }
    }
}
