#!/usr/bin/env python3
"""What the layout of the program forbids: imports against the arrows, SQL outside of the store, tables that are not
packed, and sizes.

    house.py [--counts] [ROOT]

Prints `path:line: sentence` for every finding in ROOT/Sources and exits with 1 when there is one. `--counts` prints
instead how many files name one trigger, operator, member column, channel adapter and reason: the most of each kind.
"""
import pathlib
import re
import sys
from typing import NamedTuple

sys.dont_write_bytecode = True
from swift_tokens import HOLE, IDENTIFIER, STRING, SYMBOL, tokens

# What speaks to a database, and the only folder that may import it.
DATABASES = {"GRDB", "GRDBSQLite", "CLibPQ", "CSQLite", "SQLite3"}
DATABASE_DOOR = "Sources/Store/SQL/"

# Module → those of our own that it may import. A module exists to forbid an import.
RULES = {"Rules", "Kit"}
STORE = {"Store", "Intake", "Policies"} | RULES
ENGINE = {"Engine"} | STORE
REVIEW = {"Review", "Config"} | ENGINE
ARROWS = {
    "CBuild": set(),
    "CCurl": set(),
    "CCurlShim": {"CCurl"},
    "CStoreCipher": set(),
    "CLibYAML": set(),
    "CZip": set(),
    "CExpat": set(),
    "CZlib": set(),
    "Kit": set(),
    "Rules": {"Kit", "CLibYAML"},
    "Policies": RULES,
    "Intake": {"CZip", "CExpat"} | RULES,
    "Store": STORE - {"Store"} | DATABASES | {"CStoreCipher"},
    "Engine": STORE,
    "Channels": {"Policies", "CCurl", "CCurlShim"} | RULES,
    "Config": {"Channels", "Policies", "Intake"} | RULES,
    "Review": REVIEW - {"Review"},
    "Gateway": {"Channels", "CZlib"} | REVIEW,
    "Daemon": {"Gateway", "Channels"} | REVIEW,
    "nudged": {"Daemon", "Gateway", "Channels", "CBuild"} | REVIEW,
}
# Rules has no database, but explains to people what SQL they may write.
MODULES_WITHOUT_SQL = set(ARROWS) - {"Store", "Rules"}
LONGEST_FUNCTION, LONGEST_FILE, MOST_UNLABELLED = 70, 400, 3
# The wiring of the program is one straight line.
LONG_FUNCTIONS_ALLOWED = "Sources/Daemon/Application.swift"


class Finding(NamedTuple):
    path: str
    line: int
    sentence: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.sentence}"


class SourceFile:
    def __init__(self, path, root):
        self.path = path.relative_to(root).as_posix()
        parts = self.path.split("/")
        self.module = parts[1] if len(parts) > 2 else None
        text = path.read_text(encoding="utf-8")
        self.lines = text.count("\n") + (not text.endswith("\n") and text != "")
        self.is_swift = path.suffix == ".swift"
        self.is_generated = "Generated" in parts[:-1]
        self.tokens = tokens(text) if self.is_swift else []


def sources(root):
    suffixes = (".swift", ".c", ".h", ".modulemap")
    return [SourceFile(path, root) for path in sorted((root / "Sources").glob("**/*")) if path.suffix in suffixes]


# Imports

IMPORT_KINDS = {"typealias", "struct", "class", "enum", "protocol", "let", "var", "func", "actor"}


def imports(file):
    """The name of every imported module, with its line."""
    for index, token in enumerate(file.tokens):
        if token.kind != IDENTIFIER or token.text != "import" or token.is_interpolated:
            continue
        if index and file.tokens[index - 1].text == ".":
            continue
        following = [other for other in file.tokens[index + 1:index + 3] if other.kind == IDENTIFIER]
        if len(following) == 2 and following[0].text in IMPORT_KINDS:
            del following[0]
        if following and following[0].line == token.line:
            yield following[0].text, token.line


def check_databases(file):
    for name, line in imports(file):
        if name in DATABASES and not file.path.startswith(DATABASE_DOOR):
            yield Finding(
                file.path, line, f"imports {name}; only {DATABASE_DOOR} may: ask its Connection, or add to it what is "
                "missing there")


