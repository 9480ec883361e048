import Kit
import Intake
import Foundation
import Rules

/// Imports a file into the store, in transactions of a few thousand rows: good rows are stored, bad rows go to the
/// rejected file. Importing the same file again changes nothing.
package struct Importer {
    package struct Options: Sendable {
        /// The zone of `settings.timezone`, for times without an offset.
        package var zone: Zone
        package var now: Instant
        /// Nil: detected from the file.
        package var encoding: TextEncoding?
        /// Types of the custom attributes of fields.yaml, by name without `attr.`; nil takes all as written.
        package var attributes: [String: FieldType]?
        /// Whether attributes not in `attributes` are taken too, as they are written.
        package var takesUndeclared = false
        /// Ids of tiers by the names of `settings.tiers`, for files that name them in words.
        package var tiers: [String: String] = [:]
        /// The channels of nudged.yaml.
        package var channels = ChannelDeclaration.standard
        package var language = Language.english
        package init(zone: Zone, now: Instant) {
            self.zone = zone
            self.now = now
        }
        fileprivate var attributeNames: Set<String>? {
            takesUndeclared ? nil : attributes.map { Set($0.keys) }
        }
    }

    static let batchSize = 5000
    /// The most superseded rows kept in memory until the last one of their key is seen.
    static let mostDeferred = 100_000

    private let kind: ImportKind
    private let store: MemberStore
    private let options: Options
    private var summary: ImportSummary
    private var notes = ImportNotes()
    private var rejected: RejectedFile
    private var repeated: RepeatedKeys
    private var deferred: [String: Entry] = [:]
    /// The number of good lines so far of each order and sku of which the file has several.
    private var lines: [String: Int] = [:]
    private var batch: [Entry] = []

    private struct Entry {
        var record: ImportRecord
        var row: Result<IntakeRow, Rejection>
        /// The place of an order line.
        var place = RowWriter.LinePlace(1, isLast: true)
    }

    /// Imports a file (`-` is standard input), calling `progress` now and then with the share that is done. Throws an
    /// `ImportRefusal` for a file that is not read at all, or when the store fails.
    package static func run(
        _ kind: ImportKind, path: String, into store: MemberStore, _ options: Options,
        progress: (Double) -> Void = { _ in }
    ) throws -> ImportSummary {
        let file = try OpenedFile(path: path, encoding: options.encoding)
        let records = try RecordReader(file, kind, attributes: options.attributeNames)
        let repeated = try RepeatedKeys(records, kind)
        var importer = Importer(
            kind: kind, store: store, options: options,
            summary: ImportSummary(encoding: file.encoding, isNDJSON: file.isNDJSON),
            rejected: try RejectedFile(of: path, names: records.originalNames, language: options.language),
            repeated: repeated)
        return try importer.read(file, progress)
    }

    private init(
        kind: ImportKind, store: MemberStore, options: Options, summary: ImportSummary, rejected: RejectedFile,
        repeated: RepeatedKeys
    ) {
        self.kind = kind
        self.store = store
        self.options = options
        self.summary = summary
        self.rejected = rejected
        self.repeated = repeated
    }

    private mutating func read(_ file: OpenedFile, _ progress: (Double) -> Void) throws -> ImportSummary {
        // Opened again, because the first reader is at its end.
        var records = try RecordReader(file, kind, attributes: options.attributeNames)
        notes.addUnknown(records.unknown)
        notes.outdone = records.outdone
        let today = options.zone.date(of: options.now)
        while let record = try records.next() {
            summary.rows += 1
            notes.addUnknown(record.unknown)
            take(Entry(record: record, row: try read(record, today)))
            if batch.count >= Importer.batchSize {
                try flush()
                progress(Double(records.position) / Double(max(file.source.size, 1)))
            }
        }
        batch += deferred.values.sorted { $0.record.number < $1.record.number }
        try flush()
        try rejected.close()
        summary.notes = notes.sentences(in: options.language)
        summary.rejectedFile = summary.rejected > 0 ? rejected.path : nil
        return summary
    }

    private mutating func read(_ record: ImportRecord, _ today: LocalDate) throws -> Result<IntakeRow, Rejection> {
        if let damage = record.damage { return .failure(damage) }
        var builder = RowBuilder(
            CellReader(record, DateText(zone: options.zone)), today: today, tiers: options.tiers,
            channels: options.channels, types: options.attributes ?? [:])
        do {
            let row = try builder.row(kind)
            for column in builder.cells.bareDates { notes.bareDates[column, default: 0] += 1 }
            return .success(row)
        } catch let rejection as Rejection {
            return .failure(rejection)
        }
    }

    /// A row that a later one replaces waits for it: if the later one is bad, the last good one is stored.
    private mutating func take(_ entry: Entry) {
        guard let key = entry.record.key(kind), let following = repeated.pass(key) else {
            batch.append(entry)
            return
        }
        guard kind != .orderItems else {
            batch.append(placed(entry, key, following))
            return
        }
        guard case .success = entry.row else {
            batch.append(entry)
            if following == 0, let last = deferred.removeValue(forKey: key) { batch.append(last) }
            return
        }
        if deferred.removeValue(forKey: key) != nil {
            notes.superseded += 1
            summary.accepted += 1
        }
        if following == 0 || deferred.count >= Importer.mostDeferred {
            batch.append(entry)
        } else {
            deferred[key] = entry
        }
    }

    /// Each good row of one order and sku is one more line; a bad one does not count.
    private mutating func placed(_ entry: Entry, _ key: String, _ following: Int) -> Entry {
        guard case .success = entry.row else { return entry }
        var entry = entry
        let number = lines[key, default: 0] + 1
        lines[key] = following == 0 ? nil : number
        entry.place = RowWriter.LinePlace(number, isLast: following == 0)
        return entry
    }

    private mutating func flush() throws {
        guard !batch.isEmpty else { return }
        let (options, entries) = (options, batch)
        let outcomes: [Result<RowWriter.Written, Rejection>]
        let refused: Int
        do {
            (outcomes, refused) = try store.writer.write { db in
                var writer = RowWriter(db, origin: .world(now: options.now))
                let outcomes = try entries.map { try Importer.write($0.row, of: $0.record, at: $0.place, &writer) }
                return (outcomes, writer.refusedGrants)
            }
        } catch let fault as SQLFault {
            throw ImportRefusal.storeFailed(fault.description)
        }
        batch = []
        notes.refusedGrants += refused
        for (entry, outcome) in zip(entries, outcomes) {
            switch outcome {
            case .success(let written):
                summary.accepted += 1
                if written == .unchanged { summary.unchanged += 1 }
            case .failure(let reason):
                summary.rejected += 1
                if summary.firstReasons.count < 5 {
                    let sentence = reason.sentence(in: options.language, showing: .masked)
                    summary.firstReasons.append("\(entry.record.number): \(sentence)")
                }
                try rejected.append(entry.record, reason)
            }
        }
    }
}

