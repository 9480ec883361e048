#!/usr/bin/env python3
"""Every rule of house.py with a tree that breaks it, one that does not, and what only looks like a breach."""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import house
import punctuation
from swift_tokens import HOLE, REGEX, STRING, tokens


class Tree(unittest.TestCase):
    def write(self, files):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = pathlib.Path(folder.name)
        (root / "Sources").mkdir()
        for path, text in files.items():
            path = root / "Sources" / path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return root

    def findings(self, files):
        return sorted(str(finding) for finding in house.findings(self.write(files)))

    def assert_finds(self, files, *beginnings):
        found = self.findings(files)
        self.assertEqual(len(found), len(beginnings), found)
        for text, beginning in zip(found, beginnings):
            self.assertTrue(text.startswith(beginning), f"{text!r} does not begin with {beginning!r}")

    def assert_fine(self, files):
        self.assertEqual(self.findings(files), [])

    def run_main(self, *arguments):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = house.main([str(argument) for argument in arguments])
        return code, out.getvalue()


class Tokens(unittest.TestCase):
    def texts(self, source):
        return [token.text for token in tokens(source)]

    def test_comments_are_no_code_and_nest(self):
        self.assertEqual(self.texts("a // import GRDB\nb /* x /* y */ import GRDB */ c"), ["a", "b", "c"])

    def test_a_string_is_one_token_in_every_form(self):
        for written, text in [
            ('"a // b"', "a // b"), (r'"a \" b"', 'a " b'), ('#"a " \\n b"#', 'a " \\n b'), ('"/* a"', "/* a"),
            ('"""\n  a "b" c\n  """', '\n  a "b" c\n  '), ('##"a "# b"##', 'a "# b'), ('""', ""), (r'"\\"', "\\"),
            ('#"""\n"""\n"""#', '\n"""\n'), (r'"""' + "\na \\\nb\n" + '"""', "\na  b\n"),
        ]:
            with self.subTest(written):
                found = tokens(f"x {written} y")
                self.assertEqual([token.kind for token in found], ["identifier", STRING, "identifier"])
                self.assertEqual(found[1].text, text)

    def test_the_code_of_an_interpolation_is_code_and_its_string_stays_whole(self):
        found = tokens(r'"a \(f("b)", { $0 })) c \(d)" e')
        self.assertEqual(found[0].text, f"a {HOLE} c {HOLE}")
        self.assertIn("b)", [token.text for token in found if token.kind == STRING])
        self.assertEqual((found[-1].text, found[-1].is_interpolated), ("e", False))
        self.assertTrue(next(token for token in found if token.text == "d").is_interpolated)

    def test_in_a_raw_string_only_the_marked_interpolation_is_one(self):
        self.assertEqual(self.texts(r'#"\(a) \#(b)"#')[0], rf"\(a) {HOLE}")

    def test_lines_are_counted_through_strings_and_comments(self):
        self.assertEqual([token.line for token in tokens('a\n"""\n\n"""\n/*\n*/ b')], [1, 2, 6])

    def test_a_regex_with_quotes_and_braces_is_no_string(self):
        for source in ['x = /a"{/ ; y', 'f(/"/) ; y', 'x = #/a " / {/# ; y']:
            with self.subTest(source):
                found = tokens(source)
                self.assertEqual(sum(token.kind == REGEX for token in found), 1)
                self.assertEqual(found[-1].text, "y")

    def test_a_division_is_no_regex(self):
        self.assertNotIn(REGEX, [token.kind for token in tokens("a / b / c; (a)/b/c; a.reduce(1, /) ; 4/2/1")])

    def test_an_open_end_is_read_to_the_end(self):
        for source in ['"a', '"""a', "/* a", "`a", '"\\(a', "#/a", "func", "func f(", "func f() {", "init(", "var x:"]:
            with self.subTest(source):
                tokens(source)
                list(house.functions(type("File", (), {"tokens": tokens(source)})))


