import ArgumentParser
import Foundation
import Kit
import Review
import Rules
import Store

struct MembersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "members",
        abstract: .say(
            "One person: what is known, all of it as JSON, two who are one, or nothing any more.",
            "一位会员：查看、导出、合并、删除其信息。"),
        subcommands: [Show.self, Export.self, Merge.self, Erase.self])

    static func missing(_ member: String, _ store: MemberStore) throws -> Failure {
        if let other = try store.mergedMember(member) { return merged(member, into: other) }
        let shown = Mask.key(member)
        guard try store.wasErased(member) else { return try UnknownMember.failure(member, among: store) }
        return Failure(
            .couldNotRun,
            .say("there is no member `\(shown)`: one with this id was erased", "没有会员 `\(shown)`：这个编号的会员已被删除"))
    }

    /// Opens the store to read it; to write the audit trail where something is revealed.
    static func store(_ options: StoreOptions, revealing reason: String?) throws -> MemberStore {
        try reason == nil ? options.readStore() : options.openStore()
    }

    static func require(_ reason: String?) throws {
        guard let reason, reason.trimmingCharacters(in: .whitespaces).isEmpty else { return }
        throw ValidationError(.say("say why: --reveal REASON", "请写明原因：--reveal 原因"))
    }
}

extension MembersCommand {
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: .say("A person on one page.", "一页看清一位会员。"),
            discussion: .say(
                """
                Profile, consents, the last orders, points, coupons and events, what was decided and sent lately. Phone
                numbers, mail addresses and openids are masked wherever they stand; --reveal shows them, and is audited.

                EXAMPLES
                  nudged members show lin
                  nudged members show lin --reveal "complaint 4711"

                EXIT 0 shown, 2 there is none
                """,
                """
                资料、同意、最近的订单、积分、优惠券和事件，以及最近的决定和投递。手机号、邮箱和 openid 一律打码；\
                --reveal 显示原文，并记入审计。

                示例
                  nudged members show lin
                  nudged members show lin --reveal "投诉 4711"

                退出码  0 已显示，2 没有这位会员
                """))

        @Argument(help: .say("The member's id.", "会员编号。")) var member: String
        @OptionGroup var options: StoreOptions
        @Option(help: .say("Show what is masked, for this reason; audited.", "显示打码的内容，写明原因；记入审计。")) var reveal: String?
        @Flag(help: .say("One JSON object.", "输出一个 JSON 对象。")) var json = false
        @OptionGroup var language: LanguageOption

        /// Rows of a long table on the page.
        private static let most = 10

        func validate() throws { try MembersCommand.require(reveal) }

        func run() throws {
            let store = try MembersCommand.store(options, revealing: reveal)
            let words = PersonWording(
                speech: options.speech(try options.loadConfig(), store), isRevealed: reveal != nil)
            guard let record = try store.person(member, most: Show.most) else {
                throw try MembersCommand.missing(member, store)
            }
            if let reveal { try store.auditReveal(of: member, reason: reveal, what: "members show", at: .now) }
            Console.print(json ? words.json(record, at: .now).rendered : words.page(record))
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: .say("Everything about a person as JSON.", "把一位会员的全部信息导出为 JSON。"),
            discussion: .say(
                """
                For whoever asks what is known of them (PIPL Art. 45, GDPR Art. 15): every row of every table, with stable
                keys. Without --reveal the addresses in it are masked.

                EXAMPLES
                  nudged members export lin --reveal "request of 28 November" > lin.json
                  nudged members export lin | jq .consents

                EXIT 0 exported, 2 there is none
                """,
                """
                用于答复个人查阅、复制信息的请求（个人信息保护法第 45 条，GDPR 第 15 条）：每张表的每一行，键名固定。\
                不加 --reveal 时其中的地址打码。

                示例
                  nudged members export lin --reveal "11 月 28 日的请求" > lin.json
                  nudged members export lin | jq .consents

                退出码  0 已导出，2 没有这位会员
                """))

        @Argument(help: .say("The member's id.", "会员编号。")) var member: String
        @OptionGroup var options: StoreOptions
        @Option(help: .say("Show what is masked, for this reason; audited.", "显示打码的内容，写明原因；记入审计。")) var reveal: String?
        @Flag(help: .say("It is JSON anyway.", "本来就是 JSON。")) var json = false
        @OptionGroup var language: LanguageOption

        func validate() throws { try MembersCommand.require(reveal) }

        func run() throws {
            let store = try MembersCommand.store(options, revealing: reveal)
            let words = PersonWording(
                speech: options.speech(try options.loadConfig(), store), isRevealed: reveal != nil)
            guard let record = try store.person(member) else { throw try MembersCommand.missing(member, store) }
            if let reveal { try store.auditReveal(of: member, reason: reveal, what: "members export", at: .now) }
            Console.print(words.json(record, at: .now).rendered)
        }
    }

    struct Erase: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "erase",
            abstract: .say("Remove everything personal of a member, for good.", "彻底删除一位会员的全部个人信息。"),
            discussion: .say(
                """
                Profile, history, orders, consents and tasks are deleted, messages lose their address, text and values, and
                what is owed is cancelled. Decisions and deliveries stay as figures. A keyed hash of the id and of the
                addresses stays, so that an old file that brings the member back stays silent, until a consent that is
                later than the erasure and has a source. A restored backup is cleaned by the journal beside the store.

                Not reached: older backups, files of a log channel, files that you imported.

                EXAMPLES
                  nudged members erase lin --reason "request of 28 November"
                  nudged members erase lin --reason "request of 28 November" --yes --json

                EXIT 0 erased, 1 not agreed, 2 there is none
                """,
                """
                删除资料、历史、订单、同意和待办，消息去掉地址、内容和变量，待发的取消。决定和投递只作为数字保留。编号和地址留下带密钥的\
                哈希：旧文件再次带来这位会员时保持静默，直到有晚于删除、并注明来源的新同意。恢复的备份按数据库旁的删除记录清理。

                管不到的：更早的备份、log 渠道的文件、您导入过的文件。

                示例
                  nudged members erase lin --reason "11 月 28 日的请求"
                  nudged members erase lin --reason "11 月 28 日的请求" --yes --json

                退出码  0 已删除，1 没有同意，2 没有这位会员
                """))

        @Argument(help: .say("The member's id.", "会员编号。")) var member: String
        @Option(help: .say("Why, for the audit trail.", "原因，记入审计。")) var reason: String
        @OptionGroup var options: StoreOptions
        @Flag(help: .say("Do not ask.", "不询问。")) var yes = false
        @Flag(help: .say("One JSON object.", "输出一个 JSON 对象。")) var json = false
        @OptionGroup var language: LanguageOption

        func validate() throws {
            guard !reason.trimmingCharacters(in: .whitespaces).isEmpty else {
                throw ValidationError(.say("say why: --reason TEXT", "请写明原因：--reason 文字"))
            }
        }

        func run() throws {
            let store = try options.openStore()
            let words = ErasureWording(speech: options.speech(try options.loadConfig(), store))
            guard try store.person(member, most: 0) != nil else { throw try MembersCommand.missing(member, store) }
            guard try Question.isAgreed(words.question(member), yes: yes) else {
                Console.error(.say("nothing was changed", "没有改动任何内容"))
                throw ExitCode(ExitStatus.findings.rawValue)
            }
            guard let erasure = try store.erase(member, reason: reason, at: .now) else {
                throw try MembersCommand.missing(member, store)
            }
            Console.print(json ? words.json(erasure).rendered : words.page(erasure))
        }
    }
}
