import Kit
import Rules

/// Reads events in the shape of the Segment specification: those of a call, or one a line. It is a pure function of the
/// event, of the instant at which it came, and of the shop's declarations.
package struct SegmentDialect: Sendable {
    let terms: SourceTerms

    package init(_ terms: SourceTerms) { self.terms = terms }

    /// Clocks that differ by less are right: what lies between is the way of the event.
    private static let skew: Int64 = 2_000_000

    package func read(_ item: StrictJSON, at received: Instant) -> SourceEvent {
        let person = person(in: item, "userId")
        var event = SourceEvent(
            id: nil, identity: identity(of: item, at: received), body: .json(item), person: person,
            facts: .success([]))
        do {
            guard case .object = item else { throw Rejection.noEvent("event") }
            event.id = try SegmentDialect.id(item["messageId"], .id)
            if item.hasNUL { throw Rejection.nul("event") }
            event.facts = .success(try facts(of: item, id: event.id, at: received))
        } catch let rejection as Rejection {
            event.facts = .failure(rejection)
        } catch {
            event.facts = .failure(.noEvent("event"))
        }
        return event
    }

    /// What makes two events the same event. `sentAt` is new with every attempt. An event without an id and without a
    /// time of its own is the same only within one day.
    private func identity(of item: StrictJSON, at received: Instant) -> String {
        let own = StrictJSON.object(item.members.filter { $0.key != "sentAt" && $0.value != .null })
        let text = item.members.isEmpty ? item.compactText : own.sorted.compactText
        let isDated = ["messageId", "timestamp", "originalTimestamp"].contains { item[$0]?.scalarText != nil }
        return isDated ? text : text + "\n" + Zone.utc.date(of: received).text
    }

    // MARK: who and when

    private func person(in item: StrictJSON, _ key: String) -> String? {
        (try? SegmentDialect.id(item[key], .memberID)) ?? nil
    }

    /// An id as the store keeps it; a number is taken as written. Throws a `Rejection`.
    static func id(_ value: StrictJSON?, _ column: Column) throws -> String? {
        try value?.scalarText.flatMap { try CellReader.id(bare: CellText.bare($0), column) }
    }

    /// The member that an event is about, or else the device.
    private func subject(of item: StrictJSON) throws -> (id: String, device: String?) {
        let device = try SegmentDialect.id(item["anonymousId"], .memberID)
        if let member = try SegmentDialect.id(item["userId"], .memberID) { return (member, device) }
        guard let device else { throw Rejection.noPerson }
        return (AnonymousPerson.id(device), nil)
    }

    /// The instant of an event on our clock: `received - (sentAt - timestamp)`, where the source says when it sent it. A
    /// source that states both times has corrected `timestamp` itself.
    private func instant(of item: StrictJSON, at received: Instant) throws -> Instant {
        let original = try time(item, "originalTimestamp")
        let stated = try time(item, "timestamp")
        guard var at = stated ?? original else { return received }
        if original == nil || stated == nil, let sent = try time(item, "sentAt") {
            let late = received.micros - sent.micros
            if abs(late) >= SegmentDialect.skew { at = at.adding(micros: late) }
        }
        return try SegmentDialect.notAhead(at, of: received)
    }

    /// The same; a call that refuses something counts as of now, however far ahead its clock is.
    private func instant(of item: StrictJSON, _ call: SegmentCall, at received: Instant) throws -> Instant {
        do {
            return try instant(of: item, at: received)
        } catch Rejection.inFuture where call == .identify {
            let traits = try SegmentDialect.data(item, "traits")
            guard try TraitConsents(terms).refuse(traits, received: received) else { throw Rejection.inFuture }
            return received
        }
    }

    /// A time that is a little ahead of our clock counts as now. Throws `Rejection.inFuture` for one that is further ahead.
    static func notAhead(_ at: Instant, of received: Instant) throws -> Instant {
        guard at > received else { return at }
        guard at.micros - received.micros <= IntakeRow.mostAhead else { throw Rejection.inFuture }
        return received
    }

    private func time(_ item: StrictJSON, _ key: String) throws -> Instant? {
        guard let value = item[key], value != .null else { return nil }
        guard let text = value.scalarText, !text.isEmpty else { throw Rejection.notTime(key) }
        if case .number = value {
            guard let micros = SegmentDialect.micros(sinceEpoch: text) else { throw Rejection.notTime(key) }
            return Instant(micros: micros)
        }
        do {
            switch try DateText(zone: terms.zone).point(SegmentDialect.plain(text), .at) {
            case .instant(let instant): return instant
            case .date(let date): return terms.zone.startOfDay(date)
            }
        } catch is Rejection {
            throw Rejection.notTime(key)
        }
    }

    /// Of seconds (ten digits) or milliseconds (thirteen) since 1970.
    static func micros(sinceEpoch digits: String) -> Int64? {
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int64(digits) else { return nil }
        switch digits.utf8.count {
        case 10: return number * 1_000_000
        case 13: return number * 1000
        default: return nil
        }
    }

    /// Without the digits of a fraction after the ninth, which nobody means.
    private static func plain(_ text: String) -> String {
        guard let point = text.utf8.firstIndex(of: UInt8(ascii: ".")) else { return text }
        let start = text.utf8.index(after: point)
        let digits = text.utf8[start...].prefix { (48...57).contains($0) }
        guard digits.count > 9 else { return text }
        return String(text[..<start]) + String(digits.prefix(9).map { Character(Unicode.Scalar($0)) })
            + text[digits.endIndex...]
    }

    // MARK: what

    private func facts(of item: StrictJSON, id: String?, at received: Instant) throws -> [SourceFact] {
        guard let call = item["type"]?.scalarText.flatMap({ SegmentCall(rawValue: $0.lowercased()) }) else {
            throw Rejection.unknownType
        }
        let (person, device) = try subject(of: item)
        let at = try instant(of: item, call, at: received)
        func event(_ name: String, _ data: StrictJSON) throws -> EventRow {
            try self.event(name, of: person, id: id, at: at, data: data)
        }
        switch call {
        case .batch: throw Rejection.unknownType
        case .track:
            guard let name = item["event"]?.scalarText, !CellText.bare(name).isEmpty else {
                throw Rejection.noEventName
            }
            let data = try SegmentDialect.data(item, "properties")
            let told = try event(CellText.bare(name), data)
            return [try CommerceEvent(told.name)?.fact(of: told, data) ?? .event(told, lacksCart: false)]
        case .page, .screen:
            var data = try SegmentDialect.data(item, "properties").members
            for key in ["name", "category"] where !data.contains(where: { $0.key == key }) {
                if let value = item[key], value.scalarText != nil { data.append(.init(key: key, value: value)) }
            }
            return [.event(try event(call == .page ? "Page Viewed" : "Screen Viewed", .object(data)), lacksCart: false)]
        case .group:
            let group = item["groupId"].flatMap { $0.scalarText == nil ? nil : $0 }
            let data = group.map { [StrictJSON.Member(key: "group", value: $0)] } ?? []
            return [.event(try event("member.grouped", .object(data)), lacksCart: false)]
        case .identify:
            let told = SourceFact.event(try event("member.identified", .object([])), lacksCart: false)
            // Traits of a device are nobody's: a member has an id.
            guard !AnonymousPerson.isOne(person) else { return [told] }
            let row = try TraitColumns(terms).member(person, try SegmentDialect.data(item, "traits"), at: received)
            let merge = device.map { [SourceFact.merge(anonymous: AnonymousPerson.id($0), member: person)] } ?? []
            let said = try TraitConsents(terms).facts(
                person, SegmentDialect.data(item, "traits"), at: at, received: received)
            return [.member(row.member, stating: row.stated, at: at)] + said + [told] + merge
        case .alias:
            guard let former = try SegmentDialect.id(item["previousId"], .memberID), !AnonymousPerson.isOne(person)
            else {
                throw Rejection.noSecondPerson
            }
            let told = try event("member.aliased", .object([]))
            return [
                .event(told, lacksCart: false), .merge(anonymous: AnonymousPerson.id(former), member: person),
            ]
        }
    }

    private func event(
        _ name: String, of person: String, id: String?, at: Instant, data: StrictJSON
    ) throws -> EventRow {
        var record = ImportRecord(number: 1)
        record.cells.add(.text(person), under: .memberID)
        record.cells.add(.text(name), under: .name)
        // A name of any kind and the instant that was read: only their limits are judged here.
        record.cells.add(.json(data), under: .data)
        return try terms.builder(record, at: at).event(id: id, at: at)
    }

    /// An object, or nothing. Throws a `Rejection` for everything else.
    private static func data(_ item: StrictJSON, _ key: String) throws -> StrictJSON {
        switch item[key] {
        case nil, .null?: return .object([])
        case .object(let members)?: return .object(members)
        default: throw Rejection.noEvent(key)
        }
    }
}