class Databases(Tree):
    def test_a_database_is_imported_in_its_folder_only(self):
        for name in ["GRDB", "GRDBSQLite", "CLibPQ"]:
            with self.subTest(name):
                self.assert_finds(
                    {"Store/Ledger/A.swift": f"import Rules\nimport {name}\n"},
                    f"Sources/Store/Ledger/A.swift:2: imports {name}; only")
                self.assert_fine({"Store/SQL/Connection.swift": f"import {name}\n"})

    def test_every_form_of_import_counts(self):
        for line in ["@preconcurrency import GRDB", "package import GRDB", "import struct GRDB.Row", "import GRDB.Row"]:
            with self.subTest(line):
                self.assert_finds({"Store/A.swift": line}, "Sources/Store/A.swift:1: imports GRDB")

    def test_a_folder_of_the_same_name_elsewhere_is_not_the_door(self):
        self.assert_finds({"Engine/SQL/A.swift": "import GRDB"}, "Sources/Engine/SQL/A.swift:1: imports GRDB")

    def test_what_only_speaks_of_an_import_is_none(self):
        self.assert_fine({"Store/A.swift": '// import GRDB\nlet a = "import GRDB"\n'})
        self.assert_fine({"Store/A.swift": 'let b = """\n  import GRDB\n  """\n'})
        self.assert_fine({"Store/A.swift": "/* /* */ import GRDB */\nlet a = x.import\nimport GRDBless"})


class Arrows(Tree):
    def test_an_import_against_the_arrows_is_found(self):
        for module, other in [
            ("Kit", "Rules"), ("Rules", "Policies"), ("Policies", "Store"), ("Intake", "Policies"),
            ("Intake", "Store"), ("Store", "Channels"), ("Channels", "Store"), ("Store", "Engine"),
            ("Engine", "Channels"), ("Config", "Store"), ("Review", "Daemon"), ("Review", "Channels"),
            ("Gateway", "Daemon"), ("Daemon", "nudged"), ("Policies", "CCurl"), ("Store", "CLibYAML"),
        ]:
            with self.subTest(f"{module} → {other}"):
                self.assert_finds(
                    {f"{module}/A.swift": f"import {other}"},
                    f"Sources/{module}/A.swift:1: {module} imports {other}, against the arrows")

    def test_an_import_along_the_arrows_is_fine(self):
        for module, others in [
            ("Kit", ["Foundation"]), ("Rules", ["Kit", "CLibYAML"]), ("Policies", ["Rules", "Kit"]),
            ("Intake", ["Rules", "Kit"]), ("Store", ["Intake", "Policies", "Rules", "Kit"]),
            ("Engine", ["Store", "Intake", "Policies", "Rules", "Kit"]), ("Channels", ["Policies", "Rules", "CCurl"]),
            ("Config", ["Channels", "Policies", "Rules", "Kit"]), ("Review", ["Engine", "Config", "Store", "Kit"]),
            ("Gateway", ["Review", "Engine", "Store"]), ("Daemon", ["Gateway", "Channels", "Config", "Store"]),
            ("nudged", ["Daemon", "Gateway", "Review", "Channels", "Kit"]),
        ]:
            with self.subTest(module):
                self.assert_fine({f"{module}/A.swift": "".join(f"import {other}\n" for other in others)})

    def test_a_module_that_nobody_drew_is_found_once(self):
        self.assert_finds({"Magic/A.swift": "", "Magic/B.swift": ""}, "Sources/Magic:1: is a module that the arrows")

    def test_a_module_of_c_is_a_module(self):
        self.assert_finds({"CMagic/module.modulemap": ""}, "Sources/CMagic:1: is a module")
        self.assert_fine({"CLibYAML/module.modulemap": "", "CLibPQ/shim.h": ""})

    def test_a_file_of_no_module_is_found(self):
        self.assert_finds({"A.swift": ""}, "Sources/A.swift:1: belongs to no module")

    def test_a_circle_is_found_and_told_in_full(self):
        found = self.findings({
            "Kit/A.swift": "\nimport Policies", "Rules/A.swift": "import Kit", "Policies/A.swift": "import Rules"})
        circles = [text for text in found if "circle" in text]
        self.assertEqual(len(circles), 1, found)
        self.assertIn("Kit → Policies → Rules → Kit", circles[0])

    def test_two_ways_to_one_module_are_no_circle(self):
        self.assert_fine({
            "Kit/A.swift": "", "Rules/A.swift": "import Kit", "Intake/A.swift": "import Kit\nimport Rules",
            "Policies/A.swift": "import Kit\nimport Rules", "Store/A.swift": "import Intake\nimport Policies"})

    def test_the_arrows_as_drawn_have_no_circle(self):
        edges = {module: {other: None for other in others} for module, others in house.ARROWS.items()}
        self.assertIsNone(house.find_circle(edges))


