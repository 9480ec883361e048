import Kit
import Foundation

/// `FILE.rejected.csv`: the rejected rows as they were, with `row` and `reason`. UTF-8 with a byte order mark and CRLF,
/// so that Excel opens it; once fixed, it is imported like any other file.
///
/// The original cells are written as they were, but for the apostrophe before one that a spreadsheet would take for a
/// formula; an import reads the same value with it. The file is created with the first rejected row.
package struct RejectedFile {
    package let path: String
    private let names: [String]
    private let language: Language
    private var handle: FileHandle?
    private var pending = ""

    /// Removes the file of a former run at that path.
    package init(at path: String, names: [String], language: Language) throws {
        self.path = path
        self.names = names
        self.language = language
        guard FileManager.default.fileExists(atPath: self.path) else { return }
        guard RejectedFile.isOurs(self.path) else { throw ImportRefusal.notRejectedRows(self.path) }
        do { try FileManager.default.removeItem(atPath: self.path) } catch {
            throw ImportRefusal.cannotWrite(self.path)
        }
    }

    /// True for a regular file that is empty, or one with the mark and the last columns of our header.
    private static func isOurs(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let handle = FileHandle(forReadingAtPath: path)
        else { return false }
        defer { try? handle.close() }
        guard let head = try? handle.read(upToCount: 1 << 16) else { return true }
        let isHeaded = String(decoding: head, as: UTF8.self).contains(",row,reason\r\n")
        return head.isEmpty || (head.starts(with: [0xEF, 0xBB, 0xBF]) && isHeaded)
    }

    /// The path beside the imported file; for a pipe without a place of its own, in the working directory.
    package static func path(of path: String) -> String {
        let isPipe = path == "-" || path.hasPrefix("/dev/") || path.hasPrefix("/proc/")
        return isPipe ? "stdin.rejected.csv" : path + ".rejected.csv"
    }

    package mutating func append(_ record: ImportRecord, _ reason: Rejection) throws {
        if handle == nil { try create() }
        var cells = record.originals
        if cells.count > names.count, let last = names.indices.last {
            // A row with too many cells keeps the rest in its last column.
            cells = Array(cells[..<last]) + [cells[last...].joined(separator: ",")]
        }
        cells += Array(repeating: "", count: names.count - min(cells.count, names.count))
        line(cells + [String(record.number), reason.sentence(in: language)])
        if pending.utf8.count > 1 << 16 { try flush() }
    }

    package mutating func close() throws {
        try flush()
        try handle?.close()
    }

    private mutating func create() throws {
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: attributes),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw ImportRefusal.cannotWrite(path) }
        self.handle = handle
        pending = "\u{FEFF}"
        line(names + ["row", "reason"])
    }

    private mutating func line(_ cells: [String]) {
        pending += cells.map(RejectedFile.quoted).joined(separator: ",") + "\r\n"
    }

    private static func quoted(_ text: String) -> String {
        let cell = SpreadsheetText.guarded(text)
        let special: [UInt8] = [0x22, 0x2C, 0x0A, 0x0D]
        let needsQuotes = cell.utf8.contains { special.contains($0) }
        return needsQuotes ? "\"" + cell.doubling("\"") + "\"" : cell
    }

    private mutating func flush() throws {
        guard let handle, !pending.isEmpty else { return }
        do { try handle.write(contentsOf: Data(pending.utf8)) } catch { throw ImportRefusal.cannotWrite(path) }
        pending = ""
    }
}
