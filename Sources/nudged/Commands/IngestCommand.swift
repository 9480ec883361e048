import ArgumentParser
import Config
import Foundation
import Intake
import Kit
import Review
import Rules
import Store

/// `nudged ingest -`: events in the shape of the Segment specification, one JSON object a line.
struct IngestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: .say("Take events from a pipe or a file, one JSON object a line.", "从管道或文件接收事件，每行一个 JSON 对象。"),
        discussion: .say(
            """
            The lines are what a source would post to /v1/track, /v1/identify, … (docs/sources.md), with their `type`; \
            batches are taken too. A stream that goes on is written down whenever it pauses. The same lines again change \
            nothing. What cannot be taken is kept with its reason: `nudged quarantine list`.

            EXAMPLES
              nudged ingest - --source kafka <events.ndjson
              nudged ingest - --source kafka < <(kafkacat -C -t shop-events)
              nudged ingest events.ndjson --source till --json

            EXIT 0 done, 1 events went to the quarantine, 2 nothing could be read or written
            """,
            """
            每行的内容与来源上报到 /v1/track、/v1/identify 等接口的相同（见 docs/sources.zh-CN.md），要带 `type`；一行也可以是一批。\
            持续的数据流在停顿时落盘。同样的行再来一次，什么也不会变。不能接收的事件连同原因留在隔离区：`nudged quarantine list`。

            示例
              nudged ingest - --source kafka <events.ndjson
              nudged ingest - --source kafka < <(kafkacat -C -t shop-events)
              nudged ingest events.ndjson --source till --json

            退出码  0 完成，1 有事件进了隔离区，2 什么也没有读到或无法写入
            """))

    @Argument(help: .say("A file of lines; - is standard input.", "按行写的文件；- 是标准输入。"))
    var file: String

    @Option(
        help: .say(
            "The name of the source: ids of events count within it.", "来源的名称：事件编号在同一来源内不重复。"))
    var source = "stdin"

    @OptionGroup var options: StoreOptions

    @Flag(
        help: .say(
            "Print {\"rows\":n,\"accepted\":n,\"rejected\":n,\"duplicates\":n}.",
            "输出 {\"rows\":n,\"accepted\":n,\"rejected\":n,\"duplicates\":n}。"))
    var json = false

    @OptionGroup var language: LanguageOption

    func validate() throws {
        guard RowID.isVisibleASCII(source), !source.isEmpty, !source.contains(":"), source.utf8.count <= 64,
            !Configuration.Source.ownNames.contains(source)
        else {
            throw ValidationError(
                .say(
                    "--source \(source) cannot name a source: letters, digits, `-`, `_` and `.`, and no name of nudged's own",
                    "--source 不能写 \(source)：只能用字母、数字、`-`、`_`、`.`，也不能用 nudged 自己的名称"))
        }
    }

    func run() throws {
        let terms = try options.sourceTerms()
        let input = try LineInput(file)
        let store = try options.open(try options.loadConfig(), whenAbsent: .isCreated)
        var intake = LineIntake(store: store, source: source, dialect: SegmentDialect(terms))
        while let lines = try input.next() { try intake.take(lines) }
        report(intake.tally)
        if intake.tally.rejected > 0 { throw ExitCode(ExitStatus.findings.rawValue) }
    }

    private func report(_ tally: LineIntake.Tally) {
        let text: String = .say(
            """
            \(tally.rows) events, \(tally.accepted) accepted (\(tally.duplicates) known already), \
            \(tally.rejected) in quarantine
            """,
            "共 \(tally.rows) 个事件，接收 \(tally.accepted) 个（其中 \(tally.duplicates) 个早已收到），隔离 \(tally.rejected) 个")
        guard json else { return Console.print(text) }
        Console.print(
            JSONText.object([
                "rows": .int(tally.rows), "accepted": .int(tally.accepted), "rejected": .int(tally.rejected),
                "duplicates": .int(tally.duplicates),
            ]).rendered)
        Console.error(text)
    }
}

/// Brings lines to the store.
struct LineIntake {
    struct Tally {
        var rows = 0
        /// Those that were known already are among them.
        var accepted = 0
        var duplicates = 0
        var rejected = 0

        mutating func add(_ outcomes: [SourceOutcome]) {
            rows += outcomes.count
            duplicates += outcomes.count { $0 == .duplicate }
            accepted += outcomes.count { $0 == .accepted || $0 == .duplicate }
            rejected += outcomes.count { $0 == .quarantined || $0 == .conflict }
        }
    }

    let store: MemberStore
    let source: String
    let dialect: SegmentDialect
    private(set) var tally = Tally()

    /// The events of one transaction: a daemon has its turn after it.
    private static let slice = 1000

    init(store: MemberStore, source: String, dialect: SegmentDialect) {
        (self.store, self.source, self.dialect) = (store, source, dialect)
    }

    mutating func take(_ lines: [LineInput.Line]) throws {
        let now = Instant.now
        let events = lines.flatMap { dialect.events(ofLine: $0.bytes, isCut: $0.isCut, at: now) }
        for start in stride(from: 0, to: events.count, by: LineIntake.slice) {
            let slice = Array(events[start..<min(start + LineIntake.slice, events.count)])
            tally.add(try store.take(SourceBatch(source: source, at: now, events: slice)))
        }
    }
}
