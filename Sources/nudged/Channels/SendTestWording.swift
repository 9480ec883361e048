import Channels
import Kit
import Review
import Rules
import Store

/// Words for a message to a tester.
struct SendTestWording {
    let speech: Speech
    private var codes: CodeWording { CodeWording(speech: speech) }

    init(speech: Speech) { self.speech = speech }

    // MARK: why there is none

    func lack(_ lack: MessageDraft.Lack, rule: String, member: String) -> String {
        switch lack {
        case .occasion:
            speech.say(
                "nothing has begun `\(rule)` for \(member), and no date will: name a member whom it is about",
                "\(member) 还没有触发过 `\(rule)`，也没有相应的日期：请换一个会员")
        case .message(0):
            speech.say("`\(rule)` sends no message", "`\(rule)` 不发消息")
        case .message(let count):
            speech.say(
                "the way of \(member) through `\(rule)` sends nothing; --path 1 to \(count) names a message of the rule",
                "`\(rule)` 对 \(member) 走的分支不发消息；用 --path 1 到 \(count) 指定规则里的一条消息")
        case .path(let path, let count):
            speech.say(
                "`\(rule)` has no message \(path): it has \(count)", "`\(rule)` 没有第 \(path) 条消息：共 \(count) 条")
        case .channel(let channels):
            speech.say(
                "the message goes through \(channels.joined(separator: ", ")), and none of these sends to such an address",
                "这条消息走 \(channels.joined(separator: "、"))，都不发往这种地址")
        case .value(let value):
            speech.say(
                "`\(value)` has no value for \(member) and no default: the rule would send nothing either",
                "\(member) 的 `\(value)` 没有值，也没有默认值：规则同样不会发送")
        case .field(let field):
            speech.say("`\(field)` cannot be read for \(member)", "\(member) 的 `\(field)` 读不出来")
        }
    }

    func noRule(_ name: String, nearest: String?) -> String {
        speech.say("there is no rule `\(name)`", "没有规则 `\(name)`") + hint(nearest)
    }

    private func hint(_ nearest: String?) -> String {
        String.didYouMean(nearest)
    }

    var notSent: String { speech.say("nothing was sent", "没有发送") }

    func noChannel(_ name: String, nearest: String?, known: [String]) -> String {
        let names = speech.say("; it has: \(known.joined(separator: ", "))", "；已有：\(known.joined(separator: "、"))")
        return speech.say("nudged.yaml has no channel `\(name)`", "nudged.yaml 里没有渠道 `\(name)`")
            + (nearest == nil ? names : hint(nearest))
    }

    /// Says nothing of the address: it may be a number.
    func notAnAddress(of channel: String, _ kind: ChannelDeclaration.Address) -> String {
        speech.say(
            "--to is not an address of `\(channel)`, which sends to \(kinds(kind))",
            "--to 不是 `\(channel)` 的地址，该渠道发往\(kinds(kind))")
    }

    var noSuchAddress: String {
        speech.say(
            "--to is neither a phone number, nor a mail address, nor an id", "--to 不是手机号、邮箱，也不是 openid 一类的编号")
    }

    var needsAddress: String {
        speech.say(
            "say where it goes: --to ADDRESS, or --to - and the address on standard input",
            "请说明发给谁：--to 地址，或 --to - 并从标准输入给出地址")
    }

    func hasOwnPlace(_ channel: String) -> String {
        speech.say("`\(channel)` has a place of its own: leave --to out", "`\(channel)` 有自己的去处：不要写 --to")
    }

    private func kinds(_ kind: ChannelDeclaration.Address) -> String {
        switch kind {
        case .phone: speech.say("phone numbers", "手机号")
        case .email: speech.say("mail addresses", "邮箱")
        case .wechatOpenID: speech.say("openids of WeChat", "微信 openid")
        case .wecomExternalUserID: speech.say("customers of WeCom", "企业微信客户")
        case .none: speech.say("a place of its own", "自己的去处")
        }
    }

