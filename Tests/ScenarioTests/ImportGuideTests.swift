import Foundation
import Kit
import TestSupport
import Testing

@testable import Intake

/// What people are told about the columns of a file, in the program and in the documents.
@Suite("Columns of an import")
struct ImportGuideTests {
    private static let pages: [(path: String, language: Language, heading: String)] = [
        ("docs/import.md", .english, "## Columns"), ("docs/import.zh-CN.md", .chinese, "## 列"),
    ]

    @Test(
        "the tables of the documents are those of the program; NUDGED_WRITE_DOCS=1 writes them anew", arguments: 0...1)
    func tables(_ place: Int) throws {
        let page = Self.pages[place]
        let file = ShippedRules.root.appending(path: page.path)
        let text = try String(contentsOf: file, encoding: .utf8)
        let front = try #require(text.range(of: "\n### "), "the tables begin with a heading of their own")
        #expect(text[..<front.lowerBound].contains(page.heading))
        let wanted = text[..<front.lowerBound] + "\n" + ImportGuide.tables(in: page.language)
        if ProcessInfo.processInfo.environment["NUDGED_WRITE_DOCS"] == "1" {
            try String(wanted).write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == wanted)
    }

    @Test("every column has an example that the import takes", arguments: ImportKind.allCases)
    func examples(_ kind: ImportKind) throws {
        let zone = try #require(Zone(named: "Asia/Shanghai"))
        let today = try #require(LocalDate(2026, 12, 31))
        for entry in ImportGuide.entries(kind) where entry.column != .items {
            #expect(!entry.example.isEmpty, "\(kind) \(entry.column)")
            var record = ImportRecord(number: 1)
            for other in ImportGuide.entries(kind) where !other.example.isEmpty && other.column != .birthdayCalendar {
                record.cells.add(.text(other.example), under: other.column)
            }
            if let chinese = entry.chinese { #expect(HeaderWords.column(named: chinese, in: kind) == entry.column) }
            var builder = RowBuilder(
                CellReader(record, DateText(zone: zone)), today: today, tiers: TierNames(), channels: [])
            _ = try builder.row(kind)
            #expect(try builder.shown(entry.column, in: kind) != nil || entry.column == .birthdayCalendar)
        }
    }

    @Test("the help of a kind lists its columns, in the language that is asked for", arguments: ImportKind.allCases)
    func help(_ kind: ImportKind) throws {
        let scratch = try Scratch()
        let english = try scratch.run("nudged import --help \(kind.rawValue)")
        #expect(english.status == 0)
        let chinese = try scratch.run("nudged help import \(kind.rawValue) --lang zh-CN")
        for column in kind.columns {
            for help in [english, chinese] {
                #expect(help.printed.contains { $0.hasPrefix("  \(column.rawValue)") }, "\(kind) \(column)")
            }
        }
        let isHan = { (text: String) in text.unicodeScalars.contains { (0x3000...0x9FFF).contains($0.value) } }
        #expect(english.printed.filter(isHan) == [])
        #expect(chinese.printed.filter { !$0.isEmpty && !isHan($0) && !$0.hasPrefix("  data") } == [])
    }
}

@Suite("A look at a file before it is imported")
struct ImportPreviewTests {
    private static let file = """
        会员资料;;;;
        会员号;姓名;手机号;生日;备注
        m1;林小姐;+86 138-0000-0001;1990/3/10;x
        m2;吴先生;123;;x
        """

    @Test("shows how it is read, what its columns mean and its rows, masked; and writes nothing")
    func shown() throws {
        let scratch = try Scratch()
        try scratch.write(Self.file, to: "members.csv")
        let printed = try scratch.run("nudged import members members.csv --dry-run")
        #expect(printed.status == 1)
        #expect(
            printed.printed == [
                "members: CSV, UTF-8, separated by semicolons, header in line 2", "columns:", "  会员号  -> id",
                "  姓名    -> display_name", "  手机号  -> phone", "  生日    -> birthday", "  备注    ignored",
                "the first rows, as they would be read:",
                "  1: id=m1  display_name=林**  birthday=1990-03-**  phone=138****0001",
                "  2: rejected: phone is not a mobile number",
                "2 rows: 1 can be read, 1 cannot; nothing was written",
            ], "\(printed.printed)")
        #expect(try scratch.files() == ["members.csv"])
        let chinese = try scratch.run("nudged import members members.csv --dry-run --lang zh-CN")
        #expect(chinese.printed.first == "members：CSV，UTF-8，以分号分隔，表头在第 2 行")
        let json = try scratch.run("nudged import members members.csv --dry-run --json 2>/dev/null")
        #expect(json.printed == ["{\"rows\":2,\"accepted\":1,\"rejected\":1}"])
    }

    @Test("an import whose rejected rows cannot be written has its summary, its audit row and its reasons")
    func unwritten() throws {
        let scratch = try Scratch()
        // With `.rejected.csv` the name is too long, for root as well.
        let name = String(repeating: "a", count: 250) + ".csv"
        try scratch.write("id,gender\nlin,female\nm1,13800000001\n", to: name)
        let run = try scratch.run("nudged import members \(name) --json --store sqlite:nudged.db 2>said.txt")
        #expect(run.status == 1 && run.printed == ["{\"rows\":2,\"accepted\":1,\"rejected\":1}"])
        let said = try scratch.text("said.txt")
        #expect(said.contains("members: 2 rows, 1 accepted (0 unchanged), 1 rejected"))
        #expect(said.contains("\(name).rejected.csv cannot be written: the rejected rows are in no file"))
        #expect(said.contains("\n  2: gender \"***********\" is not one of") && !said.contains("1380"), "\(said)")
        let trail = try scratch.run("nudged audit --action import --json --store sqlite:nudged.db").printed
        #expect(trail.count == 1 && trail[0].contains("\"rejected\":1"), "\(trail)")
    }

    @Test("the commands of the documents do what they say", arguments: ["docs/import.md", "docs/import.zh-CN.md"])
    func documents(_ path: String) throws {
        let text = try String(contentsOf: ShippedRules.root.appending(path: path), encoding: .utf8)
        let commands = text.matches(of: /(?m)^\$ (nudged .*)$/).map { String($0.1) }
        #expect(commands.count == 2)
        let scratch = try Scratch()
        try scratch.write("会员号,姓名,手机号\nm1,林小姐,13800000001\n", to: "members.csv")
        for command in commands { #expect(try scratch.run(command).status == 0, "\(command)") }
        #expect(try scratch.files().contains("nudged.db"))
    }
}
