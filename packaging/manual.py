#!/usr/bin/env python3
"""The manual pages, out of the program itself.

    manual.py PROGRAM FOLDER

Writes man1/nudged.1, zh_CN/man1/nudged.1, man5/nudged.yaml.5 and man5/nudged-rules.5 below FOLDER. SOURCE_DATE_EPOCH is
their date.
"""
import datetime
import json
import os
import pathlib
import re
import sys
import tempfile

sys.dont_write_bytecode = True
from program import Program
from roff import Page, escaped, inline

# What a page of commands says around what the program says.
WORDING = {
    "en": {
        "title": "User Commands", "name": "NAME", "synopsis": "SYNOPSIS", "description": "DESCRIPTION",
        "commands": "COMMANDS", "common": "OPTIONS OF EVERY COMMAND", "exit": "EXIT STATUS",
        "environment": "ENVIRONMENT", "files": "FILES", "see": "SEE ALSO", "default": "Default: {}.",
        "values": "One of {}.",
        "words": "[--lang LANG] COMMAND [ARGUMENT …]", "parser": {},
        "exits": {
            "0": "Done.", "1": "Findings, or rejected rows.", "2": "Could not run.",
            "3": "explain: decided not to act.",
            "4": "plan --exit-code: there are changes.", "64": "Wrong usage.", "70": "A fault of the program itself.",
            "75": "Another daemon has the store; try again later.",
            "78": "Configuration, rules or the store were refused.",
        },
        "variables": {
            "LC_ALL, LANG": "The language of what commands print, where neither `--lang` nor nudged.yaml says one.",
            "NO_COLOR": "Nothing is printed in colours.",
            "TMPDIR": "Where copies of a store are made for a dry-run (default: /var/tmp).",
            "CREDENTIALS_DIRECTORY": "Where `{credential: NAME}` of nudged.yaml is read; systemd sets it.",
        },
        "paths": {
            "/etc/nudged/nudged.yaml": "The operators' file: nudged.yaml(5).",
            "/etc/nudged/rules/": "The rules in force: nudged-rules(5).",
            "/etc/nudged/credentials/": "Secrets, one to a file, for `LoadCredential=` of the unit.",
            "/var/lib/nudged/nudged.db": "The store, with nudged.db.mark beside it: they move together.",
            "/usr/share/doc/nudged/": "How to install and operate nudged, the example rules, every channel.",
        },
    },
    "zh-CN": {
        "title": "用户命令", "name": "名称", "synopsis": "概要", "description": "描述", "commands": "命令",
        "common": "每个命令都有的选项", "exit": "退出码", "environment": "环境变量", "files": "文件", "see": "另见",
        "default": "默认 {}。", "values": "可选值：{}。", "words": "[--lang 语言] 命令 [参数 …]",
        "parser": {"version": "显示版本。", "help": "显示本帮助。"},
        "exits": {
            "0": "完成。", "1": "有问题，或有被拒的行。", "2": "未能运行。", "3": "explain：决定不执行。",
            "4": "plan --exit-code：有改动。", "64": "用法错误。", "70": "程序自身的故障。",
            "75": "会员库正被另一个守护进程使用，请稍后再试。", "78": "配置、规则或数据库被拒绝。",
        },
        "variables": {
            "LC_ALL, LANG": "命令输出的语言；`--lang` 和 nudged.yaml 优先。",
            "NO_COLOR": "不用颜色。",
            "TMPDIR": "试运行时数据库副本放在哪里（默认 /var/tmp）。",
            "CREDENTIALS_DIRECTORY": "nudged.yaml 里 `{credential: 名字}` 从这里读；由 systemd 设置。",
        },
        "paths": {
            "/etc/nudged/nudged.yaml": "运维的配置文件，见 nudged.yaml(5)。",
            "/etc/nudged/rules/": "生效的规则，见 nudged-rules(5)。",
            "/etc/nudged/credentials/": "密钥，每个一个文件，供单元的 `LoadCredential=` 使用。",
            "/var/lib/nudged/nudged.db": "会员库；旁边的 nudged.db.mark 要与它一起移动。",
            "/usr/share/doc/nudged/": "安装与运维说明、示例规则、各个渠道。",
        },
    },
}
COMMON = {"lang", "version", "help"}


