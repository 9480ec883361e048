import Engine
import Policies
import Rules
import Store

extension OutcomeWording {
    /// `with tier silver: coupon BDAY-30OFF, then sms to 138****0005`.
    func nearest(_ nearest: NearestChange) -> String {
        change(nearest.change) + say(": ", "：") + actions(nearest.path, nearest.line)
    }

    private func change(_ change: NearestChange.Change) -> String {
        switch change {
        case .value(let field, nil): return say("without \(name(field))", "如果没有 \(name(field))")
        case .value(let field, let value?):
            let shown = values.text(value, of: field)
            return shown == "?" ? filled(field) : say("with \(name(field)) \(shown)", "如果 \(name(field)) 是 \(shown)")
        case .filled(let field): return filled(field)
        case .history(let test, let count):
            return say("with \(test.event) \(say.times(count))", "如果 \(test.event) 有 \(say.times(count))")
        case .address(let channel, let kind):
            return say("with \(english(kind, channel))", "如果有\(chinese(kind, channel))")
        case .consent(let channel): return say("with consent for \(channel)", "如果授权了 \(channel)")
        case .guardian(let channel):
            return say("with a guardian's consent for \(channel)", "如果监护人授权了 \(channel)")
        case .unsuppressed(let channel):
            return say("without the suppression on \(channel)", "如果 \(channel) 不在不发名单")
        case .personalised: return say("with personalisation personalised", "如果个性化设置是 personalised")
        case .released(let until):
            return say("at \(Phrases.clock(until, zone))", "到 \(Phrases.clock(until, zone))")
        case .without(let message):
            let at = Phrases.clock(message.at, zone)
            let rule = message.rule.map { say(" of \($0)", " \($0) 的") } ?? ""
            return say("without the one\(rule) at \(at)", "如果没有 \(at)\(rule)那一次")
        case .notHeldOut(let key): return say("outside the holdout \(key)", "如果不在对照组 \(key)")
        case .inTime(let due):
            return say("in time at \(Phrases.clock(due, zone))", "如果按时在 \(Phrases.clock(due, zone))")
        case .stock(let template): return say("with a code of \(template) in stock", "如果券 \(template) 有库存")
        case .withoutEvent(let event):
            let ref = event.ref.map { " \($0)" } ?? ""
            return say("without \(event.name)\(ref)", "如果没有 \(event.name)\(ref)")
        }
    }

    private func filled(_ field: Field) -> String {
        say("with \(name(field)) filled in", "如果填写了 \(name(field))")
    }

    private func name(_ field: Field) -> String { field.source == .member ? field.path : field.name }

    private func english(_ kind: ChannelDeclaration.Address, _ channel: String) -> String {
        switch kind {
        case .phone: "a phone number"
        case .email: "an email address"
        case .wechatOpenID: "a WeChat openid"
        case .wecomExternalUserID: "a WeCom id"
        case .none: "an address for \(channel)"
        }
    }

    private func chinese(_ kind: ChannelDeclaration.Address, _ channel: String) -> String {
        switch kind {
        case .phone: "手机号"
        case .email: "邮箱"
        case .wechatOpenID: "微信 openid"
        case .wecomExternalUserID: "企业微信号"
        case .none: " \(channel) 的地址"
        }
    }
}
