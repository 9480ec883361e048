import Kit

/// `coupons.yaml`.
package struct CouponTemplate: Sendable, Hashable {
    package enum Codes: String, Sendable { case generated, pool }
    package var id: String
    package var name: String
    /// Fen.
    package var faceValue: Int64?
    package var validDays: Int?
    /// The last day of every coupon of this template; after that day none is given.
    package var validUntil: LocalDate?
    package var codes: Codes
    package init(
        id: String, name: String, faceValue: Int64?, validDays: Int?, validUntil: LocalDate?, codes: Codes
    ) {
        self.id = id
        self.name = name
        self.faceValue = faceValue
        self.validDays = validDays
        self.validUntil = validUntil
        self.codes = codes
    }
}

/// `templates.yaml`: one registered message text.
package struct MessageTemplate: Sendable {
    package var id: String
    package var channel: String
    /// The code of the provider's approved template, where the gateway wants one.
    package var code: String?
    package var text: CompiledTemplate
    package var subject: CompiledTemplate?
    package var html: CompiledTemplate?
    package var placeholders: [Placeholder]
    /// The whole template as written: two templates with the same wording have the same content.
    package var wording: String
    /// It goes to a phone number.
    package var isSMS: Bool
    package init(
        id: String, channel: String, code: String?, text: CompiledTemplate, subject: CompiledTemplate?,
        html: CompiledTemplate?, placeholders: [Placeholder], wording: String, isSMS: Bool
    ) {
        self.id = id
        self.channel = channel
        self.code = code
        self.text = text
        self.subject = subject
        self.html = html
        self.placeholders = placeholders
        self.wording = wording
        self.isSMS = isSMS
    }
}

/// `segments.yaml`: a named condition on a member.
package struct Segment: Sendable {
    package var id: String
    package var name: String
    package var condition: Condition
    /// The file that declares it; the lines of its condition are those of this file.
    package var file: String
    package init(id: String, name: String, condition: Condition, file: String) {
        self.id = id
        self.name = name
        self.condition = condition
        self.file = file
    }
}

/// Everything under `rules/` that the daemon loads, checked as a whole and swapped as a whole.
package struct RuleSet: Sendable {
    package var settings: Settings
    /// The rules of all statuses, in the order of files and of rules in them.
    package var rules: [Rule]
    package var templates: [String: MessageTemplate]
    package var segments: [String: Segment]
    package var coupons: [String: CouponTemplate]
    package var fields: [CustomField]
    /// The text that the store hashes with SHA-256: every file's path and bytes.
    package var fingerprintText: String
    package init(
        settings: Settings, rules: [Rule], templates: [String: MessageTemplate], segments: [String: Segment],
        coupons: [String: CouponTemplate], fields: [CustomField], fingerprintText: String
    ) {
        self.settings = settings
        self.rules = rules
        self.templates = templates
        self.segments = segments
        self.coupons = coupons
        self.fields = fields
        self.fingerprintText = fingerprintText
    }
}

/// A channel as nudged.yaml declares it: its key, and the kind of address it needs.
package struct ChannelDeclaration: Sendable, Hashable {
    package enum Address: String, Sendable {
        case phone, email
        case wechatOpenID = "wechat_openid"
        case wecomExternalUserID = "wecom_external_userid"
        case none
    }
    package var id: String
    package var address: Address
    package enum Marketing: Sendable {
        case allowed
        /// WeChat forbids advertising in template messages, which are what an official account sends by the id of an
        /// approved template; texts without one are customer-service messages. [channels.md §5]
        case forbiddenByProviderTemplate
    }
    /// The form of a message, by whether it is one of the provider's templates or a text of one's own.
    package enum MessageForm: String, Sendable { case template, text }
    /// The `type` in nudged.yaml; nil where no nudged.yaml is given.
    package var adapter: String?
    package var marketing: Marketing
    /// The provider sends only texts that it approved: a message without their `code` can not leave.
    package var needsTemplateCode: Bool
    /// Mail programs show a button to unsubscribe where a message names an address for it (RFC 8058).
    package var offersUnsubscribe: Bool
    /// Nil: nudged.yaml has no `links`, and this channel reaches people.
    package var links: LinkForm?
    /// What the member must have allowed through the provider, message by message; the provider tells us when he does.
    package var credited: Set<MessageForm>
    /// A grant of marketing that nothing proves counts once the member confirmed it by a link of a message.
    package var doubleOptIn: Bool
    package init(
        id: String, address: Address, adapter: String? = nil, marketing: Marketing = .allowed,
        needsTemplateCode: Bool = false, offersUnsubscribe: Bool = false, links: LinkForm? = .standIn,
        credited: Set<MessageForm> = [], doubleOptIn: Bool = false
    ) {
        self.id = id
        self.address = address
        self.adapter = adapter
        self.marketing = marketing
        self.needsTemplateCode = needsTemplateCode
        self.offersUnsubscribe = offersUnsubscribe
        self.links = links
        self.credited = credited
        self.doubleOptIn = doubleOptIn
    }

    package func forbidsMarketing(byProviderTemplate code: String?) -> Bool {
        marketing == .forbiddenByProviderTemplate && code != nil
    }
    /// The channels that are known where no nudged.yaml is given; their names determine the address kind (product §3).
    package static let standard: [ChannelDeclaration] = [
        .init(id: "sms", address: .phone), .init(id: "wechat", address: .wechatOpenID),
        .init(id: "email", address: .email), .init(id: "wecom", address: .wecomExternalUserID),
        .init(id: "push", address: .none), .init(id: "webhook", address: .none), .init(id: "log", address: .none),
    ]
}

extension [ChannelDeclaration] {
    /// For fixtures, which do not know what a provider was told: members allow whatever is sent.
    package var uncredited: [ChannelDeclaration] {
        map { channel in
            var channel = channel
            channel.credited = []
            return channel
        }
    }
}

extension RuleSet {
    /// The declared types of custom attributes, by name without `member.attr.`.
    package var attributeTypes: [String: FieldType] { fields.attributeTypes }
}

extension [CustomField] {
    package var attributeTypes: [String: FieldType] {
        let attributes = filter { $0.sqliteSQL == nil && $0.id.hasPrefix("member.attr.") }
        return Dictionary(
            attributes.map { (String($0.id.dropFirst("member.attr.".count)), $0.type) },
            uniquingKeysWith: { first, _ in first })
    }
}