def check_arrows(file):
    if file.module is None:
        yield Finding(file.path, 1, "belongs to no module; move it into a folder of Sources")
        return
    for name, line in imports(file):
        if name in ARROWS and file.module in ARROWS and name not in ARROWS[file.module]:
            allowed = ", ".join(sorted(ARROWS[file.module])) or "no module of ours"
            yield Finding(
                file.path, line, f"{file.module} imports {name}, against the arrows: it may import {allowed}; move "
                "the code to the module that may, or what it needs below both")


def check_modules(files):
    seen = set()
    for file in files:
        if file.module and file.module not in ARROWS.keys() | DATABASES and file.module not in seen:
            seen.add(file.module)
            yield Finding(
                f"Sources/{file.module}", 1, f"is a module that the arrows do not know; give {file.module} its line "
                "in ARROWS of Tests/Tools/house.py")


def check_cycles(files):
    modules = {file.module for file in files}
    edges = {}
    for file in files:
        for name, line in imports(file):
            if name in modules and file.module:
                edges.setdefault(file.module, {}).setdefault(name, (file.path, line))
    circle = find_circle(edges)
    if circle:
        path, line = edges[circle[-2]][circle[-1]]
        yield Finding(path, line, f"closes a circle of imports: {' → '.join(circle)}; remove one of them")


def find_circle(edges):
    """The modules of one circle, from the first back to it, or None."""
    done = set()

    def visit(module, trail):
        if module in trail:
            return trail[trail.index(module):] + [module]
        if module in done:
            return None
        for name in sorted(edges.get(module, {})):
            circle = visit(name, trail + [module])
            if circle:
                return circle
        done.add(module)
        return None

    return next(filter(None, (visit(module, []) for module in sorted(edges))), None)


# SQL

# Keywords in capitals, as we write SQL; prose has none of these shapes.
SQL_BEGINNING = re.compile(
    r"\s*(SELECT\b|INSERT\s+(OR\s+\w+\s+)?INTO\b|REPLACE\s+INTO\b|UPDATE\s+\S+\s|DELETE\s+FROM\b|VALUES\s*\("
    r"|WITH\s+(RECURSIVE\s|\S+\s*(\([^)]*\)\s*)?AS\b)|CREATE\s+\w|ALTER\s+\w|DROP\s+\w|PRAGMA\b|ATTACH\b|DETACH\b"
    r"|VACUUM\b|SAVEPOINT\s|(RELEASE|ROLLBACK)(\s|$)|BEGIN(\s+(IMMEDIATE|EXCLUSIVE|DEFERRED|TRANSACTION)|$)|COMMIT$"
    r"|(FROM|WHERE|(LEFT\s+|CROSS\s+|INNER\s+)?JOIN|ORDER\s+BY|GROUP\s+BY|HAVING|LIMIT|UNION(\s+ALL)?"
    r"|ON\s+CONFLICT|RETURNING|AND|OR|NOT\s+EXISTS|EXISTS)(\s|$|\())")
SQL_FRAGMENT = re.compile(
    r"\bFROM\s+\S+(\s+(AS\s+)?\w+)?\s+(WHERE|JOIN|LEFT|CROSS|ORDER|GROUP)\b|\bJOIN\s+\S+.*\sON\s|\(\s*SELECT\b"
    r"|\b(ORDER|GROUP)\s+BY\b|\bIS\s+(NOT\s+)?NULL\b|\bINDEXED\s+BY\b|\bWHERE\s+\S+\s*(=|<|>|IN\b|IS\b)"
    r"|\bINSERT\s+(OR\s+\w+\s+)?INTO\b|\bDELETE\s+FROM\b|\bUPDATE\s+\S+\s+SET\b|\s(AND|OR)\s.*(=|<|>)"
    r"|(=|<|>|\bIN\b|\bIS\b).*\s(AND|OR)\s|\bIN(\s+\(|$)|\bIS\s+NOT\b|\bIS\s+\ufffcNULL|\bCASE\s+WHEN\b"
    r"|\bBETWEEN\b.*\sAND\s|\b(COALESCE|CAST|NULLIF|COUNT|SUM|TOTAL)\(",
    re.DOTALL)
# A whole statement is one in small letters too.
SQL_STATEMENT = re.compile(
    r"\s*(select\s[^.]*\sfrom\s+\w+(\s*$|\s+where\s)|insert\s+into\s+\w+\s*(\(|values|select)"
    r"|update\s+\w+\s+set\s+\w+\s*="
    r"|delete\s+from\s+\w+(\s*$|\s+where\s)|create\s+(table|index|view|trigger)\s+\w+\s*(\(|on|as)|pragma\s+\w+)",
    re.IGNORECASE)


