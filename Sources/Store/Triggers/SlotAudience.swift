import Kit
import Policies
import Rules

/// Whom a festival or schedule is about at one instant, read a page of members at a time: it may be everyone.
package struct SlotAudience {
    package let plan: Int
    package let due: Instant
    package let slots: [CalendarSlot]
    /// The last member that was read.
    private var read: String?

    /// The crowds of a scan, in the order of their instants.
    package static func all(in scan: Scan, plan: Int) -> [SlotAudience] {
        Dictionary(grouping: scan.slots, by: \.due).sorted { $0.key < $1.key }
            .map { SlotAudience(plan: plan, due: $0.key, slots: $0.value) }
    }

    private init(plan: Int, due: Instant, slots: [CalendarSlot]) {
        self.plan = plan
        self.due = due
        self.slots = slots
    }

    /// The next ones by member, at least `most`; fewer are the last ones. Where a clock left out a date, two strokes of one
    /// zone fall on one instant: a member's occurrences are never on two pages.
    package mutating func next(_ most: Int, of scan: Scan) throws -> [Candidate] {
        let found = try slots.flatMap { try scan.page($0, after: read, most: most) }
        guard slots.count > 1, found.count > most else {
            read = found.map(\.occurrence.member).max { $0.isBytewise(before: $1) } ?? read
            return found
        }
        // Of several strokes each read its own first ones.
        let ordered = found.sorted { $0.occurrence.member.isBytewise(before: $1.occurrence.member) }
        let last = ordered[most - 1].occurrence.member
        read = last
        return ordered.filter { !last.isBytewise(before: $0.occurrence.member) }
    }
}
