#!/usr/bin/env python3
"""The Unicode tables (ICU) that are linked into the program: those that it can ask for, instead of every language's.

    tables.py FOLDER    writes them as an object file, and prints with what `swift build` links it for Foundation's own

Foundation brings 34 MB of tables. The program reads zones and GB18030 out of them and formats, sorts and splits words with
its own code (`Tests/Tools/house.py` refuses the rest of Foundation), so the tables of other languages and code pages
would lie there unread. What stays is byte for byte what Foundation has.
"""
import hashlib
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

MEMBER = "icu_packaged_data.cpp.o"
# The only code page that files may have beside Unicode; see Sources/Intake/TextEncoding.swift.
CODE_PAGES = {"gb18030-2022"}
# English is what Foundation falls back to; Chinese stays whole. `res_index` lists what there is.
LANGUAGES = {"en", "zh", "res"}
# The names of currencies, languages, regions, units, zones and numbers; where words end; how scripts are written in each other.
NAMING = {"curr", "lang", "region", "unit", "zone", "rbnf", "brkitr", "translit"}
# The names of characters, and how far languages are from each other.
UNREAD = {"unames.icu", "langInfo.res"}
# Without one of these the program would not do what it did.
NEEDED = [
    "zoneinfo64.res", "timezoneTypes.res", "metaZones.res", "windowsZones.res", "gb18030-2022.cnv", "cnvalias.icu", "root.res",
    "en.res", "zh.res", "pool.res", "coll/ucadata.icu", "coll/root.res", "coll/zh.res", "nfkc.nrm",
]


def kept(name):
    """Whether the program may ask for a table: `zoneinfo64.res`, `coll/zh.res`."""
    folder, _, file = name.rpartition("/")
    stem, _, kind = file.rpartition(".")
    language = re.fullmatch(r"([a-z]{2,3})(_\w+)?", stem)
    if kind == "cnv":
        return stem in CODE_PAGES
    if folder in NAMING or file in UNREAD or kind in ("dict", "brk", "spp", "cfu"):
        return False
    return kind != "res" or not language or language.group(1) in LANGUAGES


class Tables:
    """The tables of one object, by name; names begin with that of the package, `icudt76l/`."""

    def __init__(self, data):
        size, magic = struct.unpack_from("<H2s", data)
        count, = struct.unpack_from("<I", data, size)
        if magic != b"\xda\x27" or data[12:16] != b"CmnD" or not 0 < count < 100_000:
            raise SystemExit(f"{MEMBER} has no tables of the form that is known: see packaging/tables.py")
        self.header = data[:size]
        places = [struct.unpack_from("<II", data, size + 4 + 8 * index) for index in range(count)]
        ends = [at for _, at in places[1:]] + [len(data) - size]
        self.named = {}
        for (name, at), end in zip(places, ends):
            text = data[size + name:data.index(0, size + name)].decode()
            self.named[text] = data[size + at:size + end]

    def only(self, choose):
        """The same package with the tables that are chosen; ICU finds them by halves, so they are sorted by name."""
        chosen = sorted((name, table) for name, table in self.named.items() if choose(name.partition("/")[2]))
        names, contents, index = bytearray(), bytearray(), bytearray()
        start = 4 + 8 * len(chosen)
        length = sum(len(name) + 1 for name, _ in chosen)
        first = -(-(start + length) // 16) * 16
        for name, table in chosen:
            index += struct.pack("<II", start + len(names), first + len(contents))
            names += name.encode() + b"\0"
            contents += table + bytes(-len(table) % 16)
        gap = bytes(first - start - len(names))
        return self.header + struct.pack("<I", len(chosen)) + bytes(index + names) + gap + bytes(contents)


def run(*words, **options):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, **options).stdout


def swift_folder():
    """The `usr` folder of the Swift on the PATH."""
    found = shutil.which("swift")
    if not found:
        raise SystemExit("`swift` is not on the PATH")
    return pathlib.Path(found).resolve().parent.parent


def of_foundation(swift, folder):
    """The tables as Foundation has them, and the name by which ICU knows them."""
    archive = swift / "lib/swift_static/linux/lib_FoundationICU.a"
    if not archive.exists():
        raise SystemExit(f"{archive} is not there: this Swift cannot link its libraries into a program")
    whole = folder / MEMBER
    whole.write_bytes(run("ar", "p", archive, MEMBER))
    symbols = re.findall(r" R (icudt\d+_dat)$", run("nm", whole).decode(), re.MULTILINE)
    if len(symbols) != 1:
        raise SystemExit(f"{archive}: {MEMBER} has no tables, or several: see packaging/tables.py")
    run("objcopy", "-O", "binary", "--only-section=.rodata", whole, folder / "whole.dat")
    return Tables((folder / "whole.dat").read_bytes()), symbols[0]


def main(words):
    if len(words) != 1:
        raise SystemExit(__doc__)
    swift = swift_folder()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        tables, symbol = of_foundation(swift, folder)
        have = {name.partition("/")[2] for name in tables.named}
        missing = [name for name in NEEDED if name not in have]
        if missing:
            raise SystemExit(f"Foundation's tables have no {', '.join(missing)}: see packaging/tables.py")
        (folder / "tables.dat").write_bytes(tables.only(kept))
        ours = f"__wrap_{symbol}"
        (folder / "tables.s").write_text(
            f'.section .rodata\n.balign 16\n.globl {ours}\n.type {ours}, @object\n{ours}:\n.incbin "tables.dat"\n'
            f'.size {ours}, . - {ours}\n.section .note.GNU-stack,"",@progbits\n')
        run(swift / "bin/clang", "-c", "tables.s", "-o", "tables.o", cwd=folder)
        made = (folder / "tables.o").read_bytes()
    # Others have another name, and so the program is linked again for them.
    target = pathlib.Path(words[0]) / f"unicode-{hashlib.sha256(made).hexdigest()[:12]}.o"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(made)
    print(f"-Xlinker {target} -Xlinker --wrap={symbol}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
