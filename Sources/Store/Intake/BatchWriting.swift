import Intake
import Kit

/// Writes the batches of one import. What costs is a page that is touched: it goes to the log, and from there to the
/// file. So a batch is written in the order of its pages, and checkpoints are rare.
///
/// In a store that a daemon has, a batch goes in slices, and the daemon has its turn after each; within the daemon itself
/// each slice waits in line for the one connection that writes, as a tick does. In a store that nobody has,
/// a large file is written in long transactions: the indexes that no import reads are dropped in the beginning of each
/// and made again at its end, so nobody ever sees the store without them, and a crash brings them back.
final class BatchWriting {
    typealias Outcome = Result<RowWriter.Written, Rejection>

    /// Numbers of rows.
    struct Sizes {
        /// Of a batch. The more there are, the more of them share a page of the store; all of them are in memory.
        var batch = 100_000
        /// Of a batch of members, whose rows have many columns: 1 to 2 KiB each in memory. It is a twentieth of the file
        /// within these bounds: in a larger store a page has fewer of the rows of a batch.
        var batchOfMembers = 12_500...50_000
        /// Of a transaction beside a daemon.
        var slice = 5000
        /// Of a long transaction at most.
        var longest = 1_000_000
        /// Of a long transaction that ends because its time is over. Its indexes are made for all rows of the store, so fewer
        /// would not be worth it.
        var enough = 200_000
        /// Kept in memory until the last one of their key is seen.
        var deferred = 100_000
        /// Of a file for which it is worth it to make indexes again.
        var fewest = 20_000
        /// The connection is that of a daemon, which is to have it after each slice.
        var isShared = false

        /// Within a daemon: a slice takes about 60 ms, and a batch few of the 256 MiB that a daemon may have.
        static let withinDaemon = Sizes(batch: 10_000, batchOfMembers: 5000...5000, slice: 1000, isShared: true)

        /// - Parameter rows: how many there are in the file.
        func batch(of kind: ImportKind, rows: Int) -> Int {
            guard kind == .members else { return batch }
            return min(batch, min(max(rows / 20, batchOfMembers.lowerBound), batchOfMembers.upperBound))
        }
    }

    /// How many events the store may have for each row of a file for which indexes are made again.
    private static let share = 4
    /// How long rows go into one long transaction. Its indexes come after that, and other processes wait for at most thirty
    /// seconds.
    private static let longestTime = Duration.seconds(15)
    /// KiB of pages that the connection keeps in memory.
    private static let cache = 32_768
    /// The same while an index is made: in so much memory its rows are sorted, run by run, and sixteen runs are merged at
    /// once. Longer runs take more memory and more time, which goes into waiting for it.
    private static let sortingCache = 8_192
    /// The pages of the log after which SQLite takes them to the file: 512 MiB, and 64 MiB beside a daemon, whose next
    /// commit may have to do it.
    private static let rarely = 131_072
    private static let besideDaemon = 16_384
    private static let standard = 1000

    private let store: MemberStore
    /// Nil where the connection is shared: each slice asks for it.
    private let db: Session?
    private let now: Instant
    private let sizes: Sizes
    private let kind: ImportKind
    private let isLarge: Bool
    /// Whether all that the store has of the kind was written in the long transaction that is open.
    private var isFirst = false
    private var checkpoint = BatchWriting.standard
    /// The long transaction that is open.
    private var open: LongTransaction?
    /// The number of grants that were not written because a refusal holds.
    private(set) var refusedGrants = 0
    /// Under which rows of the file were written, one for each transaction.
    private var numbers: Set<Int64> = []

    private init(
        _ kind: ImportKind, into store: MemberStore, on db: Session?, now: Instant, sizes: Sizes, isLarge: Bool
    ) {
        (self.store, self.db, self.kind, self.now) = (store, db, kind, now)
        (self.sizes, self.isLarge) = (sizes, isLarge)
    }

    /// Gives `body` the one connection that writes, unless it is shared. `body` must call `finish` at its end.
    /// - Parameter rows: how many there are in the file.
    static func run<T>(
        _ kind: ImportKind, into store: MemberStore, now: Instant, rows: Int, _ sizes: Sizes,
        _ body: (BatchWriting) throws -> T
    ) throws -> T {
        guard !sizes.isShared else {
            return try body(BatchWriting(kind, into: store, on: nil, now: now, sizes: sizes, isLarge: false))
        }
        return try store.writer.writeWithoutTransaction { db in
            let events: Int = try db.value("SELECT max(seq) FROM events") ?? 0
            let isLarge = store.path != nil && rows >= sizes.fewest && rows * share >= events
            let writing = BatchWriting(kind, into: store, on: db, now: now, sizes: sizes, isLarge: isLarge)
            defer { writing.end() }
            try writing.keep(BatchWriting.cache)
            return try body(writing)
        }
    }

