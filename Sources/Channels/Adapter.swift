import Kit
import Rules

/// What one adapter says of itself. It is declared once, in the folder of the adapter: nudged.yaml is read by its keys,
/// and the schema, the reference page and the checker take what they need from here.
package struct Adapter: Sendable {
    /// What rules have to know of a channel.
    package struct Traits: Sendable {
        /// The one kind of address that it sends to; nil where the channel states its own.
        package let address: ChannelDeclaration.Address?
        /// The kind of address of a channel with a name of its own that states none.
        package let usualAddress: ChannelDeclaration.Address?
        package let marketing: ChannelDeclaration.Marketing
        /// The provider sends only texts that it approved, by their number.
        package let needsTemplateCode: Bool
        /// Its marketing messages name an address to unsubscribe at beside their text.
        package let offersUnsubscribe: Bool

        package init(
            address: ChannelDeclaration.Address? = nil, usualAddress: ChannelDeclaration.Address? = nil,
            marketing: ChannelDeclaration.Marketing = .allowed,
            needsTemplateCode: Bool = false, offersUnsubscribe: Bool = false
        ) {
            self.address = address
            self.usualAddress = usualAddress ?? address
            self.marketing = marketing
            self.needsTemplateCode = needsTemplateCode
            self.offersUnsubscribe = offersUnsubscribe
        }

        /// A template that names the provider's own text is sent as that text, which nothing of ours can be put before.
        package var sendsProviderTexts: Bool { needsTemplateCode || marketing == .forbiddenByProviderTemplate }
    }

    /// Makes a channel of settings whose secrets are resolved.
    package enum Opening: Sendable {
        /// Its messages stay on this machine.
        case local(@Sendable (AdapterSettings) -> any Channel)
        /// People bring its messages to members.
        case byHand(@Sendable (AdapterSettings) -> any Channel)
        case network(@Sendable (AdapterSettings, HTTPTransport) -> any Channel)
    }

    /// The `type` of nudged.yaml.
    package let type: String
    /// What the type is, as an editor shows it.
    package let description: String
    package let traits: Traits
    /// What holds where nudged.yaml states no rate; nil is no limit of ours.
    package let rate: Rate?
    /// How many connections hold where nudged.yaml states none; nil is no limit of ours.
    package let connections: Int?
    /// Keys beside those that every channel has, in the order in which they are read. A key that several adapters
    /// declare has the same type and the same meaning in all of them: the schema describes it once.
    package let keys: [KeyDeclaration]
    /// Words for these keys from elsewhere.
    package let foreign: [String: String]
    /// The codes of the provider that have a meaning here; one that ends with `…` is the beginning of a family.
    package let codes: [String]
    /// What it asks its provider in a probe, behind the name of the provider; nil where only a message shows whether it
    /// takes one.
    package let asks: Bilingual?
    /// A channel of this type as a comment of a new nudged.yaml, and what it is for; nil for most.
    package let sample: Bilingual?
    package let opening: Opening
    /// How the provider's callbacks are read, with the settings and their secrets; nil where there are none.
    package let callbacks: (@Sendable (AdapterSettings, CallbackRequest) -> CallbackResult)?
    /// Where reports of its messages arrive as mail; nil where nudged.yaml names no such place.
    package let reportBox: @Sendable (AdapterSettings) -> ReportBox?
    /// The messages of a channel with callbacks for which the provider counts what the member allows.
    package let credited: @Sendable (AdapterSettings) -> Set<ChannelDeclaration.MessageForm>

    package init(
        type: String, _ description: String, traits: Traits = Traits(), rate: Rate?, connections: Int? = nil,
        foreign: [String: String] = [:], codes: [String] = [], asks: Bilingual? = nil,
        sample: Bilingual? = nil, keys: [KeyDeclaration], opening: Opening,
        callbacks: (@Sendable (AdapterSettings, CallbackRequest) -> CallbackResult)? = nil,
        reportBox: @escaping @Sendable (AdapterSettings) -> ReportBox? = { _ in nil },
        credited: @escaping @Sendable (AdapterSettings) -> Set<ChannelDeclaration.MessageForm> = { _ in [] }
    ) {
        self.type = type
        self.description = description
        self.traits = traits
        self.rate = rate
        self.connections = connections
        let hasOwn = keys.contains { CallbackAddress.blocks.contains($0.name) }
        self.keys = keys + (callbacks == nil ? [] : (hasOwn ? [] : [.callbacks]) + [.optOutKeywords])
        self.codes = codes
        self.asks = asks
        self.sample = sample
        self.foreign = foreign
        self.opening = opening
        self.callbacks = callbacks
        self.reportBox = reportBox
        self.credited = credited
    }

    /// Nil for a channel of the network without a transport.
    package func open(_ settings: AdapterSettings, over transport: HTTPTransport?) -> (any Channel)? {
        switch opening {
        case .local(let open), .byHand(let open): open(settings)
        case .network(let open): transport.map { open(settings, $0) }
        }
    }

    package var isNetwork: Bool { if case .network = opening { true } else { false } }
    /// False where nobody sees a message but those who run this machine.
    package var reachesMembers: Bool { if case .local = opening { false } else { true } }
}