class SQL(Tree):
    SQL = [
        "SELECT id FROM members", "\n  SELECT 1", "INSERT INTO a VALUES (1)", "INSERT OR IGNORE INTO a",
        "REPLACE INTO a", "UPDATE a SET b = 1", r"UPDATE \(table) SET b = 1", "DELETE FROM a", "WITH a AS (SELECT 1)",
        "WITH RECURSIVE a(b) AS (", "CREATE TABLE a (b)", "CREATE UNIQUE INDEX a", "ALTER TABLE a", "DROP INDEX a",
        "PRAGMA user_version", "ATTACH ? AS b", "SAVEPOINT a", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK TO a",
        " WHERE a = 1", " FROM a", "LEFT JOIN a ON b", "ORDER BY a", "AND rule = ?", "a = ? AND b = ?",
        "EXISTS (SELECT 1)", "x IS NULL", r"\(a) FROM b WHERE c", "a IN (1, 2)", "COALESCE(a, b)", "LIMIT 1",
        "ON CONFLICT (a) DO NOTHING",
        "select id from members where id = 1", "delete from a where b", "insert into a (b) values (1)",
    ]
    PROSE = [
        "Select a rule from the list.", "with at, count in days or weeks", "With --update: write without asking.",
        "delete it and type ordinary spaces", "Update the rules and try again", "Create a folder", "Drop the rule",
        "the subquery begins with the member: `WHERE x.member = m.id`", "commit", "begin with a letter", "a or b = c",
        "SELECTED", "FROMAGE", "and from where they came", "select one from the rules.", "NOT a word",
        "at most 3 in 1d", "", "delete from the file what is not needed", "UPDATED", "IS", "with each as it comes",
        "ANDROID = 3", "LIMITS",
    ]

    def test_sql_is_found_in_what_has_no_database(self):
        for module in ["Engine", "Policies", "Review", "Daemon", "nudged"]:
            for text in self.SQL:
                with self.subTest(f"{module}: {text}"):
                    quoted = f'"""{text}\n"""' if "\n" in text else f'"{text}"'
                    found = self.findings({f"{module}/A.swift": f"let a = 1\nlet b = {quoted}\n"})
                    self.assertEqual(len(found), 1, found)
                    self.assertTrue(found[0].startswith(f"Sources/{module}/A.swift:2: has SQL"), found)

    def test_sql_is_at_home_in_the_store(self):
        for text in self.SQL:
            with self.subTest(text):
                self.assert_fine({"Store/Ledger/A.swift": f'let b = """\n{text}\n"""\n'})

    def test_prose_is_no_sql(self):
        for text in self.PROSE:
            with self.subTest(text):
                self.assert_fine({"Daemon/A.swift": f'let b = """\n{text}\n"""\n'})

    def test_a_comment_is_no_sql_and_neither_is_code(self):
        self.assert_fine({"Engine/A.swift": '// "SELECT 1"\n/* "SELECT 1" */\nlet SELECT = 1\n'})

    def test_sql_inside_of_an_interpolation_is_found(self):
        self.assert_finds({"Engine/A.swift": r'let a = "x \(f("SELECT 1"))"'}, "Sources/Engine/A.swift:1: has SQL")


class Tables(Tree):
    def test_what_reads_tables_that_are_not_packed_is_found(self):
        for name in [
            "DateFormatter", "ISO8601DateFormatter", "NumberFormatter", "Calendar", "Locale", "NSLocale",
            "NSRegularExpression", "localizedCompare", "localizedStandardCompare", "applyingTransform",
            "enumerateSubstrings", "ByteCountFormatter", "ListFormatStyle",
        ]:
            with self.subTest(name):
                self.assert_finds(
                    {"Review/A.swift": f"import Foundation\nlet a = b.{name}(c)\n"}, f"Sources/Review/A.swift:2: uses {name},")

    def test_zones_our_own_calendars_and_words_in_comments_are_fine(self):
        self.assert_fine({
            "Review/A.swift": "// Locale and DateFormatter\nlet a = TimeZone(identifier: \"Locale\")\n"
            "let b = WorkCalendar(c, Language(locale: d))\nlet e = Layout.formatted(f)\n"})


def lines(count):
    return "    a()\n" * count


