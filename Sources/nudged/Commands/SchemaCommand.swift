import Config
import Review
import Kit
import ArgumentParser
import Foundation
import Rules

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: .say(
            "Write the JSON Schemas that editors complete and check by.", "写出 JSON Schema，供编辑器补全和检查。"),
        discussion: .say(
            """
            The first line of each file names its schema, so that an editor with a YAML language server shows keys,
            values and mistakes while typing.

            EXAMPLES
              nudged schema                              writes .nudged/*.v1.schema.json
              nudged schema --with-rules rules           and lets them know the shop's own tiers, templates, …
              nudged schema --with-store --config nudged.yaml    the same for a workspace, with its channels
              nudged schema --print rules                one of them, on standard output
              nudged schema --reference                  every key of every file, as a page in Markdown

            EXIT 0 done, 1 a rule file cannot be read, 2 could not run
            """,
            """
            每个文件的第一行写着自己的模式文件，装了 YAML 语言服务的编辑器就能在输入时提示键和取值，并标出错误。

            示例
              nudged schema                              写出 .nudged/*.v1.schema.json
              nudged schema --with-rules rules           并收入本店自己的等级、模板等
              nudged schema --with-store --config nudged.yaml    同上，取自工作区，含渠道
              nudged schema --print rules                只把其中一个打印到标准输出
              nudged schema --reference                  全部文件的全部键，Markdown 格式

            退出码  0 完成，1 有规则文件读不了，2 未能运行
            """))

    @Option(help: .say("Where the schemas go.", "写到哪个目录。"))
    var out = ".nudged"
    @Option(
        help: .say(
            "Print one schema instead: \(SchemaKind.allCases.map(\.rawValue).joined(separator: ", ")).",
            "只打印其中一个：\(SchemaKind.allCases.map(\.rawValue).joined(separator: "、"))。"))
    var print: String?
    @Flag(help: .say("Print the reference page of the language instead.", "改为打印规则语言的参考页（英文）。"))
    var reference = false
    @Option(
        help: .say(
            "A rule set whose own tiers, templates, coupons, segments and fields become enumerations.",
            "规则目录：其中的等级、模板、优惠券、人群和字段写成可选值。"))
    var withRules: String?
    @Flag(
        help: .say(
            "The same with the rule set and the channels of the workspace.", "同上，取自工作区的规则集和渠道。"))
    var withStore = false
    @Option(
        help: .say(
            "The operators' file for --with-store (default ./nudged.yaml).",
            "与 --with-store 连用的配置文件（默认 ./nudged.yaml）。"))
    var config: String?
    @OptionGroup var language: LanguageOption

    func validate() throws {
        guard !reference || (print == nil && !withStore && withRules == nil && config == nil) else {
            throw ValidationError(.say("--reference stands alone", "--reference 要单独使用"))
        }
    }

    func run() throws {
        if reference {
            Console.print(RuleReference.text, end: "")
            return
        }
        let shop = try shop()
        if let print {
            guard let kind = SchemaKind(rawValue: print) else {
                let known = SchemaKind.allCases.map(\.rawValue)
                let hint = String.didYouMean(Suggestion.nearest(to: print, among: known))
                throw Failure(
                    .usage,
                    .say("there is no schema `\(print)`", "没有模式文件 `\(print)`") + hint
                        + .allOf(known))
            }
            Console.print(kind.text(for: shop), end: "")
            return
        }
        for kind in SchemaKind.allCases { try write(kind.text(for: shop), kind.fileName) }
    }

    /// Nil for the published schemas, which know no shop.
    private func shop() throws -> Shop? {
        guard withStore || withRules != nil else {
            if config != nil {
                throw Failure(.usage, .say("--config goes with --with-store", "--config 要与 --with-store 连用"))
            }
            return nil
        }
        let config = withStore ? try ConfigFile.read(config ?? StoreOptions.standardConfig) : nil
        let directory = withRules ?? config?.rulesDir ?? "rules"
        let files = try RuleSetLoader.yamlFiles(under: directory).map(RuleSetLoader.read)
        if let broken = files.first(where: { !$0.isWhole }) {
            throw Failure(
                .findings,
                .say(
                    "\(broken.path): cannot be read as a whole, so the shop's names are not known; "
                        + "`nudged check \(directory)` says why. Nothing was written.",
                    "\(broken.path)：读不完整，无从得知本店的名称；原因见 `nudged check \(directory)`。没有写入任何内容。"))
        }
        return Shop(files: files, channels: config?.channelDeclarations)
    }

    private func write(_ text: String, _ name: String) throws {
        let folder = URL(filePath: out)
        let file = folder.appending(path: name)
        let path = out.hasSuffix("/") ? out + name : "\(out)/\(name)"
        if (try? Data(contentsOf: file)) == Data(text.utf8) {
            Console.print(.say("same   \(path)", "未变  \(path)"))
            return
        }
        try OwnFile.requireReplaceable(
            path, as: Bilingual("a schema of nudged", "nudged 的模式文件"), isOwn: SchemaKind.isOne)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file, options: .atomic)
        } catch {
            throw Failure(
                .couldNotRun,
                .say(
                    "\(path): cannot be written; check that the folder exists and its permissions",
                    "\(path)：写不了；请检查目录是否存在、权限是否正确"))
        }
        Console.print(.say("wrote  \(path)", "写入  \(path)"))
    }
}
