#!/usr/bin/env python3
"""Writes the pages of docs/findings/, docs/help/ and docs/snippets/ into the program: what `nudged code` and `nudged help`
print, and what editors offer to start from.

    embed_pages.py [--check]

A page is a section of these files, in both languages. The files of findings and topics are read in the order of FINDINGS
and TOPICS, which is the order of the lists that people see. Run it through `make rules` after any change of a page; `--check`
writes nothing and exits with 1 when the program holds other pages.
"""
import pathlib
import re
import sys

sys.dont_write_bytecode = True
import punctuation

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = (
    "// swift-format-ignore-file\n"
    "// Written by Tests/Tools/embed_pages.py from docs/{0}/. Change those files, then run `make rules`.\n\n")
FINDINGS = ("file", "values", "names", "sending", "files", "fixtures", "tests")
TOPICS = ("writing", "deciding", "trying", "running")
SNIPPETS = ("rules", "templates", "coupons", "segments")

FINDING = re.compile(
    r"(?P<code>[RT]\d{3}) (?P<title>.+)\n\n(?P<english>.+)\n\n(?P<chinese>.+)\n\n"
    r"Wrong:\n\n```yaml (?P<wrong_place>.+)\n(?P<wrong>(?s:.*?))\n```\n\n"
    r"Right:\n\n```yaml (?P<right_place>.+)\n(?P<right>(?s:.*?))\n```\n\n"
    r"What to do: (?P<remedy>.+)\n\n怎么改：(?P<chinese_remedy>.+)\n(\nSeen (?P<seen>with a store|in test runs)\n)?")
TOPIC = re.compile(
    r"(?P<name>[a-z-]+): (?P<title>.+)\n\n(Also: (?P<others>.+)\n)?Page: (?P<page>.+)\n\n"
    r"(```yaml\n(?P<example>(?s:.*?))\n```\n\n)?"
    r"```text english\n(?P<english>(?s:.*?))\n```\n\n```text chinese\n(?P<chinese>(?s:.*?))\n```\n")
SNIPPET = re.compile(r"(?P<label>.+)\n\n(?P<description>.+)\n\n```yaml\n(?P<body>(?s:.*?))\n```\n")
SEEN = {"with a store": "withStore", "in test runs": "inTestRuns"}
PLACES = {"rule": "rule", "test": "test", "file": "file", "whole-file": "wholeFile", "second-file": "secondFile", "gbk": "gbk"}


def literal(text):
    assert '"#' not in text and "\\#" not in text, text
    return f'#"""\n{text}\n"""#' if "\n" in text else f'#"{text}"#'


def pair(english, chinese):
    if punctuation.wrong(chinese):
        sys.exit(f"a half-width mark in Chinese: {chinese}")
    return f".init({literal(english)}, {literal(chinese)})"


def titles(text):
    english, chinese = text.split(" · ")
    return pair(english, chinese)


def example(place, text):
    case, _, kind = place.partition(" ")
    return f".init(place: .{PLACES[case]}" + (f'("{kind}")' if kind else "") + f", text: {literal(text)})"


def call(*arguments):
    return ",\n".join(f"            {argument}" for argument in arguments if argument)


def finding(part):
    return "FindingPage(\n" + call(
        f'"{part["code"]}"', titles(part["title"]), pair(part["english"], part["chinese"]),
        f'remedy: {pair(part["remedy"], part["chinese_remedy"])}',
        f'wrong: {example(part["wrong_place"], part["wrong"])}',
        f'right: {example(part["right_place"], part["right"])}',
        part["seen"] and f"seen: .{SEEN[part['seen']]}") + ")"


def topic(part):
    others = ", ".join(f'"{word}"' for word in (part["others"] or "").split(", ") if word)
    return "HelpTopic(\n" + call(
        f'name: "{part["name"]}"', f"others: [{others}]", f'title: {titles(part["title"])}',
        f'example: {literal(part["example"]) if part["example"] else "nil"}',
        f'text: {pair(part["english"], part["chinese"])}', f'page: "{part["page"]}"') + ")"


def snippet(part):
    return "Snippet(\n" + call(
        f'label: {literal(part["label"])}', f'description: {literal(part["description"])}',
        f'body: {literal(part["body"])}') + ")"


def pages(folder, name, shape, swift):
    """The Swift of every page of one file."""
    path = ROOT / "docs" / folder / f"{name}.md"
    head, *sections = re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for section in sections:
        match = shape.fullmatch(section.rstrip("\n") + "\n")
        if not match:
            sys.exit(f"{path}: `## {section.splitlines()[0]}` has another shape than the pages beside it")
        yield swift(match)


def extension(folder, name, type, written):
    body = "".join(f"        {page},\n" for page in written)
    target = "FindingPages" if type == "FindingPage" else type
    return HEADER.format(folder) + f"extension {target} {{\n    static let {name}: [{type}] = [\n{body}    ]\n}}\n"


def generated():
    for name in FINDINGS:
        written = pages("findings", name, FINDING, finding)
        yield f"Rules/Generated/FindingPages+{name}.swift", extension("findings", name, "FindingPage", written)
    for name in SNIPPETS:
        written = pages("snippets", name, SNIPPET, snippet)
        yield f"Rules/Generated/Snippet+{name}.swift", extension("snippets", name, "Snippet", written)
    for name in TOPICS:
        written = pages("help", name, TOPIC, topic)
        yield f"nudged/Generated/HelpTopic+{name}.swift", extension("help", name, "HelpTopic", written)


def main(arguments):
    stale = False
    for name, text in generated():
        path = ROOT / "Sources" / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in arguments:
            stale = True
            print(f"Sources/{name} is not what docs/ says; run `make rules`")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