class CommandsPage:
    """nudged(1), in one of the two languages."""

    def __init__(self, program, language, date):
        self.words = WORDING[language]
        # Not strict: the parser's writer leaves some control characters of a text as they are.
        self.root = json.loads(program.says("--lang", language, "--experimental-dump-help"), strict=False)["command"]
        self.page = Page("NUDGED", 1, date, f"nudged {program.version}", self.words["title"])

    @property
    def rendered(self):
        page, words = self.page, self.words
        page.section(words["name"])
        page.text(f"nudged \\- {inline(self.root['abstract'].rstrip('.。'))}")
        page.section(words["synopsis"])
        page.text(f"\\fBnudged\\fR {escaped(words['words'])}")
        page.section(words["description"])
        page.discussion(self.root["discussion"])
        page.section(words["commands"])
        for command in self.root["subcommands"]:
            self.command(command, ["nudged"])
        page.section(words["common"])
        # The parser knows its own options in English only.
        self.options([
            {**one, "abstract": words["parser"].get(name(one), one["abstract"])} for one in self.root["arguments"]])
        self.table(words["exit"], words["exits"])
        self.table(words["environment"], words["variables"])
        self.table(words["files"], words["paths"])
        page.section(words["see"])
        page.text("\\fBnudged.yaml\\fR(5), \\fBnudged\\-rules\\fR(5), \\fBsystemctl\\fR(1)")
        return page.rendered

    def table(self, title, rows):
        self.page.section(title)
        for tag, sentence in rows.items():
            self.page.item(f"\\fB{escaped(tag)}\\fR", sentence)

    def command(self, command, above):
        """A command, and those below it. The parser's own `help` is known to everybody."""
        path = above + [command["commandName"]]
        if not command["shouldDisplay"] or path[-1] == "help":
            return
        own = [one for one in command.get("arguments", []) if one["shouldDisplay"] and name(one) not in COMMON]
        self.page.subsection(" ".join(path))
        self.page.paragraph(command["abstract"])
        if own or not command.get("subcommands"):
            self.page.add(".PP")
            self.page.text(f"\\fB{escaped(' '.join(path))}\\fR {' '.join(map(usage, own))}".rstrip())
        self.page.discussion(command.get("discussion", ""))
        self.options(own)
        for below in command.get("subcommands", []):
            self.command(below, path)

    def options(self, arguments):
        for one in arguments:
            value, values = one.get("defaultValue"), one.get("allValues")
            self.page.item(
                tag(one), one.get("abstract", ""), values and self.words["values"].format(", ".join(values)),
                value and self.words["default"].format(value))


def name(argument):
    return argument.get("preferredName", {}).get("name", argument["valueName"])


def spelled(spelling):
    return ("--" if spelling["kind"] == "long" else "-") + spelling["name"]


def value(argument):
    return "" if argument["kind"] == "flag" else f"\\fI{escaped(argument['valueName'])}\\fR"


def tag(argument):
    names = ", ".join(f"\\fB{escaped(spelled(one))}\\fR" for one in argument.get("names", []))
    return f"{names} {value(argument)}".strip()


def usage(argument):
    """An argument as the synopsis of its command has it."""
    words = value(argument)
    if argument["kind"] != "positional":
        words = f"\\fB{escaped(spelled(argument['preferredName']))}\\fR {words}".strip()
    words += " ..." if argument["isRepeating"] else ""
    return f"[{words}]" if argument["isOptional"] else words


