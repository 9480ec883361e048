import Kit

/// Things of one kind that rules name by id.
struct Registry<Item: Sendable>: Sendable {
    var items: [String: Item] = [:]
    /// All declared ids, also of broken items: a rule that names one makes no mistake.
    var ids: Set<String> = []
    /// False when a part of a file could not be read: an unknown id may be in it.
    var isComplete = true
    /// The ids by display name.
    var names: [String: String] = [:]

    subscript(id: String) -> Item? { items[id] }
}

/// The objects that rules may refer to, gathered from all files before the first rule is read.
struct Vocabulary: Sendable {
    var settings = Settings()
    /// False when the settings could not be read as a whole.
    var settingsAreWhole = true
    var customFields: [CustomField] = []
    /// False when a field could not be read: an unknown name may be it.
    var fieldsAreWhole = true
    var coupons = Registry<CouponTemplate>()
    var templates = Registry<TemplateEntry>()
    var segments = Registry<Segment>()
    var channels: [String: ChannelDeclaration] = [:]
    var onFile = OnFile()

    /// ` (8,400 left, valid until 2026-12-31)` for a coupon template with a pool of codes, where the store was asked.
    func stock(_ template: String) -> String {
        guard let coupon = coupons[template], coupon.codes == .pool, let free = onFile.freeCodes?[template, default: 0]
        else { return "" }
        let days = coupon.validDays.map { ", valid \($0) day\($0 == 1 ? "" : "s")" }
        let validity = coupon.validUntil.map { ", valid until \($0.text)" } ?? days ?? ""
        return " (\(Grouped.text(free)) left\(validity))"
    }

    func isOnPhone(_ channel: String) -> Bool { channels[channel]?.address == .phone }
}

extension Findings {
    /// Reads the id of something declared elsewhere; for an unknown one it reports `code` with the nearest spelling.
    mutating func reference<Item>(
        _ node: YAMLNode, in registry: Registry<Item>, _ code: String, _ noun: String,
        hint: (String) -> String = { _ in "" }
    ) -> String? {
        guard let id = text(node) else { return nil }
        if registry.ids.contains(id) { return id }
        guard registry.isComplete else { return nil }
        if let named = registry.names[HalfWidth.ascii(id)] {
            report(
                code, "the \(noun) `\(id)` does not exist", at: node.span,
                help: ["did you mean `\(named)`? `\(id)` is its display name"])
        } else {
            unknownReference(id, among: Array(registry.ids), code, noun, at: node.span, hint: hint)
        }
        return nil
    }

    mutating func unknownReference(
        _ id: String, among ids: [String], _ code: String, _ noun: String, at span: SourceSpan,
        hint: (String) -> String = { _ in "" }
    ) {
        let nearest = Suggestion.nearest(to: id, among: ids.sorted())
        let few = ids.sorted().prefix(5).joined(separator: ", ") + (ids.count > 5 ? ", …" : "")
        let help = nearest.map { "did you mean `\($0)`?\(hint($0))" } ?? (ids.isEmpty ? nil : "there are: \(few)")
        report(code, "the \(noun) `\(id)` does not exist", at: span, help: help.map { [$0] } ?? [])
    }

    /// The declaration of the channel with this key; nil after a finding.
    mutating func channel(_ id: String, at span: SourceSpan, in vocabulary: Vocabulary) -> ChannelDeclaration? {
        channel(id, at: span, in: vocabulary.channels)
    }

    mutating func channel(
        _ id: String, at span: SourceSpan, in channels: [String: ChannelDeclaration]
    ) -> ChannelDeclaration? {
        if let channel = channels[id] { return channel }
        if let ours = Findings.channel(meantBy: id, among: channels.keys) {
            report("R223", "the channel `\(id)` does not exist", at: span, help: ["did you mean `\(ours)`?"])
        } else {
            unknownReference(id, among: Array(channels.keys), "R223", "channel", at: span)
        }
        return nil
    }

    /// The channel that the word stands for elsewhere: `weixin`, `短信`.
    static func channel(meantBy word: String, among channels: some Collection<String>) -> String? {
        channelWords[word.lowercased()].flatMap { channels.contains($0) ? $0 : nil }
    }

    /// Names that people give to channels elsewhere.
    private static let channelWords = [
        "weixin": "wechat", "wx": "wechat", "微信": "wechat", "公众号": "wechat", "短信": "sms", "text": "sms",
        "mail": "email",
        "邮件": "email", "邮箱": "email", "e-mail": "email", "企业微信": "wecom", "企微": "wecom", "推送": "push",
        "notification": "push",
    ]

    /// Finds a field by name, among those known at this place.
    mutating func field(_ name: String, at span: SourceSpan, in scope: FieldScope) -> (field: Field, words: [String])? {
        switch scope.lookup(name) {
        case .found(let field, let words): return (field, words)
        case .elsewhere(let row):
            if scope.nearRows.contains(row), blameEvent(for: row) { return nil }
            let known = scope.rows.sorted().map { "`\($0)`" }.joined(separator: ", ")
            report(
                "R203", "`\(name)` cannot be read in \(scope.place)", at: span,
                help: (scope.sameOfTrigger(name).map { ["did you mean `\($0)`?"] } ?? [])
                    + ["what may be named here: \(known)"], notes: FieldCatalogue.note(onRow: row))
        case .unknown(let near):
            let head = String(name.prefix { $0 != "." })
            if scope.unreadable.contains(head) || (!scope.customIsWhole && head == "member") { return nil }
            if let branch = scope.partlySaved[head] {
                partlySaved(name, head, branch, at: span)
            } else {
                unknownField(name, near, at: span, scope)
            }
        }
        return nil
    }

