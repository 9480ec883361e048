import Kit
import Policies
import Rules

/// The limits in time that hold for one handover: what its gates go by, and what is kept with the attempt.
package struct HandoverLimits: Hashable {
    package var zone: Zone
    /// Nil: none for this purpose.
    package var quiet: Settings.QuietHours?
    /// Those that hold for this member now, in the order of the settings.
    package var caps: [CountLimit]

    package init(_ facts: HandoverFacts, _ settings: Settings) {
        zone = facts.zone
        quiet = settings.quietHours.flatMap { $0.appliesTo.contains(facts.purpose) ? $0 : nil }
        caps =
            facts.purpose == .marketing
            ? settings.frequencyCap.filter { $0.segment.map(facts.segments.contains) ?? true } : []
    }

    /// As stored; nil for what cannot be read.
    package init?(zone: String, quiet: String, caps: String) {
        guard let zone = Zone(named: zone) else { return nil }
        let times = quiet.split(separator: "-").compactMap { LocalTime(text: $0) }
        let limits = caps.split(separator: ",").compactMap { part -> CountLimit? in
            let words = part.split(separator: " ")
            guard words.count == 3, let times = Int(words[0]), let span = Span(text: words[2]) else { return nil }
            return CountLimit(times: times, window: span)
        }
        self.zone = zone
        self.quiet =
            times.count == 2
            ? Settings.QuietHours(from: times[0], to: times[1], appliesTo: [.marketing, .service]) : nil
        self.caps = limits
    }

    /// The row of these limits, made when they come up for the first time.
    package func id(_ db: Session) throws -> Int64? {
        let quiet = quiet.map { "\($0.from.text)-\($0.to.text)" } ?? ""
        let caps = caps.map(\.text).joined(separator: ",")
        try db.run(
            "INSERT INTO handover_limits (zone, quiet, caps) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [zone.name, quiet, caps])
        return try
            (db.value(
                "SELECT id FROM handover_limits WHERE zone = ? AND quiet = ? AND caps = ?", [zone.name, quiet, caps])
            as Int64?)
    }
}
