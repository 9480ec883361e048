import Kit
import Policies
import Rules

/// The sentences of `nudged demo` in both languages. Codes (outcomes, rules, fields, channels) are the same in both.
package struct DemoWording {
    private let say: Phrases

    package init(language: Language) { say = Phrases(language: language) }

    // MARK: around the report

    package func opening(members: Int, rules: Int, from: LocalDate, days: Int) -> String {
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

    package func total(reached: Int, others: Int) -> String {
        say(
            "In all: \(reached) messages and tasks; \(others) times the answer was no, each with its reason.",
            "合计：发出 \(reached) 条消息和任务；另有 \(others) 次没有发，每次都有原因。")
    }

    package func closing(program: String) -> String {
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

    package func inventing(_ members: Int) -> String { say("inventing \(members) members", "正在虚构 \(members) 位会员") }
    package func storing(_ members: Int) -> String { say("storing \(members) members", "正在写入 \(members) 位会员") }
    package func running(_ days: Int) -> String { say("running \(days) days", "正在运行 \(days) 天") }

    // MARK: in the report

    package func outcome(_ outcome: Outcome) -> String { outcome.word(in: say.language) }
    package var nothing: String { say("nothing was due", "没有到期的") }
    package var coupon: String { say("coupon", "券") }
    package func otherReasons(_ count: Int) -> String { say("\(count) other reasons", "另外 \(count) 种原因") }
    package func task(title: String) -> String { say("task for the staff: \(title)", "派给员工的任务：\(title)") }

    /// What the lines of one outcome have in common: the channel of a message, else the reason.
    package func reason(_ line: Decision) -> String {
        if let message = line.message { return say("by \(message.channel)", "通过 \(message.channel)") }
        return line.because.map { ReasonWording(say: say, form: .heading, tried: line.tried).words($0, in: line.zone) }
            ?? ""
    }
}
