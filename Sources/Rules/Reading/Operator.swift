/// The operators of a comparison, one spelling each (rule-language §1.4).
package enum Operator: String, CaseIterable, Sendable {
    case equals = "is"
    case isNot = "is_not"
    case anyOf = "any_of"
    case noneOf = "none_of"
    case startsWith = "starts_with"
    case contains
    case atLeast = "at_least"
    case moreThan = "more_than"
    case atMost = "at_most"
    case lessThan = "less_than"
    case between, before, after
    case withinLast = "within_last"
    case moreThanAgo = "more_than_ago"
    case withinNext = "within_next"
    case includes
    case includesAny = "includes_any"
    case includesAll = "includes_all"
    case excludes
    case isSet = "is_set"

    package static func known(for type: FieldType) -> [Operator] {
        switch type {
        case .text, .code: [.equals, .isNot, .anyOf, .noneOf, .startsWith, .contains, .isSet]
        case .number, .money: [.equals, .isNot, .atLeast, .moreThan, .atMost, .lessThan, .between, .isSet]
        case .date, .instant: [.equals, .before, .after, .between, .withinLast, .moreThanAgo, .withinNext, .isSet]
        case .list: [.includes, .includesAny, .includesAll, .excludes, .isSet]
        case .bool: [.isSet]
        case .any:
            [
                .equals, .isNot, .anyOf, .noneOf, .startsWith, .contains, .atLeast, .moreThan, .atMost, .lessThan,
                .between, .isSet,
            ]
        }
    }

    /// The comparisons of a type for a note: `numbers know: is, at_least, …`. Negations of numbers and `is_set` are
    /// left to the reference.
    static func note(on type: FieldType) -> String {
        let isQuantity = type == .number || type == .money
        let listed = known(for: type).filter { $0 != .isSet && !(isQuantity && $0 == .isNot) }
        return "\(isQuantity ? "numbers" : type.plural) know: " + listed.map(\.rawValue).joined(separator: ", ")
    }

    /// What it is written with.
    package enum Operand {
        case value, values, part, bound, ends, moment, span, item, items, flag
    }

    package var takes: Operand {
        switch self {
        case .equals, .isNot: .value
        case .anyOf, .noneOf: .values
        case .startsWith, .contains: .part
        case .atLeast, .moreThan, .atMost, .lessThan: .bound
        case .between: .ends
        case .before, .after: .moment
        case .withinLast, .moreThanAgo, .withinNext: .span
        case .includes, .excludes: .item
        case .includesAny, .includesAll: .items
        case .isSet: .flag
        }
    }

    /// The operator that holds exactly where this one does not, for those that are the negation of another.
    var opposite: Operator? { Operator.negations.first { $0.value == self }?.key }
    /// The negation of this one; itself where the language has none.
    var negated: Operator { Operator.negations[self] ?? self }
    private static let negations: [Operator: Operator] = [.equals: .isNot, .anyOf: .noneOf, .includes: .excludes]

    /// The operator and its value that mean everything but this value.
    static func anythingBut(_ value: String) -> String { "{\(isNot.rawValue): \(value)}" }

    /// The kind of value that it compares, in words.
    var wants: String {
        switch takes {
        case .value: "a single value"
        case .values, .part: "text"
        case .bound: "a number"
        case .ends: "a number or a date"
        case .moment, .span: "a date or an instant"
        case .item, .items: "a list"
        case .flag: "a field"
        }
    }

    /// Its meaning, for editors and the reference.
    var meaning: String {
        switch self {
        case .equals: "equals"
        case .isNot: "anything else, also a missing value"
        case .anyOf: "one of these"
        case .noneOf: "none of these, also a missing value"
        case .startsWith: "begins with this text"
        case .contains: "has this text in it"
        case .atLeast: "this or more"
        case .moreThan: "more than this"
        case .atMost: "this or less"
        case .lessThan: "less than this"
        case .between: "from the first to the second, both included"
        case .before: "earlier than this"
        case .after: "later than this"
        case .withinLast: "not longer ago than this"
        case .moreThanAgo: "longer ago than this"
        case .withinNext: "within this time from now"
        case .includes: "the list has this"
        case .includesAny: "the list has at least one of these"
        case .includesAll: "the list has all of these"
        case .excludes: "the list does not have this; also a missing list"
        case .isSet: "whether there is a value at all"
        }
    }

    /// True when its operand is a list.
    var takesList: Bool { [.values, .ends, .items].contains(takes) }
    /// True when its operand may be another field.
    var comparesFields: Bool { [.value, .bound, .moment].contains(takes) }
    /// True when its operand is a name as a whole, or a list of names.
    var takesNames: Bool { [.value, .values, .item, .items].contains(takes) }

    /// The first operator of the type that a spelling of another language means, used only to correct it (R105).
    static func meant(by foreign: String, for type: FieldType) -> Operator? {
        let known = known(for: type)
        return spellings[foreign.lowercased()]?.first { known.contains($0) }
    }

    static func isForeign(_ word: String) -> Bool { spellings[word.lowercased()] != nil }

    private static let spellings: [String: [Operator]] = {
        var table: [String: [Operator]] = [:]
        func add(_ words: String, _ meant: Operator...) {
            for word in words.split(separator: " ") { table[String(word)] = meant }
        }
        add("gte ge >= => $gte $ge min not_less_than 大于等于 不小于 不少于 不低于 至少 最少", .atLeast)
        add("gt > $gt greater_than greater above over 大于 超过 高于 多于", .moreThan, .after)
        add("lte le <= =< $lte $le max not_more_than 小于等于 不大于 不超过 不高于 至多 最多", .atMost)
        add("lt < $lt smaller_than below under 小于 低于 少于", .lessThan, .before)
        add("eq = == === $eq equal equals equal_to 等于 是", .equals, .includes)
        add("ne neq != <> $ne not not_equal not_equals 不等于 不是", .isNot, .excludes)
        add("in $in one_of oneof is_in is_any_of 属于 在", .anyOf, .includesAny)
        add("nin $nin not_in notin is_not_any_of 不属于 不在", .noneOf, .excludes)
        add("like $regex regex matches has include contain 包含 含有", .contains, .includes)
        add("not_contains not_includes exclude not_include $nall 不包含 不含", .excludes)
        add("has_any contains_any overlaps 包含任一 包含任意 含任一 任一", .includesAny)
        add("has_all contains_all all_of $all 包含全部 全部包含 同时包含 含全部", .includesAll)
        add("startswith begins_with prefix 开头是 以开头 开头为", .startsWith)
        add("range $between within 介于 之间", .between)
        add("exists $exists is_null isnull present is_present 存在 有值", .isSet)
        add("earlier_than until 早于 之前", .before)
        add("later_than since 晚于 之后", .after)
        add("last in_last in_the_last newer_than within_past 最近", .withinLast)
        add("older_than ago not_within_last", .moreThanAgo)
        add("next in_next in_the_next 未来", .withinNext)
        return table
    }()

    /// Spellings with exactly the same meaning on numbers, texts and lists, so that only the word has to change. None
    /// of them is a negation: `ne` and `not_in` of a database exclude members without a value, ours do not.
    private static let exact = Set(
        ("gte ge >= $gte gt > $gt lte le <= $lte lt < $lt eq == = $eq equals in $in "
            + "大于等于 大于 小于等于 小于 等于 属于 startswith begins_with has_any has_all "
            + "exists $exists greater_than 包含").split(separator: " ").map(String.init))

    /// True when replacing the word alone is safe with this value; on days and instants `>` has two readings.
    func replaces(_ foreign: String, on type: FieldType, with value: YAMLNode) -> Bool {
        Operator.exact.contains(foreign.lowercased()) && type != .date && type != .instant
            && takesList == (value.items != nil)
    }
}

