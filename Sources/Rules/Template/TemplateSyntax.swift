/// A compiled template is a list of these; a typical SMS is texts and outputs in turn.
enum TemplateNode: Sendable {
    case text(String)
    case output(TemplateOutput)
    /// The first branch whose condition holds; an `else` is a branch without one.
    case branches([TemplateBranch])
    case loop(over: TemplatePath, body: [TemplateNode])
}

struct TemplateBranch: Sendable {
    var condition: TemplateCondition?
    var body: [TemplateNode]
}

/// `{{ operand | filter: … }}`
struct TemplateOutput: Sendable {
    var operand: TemplateOperand
    var filters: [TemplateFilter]
    /// What is printed in place of the value, or around it, when the output is a link.
    var link: TemplateLink.Kind?
    /// The place of the word that it begins with, in the source.
    var head: Range<Int>?
    /// The placeholder at its head, as an index.
    var placeholder: Int? {
        if case .path(let path) = operand, case .placeholder(let index) = path.root { index } else { nil }
    }
    /// The whole of it, where it is a text in quotes.
    var literalText: String? {
        if filters.isEmpty, case .literal(.text(let text)) = operand { text } else { nil }
    }
}

enum TemplateOperand: Sendable {
    case literal(TemplateValue)
    case path(TemplatePath)
    /// The word `nil`, which a missing value equals.
    case nothing
    /// Equal to empty text and to an empty list.
    case empty
    /// Like `empty`, and equal to text of white space.
    case blank
}

/// `name`, `x.price`, `items.size`.
struct TemplatePath: Sendable {
    enum Root: Sendable, Hashable {
        case placeholder(Int)
        /// The variable of the n-th enclosing loop, counted from the outside.
        case local(Int)
    }
    var root: Root
    var steps: [String]
    /// The declared value this comes from, which a receipt names when the value is missing.
    var source: String
}

/// A part of an item of a list that a template reads: `name` of `{% for item in items %}{{ item.name }}`.
struct TemplateItemUse: Sendable {
    /// The list, as the place in `values`.
    var placeholder: String
    /// The part, and what is asked of it: `name` or `name`, `size`.
    var steps: [String]
    /// The place of the part in the source.
    var bytes: Range<Int>
}

indirect enum TemplateCondition: Sendable {
    case operand(TemplateOperand)
    case compare(TemplateComparison, TemplateCondition, TemplateCondition)
    case contains(TemplateCondition, TemplateCondition)
    case and(TemplateCondition, TemplateCondition)
    case or(TemplateCondition, TemplateCondition)
}

enum TemplateComparison: String, Sendable {
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case atMost = "<="
    case more = ">"
    case atLeast = ">="
    var isOrder: Bool { self != .equal && self != .unequal }
}

enum TemplateFilter: Sendable {
    case `default`(TemplateOperand)
    case date(DateFormat)
    /// The format is a value, read when the text is rendered.
    case dateBy(TemplateOperand)
    case money
    case truncate(length: TemplateOperand, ending: TemplateOperand)
    case upcase, downcase
    case plus(TemplateOperand)
    case minus(TemplateOperand)
    case times(TemplateOperand)
    case join(TemplateOperand)
    case first, size
}

/// A fault that ends the reading of one expression. Offsets are in bytes of the source.
struct TemplateFault: Error {
    var message: String
    var range: Range<Int>
    var help: String?
    var code = "R225"
    /// The name, where no value has it.
    var unknownName: String?
}
