import Channels
import Config
import Kit
import Rules

/// The files of a new workspace (product §3): the operators' file beside marketing's folder.
struct InitWorkspace {
    struct File {
        /// Relative to the workspace.
        let path: String
        let text: String
    }

    let language: Language

    var files: [File] {
        [File(path: "nudged.yaml", text: config), File(path: ".gitignore", text: ignored)]
            + ExampleRules.files.map { File(path: "rules/\($0.path)", text: $0.text) }
            + SchemaKind.allCases.map { File(path: ".nudged/\($0.fileName)", text: $0.text()) }
    }

    private var config: String { language == .chinese ? Self.chineseConfig : Self.englishConfig }

    private static func samples(_ language: Language) -> String {
        Adapters.all.compactMap { $0.sample?.text(language) }.joined(separator: "\n")
    }

    private let ignored = """
        nudged.db
        nudged.db-*
        *.rejected.csv

        """

    private static let englishConfig = """
        # yaml-language-server: $schema=.nudged/nudged.v1.schema.json
        version: 1

        # The operators' file. What marketing decides (who, when, which text) is in rules/.
        # Relative paths start at this file.

        # Members, what they did, what was decided and what is owed to them: one SQLite file.
        # With `full` nothing that was acknowledged is lost in a power failure.
        store:
          url: "sqlite:nudged.db"
          durability: full

        rules_dir: rules

        # A key here is the name that rules use in `try`. `type: log` prints a message instead of sending it.
        \(samples(.english))
        channels:
          sms: {type: log}
          wechat: {type: log}
          push: {type: log}
          wecom: {type: log}

        # The daemon's own log; phone numbers and texts never appear in it.
        log: {level: info, format: text}

        # Who is told when something needs a person; try it with `nudged alerts test`.
        #   alerts: {command: /etc/nudged/alert.sh}   # and/or channel: staff, the robot of your colleagues' group

        # Sends under way at once: as many may be left unclear by a crash.
        limits: {max_inflight: 200}

        """

    private static let chineseConfig = """
        # yaml-language-server: $schema=.nudged/nudged.v1.schema.json
        version: 1

        # 运维的配置。发给谁、何时发、发什么由运营在 rules/ 里决定。
        # 相对路径从本文件所在目录算起。

        # 会员、行为、每次决定和待发消息都在这一个 SQLite 文件里。
        # full：断电也不丢失已确认的内容。
        store:
          url: "sqlite:nudged.db"
          durability: full

        rules_dir: rules

        # 这里的键就是规则 try 里写的渠道名。type: log 只打印，不发送。
        \(samples(.chinese))
        channels:
          sms: {type: log}
          wechat: {type: log}
          push: {type: log}
          wecom: {type: log}

        # 运行日志，不会出现手机号和消息内容。
        log: {level: info, format: text}

        # 有事需要人处理时通知谁；用 nudged alerts test 试一下。
        #   alerts: {command: /etc/nudged/alert.sh}   # 也可以写 channel: staff，同事群里的机器人

        # 同时进行的发送数：崩溃时最多有这么多条结果不明。
        limits: {max_inflight: 200}

        """
}
