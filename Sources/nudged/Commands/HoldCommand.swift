import Review
import Kit
import ArgumentParser
import Foundation
import Rules
import Store

struct HoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: .say(
            "The emergency stop: nothing of it leaves from the next send on, also after a restart.",
            "紧急暂停：从下一条起不再发出，重启后仍然有效。"),
        discussion: .say(
            """
            A rule must be in the rules directory or in force, a channel in nudged.yaml: a stop with a slip in its name
            would stop nothing. --force takes a name that comes later.

            EXAMPLES
              nudged hold --all --reason "wrong price in the template"
              nudged hold --rule birthday-gift --reason "coupon not approved"
              nudged hold --list

            EXIT 0 done, 2 could not run, 64 usage, or a name that nobody knows
            """,
            """
            规则要在规则目录里或正在生效，渠道要写在 nudged.yaml 里：名字写错的暂停什么也停不住。\
            名字以后才会有的，加 --force。

            示例
              nudged hold --all --reason "模板里的价格写错了"
              nudged hold --rule birthday-gift --reason "优惠券尚未批准"
              nudged hold --list

            退出码  0 完成，2 未能运行，64 用法有误或没有这个名字
            """))

    @Flag(help: .say("Print the stops in force.", "列出现有的暂停。")) var list = false
    @Flag(help: .say("Everything.", "全部暂停。")) var all = false
    @Option(help: .say("One rule.", "暂停一条规则。"), completion: .ruleNames) var rule: String?
    @Option(help: .say("One channel.", "暂停一个渠道。"), completion: .channelNames) var channel: String?
    @Option(help: .say("Why, for whoever finds it stopped.", "原因，给之后看到的人。")) var reason: String?
    @Flag(help: .say("Also a rule or channel that is not there yet.", "规则或渠道还不存在也照办。")) var force = false
    @Flag(help: .say("With --list: one JSON object a line.", "与 --list 连用：每行一个 JSON 对象。")) var json = false
    @OptionGroup var options: StoreOptions
    @OptionGroup var language: LanguageOption

    func validate() throws {
        let targets = [all, rule != nil, channel != nil].count { $0 }
        guard list ? targets == 0 : targets == 1 else {
            throw ValidationError(
                .say(
                    "give one of --all, --rule R, --channel C, or --list",
                    "请写 --all、--rule 规则、--channel 渠道、--list 其中之一"))
        }
        if !list, reason?.isEmpty ?? true { throw ValidationError(.say("say why: --reason TEXT", "请写明原因：--reason 文字")) }
    }

    func run() throws {
        let config = try options.loadConfig()
        let store = try (list ? options.readStore() : options.openStore())
        let words = StopWording(speech: options.speech(config, store))
        guard !list else {
            let stops = try store.stops()
            for stop in stops { Console.print(json ? words.json(stop).rendered : words.line(stop)) }
            if stops.isEmpty, !json { Console.print(words.nothingHeld) }
            return
        }
        let scope: StopScope = rule.map { .rule($0) } ?? channel.map { .channel($0) } ?? .all
        if !force { try HoldCommand.require([scope], KnownNames(config, store)) }
        try store.stop(scope, reason: reason ?? "", who: Typist.name, at: .now)
        Console.print(words.held(scope))
    }

    /// Throws for a name that nobody knows: a stop of it would stop nothing.
    static func require(_ scopes: [StopScope], _ names: KnownNames) throws {
        do { for scope in scopes { try names.require(scope) } } catch let unknown as KnownNames.Unknown {
            throw Failure(
                .usage,
                unknown.words.spoken + "\n"
                    + .say(
                        "nothing was changed; --force takes a name that comes later", "没有改动任何内容；名字以后才会有的，加 --force"))
        }
    }
}

