import Kit
import Policies
import Rules

/// The time limits of one handover: its gates use them, and they are stored with the attempt.
package struct HandoverLimits: Hashable {
    package var zone: Zone
    /// Nil: no quiet hours for this purpose.
    package var quiet: Settings.QuietHours?
    /// The caps that apply to this member now, in the order of the settings.
    package var caps: [CountLimit]

    package init(_ facts: HandoverFacts, _ settings: Settings) {
        zone = facts.zone
        quiet = settings.quietHours.flatMap { $0.appliesTo.contains(facts.purpose) ? $0 : nil }
        caps =
            facts.purpose == .marketing
            ? settings.frequencyCap.filter { $0.segment.map(facts.segments.contains) ?? true } : []
    }

    /// Reads the limits as stored; nil when the zone is not known. Other parts that cannot be read are left out.
    package init?(zone: String, quiet: String, caps: String) {
        guard let zone = Zone(named: zone) else { return nil }
        let parts = quiet.split(separator: " ")
        let times = (parts.first ?? "").split(separator: "-").compactMap { LocalTime(text: $0) }
        let days = parts.dropFirst().flatMap { $0.split(separator: ",").compactMap { Int($0) } }
        let limits = caps.split(separator: ",").compactMap { part -> CountLimit? in
            let words = part.split(separator: " ")
            guard words.count == 3, let times = Int(words[0]), let span = Span(text: words[2]) else { return nil }
            return CountLimit(times: times, window: span)
        }
        self.zone = zone
        self.quiet =
            times.count == 2
            ? Settings.QuietHours(from: times[0], to: times[1], appliesTo: [.marketing, .service], days: days) : nil
        self.caps = limits
    }
}

/// The rows of limits that the attempts of one transaction refer to.
package struct StoredLimits {
    private let db: Session
    private var ids: [HandoverLimits: Int64] = [:]

    package init(_ db: Session) { self.db = db }

    /// `21:00-09:00`, with quiet days `21:00-09:00 6,7`.
    private static func text(_ quiet: Settings.QuietHours) -> String {
        let times = "\(quiet.from.text)-\(quiet.to.text)"
        return quiet.days.isEmpty ? times : times + " " + quiet.days.map(String.init).joined(separator: ",")
    }

    /// The id of the row with these limits, which is inserted the first time they occur.
    package mutating func id(_ limits: HandoverLimits) throws -> Int64? {
        if let id = ids[limits] { return id }
        let quiet = limits.quiet.map(StoredLimits.text) ?? ""
        let caps = limits.caps.map(\.text).joined(separator: ",")
        try db.run(
            "INSERT INTO handover_limits (zone, quiet, caps) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [limits.zone.name, quiet, caps])
        let id: Int64? = try db.value(
            "SELECT id FROM handover_limits WHERE zone = ? AND quiet = ? AND caps = ?", [limits.zone.name, quiet, caps])
        ids[limits] = id
        return id
    }
}