extension Importer {
    fileprivate static func write(
        _ result: Result<IntakeRow, Rejection>, of record: ImportRecord, at place: RowWriter.LinePlace,
        _ writer: inout RowWriter
    ) throws -> Result<RowWriter.Written, Rejection> {
        let row: IntakeRow
        switch result {
        case .failure(let rejection): return .failure(rejection)
        case .success(let good): row = good
        }
        if let member = row.memberID, try !writer.hasMember(member) { return .failure(.noMember) }
        let stated = Set(record.cells.keys)
        do {
            switch row {
            case .member(let row): return .success(try writer.write(member: row, stating: stated))
            case .date(let row): return .success(try writer.write(date: row))
            case .store(let row): return .success(try writer.write(store: row, stating: stated))
            case .order(let row): return .success(try writer.write(order: row, stating: stated))
            case .orderItem(let row): return .success(try writer.write(item: row, at: place, stating: stated))
            case .product(let row): return .success(try writer.write(product: row, stating: stated))
            case .cart(let row): return .success(try writer.write(cart: row, stating: stated))
            case .points(let row): return .success(try writer.write(points: row, stating: stated))
            case .coupon(let row): return .success(try writer.write(coupon: row, stating: stated))
            case .couponCode(let row): return .success(try writer.write(couponCode: row))
            case .event(let row): return .success(try writer.write(event: row, source: "import"))
            case .consent(let row, let address):
                return .success(try writer.write(consent: row, andOf: address, stating: stated))
            case .suppression(let row): return .success(try writer.write(suppression: row))
            }
        } catch let rejection as Rejection {
            return .failure(rejection)
        }
    }
}
