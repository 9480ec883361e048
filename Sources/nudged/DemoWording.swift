import Kit
import Policies
import Rules

/// The sentences of `nudged demo` in both languages. Codes (outcomes, rules, fields, channels) are the same in both.
struct DemoWording {
    let language: Language

    private func say(_ english: String, _ chinese: String) -> String { language == .chinese ? chinese : english }

    // MARK: around the report

    func opening(members: Int, rules: Int, from: LocalDate, days: Int) -> String {
        let until = from.adding(days: days - 1).text
        return say(
            """
            An invented department store: \(members) members with a year of history, \(rules) example rules.
            The clock runs from \(from.text) through \(until) at full speed. Nothing leaves this machine.

            """,
            """
            一家虚构的百货店：\(members) 位会员、一年的消费记录、\(rules) 条示例规则。
            时钟从 \(from.text) 快进到 \(until)。不会真的发出任何消息。

            """)
    }

    func total(reached: Int, others: Int) -> String {
        say(
            "In all: \(reached) messages and tasks; \(others) times the answer was no, each with its reason.",
            "合计：发出 \(reached) 条消息和任务；另有 \(others) 次没有发，每次都有原因。")
    }

    func closing(program: String) -> String {
        return say(
            """

            Next
              \(program) init shop
                  these rules as files of your own, with comments
              \(program) check shop
                  findings with file, line and remedy: change a word and see
              \(program) dry-run shop/rules --fixtures shop/rules/fixtures/members.yaml --at 2026-03-07
                  who gets what on a day that you choose
            """,
            """

            接下来
              \(program) init shop
                  把这些带注释的规则写到您自己的目录
              \(program) check shop --lang zh-CN
                  检查规则：改一个字试试，会指出文件、行和改法
              \(program) dry-run shop/rules --fixtures shop/rules/fixtures/members.yaml --at 2026-03-07
                  在您选的日子里，谁会收到什么
            """)
    }

    func inventing(_ members: Int) -> String { say("inventing \(members) members", "正在虚构 \(members) 位会员") }
    func storing(_ members: Int) -> String { say("storing \(members) members", "正在写入 \(members) 位会员") }
    func running(_ days: Int) -> String { say("running \(days) days", "正在运行 \(days) 天") }

    // MARK: in the report

    var nothing: String { say("nothing was due", "没有到期的") }
    var coupon: String { say("coupon", "券") }
    func otherReasons(_ count: Int) -> String { say("\(count) other reasons", "另外 \(count) 种原因") }
    func task(title: String) -> String { say("task for the staff: \(title)", "派给员工的任务：\(title)") }

    /// What lines of one outcome have in common: the channel of a message, else the reason.
    func reason(_ line: Decision) -> String {
        if let message = line.message { return say("by \(message.channel)", "通过 \(message.channel)") }
        if line.outcome == .held { return say("for the end of quiet hours, then decided anew", "等免打扰结束后重新判断") }
        guard let because = line.because else { return "" }
        return because.inWords(self.say, obstacles: line.tried.map { "\($0.channel): \($0.obstacle.rawValue)" })
    }
}

extension Reason {
    fileprivate func inWords(_ say: (String, String) -> String, obstacles: [String]) -> String {
        switch self {
        case .passed: return say("the date was over", "日子已过")
        case .late: return say("too late by then", "补发已超过时限")
        case .condition(let field, nil): return say("\(field) is missing", "\(field) 没有值")
        case .condition(let field, _): return say("\(field) is not what the rule asks for", "\(field) 不符合条件")
        case .history(let event, _): return say("its \(event) events do not fit", "\(event) 的记录不符合条件")
        case .audience: return say("not in the audience", "不在目标人群")
        case .chooseNone: return say("no branch applies", "没有适用的分支")
        case .personalisation: return say("declined personal messages", "会员不接受个性化")
        case .unreachable:
            let list = obstacles.joined(separator: ", ")
            return say("cannot be reached (\(list))", "没有可用渠道（\(list)）")
        case .quietHours: return say("quiet hours", "免打扰时段")
        case .limit(let kind): return say("the rule's own limit, \(kind)", "规则自己的次数上限 \(kind)")
        case .cap(let text): return say("the shop's frequency cap, \(text)", "全店频次上限 \(text)")
        case .holdout(let key): return say("kept silent on purpose, holdout \(key)", "对照组 \(key)，有意不发")
        case .couponStock(let template): return say("no \(template) coupon is left", "券 \(template) 已发完")
        case .template(let value): return say("the text lacks \(value)", "文案缺少 \(value)")
        case .field(let name): return say("\(name) cannot be read", "读不出 \(name)")
        case .recommendEmpty: return say("nothing to recommend", "没有可推荐的商品")
        case .unless(let event): return say("\(event) came first", "先发生了 \(event)")
        case .anchor(let event): return say("it no longer applies, \(event)", "事由已消失 \(event)")
        case .superseded: return say("a newer one took its place", "被新的一次取代")
        case .message: return say("the message before it never left", "前一条消息没有发出")
        }
    }
}