class Functions(Tree):
    HEADS = [
        "func f()", "func f<T: Sequence>(_ a: T, b: () -> Void = { }) async throws(E) -> [T] where T: Sendable",
        "init(a: Int)", "init?()", "deinit", "subscript(a: Int) -> Int", "var a: [Int]", "var a: (Int) -> Bool",
        "static func == (a: Self, b: Self) -> Bool", "var a:\n    any P", "func f() -> @Sendable () -> Void",
        "@discardableResult package func f(\n    a: Int,\n    b: Int\n)",
    ]

    def test_a_body_of_70_lines_is_fine_and_one_of_71_is_not(self):
        for head in self.HEADS:
            with self.subTest(head):
                # The line of the brace that opens and that of the one that closes count too.
                self.assert_fine({"Kit/A.swift": f"struct S {{\n{head} {{\n{lines(68)}}}\n}}\n"})
                found = self.findings({"Kit/A.swift": f"struct S {{\n{head} {{\n{lines(69)}}}\n}}\n"})
                self.assertEqual(len(found), 1, found)
                self.assertIn("has 71 lines, and 70 is the limit", found[0])

    def test_braces_in_strings_and_comments_end_nothing(self):
        inside = 'let a = "}"; /* } */ // }\nlet b = """\n}\n"""\n'
        self.assert_finds({"Kit/A.swift": f"func f() {{\n{inside}{lines(70)}}}\n"}, "Sources/Kit/A.swift:1: f has 76")

    def test_a_closure_belongs_to_its_function_and_a_type_to_nobody(self):
        self.assert_fine({"Kit/A.swift": f"enum E {{\n{lines(200)}}}\nlet a = {{\n{lines(100)}}}()\n"})
        self.assert_fine({"Kit/A.swift": f"var a: Int = f {{\n{lines(100)}}}\n"})

    def test_what_has_no_body_takes_none_of_its_neighbour(self):
        self.assert_fine({
            "Kit/A.swift": f"protocol P {{\n func f() -> Int\n init(a: Int)\n var a: Int {{ get }}\n}}\n"
            f"enum E {{\n{lines(100)}}}\nstruct S {{\n var a: Int\n struct T {{\n{lines(100)}}}\n}}\n"})
        self.assert_fine({"Kit/A.swift": f"enum E {{\n static let a = S.init(b)\n struct T {{\n{lines(100)}}}\n}}\n"})

    def test_a_function_in_a_function_is_measured_too(self):
        found = self.findings({"Kit/A.swift": f"func f() {{\n func g() {{\n{lines(80)} }}\n}}\n"})
        self.assertEqual(len(found), 2, found)

    def test_only_the_wiring_may_be_long(self):
        long = f"func f() {{\n{lines(80)}}}\n"
        self.assert_fine({"Daemon/Application.swift": long})
        self.assert_finds({"Daemon/Application+a.swift": long}, "Sources/Daemon/Application+a.swift:1: f has 82")

    def test_four_parameters_without_a_label_are_too_many(self):
        four = "_ a: Int, _ b: [(Int, Int)], _ c: (_ x: Int, _ y: Int) -> Void = { _, _ in }, _ d: Int..."
        for head in [f"func f({four})", f"init({four})", f"init?({four})", f"func f<T>({four}) -> T",
                     "func f(_ a: Int, @B _ b: Int, x: Int, @B(1) _ c: Int, _ d: Int)"]:
            with self.subTest(head):
                self.assert_finds(
                    {"Kit/A.swift": f"struct S {{\n{head} {{ }}\n}}"}, "Sources/Kit/A.swift:2: "
                    + ("init" if "init" in head else "f") + " has 4 parameters without a label")

    def test_three_without_a_label_and_any_number_with_one_are_fine(self):
        for head in [
            "func f(_ a: Int, _ b: Int, _ c: Int)", "func f(_ a: Int, b: Int, _ c: Int, d _: Int, _ e: Int)",
            "func f(_ a: (_ a: Int, _ b: Int) -> Int, _ b: Int, _ c: Int)",
            "subscript(_ a: Int, _ b: Int, _ c: Int, _ d: Int)",
            "func f(a: Int = g({ _ in 1 }, { _ in 2 }), b: Int, c: Int, d: Int, e: Int)", "func f()",
            "func f(_ a: Int, /* _ b: Int, _ c: Int, */ d: String = \"_ d, _ e, _ f: Int\")",
        ]:
            with self.subTest(head):
                self.assert_fine({"Kit/A.swift": f"struct S {{\n{head} {{ }}\n}}"})


class Lengths(Tree):
    def test_400_lines_are_fine_and_401_are_not(self):
        self.assert_fine({"Kit/A.swift": "\n" * 400})
        self.assert_finds({"Kit/A.swift": "\n" * 401}, "Sources/Kit/A.swift:401: has 401 lines")
        self.assert_finds({"Kit/A.swift": "\n" * 400 + "// no end of line"}, "Sources/Kit/A.swift:401: has 401")

    def test_what_a_program_wrote_may_be_long(self):
        self.assert_fine({"nudged/Generated/A.swift": "\n" * 900, "nudged/Generated/Deeper/A.swift": "\n" * 900})
        self.assert_finds({"Kit/ExampleRules.swift": "\n" * 900}, "Sources/Kit/ExampleRules.swift:401: has 900")
        self.assert_finds({"Kit/Generated.swift": "\n" * 900}, "Sources/Kit/Generated.swift:401: has 900")


