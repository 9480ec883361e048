import Kit
import Intake
import Foundation
import Rules

/// Imports a file into the store, batch by batch: good rows are stored, bad rows go to the rejected file. Importing the
/// same file again changes nothing.
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
        /// `settings.tiers`, for files that name them in words.
        package var tiers = TierNames()
        package var blanks = BlankCells.keep
        /// The sheet of a workbook to read; nil for its first.
        package var sheet: String?
        /// The channels of nudged.yaml.
        package var channels = ChannelDeclaration.standard
        package var language = Language.english
        /// Where the rejected rows go; nil for a file beside the imported one.
        package var rejectedPath: String?
        /// Whether the rows land although the rejected ones cannot be written; the summary then has their reasons.
        package var goesOnUnwritten = false
        /// Asked after each batch. False ends the import with `Importer.Stopped`; what was written stays.
        package var goesOn: @Sendable () -> Bool = { true }
        var sizes: BatchWriting.Sizes

        /// - Parameter isWithinDaemon: the store is that of the daemon which imports: it has its turn after a few rows.
        package init(zone: Zone, now: Instant, isWithinDaemon: Bool = false) {
            self.zone = zone
            self.now = now
            sizes = isWithinDaemon ? .withinDaemon : BatchWriting.Sizes()
        }
        package var attributeNames: Set<String>? {
            takesUndeclared ? nil : attributes.map { Set($0.keys) }
        }
    }

    /// The import was told to end before the file did.
    package struct Stopped: Error {}

    /// How many rows lie between two reports of the progress.
    private static let stride = 5000

    private let kind: ImportKind
    private let options: Options
    private var summary: ImportSummary
    private var notes = ImportNotes()
    private var rejected: RejectedFile
    private var repeated: RepeatedKeys
    /// How many there are in the file.
    private let rows: Int
    private var deferred: [String: Entry] = [:]
    /// The number of good lines so far of each order and sku of which the file has several.
    private var lines: [String: Int] = [:]
    private var batch = ImportBatch()
    private var writing: BatchWriting

    private typealias Entry = ImportBatch.Entry

    /// Imports a file (`-` is standard input), calling `progress` now and then with the share that is done. Throws an
    /// `ImportRefusal` for a file that is not read at all, or when the store fails; `Stopped` when it was told to end.
    package static func run(
        _ kind: ImportKind, path: String, into store: MemberStore, _ options: Options,
        progress: (Double) -> Void = { _ in }
    ) throws -> ImportSummary {
        let file = try OpenedFile(path: path, encoding: options.encoding, sheet: options.sheet)
        let records = try RecordReader(file, kind, attributes: options.attributeNames)
        let repeated = try RepeatedKeys(records, kind)
        let rejected = try RejectedFile(
            at: options.rejectedPath ?? RejectedFile.path(of: path), names: records.originalNames,
            language: options.language)
        do {
            return try BatchWriting.run(kind, into: store, now: options.now, rows: repeated.count, options.sizes) {
                writing in
                var importer = Importer(
                    kind, options, ImportSummary(of: file, records), writing: writing, rejected: rejected,
                    repeated: repeated)
                return try importer.read(file, progress)
            }
        } catch let fault as SQLFault {
            throw ImportRefusal.storeFailed(fault.description)
        }
    }

    private init(
        _ kind: ImportKind, _ options: Options, _ summary: ImportSummary, writing: BatchWriting,
        rejected: RejectedFile, repeated: RepeatedKeys
    ) {
        self.kind = kind
        self.options = options
        self.writing = writing
        self.rejected = rejected
        self.repeated = repeated
        rows = repeated.count
        self.summary = summary
        notes.sheet = summary.sheet
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
            try take(try read(record, today))
            if summary.rows.isMultiple(of: Importer.stride) {
                progress(Double(records.position) / Double(max(file.source.size, 1)))
            }
        }
        for entry in deferred.values.sorted(by: { $0.record.number < $1.record.number }) { try append(entry) }
        try flush()
        try writing.finish()
        try keepRejected { try $0.close() }
        notes.refusedGrants = writing.refusedGrants
        summary.notes = notes.sentences(in: options.language, rows: summary.rows)
        summary.rejectedFile = summary.rejected > 0 && summary.unwrittenFile == nil ? rejected.path : nil
        return summary
    }

    private mutating func read(_ record: ImportRecord, _ today: LocalDate) throws -> Entry {
        var stated = record.stated(options.blanks)
        switch try options.read(record, kind, today) {
        case .failure(let rejection): return Entry(record, kind, .failure(rejection), stated: stated)
        case .success((let row, let builder)):
            notes.add(row, builder, at: options.now)
            if options.blanks == .keep { stated = builder.stating(stated) }
            return Entry(record, kind, .success(row), stated: stated)
        }
    }

    private mutating func append(_ entry: Entry) throws {
        if batch.entries.count >= options.sizes.batch(of: kind, rows: rows) || batch.hasEarly(entry) { try flush() }
        batch.append(entry)
    }

    /// A row that a later one replaces waits for it: if the later one is bad, the last good one is stored.
    private mutating func take(_ entry: Entry) throws {
        guard let key = entry.key, let following = repeated.pass(key) else { return try append(entry) }
        guard kind != .orderItems else { return try append(placed(entry, key, following)) }
        guard case .success = entry.row else {
            try append(entry)
            if following == 0, let last = deferred.removeValue(forKey: key) { try append(last) }
            return
        }
        if let first = deferred[key], first.isOtherEvent(than: entry) {
            // Of two events of one id the first counts, as in the store.
            try append(entry.refused(.otherEvent))
            if following == 0, let first = deferred.removeValue(forKey: key) { try append(first) }
            return
        }
        if deferred.removeValue(forKey: key) != nil {
            notes.superseded += 1
            summary.accepted += 1
        }
        guard following == 0 || deferred.count >= options.sizes.deferred else {
            deferred[key] = entry
            return
        }
        try append(entry)
        if following > 0 { batch.noteEarly(key) }
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
        let outcomes = try writing.write(batch)
        for (entry, outcome) in zip(batch.entries, outcomes) {
            switch outcome {
            case .success(let written):
                summary.accepted += 1
                if written == .unchanged { summary.unchanged += 1 }
                if written != .inserted, options.blanks == .keep, kind.keepsColumns { notes.keptBlanks += entry.blanks }
            case .failure(let reason):
                summary.reject(entry.record.number, reason, in: options.language)
                try keepRejected { try $0.append(entry.record, reason) }
            }
        }
        batch.removeAll()
        guard options.goesOn() else { throw Stopped() }
    }

    /// Once the file could not be written, nothing more goes there.
    private mutating func keepRejected(_ work: (inout RejectedFile) throws -> Void) throws {
        guard summary.unwrittenFile == nil else { return }
        do { try work(&rejected) } catch ImportRefusal.cannotWrite(let path) where options.goesOnUnwritten {
            summary.unwrittenFile = path
        }
    }
}

