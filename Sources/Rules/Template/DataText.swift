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

    /// - Parameter isProfile: see `Field.isProfileText`. A name or a city with the address of a page in it is none, and
    ///   counts as empty.
    package func cleaned(_ value: TemplateValue, isProfile: Bool = false) -> TemplateValue {
        switch value {
        case .text(let text): .text(isProfile && LinkInText.isIn(text) ? "" : cleaned(text))
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
        "［": "（", "］": "）", "〔": "（", "〕": "）", "︹": "（", "︺": "）", "﹝": "（", "﹞": "）", "⦗": "（", "⦘": "）",
        "❲": "（", "❳": "）", "〘": "（", "〙": "）", "〚": "（", "〛": "）", "⟦": "（", "⟧": "）", "﹇": "（", "﹈": "）",
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
}

extension Field {
    /// Whether it is a text of a member's profile, which they or whoever fills a form may have written. The shop's own
    /// systems give the other ones, and may mean an address of a page.
    package var isProfileText: Bool { Field.profileTexts.contains(name) }

    private static let profileTexts: Set<String> = [
        "member.display_name", "member.city", "member.region", "member.advisor", "member.tier", "member.store_id",
        "member.language",
    ]
}