    func objection(_ objections: [AddressObjection]) -> String {
        let lines = objections.prefix(10).map { objection in
            let who = objection.member.map { speech.say("member \($0)", "会员 \($0)") } ?? speech.say("a list", "名单")
            switch objection.reason {
            case .suppressed: return speech.say("  \(who): suppressed, nothing goes there", "  \(who)：已屏蔽，一概不发")
            case .withdrawn: return speech.say("  \(who): withdrew", "  \(who)：已退订")
            }
        }
        let head = speech.say(
            "nothing was sent: this address said no. --force if it is yours", "没有发送：这个地址已经拒收。确实是自己的地址，加 --force")
        return ([head] + lines).joined(separator: "\n")
    }

    // MARK: before and after

    var unmarked: String {
        speech.say(
            "the provider holds the text: nothing can be put before it, and the tester sees what members would see",
            "文字由服务商保存：无法加上测试字样，收到的与会员看到的完全一样")
    }

    var question: String { speech.say("send it?", "确定发送？") }

    func sends(_ test: TestMessage, maskedTo: String?) -> String {
        let message = test.message
        let head = speech.say(
            "\(message.rule) for \(message.member) (\(message.occasion)) through \(message.channel)\(maskedTo.map { " to \($0)" } ?? "")",
            "\(message.rule)，会员 \(message.member)（\(message.occasion)），走 \(message.channel)\(maskedTo.map { "，发往 \($0)" } ?? "")"
        )
        return ([head] + [message.subject, message.text].compactMap { $0.map(Mask.text) }).joined(separator: "\n  ")
    }

    func answer(_ outcome: SendOutcome, adapter: String) -> String {
        func coded(_ english: String, _ chinese: String, _ code: String) -> String {
            speech.say(english, chinese) + speech.say(": ", "：") + codes.code(code, adapter: adapter)
        }
        switch outcome {
        case .accepted(let id):
            return speech.say("accepted", "已接收") + (id.map { "  \($0)" } ?? "")
        case .rejected(let code): return coded("refused", "被拒绝", code)
        case .suppressed(let code, .optedOut): return coded("refused, the address has opted out", "被拒绝，该地址已退订", code)
        case .suppressed(let code, .bounced): return coded("refused, nothing arrives there", "被拒绝，该地址收不到", code)
        case .suppressed(let code, .unfollowed): return coded("refused, they do not follow", "被拒绝，对方没有关注", code)
        case .suppressed(let code, .uncredited):
            return coded("refused, no consent to a message is left", "被拒绝，没有剩余的订阅授权", code)
        case .notSent(let code, _): return coded("not taken, a later try may succeed", "未接收，稍后可再试", code)
        case .throttled(let code, _): return coded("not taken, the channel's quota is used up", "未接收，渠道额度已用完", code)
        case .misconfigured(let code): return coded("not taken, the settings must be corrected", "未接收，需要改正配置", code)
        case .unknown(let code): return coded("unclear, it may arrive", "结果不明，可能会送达", code)
        }
    }

    func json(_ test: TestMessage, maskedTo: String?, _ outcome: SendOutcome, adapter: String) -> JSONText {
        let message = test.message
        func text(_ text: String?) -> JSONText { text.map(JSONText.text) ?? .null }
        return .object([
            "rule": .text(message.rule), "member": .text(message.member), "occasion": .text(message.occasion),
            "channel": .text(message.channel), "to": text(maskedTo), "subject": text(message.subject.map(Mask.text)),
            "text": .text(Mask.text(message.text)), "template_code": text(message.templateCode),
            "marked": .bool(test.isMarked),
            "reference": .text(message.reference), "outcome": .text(outcome.kind), "code": text(outcome.code),
            "words": text(outcome.code.map { codes.words($0, adapter: adapter) }),
            "provider_id": text(outcome.providerID),
        ])
    }
}
