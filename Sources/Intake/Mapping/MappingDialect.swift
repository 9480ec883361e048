import Kit
import Rules

/// Reads messages of a shop's own system by its mapping. It is a pure function of the message, of the instant at which
/// it came, and of the shop's declarations. A row that cannot be read refuses its whole message.
package struct MappingDialect: Sendable {
    private let mapping: SourceMapping
    let terms: SourceTerms

    package init(_ mapping: SourceMapping, _ terms: SourceTerms) {
        self.mapping = mapping
        var terms = terms
        terms.zone = mapping.zone ?? terms.zone
        self.terms = terms
    }

    package func read(_ body: StrictJSON, at received: Instant) -> SourceEvent {
        var event = SourceEvent(
            id: nil, identity: body.sorted.compactText, body: .json(body), person: nil, facts: .success([]))
        do {
            let message = try decoded(body)
            event.identity = mapping.varying.reduce(message) { $1.replaced(in: $0, with: nil) }.sorted.compactText
            event.id = try SegmentDialect.id(mapping.id?.value(in: message), .id)
            if message.hasNUL { throw Rejection.nul("message") }
            let rows = try rows(of: message)
            event.person = rows.lazy.compactMap(\.person).first
            event.facts = .success(try rows.flatMap { try facts(of: $0, at: received) })
        } catch {
            event.facts = .failure(MappingDialect.rejection(of: error))
        }
        return event
    }

    /// The rows of a message as they would be read, one line each, masked; for whoever writes a mapping.
    package func shown(_ body: StrictJSON, at received: Instant, in language: Language) -> [String] {
        do {
            return try rows(of: decoded(body)).map { row in
                do {
                    _ = try facts(of: row, at: received)
                    return "\(row.kind.rawValue)\(language == .english ? ": " : "：")"
                        + row.shown(terms.builder(row.record, at: received)).joined(separator: "  ")
                } catch {
                    return "\(row.kind.rawValue)\(language == .english ? ": " : "：")"
                        + MappingDialect.refusal(error, in: language)
                }
            }
        } catch { return [MappingDialect.refusal(error, in: language)] }
    }

    /// A body that was recorded or kept; one that cannot be read is a message that cannot be taken.
    package func read(line bytes: [UInt8], isCut: Bool = false, at received: Instant) -> SourceEvent {
        do {
            if isCut { throw Rejection.recordTooLong }
            return read(try mapping.json(of: bytes), at: received)
        } catch {
            let text = String(decoding: bytes, as: UTF8.self)
            return SourceEvent(
                id: nil, identity: text, body: .text(text), person: nil,
                facts: .failure(MappingDialect.rejection(of: error)))
        }
    }

    /// The same for `shown`.
    package func shown(line bytes: [UInt8], at received: Instant, in language: Language) -> [String] {
        do { return shown(try mapping.json(of: bytes), at: received, in: language) } catch {
            return [MappingDialect.refusal(error, in: language)]
        }
    }

    /// Whether the message could be written down, as far as the message itself says.
    package func isTaken(line bytes: [UInt8], at received: Instant) -> Bool {
        if case .success = read(line: bytes, at: received).facts { true } else { false }
    }

    private static func rejection(of error: any Error) -> Rejection {
        switch error {
        case let rejection as Rejection: rejection
        case let failure as StrictJSON.Failure: .notJSON(nil, failure)
        default: .noEvent("message")
        }
    }

    private static func refusal(_ error: any Error, in language: Language) -> String {
        let reason = rejection(of: error).sentence(in: language, showing: .masked)
        return language == .english ? "rejected: \(reason)" : "拒绝：\(reason)"
    }

    // MARK: the message

    private func decoded(_ body: StrictJSON) throws -> StrictJSON {
        try mapping.decodings.reduce(body) { body, decoding in
            guard let held = decoding.place.value(in: body), held != .null else { return body }
            guard let text = held.scalarText,
                let plain = decoding.form == .urlJSON ? PercentEncoding.decoded(text) : text,
                let json = try? StrictJSON(parsing: Array(plain.utf8), takesNUL: true)
            else { throw Rejection.undecodable(decoding.place.text) }
            return decoding.place.replaced(in: body, with: json)
        }
    }

    private func rows(of message: StrictJSON) throws -> [MappedRow] {
        if mapping.skips.contains(where: { $0.holds(message) }) { return [] }
        guard let meant = mapping.messages.first(where: { $0.tests.allSatisfy { $0.holds(message) } }) else {
            throw Rejection.noMessage
        }
        return try meant.rows.flatMap { row -> [MappedRow] in
            guard let each = row.each else { return [try MappedRow(row, of: message, in: message)] }
            return try MappingDialect.elements(each, of: message, in: message).map {
                try MappedRow(row, of: $0, in: message)
            }
        }
    }

    /// The elements of a list; none where there is no list.
    static func elements(
        _ list: SourceMapping.Reference, of element: StrictJSON, in body: StrictJSON
    ) throws -> [StrictJSON] {
        switch list.value(element, body) {
        case nil, .null?: return []
        case .array(let elements)?: return elements
        default: throw Rejection.notList(list.pointer.text)
        }
    }

    // MARK: what it means

    private func facts(of row: MappedRow, at received: Instant) throws -> [SourceFact] {
        var builder = terms.builder(row.record, at: received)
        var cells = CellReader(row.record, DateText(zone: terms.zone))
        func instant(_ at: Instant?) throws -> Instant { try SegmentDialect.notAhead(at ?? received, of: received) }
        switch row.kind {
        case .order:
            guard case .order(let order) = try builder.row(.orders) else { return [] }
            return [try self.order(order, row.items, at: instant(order.paidAt))]
        case .refund, .cancellation:
            let member = try cells.requiredID(.memberID)
            let data = [StrictJSON.Member(key: "order", value: .string(try cells.requiredID(.orderID)))]
            let name = row.kind == .refund ? "order.refunded" : "order.cancelled"
            let event = try event(name, of: member, at: instant(cells.instant(.at)), data: .object(data))
            return [.event(event, lacksCart: false)]
        case .member:
            guard case .member(let member) = try builder.row(.members) else { return [] }
            let at = try instant(cells.instant(.at))
            var stated = builder.stating(row.record.cells.filled)
            stated.remove(.at)
            let told = try event("member.identified", of: member.id, at: at, data: .object([]))
            return [.member(member, stating: stated, at: at), .event(told, lacksCart: false)]
        case .points, .coupon, .consent:
            let read = try builder.row(row.kind.like)
            let at = try read.isRefusal ? min(read.at ?? received, received) : instant(read.at)
            return [.row(read, stating: row.record.cells.filled, at: at)]
        case .event:
            let name = try cells.requiredID(.name)
            let member = try cells.requiredID(.memberID)
            let data = StrictJSON.object(row.data)
            let event = try event(name, of: member, at: instant(cells.instant(.at)), data: data)
            return [try CommerceEvent(name)?.fact(of: event, data) ?? .event(event, lacksCart: false)]
        }
    }

    private func order(_ row: OrderRow, _ items: [StrictJSON]?, at: Instant) throws -> SourceFact {
        var data: [StrictJSON.Member] = [
            .init(key: "order", value: .string(row.id)),
            .init(key: "total", value: .number(MoneyText.yuan(row.total))),
        ]
        for (key, text) in [("cart", row.cart), ("store_id", row.storeID), ("source", row.source)] {
            if let text { data.append(.init(key: key, value: .string(text))) }
        }
        if let items {
            // Read now, so that a line which is wrong refuses the message.
            _ = try NestedItems.rows(.array(items), of: row.id)
            data.append(.init(key: "items", value: .array(items)))
        }
        let event = try event("order.paid", of: row.memberID, at: at, data: .object(data))
        return .event(event, lacksCart: row.cart == nil)
    }

    private func event(_ name: String, of member: String, at: Instant, data: StrictJSON) throws -> EventRow {
        var record = ImportRecord(number: 1)
        record.cells.add(.text(member), under: .memberID)
        record.cells.add(.text(name), under: .name)
        record.cells.add(.json(data), under: .data)
        return try terms.builder(record, at: at).event(id: nil, at: at)
    }
}

extension IntakeRow {
    /// When what the row says came to be; nil where it does not say.
    fileprivate var at: Instant? {
        switch self {
        case .points(let row): row.earnedAt
        case .coupon(let row): row.issuedAt
        case .consent(let row, _): row.at
        default: nil
        }
    }
}
