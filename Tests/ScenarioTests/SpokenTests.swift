import Foundation
import Testing

/// The language of everything that commands print, and that nothing else depends on it.
@Suite("Commands in two languages")
struct SpokenTests {
    private static let commands: [String] = {
        let top = (try? Scratch().run("nudged --help"))?.printed ?? []
        let names = SpokenTests.subcommands(top)
        return names.flatMap { name in
            let own = (try? Scratch().run("nudged \(name) --help"))?.printed ?? []
            return [name] + SpokenTests.subcommands(own).map { "\(name) \($0)" }
        }
    }()

    /// The names below `SUBCOMMANDS:`.
    private static func subcommands(_ help: [String]) -> [String] {
        help.drop { $0 != "SUBCOMMANDS:" }.compactMap { line in
            line.firstMatch(of: /^ {2}([a-z][a-z-]*)( |$)/).map { String($0.1) }
        }
    }

    private static func isHan(_ text: some StringProtocol) -> Bool {
        text.unicodeScalars.contains { (0x3000...0x9FFF).contains($0.value) || (0xFF00...0xFFEF).contains($0.value) }
    }

    @Test("the help of every command is found by its own list of commands")
    func list() { #expect(SpokenTests.commands.count > 25, "\(SpokenTests.commands)") }

    @Test("every sentence of every help is Chinese under --lang zh-CN", arguments: [""] + commands)
    func chineseHelp(command: String) throws {
        let help = try Scratch().run("nudged \(command) --help --lang zh-CN")
        #expect(help.status == 0)
        for sentence in SpokenTests.sentences(help.printed) where !SpokenTests.isHan(sentence) {
            #expect(SpokenTests.isCode(sentence), "\(command): \(sentence)")
        }
        #expect(help.printed.allSatisfy { !$0.hasPrefix("OVERVIEW") && !$0.hasSuffix("S:") }, "\(help.printed)")
    }

    /// The lines as they were before they were broken for the terminal: an indented line under a sentence goes on with it.
    private static func sentences(_ lines: [String]) -> [String] {
        var sentences: [String] = []
        for line in lines where !line.isEmpty {
            let indent = line.prefix { $0 == " " }.count
            if indent >= 20, !sentences.isEmpty {
                sentences[sentences.count - 1] += line
            } else {
                sentences.append(line)
            }
        }
        return sentences
    }

    /// Examples of commands that need no explanation.
    private static func isCode(_ line: String) -> Bool {
        line.hasPrefix("  nudged ") || line.hasPrefix("  grep ") || line.hasPrefix("  echo ")
    }

    @Test("no help has Chinese in it in English", arguments: [""] + commands)
    func englishHelp(command: String) throws {
        let help = try Scratch().run("LANG=zh_CN.UTF-8 nudged \(command) --help --lang en")
        #expect(help.status == 0)
        #expect(help.printed.filter(SpokenTests.isHan) == [])
        #expect(try Scratch().run("nudged \(command) --help").printed == help.printed)
    }

    @Test("no line of a Chinese help is wider than the terminal, but for code and the synopsis", arguments: commands)
    func width(command: String) throws {
        for line in try Scratch().run("nudged \(command) --help --lang zh-CN").printed where !line.hasPrefix("用法：") {
            let columns = line.unicodeScalars.reduce(0) { $0 + (SpokenTests.isHan(String($1)) ? 2 : 1) }
            #expect(columns <= 80 || SpokenTests.isCode(line), "\(line)")
        }
    }

    struct Slip: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var status: Int32
        var english: String
        var chinese: String
        init(_ command: String, _ status: Int32, _ english: String, _ chinese: String) {
            (testDescription, self.status, self.english, self.chinese) = (command, status, english, chinese)
        }
    }

