import Kit
@testable import Intake
import Foundation
import Rules
import Testing

@testable import Store

/// A store in memory and a directory for files, gone with the test.
final class IntakeDesk {
    let store: MemberStore
    let directory: URL
    var options: Importer.Options

    /// Noon of 2026-03-10 in Shanghai.
    static let now = Instant(rfc3339: "2026-03-10T12:00:00+08:00") ?? .distantPast

    convenience init() throws { try self.init(store: try MemberStore.inMemory()) }

    convenience init(store: MemberStore) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("intake-\(UUID())")
        try self.init(store: store, directory: folder)
    }

    private init(store: MemberStore, directory: URL) throws {
        (self.store, self.directory) = (store, directory)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        options = Importer.Options(zone: try #require(Zone(named: "Asia/Shanghai")), now: IntakeDesk.now)
    }

    /// A desk whose store is a file.
    static func onDisk() throws -> IntakeDesk {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("intake-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try IntakeDesk(store: try MemberStore.open(url: "sqlite:\(folder.path)/store.db"), directory: folder)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    /// A file as it is, byte order mark included.
    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path(name))), as: UTF8.self)
    }

    func run(_ kind: ImportKind, _ text: String, name: String = "rows.csv") throws -> ImportSummary {
        try run(kind, bytes: Array(text.utf8), name: name)
    }

    func run(_ kind: ImportKind, bytes: [UInt8], name: String = "rows.csv") throws -> ImportSummary {
        let path = path(name)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try Importer.run(kind, path: path, into: store, options)
    }

    /// One member, so that other rows have someone to belong to.
    func addMembers(_ ids: String...) throws {
        _ = try run(.members, "id\n" + ids.joined(separator: "\n") + "\n", name: "members.csv")
    }

    /// A rule that is live, so that arrivals are marked for it.
    func goLive() throws {
        try store.writer.write { db in
            try db.run(
                """
                INSERT INTO live_rules (rule, since, watermark, text_hash, trigger_hash, status)
                VALUES ('r', 0, 0, 'h', 'h', 'live')
                """)
        }
    }

    /// The reason for which the only row of a file was rejected, as the rejected file has it; nil when it was taken.
    func reason(_ kind: ImportKind, _ header: String, _ row: String) throws -> String? {
        let summary = try run(kind, "\(header)\n\(row)\n")
        guard summary.rejected > 0 else { return nil }
        let line = try self.text("rows.csv.rejected.csv").components(separatedBy: "\r\n").dropFirst().joined()
        guard let number = line.range(of: ",1,", options: .backwards) else { return line }
        let cell = String(line[number.upperBound...])
        return cell.hasPrefix("\"") ? String(cell.dropFirst().dropLast()).replacing("\"\"", with: "\"") : cell
    }

    /// The cells of the first row, as text; NULL is `-`.
    func row(_ sql: String) throws -> [String] {
        try rows(sql).first ?? []
    }

    func rows(_ sql: String) throws -> [[String]] {
        try store.writer.read { db in
            try db.all(sql).map { row in row.values.map(IntakeDesk.text) }
        }
    }

    /// name, at (UTC), source, ref of every event.
    func events() throws -> [String] {
        try rows("SELECT name, at, source, ref FROM events ORDER BY at, name, seq").map { cells in
            "\(cells[0]) \(Instant(micros: Int64(cells[1]) ?? 0).utcText) \(cells[2]) \(cells[3])"
        }
    }

    func indexes() throws -> [String] {
        try rows("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2").map { $0.joined(separator: "|") }
    }

    /// Every row of every table.
    func dump() throws -> [String] {
        let tables = try rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").map { $0[0] }
        return try tables.flatMap { table in
            try rows("SELECT * FROM \"\(table)\"").map { "\(table): \($0.joined(separator: "|"))" }.sorted()
        }
    }

    private static func text(_ value: SQLValue) -> String {
        switch value {
        case .null: "-"
        case .int(let number): String(number)
        case .real(let number): String(number)
        case .text(let text): text
        case .blob(let data): "\(data.count) bytes"
        }
    }
}

/// Bytes of GB18030, as Excel in China writes CSV.
func gb18030(_ text: String) -> [UInt8] {
    text.data(using: String.Encoding(rawValue: 0x8000_0632)).map { [UInt8]($0) } ?? []
}

func utf16(_ text: String, littleEndian: Bool = true) -> [UInt8] {
    (littleEndian ? [0xFF, 0xFE] : [0xFE, 0xFF])
        + text.utf16.flatMap { unit -> [UInt8] in
            let (low, high) = (UInt8(unit & 0xFF), UInt8(unit >> 8))
            return littleEndian ? [low, high] : [high, low]
        }
}
