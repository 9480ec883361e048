import Kit

/// A row of a message: its cells as an import would have them.
struct MappedRow {
    let kind: SourceMapping.Kind
    private(set) var record = ImportRecord(number: 1)
    /// The lines of an order; nil where the message tells of none.
    private(set) var items: [StrictJSON]?
    /// The data of an event.
    private(set) var data: [StrictJSON.Member] = []

    /// Throws a `Rejection` for a value that is not what the mapping says.
    /// - Parameter element: that of `each`, or the body.
    init(_ row: SourceMapping.Row, of element: StrictJSON, in body: StrictJSON) throws {
        kind = row.kind
        for (column, value) in row.columns {
            guard let text = try value.text(column, element, body) else { continue }
            let cell = CellText.value(text, of: column)
            if !cell.isEmpty { record.cells.add(.text(cell), under: column) }
        }
        for (name, value) in row.named {
            switch kind {
            case .member:
                let text = CellText.bare(try value.text(nil, element, body) ?? "")
                if !text.isEmpty { record.attributes[name] = text }
            default:
                if let json = try value.json(element, body) { data.append(.init(key: name, value: json)) }
            }
        }
        guard let lines = row.items, let list = lines.each.value(element, body), list != .null else { return }
        items = try MappingDialect.elements(lines.each, of: element, in: body).map { line in
            .object(
                try lines.columns.compactMap { column, value in
                    guard let text = try value.text(column, line, body) else { return nil }
                    let cell = CellText.value(text, of: column)
                    return cell.isEmpty ? nil : StrictJSON.Member(key: column.rawValue, value: .string(cell))
                })
        }
    }

    /// The member that it names.
    var person: String? {
        let column = kind == .member ? Column.id : .memberID
        if case .text(let text)? = record.cells[column] { return text }
        return nil
    }

    /// What it says, masked where it reaches or names a person.
    func shown(_ builder: RowBuilder) -> [String] {
        let cells = kind.columns.compactMap { column -> String? in
            guard let value = try? builder.shown(column, in: kind.like) else { return nil }
            return "\(column.rawValue)=\(value)"
        }
        let attributes = record.attributes.sorted { $0.key < $1.key }.map {
            "attr.\($0.key)=\(Mask.value($0.value, of: $0.key))"
        }
        let own = data.map { "\($0.key)=\(Mask.value($0.value.scalarText ?? $0.value.compactText, of: $0.key))" }
        return cells + attributes + own + (items.map { ["items=\($0.count)"] } ?? [])
    }
}

extension SourceMapping.Reference {
    func value(_ element: StrictJSON, _ body: StrictJSON) -> StrictJSON? {
        pointer.value(in: isOfBody ? body : element)
    }
}

extension SourceMapping.Value {
    /// The text of a cell; nil where the message has none. Throws a `Rejection`.
    func text(_ column: Column?, _ element: StrictJSON, _ body: StrictJSON) throws -> String? {
        guard let (text, isNumber) = written(element, body) else { return nil }
        if let word = words[text] { return word }
        guard let column else { return text }
        switch column.type {
        case .money: return try money(text, isNumber: isNumber, column)
        case .whole: return isNumber ? DecimalDigits(text)?.text ?? text : text
        case .instant, .expiry: return try instant(text, column)
        default: return text
        }
    }

    /// The value of a key of an event's data, which stays as it is unless something is said about it.
    func json(_ element: StrictJSON, _ body: StrictJSON) throws -> StrictJSON? {
        guard case .places(let places) = origin, words.isEmpty, unit == .yuan, time == nil else {
            let column: Column? = unit == .fen ? .total : time != nil ? .at : nil
            return try text(column, element, body).map { .string($0) }
        }
        return places.lazy.compactMap { $0.value(element, body) }.first { $0 != .null }
    }

    /// The first place that holds anything, and whether it is a number. A list of texts is one text.
    private func written(_ element: StrictJSON, _ body: StrictJSON) -> (text: String, isNumber: Bool)? {
        let places: [SourceMapping.Reference]
        switch origin {
        case .constant(let text): return (text, false)
        case .places(let all): places = all
        }
        for place in places {
            switch place.value(element, body) {
            case .number(let digits)?: return (digits, true)
            case .array(let elements)?:
                let texts = elements.compactMap(\.scalarText)
                if !texts.isEmpty { return (texts.joined(separator: ";"), false) }
            case let value?:
                if let text = value.scalarText, !CellText.bare(text).isEmpty { return (text, false) }
            case nil: break
            }
        }
        return nil
    }

    /// In yuan, with the digits that were sent.
    private func money(_ text: String, isNumber: Bool, _ column: Column) throws -> String {
        let digits = isNumber ? DecimalDigits(text)?.asMoney.text ?? text : text
        guard unit == .fen else { return digits }
        let bare = CellText.bare(digits)
        if bare.hasPrefix("-") { throw Rejection.negative(column, text) }
        guard !bare.isEmpty, bare.utf8.count <= 18, bare.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw Rejection.notWhole(column, text)
        }
        let padded = String(repeating: "0", count: max(3 - bare.utf8.count, 0)) + bare
        return "\(padded.dropLast(2)).\(padded.suffix(2))"
    }

    /// As `DateText` reads it.
    private func instant(_ text: String, _ column: Column) throws -> String {
        let bare = CellText.bare(text)
        switch time {
        case .text: return text
        case nil: return SegmentDialect.micros(sinceEpoch: bare).map { Instant(micros: $0).utcText } ?? text
        case .seconds, .milliseconds:
            guard let number = Int64(bare), number >= 0, number < 100_000_000_000_000 else {
                throw Rejection.notTime(column.rawValue)
            }
            let (micros, overflow) = number.multipliedReportingOverflow(by: time == .seconds ? 1_000_000 : 1000)
            guard !overflow, Instant(micros: micros) < .distantFuture else { throw Rejection.notTime(column.rawValue) }
            return Instant(micros: micros).utcText
        }
    }
}
