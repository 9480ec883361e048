#!/usr/bin/env python3
"""Chinese sentences of the program have full-width punctuation.

    punctuation.py [ROOT]           prints `path:line: text` for each half-width mark beside a Chinese character, exit 1
    punctuation.py --fix [ROOT]     writes full-width marks in their place: in Sources, and in Tests and docs where they
                                    repeat a sentence of the program

Only texts of string literals are looked at. Code in back quotes, examples of YAML, words that are compared with what
people type (`KEPT`), and marks between letters or digits (9:30, 1,000, a URL) stay as they are. A bracket takes its
partner with it; one blank behind or before a full-width mark goes, two stay, because they set off what is copied.
"""
import pathlib
import re
import sys
import unicodedata

sys.dont_write_bytecode = True
from swift_tokens import HOLE, _Reader

FULL = {",": "，", ":": "：", ";": "；", "?": "？", "!": "！", "(": "（", ")": "）"}
HAN = re.compile("[\u3000-\u9fff\uff00-\uffef]")
# Letters, and the marks and quotes of Chinese texts beside which a half-width mark is wrong as well.
WIDE = re.compile("[\u3000-\u9fff\uff00-\uffef“”]")
# Files whose literals are words that people type, or rows of another program's file.
KEPT_FILES = {
    "AttributeValue.swift", "BlockReader.swift", "ChineseKeys.swift", "ChineseCommas.swift", "Findings+values.swift",
    "SameWord.swift", "ScheduleReader.swift", "TestReader+slips.swift", "TestReader+values.swift", "Column.swift",
    "StaffListChannel.swift", "Rejection.swift", "Wrapping.swift",
}
# Tests whose literals are rows of such files, or slips as people type them.
KEPT_TESTS = {"StaffListTests.swift", "SafeMeansSafeTests.swift"}
# Sentences that the program puts together from parts.
COMPOSED = {
    ("要日期", ",", "这里是"), ("右移两列", ",", "与"), ("条消息", ",", "涉及"), ("留存的数据", ":", ""), ("免打扰时段", ",", "到"),
    ("成立", ",", "值是"),
}
# What stands before a separator of its own: `没有发送`, behind which the reason follows.
HEADS = {"OutcomeWording.swift", "ExplainReport.swift", "ConditionWording.swift", "TestReason.swift", "Phrases.swift"}
# qa-tools §3.3 prints these as they stand.
KEPT = {"您是不是想写 `{1}`?({2};{3})"}
KEPT_LINES = re.compile(r"您是不是想写 `[^`]*`\?\([^;()]*;[^()]*\)")
LABELS = ("建议: ", "说明: ", "修复: ")
# A line of a finding: its sentence, a label under the excerpt, a help.
FINDING = re.compile(r"(?:错误|警告)\[| *= |[ 0-9]*\|[ ]*[\^-]")
# A line of a dry-run, an explanation or a plan on a Chinese page.
OUTCOME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d  |  (?:何时|最近|如果|条件|渠道) |[+~!] ")
# Marks between two numbers, where the program writes a full-width one.
NUMBERS = [
    (re.compile(r"(规则版本 \d+),(?=[a-z])"), r"\1，"), (re.compile(r"(  最近 +如果 [^:]* 是 [^ :]+):(?=[a-z])"), r"\1："),
    (re.compile(r"(首次 [-\d]+ [\d:]+),(\d+ 人),"), r"\1，\2，"),
    (re.compile(r"(条数[:：][\d →]+),(?=[\d.]+ → )"), r"\1，"),
]
# Literals that are YAML, or show some: a key, its colon and a blank, a flow block, a list.
YAML = re.compile(r"^\s*(?:# |- |\{|[a-z_.$-]+: |[a-z_.$-]+:\n)|\n\s*(?:- |[a-z_.]+: )|键: 值")


class _Placing(_Reader):
    """Reads as the lint does, and keeps where each character of a string stands."""

    def __init__(self, source):
        super().__init__(source)
        self.literals = []

    def found_string(self, index, token, places):
        super().found_string(index, token, places)
        self.literals.append((token.line, token.text, places))


# A separator in both languages: `say(", ", ",")`.
SEPARATOR = re.compile(r'((?:say|pick|Bilingual)\("[,:;] ", ")([,:;]) ?("\))')


def literals(source):
    reader = _Placing(source)
    reader.read()
    return reader.literals


def code_spans(text):
    """The places between back quotes, which belong to code, and those of a sentence that is kept."""
    inside, open_at = set(), None
    for match in KEPT_LINES.finditer(text):
        inside.update(range(*match.span()))
    for index, char in enumerate(text):
        if char == "`":
            if open_at is None:
                open_at = index
            else:
                inside.update(range(open_at, index + 1))
                open_at = None
    return inside


