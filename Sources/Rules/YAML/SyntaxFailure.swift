/// Says in the author's words why libyaml stopped. libyaml names the place where it failed; the cause is mostly on that
/// line, on the one above, or at the beginning of the part that is not finished.
struct SyntaxFailure {
    let source: SourceText
    /// The first byte that libyaml was given.
    let base: Int
    /// The end of these bytes.
    let end: Int

    func finding(_ failure: YAMLFailure) -> Diagnostic {
        let problem = min(source.byte(ofScalar: failure.problemScalar, after: base), end)
        let context = failure.contextScalar.map { min(source.byte(ofScalar: $0, after: base), end) }
        let place = Place(source, problem: problem, context: context, failure, in: base..<end)
        if let finding = decoration(place) ?? unclosed(place) ?? runawayQuote(place) { return finding }
        let slip = TypingSlip(source: source, certain: true)
        for line in place.suspects {
            if let finding = slip.finding(in: line) { return finding }
        }
        return comma(place) ?? bracket(place) ?? secondColon(place) ?? listOnKeyLine(place) ?? noColon(place)
            ?? noColonAbove(place) ?? comparisonAsValue(place) ?? indentation(place) ?? character(place)
            ?? anythingElse(place)
    }

    private struct Place {
        let problem: Int
        let context: Int?
        let failure: YAMLFailure
        /// The line of the problem; at the end of the text, the last line with content.
        let line: LineShape
        let suspects: [LineShape]

        init(_ source: SourceText, problem: Int, context: Int?, _ failure: YAMLFailure, in piece: Range<Int>) {
            self.problem = problem
            self.context = context
            self.failure = failure
            // The end of a piece is the first line of the next one, which is not to blame.
            let number = source.lineNumber(atByte: max(piece.lowerBound, min(problem, piece.upperBound - 1)))
            let at = source.shape(ofLine: number)
            let above = source.significantLine(above: number).flatMap {
                $0.range.lowerBound >= piece.lowerBound ? $0 : nil
            }
            line = at.isBlank ? above ?? at : at
            var suspects: [LineShape] = []
            if failure.context == "while scanning a simple key", let context {
                suspects.append(source.shape(ofLine: source.lineNumber(atByte: context)))
            }
            if let above { suspects.append(above) }
            suspects.append(at)
            self.suspects = suspects
        }
    }

    /// Reports `*重要*`, `&x`, `!x` where libyaml cannot even read the name.
    private func decoration(_ place: Place) -> Diagnostic? {
        let names = [
            "while scanning an anchor", "while scanning an alias", "while scanning a tag", "while parsing a tag",
        ]
        let isTag = place.failure.problem == "found undefined tag handle"
        guard names.contains(place.failure.context) || isTag else { return nil }
        let start = isTag ? place.problem : place.context ?? place.problem
        return Refusal.decoration(source, at: start)
    }

    private func unclosed(_ place: Place) -> Diagnostic? {
        let isOpen = place.failure.problem == "found unexpected end of stream"
        guard isOpen, place.failure.context == "while scanning a quoted scalar", let start = place.context else {
            return nil
        }
        return quote(at: start, end: source.shape(ofLine: source.lineNumber(atByte: start)).textEnd)
    }

    /// Finds a quote that is only closed by the opening quote of a later text, so that reading fails far below.
    private func runawayQuote(_ place: Place) -> Diagnostic? {
        var number = place.line.number
        while number >= 1, place.line.number - number < 100 {
            let line = source.shape(ofLine: number)
            number -= 1
            guard line.range.lowerBound >= base else { return nil }
            let start = line.value?.lowerBound ?? line.keyStart
            guard start < line.range.upperBound, let mark = source.at(start), mark == 0x22 || mark == 0x27,
                !source.bytes[start + 1..<line.range.upperBound].contains(mark),
                let close = (line.range.upperBound..<end).first(where: { source.bytes[$0] == mark })
            else { continue }
            let rest = source.bytes[
                close + 1..<max(close + 1, source.range(ofLine: source.lineNumber(atByte: close)).upperBound)]
            if let next = rest.first(where: { $0 != 0x20 }), !",]}#".utf8.contains(next) {
                return quote(at: start, end: line.textEnd)
            }
        }
        return nil
    }

