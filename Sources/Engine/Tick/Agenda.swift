import Kit
import Policies
import Rules
import Store

/// Occurrences that were found and are not decided yet, in the order of semantics §5. A few are kept in memory; many,
/// because a million may be due at one instant, in a temporary SQLite database that disappears when it is closed.
package final class Agenda {
    package typealias Item = AgendaItem

    package typealias Pair = AgendaPair

    /// The items in memory, by instant.
    private struct Few {
        struct Entry {
            var item: Item
            var generation: Int
        }
        var entries: [Instant: [Entry]] = [:]
        var instants = InstantQueue()
        /// A removal makes everything void that was found for the pair before, by raising its generation.
        var generations: [Pair: Int] = [:]
        var count = 0

        mutating func add(_ item: Item) {
            let pair = Pair(plan: item.plan, member: item.found.occurrence.member)
            if entries[item.found.at] == nil { instants.push(item.found.at) }
            entries[item.found.at, default: []].append(Entry(item: item, generation: generations[pair] ?? 0))
            count += 1
        }

        mutating func take(_ instant: Instant) -> [Item] {
            let taken = entries.removeValue(forKey: instant) ?? []
            count -= taken.count
            return taken.filter(isValid).map(\.item)
        }

        func isValid(_ entry: Entry) -> Bool {
            let pair = Pair(plan: entry.item.plan, member: entry.item.found.occurrence.member)
            return entry.generation == generations[pair] ?? 0
        }
    }

    /// The most items that are kept in memory.
    private let most: Int
    private let page: Int
    private var few = Few()
    private var many: AgendaDatabase?
    /// The next items of the round, in order; the rest is on disk.
    private var buffer: ArraySlice<Item> = []
    private var isRoundRead = true
    private var touched: Set<Pair> = []

    package init(most: Int = 5000, page: Int = 2000) { (self.most, self.page) = (most, page) }

    var isSpilled: Bool { many != nil }

    package func add(_ item: Item) throws {
        if let many { return try many.add(item) }
        few.add(item)
        if few.count > most || few.generations.count > most { try spill() }
    }

    private func spill() throws {
        let many = try AgendaDatabase()
        while let instant = few.instants.first {
            few.instants.removeFirst()
            for item in few.take(instant) { try many.add(item) }
        }
        for pair in touched { try many.touch(pair) }
        (few, touched) = (Few(), [])
        self.many = many
    }

    /// Drops what was found for a rule and a member.
    package func remove(_ pair: Pair) throws {
        if let many { return try many.remove(pair) }
        few.generations[pair, default: 0] += 1
    }

    /// Drops everything of a rule, so that nothing of it is decided.
    package func remove(plan: Int) throws {
        if let many { try many.remove(plan: plan) }
        for (instant, entries) in few.entries {
            few.entries[instant] = entries.filter { $0.item.plan != plan }
        }
        buffer = buffer.filter { $0.plan != plan }[...]
    }

    package func removeAll() {
        (few, many) = (Few(), nil)
        (buffer, isRoundRead) = ([], true)
    }

    /// The earliest instant on the agenda, not counting a round under way.
    package func first() throws -> Instant? {
        if let many { return try many.first() }
        return few.instants.first
    }

    /// How many people are newly due, by plan. A release from a hold does not count, and each person counts once.
    func people() throws -> [Int: Int] {
        if let many { return try many.people() }
        var members: [Int: Set<String>] = [:]
        for entry in few.entries.values.joined() {
            guard case .due(let occurrence) = entry.item.found, !occurrence.isRelease else { continue }
            members[entry.item.plan, default: []].insert(occurrence.member)
        }
        return members.mapValues(\.count)
    }

    // MARK: rounds

    /// Begins a round: the items now on the agenda at or before an instant; what is added meanwhile belongs to the
    /// next. Items that a cancellation of the round ends are left out, even if they were due before it.
    package func beginRound(through instant: Instant) throws {
        isRoundRead = false
        if let many { return try many.beginRound(through: instant) }
        var items: [Item] = []
        while let first = few.instants.first, first <= instant {
            few.instants.removeFirst()
            items += few.take(first)
        }
        buffer = Agenda.ordered(items, through: instant)[...]
        isRoundRead = true
    }

    /// The next items of the round, at most `room`, and only while `goesOn` holds. Empty at the end of the round, when
    /// `isRoundOver` is true.
    package func next(_ room: Int, while goesOn: (Item) -> Bool = { _ in true }) throws -> [Item] {
        try fill()
        let taken = buffer.prefix(room).prefix(while: goesOn)
        buffer = buffer.dropFirst(taken.count)
        return Array(taken)
    }

    func isRoundOver() throws -> Bool {
        try fill()
        return buffer.isEmpty
    }

    private func fill() throws {
        guard buffer.isEmpty, !isRoundRead, let many else { return }
        let page = try many.nextOfRound(page)
        buffer = page[...]
        if page.isEmpty { isRoundRead = true }
    }

    // MARK: members taken away

    /// The members of everything in memory.
    func members() -> Set<String> {
        Set(few.entries.values.joined().map(\.item.found.occurrence.member))
    }

    /// Removes and returns what is in memory about some members: items, and the rules to scan them for again. Only for
    /// an agenda that is not spilled.
    func take(of members: Set<String>) -> (items: [Item], touched: [Pair]) {
        var items = buffer.filter { members.contains($0.found.occurrence.member) }
        buffer.removeAll { members.contains($0.found.occurrence.member) }
        for (instant, entries) in few.entries {
            let mine = entries.filter { members.contains($0.item.found.occurrence.member) }
            guard !mine.isEmpty else { continue }
            few.entries[instant] = entries.filter { !members.contains($0.item.found.occurrence.member) }
            few.count -= mine.count
            items += mine.filter { few.isValid($0) }.map(\.item)
        }
        let pairs = touched.filter { members.contains($0.member) }
        touched.subtract(pairs)
        return (Array(items), Array(pairs))
    }

    // MARK: members to scan again

    /// Notes that a decision may make something due at once for this rule and member.
    package func touch(_ pair: Pair) throws {
        if let many { return try many.touch(pair) }
        touched.insert(pair)
        if touched.count > most { try spill() }
    }

    /// Removes and returns some touched members of one rule; nil when none are left.
    package func nextTouched(_ most: Int) throws -> (plan: Int, members: [String])? {
        if let pair = touched.first {
            let members = touched.filter { $0.plan == pair.plan }.prefix(most).map(\.member)
            for member in members { touched.remove(Pair(plan: pair.plan, member: member)) }
            return (pair.plan, members.sorted())
        }
        return try many?.nextTouched(most)
    }
}

