import Kit
import Policies
import Rules

/// Values as people read them: money in yuan, times in the member's zone, addresses masked.
struct ShownValues {
    let zone: Zone

    func text(_ value: Value, of field: Field) -> String { masked(text(value), field.name) }

    func text(_ value: Value) -> String {
        switch value {
        case .text(let text): text
        case .number(let number): JSONText.number(number).rendered
        case .money(let fen): fen % 100 == 0 ? String(fen / 100) : Value.money2(fen)
        case .date(let date): date.text
        case .instant(let instant): Phrases.clock(instant, zone)
        case .list(let items): items.joined(separator: ", ")
        case .bool(let flag): flag ? "true" : "false"
        }
    }

    /// Masks by the field's name, and anything that looks like an address.
    func masked(_ text: String, _ field: String) -> String {
        field == "member.display_name"
            ? text.prefix(1) + "**" : Mask.value(text, of: field)
    }

    static func masked(_ text: String) -> String { Mask.text(text) }
}
