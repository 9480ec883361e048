import Kit

/// R264: tests on the data of events that nudged itself raises, such as `message.sent`, which name a rule, a channel, a
/// template or a key that there is not; tiers and keys of `member.tier_changed`; and keys of the other known events that
/// are most likely slips. They are warnings, because an import may bring such events with data of its own.
package struct EventDataAdvice {
    /// What the value of a key names.
    private enum Named { case rule, channel, template, coupon, purpose, tier, anything }

    private typealias Keys = KeyValuePairs<String, Named>
    private static let ofMessage: Keys = [
        "rule": .rule, "occasion": .anything, "channel": .channel, "template": .template, "purpose": .purpose,
    ]
    private static let keys: [String: Keys] = [
        "message.sent": ofMessage, EventName.delivered: ofMessage,
        "message.clicked": ["rule": .rule, "link": .anything, "channel": .channel],
        "message.replied": ["text": .anything, "channel": .channel],
        "consent.requested": ["channel": .channel], "consent.confirmed": ["channel": .channel],
        "coupon.given": ["coupon": .anything, "template": .coupon, "rule": .rule],
        "task.done": ["rule": .rule, "occasion": .anything],
        "member.tier_changed": ["from": .tier, "to": .tier],
    ]

    /// The keys of events that shops add keys of their own to: only one that is nearly one of these is a slip.
    private static let usual: [String: [String]] = {
        let order = [
            "id", "order", "paid_at", "total", "status", "cart", "store_id", "store", "source", "cancelled_at",
            "refunded_at", "items", "sku", "category",
        ]
        let cart = ["id", "cart", "total", "in_stock_items", "items"]
        let points = ["id", "points", "remaining", "earned_at", "expires_at"]
        return [
            "order.paid": order, "order.cancelled": order, "order.refunded": order, "cart.updated": cart,
            "cart.emptied": cart, "product.viewed": ["sku", "category"], "store.visited": ["store"],
            "points.earned": points, "points.spent": points,
        ]
    }()

    package static let code = "R264"

    private let files: [YAMLFile]
    /// The names of each kind; none where it is not known what there is.
    private let names: [Named: KnownNames]

    /// - Parameter hasEveryRule: False when only some files of a rule set are there: a rule may stand in another.
    package init(_ files: [YAMLFile], channels: [ChannelDeclaration], hasEveryRule: Bool) {
        self.files = files
        func ids(_ kind: FileKind) -> [String] {
            files.flatMap { $0.root?[kind.rawValue]?.items ?? [] }.compactMap { $0["id"]?.text }.sorted()
        }
        let isWhole = files.allSatisfy { $0.root != nil && $0.isWhole }
        names = [
            .rule: hasEveryRule && isWhole ? ids(.rules) : [], .channel: channels.map(\.id).sorted(),
            .template: isWhole ? ids(.templates) : [], .coupon: isWhole ? ids(.coupons) : [],
            .purpose: Rule.Purpose.allCases.map(\.rawValue),
            .tier: isWhole ? files.compactMap(\.root).flatMap(SettingsReader.tiers).map(\.id) : [],
        ].mapValues(KnownNames.init)
    }

    package var findings: [Diagnostic] {
        files.flatMap { file in
            [FileKind.rules, .segments].flatMap { kind in
                (file.root?[kind.rawValue]?.items ?? []).enumerated().flatMap { index, item -> [Diagnostic] in
                    guard item["status"]?.text != Rule.Status.retired.rawValue else { return [] }
                    return findings(in: item).map { finding in
                        var finding = finding
                        finding.path = [kind.rawValue, "\(index)"] + item.path(to: finding.span)
                        finding.rule = kind == .rules ? item["id"]?.text : nil
                        return finding
                    }
                }
            }
        }
    }

    private func findings(in item: YAMLNode) -> [Diagnostic] {
        let trigger = item["when"]?["event"]?["name"]?.text ?? ""
        return filters(in: item) + reads(in: item, of: trigger)
    }

    /// The finding on a key that no event of that name has, as far as it is known.
    private func key(_ key: String, of event: String, at span: SourceSpan) -> Diagnostic? {
        if let keys = EventDataAdvice.keys[event] {
            return keys.contains { $0.key == key } ? nil : unknown(key, of: event, keys, at: span)
        }
        guard let usual = EventDataAdvice.usual[event], key.count > 2, !usual.contains(key) else { return nil }
        let near =
            SameWord.exact(key, among: usual)
            ?? usual.first { $0.count > 2 && EventName.isWithin(1, Substring(key), Substring($0)) }
        return near.map { Self.noKey(key, of: event, at: span, help: "did you mean `\($0)`?") }
    }

    // MARK: where

    /// Of every block with an event and its `where`: the trigger, and items of `unless` and `history`.
    private func filters(in node: YAMLNode) -> [Diagnostic] {
        if let items = node.items { return items.flatMap(filters) }
        let own: [Diagnostic]
        if let event = (node["event"] ?? node["name"])?.text {
            own = (node["where"]?.entries ?? []).flatMap { test($0, of: event) }
        } else {
            own = []
        }
        return own + (node.entries ?? []).filter { $0.key != "where" }.flatMap { filters(in: $0.value) }
    }

    private func test(_ entry: YAMLNode.Entry, of event: String) -> [Diagnostic] {
        if let finding = key(entry.key, of: event, at: entry.keySpan) { return [finding] }
        guard let named = EventDataAdvice.keys[event]?.first(where: { $0.key == entry.key })?.value,
            let known = names[named], !known.all.isEmpty
        else { return [] }
        return entry.value.wholeWords.compactMap { word in
            guard let text = word.text, !text.isEmpty, !word.isNull, !known.has(text) else { return nil }
            return unknown(text, named, among: known, at: word.span)
        }
    }

    private func unknown(_ text: String, _ named: Named, among known: KnownNames, at span: SourceSpan) -> Diagnostic {
        let meant = named == .channel ? Findings.channel(meantBy: text, among: known.all) : nil
        let near = meant ?? known.near(text)
        let few = known.all.prefix(5).joined(separator: ", ") + (known.all.count > 5 ? ", …" : "")
        return Diagnostic(
            EventDataAdvice.code, .warning, "there is no \(EventDataAdvice.noun(named)) `\(text)`", at: span,
            help: [near.map { "did you mean `\($0)`?" } ?? "there are: \(few)"])
    }

    private static func noun(_ named: Named) -> String {
        switch named {
        case .rule: "rule"
        case .channel: "channel"
        case .template: "message template"
        case .coupon: "coupon template"
        case .tier: "tier"
        case .purpose, .anything: "purpose"
        }
    }

    // MARK: trigger.data

    /// Of every `trigger.data.KEY`, as a key of a condition and as a value.
    private func reads(in node: YAMLNode, of event: String) -> [Diagnostic] {
        let inner = (node.items ?? []).flatMap { reads(in: $0, of: event) }
        let entries = (node.entries ?? []).flatMap { entry in
            read(entry.key, of: event, at: entry.keySpan) + reads(in: entry.value, of: event)
        }
        return inner + entries + (node.text.map { read($0, of: event, at: node.span) } ?? [])
    }

    private func read(_ name: String, of event: String, at span: SourceSpan) -> [Diagnostic] {
        let prefix = "trigger.data."
        guard name.hasPrefix(prefix) else { return [] }
        return key(String(name.dropFirst(prefix.count)), of: event, at: span).map { [$0] } ?? []
    }

    private func unknown(_ key: String, of event: String, _ keys: Keys, at span: SourceSpan) -> Diagnostic {
        let near = KnownNames(keys.map(\.key)).near(key)
        let list = keys.map { "`\($0.key)`" }.joined(separator: ", ")
        let help = near.map { "did you mean `\($0)`?" } ?? "`\(event)` knows \(list)"
        return Self.noKey(key, of: event, at: span, help: help)
    }

    private static func noKey(_ key: String, of event: String, at span: SourceSpan, help: String) -> Diagnostic {
        Diagnostic(code, .warning, "the data of `\(event)` has no `\(key)`", at: span, help: [help])
    }
}

/// Names of one kind, which may be thousands. What is near a name is found once, because a rule that is gone is often named
/// in many places.
private final class KnownNames {
    let all: [String]
    private let names: Set<String>
    private lazy var spellings = Dictionary(grouping: all, by: SameWord.folded)
    private var found: [String: String?] = [:]

    init(_ all: [String]) { (self.all, names) = (all, Set(all)) }

    func has(_ name: String) -> Bool { names.contains(name) }

    func near(_ typed: String) -> String? {
        if let known = found[typed] { return known }
        let same = spellings[SameWord.folded(typed)] ?? []
        let near = same.count == 1 ? same[0] : Suggestion.nearest(to: typed, among: all)
        found[typed] = near
        return near
    }
}