// MARK: the order

extension Agenda {
    /// What the order of an item depends on. An item is much larger, and sorting moves its elements many times.
    private struct Key {
        let at: Instant
        let isCancelling: Bool
        let plan: Int
        let member: String
        let occasion: String
        let index: Int

        init(_ item: Item, _ index: Int) {
            let occurrence = item.found.occurrence
            (at, isCancelling, plan) = (item.found.at, item.isCancelling, item.plan)
            (member, occasion, self.index) = (occurrence.member, occurrence.occasion, index)
        }

        /// Within an instant, step 2 (cancellations) comes before step 3; then the order is by priority and rule id (the
        /// order of plans), member, occasion.
        func precedes(_ other: Key) -> Bool {
            if at != other.at { return at < other.at }
            if isCancelling != other.isCancelling { return isCancelling }
            if plan != other.plan { return plan < other.plan }
            if member != other.member { return member.isBytewise(before: other.member) }
            if occasion != other.occasion { return occasion.isBytewise(before: other.occasion) }
            return index < other.index
        }
    }

    /// Sorts items into the order of semantics §5, without those that a cancellation at or before `instant` among them
    /// ends: a late decision sees all of them at once, and what was cancelled must not act because it was due earlier.
    static func ordered(_ items: [Item], through instant: Instant) -> [Item] {
        var kept = items
        let cancelling = items.filter { $0.isCancelling && $0.found.at <= instant }
        if !cancelling.isEmpty {
            let ended = Set(cancelling.map { $0.found.occurrence.key($0.plan) })
            kept.removeAll { !$0.isCancelling && ended.contains($0.found.occurrence.key($0.plan)) }
        }
        let keys = kept.indices.map { Key(kept[$0], $0) }
        if zip(keys, keys.dropFirst()).allSatisfy({ $0.precedes($1) }) { return kept }
        return keys.sorted { $0.precedes($1) }.map { kept[$0.index] }
    }
}
