import Kit
import Policies
import Rules

/// A trace read back by the plan of the rules version that wrote it.
package struct StoredTrace {
    /// Nil: nothing about the member was read.
    package var facts: Facts?
    package var zone: Zone
    /// The number of the event that the occurrence began with.
    package var event: Int64?
    package var date: LocalDate?
}

extension Trace {
    /// Nil when the text does not fit the plan, so that no value is shown under another's name.
    package func read(_ text: String, at now: Instant) -> StoredTrace? {
        guard let json = try? StrictJSON(parsing: text), case .object = json else { return nil }
        var trace = StoredTrace(zone: standard)
        if let name = json[.zone]?.scalarText {
            guard let zone = Zone(named: name) else { return nil }
            trace.zone = zone
        }
        trace.event = json[.event]?.int64
        trace.date = json[.date].flatMap { Value($0, type: .date) }.flatMap(\.date)
        guard json[.values] != nil else { return trace }
        trace.facts = facts(json, at: now, in: trace.zone)
        return trace.facts == nil ? nil : trace
    }

    private func facts(_ json: StrictJSON, at now: Instant, in zone: Zone) -> Facts? {
        let cells = json[.values]?.items ?? []
        let counts = (json[.counts]?.items ?? []).compactMap(\.int64)
        let digits = (json[.contacts]?.scalarText ?? "").compactMap { Int(String($0), radix: 32) }
        guard cells.count <= plan.slots.fields.count, counts.count == plan.slots.histories.count,
            digits.count == plan.channels.count
        else { return nil }
        var values: [Value?] = zip(cells, plan.slots.fields).map { Value($0, type: $1.type) }
        values += Array(repeating: nil, count: plan.slots.fields.count - values.count)
        var readings = FieldValues(values: values, counts: counts.map { Int($0) }, now: now, zone: zone)
        for (cell, field) in zip(json[.saved]?.items ?? [], plan.slots.saved) {
            readings.saved[field.name] = Value(cell, type: field.type)
        }
        var channels: [String: Reach.ChannelFacts] = [:]
        func instants(_ list: StrictJSON?) -> [Instant] {
            (list?.items ?? []).compactMap(\.int64).map { Instant(micros: now.micros &- $0) }
        }
        let others = json[.othersSends]?.items ?? []
        let credits = json[.credits]?.items ?? []
        for (index, (channel, digit)) in zip(plan.channels, digits).enumerated() {
            let consents: [Reach.Consent?] = [nil, .granted, .withdrawn, .refused, .minor]
            guard consents.indices.contains(digit >> 2) else { return nil }
            let consent = consents[digit >> 2]
            channels[channel] = Reach.ChannelFacts(
                address: digit & 1 != 0 ? "" : nil, isSuppressed: digit & 2 != 0, marketing: consent, service: consent,
                othersSends: others.indices.contains(index) ? instants(others[index]) : [],
                credits: credits.indices.contains(index) ? Reach.Credits(traced: credits[index]) : nil)
        }
        return Facts(
            readings: readings, channels: channels, preferredChannel: json[.preferred]?.scalarText,
            personalisation: json[.personalisation]?.scalarText, ownActs: instants(json[.ownActs]),
            marketingSends: instants(json[.sends]), forcedVariants: [:])
    }

    /// The extra values of a hold: its release, and the rules version that it was read under.
    package static func hold(_ text: String, at now: Instant) -> (until: Instant, version: Int)? {
        guard let json = try? StrictJSON(parsing: text), let wait = json[.until]?.int64,
            let version = json[.version]?.int64
        else { return nil }
        return (now.adding(micros: wait), Int(version))
    }
}

extension StrictJSON {
    fileprivate subscript(key: Trace.Key) -> StrictJSON? { self[key.rawValue] }

    fileprivate var items: [StrictJSON] { if case .array(let items) = self { items } else { [] } }

    fileprivate var int64: Int64? { if case .number(let digits) = self { Int64(digits) } else { nil } }
}

extension Reach.Credits {
    /// Nil where the channel counted none.
    fileprivate init?(traced json: StrictJSON) {
        guard case .array(let lists) = json, lists.count == 2 else { return nil }
        self.init(
            counted: Set(lists[0].items.compactMap(\.scalarText).compactMap(ChannelDeclaration.MessageForm.init)),
            left: Set(lists[1].items.compactMap(\.scalarText)))
    }
}

extension Value {
    /// Reads a value as `Trace` wrote it; nil is missing.
    fileprivate init?(_ json: StrictJSON, type: FieldType) {
        switch (type, json) {
        case (.money, .number(let digits)):
            guard let fen = Int64(digits) else { return nil }
            self = .money(fen)
        case (.date, .number(let digits)):
            // The years 1 to 9999: beyond them there is no date to print.
            guard let days = Int(digits), (-719_162...2_932_896).contains(days) else { return nil }
            self = .date(LocalDate(days: days))
        case (.instant, .number(let digits)):
            guard let micros = Int64(digits) else { return nil }
            self = .instant(Instant(micros: micros))
        case (_, .number(let digits)):
            guard let number = Double(digits) else { return nil }
            self = .number(number)
        case (_, .array(let items)): self = .list(items.compactMap(\.scalarText))
        case (_, .bool(let flag)): self = .bool(flag)
        case (_, .string(let text)): self = .text(text)
        default: return nil
        }
    }

    fileprivate var date: LocalDate? { if case .date(let date) = self { date } else { nil } }
}
