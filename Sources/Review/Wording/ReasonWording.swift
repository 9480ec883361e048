import Kit
import Policies
import Rules
import Store

/// The dictionary of reasons: why an occurrence did not act, in both languages and in each form.
struct ReasonWording {
    enum Form {
        /// A sentence of `explain` and its history.
        case sentence
        /// After "because", in tests and dry-runs.
        case clause
        /// What many decisions have in common, in the demo's counts.
        case heading
        /// The result of a line of the rule, in tests; nil when no single line decided.
        case place
    }

    let say: Phrases
    let form: Form
    /// The event that ended a wait.
    var ending: EventMark?
    var trigger: Trigger?
    var zone = Zone.utc
    /// The entries passed over, when none was usable.
    var tried: [(channel: String, obstacle: Reach.Obstacle)] = []

    func words(_ reason: Reason, in zone: Zone) -> String { words(reason.plainPairs(in: zone)) ?? "" }

    /// - Parameter because: keys and plain values in the order of the decision; a test may name the key alone.
    func words(_ because: [(key: String, value: String?)]) -> String? {
        guard let (key, value) = because.first else { return nil }
        guard let value else { return say("of \(key)", StoredWords.reason(key, say.language)) }
        let actual = because.first { $0.key == "actual" }?.value
        if let words = ofMember(key, value, actual) ?? ofSending(key, value) ?? ofTime(key, value) { return words }
        return pick(sentence: "\(key) \(value)", clause: say("\(key) is \(value)", " \(key) 是 \(value)"), heading: key)
    }

    private func pick(
        sentence: @autoclosure () -> String, clause: @autoclosure () -> String, heading: @autoclosure () -> String,
        place: @autoclosure () -> String? = nil
    ) -> String? {
        switch form {
        case .sentence: sentence()
        case .clause: clause()
        case .heading: heading()
        case .place: place()
        }
    }

    /// The same as a sentence and as a clause.
    private func pick(
        both: String, heading: @autoclosure () -> String, place: @autoclosure () -> String? = nil
    ) -> String? {
        pick(sentence: both, clause: both, heading: heading(), place: place())
    }

    private func ofMember(_ key: String, _ value: String, _ actual: String?) -> String? {
        let unmet = say("a condition does not hold", "有条件不成立")
        switch key {
        case "condition":
            let isMissing = actual == "missing"
            return pick(
                sentence: unmet,
                clause: actual.map {
                    say("\(value) is \($0)", isMissing ? " \(value) 缺失" : " \(value) 是 \($0)")
                } ?? say("of \(value)", " \(value) 不符合条件"),
                heading: isMissing
                    ? say("\(value) is missing", "\(value) 没有值")
                    : say("\(value) is not what the rule asks for", "\(value) 不符合条件"))
        case "history":
            return pick(
                sentence: unmet,
                clause: actual.map { say("\(value) happened \($0) times", " \(value) 发生过 \($0) 次") }
                    ?? say("of \(value) before", "以前的 \(value)"),
                heading: say("its \(value) events do not fit", "\(value) 的记录不符合条件"))
        case "audience":
            let excluded = say("the member is in an excluded segment", "会员在排除的人群里")
            let isIn = value == "in"
            return pick(
                sentence: isIn ? say("the member is in none of the segments", "会员不在任何指定人群里") : excluded,
                clause: isIn ? say("the member is in none of its segments", "会员不在任何指定人群里") : excluded,
                heading: say("not in the audience", "不在目标人群"),
                place: say("the member is not meant", "会员不在人群里"))
        case "choose":
            return pick(
                sentence: say("no branch of `choose` holds", "`choose` 没有一个分支成立"),
                clause: say("no branch of `choose` holds", " `choose` 没有一个分支成立"),
                heading: say("no branch applies", "没有适用的分支"))
        case "personalisation":
            return pick(
                both: say("the member's personalisation is \(value)", "会员的个性化设置是 \(value)"),
                heading: say("declined personal messages", "会员不接受个性化"))
        case "field":
            return pick(
                both: say("\(value) cannot be read for this member", "读不出这位会员的 \(value)"),
                heading: say("\(value) cannot be read", "读不出 \(value)"))
        default: return nil
        }
    }