    @Test(
        "what the parser says of a slip",
        arguments: [
            Slip("chekc", 64, "there is no command `chekc`; did you mean `check`?", "没有命令 `chekc`；是不是 `check`？"),
            Slip(
                "check --deyn warnings", 64, "Unknown option '--deyn'. Did you mean '--deny'?",
                "没有选项 --deyn；是不是 --deny？"),
            Slip("check -x", 64, "Unknown option '-x'", "没有选项 -x"),
            Slip(
                "check --nope", 64, "Unknown option '--nope'; there are --config, --store, --format, --deny, --quiet",
                "没有选项 --nope；可用的有"),
            Slip(
                "report --from=2026-01-01", 64, "Unknown option '--from'. Did you mean '--since'?",
                "没有选项 --from；是不是 --since？"),
            Slip(
                "members shwo", 64, "`members` has no command `shwo`; did you mean `show`?",
                "`members` 没有子命令 `shwo`；是不是 `show`？"),
            Slip(
                "keys lst", 64, "`keys` has no command `lst`; did you mean `list`?", "`keys` 没有子命令 `lst`；是不是 `list`？"),
            Slip(
                "keys nothing", 64, "`keys` has no command `nothing`; there are add, list, revoke",
                "`keys` 没有子命令 `nothing`；可用的有 add、list、revoke"),
            Slip(
                "audit hold", 64, "`audit` has no command `hold`; did you mean `--action hold`?",
                "`audit` 没有子命令 `hold`；是不是 `--action hold`？"),
            Slip(
                "report birthday-gift", 64,
                "Unexpected argument 'birthday-gift'; did you mean `--rule birthday-gift`?",
                "多余的参数 birthday-gift；是不是 `--rule birthday-gift`？"),
            Slip("tasks escalate --to ' '", 64, "say who: --to a person or role", "请写明转给谁：--to 人或岗位"),
            Slip("apply", 64, "Missing expected argument '<file>'", "缺少参数 <file>"),
            Slip("apply a b", 64, "Unexpected argument 'b'", "多余的参数 b"),
            Slip("apply a b c", 64, "2 unexpected arguments: 'b', 'c'", "有 2 个多余的参数：'b', 'c'"),
            Slip("tick --at", 64, "Missing value for '--at <at>'", "--at <at> 缺少值"),
            Slip(
                "plan --format xml", 64, "Please provide one of 'text', 'json' or 'markdown'",
                "--format <format> 的值 xml 无效；请写 'text', 'json' 或 'markdown'"),
            Slip("check --format xml", 64, "Please provide one of the following:", "请写下列之一："),
            Slip(
                "plan --sample many", 64, "The value 'many' is invalid for '--sample <sample>'",
                "--sample <sample> 的值 many 无效"),
            Slip(
                "hold --all=yes --reason x", 64, "does not take any value, but 'yes' was specified",
                "选项 --all 不带值，却写了 yes"),
            Slip("hold", 64, "give one of --all, --rule R, --channel C, or --list", "其中之一"),
            Slip("explain --rule a --member b", 64, "give either --at T or --since T", "--at 和 --since 要写且只写一个"),
        ])
    func parser(slip: Slip) throws { try check(slip, in: try Scratch()) }

    @Test("a misspelt command is answered with the nearest behind `--lang` too")
    func commandBehindLanguage() throws {
        for lang in ["--lang zh-CN", "--lang=zh-CN"] {
            let run = try Scratch().run("nudged \(lang) chekc")
            #expect(run.status == 64 && run.printed.first == "错误：没有命令 `chekc`；是不是 `check`？", "\(run.printed)")
        }
    }

    private func check(_ slip: Slip, in scratch: Scratch) throws {
        let english = try scratch.run("nudged \(slip.testDescription)")
        let chinese = try scratch.run("LANG=zh_CN.UTF-8 nudged \(slip.testDescription)")
        #expect(english.status == slip.status && chinese.status == slip.status, "\(english) \(chinese)")
        #expect(english.printed.contains { $0.contains(slip.english) }, "\(english.printed)")
        #expect(english.printed.filter(SpokenTests.isHan) == [])
        #expect(chinese.printed.joined().contains(slip.chinese), "\(chinese.printed)")
        #expect(chinese.printed.first.map(SpokenTests.isHan) == true, "\(chinese.printed)")
    }

