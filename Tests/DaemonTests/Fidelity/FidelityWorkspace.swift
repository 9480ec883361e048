import Review
import Kit
import Daemon
import Foundation
import Policies
import Rules
import Store
import TestSupport

/// A random rule set with a random history, from `Tests/Tools/oracle`.
struct FidelityWorkspace {
    let seed: Int
    /// What the daemon is given: live and shadow rules.
    var staged: LiveRules.Staged
    var fixtures: Fixtures
    /// `at ≤ now < until`.
    let from: Instant
    let until: Instant
    /// Of the pool `C-P`: few, so that it matters who comes first.
    let codes: [CouponCodeRow]

    /// Throws `RuleSource.Broken` where random conditions contradict each other.
    init(seed: Int, under directory: URL) throws {
        let folder = directory.appending(path: "\(seed)")
        self.seed = seed
        var random = SeededGenerator(seed: UInt64(seed))
        let source = RuleSource(
            directory: folder.appending(path: "rules").path, channels: ChannelDeclaration.standard, isStrict: false,
            store: try MemberStore.inMemory())
        staged = try source.read()
        let settings = staged.planned.set.settings
        let window = try String(contentsOf: folder.appending(path: "window"), encoding: .utf8)
            .split(whereSeparator: \.isWhitespace).compactMap {
                TimePoint(text: String($0))?.instant(in: settings.zone)
            }
        guard window.count == 2 else { throw ShippedRules.Broken(description: "no window in \(folder.path)") }
        (from, until) = (window[0], window[1])
        let file = try RuleSetLoader.read(folder.appending(path: "fixtures.yaml").path)
        fixtures = try ShippedRules.fixtures(of: [file], custom: staged.planned.set.fields)
        codes = (0..<Int.random(in: 0...4, using: &random)).map { CouponCodeRow(template: "C-P", code: "P\($0)") }
        for index in fixtures.members.indices {
            fixtures.members[index].events = fixtures.members[index].events.withoutRepeats
            changeTheirMinds(index, &random)
        }
    }

    /// Fixtures know no dated consents; the world does.
    private mutating func changeTheirMinds(_ index: Int, _ random: inout SeededGenerator) {
        for consent in fixtures.members[index].consents where Int.random(in: 0..<4, using: &random) == 0 {
            var later = consent
            later.state = Bool.random(using: &random) ? .granted : .withdrawn
            later.at = Instant(micros: Int64.random(in: from.micros..<until.micros, using: &random))
            fixtures.members[index].consents.append(later)
        }
    }

    /// What a dry-run runs of it.
    var live: PlannedSet {
        let rules = staged.planned.plans.map(\.rule).filter { $0.status == .live }
        return PlannedSet(staged.planned.set, rules: rules, channels: ChannelDeclaration.standard)
    }

    func store(of fixtures: Fixtures) throws -> MemberStore {
        let set = staged.planned.set
        let store = try MemberStore.inMemory(fixtures, settings: set.settings, custom: set.fields)
        try store.writer.write { db in
            var rows = RowWriter(db, origin: .fixtures)
            for code in codes { _ = try rows.write(couponCode: code) }
        }
        return store
    }

    // MARK: smaller ones

    func without(rule id: String) -> FidelityWorkspace {
        var smaller = self
        let rules = staged.planned.plans.map(\.rule).filter { $0.id != id }
        smaller.staged.planned = staged.planned.with(rules: rules)
        return smaller
    }

    func without(member id: String) -> FidelityWorkspace {
        var smaller = self
        smaller.fixtures.members.removeAll { $0.row.id == id }
        return smaller
    }
}

extension [EventRow] {
    /// A fixture counts every line of it; the world sees the same event without an id once.
    fileprivate var withoutRepeats: [EventRow] {
        var seen: Set<EventRow> = []
        return filter { $0.id != nil || seen.insert($0).inserted }
    }
}
