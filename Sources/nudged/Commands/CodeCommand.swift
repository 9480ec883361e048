import Kit
import ArgumentParser
import Rules

struct CodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "code",
        abstract: .say(
            "What the code of a finding means, with a wrong and a right example.",
            "检查结果的编号是什么意思，附错误和正确的写法。"),
        discussion: .say(
            """
            EXAMPLES
              nudged code R201                  one page
              nudged code R201 --lang zh-CN     the same in Chinese
              nudged code                       all codes
            """,
            """
            示例
              nudged code R201                  一个编号
              nudged code R201 --lang en        同一页的英文
              nudged code                       全部编号
            """))

    @Argument(help: .say("Such as R201 or T002.", "例如 R201 或 T002。"))
    var code: String?
    @OptionGroup var language: LanguageOption

    func run() throws {
        guard let code else {
            for page in FindingPages.all { Console.print("\(page.code)  \(page.title.spoken)") }
            return
        }
        guard let page = FindingPages.page(code) else {
            let hint = String.didYouMean(FindingPages.nearest(to: code))
            throw Failure(
                .usage,
                .say(
                    "there is no code `\(code)`\(hint)\n`nudged code` lists all of them",
                    "没有编号 `\(code)`\(hint)\n`nudged code` 列出全部编号"))
        }
        Console.print(page.text(Spoken.language))
    }
}