class Running(Tree):
    def test_the_exit_says_whether_something_was_found(self):
        self.assertEqual(self.run_main(self.write({"Kit/A.swift": "import Foundation\n"})), (0, ""))
        code, out = self.run_main(self.write({"Kit/A.swift": "import GRDB\n"}))
        self.assertEqual((code, out.count("\n")), (1, 1))
        self.assertRegex(out, r"^Sources/Kit/A\.swift:1: .*\n$")

    def test_a_folder_without_sources_is_not_taken_for_a_clean_one(self):
        with tempfile.TemporaryDirectory() as folder, self.assertRaises(SystemExit) as stop:
            house.main([folder])
        self.assertIn("no folder Sources", str(stop.exception))

    def test_counts_name_the_most_of_each_kind_in_code_only(self):
        root = self.write({
            "Rules/A.swift": "enum A { case browsed, chooseNone }\nlet k = kannelReply\n",
            "Rules/B.swift": 'let a = "browsed is_not"\nstruct ChooseNoneA { }\n',
            "Rules/C.swift": "// browsed, kannel, preferred_channel\nlet browsedness = unkannelled\n",
            "Rules/D.swift": "let preferredChannel = 1\nlet a = noneOf\n",
            "nudged/Generated/ExampleRules.swift": 'let a = "browsed"\n',
        })
        code, out = self.run_main("--counts", root)
        self.assertEqual(code, 0)
        for line in [
            "files naming one trigger: 2 (browsed) of ", "files naming one operator: 2 (is_not/none_of) of ",
            "files naming one member column: 1 (preferred_channel) of ", "files naming one channel adapter: 1 (kannel)",
            "files naming one reason: 2 (choose_none) of ", "lines without generated ones: 8 in 4 files",
        ]:
            self.assertIn(line, out)


class Punctuation(unittest.TestCase):
    """Half-width marks in Chinese texts, what they become, and what is left alone."""

    def mended(self, text):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "Sources").mkdir()
            path = root / "Sources" / "A.swift"
            path.write_text(text, encoding="utf-8")
            found = punctuation.check(path, text)
            punctuation.fix(root)
            after = path.read_text(encoding="utf-8")
            self.assertEqual(bool(found), after != text, found)
            self.assertEqual(punctuation.check(path, after), [])
            return after

    def test_marks_beside_chinese_become_full_width(self):
        for before, after in [
            ('"先看,再发"', '"先看，再发"'), ('"时区: 默认"', '"时区：默认"'), ('"端口(默认 587),可省"', '"端口（默认 587），可省"'),
            ('"版本 \\(n),到 \\(day):停"', '"版本 \\(n)，到 \\(day)：停"'), ('"是不是 `at`?"', '"是不是 `at`？"'),
            ('"没有 `a`,`b` 无效"', '"没有 `a`，`b` 无效"'), ('"请写:  {1}"', '"请写：  {1}"'),
            ('say(", ", ",")', 'say(", ", "，")'), ('"共 \\(a),\\(b) 元"', '"共 \\(a)，\\(b) 元"'),
        ]:
            self.assertEqual(self.mended(before), after)

    def test_code_times_numbers_and_words_that_are_typed_stay(self):
        for text in [
            '"在 9:30 发 1,000 条"', '"运行 `nudged fmt(a,b):好`"', '"if: {member.city: 上海,北京}"',
            '"打开 https://a.example/?b=1"', '"您是不是想写 `{1}`?({2};{3})"', '"输出 {\\"rows\\":n,\\"left\\":n}。"',
            '"  = 建议: 请写  a: 1"',
        ]:
            self.assertEqual(self.mended(text), text)

    def test_what_a_test_or_a_page_repeats_is_mended_with_it(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, text in {
                "Sources/A.swift": '"没有发送,频次上限(\\(n) 条)已满"', "Tests/T.swift": '"没有发送,频次上限(1 条)已满"; "姓名,手机号"',
                "docs/a.zh-CN.md": "说明,如下:\n```text\n没有发送,频次上限(1 条)已满\n```\n```yaml\n没有发送,频次上限\n```\n",
            }.items():
                (root / path).parent.mkdir(exist_ok=True)
                (root / path).write_text(text, encoding="utf-8")
            punctuation.fix(root)
            self.assertEqual((root / "Tests/T.swift").read_text(), '"没有发送，频次上限（1 条）已满"; "姓名,手机号"')
            self.assertEqual(
                (root / "docs/a.zh-CN.md").read_text(),
                "说明,如下:\n```text\n没有发送，频次上限（1 条）已满\n```\n```yaml\n没有发送,频次上限\n```\n")


if __name__ == "__main__":
    unittest.main()
