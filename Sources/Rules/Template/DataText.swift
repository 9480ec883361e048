import Kit

/// How values of members, orders and events are written into the texts of a channel. Whoever may write a value (a form, a
/// source of events, a file of a till) is not who wrote the template: the value must not pass for a part of it.
package enum DataText: Sendable, Hashable {
    case message
    /// One line. The brackets of the signature, 【】, are the sender's alone, so a value's become plain ones.
    case sms
    /// What the provider of an SMS puts into its own template: as in an SMS, and without emoji, which providers refuse
    /// together with the whole message.
    case smsValue

    /// - Parameter isName: of a person. One with the address of a page in it is none, and counts as empty.
    package func cleaned(_ value: TemplateValue, isName: Bool = false) -> TemplateValue {
        switch value {
        case .text(let text): .text(isName && DataText.hasLink(text) ? "" : cleaned(text))
        case .list(let items): .list(items.map { cleaned($0) })
        case .record(let fields): .record(fields.mapValues { cleaned($0) })
        case .number, .money, .date, .instant, .bool: value
        }
    }

    private func cleaned(_ text: String) -> String {
        switch self {
        case .message: PlainText.lines(text)
        case .sms: DataText.unbracketed(PlainText.line(text))
        case .smsValue: DataText.withoutEmoji(DataText.unbracketed(PlainText.line(text)))
        }
    }

    /// The brackets of a signature, and those that compatibility forms turn into them or that look the same.
    private static let brackets: [Unicode.Scalar: Unicode.Scalar] = [
        "【": "（", "】": "）", "〖": "（", "〗": "）", "︻": "（", "︼": "）", "︗": "（", "︘": "）",
    ]

    private static func unbracketed(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { brackets[$0] != nil }) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { brackets[$0] ?? $0 }))
    }

    private static func withoutEmoji(_ text: String) -> String {
        guard text.contains(where: isEmoji) else { return text }
        return text.filter { !isEmoji($0) }
    }

    /// Digits and signs are emoji only with a selector behind them.
    private static func isEmoji(_ character: Character) -> Bool {
        character.unicodeScalars.contains {
            $0.properties.isEmojiPresentation || $0.value == 0xFE0F || $0.properties.isEmoji && $0.value > 0xFFFF
        }
    }

    private static func hasLink(_ text: String) -> Bool {
        let plain = Width.folded(PlainText.line(text)).lowercased()
        return plain.contains("://") || plain.contains("www.")
    }
}
