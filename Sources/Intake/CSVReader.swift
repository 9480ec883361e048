/// Cuts CSV (RFC 4180, also with tabs or semicolons, with LF, CRLF or CR) into records; it holds one at a time.
struct CSVReader {
    struct Cell {
        var text: String
        var isSound = true
        var hasNUL = false
    }
    struct Record {
        var cells: [Cell]
        /// Set when the quotation marks do not match, or the record is too long: the cells are then a guess.
        var damage: Rejection?
        var isBlank: Bool { damage == nil && cells.allSatisfy { $0.text.isEmpty } }
    }

    static let longestRecord = 1 << 20
    private static let quote = UInt8(ascii: "\"")

    private(set) var bytes: RecordBytes
    let delimiter: UInt8
    /// The line breaks so far that end a record or an empty line.
    private(set) var lineBreaks = 0
    /// The number of cells of the record before.
    private var width = 0
    /// Of which cells there is to be text, by their places; nil: of all.
    var wanted: [Bool]?
    /// Stands for the text of a cell of which nobody wants any.
    private static let unread = "-"

    init(_ bytes: RecordBytes, separatedBy delimiter: UInt8) {
        self.bytes = bytes
        self.delimiter = delimiter
    }

    /// Goes over empty lines; false at the end.
    mutating func skipEmptyLines() throws -> Bool {
        while try has(0), bytes[0] == 0x0A || bytes[0] == 0x0D { try consumeLine(0) }
        return try has(0)
    }

    /// The next record; nil at the end. Empty lines are skipped.
    mutating func next() throws -> Record? {
        guard try skipEmptyLines() else { return nil }
        var cells: [Cell] = []
        cells.reserveCapacity(width)
        defer { width = cells.count }
        var offset = 0
        var damage: Rejection?
        while true {
            guard let end = try cell(from: offset, &cells, &damage) else { return try brokenLine() }
            guard try has(end), bytes[end] == delimiter else {
                try consumeLine(end)
                return Record(cells: cells, damage: damage)
            }
            offset = end + 1
        }
    }

    private mutating func consumeLine(_ end: Int) throws {
        guard try has(end) else { return bytes.consume(end) }
        lineBreaks += 1
        let isPair = try bytes[end] == 0x0D && has(end + 1) && bytes[end + 1] == 0x0A
        bytes.consume(end + (isPair ? 2 : 1))
    }

    /// Appends the cell that begins at `start`; returns where its delimiter or line break is, nil when it has no end.
    private mutating func cell(from start: Int, _ cells: inout [Cell], _ damage: inout Rejection?) throws -> Int? {
        guard try has(start), bytes[start] == CSVReader.quote else {
            guard let end = try endOfPlain(from: start) else { return nil }
            append(start..<end, doubled: false, &cells)
            return end
        }
        var offset = start + 1
        var doubled = false
        while true {
            guard offset < CSVReader.longestRecord, try has(offset) else { return nil }
            if bytes[offset] != CSVReader.quote {
                offset += 1
            } else if try has(offset + 1), bytes[offset + 1] == CSVReader.quote {
                doubled = true
                offset += 2
            } else {
                break
            }
        }
        append(start + 1..<offset, doubled: doubled, &cells)
        guard let end = try endOfPlain(from: offset + 1) else { return nil }
        if end > offset + 1 { damage = .textAfterQuote }
        return end
    }

    private mutating func endOfPlain(from start: Int) throws -> Int? {
        var offset = start
        while true {
            if let end = bytes.offset(ofAny: delimiter, 0x0A, 0x0D, from: offset) {
                return end < CSVReader.longestRecord || end == start ? end : nil
            }
            offset = max(offset, bytes.count)
            if offset >= CSVReader.longestRecord, offset > start { return nil }
            if try !bytes.extend() { return offset }
        }
    }

    private mutating func append(_ range: Range<Int>, doubled: Bool, _ cells: inout [Cell]) {
        if let wanted, cells.count >= wanted.count || !wanted[cells.count] {
            let text = range.isEmpty ? "" : CSVReader.unread
            return cells.append(Cell(text: text, isSound: bytes.isSound(range), hasNUL: bytes.hasNUL(range)))
        }
        var (text, isSound) = bytes.text(range)
        if doubled { text = CSVReader.undoubled(text) }
        cells.append(Cell(text: text, isSound: isSound, hasNUL: bytes.hasNUL(range)))
    }

    /// Compares scalars, so that a quotation mark before a combining accent counts.
    private static func undoubled(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isSecond = false
        for scalar in text.unicodeScalars {
            isSecond = scalar == "\"" && !isSecond
            if scalar != "\"" || isSecond { result.append(scalar) }
        }
        return String(result)
    }

    /// The record does not end within reason: only its first line is given up, and reading goes on after it.
    private mutating func brokenLine() throws -> Record {
        var end = 0
        while end < CSVReader.longestRecord, try has(end), bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
        if end >= CSVReader.longestRecord {
            bytes.consume(end)
            while try has(0), bytes[0] != 0x0A, bytes[0] != 0x0D { bytes.consume(min(bytes.count, 1)) }
            return Record(cells: [], damage: .recordTooLong)
        }
        var cells: [Cell] = []
        var start = 0
        for offset in 0...end where offset == end || bytes[offset] == delimiter {
            append(start..<offset, doubled: false, &cells)
            start = offset + 1
        }
        try consumeLine(end)
        return Record(cells: cells, damage: .openQuote)
    }

    /// Whether there is a byte at an offset; reads on if needed.
    private mutating func has(_ offset: Int) throws -> Bool {
        while offset >= bytes.count {
            guard try bytes.extend() else { return false }
        }
        return true
    }
}
