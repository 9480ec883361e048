import Foundation
import Intake
import Kit

/// A file that was named as the store and is something else, told by how it begins. What begins like none of these may
/// be a store whose first page is lost.
package struct StrayFile {
    /// In words: `a CSV file`.
    package let words: Bilingual

    /// Nil for a store, for what may have been one, and for a file that cannot be read.
    package init?(path: String) {
        guard let front = StoreCipher.front(of: path, 4096), let words = StrayFile.words(for: front) else { return nil }
        self.words = words
    }

    /// The sentence that ends a command.
    package func sentence(_ path: String) -> Bilingual {
        Bilingual(
            "\(path) is \(words), not a store; name the file of the store, such as sqlite:/var/lib/nudged/nudged.db",
            "\(path) 是\(words.chinese)，不是数据库；请写数据库文件，例如 sqlite:/var/lib/nudged/nudged.db")
    }

    /// - Parameter front: the first bytes of the file.
    static func words(for front: [UInt8]) -> Bilingual? {
        if front.starts(with: Array("SQLite format 3\0".utf8)) { return nil }
        if front.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            return Bilingual("an Excel workbook or another ZIP file", " Excel 工作簿或其他 ZIP 文件")
        }
        if let kind = ForeignFile(front: front) { return kind.noun }
        return isText(front) ? ofText(String(decoding: front, as: UTF8.self)) : nil
    }

    /// True without the control characters that no text has, in whatever encoding of bytes.
    private static func isText(_ front: [UInt8]) -> Bool {
        !front.isEmpty && front.allSatisfy { $0 >= 0x20 && $0 != 0x7F || [0x09, 0x0A, 0x0C, 0x0D].contains($0) }
    }

    private static func ofText(_ text: String) -> Bilingual {
        let text = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        if let kind = ForeignFile(text: String(text)) { return kind.noun }
        if text.hasPrefix("{") || text.hasPrefix("[") { return Bilingual("a JSON file", " JSON 文件") }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true).prefix(20).map { $0.lowercased() }
        if lines.contains(where: { line in
            ["pragma ", "begin transaction", "create table"].contains(where: line.hasPrefix)
        }) {
            return Bilingual("a script of SQL", " SQL 脚本")
        }
        if lines.contains(where: { $0.hasPrefix("version:") }) { return Bilingual("a YAML file", " YAML 文件") }
        let first = lines.first ?? ""
        if [",", ";", "\t"].contains(where: first.contains) { return Bilingual("a CSV file", " CSV 文件") }
        return Bilingual("a text file", "文本文件")
    }
}