class ReferencePages:
    """nudged.yaml(5) and nudged-rules(5), out of the page that `nudged schema --reference` prints.

    A line of a form that is not known here is an error, so that nothing is left out of the pages unnoticed.
    """

    ABOUT = {
        "nudged.yaml": (
            "configuration of the nudged daemon",
            "What operators decide: where the store is, which channels there are, who may call. What marketing decides "
            "stands in the rules, nudged-rules(5). The file is YAML; `nudged check --config FILE` reads it as the "
            "daemon does and names what is wrong with line and remedy. Relative paths start at the file. A secret is "
            "never written into it, but named: `{credential: NAME}`, `{file: /path}` or `{env: NAME}`."),
        "nudged-rules": (
            "rules, templates, segments, coupons and tests of nudged",
            "What marketing decides: who gets what, when, and in which words. The files are YAML; `nudged check` names "
            "every error with file, line and remedy, `nudged dry-run` shows who would get what, and `nudged test` runs "
            "the tests beside the rules on a virtual clock. `nudged init DIR` writes a commented example of each."),
    }
    PAGES = {"nudged.yaml": ["nudged.yaml"], "Channels": ["nudged.yaml", "nudged-rules"]}
    # What a cell of these columns is, is said before it; it comes after what the others say.
    NAMED = ["takes", "type", "address", "since", "example"]
    # Columns and halves of cells in the other language.
    CHINESE = re.compile("[\u4e00-\u9fff]")

    def __init__(self, reference, version, date):
        self.pages = {
            name: Page(name.upper(), 5, date, f"nudged {version}", "File Formats") for name in self.ABOUT}
        self.current = []
        self.columns = None
        for name, (brief, about) in self.ABOUT.items():
            page = self.pages[name]
            page.section("NAME")
            page.text(f"{escaped(name)} \\- {inline(brief)}")
            page.section("DESCRIPTION")
            page.text(inline(about))
            page.paragraph("A key that must be there is marked as required.")
        lines = reference.splitlines()
        start = next((index for index, line in enumerate(lines) if line.startswith("## ")), len(lines))
        for number, line in enumerate(lines[start:], start + 1):
            self.line(line, number)
        for page in self.pages.values():
            page.section("SEE ALSO")
            page.text("\\fBnudged\\fR(1), \\fBnudged.yaml\\fR(5), \\fBnudged\\-rules\\fR(5)")

    def line(self, line, number):
        is_row = line.startswith("|")
        if not is_row:
            self.columns = None
        if not line or line.startswith("<a id="):
            return
        if line.startswith("## "):
            title = line[3:]
            self.current = [self.pages[name] for name in self.PAGES.get(title, ["nudged-rules"])]
            self.each("section", title)
        elif line.startswith("### "):
            self.each("subsection", line[4:].replace("`", ""))
        elif is_row and self.columns is None:
            self.columns = cells(line)
        elif is_row and set(line) <= set("|- "):
            pass
        elif is_row:
            self.row(cells(line), number)
        elif line.startswith("- "):
            self.each("bullet", line[2:])
        elif re.match(r"(?!```)[A-Za-z`*]", line):
            self.each("paragraph", line)
        else:
            raise SystemExit(f"the reference, line {number}: packaging/manual.py knows no such line: {line[:60]}")

    def row(self, row, number):
        if len(row) != len(self.columns):
            raise SystemExit(f"the reference, line {number}: {len(row)} cells below {len(self.columns)} columns")
        tag, sentences = inline(row[0]), []
        if row[0].startswith("**"):
            tag += " (required)"
        for column, cell in zip(self.columns[1:], row[1:]):
            halves = cell.split(" · ")
            text = cell if len(halves) == 1 else " · ".join(half for half in halves if not self.CHINESE.search(half))
            if not text or self.CHINESE.search(column):
                continue
            is_named = column in self.NAMED
            sentences.append((is_named, f"{column.capitalize()}: {text}" if is_named else text))
        self.each("item", tag, *(text for _, text in sorted(sentences, key=lambda one: one[0])))

    def each(self, method, *arguments):
        for page in self.current:
            getattr(page, method)(*arguments)


def cells(line):
    """The cells of a row of a table. A bar inside of `code` belongs to its cell."""
    row, is_code = [""], False
    for sign in re.split(r"(\\\||[|`])", line.strip()[1:-1]):
        if sign == "`":
            is_code = not is_code
        if sign == "|" and not is_code:
            row.append("")
        else:
            row[-1] += "|" if sign == "\\|" else sign
    return [cell.strip() for cell in row]


def pages(program, date):
    """Path below the folder of manuals → the page."""
    reference = ReferencePages(program.says("--lang", "en", "schema", "--reference"), program.version, date)
    found = {f"man5/{name}.5": page.rendered for name, page in reference.pages.items()}
    for language, folder in [("en", "man1"), ("zh-CN", "zh_CN/man1")]:
        found[f"{folder}/nudged.1"] = CommandsPage(program, language, date).rendered
    return found


def main(arguments):
    if len(arguments) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 64
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or 0) or datetime.datetime.now().timestamp()
    date = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).date().isoformat()
    with tempfile.TemporaryDirectory() as scratch:
        for path, text in pages(Program(arguments[0], scratch), date).items():
            path = pathlib.Path(arguments[1]) / path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
