import Intake
import Kit

/// Writes the batches of one import. What costs is a page that is touched: it goes to the log, and from there to the
/// file. So a batch is written in the order of its pages, and checkpoints are rare. In a store that a daemon has, a batch
/// goes in slices, and the daemon has its turn after each.
struct BatchWriting {
    typealias Outcome = Result<RowWriter.Written, Rejection>

    /// The rows of a transaction beside a daemon.
    private static let slice = 5000
    /// The pages of the log after which SQLite takes them to the file: 512 MiB, and 64 MiB beside a daemon, whose next
    /// commit may have to do it.
    private static let rarely = 131_072
    private static let besideDaemon = 16_384
    private static let standard = 1000

    private let store: MemberStore
    private let now: Instant
    private var checkpoint = BatchWriting.standard
    /// The number of grants that were not written because a refusal holds.
    private(set) var refusedGrants = 0

    init(_ store: MemberStore, now: Instant) {
        self.store = store
        self.now = now
    }

    /// Writes a batch, and returns what became of each of its rows.
    mutating func write(_ batch: ImportBatch) throws -> [Outcome] {
        let isInUse = store.isInUse
        try checkpointAfter(isInUse ? BatchWriting.besideDaemon : BatchWriting.rarely)
        var outcomes = batch.entries.map { entry -> Outcome? in
            if case .failure(let rejection) = entry.row { .failure(rejection) } else { nil }
        }
        let rows = batch.sorted()
        let slice = isInUse ? BatchWriting.slice : ImportBatch.most
        for start in stride(from: 0, to: rows.count, by: slice) {
            try write(rows[start..<min(start + slice, rows.count)], of: batch, &outcomes)
        }
        return outcomes.map { $0 ?? .success(.unchanged) }
    }

    private mutating func write(
        _ rows: ArraySlice<Int>, of batch: ImportBatch, _ outcomes: inout [Outcome?]
    ) throws {
        var refused = 0
        try store.writeSlice { db in
            let good = rows.compactMap { try? batch.entries[$0].row.get() }
            var writer = RowWriter(db, origin: .world(now: now), batch: try BatchReading(db, good))
            for (index, row) in zip(rows, good) {
                let entry = batch.entries[index]
                outcomes[index] = try BatchWriting.write(row, stating: entry.stated, at: entry.place, &writer)
            }
            try writer.finish()
            refused = writer.refusedGrants
        }
        refusedGrants += refused
    }

    private static func write(
        _ row: IntakeRow, stating stated: ColumnSet, at place: RowWriter.LinePlace, _ writer: inout RowWriter
    ) throws -> Outcome {
        if let member = row.memberID, try !writer.hasMember(member) { return .failure(.noMember) }
        do {
            return .success(try writer.write(row, stating: stated, at: place))
        } catch let rejection as Rejection {
            return .failure(rejection)
        }
    }

    // MARK: checkpoints

    private mutating func checkpointAfter(_ pages: Int) throws {
        guard store.path != nil, pages != checkpoint else { return }
        try store.writer.writeWithoutTransaction { try $0.script("PRAGMA wal_autocheckpoint = \(pages)") }
        checkpoint = pages
    }

    /// Takes what is left in the log to the file, unless somebody is reading it: then the next writer does. The rows are
    /// on disk already, so a failure costs nothing.
    mutating func end() {
        guard store.path != nil, checkpoint != BatchWriting.standard else { return }
        try? checkpointAfter(BatchWriting.standard)
        Turns.$isPatient.withValue(false) {
            _ = try? store.writer.writeWithoutTransaction { try $0.script("PRAGMA wal_checkpoint(TRUNCATE)") }
        }
    }
}

extension RowWriter {
    fileprivate mutating func write(
        _ row: IntakeRow, stating stated: ColumnSet, at place: LinePlace
    ) throws -> Written {
        switch row {
        case .member(let row): try write(member: row, stating: stated)
        case .date(let row): try write(date: row)
        case .store(let row): try write(store: row, stating: stated)
        case .order(let row): try write(order: row, stating: stated)
        case .orderItem(let row): try write(item: row, at: place, stating: stated)
        case .product(let row): try write(product: row, stating: stated)
        case .cart(let row): try write(cart: row, stating: stated)
        case .points(let row): try write(points: row, stating: stated)
        case .coupon(let row): try write(coupon: row, stating: stated)
        case .couponCode(let row): try write(couponCode: row)
        case .event(let row): try write(event: row, source: "import")
        case .consent(let row, let address): try write(consent: row, andOf: address, stating: stated)
        case .suppression(let row): try write(suppression: row)
        }
    }
}