    @Test(
        "what commands say of a store, a config or a name that is wrong",
        arguments: [
            Slip("verify --store sqlite:none.db", 2, "there is no store at", "处没有数据库"),
            Slip("verify --store mysql:x", 2, "is not a store this version can open", "本版本打不开 `mysql:x`"),
            Slip("verify --store sqlite:empty/", 2, "is not a file; there is no store", "不是文件，没有数据库"),
            Slip(
                "hold --list --store sqlite:members.csv", 2, "members.csv is a CSV file, not a store",
                "members.csv 是 CSV 文件，不是数据库"),
            Slip("verify --store sqlite:members.csv", 2, "members.csv is a CSV file, not a store", "是 CSV 文件，不是数据库"),
            Slip("restore members.csv", 2, "members.csv is a CSV file, not a store", "是 CSV 文件，不是数据库"),
            Slip("deliveries --store sqlite:older.db", 2, "this is no store of this version", "数据库不是本版本的"),
            Slip("deliveries --store sqlite:newer.db", 2, "was written by a newer nudged", "由更新版本的 nudged 写入"),
            Slip("hold --list --config none.yaml", 78, "none.yaml: cannot be read", "none.yaml：读不了"),
            Slip("hold --list --config broken.yaml", 78, "is not usable; nothing was started", "不能用，没有启动任何东西"),
            Slip(
                "run --config secret.yaml", 78, "environment variable NO_SUCH_SECRET is not set",
                "环境变量 NO_SUCH_SECRET 没有设置"),
            Slip("check nowhere", 2, "nowhere: there is no such file or directory", "nowhere：没有这个文件或目录"),
            Slip("check empty", 2, "no YAML files here; `nudged init DIR`", "没有 YAML 文件；`nudged init DIR`"),
            Slip("fmt empty", 2, "empty: there are no YAML files here", "empty：这里没有 YAML 文件"),
            Slip("test empty", 2, "there are no test files here", "这里没有测试文件"),
            Slip("apply members.csv", 1, "this is no plan", "不是计划文件"),
            Slip("tick --at soon", 64, "--at `soon` is not a time", "--at `soon` 不是时间"),
            Slip(
                "dry-run --store sqlite:nudged.db --at 2026-03-07 --until 9999-12-31", 64,
                "--until `9999-12-31` lies outside the years 1900 to 2100", "--until `9999-12-31` 不在 1900 年到 2100 年之间"),
            Slip(
                "dry-run --store sqlite:nudged.db --at 2026-03-07 --until 2036-03-08", 64,
                "the window is longer than ten years", "时间范围超过十年"),
            Slip(
                "explain --rule birthday-gift --member m1 --since 2010-01-01", 64, "within ten years of --since",
                "--since 之后十年以内"),
            Slip(
                "explain --rule birthday-gift --member m1 --at 2101-01-01", 64, "--at `2101-01-01` lies", "不在 1900 年到"),
            Slip("tick --at 9999-12-31", 64, "--at `9999-12-31` lies outside", "--at `9999-12-31` 不在"),
            Slip("plan --at 0001-01-01", 64, "--at `0001-01-01` lies outside", "--at `0001-01-01` 不在"),
            Slip("fields membre", 64, "did you mean `member`?", "没有 `membre` 的字段；是不是 `member`？"),
            Slip("fields tier", 64, "no fields of `tier`; did you mean `member`?", "没有 `tier` 的字段；是不是 `member`？"),
            Slip(
                "hold --list --config empty", 78, "empty is a folder without a nudged.yaml",
                "empty 是目录，里面没有 nudged.yaml"),
            Slip("status --config .", 78, ". is a folder; give the file: --config ./nudged.yaml", ". 是目录；请写文件"),
            Slip("check --config .", 78, ". is a folder; give the file: --config ./nudged.yaml", ". 是目录；请写文件"),
            Slip("doctor --config .", 78, ". is a folder; give the file: --config ./nudged.yaml", ". 是目录；请写文件"),
            Slip(
                "report --since 2026-12-02 --until 2026-12-01", 64,
                "--until (2026-12-01T00:00:00+08:00) is not after --since (2026-12-02T00:00:00+08:00)",
                "--until（2026-12-01T00:00:00+08:00）不晚于 --since"),
            Slip("code R2O1", 64, "there is no code `R2O1`", "没有编号 `R2O1`"),
            Slip(
                "schema --print ruels", 64, "there is no schema `ruels`; did you mean `rules`?",
                "没有模式文件 `ruels`；是不是 `rules`？"),
            Slip("hold --rule birthday-gfit --reason x", 64, "did you mean `birthday-gift`?", "是不是 `birthday-gift`？"),
            Slip(
                "explain --rule birthday-gfit --member m1 --at 2026-03-07", 64, "there is no rule `birthday-gfit`",
                "没有规则 `birthday-gfit`；是不是 `birthday-gift`？"),
            Slip("explain --rule birthday-gift --member m2 --at 2026-03-07", 2, "there is no member `m2`", "没有会员 `m2`"),
            Slip(
                "dry-run --store sqlite:nudged.db --at 2026-03-07 --member m2", 2,
                "there is no member `m2`; did you mean `m1`?",
                "没有会员 `m2`；是不是 `m1`？"),
            Slip("import members none.csv", 2, "there is no file none.csv", "找不到文件 none.csv"),
            Slip("deliveries show 7", 2, "there is no delivery 7", "没有投递 7"),
            Slip("tasks done r m o", 2, "there is no open task of r for m on o", "没有规则 r 的未完成任务"),
            Slip("init .", 2, "nothing was written: these files are there already", "没有写入任何内容"),
        ])
    func operators(slip: Slip) throws {
        let scratch = try SpokenTests.workspace()
        try check(slip, in: scratch)
    }

