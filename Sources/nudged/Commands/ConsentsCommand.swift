import ArgumentParser
import Config
import Foundation
import Intake
import Kit
import Review
import Rules
import Store

struct ConsentsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consents",
        abstract: .say("What a member agreed to or refused, and a yes or no by hand.", "会员的同意与拒绝，以及人工登记。"),
        subcommands: [List.self, Grant.self, Withdraw.self, Lift.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: .say(
                "Consents, refusals and suppressions of a member and of their addresses, the latest first.",
                "会员及其地址的同意、拒绝和禁止联系，新的在前。"),
            discussion: .say("EXAMPLE", "示例") + "\n  nudged consents list lin --json")

        @Argument(help: .say("The member's id.", "会员编号。")) var member: String
        @OptionGroup var options: StoreOptions
        @Flag(help: .say("One JSON object a line.", "每行一个 JSON 对象。")) var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.readStore()
            let words = PersonWording(speech: options.speech(try options.loadConfig(), store), isRevealed: false)
            guard let record = try store.person(member, most: 0) else {
                throw try MembersCommand.missing(member, store)
            }
            let lines = json ? words.consentLines(record).map(\.rendered) : words.consents(record)
            for line in lines { Console.print(line) }
            if lines.isEmpty, !json { Console.print(.say("nothing was said", "没有任何记录")) }
        }
    }

    struct Grant: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "grant",
            abstract: .say("Write down that a member agreed, and the proof.", "登记会员的同意和凭证。"),
            discussion: .say(
                """
                It counts from now on, also for an address that somebody else withdrew, and for a member who was erased
                before.

                EXAMPLES
                  nudged consents grant lin --channel sms --proof "form 2231, signed on 28 November"
                  nudged consents grant lin --channel sms --purpose service --proof "call 88"
                  nudged consents grant lin --channel sms --guardian --proof "letter of the parents" --text-version 2026-03

                EXIT 0 written, or held already, 2 could not run, 64 usage
                """,
                """
                从现在起生效；别人对同一地址撤回过的、本人曾被删除的，也由此恢复。

                示例
                  nudged consents grant lin --channel sms --proof "11 月 28 日签字的 2231 号表"
                  nudged consents grant lin --channel sms --purpose service --proof "通话 88"
                  nudged consents grant lin --channel sms --guardian --proof "家长来信" --text-version 2026-03

                退出码  0 已登记或本来如此，2 未能运行，64 用法有误
                """))

        @OptionGroup var which: ConsentOptions
        @Option(help: .say("Where the proof is: a form, a call, a page.", "凭证在哪里：表单、通话、页面。")) var proof: String
        @Option(help: .say("Which version of the words was agreed to.", "同意的是哪一版文本。")) var textVersion: String?
        @Flag(help: .say("A parent or guardian said it.", "由监护人作出。")) var guardian = false
        @OptionGroup var language: LanguageOption

        func validate() throws {
            guard ProofText.isOne(proof) else {
                throw ValidationError(.say("name the proof: --proof TEXT", "请写明凭证：--proof 文字"))
            }
        }

        func run() throws {
            try which.write(.granted) { row in
                row.source = ConsentOptions.source
                (row.proof, row.textVersion, row.isGuardian) = (proof, textVersion, guardian)
            }
        }
    }

    struct Withdraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "withdraw",
            abstract: .say("Write down that a member refused; it acts before the next send.", "登记会员的拒绝，下一条起即生效。"),
            discussion: .say(
                """
                A refusal of marketing holds for everybody who has the same address on that channel.

                EXAMPLES
                  nudged consents withdraw lin --channel sms --reason "asked at the counter"
                  nudged consents withdraw lin --channel '*' --purpose service --reason "letter of 28 November"

                EXIT 0 written, or held already, 2 could not run, 64 usage
                """,
                """
                拒绝营销对同一渠道上使用同一地址的所有会员生效。

                示例
                  nudged consents withdraw lin --channel sms --reason "柜台当面提出"
                  nudged consents withdraw lin --channel '*' --purpose service --reason "11 月 28 日来信"

                退出码  0 已登记或本来如此，2 未能运行，64 用法有误
                """))

        @OptionGroup var which: ConsentOptions
        @Option(help: .say("Why, for the audit trail.", "原因，记入审计。")) var reason: String
        @OptionGroup var language: LanguageOption

        func validate() throws {
            guard !reason.trimmingCharacters(in: .whitespaces).isEmpty else {
                throw ValidationError(.say("say why: --reason TEXT", "请写明原因：--reason 文字"))
            }
        }

        func run() throws { try which.write(.withdrawn) { $0.source = reason } }
    }
}

extension Rule.Purpose: ExpressibleByArgument {}

/// Whose consent, and for what.
struct ConsentOptions: ParsableArguments {
    @Argument(help: .say("The member's id.", "会员编号。")) var member: String
    @Option(help: .say("The channel; * for all of them.", "渠道；* 表示全部渠道。"), completion: .channelNames)
    var channel: String
    @Option(help: .say("marketing or service.", "marketing 或 service。")) var purpose = Rule.Purpose.marketing
    @OptionGroup var options: StoreOptions
    @Flag(help: .say("Print {\"written\":true|false}.", "输出 {\"written\":true|false}。")) var json = false

    /// Where a consent is from that an operator wrote down.
    static let source = "operator"

    /// - Parameter basis: adds what the word rests on.
    func write(_ state: ConsentRow.State, _ basis: (inout ConsentRow) -> Void) throws {
        let config = try options.loadConfig()
        let store = try options.openStore()
        guard let known = ChannelWord.known(channel, among: config?.channelDeclarations ?? []) else {
            throw ConsentOptions.noChannel(channel, config)
        }
        let now = Instant.now
        var row = ConsentRow(memberID: member, channel: known, purpose: purpose, state: state, at: now)
        basis(&row)
        switch try store.consent(row, at: now) {
        case .noMember: throw try MembersCommand.missing(member, store)
        case .written: tell(.say("written", "已登记"), ["written": .bool(true)])
        case .held: tell(.say("it held already", "本来如此"), ["written": .bool(false)])
        case .refused(let objection):
            let reason = objection.words.spoken
            tell(
                .say("not written: \(reason)", "没有登记：\(reason)"),
                ["written": .bool(false), "reason": .text(objection.words.english)])
        }
    }

    private func tell(_ words: String, _ object: KeyValuePairs<String, JSONText>) {
        Console.print(json ? JSONText.object(object.map { JSONText.Member($0.key, $0.value) }).rendered : words)
    }

    static func noChannel(_ channel: String, _ config: Configuration?) -> Failure {
        let names = ChannelWord.names(config?.channelDeclarations ?? [])
        return Failure(
            .usage,
            .say("there is no channel `\(channel)`", "没有渠道 `\(channel)`")
                + .didYouMean(Suggestion.nearest(to: channel, among: names)) + .allOf(names))
    }
}
