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

            A source of nudged.yaml that has a mapping (docs/sources) sends messages of its own shape. --mapping names the file for one             that is not there yet, and --dry-run shows the rows that recorded messages give, masked; it writes nothing.

            EXAMPLES
              nudged ingest - --source kafka <events.ndjson
              nudged ingest paid.json --mapping sources/youzan.yaml --dry-run
              nudged ingest - --source kafka < <(kafkacat -C -t shop-events)
              nudged ingest events.ndjson --source till --json

            EXIT 0 done, 1 events went to the quarantine, 2 nothing could be read or written
            """,
            """
            每行的内容与来源上报到 /v1/track、/v1/identify 等接口的相同（见 docs/sources.zh-CN.md），要带 `type`；一行也可以是一批。\
            持续的数据流在停顿时落盘。同样的行再来一次，什么也不会变。不能接收的事件连同原因留在隔离区：`nudged quarantine list`。

            nudged.yaml 里有映射文件的来源（见 docs/sources），消息的格式是它自己的。还没有写进配置时用 --mapping 指明文件；\
            --dry-run 显示录下的消息会得到哪些行（打码），什么也不写。

            示例
              nudged ingest - --source kafka <events.ndjson
              nudged ingest paid.json --mapping sources/youzan.yaml --dry-run
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

    @Option(
        help: .say("The mapping of the source, in place of that of nudged.yaml.", "来源的映射文件，代替 nudged.yaml 里写的。"))
    var mapping: String?

    @Flag(help: .say("Show the rows that messages give by a mapping; write nothing.", "只显示按映射文件得到的行，不写入。"))
    var dryRun = false

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
        let reading = try options.sourceReading(mapping: mapping, of: source)
        if dryRun { return try show(reading.mapped[source]) }
        let bodies = reading.mapped[source] == nil ? nil : try RecordedBodies(file)
        let input = bodies == nil ? try LineInput(file) : nil
        let store = try options.open(try options.loadConfig(), whenAbsent: .isCreated)
        var intake = LineIntake(store: store, source: source, reading: reading)
        if let bodies { try intake.take(bodies.bodies.map { LineInput.Line(bytes: $0) }) }
        while let lines = try input?.next() { try intake.take(lines) }
        report(intake.tally)
        if intake.tally.rejected > 0 { throw ExitCode(ExitStatus.findings.rawValue) }
    }

    private func show(_ dialect: MappingDialect?) throws {
        guard let dialect else {
            throw Failure(
                .usage,
                .say(
                    "--dry-run needs --mapping FILE, or a --source of nudged.yaml that has a mapping",
                    "--dry-run 要有 --mapping 文件，或 nudged.yaml 里有映射文件的 --source"))
        }
        let bodies = try RecordedBodies(file).bodies
        var (rows, refused) = (0, 0)
        for body in bodies {
            refused += dialect.isTaken(line: body, at: .now) ? 0 : 1
            for row in dialect.shown(line: body, at: .now, in: Spoken.language) {
                rows += 1
                Console.print(row)
            }
        }
        Console.print(
            .say(
                "\(bodies.count) messages, \(refused) refused, \(rows) rows; nothing was written",
                "共 \(bodies.count) 条消息，拒绝 \(refused) 条，\(rows) 行；什么也没有写入"))
        if refused > 0 { throw ExitCode(ExitStatus.findings.rawValue) }
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
    let reading: SourceReading
    private(set) var tally = Tally()

    /// The events of one transaction: a daemon has its turn after it.
    private static let slice = 1000

    init(store: MemberStore, source: String, reading: SourceReading) {
        (self.store, self.source, self.reading) = (store, source, reading)
    }

    mutating func take(_ lines: [LineInput.Line]) throws {
        let now = Instant.now
        let events = lines.flatMap { reading.events(of: source, line: $0.bytes, isCut: $0.isCut, at: now) }
        for start in stride(from: 0, to: events.count, by: LineIntake.slice) {
            let slice = Array(events[start..<min(start + LineIntake.slice, events.count)])
            tally.add(try store.take(SourceBatch(source: source, at: now, events: slice)))
        }
    }
}
