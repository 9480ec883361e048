import Kit

/// R231: a rule whose fixed time of day lies inside the quiet hours sends nothing at its own time.
extension RuleReader {
    func checkQuietHours(
        _ reading: TriggerReader.Reading, _ purpose: Rule.Purpose?, _ body: BodyReader.Reading,
        findings: inout Findings
    ) {
        guard body.sends, let purpose, let at = reading.at, let quiet = vocabulary.settings.quietHours,
            quiet.appliesTo.contains(purpose), quiet.contains(at),
            // Where the two ends are the wrong way round (R255), nothing follows from them.
            !quiet.leaveTheNight
        else { return }
        let mayServe = purpose == .marketing && !quiet.appliesTo.contains(.service)
        let remedy = "choose a time between \(quiet.to.text) and \(quiet.from.text)"
        findings.inside("when") {
            $0.report(
                "R231", .warning, "every message of this rule will be held until \(release(of: at, quiet))",
                at: reading.atSpan, label: "inside the quiet hours \(quiet.from.text) to \(quiet.to.text)",
                help: [mayServe ? remedy + ", or set  purpose: service  if this is not marketing" : remedy],
                notes: consequence(reading.trigger, at, quiet, body: body).map { [$0] } ?? [],
                key: reading.trigger.kind.rawValue
            )
        }
    }

    private static let noon = LocalTime(minutes: 720)

    private func release(of at: LocalTime, _ quiet: Settings.QuietHours) -> String {
        guard quiet.to <= RuleReader.noon else { return quiet.to.text }
        return at < quiet.to ? "the morning" : "the next morning"
    }

    /// The effect of the wait on the day that the message is about. Nil where the trigger has no such day.
    private func consequence(
        _ trigger: Trigger, _ at: LocalTime, _ quiet: Settings.QuietHours, body: BodyReader.Reading
    ) -> String? {
        guard let (daysBefore, day) = trigger.dayAhead, at >= quiet.to else { return nil }
        let released = "released at \(quiet.to.text), "
        switch daysBefore {
        case 0: return released + "when the day \(day) is over: nothing is ever sent"
        case 1:
            return released + (speaksOfTomorrow(body.body) ? "the text says \"tomorrow\" " : "")
                + "on the very day \(day)"
        default: return nil
        }
    }

    private func speaksOfTomorrow(_ body: Body) -> Bool {
        body.sends.flatMap(\.entries).contains { entry in
            let text = vocabulary.templates[entry.template]?.text?.lowercased() ?? ""
            return ["明天", "明日", "明早", "明晚", "tomorrow"].contains { text.contains($0) }
        }
    }
}

extension Settings.QuietHours {
    /// The range includes `from` and excludes `to`; it goes over midnight when `from` is the later one.
    func contains(_ time: LocalTime) -> Bool {
        from <= to ? from <= time && time < to : from <= time || time < to
    }
}
