"""Swift as tokens, as far as a lint needs it: what is text and what is a comment is never mistaken for code.

Strings come whole, whatever their form (one line or several, raw, with escapes); the code of an interpolation follows
its string as tokens of its own. Comments, which nest, are dropped.
"""
from typing import NamedTuple

IDENTIFIER, STRING, NUMBER, REGEX, SYMBOL = "identifier", "string", "number", "regex", "symbol"
# Stands in the text of a string for the code of an interpolation.
HOLE = "\ufffc"


class Token(NamedTuple):
    kind: str
    text: str
    line: int
    # Code inside of a string's interpolation: no declaration starts there.
    is_interpolated: bool = False


def tokens(source):
    return _Reader(source).read()


class _Reader:
    def __init__(self, source):
        self.source = source
        self.at = 0
        self.line = 1
        self.out = []
        self.depth_of_strings = 0

    def read(self):
        if self.source.startswith("#!"):
            self.skip_to_end_of_line()
        while self.at < len(self.source):
            self.step()
        return self.out

    def peek(self, text):
        return self.source.startswith(text, self.at)

    def advance(self, count=1):
        self.line += self.source.count("\n", self.at, self.at + count)
        self.at += count

    def add(self, kind, text, line=None):
        self.out.append(Token(kind, text, line or self.line, self.depth_of_strings > 0))

    def step(self):
        char = self.source[self.at]
        if char.isspace():
            self.advance()
        elif self.peek("//"):
            self.skip_to_end_of_line()
        elif self.peek("/*"):
            self.skip_comment()
        elif char == '"' or (char == "#" and self.hashes_before('"')):
            self.string()
        elif self.is_regex():
            self.regex()
        elif char == "`":
            self.quoted_identifier()
        elif char.isalpha() or char in "_$":
            self.word(IDENTIFIER)
        elif char.isdigit():
            self.word(NUMBER)
        elif self.peek("->"):
            self.add(SYMBOL, "->")
            self.advance(2)
        else:
            self.add(SYMBOL, char)
            self.advance()

    def skip_to_end_of_line(self):
        end = self.source.find("\n", self.at)
        self.at = len(self.source) if end < 0 else end

    def skip_comment(self):
        depth = 0
        while self.at < len(self.source):
            if self.peek("/*"):
                depth += 1
                self.advance(2)
            elif self.peek("*/"):
                depth -= 1
                self.advance(2)
                if depth == 0:
                    return
            else:
                self.advance()

    def hashes_before(self, mark):
        """How many `#` stand here before the mark; 0: it is not what comes."""
        count = 0
        while self.source.startswith("#", self.at + count):
            count += 1
        return count if self.source.startswith(mark, self.at + count) else 0

    def string(self):
        hashes = self.hashes_before('"') * "#"
        line = self.line
        self.advance(len(hashes))
        quotes = '"""' if self.peek('"""') else '"'
        self.advance(len(quotes))
        text, places, index = [], [], len(self.out)
        while self.at < len(self.source):
            if self.peek(quotes + hashes):
                self.advance(len(quotes) + len(hashes))
                break
            if self.peek("\\" + hashes + "("):
                self.advance(1 + len(hashes))
                self.interpolation()
                text.append(HOLE)
                places.append(None)
            elif self.peek("\\" + hashes):
                self.advance(1 + len(hashes))
                text.append(self.escaped())
                places.append(None)
            elif self.peek("\n") and quotes == '"':
                # Not Swift: the next line is read afresh.
                break
            else:
                text.append(self.source[self.at])
                places.append(self.at)
                self.advance()
        self.found_string(index, Token(STRING, "".join(text), line, self.depth_of_strings > 0), places)

    def found_string(self, index, token, places):
        """`places` says where each character stands in the source; None: it is written in another way."""
        self.out.insert(index, token)

    def escaped(self):
        char = self.source[self.at:self.at + 1]
        self.advance(len(char))
        return {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "\n": " "}.get(char, char)

    def interpolation(self):
        self.depth_of_strings += 1
        depth = 0
        while self.at < len(self.source):
            before = len(self.out)
            self.step()
            if len(self.out) == before + 1 and self.out[-1].kind == SYMBOL:
                depth += {"(": 1, ")": -1}.get(self.out[-1].text, 0)
                if depth == 0:
                    break
        self.depth_of_strings -= 1

    def is_regex(self):
        if self.source[self.at] == "#":
            return self.hashes_before("/") > 0
        if self.source[self.at] != "/":
            return False
        # A bare one stands where a value may stand, starts without a blank, and ends on its line.
        before = self.out[-1] if self.out else Token(SYMBOL, "", 0)
        if before.kind in (STRING, NUMBER, REGEX) or before.text in (")", "]", "}", "?", "!"):
            return False
        if before.kind == IDENTIFIER and before.text not in ("return", "in", "try", "case"):
            return False
        following = self.source[self.at + 1:self.at + 2]
        return not following.isspace() and following not in (")", ",", "=", "") and self.end_of_regex() is not None

    def end_of_regex(self):
        at, in_class = self.at + 1, False
        while at < len(self.source) and self.source[at] != "\n":
            char = self.source[at]
            if char == "\\":
                at += 1
            elif char in "[]":
                in_class = char == "["
            elif char == "/" and not in_class:
                return at + 1
            at += 1
        return None

    def regex(self):
        if self.source[self.at] == "#":
            mark = "/" + self.hashes_before("/") * "#"
            end = self.source.find(mark, self.at + len(mark))
            end = len(self.source) if end < 0 else end + len(mark)
        else:
            end = self.end_of_regex()
        self.add(REGEX, self.source[self.at:end])
        self.advance(end - self.at)

    def quoted_identifier(self):
        end = self.source.find("`", self.at + 1)
        end = len(self.source) if end < 0 else end + 1
        self.add(IDENTIFIER, self.source[self.at:end])
        self.advance(end - self.at)

    def word(self, kind):
        end = self.at + 1
        while end < len(self.source) and (self.source[end].isalnum() or self.source[end] in "_$"):
            end += 1
        self.add(kind, self.source[self.at:end])
        self.advance(end - self.at)
