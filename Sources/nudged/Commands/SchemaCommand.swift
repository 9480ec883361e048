import Config
import Review
import Kit
import ArgumentParser
import Foundation
import Rules

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Write the JSON Schemas that editors complete and check by.",
        discussion: """
            The first line of each file names its schema, so that an editor with a YAML language server shows keys,
            values and mistakes while typing.

            EXAMPLES
              nudged schema                              writes .nudged/*.v1.schema.json
              nudged schema --with-rules rules           and lets them know the shop's own tiers, templates, …
              nudged schema --with-store --config nudged.yaml    the same for a workspace, with its channels
              nudged schema --print rules                one of them, on standard output
              nudged schema --reference                  every key of every file, as a page in Markdown

            EXIT 0 done, 1 a rule file cannot be read, 2 could not run
            """)

    @Option(help: "Where the schemas go.")
    var out = ".nudged"
    @Option(help: "Print one schema instead: \(SchemaKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var print: String?
    @Flag(help: "Print the reference page of the language instead.")
    var reference = false
    @Option(help: "A rule set whose own tiers, templates, coupons, segments and fields become enumerations.")
    var withRules: String?
    @Flag(help: "The same with the rule set and the channels of the workspace.")
    var withStore = false
    @Option(help: "The operators' file for --with-store (default ./nudged.yaml).")
    var config: String?

    func validate() throws {
        guard !reference || (print == nil && !withStore && withRules == nil && config == nil) else {
            throw ValidationError("--reference stands alone")
        }
    }

    func run() throws {
        if reference {
            FileHandle.standardOutput.write(Data(RuleReference.text.utf8))
            return
        }
        let shop = try shop()
        if let print {
            guard let kind = SchemaKind(rawValue: print) else {
                let known = SchemaKind.allCases.map(\.rawValue)
                let hint = Suggestion.nearest(to: print, among: known).map { "; did you mean `\($0)`?" } ?? ""
                throw Failure(.usage, "there is no schema `\(print)`\(hint) (\(known.joined(separator: ", ")))")
            }
            FileHandle.standardOutput.write(Data(kind.text(for: shop).utf8))
            return
        }
        for kind in SchemaKind.allCases { try write(kind.text(for: shop), kind.fileName) }
    }

    /// Nil for the published schemas, which know no shop.
    private func shop() throws -> Shop? {
        guard withStore || withRules != nil else {
            if config != nil { throw Failure(.usage, "--config goes with --with-store") }
            return nil
        }
        let config = withStore ? try ConfigFile.read(config ?? StoreOptions.standardConfig) : nil
        let directory = withRules ?? config?.rulesDir ?? "rules"
        do {
            let files = try RuleSetLoader.yamlFiles(under: directory).map(RuleSetLoader.read)
            if let broken = files.first(where: { !$0.isWhole }) {
                throw Failure(
                    .findings,
                    "\(broken.path): cannot be read as a whole, so the shop's names are not known; "
                        + "`nudged check \(directory)` says why. Nothing was written.")
            }
            return Shop(files: files, channels: config?.channelDeclarations)
        } catch let refusal as RuleSetLoader.Refusal {
            throw Failure(.couldNotRun, refusal.description)
        }
    }

    private func write(_ text: String, _ name: String) throws {
        let folder = URL(filePath: out)
        let file = folder.appending(path: name)
        let path = out.hasSuffix("/") ? out + name : "\(out)/\(name)"
        if (try? Data(contentsOf: file)) == Data(text.utf8) {
            Console.print("same   \(path)")
            return
        }
        try OwnFile.requireReplaceable(path, as: ("a schema of nudged", "nudged 的模式文件"), isOwn: SchemaKind.isOne)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file, options: .atomic)
        } catch {
            throw Failure(.couldNotRun, "\(path): cannot be written; check that the folder exists and its permissions")
        }
        Console.print("wrote  \(path)")
    }
}
