import ArgumentParser
import Channels
import Config
import Daemon
import Foundation
import Kit
import Logging
import Review
import Rules
import Store

struct SendTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-test",
        abstract: .say(
            "One real message of a rule to a tester's own address, marked, counted nowhere.",
            "把一条规则的消息真实发到测试者自己的地址：带测试字样，不计入任何统计。"),
        discussion: .say(
            """
            Fills the rule's message with the member's facts of now and hands it to the channel of nudged.yaml, from this
            process; no daemon is needed. Conditions, consents, limits, quiet hours and holdouts are not asked. Nothing
            is written to the store: a coupon has the made-up code TEST0000, and no cap, budget or report counts it. The
            text, or a mail's subject, begins with [TEST]. Where the provider holds the text nothing
            can be marked: it says so and asks. Links are stand-ins that lead nowhere.

            An address that is suppressed, or that belongs to a member who withdrew, is refused; --force if it is yours.
            Others see the arguments of a process: --to - takes the address from standard input.

            EXAMPLES
              nudged send-test birthday-gift --member lin --to 13800000001
              nudged send-test winback --member 10086 --channel email --to me@example.com --path 2
              echo 13800000001 | nudged send-test birthday-gift --member lin --to - --yes --json

            EXIT 0 accepted, 1 refused or unclear, 2 could not run, 64 usage
            """,
            """
            用会员现在的数据填好规则的消息，由本进程直接交给 nudged.yaml 里的渠道，不需要守护进程。不看条件、授权、次数限制、\
            免打扰和对照组。不写数据库：优惠券用假券码 TEST0000，不占频次、预算，也不进报表。正文（邮件则是标题）以【测试】\
            开头（英文为 [TEST]）。文字由服务商保存的，无法加字样：会说明并询问。链接是替代品，打不开。

            已屏蔽的地址、已退订会员的地址会被拒绝；确实是自己的，加 --force。进程的参数别人看得到：--to - 从标准输入读地址。

            示例
              nudged send-test birthday-gift --member lin --to 13800000001
              nudged send-test winback --member 10086 --channel email --to me@example.com --path 2
              echo 13800000001 | nudged send-test birthday-gift --member lin --to - --yes --json

            退出码  0 已接收，1 被拒绝或结果不明，2 未能运行，64 用法有误
            """))

    @Argument(help: .say("The rule, whatever its status.", "规则，不论状态。"), completion: .ruleNames) var rule: String
    @Option(help: .say("The member whose facts fill the message.", "用谁的数据填写消息。")) var member: String
    @Option(help: .say("The tester's own address; - reads it from standard input.", "测试者自己的地址；- 表示从标准输入读取。")) var to:
        String?
    @Option(
        help: .say(
            "The channel (default: the first of the rule's `try` that sends to such an address).",
            "渠道（默认取规则 `try` 里第一个发往这种地址的）。"),
        completion: .channelNames)
    var channel: String?
    @Option(
        help: .say(
            "The message of the rule by its place in the file, from 1 (default: the member's own).",
            "规则里的第几条消息，从 1 起（默认按会员的数据选）。"))
    var path: Int?
    @Flag(help: .say("Also to an address that said no.", "拒收的地址也发。")) var force = false
    @Flag(help: .say("Do not ask where the text cannot be marked.", "无法加测试字样时不再询问。")) var yes = false
    @Flag(help: .say("One JSON object.", "输出一个 JSON 对象。")) var json = false
    @OptionGroup var options: StoreOptions
    @OptionGroup var language: LanguageOption

    /// What the parts of the command work on.
    private struct Desk {
        let config: Configuration
        let store: MemberStore
        let set: RuleSet
        let words: SendTestWording
        let now: Instant
    }

    func run() async throws {
        let config = try ChannelsCommand.config(options)
        let store = try MemberStore.reading(try options.storeURL(config))
        try store.requireCurrentSchema()
        let words = SendTestWording(speech: options.speech(config, store))
        let workspace = try Workspace(
            config.rulesDir, channels: config.channelDeclarations, language: words.speech.language)
        let desk = Desk(config: config, store: store, set: workspace.set, words: words, now: .now)
        let typed = try address(words)
        let draft = try draft(for: typed, desk)
        let own = try ChannelsCommand.channel(draft.entry.channel, of: config, words.speech)
        let target = typed.flatMap { CanonicalAddress(typed: $0, as: own.address) }
        if let target { try refuseUnwanted(target, on: own.id, desk) }
        let test = TestMessage(
            draft, rule: rule, member: member, through: own, to: target?.text, language: words.speech.language,
            at: desk.now)
        if !test.isMarked { try ask(words) }
        try await send(test, to: target, through: own, desk)
    }

    /// The address as it was typed; nil where none was.
    private func address(_ words: SendTestWording) throws -> String? {
        guard let to else { return nil }
        let text = (to == "-" ? readLine() ?? "" : to).trimmingCharacters(in: .whitespaces)
        guard CanonicalAddress.kinds.contains(where: { CanonicalAddress(typed: text, as: $0) != nil }) else {
            throw Failure(.usage, words.noSuchAddress)
        }
        return text
    }

    private func draft(for typed: String?, _ desk: Desk) throws -> MessageDraft {
        let (config, words) = (desk.config, desk.words)
        guard desk.set.rules.contains(where: { $0.id == rule }) else {
            let nearest = Suggestion.nearest(to: rule, among: desk.set.rules.map(\.id))
            throw Failure(.usage, words.noRule(rule, nearest: nearest))
        }
        if let channel { try check(channel, for: typed, desk) }
        let kinds = Dictionary(config.channels.map { ($0.id, $0.address) }, uniquingKeysWith: { first, _ in first })
        do {
            let explainer = try Explainer(
                store: MemberStore.copy(of: options.storeURL(config), toDecide: rule, for: member, in: desk.set),
                set: desk.set, channels: config.channelDeclarations, rule: rule, member: member)
            return try explainer.draft(path: path, at: desk.now) { name in
                if let channel, name != channel { return false }
                guard let kind = kinds[name] else { return false }
                return typed.map { CanonicalAddress(typed: $0, as: kind) != nil } ?? (kind == .none)
            }
        } catch MessageDraft.Lack.channel where typed == nil {
            throw Failure(.usage, words.needsAddress)
        } catch let lack as MessageDraft.Lack {
            throw Failure(.couldNotRun, words.lack(lack, rule: rule, member: member))
        } catch is Explainer.NoMember {
            throw try UnknownMember.failure(member, among: desk.store)
        }
    }

    private func check(_ name: String, for typed: String?, _ desk: Desk) throws {
        let own = try ChannelsCommand.channel(name, of: desk.config, desk.words.speech)
        switch typed {
        case nil where own.address != .none: throw Failure(.usage, desk.words.needsAddress)
        case .some where own.address == .none: throw Failure(.usage, desk.words.hasOwnPlace(name))
        case let text? where CanonicalAddress(typed: text, as: own.address) == nil:
            throw Failure(.usage, desk.words.notAnAddress(of: name, own.address))
        default: break
        }
    }

    private func refuseUnwanted(_ target: CanonicalAddress, on channel: String, _ desk: Desk) throws {
        guard !force, let purpose = desk.set.rules.first(where: { $0.id == rule })?.purpose else { return }
        let objections = try desk.store.objections(to: target, on: channel, purpose: purpose, at: desk.now)
        if !objections.isEmpty { throw Failure(.couldNotRun, desk.words.objection(objections)) }
    }

    private func ask(_ words: SendTestWording) throws {
        Console.error(words.unmarked)
        guard try Question.isAgreed(words.question, yes: yes) else {
            Console.error(words.notSent)
            throw ExitCode(ExitStatus.findings.rawValue)
        }
    }

    private func send(
        _ test: TestMessage, to target: CanonicalAddress?, through own: ChannelConfig, _ desk: Desk
    ) async throws {
        let masked = target.map { Mask.address($0.text) }
        if !json { Console.print(desk.words.sends(test, maskedTo: masked)) }
        let environment = ProcessInfo.processInfo.environment
        let channel = try OneChannel(own, environment: environment)
        let outcome = await channel.channel.send(test.message)
        await channel.shutDown()
        Logger(label: "nudged") { _ in LogLines(desk.config.log, environment: environment) }.notice(
            "test message",
            metadata: [
                "rule": "\(rule)", "member": "\(member)", "channel": "\(own.id)", "to": "\(masked ?? "-")",
                "reference": "\(test.message.reference)",
                "outcome": "\([outcome.kind, outcome.code].compactMap(\.self).joined(separator: " "))",
            ])
        let type = own.adapter.type
        Console.print(
            json
                ? desk.words.json(test, maskedTo: masked, outcome, adapter: type).rendered
                : desk.words.answer(outcome, adapter: type))
        guard case .accepted = outcome else { throw ExitCode(ExitStatus.findings.rawValue) }
    }
}
