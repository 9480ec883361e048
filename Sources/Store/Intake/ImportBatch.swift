import Intake

/// Rows of an import file that are written together, in the order in which they were read.
struct ImportBatch {
    struct Entry {
        /// Without its cells.
        let record: ImportRecord
        let key: String?
        private(set) var row: Result<IntakeRow, Rejection>
        let stated: ColumnSet
        /// The number of its empty cells.
        let blanks: Int
        /// The place of an order line.
        var place = RowWriter.LinePlace(1, isLast: true)

        var good: IntakeRow? { if case .success(let row) = row { row } else { nil } }

        init(_ record: ImportRecord, _ kind: ImportKind, _ row: Result<IntakeRow, Rejection>, stated: ColumnSet) {
            self.record = record.emptied
            key = record.key(kind)
            self.row = row
            self.stated = stated
            blanks = record.blanks
        }

        func refused(_ rejection: Rejection) -> Entry {
            var entry = self
            entry.row = .failure(rejection)
            return entry
        }

        /// Whether both are events, and not the same.
        func isOtherEvent(than other: Entry) -> Bool {
            guard case .event(let own)? = good, case .event(let theirs)? = other.good else { return false }
            return !EventContent(own).isSame(as: EventContent(theirs))
        }
    }

    private(set) var entries: [Entry] = []
    /// The keys of rows that a later row replaces. A batch is written in another order than it was read in, so that
    /// later row must not be in it.
    private var early: Set<String> = []

    var isEmpty: Bool { entries.isEmpty }

    mutating func append(_ entry: Entry) { entries.append(entry) }

    mutating func noteEarly(_ key: String) { early.insert(key) }
    var hasEarlyRows: Bool { !early.isEmpty }
    func hasEarly(_ entry: Entry) -> Bool { !early.isEmpty && entry.key.map(early.contains) ?? false }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        early = []
    }

    /// The places of the good rows in `entries`, in the order in which they are to be written: rows of one member lie
    /// side by side in the store, so that each of its pages is touched once. Rows of one member keep their order.
    func sorted() -> [Int] {
        var sorted: [(index: Int, place: String)] = []
        sorted.reserveCapacity(entries.count)
        var hasPlaces = true
        for (index, entry) in entries.enumerated() {
            guard case .success(let row) = entry.row else { continue }
            let place = row.place
            hasPlaces = hasPlaces && place != nil
            sorted.append((index, place ?? ""))
        }
        if hasPlaces { sorted.sort { $0.place == $1.place ? $0.index < $1.index : $0.place < $1.place } }
        return sorted.map(\.index)
    }
}
