import ArgumentParser
import Kit
import Review
import Store

extension MembersCommand {
    struct Merge: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "merge",
            abstract: .say("Make a duplicate of a member that member.", "把重复的会员合并成一位。"),
            discussion: .say(
                """
                Orders, events, coupons, points, consents, decisions and deliveries of the duplicate become those of the
                member who stays, and whatever comes later under the old id is theirs too. What the member has stays;
                what they lack is taken over. A refusal of either of the two holds for the person, until there is a
                consent that is later than the merge. What a rule decided for both is sent once.

                --dry-run does all of it, tells, and takes it back.

                EXAMPLES
                  nudged members merge lin lin-2 --dry-run
                  nudged members merge lin lin-2 --reason "same phone, asked her" --yes

                EXIT 0 merged, or merged before; 1 not agreed; 2 there is none, or one of the two was merged elsewhere
                """,
                """
                重复会员的订单、事件、优惠券、积分、同意、决定和投递都归保留的会员，以后用旧编号来的数据也归他。已有的资料不变，缺的补上。\
                双方任何一方的拒绝都对这个人有效，直到有晚于合并的同意。同一规则对双方都作过的决定只发一次。

                --dry-run 完整执行一遍、列出结果，再全部撤回。

                示例
                  nudged members merge lin lin-2 --dry-run
                  nudged members merge lin lin-2 --reason "同一手机号，已向本人核实" --yes

                退出码  0 已合并或之前已合并，1 没有同意，2 没有这位会员，或其中一位已合并到别处
                """))

        @Argument(help: .say("The id of the member who stays.", "保留的会员编号。")) var member: String
        @Argument(help: .say("The id of the duplicate.", "重复的会员编号。")) var duplicate: String
        @Option(help: .say("Why, for the audit trail.", "原因，记入审计。")) var reason: String?
        @OptionGroup var options: StoreOptions
        @Flag(help: .say("Say what would change, and change nothing.", "只说明会改动什么，不改动。")) var dryRun = false
        @Flag(help: .say("Do not ask.", "不询问。")) var yes = false
        @Flag(help: .say("One JSON object.", "输出一个 JSON 对象。")) var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.openStore()
            let words = MergeWording(speech: options.speech(try options.loadConfig(), store))
            do {
                // A trial finds what is wrong before anybody is asked.
                let trial = try store.merge(duplicate, into: member, reason: reason, isTrial: true, at: .now)
                guard !dryRun, trial != .already else { return tell(trial, isTrial: dryRun, words) }
                guard try Question.isAgreed(words.question(duplicate, into: member), yes: yes) else {
                    Console.error(.say("nothing was changed", "没有改动任何内容"))
                    throw ExitCode(ExitStatus.findings.rawValue)
                }
                let answer = try store.merge(duplicate, into: member, reason: reason, at: .now)
                tell(answer, isTrial: false, words)
            } catch let objection as MergeObjection {
                throw try failure(objection, store)
            }
        }

        private func tell(_ answer: MergeAnswer, isTrial: Bool, _ words: MergeWording) {
            if json { return Console.print(words.json(answer, isTrial: isTrial).rendered) }
            switch answer {
            case .merged(let merge): Console.print(words.page(merge, isTrial: isTrial))
            case .already: Console.print(words.already(duplicate, into: member))
            }
        }

        private func failure(_ objection: MergeObjection, _ store: MemberStore) throws -> Failure {
            switch objection {
            case .same:
                Failure(
                    .couldNotRun, .say("a member cannot be merged into itself: name two", "会员不能合并到自己：请写两个编号"))
            case .unknown(let id): try MembersCommand.missing(id, store)
            case .isMerged(let id, let other): MembersCommand.merged(id, into: other)
            }
        }
    }

    /// What there is to say of an id that is another member's old one.
    static func merged(_ id: String, into member: String) -> Failure {
        let (shown, other) = (Mask.key(id), Mask.key(member))
        return Failure(
            .couldNotRun,
            .say(
                "`\(shown)` was merged into `\(other)`: ask for `\(other)`",
                "`\(shown)` 已合并到 `\(other)`：请用 `\(other)`"))
    }
}
