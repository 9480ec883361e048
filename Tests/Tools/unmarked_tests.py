#!/usr/bin/env python3
"""A function of a test file without @Test never runs, and nobody says so. This does.

Suspicious is what takes no part in other functions: a function of a `*Tests.swift` file that expects something, is
not private, is not called in its file, and has no @Test before it. Exits with 1 and a line for each.
"""
import pathlib
import re
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
FUNC = re.compile(r"^([ \t]*)((?:[a-z@][\w()]* )*)func (\w+|`[^`]+`)", re.MULTILINE)


def body_after(text, start, indent):
    line = text[start:text.find("\n", start)]
    if line.endswith("}"):
        return line
    end = re.compile(rf"^{indent}\}}", re.MULTILINE).search(text, start)
    return text[start:end.start() if end else len(text)]


def attributes_before(text, start):
    """The lines above, back to the end of the declaration before: a blank line, a brace, or the type's own line."""
    lines = []
    for line in reversed(text[:start].splitlines()):
        if not line.strip() or line.strip() == "}" or line.endswith("{"):
            break
        lines.append(line)
    return "\n".join(lines)


def unmarked(path):
    text = path.read_text(encoding="utf-8")
    for match in FUNC.finditer(text):
        indent, modifiers, name = match.groups()
        if "@Test" in modifiers or "private" in modifiers or "@Test" in attributes_before(text, match.start()):
            continue
        expects = "#expect" in body_after(text, match.end(), indent) or name.startswith("test")
        is_called = len(re.findall(rf"\b{re.escape(name)}\(", text)) > 1
        if expects and not is_called:
            yield text.count("\n", 0, match.start()) + 1, name


def main():
    found = [(path, *hit) for path in sorted(TESTS.glob("**/*Tests.swift")) for hit in unmarked(path)]
    for path, line, name in found:
        print(f"{path.relative_to(TESTS.parent)}:{line}: {name} has no @Test, so it never runs")
    sys.exit(1 if found else 0)


main()