/// The value beside a comparison of another language, in the form that ours takes.
struct ForeignValue {
    private let word: String
    private let ours: Operator?

    init(_ word: String, _ ours: Operator?) {
        self.word = word.lowercased()
        self.ours = ours
    }

    /// Nil where the value has to be rewritten by hand: a pattern, or a period where two ends are wanted.
    func pasted(_ value: String?) -> String? {
        guard let value else { return nil }
        switch word {
        case "is_null", "isnull":
            return ["true": "false", "false": "true"][value.lowercased()]
        case "like", "$regex", "regex", "matches":
            let plain = value.allSatisfy { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
            return plain ? value : nil
        default:
            return (ours?.takesList ?? false) && !value.hasPrefix("[") ? (ours == .between ? nil : "[\(value)]") : value
        }
    }
}

/// Types in words.
extension FieldType {
    var words: String {
        switch self {
        case .text: "text"
        case .code: "a code"
        case .number: "a number"
        case .money: "an amount"
        case .date: "a date"
        case .instant: "an instant"
        case .list: "a list"
        case .bool: "true or false"
        case .any: "a value"
        }
    }

    var plural: String {
        switch self {
        case .text: "texts"
        case .code: "codes"
        case .number: "numbers"
        case .money: "amounts"
        case .date: "dates"
        case .instant: "instants"
        case .list: "lists"
        case .bool: "fields that are true or false"
        case .any: "values of an event"
        }
    }
}