    /// Reports one finding for all reads of the name.
    private mutating func partlySaved(
        _ name: String, _ head: String, _ branch: FieldScope.BranchWithout, at span: SourceSpan
    ) {
        guard takeMissingName(head) else { return }
        report(
            "R201",
            branch.savesOther
                ? "`\(name)` is not known on every path: \(branch.words) saves `\(head)` by another action"
                : "`\(name)` is not known on every path: \(branch.words) does not save `\(head)`",
            at: span, related: [.init(branch.place, "here it is lacking")],
            help: ["save it in every branch and in `otherwise`, by the same action"])
    }

    private mutating func unknownField(
        _ name: String, _ near: NearField?, at span: SourceSpan, _ scope: FieldScope
    ) {
        let head = String(name.prefix { $0 != "." })
        let count = FieldCatalogue.declarations(of: head).count
        let notes =
            count > 0
            ? ["`nudged fields \(head)` lists all \(count) fields of \(FieldCatalogue.article(of: head))"] : []
        let width = name.utf8.count == span.end.byte - span.start.byte
        let help =
            near.map { "did you mean `\($0.name)`?\(FieldCatalogue.hint(on: $0.name, scope))" }
            ?? presence(name, scope) ?? unknownHelp(name, head)
        let nearHead = near.map { String($0.name.prefix { $0 != "." }) }
        let isSlipInSaved = nearHead.map { $0 != head && scope.saved[$0] != nil } ?? false
        // `gift.code` and `gift.valid_until` miss the same `save_as`.
        if isSlipInSaved && near?.isSame != true || near == nil && name != head, FieldCatalogue.sources[head] == nil {
            guard takeMissingName(head) else { return }
        }
        report(
            "R201", "there is no field `\(name)`", at: span,
            help: [help] + (isSlipInSaved ? ["or let the step before say  save_as: \(head)"] : []),
            notes: near == nil ? [] : notes,
            fix: near.flatMap {
                width && $0.isSame ? [.init(start: span.start.byte, end: span.end.byte, text: $0.name)] : nil
            } ?? [])
    }

    /// Advice for `member.has_phone`, which asks whether a value is there.
    private func presence(_ name: String, _ scope: FieldScope) -> String? {
        let field = name.replacing(".has_", with: ".").replacing(".is_", with: ".")
        guard field != name, scope.declarations.contains(where: { $0.name == field && $0.type != .bool }) else {
            return nil
        }
        return "to ask whether it is there, say  \(field): {is_set: true}"
    }
}

extension Diagnostic {
    /// True for a name that is no channel: where nobody knows which there are, it says nothing.
    package var isUnknownChannel: Bool { code == "R223" && message.hasPrefix("the channel `") }
}

extension FieldScope {
    /// The field of the same name of the row that the trigger has: `cart.total` for `order.total`.
    fileprivate func sameOfTrigger(_ name: String) -> String? {
        let tail = name.drop { $0 != "." }
        let found = declarations.map(\.name).filter {
            $0.hasSuffix(tail) && $0.drop { $0 != "." } == tail && !$0.hasPrefix("member.") && !$0.hasPrefix("trigger.")
        }
        return found.count == 1 ? found[0] : nil
    }
}

extension Findings {
    fileprivate func unknownHelp(_ name: String, _ head: String) -> String {
        if !FieldCatalogue.declarations(of: head).isEmpty { return "`nudged fields \(head)` lists them all" }
        if name != head, FieldCatalogue.sources[head] == nil, !name.contains("{") {
            return "if an earlier step is meant, let it say  save_as: \(head)"
        }
        return path.contains("fill")
            ? "name a field, such as member.display_name; a fixed text belongs into the template"
            : "`nudged fields` lists them all"
    }
}

extension FieldCatalogue {
    /// The hint ` (text; active, closed)`: the type, and the values where the set is closed or the shop has listed it.
    static func hint(on name: String, _ scope: FieldScope) -> String {
        guard let field = scope.declarations.first(where: { $0.name == name }) else { return "" }
        let known = name == "member.tier" ? scope.tierNames : field.words
        let more = known.count > 5 ? ", …" : ""
        let words = known.isEmpty ? "" : "; " + known.prefix(5).joined(separator: ", ") + more
        return " (\(field.type.rawValue)\(words))"
    }

    /// The row with its article: `a member`, `an order`.
    static func article(of source: String) -> String {
        switch source {
        case "order": "an order"
        case "points": "a batch of points"
        case "browse": "a category or sku looked at"
        default: "a \(source)"
        }
    }

    static func note(onRow row: String) -> [String] {
        let triggers =
            Trigger.Kind.allCases.filter { $0.traits.row == row }.map(\.rawValue)
            + (row == "order" ? ["events of an order"] : [])
        return triggers.isEmpty ? [] : ["`\(row)` comes with \(triggers.joined(separator: " and "))"]
    }
}
