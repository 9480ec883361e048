import Foundation
import Testing

@testable import Intake
@testable import Store

/// What can be read only once lies in a file without a name while it is imported.
@Suite("Spooled rows")
struct SpoolTests {
    private static let phone = "13800000001"

    /// The contents of the files without a name that this process has open.
    private static func files() throws -> [Data] {
        let open = "/proc/self/fd"
        return try FileManager.default.contentsOfDirectory(atPath: open).compactMap { number in
            let path = "\(open)/\(number)"
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
            guard target?.contains("nudged-import-") ?? false else { return nil }
            return try FileHandle(forReadingAtPath: path)?.readToEnd() ?? Data()
        }
    }

    @Test("are read as they came, from any place, and are unreadable on the disk", arguments: [0, 1, 9000, 40_000])
    func same(count: Int) throws {
        let text = Array((0..<count).map { "m\($0),\(SpoolTests.phone)\n" }.joined().utf8)
        let source = try ByteSource { write in
            for start in stride(from: 0, to: text.count, by: 70_001) {
                try write(Array(text[start..<min(start + 70_001, text.count)]))
            }
        }
        #expect(source.size == Int64(text.count))
        for offset in [0, 3, Spool.pieceSize - 1, Spool.pieceSize, text.count] where offset <= text.count {
            source.seek(to: Int64(offset))
            var read: [UInt8] = []
            while case let piece = try source.read(), !piece.isEmpty { read += piece }
            #expect(read == Array(text[offset...]))
        }
        let files = try SpoolTests.files()
        #expect(files.contains { $0.count >= text.count })
        for file in files { #expect(file.range(of: Data(SpoolTests.phone.utf8)) == nil) }
    }

    @Test("of a pipe are imported, as a table and as a workbook", arguments: ["rows.csv", "book.xlsx"])
    func pipe(name: String) throws {
        let desk = try IntakeDesk()
        let table = "id,phone\nm1,\(SpoolTests.phone)\n"
        try Data(table.utf8).write(to: URL(fileURLWithPath: desk.path("rows.csv")))
        if name == "book.xlsx" { try SpoolTests.makeWorkbook(at: desk.path(name)) }
        let pipe = desk.path("pipe")
        try #require(mkfifo(pipe, 0o600) == 0)
        let writer = Process()
        writer.executableURL = URL(fileURLWithPath: "/bin/sh")
        writer.arguments = ["-c", "cat \"$0\" >\"$1\"", desk.path(name), pipe]
        try writer.run()
        let summary = try Importer.run(.members, path: pipe, into: desk.store, desk.options)
        writer.waitUntilExit()
        #expect(summary.accepted == 1)
        #expect(try desk.rows("SELECT id, phone FROM members") == [["m1", SpoolTests.phone]])
    }

    private static func makeWorkbook(at path: String) throws {
        let script = """
            import sys, zipfile
            space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
            cell = lambda text: f'<c t="inlineStr"><is><t>{text}</t></is></c>'
            row = lambda *texts: "<row>" + "".join(map(cell, texts)) + "</row>"
            with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
                z.writestr("xl/workbook.xml", f'<workbook xmlns:r="{space}"><sheets><sheet name="1" r:id="r1"/></sheets></workbook>')
                z.writestr("xl/_rels/workbook.xml.rels", f'<Relationships><Relationship Id="r1" Type="{space}/worksheet" '
                           'Target="worksheets/sheet1.xml"/></Relationships>')
                z.writestr("xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + row("id", "phone") + row("m1", sys.argv[2])
                           + "</sheetData></worksheet>")
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script, path, phone]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}
