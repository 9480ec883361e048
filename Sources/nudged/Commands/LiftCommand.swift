import ArgumentParser
import Config
import Foundation
import Intake
import Kit
import Review
import Rules
import Store

extension ConsentsCommand {
    struct Lift: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lift",
            abstract: .say("Send again to an address that bounced, for a reason.", "让退信过的地址恢复发送，写明原因。"),
            discussion: .say(
                """
                Ends the suppression of the addresses that a member has now, or of one address: that messages bounced, and what
                an operator suppressed. A complaint is somebody's word and stays, unless --complaint says why it is to go.
                Nothing is granted: a withdrawal stays, and after a complaint a new yes is needed (nudged consents grant). A new
                address of a member was never suppressed. A list or a report that comes again suppresses again. What is
                suppressed on all channels is lifted without --channel only.

                EXAMPLES
                  nudged consents lift lin --channel email --reason "mailbox was full, called on 3 May"
                  nudged consents lift --address lin@example.com --reason "typing error at the provider, ticket 88"
                  nudged consents lift lin --channel email --complaint "pressed by mistake, mail of 4 May"

                EXIT 0 done, or nothing was suppressed, 1 something stays, 2 could not run, 64 usage
                """,
                """
                解除会员现有地址或某个地址的禁止联系：退信的，以及运营人员登记的。投诉是本人的话，默认保留；确要解除，用 --complaint 写明原因。\
                这不等于同意：撤回仍然有效，投诉之后还要有新的同意（nudged consents grant）。会员换的新地址本来就没有被禁止。名单或回执再次到来时会再次禁止。\
                在全部渠道上的禁止，只有不写 --channel 才能解除。

                示例
                  nudged consents lift lin --channel email --reason "邮箱曾满，5 月 3 日已电话确认"
                  nudged consents lift --address lin@example.com --reason "服务商录入错误，工单 88"
                  nudged consents lift lin --channel email --complaint "误点，5 月 4 日来信说明"

                退出码  0 已解除或本来没有禁止，1 有保留的，2 未能运行，64 用法有误
                """))

        @Argument(help: .say("The member's id; or --address.", "会员编号；或用 --address。")) var member: String?
        @Option(help: .say("A phone number or an email address.", "手机号或邮箱。")) var address: String?
        @Option(
            help: .say("The channel; all of them where it is not given.", "渠道；不写则为全部渠道。"),
            completion: .channelNames)
        var channel: String?
        @Option(help: .say("Why, for the audit trail.", "原因，记入审计。")) var reason: String?
        @Option(help: .say("Lift a complaint, too, for this reason; audited.", "连投诉一并解除，写明原因；记入审计。")) var complaint:
            String?
        @OptionGroup var options: StoreOptions
        @Flag(help: .say("One JSON object.", "输出一个 JSON 对象。")) var json = false
        @OptionGroup var language: LanguageOption

        private var why: String? {
            (complaint ?? reason).map { $0.trimmingCharacters(in: .whitespaces) }.flatMap { $0.isEmpty ? nil : $0 }
        }

        func validate() throws {
            guard (member == nil) != (address == nil) else {
                throw ValidationError(.say("name a member, or --address ADDRESS", "请写会员编号，或 --address 地址"))
            }
            guard reason == nil || complaint == nil else {
                throw ValidationError(
                    .say(
                        "--complaint TEXT is the reason already: leave --reason out",
                        "--complaint 文字 就是原因，不要再写 --reason"))
            }
            guard why != nil else {
                throw ValidationError(
                    .say("say why: --reason TEXT, or --complaint TEXT", "请写明原因：--reason 文字，或 --complaint 文字"))
            }
        }

        func run() throws {
            guard let why else { return }
            let config = try options.loadConfig()
            let subject = try subject()
            let channel = try channel.flatMap { try Lift.known($0, of: subject, config) }
            let store = try options.openStore()
            let lifted = try store.lift(
                subject, on: channel?.id, to: channel?.address, complaints: complaint != nil, reason: why, at: .now)
            guard let lifted else { throw try MembersCommand.missing(member ?? "", store) }
            Console.print(json ? object(lifted).rendered : lines(lifted, on: channel?.id).joined(separator: "\n"))
            if !lifted.left.isEmpty { throw ExitCode(ExitStatus.findings.rawValue) }
        }

        /// The channel of that name, which must go to such an address; nil for all of them.
        private static func known(
            _ name: String, of subject: SuppressedSubject, _ config: Configuration?
        ) throws -> ChannelDeclaration? {
            let declared = config?.channelDeclarations ?? []
            guard let known = ChannelWord.known(name, among: declared) else {
                throw ConsentOptions.noChannel(name, config)
            }
            guard let channel = (declared + ChannelDeclaration.standard).first(where: { $0.id == known }) else {
                return nil
            }
            guard case .address(let address) = subject, address.kind != channel.address else { return channel }
            let isPhone = address.kind == .phone
            throw Failure(
                .usage,
                .say(
                    "--address is \(isPhone ? "a phone number" : "an email address"): channel `\(known)` does not go there",
                    "--address 是\(isPhone ? "手机号" : "邮箱")，渠道 `\(known)` 不发往这种地址"))
        }

        private func subject() throws -> SuppressedSubject {
            guard let address else { return .member(member ?? "") }
            let email = EmailAddress.canonical(address).flatMap { CanonicalAddress(.email, $0) }
            let phone = PhoneNumber.canonical(address).flatMap { CanonicalAddress(.phone, $0) }
            guard let found = email ?? phone else {
                throw Failure(
                    .usage,
                    .say("--address is neither a phone number nor an email address", "--address 既不是手机号也不是邮箱"))
            }
            return .address(found)
        }

        private func lines(_ result: LiftedSuppressions, on channel: String?) -> [String] {
            var lines = result.lifted.map { entry in
                String.say("lifted: \(entry.channel), \(entry.reason)", "已解除：\(entry.channel)，\(entry.reason)")
            }
            lines += result.left.map { entry -> String in
                guard channel == nil || entry.channel != "*" else {
                    return .say(
                        "stays: \(entry.channel), \(entry.reason); it is suppressed on all channels: lift it without --channel",
                        "保留：\(entry.channel)，\(entry.reason)；全部渠道都已禁止，不写 --channel 才能解除")
                }
                return .say(
                    "stays: \(entry.channel), \(entry.reason); it is lifted by --complaint REASON",
                    "保留：\(entry.channel)，\(entry.reason)；用 --complaint 原因 才能解除")
            }
            if result.lifted.contains(where: { $0.reason == "complaint" }) {
                lines.append(
                    .say("marketing needs a new yes: nudged consents grant", "营销还需要新的同意：nudged consents grant"))
            }
            return lines.isEmpty ? [.say("nothing is suppressed there", "没有禁止联系")] : lines
        }

        private func object(_ result: LiftedSuppressions) -> JSONText {
            func list(_ entries: [LiftedSuppressions.Entry]) -> JSONText {
                .list(entries.map { .object(["channel": .text($0.channel), "reason": .text($0.reason)]) })
            }
            return .object(["lifted": list(result.lifted), "left": list(result.left)])
        }
    }
}
