@testable import Kit
@testable import Intake
import Foundation
@testable import Rules

/// The first byte says what the file is imported as; the second, which encoding is claimed. The rest is the file.
enum FuzzedImport {
    static func run(_ bytes: [UInt8]) {
        guard bytes.count >= 2 else { return }
        let kinds = ImportKind.allCases
        let kind = kinds[Int(bytes[0]) % kinds.count]
        let encodings: [TextEncoding?] = [nil] + TextEncoding.allCases
        let content = Array(bytes[2...])
        json(content)
        events(content)
        do {
            try Data(content).write(to: URL(filePath: path))
            try rows(kind, encodings[Int(bytes[1]) % encodings.count])
        } catch is ImportRefusal {
        } catch {
            preconditionFailure("\(error)")
        }
    }

    private static let path = FileManager.default.temporaryDirectory.appending(path: "nudged-fuzz-\(getpid())").path

    private static func rows(_ kind: ImportKind, _ encoding: TextEncoding?) throws {
        let file = try OpenedFile(path: path, encoding: encoding)
        let first = try RecordReader(file, kind, attributes: nil)
        var repeated = try RepeatedKeys(first, kind)
        var records = try RecordReader(file, kind, attributes: nil)
        var rejected = try RejectedFile(
            at: RejectedFile.path(of: path), names: records.originalNames, language: .chinese)
        let zone = Settings().zone
        while let record = try records.next() {
            if let key = record.key(kind) { _ = repeated.pass(key) }
            var builder = RowBuilder(
                CellReader(record, DateText(zone: zone)), today: LocalDate(days: 20_000),
                tiers: TierNames([.init(id: "gold", name: "金卡")]),
                channels: ChannelDeclaration.standard)
            do {
                if let damage = record.damage { throw damage }
                _ = try builder.row(kind)
            } catch let rejection as Rejection {
                precondition(!rejection.sentence(in: .english).isEmpty)
                try rejected.append(record, rejection)
            }
        }
        try rejected.close()
    }

    /// Whatever a source sends is an event, or has a reason why it is none.
    private static func events(_ bytes: [UInt8]) {
        let dialect = SegmentDialect(SourceTerms(zone: Settings().zone))
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            for event in dialect.events(ofLine: Array(line), isCut: false, at: Instant(seconds: 1_772_960_400)) {
                guard case .failure(let reason) = event.facts else { continue }
                precondition(!reason.sentence(in: .chinese, showing: .masked).isEmpty)
            }
        }
    }

    /// A value that can be read is the same after it was written.
    private static func json(_ bytes: [UInt8]) {
        guard let value = try? StrictJSON(parsing: bytes) else { return }
        let again = try? StrictJSON(parsing: value.compactText)
        precondition(again == value, "JSON changes when it is written: \(value.compactText)")
    }
}