struct ReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: .say("End a hold, of an operator or of a guard.", "放行：解除人工暂停或保护机制的暂停。"),
        discussion: .say(
            """
            Ends what is named and nothing else, and says what it ended and what is still held. The guards against a
            restored backup and against a wrong clock are ended only by --rollback and --clock: first it prints what
            would go out then, and asks, on standard input where there is no terminal. Where nobody answers, nothing is
            ended; a script says --yes. The others do not ask.

            EXAMPLES
              nudged release --rule mid-autumn-greeting     an operator's hold, and that of the blast guard
              nudged release --all
              nudged release --rollback                     after a backup was put back, see nudged deliveries settle
              nudged release --clock                        the clock is right now; marks from the future are mended

            EXIT 0 done, 1 not agreed, 2 could not run, 64 usage, nobody to ask, or a name that nobody knows
            """,
            """
            只解除写明的暂停，并说明解除了什么、还有什么在暂停。恢复备份和时钟错误引起的暂停只能用 --rollback 和 --clock\
             解除：先列出放行后会发出什么，再询问；没有终端时从标准输入读回答。无人回答就什么也不解除，脚本里要加 --yes。\
            其他的不询问。

            示例
              nudged release --rule mid-autumn-greeting     人工暂停和群发保护的暂停都解除
              nudged release --all
              nudged release --rollback                     恢复备份之后，参见 nudged deliveries settle
              nudged release --clock                        时钟已经校准；修正记录里来自未来的时间

            退出码  0 完成，1 没有同意，2 未能运行，64 用法有误、无人可问或没有这个名字
            """))

    @Flag(
        help: .say(
            "The hold of everything; guards and holds of one rule or channel stay.",
            "解除“全部暂停”；保护机制和单条规则、单个渠道的暂停保留。"))
    var all = false
    @Option(help: .say("One rule.", "放行一条规则。"), completion: .ruleNames) var rule: String?
    @Option(help: .say("One channel.", "放行一个渠道。"), completion: .channelNames) var channel: String?
    @Flag(help: .say("The guard that found a backup in place of the store.", "解除因发现数据库被换成备份而起的暂停。"))
    var rollback = false
    @Flag(help: .say("The guard that found the clock wrong.", "解除因发现时钟错误而起的暂停。")) var clock = false
    @Flag(help: .say("Also a rule or channel that is not there any more.", "规则或渠道已经不存在也照办。"))
    var force = false
    @Flag(help: .say("Do not ask.", "不询问。")) var yes = false
    @Flag(help: .say("Print {\"ended\":[…],\"held\":[…]}.", "输出 {\"ended\":[…],\"held\":[…]}。")) var json = false
    @OptionGroup var options: StoreOptions
    @OptionGroup var language: LanguageOption

    private var scopes: [StopScope] {
        let named: [StopScope?] = [
            all ? .all : nil, rule.map { .rule($0) }, channel.map { .channel($0) }, rollback ? .rollback : nil,
            clock ? .clock : nil,
        ]
        return named.compactMap { $0 }
    }

    func validate() throws {
        guard !scopes.isEmpty else {
            throw ValidationError(
                .say(
                    "give one of --all, --rule R, --channel C, --rollback, --clock",
                    "请写 --all、--rule 规则、--channel 渠道、--rollback、--clock 其中之一"))
        }
    }

    func run() throws {
        let config = try options.loadConfig()
        let store = try options.openStore()
        let words = StopWording(speech: options.speech(config, store))
        let before = try store.stops()
        // Every hold may be released, even if its name is no longer known.
        let held = Set(before.map(\.scope))
        let unknown = scopes.filter { !held.contains($0.text) && !held.contains("blast:\(rule ?? "")") }
        if !force, !unknown.isEmpty {
            try HoldCommand.require(unknown, KnownNames(config, store))
        }
        if rollback || clock { try show(store, words, before) }
        let ended = try store.release(scopes, at: .now)
        let rest = try store.stops()
        guard !json else {
            let lists = [("ended", ended), ("held", rest)]
            Console.print(
                JSONText.object(lists.map { .init($0.0, .list($0.1.map(words.json))) }).rendered)
            return
        }
        for stop in ended { Console.print(words.ended(stop)) }
        if ended.isEmpty { Console.print(words.nothingHeld(under: scopes.map(\.text))) }
        for stop in rest { Console.print(words.still(stop)) }
    }

    /// Shows what would go out, and asks, before the guards are released.
    private func show(_ store: MemberStore, _ words: StopWording, _ before: [StopListing]) throws {
        let named = Set(scopes.map(\.text))
        let rest = before.filter { !named.contains($0.scope) && StopWording.ofEverything.contains($0.scope) }
        Console.error(words.goesOut(try store.owed(at: .now), heldStill: rest))
        guard before.contains(where: { named.contains($0.scope) }) else { return }
        guard try Question.isAgreed(words.question, yes: yes) else {
            Console.error(.say("nothing was changed", "没有改动任何内容"))
            throw ExitCode(ExitStatus.findings.rawValue)
        }
    }
}
