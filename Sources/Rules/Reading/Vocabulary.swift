/// Things of one kind that rules name by id.
struct Registry<Item: Sendable>: Sendable {
    var items: [String: Item] = [:]
    /// All ids that were declared, also of broken items: naming one is no mistake of the rule.
    var ids: Set<String> = []
    /// False when a part of a file could not be read: an id that is not here may well be there.
    var isComplete = true

    subscript(id: String) -> Item? { items[id] }
}

/// What rules may refer to, gathered from all files before the first rule is read.
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

    func isOnPhone(_ channel: String) -> Bool { channels[channel]?.address == .phone }
}

extension Findings {
    /// The id of something declared elsewhere; an unknown one is `code` with the nearest spelling.
    mutating func reference<Item>(
        _ node: YAMLNode, in registry: Registry<Item>, _ code: String, _ noun: String
    ) -> String? {
        guard let id = text(node) else { return nil }
        if registry.ids.contains(id) { return id }
        if registry.isComplete { unknownReference(id, among: Array(registry.ids), code, noun, at: node.span) }
        return nil
    }

    mutating func unknownReference(
        _ id: String, among ids: [String], _ code: String, _ noun: String, at span: SourceSpan
    ) {
        let nearest = Suggestion.nearest(to: id, among: ids.sorted())
        let few = ids.sorted().prefix(5).joined(separator: ", ") + (ids.count > 5 ? ", …" : "")
        let help = nearest.map { "did you mean `\($0)`?" } ?? (ids.isEmpty ? nil : "there are: \(few)")
        report(code, "the \(noun) `\(id)` does not exist", at: span, help: help.map { [$0] } ?? [])
    }

    /// The key of a channel.
    mutating func channel(_ id: String, at span: SourceSpan, in vocabulary: Vocabulary) -> ChannelDeclaration? {
        if let channel = vocabulary.channels[id] { return channel }
        unknownReference(id, among: Array(vocabulary.channels.keys), "R223", "channel", at: span)
        return nil
    }

    /// A field by name, known at this place.
    mutating func field(_ name: String, at span: SourceSpan, in scope: FieldScope) -> (field: Field, words: [String])? {
        switch scope.lookup(name) {
        case .found(let field, let words): return (field, words)
        case .elsewhere(let row):
            let known = scope.rows.sorted().map { "`\($0)`" }.joined(separator: ", ")
            report(
                "R203", "`\(name)` cannot be read in \(scope.place)", at: span,
                help: ["what may be named here: \(known)"], notes: FieldCatalogue.note(onRow: row))
        case .unknown(let nearest):
            if !scope.customIsWhole, name.hasPrefix("member.") { return nil }
            unknownField(name, nearest, at: span)
        }
        return nil
    }

    private mutating func unknownField(_ name: String, _ nearest: String?, at span: SourceSpan) {
        let head = String(name.prefix { $0 != "." })
        let count = FieldCatalogue.declarations(of: head).count
        let notes = count > 0 ? ["`nudged fields \(head)` lists all \(count) fields of \(head)"] : []
        let width = name.utf8.count == span.end.byte - span.start.byte
        report(
            "R201", "there is no field `\(name)`", at: span,
            help: nearest.map { ["did you mean `\($0)`?\(FieldCatalogue.hint(on: $0))"] } ?? [], notes: notes,
            fix: nearest.flatMap { width ? [.init(start: span.start.byte, end: span.end.byte, text: $0)] : nil } ?? [])
    }
}

extension FieldCatalogue {
    /// ` (text; active, closed)`.
    static func hint(on name: String) -> String {
        guard let field = declaration(named: name) else { return "" }
        let words = field.words.isEmpty ? "" : "; " + field.words.prefix(5).joined(separator: ", ")
        return " (\(field.type.rawValue)\(words))"
    }

    static func note(onRow row: String) -> [String] {
        let triggers: String? =
            switch row {
            case "coupon": "coupon_expires"
            case "points": "points_expire"
            case "cart": "cart_idle"
            case "order": "first_purchase and events of an order"
            case "browse": "browsed"
            default: nil
            }
        return triggers.map { ["`\(row)` comes with \($0)"] } ?? []
    }
}
