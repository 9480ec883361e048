import ArgumentParser
import Foundation
import Kit
import Rules

/// The words of the argument parser itself, which knows English only: the frame around our help texts, and what it says
/// about slips. Its text is taken without line breaks of its own, translated line by line, and broken for the terminal.
/// A sentence that is not in the table stays as it is.
enum ParserWording {
    /// What the parser would print for the error.
    static func text(of error: any Error) -> String {
        let isChinese = Spoken.language == .chinese && !isForPrograms
        let text = Nudged.fullMessage(for: error, columns: isChinese ? 10_000 : nil)
        let message = Nudged.message(for: error)
        let named = ParserSlip(Array(CommandLine.arguments.dropFirst())).words(for: message)
            .map { text.replacing("Error: \(message)\n", with: $0 + "\n") }
        return isChinese ? chinese(named ?? text, columns: columns) : named ?? text
    }

    /// Scripts and JSON that the parser writes are read by shells and programs: a line break more would spoil them.
    private static var isForPrograms: Bool {
        CommandLine.arguments.contains {
            $0.hasPrefix("--generate-completion-script") || $0 == "--experimental-dump-help"
        }
    }

    /// 80 without a terminal, as the parser has it for English.
    private static var columns: Int { isatty(STDOUT_FILENO) == 1 ? Console.width : 80 }

    static func chinese(_ text: String, columns: Int) -> String {
        var isTable = false
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            if let heading = headings[String(line)] {
                isTable = true
                return heading
            }
            let text = isTable ? row(String(line)) : sentence(String(line))
            guard let indent = isTable ? labels : indent(of: text) else { return text }
            return Wrapping.wrapped(text, columns: columns, indent: indent)
        }.joined(separator: "\n")
    }

    /// Of the lines that follow: below the explanation of an example. Nil for what is not broken: an example alone, which
    /// people copy, and the synopsis, which is left to the terminal as it is in English.
    private static func indent(of line: String) -> Int? {
        let start = line.prefix { $0 == " " }.count
        if start == 0 { return line.hasPrefix("用法：") ? nil : 0 }
        return line.dropFirst(start).firstRange(of: /\ {2,}/).map { Columns.width(String(line[..<$0.upperBound])) }
    }

    private static let headings = ["ARGUMENTS:": "参数：", "OPTIONS:": "选项：", "SUBCOMMANDS:": "子命令："]
    private static let starts = [
        "OVERVIEW: ": "概述：", "USAGE: ": "用法：", "Usage: ": "用法：", "Error: ": "错误：", "Help:  ": "说明：",
    ]

    /// Columns of the names of options; their help begins after these.
    private static let labels = 26

    /// `  --rule <rule>  Only this rule. (default: x)`.
    private static func row(_ line: String) -> String {
        let whole = sentence(line)
        guard whole == line else { return whole }
        let label = line.prefix(labels)
        guard line.count > labels, label.last == " " else {
            return line.replacing(" (default)", with: "（默认）")
        }
        let help = values(sentence(String(line.dropFirst(labels))))
        return Columns.padded(trimmed(label.replacing(" (default)", with: "（默认）")), labels) + help
    }

    /// ` (values: a, b; default: c)` at the end of the help.
    private static func values(_ help: String) -> String {
        guard let match = help.firstMatch(of: /^(.*?) ?\((values|default): (.*)\)$/) else { return help }
        let rest = match.2 == "values" ? "可选值：" + match.3.replacing("; default: ", with: "；默认：") : "默认：" + match.3
        return match.1 + "（" + rest.replacing(", ", with: "、") + "）"
    }

    private static func sentence(_ line: String) -> String {
        for (english, chinese) in starts where line.hasPrefix(english) {
            return chinese + sentence(String(line.dropFirst(english.count)))
        }
        return sentences.lazy.compactMap { $0.translation(of: Array(line.utf8)) }.first ?? line
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        String(text.reversed().drop { $0 == " " }.reversed())
    }

    /// Shapes with more literal text come first.
    private static let sentences = table.map { SentenceShape($0.key, $0.value) }.sorted { $0.weight > $1.weight }

    private static let table = [
        "Show the version.": "显示版本。", "Show help information.": "显示本帮助。",
        "  See '{code}' for more information.": "  详细说明：{1}",
        "  See '{code}' for detailed help.": "  各子命令的说明：{1}",
        "Unknown option '{code}'": "没有选项 {1}",
        "Unknown option '{code}'. Did you mean '{code}'?": "没有选项 {1}；是不是 {2}？",
        "Missing value for '{code}'": "{1} 缺少值",
        "   or: Missing value for '{code}' in '{code}'": "   或者：{2} 里的 {1} 缺少值",
        "The option '{code}' does not take any value, but '{code}' was specified.": "选项 {1} 不带值，却写了 {2}",
        "Unexpected argument '{code}'": "多余的参数 {1}",
        "_ unexpected arguments: '{code}'": "有 {1} 个多余的参数：'{2}'",
        "Value to be set with flag '{code}' had already been set with flag '{code}'": "{1} 与前面的 {2} 只能写一个",
        "Missing expected argument '{code}'": "缺少参数 {1}",
        "Missing one of: '{code}'": "需要其中之一：'{1}'",
        "Missing required subcommand.": "缺少子命令",
        "The value '{code}' is invalid for '{code}'": "{2} 的值 {1} 无效",
        "The value '{code}' is invalid for '{code}'. Please provide one of '{code}' and '{code}'.":
            "{2} 的值 {1} 无效；请写 {3} 或 {4}",
        "The value '{code}' is invalid for '{code}'. Please provide one of '{code}' or '{code}'.":
            "{2} 的值 {1} 无效；请写 '{3}' 或 '{4}'",
        "The value '{code}' is invalid for '{code}'. Please provide one of '{code}'.": "{2} 的值 {1} 无效；只能写 {3}",
        "The value '{code}' is invalid for '{code}'. Please provide one of the following:":
            "{2} 的值 {1} 无效；请写下列之一：",
        "The value '{code}' is invalid for '{code}': {code}": "{2} 的值 {1} 无效：{3}",
        "Invalid option: {code}": "选项无效：{1}",
        "Can't autodetect a supported shell.": "认不出当前的 shell。",
        "Can't generate completion scripts for '{code}'.": "不支持为 {1} 生成补全脚本。",
        "Please use --generate-completion-script=<shell> with one of:": "请用 --generate-completion-script=<shell>，可选：",
    ]
}
