import Engine
import Kit
import Policies
import Rules
import Store

/// Words for a gate other than `if`, as rows of an explanation.
struct GateWording {
    let say: Phrases
    let explanation: Explanation
    /// `outside 21:00 to 09:00, not on Saturday and Sunday`.
    private func outside(_ quiet: Settings.QuietHours) -> String {
        let times = say("outside \(quiet.from.text) to \(quiet.to.text)", "不在 \(quiet.from.text) 到 \(quiet.to.text)")
        let days = quiet.days.map(say.weekday)
        return days.isEmpty ? times : times + say(", not on \(say.sum(days))", "，不在\(say.list(days))")
    }

    private var rule: Rule { explanation.plan.rule }
    private var zone: Zone { explanation.zone }

    /// One row per gate; a branch of `choose` has one per leaf, and a segment that was asked has its leaves below it.
    func rows(_ gate: GateReading) -> [ExplainRow] {
        var row = ExplainRow(key: "", label: "", words: "", mark: mark(gate.mark), detail: "", line: nil)
        func fill(_ key: String, _ label: String, _ words: String, detail: String, line: String? = nil) {
            (row.key, row.label, row.words, row.detail) = (key, label, words, detail)
            row.line = line.flatMap { rule.origin.keyLines[$0] }
        }
        switch gate.subject {
        case .branch(let check):
            guard let readings = explanation.readings else { return [] }
            return ConditionWording(say: say, readings: readings).rows(check).map { leaf in
                ExplainRow(
                    key: "choose", label: say("choose", "分支"), words: leaf.words,
                    mark: gate.mark == .unneeded && leaf.mark == .no ? .unneeded : ExplainRow.Mark(leaf.mark),
                    detail: leaf.actual, line: leaf.line)
            }
        case .segment(let id, let check, let wanted):
            let holds = wanted == (gate.mark == .passes)
            fill(
                "audience", say("audience", "人群"),
                wanted ? say("in \(id)", "在 \(id)") : say("not in \(id)", "不在 \(id)"),
                detail: gate.mark == .unneeded ? "" : holds ? say("in it", "在") : say("not in it", "不在"),
                line: "audience")
            return [row] + opened(id, check, gate.mark)
        case .variant(let name):
            fill("variant", say("variant", "版本"), name, detail: say("drawn by member id", "按会员号抽签"), line: "experiment")
        case .personalisation(let kind):
            fill("personalisation", say("personal", "个性化"), say("personalisation", "个性化设置"), detail: kind)
        case .entry(let entry, let contact):
            fill(
                "reach", say("reach", "渠道"),
                say("\(entry.channel), template \(entry.template)", "\(entry.channel)，模板 \(entry.template)"),
                detail: gate.mark == .unneeded ? say("not needed", "不需要") : detail(contact), line: rule.bodyKey)
        case .quietHours(let quiet, let end):
            fill(
                "quiet_hours", say("quiet", "免打扰"),
                outside(quiet),
                detail: gate.mark == .unneeded
                    ? say(
                        "not for \(rule.purpose.rawValue)",
                        "不管\(StoredWords.purpose(rule.purpose.rawValue, .chinese))消息")
                    : end.map { say("held until \(clock($0))", "暂缓到 \(clock($0))") } ?? clockTime)
        case .oncePerLifetime(let last):
            fill(
                "limits", say("limits", "上限"), say("once per lifetime", "一生一次"),
                detail: last.map { say("acted \(clock($0))", "已执行 \(clock($0))") } ?? say("never so far", "还没有过"),
                line: "limits")
        case .atMost(let limit, let counted):
            fill(
                "limits", say("limits", "上限"),
                say("at most \(limit.text)", "至多 \(limit.times) 次，\(say.span(limit.window.text))内"),
                detail: count(counted.count, counted.first, by: nil), line: "limits")
        case .cap(let limit, let counted):
            let segment = limit.segment.map { say(" for \($0)", "，人群 \($0)") } ?? ""
            fill(
                "cap", say("cap", "频次"),
                say("at most \(limit.text)\(segment)", "至多 \(limit.times) 条，\(say.span(limit.window.text))内\(segment)"),
                detail: gate.mark == .unneeded
                    ? say("not in the segment", "不在该人群")
                    : count(counted.count, counted.first, by: counted.first.flatMap(explanation.sender)))
        case .holdout(let key, let share):
            fill(
                "holdout", say("holdout", "对照组"),
                say("not in \(key), \(say.share(share))", "不在 \(key)（\(say.share(share))）"),
                detail: gate.mark == .objects ? say("held out", "在对照组") : say("not held out", "不在"),
                line: key == "global" ? nil : "experiment")
        }
        return [row]
    }