    /// Writes a batch, and returns what became of each of its rows.
    func write(_ batch: ImportBatch) throws -> [Outcome] {
        var outcomes = batch.entries.map { entry -> Outcome? in
            if case .failure(let rejection) = entry.row { .failure(rejection) } else { nil }
        }
        let rows = batch.sorted()
        let isInUse = open == nil && (sizes.isShared || store.isInUse)
        if open == nil { try checkpointAfter(isInUse ? BatchWriting.besideDaemon : BatchWriting.rarely) }
        if let db, isLarge, !isInUse {
            if open == nil { try begin(on: db) }
            try write(rows[...], of: batch, &outcomes, on: db)
            open?.rows += rows.count
            if batch.hasEarlyRows { try endFirst(on: db) }
            if open?.isLong(sizes) ?? false { try finish() }
        } else {
            let slice = isInUse ? sizes.slice : max(rows.count, 1)
            for start in stride(from: 0, to: rows.count, by: slice) {
                try transaction { db in
                    try write(rows[start..<min(start + slice, rows.count)], of: batch, &outcomes, on: db)
                }
            }
        }
        return outcomes.map { $0 ?? .success(.unchanged) }
    }

    private func transaction(_ body: (Session) throws -> Void) throws {
        guard let db else { return try store.writeSlice(body) }
        if store.path != nil { Turns.letOthers() }
        try db.transaction(immediate: true) { try body(db) }
    }

    private func write(
        _ rows: ArraySlice<Int>, of batch: ImportBatch, _ outcomes: inout [Outcome?], on db: Session
    ) throws {
        var merged = MergedMembers(db)
        let named = rows.compactMap { batch.entries[$0].good }
        try merged.look(for: named)
        let good = try named.map { try merged.today($0) }
        var writer = RowWriter(db, origin: .world(now: now), batch: try BatchReading(db, good, isFirst: isFirst))
        writer.merged = merged
        if kind == .consents { writer.fileNumbers = numbers }
        for (index, row) in zip(rows, good) {
            let entry = batch.entries[index]
            let outcome = try BatchWriting.write(row, stating: entry.stated, at: entry.place, &writer)
            if outcome == .failure(.otherEvent), case .event(let event) = row {
                try writer.keep(conflict: event, at: now)
            }
            outcomes[index] = outcome
        }
        try writer.finish()
        if let number = writer.usedNumber { numbers.insert(number) }
        refusedGrants += writer.refusedGrants
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

    // MARK: long transactions

    private struct LongTransaction {
        var rows = 0
        /// Those that are made again at its end.
        var indexes: [Index]
        let start = ContinuousClock.now

        func isLong(_ sizes: Sizes) -> Bool {
            rows >= sizes.longest || rows >= sizes.enough && ContinuousClock.now - start > longestTime
        }
    }

    private struct Index: Equatable {
        let name: String
        let columns: String
    }

    /// The indexes by time, which only triggers read.
    private static let indexes = [
        Index(name: "events_name", columns: "events (name, at)"),
        Index(name: "latest_name", columns: "latest (name, at)"),
    ]
    /// By which an order is found whose row names another member than before. Of the first orders none is there already.
    private static let ordersByID = Index(name: "orders_id", columns: "orders (id)")

    private func begin(on db: Session) throws {
        // The index is made from a sorted file, not from a list in memory.
        try db.script("PRAGMA temp_store = FILE")
        Turns.letOthers()
        try db.script("BEGIN IMMEDIATE")
        isFirst = try BatchReading.hasNothing(kind, db)
        let indexes = BatchWriting.indexes + (isFirst && kind == .orders ? [BatchWriting.ordersByID] : [])
        open = LongTransaction(indexes: indexes)
        for index in indexes { try db.script("DROP INDEX \(index.name)") }
    }

    /// Commits what is written, with the indexes.
    func finish() throws {
        guard let db, let open else { return }
        try make(open.indexes, on: db)
        try db.damage.check()
        try db.script("COMMIT")
        self.open = nil
        isFirst = false
    }

    /// Call this when a later row is about one that was written: it must be found.
    private func endFirst(on db: Session) throws {
        isFirst = false
        guard let place = open?.indexes.firstIndex(of: BatchWriting.ordersByID) else { return }
        open?.indexes.remove(at: place)
        try make([BatchWriting.ordersByID], on: db)
    }

    private func make(_ indexes: [Index], on db: Session) throws {
        try keep(BatchWriting.sortingCache)
        for index in indexes { try db.script("CREATE INDEX \(index.name) ON \(index.columns)") }
        try keep(BatchWriting.cache)
    }

    private func keep(_ cache: Int) throws { try db?.script("PRAGMA cache_size = -\(cache)") }

    // MARK: checkpoints

    private func checkpointAfter(_ pages: Int) throws {
        guard let db, store.path != nil, pages != checkpoint else { return }
        try db.script("PRAGMA wal_autocheckpoint = \(pages)")
        checkpoint = pages
    }

    /// Rolls back what is not committed, and takes what is left in the log to the file, unless somebody is reading it:
    /// then the next writer does. The rows are on disk already, so a failure costs nothing.
    private func end() {
        guard let db else { return }
        if open != nil { try? db.script("ROLLBACK") }
        try? keep(MemberStore.writingCache)
        guard store.path != nil, checkpoint != BatchWriting.standard else { return }
        try? db.script("PRAGMA temp_store = MEMORY")
        try? checkpointAfter(BatchWriting.standard)
        Turns.$isPatient.withValue(false) { try? db.script("PRAGMA wal_checkpoint(TRUNCATE)") }
    }
}

extension RowWriter {
    mutating func write(
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
        case .event(let row): try write(event: row, source: RowWriter.importSource, isRead: true)
        case .consent(let row, let address): try write(consent: row, andOf: address, stating: stated)
        case .suppression(let row): try write(suppression: row)
        }
    }
}
