import Kit
import Policies
import Rules

/// The members that a festival or schedule addresses at one instant, read page by page because it may be all of them.
package struct SlotAudience {
    package let plan: Int
    package let due: Instant
    package let slots: [CalendarSlot]
    /// The last member that was read.
    private var read: String?

    /// The audiences of a scan, in the order of their instants.
    package static func all(in scan: Scan, plan: Int) -> [SlotAudience] {
        Dictionary(grouping: scan.slots, by: \.due).sorted { $0.key < $1.key }
            .map { SlotAudience(plan: plan, due: $0.key, slots: $0.value) }
    }

    private init(plan: Int, due: Instant, slots: [CalendarSlot]) {
        self.plan = plan
        self.due = due
        self.slots = slots
    }

    /// The next candidates by member, at least `most`; fewer means that they are the last. A member's occurrences are
    /// never on two pages, even where a clock skipped a date, so that two slots of one zone fall on one instant.
    package mutating func next(_ most: Int, of scan: Scan) throws -> [Candidate] {
        let found = try slots.flatMap { try scan.page($0, after: read, most: most) }
        guard slots.count > 1, found.count > most else {
            read = found.map(\.occurrence.member).max { $0.isBytewise(before: $1) } ?? read
            return found
        }
        // Each slot read its own first members, so only those up to the common end are kept.
        let ordered = found.sorted { $0.occurrence.member.isBytewise(before: $1.occurrence.member) }
        let last = ordered[most - 1].occurrence.member
        read = last
        return ordered.filter { !last.isBytewise(before: $0.occurrence.member) }
    }
}
