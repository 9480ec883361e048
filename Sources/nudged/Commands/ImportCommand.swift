import Config
import Review
import Kit
import Intake
import ArgumentParser
import Foundation
import Rules
import Store

extension ImportKind: ExpressibleByArgument {}

/// `nudged import KIND FILE`: members and their history, from CSV or NDJSON.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import members, orders and other rows from CSV or NDJSON.",
        discussion: """
            Values of custom attributes must fit the types of fields.yaml: of rules_dir of the config, else of ./rules. \
            Rows that cannot be taken go to FILE.rejected.csv with their reason; the others land. The same file again \
            changes nothing. Exits with 1 if any row was rejected, with 2 if nothing could be read.

            A no counts from its import, whatever date it carries. consents are of a member (member_id) or of whoever has \
            an address, now or later (address: a mobile number or an email); channel is one of the channels, or * for \
            all of them.

            suppressions are lists of addresses, members or not: address, channel (default: all that use such an \
            address), reason (opt_out, the default, ends marketing; bounce, complaint and operator end service messages \
            too) and at. The store keeps a keyed hash of each address, not the address.
            """)

    @Argument(help: "What the rows are.")
    var kind: ImportKind

    @Argument(help: "A CSV or NDJSON file; - is standard input.")
    var file: String

    @OptionGroup var options: StoreOptions

    @Option(help: "Zone of times that have none of their own, in place of settings.timezone.")
    var timezone: String?

    @Option(help: "utf-8, gb18030 (gbk), utf-16le or utf-16be, in place of what the file looks like.")
    var encoding: String?

    @Flag(help: "Print {\"rows\":n,\"accepted\":n,\"rejected\":n}.")
    var json = false

    @OptionGroup var spoken: LanguageOption

    func validate() throws {
        if let encoding, TextEncoding(named: encoding) == nil {
            throw ValidationError("--encoding \(encoding) is not one of utf-8, gb18030, utf-16le, utf-16be")
        }
        if let timezone, Zone(named: timezone) == nil {
            throw ValidationError("--timezone \(timezone) is not a time zone such as Asia/Shanghai")
        }
    }

    func run() throws {
        let language = Spoken.language(spoken.lang, config: options.config)
        do {
            let summary = try summary(in: language)
            report(summary, in: language)
            if summary.rejected > 0 { throw ExitCode(1) }
        } catch let refusal as ImportRefusal {
            throw refused(refusal.sentence(in: language))
        } catch let error as MemberStore.OpenError {
            throw refused(error.description)
        }
    }

    private func summary(in language: Language) throws -> ImportSummary {
        let rules = try rulesAtHand()
        let name = timezone ?? rules?.sound.settings.timezone ?? Settings().timezone
        guard let zone = Zone(named: name) else { throw ImportRefusal.noSuchZone(name) }
        let now = Instant(micros: Int64((Date().timeIntervalSince1970 * 1_000_000).rounded()))
        var importing = Importer.Options(zone: zone, now: now)
        importing.encoding = encoding.flatMap(TextEncoding.init(named:))
        importing.language = language
        if let config = try options.loadConfig() { importing.channels = config.channelDeclarations }
        if let rules {
            importing.attributes = rules.sound.attributeTypes
            // Data is accepted all the same when the shop's declarations are not fully known.
            importing.takesUndeclared = try rules.set == nil || options.loadConfig() == nil
            let tiers = rules.sound.settings.tiers
            importing.tiers = Dictionary(tiers.map { ($0.name, $0.id) }) { first, _ in first }
        }
        let progress = TerminalProgress(kind.rawValue)
        defer { progress.finish() }
        let store = try options.open(try options.loadConfig(), whenAbsent: .isCreated)
        return try Importer.run(kind, path: file, into: store, importing) { progress.show($0) }
    }

    /// The rules that declare custom columns with their types, tiers and the shop's time zone: `rules_dir` of the
    /// config, else ./rules if it exists. Nil when no rules can be read.
    private func rulesAtHand() throws -> RuleSetLoader.Loaded? {
        let config = try options.loadConfig()
        return try? RuleSetLoader.load(
            directory: config?.rulesDir ?? "rules", channels: config?.channelDeclarations ?? ChannelDeclaration.standard
        )
    }

    private func report(_ summary: ImportSummary, in language: Language) {
        let text = summary.text(kind, in: language)
        guard json else {
            print(text, terminator: "")
            return
        }
        print("{\"rows\":\(summary.rows),\"accepted\":\(summary.accepted),\"rejected\":\(summary.rejected)}")
        FileHandle.standardError.write(Data(text.utf8))
    }

    private func refused(_ sentence: String) -> ExitCode {
        FileHandle.standardError.write(Data("nudged import: \(sentence)\n".utf8))
        return ExitCode(2)
    }
}

/// A progress bar on a terminal's standard error, once the work has taken a second.
private final class TerminalProgress {
    private let title: String
    private let start = ContinuousClock.now
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var isShown = false

    init(_ title: String) { self.title = title }

    func show(_ share: Double) {
        guard isTerminal, ContinuousClock.now - start > .seconds(1) else { return }
        isShown = true
        let filled = Int((share * 30).rounded(.down))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: max(30 - filled, 0))
        FileHandle.standardError.write(Data("\r\(title) [\(bar)] \(Int(share * 100)) %".utf8))
    }

    func finish() {
        if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }
}
