import ArgumentParser
import Foundation
import Intake
import Kit
import Review
import Rules
import Store

/// `nudged quarantine`: events that could not be taken.
struct QuarantineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: .say(
            "Events that could not be taken, with their reasons.", "未能接收的事件及其原因。"),
        discussion: .say(
            """
            A source is thanked for every event, and what cannot be taken is kept here: `rejected` with what is wrong \
            with it, `conflict` where another event came before under its id.

            EXAMPLES
              nudged quarantine list
              nudged quarantine show 17
              nudged quarantine retry --all
            """,
            """
            来源发来的每个事件都会得到确认；不能接收的留在这里：rejected 写明问题，conflict 是同一编号之前来过另一个事件。

            示例
              nudged quarantine list
              nudged quarantine show 17
              nudged quarantine retry --all
            """),
        subcommands: [List.self, Show.self, Retry.self], defaultSubcommand: List.self)

    /// How many are in memory at once.
    fileprivate static let page = 500

    /// Hands over the events in quarantine, oldest first.
    fileprivate static func each(
        _ store: MemberStore, source: String? = nil, kind: Quarantined.Kind? = nil, _ body: (Quarantined) throws -> Void
    ) throws {
        var last: Int64 = 0
        while true {
            let page = try store.quarantine(after: last, source: source, kind: kind, atMost: QuarantineCommand.page)
            for event in page { try body(event) }
            guard page.count == QuarantineCommand.page, let end = page.last else { return }
            last = end.id
        }
    }

    fileprivate static func noEvent(_ id: Int64) -> Failure {
        Failure(.couldNotRun, .say("there is no event \(id) in quarantine", "隔离区里没有编号 \(id) 的事件"))
    }
}

extension Quarantined.Kind: ExpressibleByArgument {}

extension QuarantineCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: .say(
                "Events in quarantine, oldest first: number, time, source, id, kind, reason.",
                "隔离的事件，旧的在前：编号、时间、来源、事件编号、种类、原因。"),
            discussion: .say(
                """
                No value of a person is shown. Times are on the shop's clock.

                EXAMPLES
                  nudged quarantine list --source shop
                  nudged quarantine list --kind conflict --json
                """,
                """
                不显示个人数据。时间是店铺时间。

                示例
                  nudged quarantine list --source shop
                  nudged quarantine list --kind conflict --json
                """))

        @OptionGroup var options: StoreOptions
        @Option(help: .say("Only of this source.", "只看这个来源。")) var source: String?
        @Option(help: .say("Only rejected, or only conflict.", "只看 rejected 或 conflict。")) var kind: Quarantined.Kind?
        @Flag(help: .say("One JSON object a line.", "每行一个 JSON 对象。")) var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.readStore()
            let speech = options.speech(try options.loadConfig(), store)
            try QuarantineCommand.each(store, source: source, kind: kind) { event in
                let words = QuarantineWording(event, at: speech.time(event.at))
                Console.print(json ? words.json().rendered : words.line)
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: .say("One event as it came, its values masked.", "一个事件的原样，数据打码。"),
            discussion: .say(
                """
                The keys are as the source sent them; values that may reach or name a person are masked, all letters and \
                digits of traits and texts.

                EXAMPLE
                  nudged quarantine show 17 --json

                EXIT 0 shown, 2 there is none
                """,
                """
                键名与来源发来的一致；可能找到或认出一个人的值都会打码，包括 traits 和文字里的全部字母和数字。

                示例
                  nudged quarantine show 17 --json

                退出码  0 已显示，2 没有这个事件
                """))

        @Argument(help: .say("Its number in the list.", "清单里的编号。")) var event: Int64
        @OptionGroup var options: StoreOptions
        @Flag(help: .say("One JSON object.", "输出一个 JSON 对象。")) var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.readStore()
            let speech = options.speech(try options.loadConfig(), store)
            guard let found = try store.quarantined(event) else { throw QuarantineCommand.noEvent(event) }
            let words = QuarantineWording(found, at: speech.time(found.at))
            Console.print(json ? words.json(withBody: true).rendered : words.line + "\n" + words.body)
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry",
            abstract: .say("Read events again, and take those that can be taken now.", "重新读取，能接收的就接收。"),
            discussion: .say(
                """
                For events that were refused for what the shop had not declared yet, or by an earlier version. What is \
                taken leaves the quarantine; a conflict stays one.

                EXAMPLES
                  nudged quarantine retry 17
                  nudged quarantine retry --all --json

                EXIT 0 all of them were taken, 1 some stay, 2 there is none of that number
                """,
                """
                适用于当时店铺还没有声明、或旧版本不认识而被拒绝的事件。接收成功的离开隔离区；冲突的仍然留着。

                示例
                  nudged quarantine retry 17
                  nudged quarantine retry --all --json

                退出码  0 全部接收，1 有的仍在隔离区，2 没有这个编号
                """))

        @Argument(help: .say("Its number in the list.", "清单里的编号。")) var event: Int64?
        @Flag(help: .say("All that were rejected.", "全部被拒绝的。")) var all = false
        @OptionGroup var options: StoreOptions
        @Flag(help: .say("Print {\"taken\":n,\"left\":n}.", "输出 {\"taken\":n,\"left\":n}。")) var json = false
        @OptionGroup var language: LanguageOption

        func validate() throws {
            guard (event == nil) == all else {
                throw ValidationError(
                    .say("name one event by its number, or write --all", "请写一个事件的编号，或写 --all"))
            }
        }

        func run() throws {
            let reading = try options.sourceReading()
            let store = try options.openStore()
            var (taken, left) = (0, 0)
            func retry(_ one: Quarantined) throws {
                if try store.retake(one, by: reading) { taken += 1 } else { left += 1 }
            }
            if let event {
                guard let found = try store.quarantined(event) else { throw QuarantineCommand.noEvent(event) }
                try retry(found)
            } else {
                try QuarantineCommand.each(store, kind: .rejected, retry)
            }
            Console.print(
                json
                    ? JSONText.object(["taken": .int(taken), "left": .int(left)]).rendered
                    : .say("\(taken) taken, \(left) stay in quarantine", "接收 \(taken) 个，\(left) 个仍在隔离区"))
            if left > 0 { throw ExitCode(ExitStatus.findings.rawValue) }
        }
    }
}

