import Foundation
import Kit
import Policies
import Testing

@testable import Engine
@testable import Review
@testable import Rules

/// Slips as marketers make them, at a Chinese keyboard and at an English one, in a whole shop that is otherwise good.
/// What is expected was written before the checker was asked (settled-2 §5, §6).
@Suite("The corpus of slips")
struct SlipCorpusTests {
    @Test("has at least two hundred, each with a name of its own, in a shop without a finding whose tests pass")
    func corpus() throws {
        #expect(Slip.all.count >= 200)
        #expect(Set(Slip.all.map(\.name)).count == Slip.all.count)
        let desk = try SlipDesk(Slip.shop)
        #expect(try desk.findings().map(\.short) == [])
        let session = try TestSession(paths: [desk.root + "/tests"])
        #expect(session.isGood && session.passed == 2, "\(TestReport(session).text)")
        #expect(try desk.outcomes().count > 5)
    }

    @Test("is one finding at the right place, with the advice that helps, in both languages", arguments: Slip.all)
    func finding(_ slip: Slip) throws {
        let (files, expected) = try slip.files()
        let desk = try SlipDesk(files, isGBK: slip.isGBK)
        let found = try desk.findings()
        #expect(
            Set(found.map(desk.placed)) == Set(expected) && found.count == expected.count,
            "\(found.map { desk.relative($0.short) }), wanted \(expected)")
        for help in slip.help {
            #expect(found.contains { $0.help.contains { $0.contains(help) } }, "\(found.map(\.help))")
        }
        for sentence in found.flatMap({ SlipDesk.sentences(of: $0) }) {
            #expect(MessageCatalogue.chinese(sentence) != nil, "no Chinese for: \(desk.relative(sentence))")
        }
    }

    @Test(
        "has a fix where one is safe and nowhere else; it brings no finding and leaves the meaning", arguments: Slip.all
    )
    func fix(_ slip: Slip) throws {
        let (files, _) = try slip.files()
        let desk = try SlipDesk(files, isGBK: slip.isGBK)
        let found = try desk.findings()
        let fixes = found.filter { !$0.fix.isEmpty }
        #expect(fixes.isEmpty == (slip.fix == .none), "\(fixes.map { desk.relative($0.short) })")
        if case .safe(let text?) = slip.fix { #expect(fixes.first?.fix.first?.text == text) }
        guard !fixes.isEmpty else { return }
        try desk.applyFixes()
        #expect(try desk.findings().map { desk.relative($0.short) } == [])
        if case .safe = slip.fix { #expect(try desk.outcomes() == SlipDesk.good.get()) }
    }
}

/// A shop on disk, and what check and dry-run say of it.
final class SlipDesk {
    private let scratch: Scratch
    let root: String
    private static let config = "nudged.yaml"

    /// What the good shop does.
    static let good: Result<[String], any Error> = Result { try SlipDesk(Slip.shop).outcomes() }

    init(_ files: [String: String], isGBK: Bool = false) throws {
        scratch = try Scratch()
        root = scratch.directory.appending(path: "rules").path
        for (path, text) in files { try scratch.write(text, to: path == Self.config ? path : "rules/\(path)") }
        guard isGBK else { return }
        let converted = try scratch.run("iconv -f utf-8 -t gb18030 rules/rules.yaml > gbk && mv gbk rules/rules.yaml")
        #expect(converted.status == 0, "\(converted.printed)")
    }

    /// What is printed of a finding, but for lines of YAML that stand alone.
    static func sentences(of finding: Diagnostic) -> [String] {
        let message = finding.chinese == nil ? [finding.message] : []
        return (message + [finding.label] + finding.related.map(\.text) + finding.help + finding.notes)
            .filter { !$0.isEmpty && !$0.hasPrefix("{") }
    }

    func relative(_ text: String) -> String {
        text.replacing(root + "/", with: "").replacing(scratch.directory.path + "/", with: "")
    }

    func placed(_ finding: Diagnostic) -> Slip.Finding {
        let span = finding.span
        return Slip.Finding(
            code: finding.code, file: relative(span.file), line: span.start.line, column: span.start.column)
    }

    /// As `nudged check` finds them; of nudged.yaml only where there is one.
    func findings() throws -> [Diagnostic] {
        let config = scratch.directory.appending(path: Self.config).path
        let configs = FileManager.default.fileExists(atPath: config) ? [config] : []
        let files = try (configs + RuleSetLoader.yamlFiles(under: root)).map(RuleSetLoader.read)
        let loaded = try WorkspaceCheck.run(files, channels: ChannelDeclaration.standard, at: .now)
        return loaded.diagnostics + (try RuleSetLoader.misnamed(under: root))
    }

    /// Applies every fix that is offered, again where one uncovers another.
    func applyFixes() throws {
        for _ in 0..<5 {
            let fixes = Dictionary(grouping: try findings().filter { !$0.fix.isEmpty }, by: \.span.file)
            if fixes.isEmpty { return }
            for (path, findings) in fixes {
                let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
                try Data(SafeFixes.apply(findings, to: bytes).bytes).write(to: URL(filePath: path))
            }
        }
    }

    /// Every outcome of a year and a half over the members of the fixtures, as a dry-run prints it.
    func outcomes() throws -> [String] {
        let workspace = try Workspace(root, channels: ChannelDeclaration.standard, language: .english)
        let set = workspace.set
        let store = try workspace.fixtureStore([root + "/fixtures/members.yaml"])
        let planned = PlannedSet(
            set, rules: set.rules.filter { $0.status == .live }, channels: ChannelDeclaration.standard)
        let start = set.settings.zone.startOfDay(try #require(LocalDate(2025, 6, 1)))
        var simulation = Simulation(
            store: store, prepared: try PreparedRules(planned, rulesVersion: 0, in: store), from: start,
            until: start.adding(micros: 540 * 86_400_000_000))
        simulation.showsUndecided = true
        return try simulation.run().map { $0.json.rendered }
    }
}
