import Kit
import Policies
import Rules

/// A stretch of time that a scan looks at: `after < x ≤ through`.
package struct Window: Sendable, Hashable {
    package var after: Instant
    package var through: Instant
    package init(after: Instant, through: Instant) {
        self.after = after
        self.through = through
    }
    package func contains(_ instant: Instant) -> Bool { after < instant && instant <= through }
    package var isEmpty: Bool { through <= after }
}

/// An occurrence that a scan found.
package enum Candidate: Sendable {
    case due(Occurrence)
    /// An `unless` event came, or the anchor itself ended, before the decision.
    case cancelled(Occurrence, at: Instant, Reason)

    package var occurrence: Occurrence {
        switch self {
        case .due(let occurrence), .cancelled(let occurrence, _, _): occurrence
        }
    }
    /// When it happens: the due instant, or that of the cancelling event.
    package var at: Instant {
        switch self {
        case .due(let occurrence): occurrence.ready
        case .cancelled(_, let at, _): at
        }
    }
}

/// The zones that members live in. They are few, so date triggers ask once per zone and day instead of once per member.
package struct ZonesInUse: Sendable {
    /// The zone of settings, for members without one of their own (and for all, with `clock: shop`).
    package let standard: Zone
    package let others: [Zone]

    /// Reads the zones by a loose scan of the zone index: one step per distinct zone, not per member.
    package init(_ db: Session, _ settings: Settings) throws {
        standard = settings.zone
        guard settings.clockIsMembers else {
            others = []
            return
        }
        let names: [String] = try db.values(
            """
            WITH RECURSIVE z (name) AS (
              SELECT (SELECT MIN(zone) FROM members WHERE zone IS NOT NULL)
              UNION ALL SELECT (SELECT MIN(zone) FROM members WHERE zone > z.name) FROM z WHERE z.name IS NOT NULL)
            SELECT name FROM z WHERE name IS NOT NULL
            """)
        let own = standard.name
        others = names.filter { $0 != own }.compactMap(Zone.init(named:))
    }

    package var all: [Zone] { [standard] + others }

    /// The members on this zone's clock, as SQL over `m`; zone names are our own, never user text.
    package func predicate(_ zone: Zone) -> String {
        if others.isEmpty { return "TRUE" }
        let name = sqlText(zone.name)
        return zone.name == standard.name
            ? "(m.zone IS NULL OR m.zone = \(name) OR \(unknownZone))" : "m.zone = \(name)"
    }

    /// The name of the zone that applies to the member `m`, as SQL.
    var nameSQL: String {
        guard !others.isEmpty else { return sqlText(standard.name) }
        let known = all.map { sqlText($0.name) }.joined(separator: ", ")
        return "CASE WHEN m.zone IN (\(known)) THEN m.zone ELSE \(sqlText(standard.name)) END"
    }

    private var unknownZone: String {
        "m.zone NOT IN (" + (all.map { sqlText($0.name) }).joined(separator: ", ") + ")"
    }

    /// A member's zone by the name the store holds.
    package func zone(named name: String?) -> Zone {
        guard let name, !others.isEmpty else { return standard }
        return others.first { $0.name == name } ?? standard
    }
}

extension Zone {
    /// The first and the last local date on which `time` falls within the window; nil: on none.
    func daysFalling(of time: LocalTime, in window: Window) -> ClosedRange<LocalDate>? {
        guard !window.isEmpty else { return nil }
        var first = date(of: window.after).adding(days: -1)
        var last = date(of: window.through).adding(days: 1)
        while first <= last, instant(first, time) <= window.after { first = first.adding(days: 1) }
        while first <= last, instant(last, time) > window.through { last = last.adding(days: -1) }
        return first <= last ? first...last : nil
    }

    /// The local dates on which `time` falls within the window, with the instant.
    func falls(of time: LocalTime, in window: Window) -> [(day: LocalDate, instant: Instant)] {
        guard let days = daysFalling(of: time, in: window) else { return [] }
        return (days.lowerBound.days...days.upperBound.days).map {
            (LocalDate(days: $0), instant(LocalDate(days: $0), time))
        }
    }
}