def partners(text, code):
    pairs, stack = {}, []
    for index, char in enumerate(text):
        if index in code:
            continue
        if char in "(（":
            stack.append(index)
        elif char in ")）" and stack:
            opening = stack.pop()
            pairs[opening], pairs[index] = index, opening
    return pairs


def wrong(text):
    """The places of half-width marks that stand in a Chinese text."""
    if text in KEPT or not HAN.search(text) or YAML.search(text):
        return set()
    code = code_spans(text) | labels(text)
    pairs = partners(text, code)
    found = set()
    while True:
        more = set()
        for index, char in enumerate(text):
            if char not in FULL or index in code or index in found:
                continue
            before = text[index - 1] if index else ""
            after = text[index + 1] if index + 1 < len(text) else ""
            if is_wide(before, index - 1, found) or is_wide(after, index + 1, found):
                more.add(index)
            elif is_beside_names(text, index):
                more.add(index)
        more |= {pairs[index] for index in more if index in pairs and text[pairs[index]] in FULL}
        more -= found
        if not more:
            return found
        found |= more


def labels(text):
    """The places of the labels under a finding, at the beginning of a text or behind `= `."""
    found = set()
    for match in re.finditer("(?:^|= )(" + "|".join(LABELS) + ")", text, re.MULTILINE):
        found.update(range(*match.span(1)))
    return found


def is_beside_names(text, index):
    """True for a mark between two names or values, or at either end of the text beside one."""
    char, before, rest = text[index], text[index - 1:index], text[index + 1:]
    line = text[text.rfind("\n", 0, index) + 1:].split("\n", 1)[0]
    if '{"' in line or len(HAN.findall(line)) < len(re.findall("[a-z]{2,}", re.sub("`[^`]*`", "", line))):
        return False
    if char in ",;":
        if before == "`" or rest[:1] == "`":
            return True
        left, right = before in (HOLE, "}", ""), rest[:1] in (HOLE, "{", "")
        return left and (right or bool(re.match(" +[\u4e00-\u9fff]", rest))) and not (before == rest[:1] == "")
    if char == ":":
        return before == "`" and (rest[:1] == "`" or rest.startswith("  "))
    return char in "?!" and before in ("`", "}") and (rest[:1] in ("", "`", "\n"))


def is_wide(char, index, found):
    return bool(char) and (bool(WIDE.match(char)) or index in found)


def edits(text, places, found):
    """`(place, replacement)` for each character that changes; a single blank beside a mark goes."""
    changes = []
    for index in sorted(found):
        changes.append((places[index], FULL[text[index]]))
        after = text[index + 1:index + 3]
        if after[:1] == " " and after[1:2] not in (" ", "", "\n", HOLE) and text[index] != "(":
            changes.append((places[index + 1], ""))
        elif after == " " and text[index] in ":,;" and index + 2 == len(text):
            changes.append((places[index + 1], ""))
        elif after[:1] == " " and after[1:2] == HOLE and text[index] != "(":
            changes.append((places[index + 1], ""))
        before = text[max(index - 2, 0):index]
        if text[index] == "(" and before.endswith(" ") and before[:1] not in (" ", "", "\n"):
            changes.append((places[index - 1], ""))
    return [change for change in changes if change[0] is not None]


def changed(source, changes):
    for place, replacement in sorted(changes, reverse=True):
        source = source[:place] + replacement + source[place + 1:]
    return source


def shown(text, found):
    index = min(found)
    return text[max(index - 12, 0):index + 13].replace("\n", " ").replace(HOLE, "…").strip()


def sources(root):
    for path in sorted((root / "Sources").rglob("*.swift")):
        if "Generated" not in path.parts and path.name not in KEPT_FILES:
            yield path


def check(path, source):
    found = [
        (line, shown(text, places)) for line, text, _ in literals(source) for places in [wrong(text)] if places
    ] + [(source.count("\n", 0, match.start()) + 1, match.group(0)) for match in SEPARATOR.finditer(source)]
    return [f"{path}:{line}: a half-width mark in Chinese: {text}" for line, text in sorted(found)]