    private func quote(at start: Int, end: Int) -> Diagnostic {
        let mark = source.text(start..<start + 1)
        return Diagnostic(
            "R012", .error, "the quote opened here is never closed", at: source.span(start..<max(end, start + 1)),
            help: ["write  \(mark)  at the end of the text"])
    }

    /// Finds the comma of `{times: 1，in: 1d}`.
    private func comma(_ place: Place) -> Diagnostic? {
        guard place.failure.context.hasPrefix("while parsing a flow"), let start = place.context else { return nil }
        let commas = ChineseCommas(source: source)
        let stop = max(start, min(place.line.range.upperBound, end))
        guard let index = (start..<stop).first(where: { commas.isComma(at: $0) }) else { return nil }
        let mark = source.text(index..<index + 3)
        return Diagnostic(
            "R112", .error, "`\(mark)` does not separate one entry from the next", at: source.span(index..<index + 3),
            label: ["，": "this is U+FF0C, the Chinese comma", "；": "this is U+FF1B, the Chinese semicolon"][mark]
                ?? "this is U+3001, the Chinese list comma",
            help: ["write an ASCII comma and a space"])
    }

    private func bracket(_ place: Place) -> Diagnostic? {
        let isList = place.failure.context == "while parsing a flow sequence"
        guard isList || place.failure.context == "while parsing a flow mapping", let start = place.context else {
            return nil
        }
        let (open, close) = isList ? ("[", "]") : ("{", "}")
        let next = place.problem < end ? source.text(place.problem..<place.problem + 1) : ""
        let label =
            next.isEmpty || source.lineNumber(atByte: start) != source.lineNumber(atByte: place.problem)
            ? [] : [Diagnostic.Label(source.span(place.problem..<place.problem + 1), "reading stopped here")]
        return Diagnostic(
            "R012", .error, "the `\(open)` opened here is not closed", at: source.span(start..<start + 1),
            related: label,
            help: ["put a comma between the entries and  \(close)  after the last one"])
    }

    /// Finds the second colon of `title: 提醒: 生日`.
    private func secondColon(_ place: Place) -> Diagnostic? {
        guard place.failure.problem.hasPrefix("mapping values are not allowed"), let value = place.line.value,
            let key = place.line.keyText, value.contains(place.problem)
        else { return nil }
        let text = source.text(value).withoutComment
        let block = blockHelp(key, text)
        let start = block == nil ? place.problem : value.lowerBound
        return Diagnostic(
            "R018", .error, "a second colon with a space stands in this line",
            at: source.span(start..<start + (block == nil ? 1 : 3)),
            label: "`\(key)` already has its colon",
            help: [block ?? "quote the text:  \(key): \(Quoted.text(text))"])
    }

    /// Help for `｛template: x｝`, whose brackets mean nothing to YAML.
    private func blockHelp(_ key: String, _ text: String) -> String? {
        guard let first = text.first, let last = text.last, ["｛｝", "（）", "【】", "［］"].contains("\(first)\(last)") else {
            return nil
        }
        return "write ASCII braces:  \(key): {\(text.dropFirst().dropLast())}"
    }

    /// Finds `cart.total >= 50` above the line where reading stopped, in its column.
    private func noColonAbove(_ place: Place) -> Diagnostic? {
        guard let above = source.significantLine(above: place.line.number), above.key == nil, above.dashes.isEmpty,
            place.line.dashes.isEmpty, above.keyColumn == place.line.keyColumn, above.range.lowerBound >= base
        else { return nil }
        let text = source.text(above.keyStart..<max(above.textEnd, above.keyStart))
        // A remark ends the text, so that reading fails only at the text after it, with another message.
        let isCut = text != text.withoutComment && comparisonHelp(text) != nil
        guard place.failure.problem.hasPrefix("mapping values are not allowed") || isCut else { return nil }
        return Diagnostic(
            "R018", .error, "this line has no colon, so it is neither a key nor a list item",
            at: source.span(above.keyStart..<max(above.textEnd, above.keyStart)),
            help: [comparisonHelp(text) ?? "write  key: value,  or begin an item with a dash and a space"])
    }

    /// Help for `cart.total >= 50`.
    private func comparisonHelp(_ text: String) -> String? {
        let text = text.withoutComment
        for (sign, word) in [(">=", "at_least"), ("<=", "at_most"), (">", "more_than"), ("<", "less_than")] {
            guard let range = text.firstRange(of: sign) else { continue }
            let value = String(text[range.upperBound...]).withoutOuterSpaces
            let field = String(text[..<range.lowerBound]).withoutOuterSpaces
            return "write  \(field): {\(word): \(Repaired.number(value) ?? value)}"
        }
        return nil
    }

