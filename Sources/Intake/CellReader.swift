import Kit
import Foundation
import Rules

/// The typed values of one record. A value that does not fit throws a `Rejection`; an absent or empty cell is nil.
package struct CellReader {
    let record: ImportRecord
    let times: DateText
    /// Columns in which a date without a time was read as 00:00.
    package private(set) var bareDates: [Column] = []

    static let longestID = 256
    static let longestText = 4096
    static let longestData = 65_536

    package init(_ record: ImportRecord, _ times: DateText) {
        self.record = record
        self.times = times
    }

    /// The cell, already trimmed; throws above `longest` bytes and for a NUL.
    func text(_ column: Column, longest: Int = longestText) throws -> String? {
        switch record.cells[column] {
        case nil: return nil
        case .json?: throw Rejection.notObject(column)
        case .text(let text)?: return try CellReader.checked(text, column, longest: longest)
        }
    }

    private static func checked(_ text: String, _ column: Column, longest: Int) throws -> String? {
        guard text.utf8.count <= longest else { throw Rejection.tooLong(column, bytes: longest) }
        // NDJSON may hold an escaped NUL; the bytes of a CSV cell were checked before.
        if text.utf8.contains(0) { throw Rejection.nul(column.rawValue) }
        return text.isEmpty ? nil : text
    }

    func required<Value>(_ column: Column, _ value: Value?) throws -> Value {
        guard let value else { throw Rejection.empty(column) }
        return value
    }

    func id(_ column: Column) throws -> String? {
        guard let text = try text(column, longest: CellReader.longestID) else { return nil }
        return try CellReader.id(text, column)
    }

    /// In Unicode form C. An id that Excel turned into `1.38E+10` is lost for good.
    private static func id(_ text: String, _ column: Column) throws -> String? {
        if WrittenNumber.isExponent(Width.folded(text)) { throw Rejection.excelNumber(column) }
        if RowID.isVisibleASCII(text) { return text }
        let isControl = { (scalar: Unicode.Scalar) in scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) }
        if let control = text.unicodeScalars.first(where: isControl) { throw Rejection.control(column, control) }
        let id = RowID.canonical(text)
        return id.isEmpty ? nil : id
    }

    /// An id as one of a cell: bare, and nil where nothing is left.
    static func id(bare text: String, _ column: Column) throws -> String? {
        try checked(text, column, longest: longestID).flatMap { try id($0, column) }
    }

    func requiredID(_ column: Column) throws -> String { try required(column, try id(column)) }

    /// A person's or thing's name: line breaks become spaces; control characters and invisible marks are removed.
    func name(_ column: Column) throws -> String? {
        guard let text = try text(column) else { return nil }
        if CellReader.hasOnlyLetters(text) { return CellText.bare(text) }
        let name = CellText.bare(PlainText.line(text))
        return name.isEmpty ? nil : name
    }

    /// True for visible ASCII, spaces and Chinese characters, of which none is replaced or removed.
    private static func hasOnlyLetters(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20..<0x7F).contains($0) || (0x80...0xBF).contains($0) || (0xE3...0xE9).contains($0) }
    }

    func money(_ column: Column) throws -> Int64? { try text(column).map { try MoneyText.fen($0, column) } }

    func whole(_ column: Column) throws -> Int? { try text(column).map { try NumberText.whole($0, column) } }

    func choice<Value>(_ column: Column, _ words: ChoiceWords<Value>) throws -> Value? {
        guard let text = try text(column) else { return nil }
        guard let value = words[text] else { throw Rejection.notOneOf(column, text, allowed: words.list.allowed) }
        return value
    }

    func bool(_ column: Column) throws -> Bool? { try choice(column, ValueWords.bool) }

    func channel(_ column: Column) throws -> String? {
        try id(column).map { ValueWords.channel[$0] ?? $0 }
    }

    /// A declared or standard channel, by its name or a word for it; `*` for all of them. An unknown channel is
    /// rejected: a word about it would reach nobody.
    /// - Parameter kind: of the row's address; channels of another kind never use it and are left out.
    func knownChannel(
        _ column: Column, _ declared: [ChannelDeclaration], for kind: ChannelDeclaration.Address? = nil
    ) throws -> String? {
        guard let name = try id(column) else { return nil }
        if let known = ChannelWord.known(name, among: declared, for: kind) { return known }
        let allowed = ChannelWord.names(declared, for: kind).joined(separator: ", ")
        throw Rejection.notOneOf(column, name, allowed: allowed)
    }

    /// A bare date means 00:00, noted in `bareDates`.
    mutating func instant(_ column: Column) throws -> Instant? {
        guard let text = try text(column) else { return nil }
        switch try times.point(text, column) {
        case .instant(let instant): return instant
        case .date(let date):
            bareDates.append(column)
            return times.zone.startOfDay(date)
        }
    }

    /// The first instant after the last valid one: a bare date means the end of that day.
    func expiry(_ column: Column) throws -> Instant? {
        guard let text = try text(column) else { return nil }
        switch try times.point(text, column, mayNeverEnd: true) {
        case .instant(let instant): return instant
        case .date(let date): return times.zone.startOfDay(date.adding(days: 1))
        }
    }

    func yearly(_ column: Column, calendar: Column, leapMonth: Column) throws -> RecurringDate? {
        let kind = try choice(calendar, ValueWords.calendar) ?? .solar
        let leap = try bool(leapMonth) ?? false
        guard let text = try text(column) else { return nil }
        let (year, month, day) = try DateText.yearly(text, column)
        if kind == .solar, leap { throw Rejection.solarLeapMonth }
        guard let date = RecurringDate(calendar: kind, year: year, month: month, day: day, leapMonth: leap) else {
            throw Rejection.noSuchDate(column, text)
        }
        if leap, let year, ChineseCalendar.supportedYears.contains(year), ChineseCalendar.leapMonth(in: year) != month {
            throw Rejection.noSuchLeapMonth
        }
        return date
    }

    func phone() throws -> String? {
        guard let text = try text(.phone, longest: CellReader.longestID) else { return nil }
        if WrittenNumber.isExponent(Width.folded(text)) { throw Rejection.excelNumber(.phone) }
        guard let phone = PhoneNumber.canonical(text) else { throw Rejection.notPhone(PhoneNumber.stranger(in: text)) }
        return phone
    }

    /// A phone or an email, whichever it looks like.
    func address() throws -> CanonicalAddress? {
        guard let text = try text(.address, longest: CellReader.longestID) else { return nil }
        if WrittenNumber.isExponent(Width.folded(text)) { throw Rejection.excelNumber(.address) }
        if Width.folded(text).contains("@") { return CanonicalAddress(.email, try email(.address)) }
        guard let phone = PhoneNumber.canonical(text) else { throw Rejection.notAddress }
        return CanonicalAddress(.phone, phone)
    }

    func email(_ column: Column = .email) throws -> String? {
        guard let text = try text(column, longest: CellReader.longestID) else { return nil }
        guard let email = EmailAddress.canonical(text) else { throw Rejection.notEmail }
        return email
    }

    func timezone() throws -> String? {
        guard let name = try text(.timezone, longest: CellReader.longestID) else { return nil }
        guard Zone(named: name) != nil else { throw Rejection.noSuchZone(name) }
        return name
    }

    /// A JSON list, or text as `AttributeValue.items` splits it. Nil when the column is absent, empty when its cell is.
    func list(_ column: Column) throws -> [String]? {
        guard let cell = record.cells[column] else { return nil }
        var parts: [String] = []
        switch cell {
        case .text:
            guard let text = try text(column, longest: CellReader.longestData) else { return [] }
            // What only looks like JSON is text.
            parts = AttributeValue.items(text) ?? [text]
        case .json(.array(let elements)): parts = elements.compactMap(\.scalarText)
        case .json: throw Rejection.notObject(column)
        }
        var seen: Set<String> = []
        return try parts.map { RowID.canonical($0) }.filter { part in
            guard part.utf8.count <= CellReader.longestID else {
                throw Rejection.tooLong(column, bytes: CellReader.longestID)
            }
            return !part.isEmpty && seen.insert(part).inserted
        }
    }

    /// The JSON of a cell; nil when it is absent or empty.
    func json(_ column: Column) throws -> StrictJSON? {
        switch record.cells[column] {
        case nil: return nil
        case .json(let value)?: return value
        case .text(let text)?:
            guard text.utf8.contains(where: { $0 > 0x20 }) else { return nil }
            do { return try StrictJSON(parsing: text) } catch let failure as StrictJSON.Failure {
                throw Rejection.notJSON(column, failure)
            }
        }
    }
}
