/// The records of a file, CSV or NDJSON, one after the other.
package struct RecordReader {
    // One of the two; both are mutated in place, so that the buffer is never copied.
    private var csv: CSVReader?
    private var lines: LineReader?
    private let header: Header?
    /// Whether rows may leave out the empty cells at their end, as those of a sheet do.
    private let isSheet: Bool
    private var number = 0
    /// The columns that are read; nil: all of them.
    private var wanted: ColumnSet?
    /// Nil for NDJSON.
    package let headerPlace: HeaderPlace?
    /// The columns of the rejected file, without `row` and `reason`.
    package let originalNames: [String]

    package init(_ file: OpenedFile, _ kind: ImportKind, attributes: Set<String>?) throws {
        isSheet = file.sheet != nil
        if file.isNDJSON {
            let bytes = RecordBytes(file.source, file.encoding, from: file.textOffset)
            let reader = try LineReader(bytes, kind, attributes)
            originalNames = reader.originalNames
            mapping = reader.originalNames.dropLast().map { ($0, Header.meaning(of: $0, kind, attributes)) }
            lines = try reader.rewound(file)
            header = nil
            headerPlace = nil
            return
        }
        let place = try HeaderSearch(file: file, kind: kind, attributes: attributes).place()
        let header = try Header(place, kind, attributes: attributes)
        self.header = header
        mapping = zip(header.names, header.meanings).map { ($0, $1) }.filter { !$0.0.isEmpty }
        originalNames = place.names.filter { !Header.ownNames.contains($0) }
        headerPlace = place
        var reader = CSVReader(
            RecordBytes(file.source, file.encoding, from: file.textOffset), separatedBy: place.separator)
        for _ in 0...place.skipped { _ = try reader.next() }
        csv = reader
    }

    /// What each column of the file means, from left to right; of NDJSON the keys of its first lines.
    let mapping: [(name: String, meaning: Header.Meaning)]

    /// Header columns without a meaning; `outdone` are those that gave way to a better one.
    package var unknown: [String] { header?.unknown ?? [] }
    package var outdone: [String] { header?.outdone ?? [] }
    /// Bytes of the file read so far.
    package var position: Int64 { csv?.bytes.position ?? lines?.bytes.position ?? 0 }

    /// Leaves out what is not in these columns, where that saves time. What is damaged is damaged all the same.
    mutating func readOnly(_ columns: [Column]) {
        guard let header else { return }
        let wanted = ColumnSet(columns)
        self.wanted = wanted
        csv?.wanted = header.meanings.map {
            if case .column(let column) = $0 { wanted.contains(column) } else { false }
        }
    }

    /// The next record; nil at the end. Rows without any value are skipped, but numbered.
    package mutating func next() throws -> ImportRecord? {
        guard let header else {
            let record = try lines?.next(number: number + 1)
            number += 1
            return record
        }
        while var record = try csv?.next() {
            number += 1
            while isSheet, record.cells.count < header.names.count { record.cells.append(CSVReader.Cell(text: "")) }
            if !record.isBlank { return RecordReader.read(record, header, number: number, only: wanted) }
        }
        return nil
    }

    private static func read(
        _ csv: CSVReader.Record, _ header: Header, number: Int, only wanted: ColumnSet?
    ) -> ImportRecord {
        var record = ImportRecord(number: number, damage: csv.damage)
        if wanted == nil {
            record.cells = ImportRecord.Cells(of: header.columns)
            record.originals.reserveCapacity(csv.cells.count)
        }
        let count = csv.cells.count
        for (index, cell) in csv.cells.enumerated() {
            let isKnown = index < header.names.count
            if wanted == nil, !isKnown || !header.isOwn[index] { record.originals.append(cell.text) }
            guard record.damage == nil else { continue }
            if !cell.isSound {
                record.damage = .invalidBytes(isKnown ? header.names[index] : "a cell")
            } else if cell.hasNUL {
                record.damage = .nul(isKnown ? header.names[index] : "a cell")
            } else if let wanted {
                guard isKnown, case .column(let column) = header.meanings[index], wanted.contains(column) else {
                    continue
                }
                record.cells.add(.text(CellText.value(cell.text, of: column)), under: column)
            } else if isKnown {
                switch header.meanings[index] {
                case .column(let column):
                    record.cells.append(.text(CellText.value(cell.text, of: column)))
                case .attribute(let name): record.attributes[name] = CellText.bare(cell.text)
                case .ignored: break
                }
            }
        }
        if count < header.names.count, record.damage == nil {
            record.damage = .shortRow(cells: count, header: header.names.count)
        } else if count > header.names.count, record.damage == nil {
            record.damage = .longRow(cells: count, header: header.names.count)
        }
        return record
    }
}
