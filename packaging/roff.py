"""Text as man(7) macros: what `man` shows is what was written, in English and in Chinese."""
import re

# Signs as wide as two letters. groff knows no place between them where a line may end, and counts them as one letter.
WIDE = re.compile("[\u2e80-\u9fff\uff00-\uff60\u3000-\u303f]")
NO_LINE_BEGINS_WITH = "，。；：？！）、」』》”’…,.;:?!)"
NO_LINE_ENDS_WITH = "（「『《“‘("
# What stays on one line: `code`, a word, a wide sign.
PIECES = re.compile(f"`[^`]+`|{WIDE.pattern}|[^\\s`\u2e80-\u9fff\uff00-\uff60\u3000-\u303f]+|\\s+|`")
SPECIAL = {"\\": "\\[rs]", "-": "\\-", "'": "\\[aq]", "`": "\\[ga]", "^": "\\[ha]", "~": "\\[ti]"}


def escaped(text):
    """The text, with every sign that groff would take for something else."""
    return "".join(SPECIAL.get(sign, sign) for sign in text)


def width(text):
    return len(text) + len(WIDE.findall(text))


def lines(text, columns):
    """A sentence in lines of at most so many columns. One without wide signs is left to groff, as one line."""
    if not WIDE.search(text):
        return [text]
    units = []
    for piece in PIECES.findall(text):
        if units and (piece[0] in NO_LINE_BEGINS_WITH or units[-1][-1] in NO_LINE_ENDS_WITH):
            units[-1] += piece
        else:
            units.append(piece)
    found = [""]
    for unit in units:
        if width(found[-1] + unit) > columns and found[-1] and not unit.isspace():
            found.append("")
        found[-1] += unit if found[-1] else unit.lstrip()
    return [line.rstrip() for line in found]


def inline(text):
    """A sentence with `code`, **bold** and [links](#of-a-page), which a page shows by their words."""
    text = re.sub(r"\[([^\]]+)\]\((?:#|https?:|[a-z])[^)]*\)", r"\1", text)
    shown = ""
    for piece in re.split(r"(\*\*`[^`]+`\*\*|`` .+? ``|`[^`]+`|\*\*[^*]+\*\*)", text):
        is_marked = len(piece) > 2 and piece[0] in "`*" and piece[-1] == piece[0]
        shown += f"\\fB{escaped(piece.strip('*').strip('`').strip())}\\fR" if is_marked else escaped(piece)
    return shown


class Page:
    """One page. Every method adds to its end."""

    def __init__(self, name, section, date, version, title):
        self.lines = [".\\\" Written by packaging/manual.py out of the program itself.",
                      f'.TH {escaped(name)} {section} {date} "{escaped(version)}" "{title}"', ".nh", ".ad l"]

    def add(self, *lines):
        """Macros go as they are; a line of text that looks like one is told apart."""
        self.lines += lines

    def text(self, shown):
        """Text that is escaped already."""
        self.add("\\&" + shown if shown[:1] in ".'" else shown)

    def sentence(self, text, columns=70):
        """Of a page that is 80 columns wide, what its indent leaves."""
        for index, line in enumerate(lines(text, columns)):
            if index:
                self.add(".br")
            self.text(inline(line))

    def section(self, title):
        self.add(f'.SH "{escaped(title)}"')

    def subsection(self, title):
        self.add(f'.SS "{escaped(title)}"')

    def paragraph(self, text):
        self.add(".PP")
        self.sentence(text)

    def item(self, tag, *sentences):
        """A tag, already as macros, and what is said of it, each sentence of its own line."""
        self.add(".TP")
        self.text(tag)
        for index, sentence in enumerate(filter(None, sentences)):
            if index:
                self.add(".br")
            self.sentence(sentence, columns=63)

    def bullet(self, text):
        self.add(".IP \\(bu 2")
        self.text(inline(text))

    def verbatim(self, lines):
        """Lines as they are, a little to the right."""
        self.add(".PP", ".RS 2", ".nf")
        for line in lines:
            self.text(escaped(line) or "\\&")
        self.add(".fi", ".RE")

    def discussion(self, text):
        """The long text of a command's help: paragraphs, and indented lines as they are."""
        paragraph, indented = [], []

        def end():
            if paragraph:
                self.paragraph(" ".join(paragraph))
            if indented:
                self.verbatim([line[2:] for line in indented])
            paragraph.clear()
            indented.clear()

        for line in text.splitlines():
            is_indented = line.startswith("  ")
            starts_anew = not line.strip() or re.match(r"(EXIT |EXAMPLES?$|示例$|退出码)", line)
            if starts_anew or (paragraph if is_indented else indented):
                end()
            if line.strip():
                (indented if is_indented else paragraph).append(line)
        end()

    @property
    def rendered(self):
        return "\n".join(self.lines) + "\n"