# Prose that quotes SQL is none.
QUOTED_IN_PROSE = re.compile(r"`[^`]*`")


def is_sql(text):
    text = QUOTED_IN_PROSE.sub("", text)
    return any((SQL_BEGINNING.match(text), SQL_FRAGMENT.search(text), SQL_STATEMENT.match(text)))


def check_sql(file):
    if file.module not in MODULES_WITHOUT_SQL or file.is_generated:
        return
    for token in file.tokens:
        if token.kind == STRING and is_sql(token.text):
            beginning = " ".join(token.text.replace(HOLE, "…").split())[:40]
            yield Finding(
                file.path, token.line, f"has SQL (\"{beginning}\"), which only Store may: make it a method of Store "
                "and call that")


# Tables of languages

# What Foundation reads from the tables of Unicode that packaging/tables.py leaves out of a package.
TABLE_READERS = re.compile(
    r"(NS)?(Calendar|Locale|RegularExpression|LinguisticTagger)|\w*(Date|Number|Interval|Measurement|ByteCount|List|Components)"
    r"Formatter|\w*FormatStyle|localized\w+|applyingTransform|StringTransform|enumerateSubstrings")


def check_tables(file):
    for token in file.tokens:
        if token.kind == IDENTIFIER and TABLE_READERS.fullmatch(token.text):
            yield Finding(
                file.path, token.line, f"uses {token.text}, which reads Foundation's tables of languages, and a package "
                "has few of them: write it without, or keep its tables in packaging/tables.py")


# Functions

# What starts the next declaration, where one without a body ends.
DECLARATIONS = {
    "func", "var", "let", "init", "deinit", "subscript", "struct", "class", "enum", "actor", "extension", "protocol",
    "case", "associatedtype", "typealias", "static", "mutating", "package", "public", "private", "fileprivate",
    "internal", "override", "import",
}
BRACKETS = {"(": ")", "[": "]", "{": "}"}


class Function(NamedTuple):
    name: str
    line: int
    # From the line of the opening brace to that of the closing one; 0 without a body.
    lines: int
    unlabelled: int


def closing(code, start):
    """The index of the bracket that closes the one at `start`."""
    opening, depth = code[start].text, 0
    for index in range(start, len(code)):
        if code[index].kind == SYMBOL:
            depth += (code[index].text == opening) - (code[index].text == BRACKETS[opening])
            if depth == 0:
                return index
    return len(code) - 1


def functions(file):
    """Functions, initialisers, subscripts and computed properties, the nested too; a closure belongs to its own."""
    code = [token for token in file.tokens if not token.is_interpolated]
    for index, token in enumerate(code):
        if token.kind != IDENTIFIER:
            continue
        before = code[index - 1].text if index else ""
        after = code[index + 1].text if index + 1 < len(code) else ""
        if before == "." or after == ":":
            continue
        if (token.text == "func" and after) or (token.text in ("init", "subscript") and after in ("(", "<", "?", "!")):
            yield from function(code, index)
        elif token.text == "deinit" and after == "{":
            yield Function("deinit", token.line, length(code, index + 1), 0)
        elif token.text == "var" and before not in ("case", "(", ","):
            yield from computed(code, index)


def function(code, index):
    name = code[index].text
    if name == "func":
        name = code[index + 1].text
    start = next((at for at in range(index, len(code)) if code[at].text == "(" and code[at].kind == SYMBOL), None)
    # An operator may itself be written with brackets only in a string, never in its name.
    if start is None:
        return
    end = closing(code, start)
    unlabelled = unlabelled_parameters(code, start, end) if code[index].text != "subscript" else 0
    yield Function(name, code[index].line, length(code, opening_brace(code, end + 1)), unlabelled)


def opening_brace(code, index):
    while index < len(code):
        text = code[index].text if code[index].kind != STRING else ""
        if text == "{":
            return index
        if text == "}" or text in DECLARATIONS:
            return None
        index = closing(code, index) + 1 if text in ("(", "[") else index + 1
    return None


def computed(code, index):
    """`var name: Type {`, the type on the lines that it takes; what has a value of its own is stored."""
    at = index + 2
    if at >= len(code) or code[at].text != ":":
        return
    at += 1
    while at < len(code):
        text, previous = code[at].text, code[at - 1]
        if text == "{":
            yield Function(code[index + 1].text, code[index].line, length(code, at), 0)
            return
        continues = previous.text in (":", "->", ".", "&", "any", "some") or text in ("->", ".", "&")
        if text in ("=", "}", ")", ",") or (code[at].line > previous.line and not continues):
            return
        at = closing(code, at) + 1 if text in ("(", "[") else at + 1


