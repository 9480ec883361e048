import Kit

/// The type of a key's value. The reader checks by it, and the JSON Schema is generated from it.
package indirect enum KeyType: Sendable {
    case text
    /// An address with `http` or `https`, a host, and no password.
    case webAddress
    /// The path of a file that lines are appended to.
    case outputFile
    /// The path of a folder that files are written into.
    case outputFolder
    /// A name that is kept for ever: letters, digits, `_`, `-`, `.`; no spaces.
    case identifier
    case int(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    /// Yuan with at most two decimals.
    case money
    /// `2%`, at most two decimals.
    case percent
    case bool
    case localTime
    /// A duration such as `24h`: one number and one of these units.
    case span(Set<Span.Unit>)
    case date
    /// One of these words, each with its meaning.
    case choice([Choice])
    /// The name of something in the rule set: a field, an event, a coupon, a segment, a template, a channel.
    case reference(Reference)
    case list(KeyType)
    /// One value or a list: `a` or `[a, b]`.
    case oneOrMany(KeyType)
    case block(@Sendable () -> BlockDeclaration)
    /// A block whose keys are the author's own names.
    case named(KeyType)
    case either([KeyType])
    case condition
    /// Tests on event data: `field: {operator: value}`.
    case filter
    case anything

    package enum Reference: String, Sendable { case field, event, coupon, segment, template, channel }

    package struct Choice: Sendable, Hashable {
        package var word: String
        package var description: String
        package init(_ word: String, _ description: String = "") {
            self.word = word
            self.description = description
        }
    }

    /// True when a name alone can be the value.
    var takesName: Bool {
        switch self {
        case .text, .identifier, .reference: true
        default: false
        }
    }

    /// True when an empty value of this type would silently mean everybody, or no limit.
    var mustSaySomething: Bool {
        switch self {
        case .condition, .filter: true
        case .block(let make): make().mustSaySomething
        default: false
        }
    }

    /// True when a value of this type is written to say something, so that an empty one is a slip: not a name or a remark
    /// that is still to come, and not `fill` or `values`, whose absence the texts show.
    var meansNothingEmpty: Bool {
        switch self {
        case .text, .identifier, .anything, .named(.reference), .named(.either): false
        default: true
        }
    }

    package static func choice(of words: String...) -> KeyType { .choice(words.map { Choice($0) }) }
    package static let anySpan = KeyType.span([.minutes, .hours, .days, .weeks])
    package static let count = KeyType.int(1...1_000_000)
}

/// One key of a block, declared once: checker, schema, `nudged fields` and the reference page read it from here.
package struct KeyDeclaration: Sendable {
    package var name: String
    package var type: KeyType
    package var required: Bool
    package var description: String
    package var chinese: String
    /// The first version of nudged that knows the key.
    package var since: String
    /// The value that applies where the key is absent, as it would stand after the colon; nil where none does.
    package var standard: String?
    /// Values as they would stand after the colon.
    package var examples: [String]
    /// True when an empty value would be taken for a no where a yes was to be written.
    package var mustSaySomething: Bool

    package init(
        _ name: String, _ type: KeyType, required: Bool = false, _ description: String, chinese: String,
        since: String = "0.1", standard: String? = nil, examples: [String] = [], mustSaySomething: Bool = false
    ) {
        self.name = name
        self.type = type
        self.required = required
        self.description = description
        self.chinese = chinese
        self.since = since
        self.standard = standard
        self.examples = examples
        self.mustSaySomething = mustSaySomething
    }

    /// True where `{}` says nothing, and no finding of the block itself refuses it.
    var meansNothingWithoutKeys: Bool {
        if let block { return !block.isAlternative && !block.mustSaySomething && !block.needsKeys }
        if case .named = type { return type.meansNothingEmpty }
        return false
    }

    /// The block that the value is, where it is one.
    package var block: BlockDeclaration? { KeyDeclaration.block(in: type) }

    private static func block(in type: KeyType) -> BlockDeclaration? {
        switch type {
        case .block(let make): make()
        case .either(let types): types.lazy.compactMap { block(in: $0) }.first
        default: nil
        }
    }
}

/// The keys that one block may have.
package struct BlockDeclaration: Sendable {
    /// The name as it ends the sentence "`wehn` is not part of …": `a rule`, `birthday`.
    package var name: String
    /// The keys in the order in which `fmt` writes them.
    package var keys: [KeyDeclaration]
    /// True when exactly one of the keys must be there (a trigger, an action).
    package var isAlternative: Bool
    /// True when an empty block would mean everybody, or no limit: it is then refused (R103).
    package var mustSaySomething: Bool
    /// Words from elsewhere that people type, and our key for each: `trigger` is `when`.
    package var foreign: [String: String]
    /// Words from elsewhere whose meaning stands in another file, and what to write.
    package var elsewhere: [String: String]
    /// Keys that may stand beside an alternative: `otherwise` beside `choose`.
    package var companions: [String: String]

    package init(
        _ name: String, isAlternative: Bool = false, mustSaySomething: Bool = false, foreign: [String: String] = [:],
        elsewhere: [String: String] = [:], companions: [String: String] = [:], _ keys: [KeyDeclaration]
    ) {
        self.name = name
        self.isAlternative = isAlternative
        self.mustSaySomething = mustSaySomething
        self.foreign = foreign
        self.elsewhere = elsewhere
        self.companions = companions
        self.keys = keys
    }

    /// The blocks that a value of this type is or holds.
    static func blocks(of type: KeyType) -> [BlockDeclaration] {
        switch type {
        case .block(let make): [make()]
        case .list(let item), .oneOrMany(let item), .named(let item): blocks(of: item)
        case .either(let types): types.flatMap(blocks(of:))
        default: []
        }
    }

    /// True when a block without keys has a finding anyhow: the required ones are missing.
    var needsKeys: Bool { keys.contains(where: \.required) }

    package subscript(key: String) -> KeyDeclaration? { keys.first { $0.name == key } }
}
