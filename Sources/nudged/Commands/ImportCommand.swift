import Config
import Review
import Kit
import Intake
import ArgumentParser
import Foundation
import Rules
import Store

extension ImportKind: ExpressibleByArgument {}
extension BlankCells: ExpressibleByArgument {}

/// `nudged import KIND FILE`: members and their history, from CSV or NDJSON.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: .say(
            "Import members, orders and other rows from CSV, Excel workbooks or NDJSON.",
            "从 CSV、Excel 工作簿或 NDJSON 导入会员、订单等数据。"),
        discussion: .say(
            """
            --dry-run shows how the file would be read, and `nudged import --help KIND` the columns of a kind.

            Values of custom attributes must fit the types of fields.yaml: of rules_dir of the config, else of ./rules. \
            Rows that cannot be taken go to FILE.rejected.csv with their reason; the others land. The same file again \
            changes nothing.

            A file is UTF-8, GB18030 or UTF-16, with commas, tabs or semicolons, its header within the first 20 lines. \
            An empty cell keeps what is stored; --blank clear empties it. NULL, None, nan, N/A and - count as empty in names, \
            addresses and dates, and so do the birthdays 1900-01-01 and 1970-01-01.

            A no counts from its import, whatever date it carries. consents are of a member (member_id) or of whoever has \
            an address, now or later (address: a mobile number or an email); channel is one of the channels, or * for \
            all of them.

            suppressions are lists of addresses, members or not: address, channel (default: all that use such an \
            address), reason (opt_out, the default, ends marketing; bounce, complaint and operator end service messages \
            too) and at. The store keeps a keyed hash of each address, not the address.

            EXAMPLES
              nudged import members members.csv --dry-run
              nudged import members members.csv --store sqlite:nudged.db
              nudged import orders - --encoding gbk --json <orders.csv
              nudged import members corrected.csv --blank clear
              nudged import members shop.xlsx --sheet Members

            EXIT 0 done, 1 rows were rejected, 2 nothing could be read
            """,
            """
            --dry-run 显示文件会怎样读，`nudged import --help 种类` 列出一个种类的列。

            自定义属性的值要符合 fields.yaml 写的类型（取配置的 rules_dir，其次 ./rules）。不能导入的行连同原因写到 \
            FILE.rejected.csv，其余照常入库。同一个文件再导入一次，什么也不会变。

            文件可以是 UTF-8、GB18030 或 UTF-16，用逗号、制表符或分号分隔，表头在前 20 行之内。空单元格保留已有的值，--blank \
            clear 则清空。姓名、地址和日期里的 NULL、None、nan、N/A、无、未填写、- 都算空，生日 1900-01-01 和 1970-01-01 也算空。

            拒绝从导入之时起生效，不论写的是哪天。consents 的每行属于一位会员（member_id），或属于现在或将来使用某个地址的人\
            （address：手机号或邮箱）；channel 写一个渠道，* 表示全部。

            suppressions 是地址名单，不必是会员：address、channel（默认所有使用这类地址的渠道）、reason（默认 opt_out，不再营销；\
            bounce、complaint、operator 连服务消息也不再发）和 at。数据库只保存地址的带密钥哈希，不保存地址。

            示例
              nudged import members 会员.csv --dry-run
              nudged import members 会员.csv --store sqlite:nudged.db
              nudged import orders - --encoding gbk --json <orders.csv
              nudged import members 更正.csv --blank clear
              nudged import members 门店.xlsx --sheet 会员

            退出码  0 完成，1 有行被拒绝，2 什么也没有读到
            """))

    @Argument(help: .say("What the rows are.", "数据的种类。"))
    var kind: ImportKind

    @Argument(
        help: .say(
            "A CSV, .xlsx or NDJSON file; - is standard input.", "CSV、.xlsx 或 NDJSON 文件；- 是标准输入。"))
    var file: String

    @OptionGroup var options: StoreOptions
    @OptionGroup var upgrade: UpgradeOptions

    @Option(
        help: .say(
            "Zone of times that have none of their own, in place of settings.timezone.",
            "没有写时区的时间用哪个时区，代替 settings.timezone。"))
    var timezone: String?

    @Option(
        help: .say(
            "utf-8, gb18030 (gbk), utf-16le or utf-16be, in place of what the file looks like.",
            "utf-8、gb18030（gbk）、utf-16le 或 utf-16be，不再自动判断。"))
    var encoding: String?

    @Option(help: .say("The sheet of an Excel workbook (default: its first).", "Excel 工作簿里的工作表（默认第一个）。"))
    var sheet: String?

    @Option(
        help: .say(
            "What an empty cell does to what is stored: keep it, or clear it.", "空单元格对已有的值：keep 保留，clear 清空。"))
    var blank = BlankCells.keep

    @Flag(
        help: .say(
            "Show how the file would be read, its columns and first rows; write nothing, ask no store.",
            "只显示文件会怎样读、各列的含义和最前面几行；不写入，也不需要数据库。"))
    var dryRun = false

    @Flag(
        help: .say(
            "Print {\"rows\":n,\"accepted\":n,\"rejected\":n}.", "输出 {\"rows\":n,\"accepted\":n,\"rejected\":n}。"))
    var json = false

    @OptionGroup var language: LanguageOption

    func validate() throws {
        if let encoding, TextEncoding(named: encoding) == nil {
            throw ValidationError(
                .say(
                    "--encoding \(encoding) is not one of utf-8, gb18030, utf-16le, utf-16be",
                    "--encoding 不能写 \(encoding)，只能是 utf-8、gb18030、utf-16le、utf-16be"))
        }
        if let timezone, Zone(named: timezone) == nil {
            throw ValidationError(
                .say(
                    "--timezone \(timezone) is not a time zone such as Asia/Shanghai",
                    "--timezone \(timezone) 不是时区；例如 Asia/Shanghai"))
        }
    }

    func run() throws {
        let language = Spoken.language
        do {
            let importing = try importing(in: language)
            let summary: ImportSummary
            if dryRun {
                let preview = try Importer.preview(kind, path: file, importing)
                summary = preview.summary
                report(summary, preview.text(kind, in: language))
            } else {
                summary = try write(importing)
                report(summary, summary.text(kind, in: language))
                if let loss = summary.lossText(in: language) { FileHandle.standardError.write(Data(loss.utf8)) }
            }
            if summary.rejected > 0 { throw ExitCode(1) }
        } catch let error where error is ImportRefusal || error is MemberStore.OpenError {
            throw Failure(.couldNotRun, "nudged import: \(Bilingual(error).spoken)")
        }
    }

    private func importing(in language: Language) throws -> Importer.Options {
        let rules = try options.rulesAtHand()
        let name = timezone ?? rules?.sound.settings.timezone ?? Settings().timezone
        guard let zone = Zone(named: name) else { throw ImportRefusal.noSuchZone(name) }
        let now = Instant(micros: Int64((Date().timeIntervalSince1970 * 1_000_000).rounded()))
        var importing = Importer.Options(zone: zone, now: now)
        importing.encoding = encoding.flatMap(TextEncoding.init(named:))
        importing.language = language
        importing.blanks = blank
        importing.sheet = sheet
        importing.goesOnUnwritten = true
        if let config = try options.loadConfig() { importing.channels = config.channelDeclarations }
        if let rules {
            importing.attributes = rules.sound.attributeTypes
            // Data is accepted all the same when the shop's declarations are not fully known.
            importing.takesUndeclared = try rules.set == nil || options.loadConfig() == nil
            importing.tiers = TierNames(rules.sound.settings.tiers)
        }
        return importing
    }

    private func write(_ importing: Importer.Options) throws -> ImportSummary {
        let progress = TerminalProgress(kind.rawValue)
        defer { progress.finish() }
        let store = try options.open(
            try options.loadConfig(), whenAbsent: .isCreated, copying: upgrade.copying)
        let summary = try Importer.run(kind, path: file, into: store, importing) { progress.show($0) }
        let detail = JSONText.object([
            "file": .text(Mask.key(URL(filePath: file).lastPathComponent)), "rows": .int(summary.rows),
            "accepted": .int(summary.accepted), "rejected": .int(summary.rejected),
        ])
        try store.audit(AuditEntry(.importing, subject: kind.rawValue, detail: detail), at: importing.now)
        return summary
    }

    private func report(_ summary: ImportSummary, _ text: String) {
        guard json else {
            print(text, terminator: "")
            return
        }
        print("{\"rows\":\(summary.rows),\"accepted\":\(summary.accepted),\"rejected\":\(summary.rejected)}")
        Console.note(text)
    }
}

extension ImportCommand {
    /// The columns of a kind, where that is what is asked for: `import --help members`, `help import members`.
    static func columns(asked arguments: [String]) -> String? {
        let words = arguments.filter { $0 != "-h" && $0 != "--help" }
        let command = words.first == "help" ? words.dropFirst() : words[...]
        let isAsked =
            words.first == "help" || arguments.dropFirst().first.map { ["-h", "--help"].contains($0) } ?? false
        guard isAsked, command.first == "import",
            let kind = command.dropFirst().first.flatMap(ImportKind.init(rawValue:))
        else { return nil }
        return ImportGuide.help(kind, in: Spoken.language)
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
        Console.note("\r\(title) [\(bar)] \(Int(share * 100)) %")
    }

    func finish() {
        if isShown { Console.note("\r\u{1B}[K") }
    }
}
