import Kit

extension TemplateRun {
    /// The truth of a condition. Only a missing value and `false` are false: 0 and empty text hold.
    func holds(_ condition: TemplateCondition) -> Bool {
        switch condition {
        case .operand(let operand):
            switch value(of: operand) {
            case .missing, .value(.bool(false)): return false
            default: return true
            }
        case .and(let a, let b): return holds(a) && holds(b)
        case .or(let a, let b): return holds(a) || holds(b)
        case .contains(let a, let b): return contains(term(a), term(b))
        case .compare(.equal, let a, let b): return equal(term(a), term(b))
        case .compare(.unequal, let a, let b): return !equal(term(a), term(b))
        case .compare(let sign, let a, let b):
            guard case .value(let left) = term(a), case .value(let right) = term(b), let order = order(left, right)
            else { return false }
            switch sign {
            case .less: return order < 0
            case .atMost: return order <= 0
            case .more: return order > 0
            default: return order >= 0
            }
        }
    }

    private func term(_ condition: TemplateCondition) -> TemplateTerm {
        if case .operand(let operand) = condition { value(of: operand) } else { .value(.bool(holds(condition))) }
    }

    private func equal(_ left: TemplateTerm, _ right: TemplateTerm) -> Bool {
        switch (left, right) {
        case (.missing, .missing), (.empty, .empty), (.blank, .blank): true
        case (.value(let a), .value(let b)): same(a, b)
        case (.value(let value), .empty), (.empty, .value(let value)): isEmpty(value)
        case (.value(let value), .blank), (.blank, .value(let value)): isEmpty(value) || isWhiteSpace(value)
        default: false
        }
    }

    private func isEmpty(_ value: TemplateValue) -> Bool {
        switch value {
        case .text(let text): text.isEmpty
        case .list(let items): items.isEmpty
        case .record(let fields): fields.isEmpty
        default: false
        }
    }

    private func isWhiteSpace(_ value: TemplateValue) -> Bool {
        if case .text(let text) = value { text.unicodeScalars.allSatisfy(\.properties.isWhitespace) } else { false }
    }

    private func same(_ left: TemplateValue, _ right: TemplateValue) -> Bool {
        switch (left, right) {
        case (.bool(let a), .bool(let b)): return a == b
        case (.list(let a), .list(let b)): return a.count == b.count && zip(a, b).allSatisfy(same)
        case (.record(let a), .record(let b)):
            return a.count == b.count && a.allSatisfy { key, value in b[key].map { same(value, $0) } ?? false }
        default: return order(left, right) == 0
        }
    }

    /// Negative, 0 or positive; nil where the two have no common order. Text compares by scalars, money as yuan, a date
    /// with an instant by the local date, and either with a text that is written like a date.
    private func order(_ left: TemplateValue, _ right: TemplateValue) -> Int? {
        switch (left, right) {
        case (.text(let a), .text(let b)):
            if a.utf8.elementsEqual(b.utf8) { return 0 }
            return a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
        case (.money(let a), .money(let b)): return sign(a, b)
        case (.date(let a), .date(let b)): return sign(a, b)
        case (.instant(let a), .instant(let b)): return sign(a, b)
        default:
            if let a = yuan(left), let b = yuan(right) { return sign(a, b) }
            guard isMoment(left) || isMoment(right), let a = day(left), let b = day(right) else { return nil }
            return sign(a, b)
        }
    }

    private func sign<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a > b ? 1 : 0 }

    private func yuan(_ value: TemplateValue) -> Double? {
        switch value {
        case .number(let number): number
        case .money(let fen): Double(fen) / 100
        default: nil
        }
    }

    private func isMoment(_ value: TemplateValue) -> Bool {
        switch value {
        case .date, .instant: true
        default: false
        }
    }

    private func day(_ value: TemplateValue) -> LocalDate? {
        switch value {
        case .date(let date): date
        case .instant(let instant): localTime(instant).0
        case .text(let text): writtenDate(text)?.date
        default: nil
        }
    }

    private func contains(_ left: TemplateTerm, _ right: TemplateTerm) -> Bool {
        guard case .value(let whole) = left, case .value(let part) = right, part != .bool(false) else { return false }
        switch whole {
        case .text(let text): return part.printed(localTime).map { finds($0, in: text) } ?? false
        case .list(let items):
            return items.contains { item in
                // A record is found by the name it prints.
                if case .record(let fields) = item, let name = fields["name"] { return same(name, part) }
                return same(item, part)
            }
        case .record(let fields): if case .text(let key) = part { return fields[key] != nil } else { return false }
        default: return false
        }
    }

    /// Searches by bytes, so that an accent never matches another way of writing it.
    private func finds(_ needle: String, in text: String) -> Bool {
        let (needle, text) = (Array(needle.utf8), Array(text.utf8))
        guard needle.count <= text.count else { return false }
        return (0...text.count - needle.count).contains { text[$0..<$0 + needle.count].elementsEqual(needle) }
    }
}