def fix(root):
    """Mends Sources, then what repeats its sentences."""
    known = set(COMPOSED)
    for path in sources(root):
        source = path.read_text(encoding="utf-8")
        changes = []
        for _, text, places in literals(source):
            found = wrong(text)
            if path.name in HEADS and re.fullmatch("[\u4e00-\u9fff]{2,6}", text):
                known |= {(text, mark, "") for mark in ":,"}
            changes += edits(text, places, found)
            known |= {context(text, index) for index in found}
        mended = SEPARATOR.sub(lambda match: match[1] + FULL[match[2]] + match[3], changed(source, changes))
        if mended != source:
            path.write_text(mended, encoding="utf-8")
    for path in sorted((root / "Tests").rglob("*.swift")):
        source = path.read_text(encoding="utf-8")
        changes = []
        for _, text, places in literals(source):
            if path.name not in KEPT_TESTS:
                changes += edits(text, places, repeated(text, known))
        write(path, source, changes)
    for path in sorted([*(root / "Tests").rglob("*.zh-CN.txt"), *(root / "docs").rglob("*.md"), *root.glob("*.md")]):
        source = path.read_text(encoding="utf-8")
        changes = []
        for start, end in outputs(path, source):
            part = source[start:end]
            found = repeated(part, known)
            if FINDING.match(part) or path.name.endswith(".zh-CN.md") and OUTCOME.match(part):
                found |= wrong(part) - set(copied(part))
            changes += edits(part, range(start, end), found)
        mended = changed(source, changes)
        for pattern, full in NUMBERS if path.name.endswith(".zh-CN.md") else []:
            mended = pattern.sub(full, mended)
        mended = "\n".join(map(aligned, source.split("\n"), mended.split("\n")))
        if mended != source:
            path.write_text(mended, encoding="utf-8")


def write(path, source, changes):
    if changes:
        path.write_text(changed(source, changes), encoding="utf-8")


def aligned(before, after):
    """A line of a table whose next column begins where it began: what a cell gained in width goes from the blanks."""
    for old, new in zip(re.finditer(" {6,}(?=\\S)", before), re.finditer(" {6,}(?=\\S)", after)):
        gained = width(after[:new.start()]) - width(before[:old.start()])
        blanks = len(new.group(0)) - gained
        if gained > 0 and blanks >= 2:
            return after[:new.start()] + " " * blanks + after[new.end():]
    return after


def width(text):
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def outputs(path, source):
    """The lines that programs print: all of an expected output, the fenced blocks of a page that are no YAML."""
    if path.suffix == ".txt":
        start = 0
        for line in source.splitlines(keepends=True):
            yield start, start + len(line)
            start += len(line)
        return
    start, fence = 0, None
    for line in source.splitlines(keepends=True):
        if line.startswith("```"):
            fence = line[3:].strip() or "text" if fence is None else None
        elif fence not in (None, "yaml", "csv", "json", "sql"):
            yield start, start + len(line)
        start += len(line)


def context(text, index):
    """The mark with the Chinese letters directly before it and behind it."""
    before = re.search("[\u4e00-\u9fff]{0,6}$", text[max(index - 6, 0):index]).group(0)
    after = re.match("[\u4e00-\u9fff]{0,6}", text[index + 1:index + 7]).group(0)
    return before, text[index], after


def repeated(text, known):
    """The places of half-width marks in sentences that the program prints, with its names and numbers in them."""
    if not HAN.search(text) or text in KEPT:
        return set()
    code = code_spans(text) | labels(text)
    pairs = partners(text, code)
    found = set()
    for index, char in enumerate(text):
        if char not in FULL or index in code:
            continue
        if any(fits(text, index, *one) for one in known):
            found.add(index)
        elif char == "?" and text[index - 1:index] == "`" and re.search("是不是[^`]*`[^`]*`$", text[:index]):
            found.add(index)
    found |= beside(text, found)
    return found | {pairs[index] for index in found if index in pairs and text[pairs[index]] in FULL}


def beside(text, found):
    """The other wrong marks of the lines in which one is the program's."""
    more, start = set(), 0
    for line in text.splitlines(keepends=True):
        if any(start <= index < start + len(line) for index in found):
            more |= {start + index for index in wrong(line)} - {start + index for index in copied(line)}
        start += len(line)
    return more


def copied(line):
    """What stands behind two blanks to be copied, to the end of the line."""
    match = re.search("(?:[：:]|请写|例如|加上|改成|想写|写成)  ", line)
    return range(match.end(), len(line)) if match else range(0)


def fits(text, index, before, mark, after):
    if text[index] != mark or not text[:index].endswith(before) or not text[index + 1:].startswith(after):
        return False
    if len(before) + len(after) < 2:
        return False
    # Where a name or a number stood in the program, no Chinese word of a list stands here.
    is_open = bool(after) or mark == ":" or not re.match("[\u4e00-\u9fff]", text[index + 1:index + 2])
    return is_open and (bool(before) or not re.search("[\u4e00-\u9fff]$", text[:index]))


def main(arguments):
    is_fix = "--fix" in arguments
    arguments = [argument for argument in arguments if argument != "--fix"]
    root = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).resolve().parents[2]
    if is_fix:
        fix(root)
        return 0
    found = []
    for path in sources(root):
        found += check(path.relative_to(root), path.read_text(encoding="utf-8"))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