extension Importer.Options {
    /// The row of a record, with what read it, or why there is none.
    package func read(
        _ record: ImportRecord, _ kind: ImportKind, _ today: LocalDate
    ) throws -> Result<(IntakeRow, RowBuilder), Rejection> {
        if let damage = record.damage { return .failure(damage) }
        var builder = RowBuilder(
            CellReader(record, DateText(zone: zone)), today: today, tiers: tiers, channels: channels,
            types: attributes ?? [:], blanks: blanks)
        do {
            return .success((try builder.row(kind), builder))
        } catch let rejection as Rejection {
            return .failure(rejection)
        }
    }
}

// MARK: looking first

extension Importer {
    /// Reads the whole file as `run` does, but writes nothing and needs no store: whether members and orders exist is not
    /// known then. Throws an `ImportRefusal` for a file that is not read at all.
    package static func preview(_ kind: ImportKind, path: String, _ options: Options) throws -> ImportPreview {
        let file = try OpenedFile(path: path, encoding: options.encoding, sheet: options.sheet)
        var records = try RecordReader(file, kind, attributes: options.attributeNames)
        var summary = ImportSummary(of: file, records)
        var notes = ImportNotes()
        notes.sheet = file.sheet
        var preview = ImportPreview(records, summary)
        let today = options.zone.date(of: options.now)
        while let record = try records.next() {
            summary.rows += 1
            let row = try options.read(record, kind, today)
            switch row {
            case .success((let row, let builder)):
                summary.accepted += 1
                notes.add(row, builder, at: options.now)
            case .failure(let rejection): summary.reject(record.number, rejection, in: options.language)
            }
            preview.add(record, row.map { $0.1 }, kind, in: options.language)
        }
        summary.notes = notes.sentences(in: options.language, rows: summary.rows)
        return preview.counted(summary)
    }
}
