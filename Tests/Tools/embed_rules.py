#!/usr/bin/env python3
"""Writes rules/ into the program, so that `nudged init` and `nudged demo` need no checkout.

One Swift file for each folder of rules/: Sources/nudged/Generated/ExampleRules*.swift. Run it through `make rules`
after any change of rules/; a test compares what the program holds with the folder.
"""
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "rules"
TARGET = ROOT / "Sources" / "nudged" / "Generated"
HEADER = "// swift-format-ignore-file\n// Written by Tests/Tools/embed_rules.py from rules/. Change those files, then run `make rules`.\n\n"


def literal(path):
    text = path.read_text(encoding="utf-8")
    assert '"""#' not in text and "\\#" not in text and text.endswith("\n"), path
    name = path.relative_to(RULES).as_posix()
    return f'        File(path: "{name}", text: #"""\n{text}\n"""#),\n'


def extension(name, paths):
    body = "".join(literal(path) for path in paths)
    return HEADER + f"extension ExampleRules {{\n    static let {name}: [File] = [\n{body}    ]\n}}\n"


def main():
    folders = {"top": sorted(RULES.glob("*.yaml"))}
    for folder in sorted(path for path in RULES.iterdir() if path.is_dir()):
        folders[folder.name] = sorted(folder.glob("**/*.yaml"))
    for name, paths in folders.items():
        (TARGET / f"ExampleRules+{name}.swift").write_text(extension(name, paths), encoding="utf-8")
    (TARGET / "ExampleRules.swift").write_text(
        HEADER
        + "/// The files of rules/ as they were when the program was built.\n"
        + "enum ExampleRules {\n"
        + "    struct File: Sendable {\n"
        + "        /// Below rules/, such as `tests/birthday.test.yaml`.\n"
        + "        let path: String\n"
        + "        let text: String\n"
        + "    }\n\n"
        + f"    static let files: [File] = {' + '.join(folders)}\n"
        + "}\n",
        encoding="utf-8")


main()