def length(code, brace):
    return code[closing(code, brace)].line - code[brace].line + 1 if brace is not None else 0


def unlabelled_parameters(code, start, end):
    count, at, is_first = 0, start + 1, True
    while at < end:
        text = code[at].text
        if is_first and text == "@":
            at += 2
            at = closing(code, at) + 1 if code[at].text == "(" else at
            continue
        if is_first and code[at].kind == IDENTIFIER:
            count += text == "_" and code[at + 1].kind == IDENTIFIER
        is_first = text == ","
        at = closing(code, at) + 1 if text in BRACKETS else at + 1
    return count


def check_functions(file):
    if file.is_generated:
        return
    for function in functions(file):
        if function.lines > LONGEST_FUNCTION and file.path != LONG_FUNCTIONS_ALLOWED:
            yield Finding(
                file.path, function.line, f"{function.name} has {function.lines} lines, and {LONGEST_FUNCTION} is the "
                "limit; move what reads as a step of its own into a function with a name")
        if function.unlabelled > MOST_UNLABELLED:
            yield Finding(
                file.path, function.line, f"{function.name} has {function.unlabelled} parameters without a label; "
                "label them, so that a call says which is which")


def check_length(file):
    if file.lines > LONGEST_FILE and not file.is_generated:
        yield Finding(
            file.path, LONGEST_FILE + 1, f"has {file.lines} lines, and {LONGEST_FILE} is the limit; split it by topic "
            "into Type+topic.swift")


def findings(root):
    files = sources(root)
    for file in files:
        for check in (check_databases, check_arrows, check_sql, check_tables, check_functions, check_length):
            yield from check(file)
    yield from check_modules(files)
    yield from check_cycles(files)


# Counts

# The words of one thing: how the files of people and the code name it. None is an ordinary word of our prose, and none
# names a second thing: `quiet_hours` is a key of settings before it is a reason, and `no_address` is also what an adapter
# answers to a message without one. (`within_last` is a key of `history` too, and `coupon_stock` a condition.)
KINDS = {
    "trigger": [("browsed",), ("cart_idle",), ("first_purchase",), ("points_expire",), ("coupon_expires",)],
    "operator": [("is_not", "none_of"), ("starts_with",), ("within_last",), ("includes_all",), ("more_than_ago",)],
    "member column": [
        ("birthday_calendar",), ("birthday_year",), ("display_name",), ("preferred_channel",), ("wechat_openid",)],
    "channel adapter": [("kannel",)],
    "reason": [("superseded",), ("coupon_stock",), ("no_consent",), ("choose_none",), ("recommend_empty",)],
}
WORD = re.compile(r"[A-Za-z_]\w*")
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def words(file):
    """The names in code and strings, written with small letters and `_` between their parts."""
    for token in file.tokens:
        if token.kind == IDENTIFIER or token.kind == STRING:
            yield from (HUMP.sub("_", word).lower() for word in WORD.findall(token.text))


def naming(files, aliases):
    pattern = re.compile(rf"(^|_)({'|'.join(aliases)})(_|$)")
    return sum(any(pattern.search(word) for word in vocabulary) for vocabulary in files)


def print_counts(root):
    files = [file for file in sources(root) if file.is_swift and not file.is_generated]
    vocabularies = [set(words(file)) for file in files]
    for kind, things in KINDS.items():
        counted = [(naming(vocabularies, aliases), "/".join(aliases)) for aliases in things]
        most, word = max(counted)
        every = ", ".join(f"{name} {count}" for count, name in counted)
        print(f"files naming one {kind}: {most} ({word}) of {every}")
    print(f"lines without generated ones: {sum(file.lines for file in files)} in {len(files)} files")


def main(arguments):
    counts = "--counts" in arguments
    rest = [argument for argument in arguments if argument != "--counts"]
    root = pathlib.Path(rest[0]).resolve() if rest else pathlib.Path(__file__).resolve().parents[2]
    if not (root / "Sources").is_dir():
        sys.exit(f"{root} has no folder Sources; name the folder that has it")
    if counts:
        print_counts(root)
        return 0
    found = sorted(findings(root))
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
