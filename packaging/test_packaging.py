#!/usr/bin/env python3
"""What is in the packages of a program, and that the same program makes the same bytes.

    NUDGED=PROGRAM test_packaging.py

Offline, and without root. Shells that are not installed are named and left out.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

sys.dont_write_bytecode = True
import manual
import old_store
import pack
import tables
from roff import Page, inline, lines, width

PROGRAM = pathlib.Path(os.environ.get("NUDGED") or ".build/debug/nudged").resolve()
EPOCH = "1790000000"
# What a package with the libraries of Swift inside may have unpacked, of the program alone.
LARGEST = 60_000_000
MANUALS = ["man1/nudged.1", "man5/nudged-rules.5", "man5/nudged.yaml.5", "zh_CN/man1/nudged.1"]


def run(*arguments, **options):
    options = {"check": True, "capture_output": True, "encoding": "utf-8", **options}
    return subprocess.run([str(one) for one in arguments], **options).stdout


def packed(folder, epoch=EPOCH):
    """The archive and the package of the program, in a folder of their own."""
    words = ["--deb", "--tarball", "--no-compression", "--unpackaged-libraries", "--out", folder, PROGRAM]
    paths = run(sys.executable, pack.HERE / "pack.py", *words, env={**os.environ, "SOURCE_DATE_EPOCH": epoch})
    return [pathlib.Path(path) for path in paths.splitlines()]


def skip_without(*tools):
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        print(f"skipped: {', '.join(missing)} not installed here")
        raise unittest.SkipTest("tools are missing")


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        skip_without("dpkg-deb", "dpkg-shlibdeps", "objdump", "strip")
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.archive, cls.deb = packed(cls.folder / "first")
        cls.root = cls.folder / "root"
        run("dpkg-deb", "-R", cls.deb, cls.root)
        cls.control = (cls.root / "DEBIAN/control").read_text("utf-8")

    def test_the_same_program_makes_the_same_bytes(self):
        for first, second in zip([self.archive, self.deb], packed(self.folder / "second")):
            self.assertEqual(first.name, second.name)
            self.assertTrue(first.read_bytes() == second.read_bytes(), f"{first.name} differs from time to time")

    def test_every_file_belongs_to_root_and_nobody_else_may_write_it(self):
        modes = {}
        for line in run("dpkg-deb", "-c", self.deb).splitlines():
            mode, owner, _, day, _, path = line.split(None, 5)
            self.assertEqual((owner, day), ("root/root", "2026-09-21"), path)
            modes[path.removeprefix("./")] = mode
        self.assertEqual(modes["usr/bin/nudged"], "-rwxr-xr-x")
        programs = {path for path, mode in modes.items() if mode[0] == "-" and "x" in mode}
        self.assertEqual(programs, {"usr/bin/nudged"})
        for path, mode in modes.items():
            self.assertIn(mode, {"-rw-r--r--", "-rwxr-xr-x", "drwxr-xr-x"}, path)

    def test_the_archive_has_the_files_of_the_package(self):
        with tarfile.open(self.archive) as tar:
            members = {member.name.partition("/")[2]: member for member in tar if member.isfile()}
        self.assertEqual({(member.uid, member.gid) for member in members.values()}, {(0, 0)})
        package = {path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file()}
        of_debian = {path for path in package if path.startswith("DEBIAN/")} | {
            f"{pack.DOC}/changelog.Debian.gz", "usr/share/lintian/overrides/nudged"}
        self.assertEqual(set(members) - {"README", "install.sh"}, package - of_debian)
        self.assertTrue(members["install.sh"].mode & 0o100)

    def test_the_readme_of_the_archive_names_the_packages_of_the_libraries(self):
        with tarfile.open(self.archive) as tar:
            readme = tar.extractfile(next(member for member in tar if member.name.endswith("/README"))).read().decode()
        self.assertNotIn("@", readme)
        for name in re.findall(r"NEEDED +(\S+)", run("objdump", "-p", PROGRAM)):
            self.assertIn(f"  {name}\n", readme)
            stem = name.partition(".so")[0]
            if not re.match(r"ld-linux|lib(c|m|dl|pthread|rt)$|lib_?(swift|Foundation|dispatch|BlocksRuntime)", stem):
                self.assertIn(f" {pack.LIBRARIES[stem][0]} ", readme)

    def test_control_names_what_the_program_needs(self):
        depends = re.search(r"^Depends: (.*)$", self.control, re.MULTILINE).group(1)
        names = ["libc6", "libcurl4", "libexpat1", "libsqlite3-0", "libssl3", "libyaml-0-2", "libzip4", "zlib1g"]
        for name in names + ["tzdata", "ca-certificates"]:
            self.assertRegex(depends, rf"(^|, ){re.escape(name)}\b")
        self.assertRegex(self.control, rf"(?m)^Version: {re.escape(self.version)}(~\d+\.\d+)?-1$")
        self.assertRegex(self.control, r"(?m)^Architecture: (amd64|arm64)$")

    @property
    def version(self):
        return re.search(r"\d+\.\d+\.\d+", run(PROGRAM, "--version")).group()

    def without_swift(self):
        if "libswiftCore" in run("ldd", PROGRAM):
            self.skipTest("this program has the libraries of Swift outside")

    def test_the_program_with_everything_inside_is_60_mb_at_most(self):
        self.without_swift()
        self.assertLessEqual((self.root / "usr/bin/nudged").stat().st_size, LARGEST)

    def test_zones_and_gb18030_are_there_with_few_tables(self):
        shop = self.folder / "tables"
        run(PROGRAM, "--lang", "en", "init", shop)
        # Two bytes, and four: 〇 and 㐂, and a character beyond the first plane.
        names = ["林小姐", "〇㐂", "𠮷野家"]
        rows = "".join(f"m{index},{name}\n" for index, name in enumerate(names))
        (shop / "members.csv").write_bytes(f"id,display_name\n{rows}".encode("gb18030"))
        said = run(PROGRAM, "--lang", "en", "import", "members", "members.csv", cwd=shop)
        self.assertIn("3 rows, 3 accepted (0 unchanged), 0 rejected (CSV, GB18030)", said)
        for index, name in enumerate(names):
            self.assertIn(name, run(PROGRAM, "members", "show", f"m{index}", "--reveal", "a test", cwd=shop))
        settings = (shop / "rules/settings.yaml")
        text = settings.read_text("utf-8")
        for zone in ["Asia/Shanghai", "Asia/Urumqi", "PRC", "America/New_York", "Pacific/Apia", "Africa/Casablanca", "UTC"]:
            settings.write_text(re.sub(r"(?m)^timezone: .*$", f"timezone: {zone}", text), "utf-8")
            run(PROGRAM, "check", shop / "rules")
        settings.write_text(re.sub(r"(?m)^timezone: .*$", "timezone: Asia/Shenzhen", text), "utf-8")
        refused = subprocess.run([PROGRAM, "check", shop / "rules"], capture_output=True, encoding="utf-8")
        self.assertEqual(refused.returncode, 1)

    def test_a_program_runs_in_languages_without_tables(self):
        for locale in ["fr_FR.UTF-8", "ja_JP.UTF-8", "ar_EG.UTF-8", "zh_TW.UTF-8", "xx"]:
            said = run(PROGRAM, "--version", env={"PATH": os.environ["PATH"], "LC_ALL": locale, "LANG": locale})
            self.assertIn(f"nudged {self.version}", said)

    def test_a_program_with_libraries_of_no_package_is_refused(self):
        if "libswiftCore" not in run("ldd", PROGRAM):
            self.skipTest("this program has the libraries of Swift inside")
        done = subprocess.run(
            [sys.executable, pack.HERE / "pack.py", "--deb", "--out", self.folder / "refused", PROGRAM],
            capture_output=True, encoding="utf-8", env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH})
        self.assertEqual(done.returncode, 1)
        self.assertIn("libswiftCore.so", done.stderr)
        self.assertIn("make deb", done.stderr)
        self.assertEqual(list((self.folder / "refused").iterdir()), [])

    def test_the_configuration_is_the_only_conffile_and_is_sound(self):
        self.assertEqual((self.root / "DEBIAN/conffiles").read_text("utf-8"), "/etc/nudged/nudged.yaml\n")
        config = (self.root / "etc/nudged/nudged.yaml").read_text("utf-8")
        self.assertIn('url: "sqlite:/var/lib/nudged/nudged.db"', config)
        self.assertEqual(list((self.root / "etc/nudged/rules").iterdir()), [])
        run(PROGRAM, "check", self.root / "etc/nudged/nudged.yaml")

    def test_alerts_and_the_dashboard_are_beside_the_page_that_names_them(self):
        page = (self.root / pack.DOC / "docs/metrics.md").read_text("utf-8")
        named = set(re.findall(r"docs/monitoring/[a-z.]+[a-z]", page))
        self.assertGreaterEqual(len(named), 3)
        for path in sorted(named):
            self.assertTrue((self.root / pack.DOC / path).is_file(), path)

    def test_the_example_rules_are_sound_where_they_are(self):
        run(PROGRAM, "check", self.root / pack.DOC / "examples/rules")

    def test_scripts_of_the_package_are_scripts(self):
        for script in ["DEBIAN/postinst", "DEBIAN/prerm", "DEBIAN/postrm"]:
            run("sh", "-n", self.root / script)
            self.assertNotIn("#SETUP#", (self.root / script).read_text("utf-8"))
        self.assertIn("systemd-sysusers nudged.conf", (self.root / "DEBIAN/postinst").read_text("utf-8"))

    def test_the_unit_starts_what_is_installed_with_what_is_configured(self):
        unit = (self.root / "usr/lib/systemd/system/nudged.service").read_text("utf-8")
        for path in set(re.findall(r"(?m)^Exec\w+=-?(/usr/bin/nudged) ", unit)):
            self.assertTrue((self.root / path[1:]).exists())
        self.assertIn("ExecStart=/usr/bin/nudged run --config /etc/nudged/nudged.yaml\n", unit)
        teller = re.search(r"(?m)^OnFailure=(nudged-alert@)%n(\.service)$", unit)
        self.assertTrue((self.root / "usr/lib/systemd/system" / "".join(teller.groups())).exists())
        for name, section in re.findall(r"man:([a-z.-]+)\((\d)\)", unit):
            self.assertTrue((self.root / f"usr/share/man/man{section}/{name}.{section}.gz").exists(), name)

    def test_sums_are_those_of_the_files(self):
        run("md5sum", "--check", "--quiet", "--strict", self.root / "DEBIAN/md5sums", cwd=self.root)

    def test_licences_of_everything_that_is_linked_in(self):
        text = run("zcat", self.root / pack.DOC / "third-party-licences.txt.gz")
        for name in ["GRDB.swift: LICENSE", "swift-nio: NOTICE.txt", "hummingbird: LICENSE.txt", "swift: LICENSE.txt"]:
            self.assertIn(f"\n{name}\n", text)

    def test_the_archive_installs_keeps_the_configuration_and_goes_again(self):
        with tarfile.open(self.archive) as tar:
            tar.extractall(self.folder / "archive")
        script = next((self.folder / "archive").iterdir()) / "install.sh"
        there = self.folder / "there"
        run(script, "--destdir", there)
        self.assertEqual(run(there / "usr/bin/nudged", "--version"), run(PROGRAM, "--version"))
        config = there / "etc/nudged/nudged.yaml"
        config.write_text("# ours\n")
        (there / "etc/nudged/rules/ours.yaml").write_text("# ours\n")
        run(script, "--destdir", there)
        self.assertEqual(config.read_text("utf-8"), "# ours\n")
        self.assertIn("version: 1", config.with_name("nudged.yaml.new").read_text("utf-8"))
        run(script, "--remove", "--destdir", there)
        self.assertEqual([path for path in there.rglob("usr/**/*nudged*")], [])
        self.assertEqual(config.read_text("utf-8"), "# ours\n")
        self.assertEqual((there / "etc/nudged/rules/ours.yaml").read_text("utf-8"), "# ours\n")
        wrong = subprocess.run([script, "--prefix", "/opt"], capture_output=True, encoding="utf-8")
        self.assertEqual(wrong.returncode, 64)
        self.assertIn("--destdir FOLDER", wrong.stderr)

    def test_pages_of_the_manual_render_without_a_warning(self):
        skip_without("man")
        for page in MANUALS:
            path = self.root / "usr/share/man" / f"{page}.gz"
            done = subprocess.run(
                ["man", "--warnings", "--encoding=UTF-8", "--local-file", "-Tutf8", path],
                capture_output=True, encoding="utf-8",
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "MANWIDTH": "80"})
            self.assertEqual((done.returncode, done.stderr), (0, ""), page)

    def test_the_manual_has_every_command_with_its_options_in_both_languages(self):
        for page, word in [(MANUALS[0], "EXIT STATUS"), (MANUALS[3], "退出码")]:
            text = self.shown(page)
            self.assertTrue(f"\n{word}\n" in text, page)
            for command in ["import", "deliveries cancel", "members erase", "channels test"]:
                self.assertTrue(f"\n   nudged {command}\n" in text, f"{page}: {command}")
            # The examples of the help are lines as they are there.
            self.assertTrue("\n         nudged init shop && cd shop     " in text, page)
        indents = {len(line) - len(line.lstrip()) for line in text.splitlines() if width(line) > 82}
        self.assertLessEqual(indents, {0, 9}, "only headings, and examples as they are, are wider than a terminal")

    def test_the_manual_and_the_completions_have_the_commands_of_the_source(self):
        names = set()
        for source in (pack.ROOT / "Sources/nudged").rglob("*.swift"):
            names.update(re.findall(r'commandName: "([a-z-]+)"', source.read_text("utf-8")))
        names.remove("nudged")
        self.assertGreater(len(names), 40)
        page = self.shown(MANUALS[0])
        shells = {shell: (self.root / path).read_text("utf-8") for shell, path in pack.COMPLETIONS.items()}
        for name in sorted(names):
            self.assertTrue(re.search(rf"(?m)^   nudged ([a-z-]+ )*{name}$", page), f"{name} is not in the manual")
            for shell, text in shells.items():
                self.assertTrue(re.search(rf"(?<![a-z-]){name}(?![a-z-])", text), f"{shell} does not complete {name}")

    def test_the_manual_has_every_key_of_every_file(self):
        reference = run(PROGRAM, "--lang", "en", "schema", "--reference")
        pages = [self.shown(page) for page in MANUALS[1:3]]
        keys = set(re.findall(r"(?m)^\| (?:\*\*)?`([a-z_]+)`", reference))
        self.assertGreater(len(keys), 200)
        for key in sorted(keys):
            self.assertTrue(any(re.search(rf"(?m)^ +{key}\b", page) for page in pages), key)
        # What the reference says in Chinese stays in the reference.
        for meaning in ["默认时区", "数据存放处", "全部满足", "会员号"]:
            self.assertTrue(meaning in reference and meaning not in "".join(pages), meaning)

    def shown(self, page):
        """A page as a wide terminal shows it, without its bold letters."""
        skip_without("man")
        return re.sub(".\b", "", run(
            "man", "--encoding=UTF-8", "--local-file", "-Tutf8", self.root / "usr/share/man" / f"{page}.gz",
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "MANWIDTH": "400"}))

    def test_completions_parse(self):
        for shell, path in pack.COMPLETIONS.items():
            if not shutil.which(shell):
                print(f"skipped: {shell} is not installed here")
                continue
            run(shell, "-n", self.root / path)

    def test_completion_offers_rules_channels_and_commands(self):
        shop = self.folder / "shop"
        run(PROGRAM, "--lang", "en", "init", shop)
        config = (shop / "nudged.yaml").read_text("utf-8")
        (shop / "nudged.yaml").write_text(config.replace("push: {", "pigeon: {address: phone, "), "utf-8")
        elsewhere = f"--config {shop}/nudged.yaml"
        for folder, line, offered in [
            (shop, "nudged hold --rule birthday-gi", ["birthday-gift"]), (shop, "nudged explain --rule vip-", None),
            (shop, "nudged channels test pig", ["pigeon"]),
            (shop, "nudged send-test points-expiring-7", ["points-expiring-7d"]),
            (self.folder, f"nudged hold {elsewhere} --channel pig", ["pigeon"]),
            (self.folder, "nudged hold --rule ", []),
            (shop, "nudged memb", ["members"]), (shop, "nudged import supp", ["suppressions"]),
        ]:
            found = self.completed(folder, line)
            if offered is None:
                self.assertTrue(found and all(word.startswith("vip-") for word in found), found)
            else:
                self.assertEqual(found, offered, line)

    def completed(self, folder, line):
        """What bash offers for a line with the cursor at its end."""
        names = self.folder / "bin"
        names.mkdir(exist_ok=True)
        if not (names / "nudged").exists():
            (names / "nudged").symlink_to(PROGRAM)
        script = """
            source "$1"; COMP_LINE=$2; COMP_POINT=${#COMP_LINE}; read -r -a COMP_WORDS <<<"$2"
            case $2 in *' ') COMP_WORDS+=('');; esac
            COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 )); COMP_TYPE=9
            _nudged nudged "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"; printf '%s\\n' "${COMPREPLY[@]}"
        """
        shown = run(
            "bash", "-c", script, "bash", self.root / pack.COMPLETIONS["bash"], line, cwd=folder,
            env={"PATH": f"{names}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"})
        return [word for word in shown.split() if word]


class Tables(unittest.TestCase):
    """The tables of Unicode: chosen of those that this Swift has."""

    def test_those_that_stay_are_what_they_were_and_are_found_by_halves(self):
        skip_without("swift", "ar", "nm", "objcopy")
        with tempfile.TemporaryDirectory() as scratch:
            whole, symbol = tables.of_foundation(tables.swift_folder(), pathlib.Path(scratch))
            asked = [sys.executable, pack.HERE / "tables.py", scratch]
            said = run(*asked)
            self.assertEqual(run(*asked), said, "the same tables have the same name")
            target, = pathlib.Path(scratch).glob("unicode-*.o")
            self.assertEqual(said, f"-Xlinker {target} -Xlinker --wrap={symbol}\n")
            self.assertIn(f" R __wrap_{symbol}\n", run("nm", target))
            run("objcopy", "-O", "binary", "--only-section=.rodata", target, f"{scratch}/few.dat")
            data = (pathlib.Path(scratch) / "few.dat").read_bytes()
        few = tables.Tables(data)
        self.assertLess(len(data), 5_000_000)
        self.assertEqual(list(few.named), sorted(few.named))
        self.assertLess(len(few.named), len(whole.named))
        for name, table in few.named.items():
            # Between two tables there may be some bytes that belong to none.
            self.assertTrue(table.startswith(whole.named[name].rstrip(b"\0")), name)
        for name in tables.NEEDED:
            self.assertIn(name, {full.partition("/")[2] for full in few.named})

    def test_what_stays(self):
        for name, stays in [
            ("zoneinfo64.res", True), ("timezoneTypes.res", True), ("supplementalData.res", True), ("res_index.res", True),
            ("root.res", True), ("pool.res", True), ("en.res", True), ("en_US_POSIX.res", True), ("zh_Hant_TW.res", True),
            ("coll/zh.res", True), ("coll/ucadata.icu", True), ("nfkc.nrm", True), ("uts46.nrm", True),
            ("cnvalias.icu", True), ("gb18030-2022.cnv", True),
            ("de.res", False), ("yue_Hans.res", False), ("lang/sr_Latn_BA.res", False), ("coll/ja.res", False),
            ("ibm-943_P15A-2003.cnv", False), ("brkitr/cjdict.dict", False), ("brkitr/line.brk", False), ("brkitr/root.res", False),
            ("translit/root.res", False), ("curr/root.res", False), ("zone/zh.res", False), ("unames.icu", False),
            ("langInfo.res", False), ("rfc3491.spp", False), ("confusables.cfu", False),
        ]:
            self.assertEqual(tables.kept(name), stays, name)

    def test_every_code_page_of_files_has_its_table(self):
        source = (pack.ROOT / "Sources/Intake/TextEncoding.swift").read_text("utf-8")
        names = [name.lower() for name in re.findall(r'case \w+ = "([^"]+)"', source) if not name.startswith("UTF-")]
        self.assertEqual(names, ["gb18030"])
        for name in names:
            self.assertTrue(any(page.startswith(name) for page in tables.CODE_PAGES), name)

    def test_another_form_is_refused(self):
        for data in [bytes(200), b"\x20\x00\xda\x27" + bytes(8) + b"ResB" + bytes(200)]:
            with self.assertRaises(SystemExit) as refused:
                tables.Tables(data)
            self.assertIn("packaging/tables.py", str(refused.exception))


class OldStore(unittest.TestCase):
    def test_an_upgrade_of_the_first_store_decides_nothing_again(self):
        """What packaging/deb_test.sh asks of packages, asked of the program alone."""
        with tempfile.TemporaryDirectory() as folder:
            old_store.make(folder)
            store = f"{folder}/nudged.db"
            ledger = [sys.executable, pack.HERE / "old_store.py", "ledger"]
            before = run(*ledger, store)
            kinds = [line.partition(" ")[0] for line in before.splitlines()]
            self.assertEqual((kinds.count("decided"), kinds.count("sent")), (26, 4))
            run(PROGRAM, "hold", "--all", "--reason", "upgrade", "--store", f"sqlite:{store}")
            run(PROGRAM, "backup", f"{folder}/after", "--store", f"sqlite:{store}")
            self.assertEqual(run(*ledger, f"{folder}/after"), before)
            copy, = pathlib.Path(folder).glob("nudged.db.schema-*")
            self.assertEqual(run(*ledger, copy), before)
            old_store.later(store)
            refused = subprocess.run(
                [PROGRAM, "--lang", "en", "status", "--store", f"sqlite:{store}"], capture_output=True, encoding="utf-8")
            self.assertEqual(refused.returncode, 2)
            self.assertIn("was written by a newer nudged", refused.stderr)


class Manual(unittest.TestCase):
    def test_signs_that_groff_reads_are_shown_as_they_are(self):
        for text, shown in [
            ("a-b", "a\\-b"), ("`--at T`", "\\fB\\-\\-at T\\fR"), ("it's \\n", "it\\[aq]s \\[rs]n"),
            ("a [secret](#nudged-secret)", "a secret"), ("**`id`**", "\\fBid\\fR"),
        ]:
            self.assertEqual(inline(text), shown, text)

    def test_chinese_lines_end_where_they_may(self):
        for text, columns, found in [
            ("会员生日", 4, ["会员", "生日"]), ("会员。生日", 6, ["会员。", "生日"]),
            ("会员。生日", 4, ["会", "员。", "生日"]), ("看（生日）", 4, ["看", "（生", "日）"]),
            ("写 `--at T` 再看", 6, ["写", "`--at T`", "再看"]), ("a member's birthday", 4, ["a member's birthday"]),
        ]:
            self.assertEqual(lines(text, columns), found, text)

    def test_a_line_that_looks_like_a_macro_is_text(self):
        page = Page("X", 1, "2026-01-01", "nudged", "")
        page.paragraph(".SH is no heading")
        self.assertEqual(page.lines[-1], "\\&.SH is no heading")

    def test_help_keeps_its_examples_as_they_are(self):
        page = Page("X", 1, "2026-01-01", "nudged", "")
        page.discussion("One line\nof two.\n\nEXAMPLES\n  nudged a    b\n  nudged c\n\nEXIT 0 done")
        self.assertEqual(page.lines[4:], [
            ".PP", "One line of two.", ".PP", "EXAMPLES", ".PP", ".RS 2", ".nf", "nudged a    b", "nudged c",
            ".fi", ".RE", ".PP", "EXIT 0 done"])

    def test_bars_inside_of_code_belong_to_their_cell(self):
        self.assertEqual(manual.cells("| `a` | b \\| c | `{{ u | link }}` |"), ["`a`", "b | c", "`{{ u | link }}`"])

    def test_a_line_of_an_unknown_form_is_an_error(self):
        for line in ["```yaml", "> a quotation", "1. a numbered list"]:
            with self.assertRaises(SystemExit):
                manual.ReferencePages(f"## Fields\n\n{line}\n", "0.0.0", "2026-01-01")


if __name__ == "__main__":
    unittest.main()
