extension TemplateRun {
    /// A missing value stays missing through every filter but `default`; so does a missing argument.
    func apply(_ filter: TemplateFilter, to term: TemplateTerm) -> TemplateTerm {
        if case .default(let fallback) = filter { return needsDefault(term) ? value(of: fallback) : term }
        guard case .value(let value) = term else { return term }
        switch filter {
        case .default: return term
        case .date(let format): return .value(formatted(value, format))
        case .dateBy(let format): return formatted(value, by: format)
        case .money: return .value(money(value))
        case .truncate(let length, let ending): return truncate(value, length, ending)
        case .upcase: return map(value) { $0.uppercased() }
        case .downcase: return map(value) { $0.lowercased() }
        case .plus(let other): return calculate(value, other) { $0.adding($1) }
        case .minus(let other): return calculate(value, other) { $0.adding($1.negated) }
        case .times(let other): return calculate(value, other, isProduct: true) { $0.times($1) }
        case .join(let separator): return join(value, separator)
        case .first:
            guard case .list(let items) = value, let first = items.first else { return .missing("") }
            return .value(first)
        case .size: return .value(.number(Double(size(of: value))))
        }
    }

    private func needsDefault(_ term: TemplateTerm) -> Bool {
        switch term {
        case .missing, .empty, .blank: true
        case .value(.text(let text)): text.isEmpty
        case .value(.list(let items)): items.isEmpty
        case .value(.record(let fields)): fields.isEmpty
        case .value(.bool(let flag)): !flag
        case .value: false
        }
    }

    private func map(_ value: TemplateValue, _ change: (String) -> String) -> TemplateTerm {
        guard let text = value.printed(localTime) else { return .missing("") }
        return .value(.text(change(text)))
    }

    /// Text is read as a date where it is written like one, else printed as it is.
    private func formatted(_ value: TemplateValue, _ format: DateFormat) -> TemplateValue {
        switch value {
        case .date(let date): return .text(format.text(date, 0))
        case .instant(let instant):
            let (date, micros) = localTime(instant)
            return .text(format.text(date, micros))
        case .text(let text):
            guard let (date, micros) = writtenDate(text) else { return value }
            return .text(format.text(date, micros))
        default: return value
        }
    }

    /// A value that is no format leaves nothing to print: the text fails instead of showing a code.
    private func formatted(_ value: TemplateValue, by operand: TemplateOperand) -> TemplateTerm {
        let term = self.value(of: operand)
        guard case .value(let written) = term else { return term }
        guard let format = written.printed(localTime).flatMap({ DateFormat.read($0).format }), format.hasCode else {
            return .missing(source(of: operand))
        }
        return .value(formatted(value, format))
    }

    /// A number is yuan. A text that is no number is printed as it is.
    private func money(_ value: TemplateValue) -> TemplateValue {
        switch value {
        case .money(let fen): return .text(moneyText(fen))
        case .number(let number): return TemplateDecimal(number)?.fen.map { .text(moneyText($0)) } ?? value
        case .text(let text):
            return numeral(text).flatMap(TemplateDecimal.init)?.fen.map { .text(moneyText($0)) } ?? value
        default: return value
        }
    }

    /// As in python-liquid a text as long as `length` is cut too. Unlike there nothing longer than `length` is printed: an
    /// ending that does not fit is cut itself.
    private func truncate(_ value: TemplateValue, _ length: TemplateOperand, _ ending: TemplateOperand) -> TemplateTerm
    {
        let (lengthTerm, endingTerm) = (self.value(of: length), self.value(of: ending))
        guard case .value(let lengthValue) = lengthTerm else { return lengthTerm }
        guard case .value(let endingValue) = endingTerm else { return endingTerm }
        guard let text = value.printed(localTime), let end = endingValue.printed(localTime),
            let wanted = decimal(lengthValue)?.double, wanted.magnitude < 0x1p62
        else { return .missing("") }
        let length = max(0, Int(wanted))
        let scalars = text.unicodeScalars
        if scalars.count < length { return .value(value) }
        let tail = end.unicodeScalars.prefix(length)
        let kept = scalars.prefix(length - tail.count)
        return .value(.text(String(String.UnicodeScalarView(kept)) + String(String.UnicodeScalarView(tail))))
    }

    private func join(_ value: TemplateValue, _ separator: TemplateOperand) -> TemplateTerm {
        let term = self.value(of: separator)
        guard case .value(let between) = term else { return term }
        guard let glue = between.printed(localTime) else { return .missing("") }
        guard case .list(let items) = value else { return map(value) { $0 } }
        var text = ""
        for (index, item) in items.enumerated() {
            guard let part = item.printed(localTime) else { return .missing("") }
            text += index == 0 ? part : glue + part
        }
        return .value(.text(text))
    }

    private func size(of value: TemplateValue) -> Int {
        switch value {
        case .text(let text): text.unicodeScalars.count
        case .list(let items): items.count
        case .record(let fields): fields.count
        default: 0
        }
    }

    // MARK: arithmetic

    /// Exact in decimals. Money stays money beside a number, which is yuan; money times money is a number.
    private func calculate(
        _ value: TemplateValue, _ other: TemplateOperand, isProduct: Bool = false,
        _ operation: (TemplateDecimal, TemplateDecimal) -> TemplateDecimal?
    ) -> TemplateTerm {
        let term = self.value(of: other)
        guard case .value(let right) = term else { return term }
        let nought = TemplateDecimal(digits: 0, scale: 0)
        guard let result = operation(decimal(value) ?? nought, decimal(right) ?? nought) else { return .missing("") }
        let (a, b) = (isMoney(value), isMoney(right))
        if isProduct ? a != b : a || b {
            return result.fen.map { .value(.money($0)) } ?? .missing("")
        }
        return result.double.isFinite ? .value(.number(result.double)) : .missing("")
    }

    private func isMoney(_ value: TemplateValue) -> Bool { if case .money = value { true } else { false } }

    /// Nil for values that are no number and no text that reads as one; Liquid counts them as 0.
    private func decimal(_ value: TemplateValue) -> TemplateDecimal? {
        switch value {
        case .number(let number): TemplateDecimal(number)
        case .money(let fen): TemplateDecimal(digits: Int128(fen), scale: 2)
        case .text(let text): numeral(text).flatMap(TemplateDecimal.init)
        case .bool(let flag): TemplateDecimal(digits: flag ? 1 : 0, scale: 0)
        default: nil
        }
    }
}

/// Reads a text of digits, a sign and a point as a number. Nil with spaces, exponents, hexadecimals and infinities.
func numeral(_ text: String) -> Double? {
    guard !text.isEmpty, text.utf8.count <= 24,
        text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2D || $0 == 0x2E || $0 == 0x2B })
    else { return nil }
    return Double(text)
}
