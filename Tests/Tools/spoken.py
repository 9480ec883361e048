#!/usr/bin/env python3
"""Sentences that people read stand in the program in English and in Chinese.

    spoken.py [ROOT]

Walks every call of `say` and `Bilingual`, whose second text must be Chinese where the first has words, and every call that
prints or ends a command, in which no English sentence may stand outside of such a pair. Chinese has full-width marks
(punctuation.py, whose `--fix` writes them). Prints `path:line: sentence` for every finding in ROOT/Sources and exits
with 1 when there is one.
"""
import pathlib
import re
import sys

sys.dont_write_bytecode = True
import punctuation
from swift_tokens import HOLE, IDENTIFIER, STRING, SYMBOL, tokens

PAIRS = {"say", "Bilingual"}
# What is printed, or ends a command with a sentence.
PRINTS = {"Failure", "ValidationError"}
PRINTING_METHODS = {("Console", "print"), ("Console", "error")}
HAN = re.compile("[\u3000-\u9fff\uff00-\uffef]")
# Two words beside each other, of which one is not a name or a word of a command.
SENTENCE = re.compile(r"\b[a-z]{2,} (?:a |the )?[a-z]{2,}\b")
# Commands that people copy, and the frames of other programs.
CODE = re.compile(r"^\s*(nudged|systemctl|sudo|#|-)")


def closing(code, start):
    depth = 0
    for index in range(start, len(code)):
        if code[index].kind == SYMBOL and code[index].text in "([{":
            depth += 1
        if code[index].kind == SYMBOL and code[index].text in ")]}":
            depth -= 1
            if depth == 0:
                return index
    return len(code) - 1


def arguments(code, start, end):
    """The spans of the arguments between the parentheses at start and end."""
    spans, first, depth = [], start + 1, 0
    for index in range(start + 1, end):
        token = code[index]
        if token.is_interpolated != code[start].is_interpolated:
            continue
        if token.kind == SYMBOL and token.text in "([{":
            depth += 1
        elif token.kind == SYMBOL and token.text in ")]}":
            depth -= 1
        elif token.kind == SYMBOL and token.text == "," and depth == 0:
            spans.append((first, index))
            first = index + 1
    return spans + [(first, end)] if first < end else spans


def strings(code, span):
    return [code[index] for index in range(*span) if code[index].kind == STRING]


def is_call(code, index, names):
    after = code[index + 1] if index + 1 < len(code) else None
    before = code[index - 1] if index else None
    return (
        code[index].kind == IDENTIFIER and code[index].text in names and after is not None
        and after.kind == SYMBOL and after.text == "(" and not (before and before.text in ("func", "struct", "enum"))
    )


def pairs(code):
    """Each call of a pair, from its name to its closing parenthesis."""
    return [(index, closing(code, index + 1)) for index in range(len(code)) if is_call(code, index, PAIRS)]


def check(path, source):
    code = tokens(source)
    found, inside = [], set()
    for start, end in pairs(code):
        inside.update(range(start, end + 1))
        spans = arguments(code, start + 1, end)
        if len(spans) != 2:
            continue
        english, chinese = strings(code, spans[0]), strings(code, spans[1])
        words = " ".join(token.text.replace(HOLE, " ") for token in english)
        words = re.sub("`[^`]*`", "", words)
        if not chinese or not SENTENCE.search(words):
            continue
        if not any(HAN.search(token.text) for token in chinese):
            found.append((code[start].line, f"has no Chinese: {words.strip()[:60]}"))
    for index in range(len(code)):
        prints = is_call(code, index, PRINTS)
        if is_call(code, index, {name for _, name in PRINTING_METHODS}) and index > 1:
            prints = (code[index - 2].text, code[index].text) in PRINTING_METHODS
        if not prints:
            continue
        for inner in range(index + 1, closing(code, index + 1)):
            token = code[inner]
            if inner in inside or token.kind != STRING or HAN.search(token.text):
                continue
            text = token.text.replace(HOLE, " ")
            if SENTENCE.search(text) and not CODE.search(text.strip('"')):
                found.append((token.line, f"is printed in English alone: {text.strip()[:60]}"))
    return [f"{path}:{line}: {sentence}" for line, sentence in found]


def main(arguments):
    root = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).resolve().parents[2]
    found = []
    for path in sorted((root / "Sources").rglob("*.swift")):
        if "Generated" not in path.parts:
            found += check(path.relative_to(root), path.read_text(encoding="utf-8"))
    for path in punctuation.sources(root):
        found += punctuation.check(path.relative_to(root), path.read_text(encoding="utf-8"))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
