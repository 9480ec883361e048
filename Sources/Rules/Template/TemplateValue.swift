import Kit

/// A name that a message template may use, declared under `values`: `name: {type: text, max: 10}`.
package struct Placeholder: Sendable, Hashable {
    package var name: String
    package var type: FieldType
    /// A longer text is cut to that many Unicode scalars before anything reads it.
    package var max: Int?
    package init(name: String, type: FieldType, max: Int? = nil) {
        self.name = name
        self.type = type
        self.max = max
    }
}

/// The value of a placeholder while a template is rendered. A missing value is absent from the dictionary.
package enum TemplateValue: Sendable, Hashable {
    case text(String)
    case number(Double)
    /// Integer fen.
    case money(Int64)
    case date(LocalDate)
    case instant(Instant)
    case list([TemplateValue])
    case record([String: TemplateValue])
    case bool(Bool)
}

package enum RenderResult: Sendable, Hashable {
    case text(String, links: [TextLink] = [])
    /// The placeholder that had no value, or none that can be printed, where the template gives no `default`.
    case missing(String)
}

/// The text that each placeholder prints, for providers that hold the template themselves and are sent only values.
package enum PlaceholderTexts: Sendable, Hashable {
    case texts([String: LinkedText])
    case missing(String)
}

/// How printed values are written into the text around them.
package enum TemplateEscaping: Sendable, Hashable { case none, html }

/// One problem of a template, which the caller places in its file.
package struct TemplateProblem: Sendable, Hashable {
    /// A code such as `R225`.
    package var code: String
    package var message: String
    /// Offsets into the source in UTF-8 bytes.
    package var bytes: Range<Int>
    /// The same stretch in Unicode scalars.
    package var scalars: Range<Int>
    package var help: String?
    /// The name, where no value has it.
    package var unknownName: String?
    package init(
        code: String, message: String, bytes: Range<Int>, scalars: Range<Int>, help: String? = nil,
        unknownName: String? = nil
    ) {
        self.unknownName = unknownName
        self.code = code
        self.message = message
        self.bytes = bytes
        self.scalars = scalars
        self.help = help
    }
}

extension TemplateValue {
    /// The value as printed without a filter: `199` or `49.90`, `3`, `2026-03-17`, `2026-03-17 10:00`; a list runs
    /// together. A record prints its name, so that a list of products can be joined; nil where it has none.
    func printed(_ localTime: (Instant) -> (LocalDate, Int64)) -> String? {
        switch self {
        case .text(let text): return text
        case .number(let number): return numberText(number)
        case .money(let fen): return moneyText(fen)
        case .date(let date): return date.text
        case .instant(let instant):
            let (date, micros) = localTime(instant)
            return "\(date.text) \(LocalTime(minutes: Int(micros / 60_000_000)).text)"
        case .bool(let flag): return flag ? "true" : "false"
        case .record(let fields):
            guard case .text(let name)? = fields["name"] else { return nil }
            return name
        case .list(let items):
            var text = ""
            for item in items {
                guard let part = item.printed(localTime) else { return nil }
                text += part
            }
            return text
        }
    }
}

/// The number without needless decimals: `3` for 3.0, `49.9` for 49.9.
package func numberText(_ number: Double) -> String {
    if let whole = wholeNumber(number) { return String(whole) }
    return "\(number)"
}

/// Nil with a fraction, and outside Int64. (`Int64(exactly:)` would pull in the C mathematics library.)
func wholeNumber(_ number: Double) -> Int64? {
    guard number.magnitude < 0x1p63 else { return nil }
    let whole = Int64(number)
    return Double(whole) == number ? whole : nil
}

/// The amount in yuan without a unit; whole yuan without decimals.
func moneyText(_ fen: Int64) -> String {
    let magnitude = fen.magnitude
    let sign = fen < 0 ? "-" : ""
    let rest = Int(magnitude % 100)
    return rest == 0 ? "\(sign)\(magnitude / 100)" : "\(sign)\(magnitude / 100).\(padded(rest, 2))"
}
