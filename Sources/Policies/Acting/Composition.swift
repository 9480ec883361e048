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
    /// What links look like, by channel.
    package var links: [String: LinkForm]

    package init(
        fill: [Send.Fill], template: MessageTemplate, slots: Slots, facts: Facts, saved: [String: SavedValue],
        isGeneric: Bool, links: [String: LinkForm] = [:]
    ) {
        self.fill = fill
        self.template = template
        self.slots = slots
        self.facts = facts
        self.saved = saved
        self.isGeneric = isGeneric
        self.links = links
    }

    package struct Text: Sendable {
        package var text: String
        package var subject: String?
        package var html: String?
        /// For a text that the provider keeps: each placeholder's printed value, in the order of `values`.
        package var providerValues: [(name: String, value: String)]
        package var values: [JSONText.Member]
        /// The links in any of these, which have stand-ins until the message is handed over.
        package var links: [MessageLink]
    }

    package enum Result: Sendable {
        case text(Text)
        /// A value without default is missing, or is no address that may be linked to.
        case missing(String)
    }

    private func value(of field: Field) -> FillValue? {
        if let value = known(field) { return value }
        // Facts have no list without items; one that is never missing is empty then.
        guard field.type == .list, !field.canBeMissing, !(isGeneric && field.source == .member) else { return nil }
        if case .saved = field.source { return nil }
        return FillValue(.list([]), in: facts.readings.zone)
    }

    private func known(_ field: Field) -> FillValue? {
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

    /// The values as texts of a kind have them, by placeholder.
    private func written(_ found: [(fill: Send.Fill, value: FillValue?)], as text: DataText) -> [String: TemplateValue]
    {
        var values: [String: TemplateValue] = [:]
        for (fill, value) in found {
            values[fill.placeholder] = value.map {
                text.cleaned($0.template, of: fill.field.writer)
            }
        }
        return values
    }

    package func compose() -> Result {
        let filled = fill.map { ($0, value(of: $0.field)) }
        let printed = filled.map { fill, value in
            JSONText.Member(fill.placeholder, value?.printed.masked(of: fill.field.name) ?? .null)
        }
        let values = written(filled, as: template.isSMS ? .sms : .message)
        let zone = facts.readings.zone
        let form = links[template.channel] ?? .standIn
        var found: [MessageLink] = []
        func render(_ part: MessageLink.Part, _ compiled: CompiledTemplate?, _ escaping: TemplateEscaping = .none)
            -> (String?, missing: String?)
        {
            guard let compiled else { return (nil, nil) }
            switch compiled.render(values, escaping: escaping, links: form, localTime: { zone.local($0) }) {
            case .text(let text, let links):
                found += MessageLink.all(in: part, links)
                return (text, nil)
            case .missing(let name): return (nil, name)
            }
        }
        let (text, subject, html) = (
            render(.text, template.text), render(.subject, template.subject), render(.html, template.html, .html)
        )
        if let missing = text.missing ?? subject.missing ?? html.missing { return .missing(missing) }
        var providerValues: [(name: String, value: String)] = []
        if template.code != nil {
            let values = written(filled, as: template.isSMS ? .smsValue : .message)
            switch template.text.texts(values, links: form, localTime: { zone.local($0) }) {
            case .texts(let texts):
                let names = template.placeholders.map(\.name) + TemplateLink.builtIn
                for name in names {
                    guard let value = texts[name] else { continue }
                    providerValues.append((name, value.text))
                    found += MessageLink.all(in: .value(name), value.links)
                }
            case .missing(let name): return .missing(name)
            }
        }
        return .text(
            Text(
                text: text.0 ?? "", subject: subject.0, html: html.0, providerValues: providerValues, values: printed,
                links: found))
    }
}
