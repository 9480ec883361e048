import Kit
import ArgumentParser
import Rules

struct CodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "code",
        abstract: "What the code of a finding means, with a wrong and a right example.",
        discussion: """
            EXAMPLES
              nudged code R201                  one page
              nudged code R201 --lang zh-CN     the same in Chinese
              nudged code                       all codes
            """)

    @Argument(help: "Such as R201 or T002.")
    var code: String?
    @Option(name: .customLong("lang"), help: "en or zh-CN (default: `lang` of nudged.yaml, else the locale's).")
    var spoken: Language?

    private var lang: Language { Spoken.language(spoken) }

    func run() throws {
        guard let code else {
            for page in FindingPages.all { Console.print("\(page.code)  \(page.title.text(lang))") }
            return
        }
        guard let page = FindingPages.page(code) else {
            let hint = FindingPages.nearest(to: code).map { "; did you mean `\($0)`?" } ?? ""
            throw Failure(.usage, "there is no code `\(code)`\(hint)\n`nudged code` lists all of them")
        }
        Console.print(page.text(lang))
    }
}