    /// Finds `cart.total: >=50`.
    private func comparisonAsValue(_ place: Place) -> Diagnostic? {
        guard place.failure.problem == "did not find expected comment or line break", let key = place.line.keyText,
            let value = place.line.value, let help = comparisonHelp("\(key) " + source.text(value))
        else { return nil }
        return Diagnostic(
            "R105", .error, "a sign is not a comparison here", at: source.span(value), help: [help])
    }

    /// Finds `try: - sms`.
    private func listOnKeyLine(_ place: Place) -> Diagnostic? {
        guard place.failure.problem.hasPrefix("block sequence entries are not allowed") else { return nil }
        return Diagnostic(
            "R012", .error, "a list item stands on the line of its key",
            at: source.span(place.problem..<place.problem + 1),
            help: ["begin the list on the next line, each item with its own dash"])
    }

    /// Finds a line of text among keys.
    private func noColon(_ place: Place) -> Diagnostic? {
        guard place.failure.problem == "could not find expected ':'" else { return nil }
        let start = place.context ?? place.problem
        let line = source.shape(ofLine: source.lineNumber(atByte: start))
        guard !line.isBlank, line.key == nil else { return nil }
        let text = line.keyStart..<max(line.textEnd, line.keyStart)
        if let first = source.at(text.lowerBound), first == UInt8(ascii: "\"") || first == UInt8(ascii: "'"),
            !source.bytes[text].dropFirst().contains(first)
        {
            return quote(at: text.lowerBound, end: text.upperBound)
        }
        return Diagnostic(
            "R018", .error, "this line has no colon, so it is neither a key nor a list item", at: source.span(text),
            help: ["write  key: value,  or begin an item with a dash and a space"])
    }

    private func indentation(_ place: Place) -> Diagnostic? {
        guard
            !place.failure.context.hasPrefix("while scanning") || place.failure.context == "while scanning a simple key"
        else { return nil }
        return Indentation(source: source).finding(for: place.line)
    }

    /// Finds `@`, a back quote or `%` at the start of a text.
    private func character(_ place: Place) -> Diagnostic? {
        guard place.failure.problem == "found character that cannot start any token", place.problem < end else {
            return nil
        }
        if source.at(place.problem) == 0x09 {
            return Diagnostic(
                "R011", .error, "a tab stands where a space belongs",
                at: source.span(place.problem..<place.problem + 1),
                label: "this is a tab", help: ["replace it with a space"])
        }
        let text = Quoted.text(source.text(place.problem..<max(place.line.textEnd, place.problem + 1)).withoutComment)
        let key = place.line.value?.lowerBound == place.problem ? place.line.keyText : nil
        return Diagnostic(
            "R018", .error, "an unquoted text cannot begin with this character",
            at: source.span(place.problem..<place.problem + 1),
            help: ["quote the text:  \(key.map { "\($0): " } ?? "")\(text)"])
    }

    private func anythingElse(_ place: Place) -> Diagnostic {
        let start = min(place.problem, place.line.textEnd)
        let range = place.line.range.contains(start) ? start..<start + 1 : place.line.name
        return Diagnostic(
            "R012", .error, Self.words[place.failure.problem] ?? "this line does not fit what stands before it",
            at: source.span(range), help: ["compare its indentation, quotes and brackets with the lines around it"])
    }

    private static let words = [
        "did not find expected <document start>": "something follows after the end of the file's block",
        "did not find expected node content": "a value is missing here",
        "found unknown escape character":
            "a backslash inside double quotes is followed by a character that it cannot escape",
        "did not find expected hexdecimal number": "a backslash code inside double quotes is not complete",
        "found invalid Unicode character escape code": "a backslash code inside double quotes names no character",
        "found unexpected document indicator": "`---` stands inside a text",
        "found unknown directive name": "a line cannot begin with `%`",
        "could not find expected directive name": "a line cannot begin with `%`",
        "mapping keys are not allowed in this context": "a `?` with a space stands where a text belongs",
        "did not find expected comment or line break": "something follows after `|` or `>` on the same line",
        "found a tab character where an indentation space is expected": "a tab indents this line",
    ]
}
