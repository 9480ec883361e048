import Foundation
import Testing

@testable import Store

@Suite("A file that was named as the store and is none")
struct StrayFileTests {
    @Test(
        "is told by how it begins",
        arguments: [
            ("id,phone\n1,2\n", "a CSV file"), ("\u{FEFF}会员号;手机号\n", "a CSV file"), ("id\tphone\n", "a CSV file"),
            ("{\"id\": 1}\n", "a JSON file"), ("  [1]", "a JSON file"),
            ("# yaml\nversion: 1\nstore: {}\n", "a YAML file"),
            ("PRAGMA foreign_keys=OFF;\nBEGIN;\n", "a script of SQL"),
            ("<html><body>", "an HTML page"), ("<?xml version=\"1.0\"?>", "an XML file"), ("%PDF-1.7\n", "a PDF"),
            ("dear colleagues", "a text file"),
        ])
    func told(text: String, words: String) {
        #expect(StrayFile.words(for: Array(text.utf8))?.english == words)
    }

    @Test(
        "of bytes is told by its signature, in whatever encoding its text is",
        arguments: [
            ([0x50, 0x4B, 0x03, 0x04, 0x00], "an Excel workbook or another ZIP file"),
            ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "an Excel workbook of the old kind (.xls)"),
            ([0x1F, 0x8B, 0x08], "a compressed file (gzip)"),
            // 会员号,1 in GB18030.
            ([0xBB, 0xE1, 0xD4, 0xB1, 0xBA, 0xC5, 0x2C, 0x31, 0x0A], "a CSV file"),
        ] as [([UInt8], String)])
    func signature(bytes: [UInt8], words: String) {
        #expect(StrayFile.words(for: bytes)?.english == words)
    }

    @Test(
        "may have been one where nothing tells: an empty file, a store, a first page that was overwritten",
        arguments: [[], Array("SQLite format 3\0".utf8) + [0x10, 0x00], [UInt8](repeating: 0, count: 100)])
    func untold(bytes: [UInt8]) {
        #expect(StrayFile.words(for: bytes) == nil)
    }

    @Test("is named in both languages by every command that opens it, and is not called damaged")
    func sentence() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stray-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "members.csv").path
        try Data("id,phone\n".utf8).write(to: URL(filePath: path))
        let error = #expect(throws: MemberStore.OpenError.self) {
            let store = try MemberStore.reading("sqlite:" + path)
            try store.requireCurrentSchema()
        }
        let words = try #require(error?.words)
        #expect(words.english.hasPrefix("\(path) is a CSV file, not a store; "), "\(words.english)")
        #expect(words.chinese.hasPrefix("\(path) 是 CSV 文件，不是数据库；"), "\(words.chinese)")
    }
}
