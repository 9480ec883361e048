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

    /// Who may have written a value.
    package enum Writer: Sendable {
        /// Members themselves, or whoever fills a form: a name or a city with the address of a page in it is none, and counts
        /// as empty.
        case member
        /// Whoever holds the key of a source, which may stand in the shop's own pages: in an SMS the address of a page in the
        /// name of a product is taken apart.
        case source
        /// The shop's own systems, which may mean an address of a page.
        case shop
    }

    package func cleaned(_ value: TemplateValue, of writer: Writer = .shop) -> TemplateValue {
        switch value {
        case .text(let text): .text(cleaned(text, of: writer))
        case .list(let items): .list(items.map { cleaned($0, of: writer) })
        case .record(let fields): .record(fields.mapValues { cleaned($0, of: writer) })
        case .number, .money, .date, .instant, .bool: value
        }
    }

    private func cleaned(_ text: String, of writer: Writer) -> String {
        switch writer {
        case .member where LinkInText.isIn(text): ""
        case .source where self != .message && LinkInText.isIn(text): cleaned(LinkInText.takenApart(text))
        case .member, .source, .shop: cleaned(text)
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
    /// Who may have written its texts.
    package var writer: DataText.Writer {
        switch source {
        case .member: Field.ofMembers.contains(name) ? .member : Field.ofGoods.contains(name) ? .source : .shop
        case .order, .cart, .browse: .source
        case .trigger: Field.ofEvents.contains(name) ? .source : .shop
        case .points, .coupon, .saved, .stock: .shop
        }
    }

    private static let ofMembers: Set<String> = [
        "member.display_name", "member.city", "member.region", "member.advisor", "member.tier", "member.store_id",
        "member.language",
    ]
    private static let ofGoods: Set<String> = ["member.last_item", "member.top_category", "member.tags"]
    /// Other data of an event, such as its `url`, may be meant as a link.
    private static let ofEvents = Set(
        ["name", "title", "category", "brand", "sku", "variant"].map { "trigger.data.\($0)" })
}
