import Kit
import Rules

/// Fills a template: resolves `fill`, renders, and says what is missing. Pure.
package struct Composition: Sendable {
    package var fill: [Send.Fill]
    package var template: MessageTemplate
    package var slots: Slots
    package var facts: Facts
    package var saved: [String: SavedValue]
    /// Personalisation `generic` (PIPL Art. 24): values from `member.*` and recommendations count as missing.
    package var isGeneric: Bool

    package init(
        fill: [Send.Fill], template: MessageTemplate, slots: Slots, facts: Facts, saved: [String: SavedValue],
        isGeneric: Bool
    ) {
        self.fill = fill
        self.template = template
        self.slots = slots
        self.facts = facts
        self.saved = saved
        self.isGeneric = isGeneric
    }

    package struct Text: Sendable {
        package var text: String
        package var subject: String?
        package var html: String?
        /// For a text that the provider keeps: each placeholder's printed value, in the order of `values`.
        package var providerValues: [(name: String, value: String)]
        package var values: [JSONText.Member]
    }

    package enum Result: Sendable {
        case text(Text)
        /// A value without default is missing.
        case missing(String)
    }

    private func value(of field: Field) -> FillValue? {
        let zone = facts.readings.zone
        switch field.source {
        case .saved(let name):
            guard let thing = saved[name], !(isGeneric && thing.isPersonal) else { return nil }
            return thing.value(at: field.name.contains(".") ? field.path : "", in: zone)
        case .member where isGeneric: return nil
        case .order, .cart:
            guard let cells = ItemRecords.cells(of: field) else { fallthrough }
            guard let slot = slots.index(of: cells), case .list(let list)? = facts.readings.values[slot] else {
                return nil
            }
            return ItemRecords.value(list, in: zone)
        default:
            guard let value = slots.index(of: field).flatMap({ facts.readings.values[$0] }) else { return nil }
            // A birthday without a year is not missing, but it is no date that could be printed.
            if field.type == .date, case .text = value { return nil }
            return FillValue(value, in: zone)
        }
    }

    package func compose() -> Result {
        var values: [String: TemplateValue] = [:]
        var printed: [JSONText.Member] = []
        for fill in fill {
            let value = value(of: fill.field)
            printed.append(
                JSONText.Member(fill.placeholder, value?.printed(of: fill.field.name, in: facts.readings.zone) ?? .null)
            )
            values[fill.placeholder] = value?.template
        }
        let zone = facts.readings.zone
        func render(_ part: CompiledTemplate?, _ escaping: TemplateEscaping = .none) -> (String?, missing: String?) {
            guard let part else { return (nil, nil) }
            switch part.render(values, escaping: escaping, localTime: { zone.local($0) }) {
            case .text(let text): return (text, nil)
            case .missing(let name): return (nil, name)
            }
        }
        let (text, subject, html) = (render(template.text), render(template.subject), render(template.html, .html))
        if let missing = text.missing ?? subject.missing ?? html.missing { return .missing(missing) }
        var providerValues: [(name: String, value: String)] = []
        if template.code != nil {
            switch template.text.texts(values, localTime: { zone.local($0) }) {
            case .texts(let texts):
                providerValues = template.placeholders.map { ($0.name, texts[$0.name] ?? "") }
            case .missing(let name): return .missing(name)
            }
        }
        return .text(
            Text(
                text: text.0 ?? "", subject: subject.0, html: html.0, providerValues: providerValues, values: printed))
    }
}
