import Foundation
import Testing

/// One slip of the pen in a good shop (Slips/shop, or Slips/blind/shop): what is edited, the findings that a careful
/// marketer wants to read about it, and whether a fix may be offered. A `.slips` file holds many, each block in this
/// form:
///
///     # what slipped, the slip's name
///     @ rules.yaml                the file that is edited; `@ +promo.yaml` is a new file; nudged.yaml is beside rules/
///     % gbk                       how the file is saved, if not in UTF-8
///     -     name: 生日礼遇        lines as they stand in the good shop, each followed by
///     +     name⟦：生日礼遇       the lines that take their place; ⟦ is where a finding belongs, and is not written
///     = R010                      a finding, at the next ⟦; `= R022 @promo.yaml.txt` at the beginning of that file
///     ? ASCII colon               what one of its helps says
///     !                           it has a fix, after which the shop means what it meant; `! "09:30"` puts in that;
///                                 `!!` has a fix that keeps what was typed, so the shop may mean something else
///     ~ R018                      what was expected at first, where the expectation was wrong and not the checker
struct Slip: CustomTestStringConvertible, Sendable {
    struct Edit: Sendable {
        var file: String
        var isNew = false
        var before: [String] = []
        var after: [String] = []
    }
    struct Finding: Hashable, Sendable, CustomStringConvertible {
        var code: String
        var file: String
        var line: Int
        var column: Int
        var description: String { "\(code) \(file):\(line):\(column)" }
    }
    enum Fix: Sendable, Equatable {
        case none
        /// The text it puts in, where the slip says.
        case safe(String?)
        case keepsTyped
    }

    var name: String
    var edits: [Edit] = []
    var isGBK = false
    /// Codes, each with its file where it is not at a mark.
    var codes: [(code: String, file: String?)] = []
    var help: [String] = []
    var fix = Fix.none
    /// What was expected at first, where that was wrong.
    var corrected: String?
    /// The shop that is edited.
    var shop: [String: String]
    var testDescription: String { name }

    static let mark: Character = "⟦"
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Slips")

    /// The good shop, by path below rules/; nudged.yaml stands beside that folder.
    static let shop = shop(in: folder)
    static let all = slips(in: folder, shop)

    /// Those of Slips/blind, in the shop there.
    static let blind: [Slip] = {
        let blind = folder.appending(path: "blind")
        return slips(in: blind, shop(in: blind))
    }()

    private static func shop(in folder: URL) -> [String: String] {
        let root = folder.appending(path: "shop")
        let names = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".yaml") }.reduce(into: [:]) { shop, name in
            shop[name] = try? String(contentsOf: root.appending(path: name), encoding: .utf8)
        }
    }

    private static func slips(in folder: URL, _ shop: [String: String]) -> [Slip] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".slips") }.sorted().flatMap { name in
            let text = (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
            // The first lines say what the file is about.
            return text.components(separatedBy: "\n# ").dropFirst().map { Slip($0, in: shop) }
        }
    }

    private init(_ block: String, in shop: [String: String]) {
        self.shop = shop
        let lines = block.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        name = lines[0]
        for line in lines.dropFirst() where !line.isEmpty {
            let rest = String(line.dropFirst(2))
            switch line.prefix(1) {
            case "@":
                let isNew = rest.hasPrefix("+")
                edits.append(Edit(file: isNew ? String(rest.dropFirst()) : rest, isNew: isNew))
            case "%": isGBK = true
            case "-":
                if let last = edits.last, !last.after.isEmpty { edits.append(Edit(file: last.file)) }
                edits[edits.count - 1].before.append(rest)
            case "+": edits[edits.count - 1].after.append(rest)
            case "=":
                let parts = rest.split(separator: " @")
                codes.append((String(parts[0]), parts.count > 1 ? String(parts[1]) : nil))
            case "?": help.append(rest)
            case "~": corrected = rest
            case "!": fix = line == "!!" ? .keepsTyped : .safe(rest.isEmpty ? nil : rest)
            default: preconditionFailure("\(name): what is `\(line)`?")
            }
        }
    }

    struct Unusable: Error, CustomStringConvertible { var description: String }

    /// The shop with the slip, and the findings it is to have.
    func files() throws -> (files: [String: String], findings: [Finding]) {
        var files = shop
        for edit in edits {
            let after = edit.after.map { $0 + "\n" }.joined()
            if edit.isNew {
                files[edit.file] = after
                continue
            }
            let before = edit.before.map { $0 + "\n" }.joined()
            let parts = (files[edit.file] ?? "").components(separatedBy: before)
            guard !before.isEmpty, parts.count == 2 else {
                throw Unusable(description: "\(name): `\(before)` stands \(parts.count - 1) times in \(edit.file)")
            }
            files[edit.file] = parts[0] + after + parts[1]
        }
        var marks: [(file: String, line: Int, column: Int)] = []
        for (file, text) in files.sorted(by: { $0.key < $1.key }) where text.contains(Slip.mark) {
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                for (column, letter) in line.unicodeScalars.enumerated() where letter == Slip.mark.unicodeScalars.first
                {
                    marks.append((file, index + 1, column + 1))
                }
            }
            files[file] = text.replacing(String(Slip.mark), with: "")
        }
        let findings = try codes.map { code, file -> Finding in
            if let file { return Finding(code: code, file: file, line: 1, column: 1) }
            guard !marks.isEmpty else { throw Unusable(description: "\(name): no mark for \(code)") }
            let mark = marks.removeFirst()
            return Finding(code: code, file: mark.file, line: mark.line, column: mark.column)
        }
        return (files, findings)
    }
}