extension MemberStore {
    /// Reads an event again as of the instant at which it came. True when it was taken, or known already: then it is no
    /// longer in quarantine.
    fileprivate func retake(_ one: Quarantined, by reading: SourceReading) throws -> Bool {
        guard one.kind == .rejected,
            let event = reading.events(of: one.source, line: Array(one.body.utf8), at: one.at).first
        else { return false }
        let outcome = try take(SourceBatch(source: one.source, at: one.at, events: [event]))
        guard outcome == [.accepted] || outcome == [.duplicate] else { return false }
        try endQuarantine(one.id)
        return true
    }
}

/// How an event in quarantine is shown.
private struct QuarantineWording {
    let event: Quarantined
    let at: String

    init(_ event: Quarantined, at: String) {
        self.event = event
        self.at = at
    }

    private var id: String { Mask.key(event.eventID) }

    var line: String {
        [
            "\(event.id)", at, event.source, id, StoredWords.quarantined(event.kind, Spoken.language),
            event.reason.spoken,
        ]
        .joined(separator: "  ")
    }

    var body: String { masked.compactText }

    func json(withBody: Bool = false) -> JSONText {
        let members: KeyValuePairs<String, JSONText> = [
            "id": .int(Int(event.id)), "at": .text(at), "source": .text(event.source), "event_id": .text(id),
            "kind": .text(event.kind.rawValue), "reason": .text(event.reason.spoken),
        ]
        let shown = members.map { JSONText.Member($0.key, $0.value) }
        return .object(withBody ? shown + [JSONText.Member("body", .text(body))] : shown)
    }

    /// A line that is no JSON may be anything.
    private var masked: StrictJSON {
        guard let json = try? StrictJSON(parsing: Array(event.body.utf8), takesNUL: true) else {
            return .string(Mask.cell(event.body))
        }
        return QuarantineWording.masked(json, under: "")
    }

    /// Keys whose values are words of the protocol, times or amounts.
    private static let plain: Set<String> = [
        "type", "event", "timestamp", "sentAt", "originalTimestamp", "version", "quantity", "price", "total", "revenue",
        "value", "currency", "sku", "product_id", "category",
    ]

    private static func masked(_ json: StrictJSON, under key: String) -> StrictJSON {
        switch json {
        case .null, .bool: json
        case .array(let elements): .array(elements.map { masked($0, under: key) })
        case .object(let members):
            .object(members.map { .init(key: Mask.heading($0.key), value: masked($0.value, under: $0.key)) })
        case .number(let text) where plain.contains(key): .number(text)
        case .string(let text) where plain.contains(key): .string(Mask.text(text))
        case .number(let text), .string(let text): .string(Mask.cell(text))
        }
    }
}