    /// What a segment asks, unless nobody asked whether the member is in it. Only a segment that decided has a NO.
    private func opened(_ id: String, _ check: BoundCondition, _ mark: GateReading.Mark) -> [ExplainRow] {
        guard mark != .unneeded, let readings = explanation.readings else { return [] }
        return ConditionWording(say: say, readings: readings).rows(check).map { leaf in
            var row = ExplainRow(
                key: "segment", label: say("audience", "人群"), words: "  " + leaf.words,
                mark: mark != .objects && leaf.mark == .no ? .unneeded : ExplainRow.Mark(leaf.mark),
                detail: leaf.actual, line: leaf.line)
            row.file = explanation.planned.set.segments[id]?.file
            return row
        }
    }

    /// What `recommend` chose for the message.
    func row(_ recommended: Explanation.Recommended) -> ExplainRow {
        let step = recommended.step
        let items = recommended.items.isEmpty ? say("nothing found", "没有找到") : say.list(recommended.items)
        return ExplainRow(
            key: "recommend", label: say("recommend", "推荐"),
            words: say(
                "\(step.strategy.rawValue) of \(step.basedOn.name), saved as \(step.saveAs)",
                "\(step.strategy.rawValue)，依据 \(step.basedOn.name)，存为 \(step.saveAs)"),
            mark: !recommended.items.isEmpty ? .yes : step.stopIfEmpty ? .no : .unneeded,
            detail: recommended.isOfNow ? items + say(" (by the products of now)", "（按现在的商品）") : items,
            line: rule.origin.keyLines[rule.bodyKey])
    }

    /// The gates that are listed as not read. The holdout is drawn, not read.
    static func unread(_ say: Phrases) -> [(gate: Gate, key: String, words: String)] {
        [
            (.conditions, "if", say("conditions", "条件")), (.reach, "reach", say("consent", "授权")),
            (.limits, "limits", say("limits", "次数上限")), (.quietHours, "quiet_hours", say("quiet hours", "免打扰")),
        ]
    }

    private var clockTime: String {
        let minutes = zone.minutes(of: explanation.at)
        return "\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))"
    }

    private func clock(_ instant: Instant) -> String { Phrases.clock(instant, zone) }

    private func detail(_ contact: GateReading.Contact) -> String {
        if contact.lacksCredit {
            return say(
                "no consent to one more message, and no time for an answer, is left at the provider",
                "在服务商处没有剩余的一次性授权，也不在可回复的时限内")
        }
        if let obstacle = contact.obstacle {
            switch contact.consent {
            case .withdrawn where obstacle == .noConsent: return say("consent withdrawn", "授权已撤回")
            case .refused where obstacle == .noConsent:
                return say("consent withdrawn by somebody else with this address", "同一地址的其他会员已撤回授权")
            case .minor where obstacle == .noConsent:
                let age = contact.minorsUnder.map(String.init) ?? ""
                return say(
                    "consent granted, but the member is under \(age), and no guardian granted it",
                    "已授权，但会员未满 \(age) 周岁，没有监护人的同意")
            default: return say.obstacle(obstacle.rawValue)
            }
        }
        let consent =
            rule.purpose == .service ? say("service needs none", "服务消息不需授权") : say("consent granted", "已授权")
        return say.list([contact.maskedAddress, consent].compactMap(\.self))
    }

    private func count(_ count: Int, _ latest: Instant?, by rule: String?) -> String {
        guard let latest else { return say("none so far", "还没有") }
        let last = (rule.map { "\($0) " } ?? "") + clock(latest)
        return say("\(count) so far, last \(last)", "已有 \(count) 次，最近 \(last)")
    }

    private func mark(_ mark: GateReading.Mark) -> ExplainRow.Mark {
        switch mark {
        case .passes: .yes
        case .objects: .no
        case .unneeded: .unneeded
        }
    }
}

/// One row of an explanation: what was asked, how it came out, what was read, and the line of the rule file.
struct ExplainRow {
    enum Mark: String { case yes, no, unneeded, due }
    /// For scripts, the same in every language.
    var key: String
    var label: String
    var words: String
    var mark: Mark
    var detail: String
    var line: Int?
    /// The file of the line, where it is not that of the rule.
    var file: String?
}

extension ExplainRow.Mark {
    init(_ mark: ConditionWording.Mark) {
        switch mark {
        case .yes: self = .yes
        case .no: self = .no
        case .unneeded: self = .unneeded
        }
    }
}