    private func ofSending(_ key: String, _ value: String) -> String? {
        switch key {
        case "unreachable":
            return pick(
                sentence: say(
                    "no channel is usable (\(say.obstacle(value)))", "没有可用的渠道（\(say.obstacle(value))）"),
                clause: say("no channel is usable: \(value)", "没有可用的渠道：\(say.obstacle(value))"),
                heading: say("cannot be reached", "没有可用渠道") + say.tried(tried))
        case "quiet_hours":
            return pick(
                sentence: say("quiet hours", "免打扰时段"), clause: say("of quiet hours", "在免打扰时段"),
                heading: say("for the end of quiet hours, then decided anew", "等免打扰结束后重新判断"))
        case "limit":
            return pick(
                sentence: value == "once_per"
                    ? say("it acted for this member before", "对这位会员已经执行过")
                    : say("the rule's limit is reached", "规则的次数已满"),
                clause: say("the limit \(value) is reached", "次数 \(value) 已满"),
                heading: say("the rule's own limit, \(value)", "规则自己的次数上限 \(value)"),
                place: say("\(value) is reached", "\(value) 已满"))
        case "cap":
            let parts = value.split(separator: " ").map(String.init)
            let reached = say(
                "the cap of \(value) is reached", "频次上限（\(say.span(parts.last ?? ""))内 \(parts.first ?? "") 条）已满")
            return pick(
                both: reached, heading: say("the shop's frequency cap, \(value)", "全店频次上限 \(value)"),
                place: reached)
        case "holdout":
            return pick(
                both: say("the member is in the holdout \(value)", "会员在对照组 \(value)"),
                heading: say("kept silent on purpose, holdout \(value)", "对照组 \(value)，有意不发"),
                place: say("the member is held out", "会员在对照组里"))
        case "coupon_stock":
            return pick(
                both: say("no code of \(value) is left", "券 \(value) 没有库存"),
                heading: say("no \(value) coupon is left", "券 \(value) 已发完"))
        case "template":
            let lacking = say("the text has no \(value)", "文案缺少 \(value)")
            return pick(both: lacking, heading: say("the text lacks \(value)", lacking))
        case "recommend":
            let nothing = say("there is nothing to recommend", "没有可推荐的商品")
            return pick(both: nothing, heading: say("nothing to recommend", nothing))
        default: return nil
        }
    }

    private func ofTime(_ key: String, _ value: String) -> String? {
        switch key {
        case "unless", "anchor":
            let event = value + (ending?.ref.map { " \($0)" } ?? "")
            let arrived = say("\(event) arrived", "发生了 \(event)")
            return key == "unless"
                ? pick(both: arrived, heading: say("\(value) came first", "先发生了 \(value)"), place: arrived)
                : pick(
                    both: arrived, heading: say("it no longer applies, \(value)", "事由已消失 \(value)"),
                    place: say("\(value) ended the wait", "\(value) 结束了等待"))
        case "superseded":
            return pick(
                sentence: superseded(by: value), clause: say("\(value) takes its place", "由 \(value) 取代"),
                heading: say("a newer one took its place", "被新的一次取代"))
        case "message":
            let lost = say(
                "the message that it follows never left (\(value))",
                "它跟进的那条消息没有发出（\(StoredWords.cell(value, in: "state", .chinese))）")
            return pick(
                both: lost, heading: say("the message before it never left", "前一条消息没有发出"), place: lost)
        case "passed":
            return pick(
                sentence: say("\(value) has passed", "\(value) 已过"),
                clause: say("\(value) has passed", " \(value) 已过"), heading: say("the date was over", "日子已过"))
        case "late":
            return pick(
                sentence: say("the daemon was \(value) late", "系统晚了 \(say.span(value))"),
                clause: say("the daemon was \(value) late", "系统晚了 \(say.span(value))"),
                heading: say("too late by then", "补发已超过时限"), place: say("\(value) late", "晚了 \(say.span(value))"))
        default: return nil
        }
    }

    /// Names the event that began the wait again, which is in the occasion.
    private func superseded(by occasion: String) -> String {
        let at = occasion.split(separator: "@").last.flatMap { TimePoint(text: String($0)) }.map {
            Phrases.clock($0.instant(in: zone), zone)
        }
        guard let at else { return say("\(occasion) takes its place", "由 \(occasion) 取代") }
        switch trigger {
        case .cartIdle: return say("the cart was touched again at \(at)", "购物车在 \(at) 又有改动")
        case .browsed: return say("there was another view at \(at)", "在 \(at) 又有浏览")
        case .inactive: return say("the member was active again at \(at)", "会员在 \(at) 又有活动")
        default: return say("another one at \(at) takes its place", "由 \(at) 的另一次取代")
        }
    }
}

extension Phrases {
    /// ` (sms: no_address)`: the entries that were passed over.
    func tried(_ entries: [(channel: String, obstacle: Reach.Obstacle)]) -> String {
        let english = entries.map { "\($0.channel): \($0.obstacle.rawValue)" }.joined(separator: ", ")
        let chinese = entries.map { "\($0.channel)：\(obstacle($0.obstacle.rawValue))" }.joined(separator: "，")
        return self(" (\(english))", "（\(chinese)）")
    }

    /// Why a channel is not usable; `rejected` and `undelivered` come from tests, where a channel fails.
    func obstacle(_ value: String) -> String {
        switch Reach.Obstacle(rawValue: value) {
        case .noAddress: self("no address", "没有地址")
        case .suppressed: self("suppressed", "已列入不发名单")
        case .noConsent: self("no consent", "没有授权")
        case nil: self(value, DeliveryState(rawValue: value).map(StoredWords.meaning) ?? value)
        }
    }
}
