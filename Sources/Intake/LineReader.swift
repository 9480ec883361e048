import Kit

/// Reads NDJSON, one object per line. A rejected line is shown under the keys of the first thousand lines; the column
/// `line` holds the whole line when those do not cover it.
struct LineReader {
    private(set) var bytes: RecordBytes
    private var objects: ObjectReader
    private(set) var originalNames: [String] = []

    static let lineColumn = "line"

    init(_ bytes: RecordBytes, _ kind: ImportKind, _ attributes: Set<String>?) throws {
        self.bytes = bytes
        objects = ObjectReader(kind, attributes: attributes)
        var seen: Set<String> = []
        for _ in 0..<1000 {
            guard let line = try line() else { break }
            guard case .object(let members)? = try? StrictJSON(parsing: line.text) else { continue }
            for member in members where seen.insert(member.key).inserted { originalNames.append(member.key) }
        }
        if originalNames.isEmpty { originalNames = kind.columns.filter { $0 != .items }.map(\.rawValue) }
        originalNames.append(LineReader.lineColumn)
    }

    /// A copy of the reader, before the first line.
    func rewound(_ opened: OpenedFile) throws -> LineReader {
        var copy = self
        copy.bytes = RecordBytes(opened.source, opened.encoding, from: opened.textOffset)
        return copy
    }

    /// The next record; nil at the end. Empty lines are skipped.
    mutating func next(number: Int) throws -> ImportRecord? {
        guard let line = try line() else { return nil }
        var record = ImportRecord(number: number)
        do {
            if line.isTooLong { throw Rejection.recordTooLong }
            guard line.isSound else { throw StrictJSON.Failure.invalidBytes }
            let json = try StrictJSON(parsing: line.text)
            guard case .object(let members) = json else { throw Rejection.notObject(nil) }
            record.originals = originals(members, line.text)
            try objects.fill(&record, members)
        } catch let failure as StrictJSON.Failure {
            record.damage = failure == .invalidBytes ? .invalidBytes("line") : .notJSON(nil, failure)
        } catch let rejection as Rejection {
            record.damage = rejection
        }
        if record.originals.isEmpty {
            record.originals = Array(repeating: "", count: originalNames.count - 1) + [line.text]
        }
        return record
    }

    private func originals(_ members: [StrictJSON.Member], _ line: String) -> [String] {
        var cells = Array(repeating: "", count: originalNames.count)
        for member in members {
            guard let place = originalNames.dropLast().firstIndex(of: member.key) else {
                cells[cells.count - 1] = line
                continue
            }
            cells[place] = ObjectReader.text(member.value)
        }
        return cells
    }

    private struct Line {
        var text: String
        var isSound = true
        var isTooLong = false
    }

    private mutating func line() throws -> Line? {
        while true {
            var end = 0
            while end < CSVReader.longestRecord, try has(end), bytes[end] != 0x0A { end += 1 }
            if end >= CSVReader.longestRecord {
                let start = bytes.text(0..<200).text
                while try has(0), bytes[0] != 0x0A { bytes.consume(1) }
                return Line(text: start, isTooLong: true)
            }
            let isLast = try !has(end)
            let (text, isSound) = bytes.text(0..<end)
            bytes.consume(isLast ? end : end + 1)
            if !isSound || text.contains(where: { !$0.isWhitespace }) { return Line(text: text, isSound: isSound) }
            if isLast { return nil }
        }
    }

    private mutating func has(_ offset: Int) throws -> Bool {
        while offset >= bytes.count {
            guard try bytes.extend() else { return false }
        }
        return true
    }
}