    private static func workspace() throws -> Scratch {
        let scratch = try Scratch()
        try scratch.write("id,phone,status\nm1,13800000001,active\n", to: "members.csv")
        _ = try scratch.run("nudged init . && mkdir empty && nudged import members members.csv")
        try scratch.write("version: 1\nstore: 7\n", to: "broken.yaml")
        try scratch.write(
            """
            version: 1
            store: {url: "sqlite:nudged.db"}
            channels: {sms: {type: kannel, url: "http://127.0.0.1:1/x", username: u, password: {env: NO_SUCH_SECRET}}}
            """, to: "secret.yaml")
        let steps = [
            (
                "older.db",
                "DELETE FROM grdb_migrations WHERE identifier = (SELECT MAX(identifier) FROM grdb_migrations)"
            ),
            ("newer.db", "INSERT INTO grdb_migrations VALUES ('v999')"),
        ]
        for (name, statement) in steps {
            let python =
                "import sqlite3; db = sqlite3.connect('\(name)'); db.execute(\"\"\"\(statement)\"\"\"); db.commit()"
            try scratch.write(python, to: "change.py")
            _ = try scratch.run("cp nudged.db \(name) && python3 change.py")
        }
        return scratch
    }

    @Test("a command that needs a store says so where there is none")
    func noStore() throws {
        try check(
            Slip("verify", 2, "no store is named: there is no ./nudged.yaml", "没有指明数据库：当前目录没有 nudged.yaml"),
            in: try Scratch())
    }

    @Test("--lang wins over --config, that over ./nudged.yaml, and that over the locale")
    func precedence() throws {
        let scratch = try SpokenTests.workspace()
        try scratch.write("version: 1\nlang: zh-CN\nstore: {url: \"sqlite:nudged.db\"}\n", to: "zh.yaml")
        func says(_ command: String) throws -> String { try scratch.run(command).printed.last ?? "" }
        let (english, chinese) = ("nothing is held", "没有任何暂停")
        #expect(try says("nudged hold --list") == english)
        #expect(try says("LC_ALL=zh_CN.UTF-8 LANG=C nudged hold --list") == chinese)
        #expect(try says("LC_ALL=C LANG=zh_CN.UTF-8 nudged hold --list") == english)
        #expect(try says("LC_ALL=zh_CN.GBK nudged hold --list") == english)
        #expect(try says("LC_ALL=zh_CN.GBK nudged hold --list --lang zh") == chinese)
        #expect(try says("nudged hold --list --lang cn") == chinese)
        #expect(try says("nudged hold --list --config zh.yaml") == chinese)
        #expect(try says("nudged hold --list --config=zh.yaml --lang=en") == english)
        #expect(try says("nudged --lang zh-CN hold --list") == chinese)
        _ = try scratch.run("mv zh.yaml nudged.yaml")
        #expect(try says("LANG=C nudged hold --list") == chinese)
    }

    @Test("in Chinese what became of people, consents and rules is said in Chinese")
    func storedWords() throws {
        let scratch = try SpokenTests.workspace()
        func lines(_ command: String) throws -> [String] { try scratch.run("nudged \(command) --lang zh-CN").printed }
        let dry = try lines("dry-run --fixtures rules/fixtures/members.yaml --at 2026-03-07")
        #expect(dry.contains("2026-03-07 09:30  birthday-gift  notier  跳过，因为 member.tier 缺失"), "\(dry)")
        #expect(dry.contains { $0.contains("  zhao  已发送，") && $0.hasSuffix("（sms：没有地址）") }, "\(dry)")
        #expect(dry.last == "共 3 个结果：已发送 2、跳过 1")
        try scratch.write("member_id,channel,state,at\nm1,sms,granted,2026-01-01\n", to: "consents.csv")
        _ = try scratch.run("nudged import consents consents.csv && nudged tick --at \"$(date -u +%FT%TZ)\"")
        #expect(try lines("consents list m1").contains { $0.hasPrefix("  sms  营销  同意  2026-01-01") })
        #expect(try lines("members show m1").contains("  状态：正常"))
        #expect(try lines("status").contains { $0.contains("32 draft (草稿)、6 live (生效)") })
    }

    @Test("a config that comes from a pipe is read once, by the command")
    func piped() throws {
        let scratch = try SpokenTests.workspace()
        let run = try scratch.run("cat nudged.yaml | nudged fmt --check --config /dev/stdin rules")
        #expect(run.status == 0 && run.printed == [], "\(run.printed)")
    }

    @Test(
        "JSON is the same in both languages",
        arguments: [
            "verify --json", "check --format json", "check --format short", "hold --list --json",
            "dry-run --fixtures rules/fixtures/members.yaml --at 2026-03-07 --format ndjson",
        ])
    func sameJSON(command: String) throws {
        let scratch = try SpokenTests.workspace()
        _ = try scratch.run("nudged hold --all --reason x")
        let (english, chinese) = (
            try scratch.run("nudged \(command)"), try scratch.run("LANG=zh_CN.UTF-8 nudged \(command)")
        )
        #expect(english.status == chinese.status && english.printed == chinese.printed && !english.printed.isEmpty)
    }
}
