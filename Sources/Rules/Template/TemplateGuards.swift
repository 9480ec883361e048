/// The placeholders that a condition proves present: inside `{% if name %}` the value `name` needs no default.
struct TemplateGuards {
    /// Placeholders that certainly have a value where the condition holds.
    var holding: Set<Int> = []
    /// Placeholders that certainly have a value where it fails.
    var failing: Set<Int> = []

    init(_ condition: TemplateCondition) {
        switch condition {
        case .operand(let operand): holding = TemplateGuards.names([operand])
        case .and(let a, let b):
            let (a, b) = (TemplateGuards(a), TemplateGuards(b))
            holding = a.holding.union(b.holding)
            failing = a.failing.intersection(b.failing)
        case .or(let a, let b):
            let (a, b) = (TemplateGuards(a), TemplateGuards(b))
            holding = a.holding.intersection(b.holding)
            failing = a.failing.union(b.failing)
        case .contains(let a, let b): holding = TemplateGuards.sides(a, b)
        case .compare(.equal, let a, let b):
            holding = TemplateGuards.besideValue(a, b)
            failing = TemplateGuards.besideNothing(a, b)
        case .compare(.unequal, let a, let b):
            holding = TemplateGuards.besideNothing(a, b)
            failing = TemplateGuards.besideValue(a, b)
        case .compare(_, let a, let b): holding = TemplateGuards.sides(a, b)
        }
    }

    private static func names(_ operands: [TemplateOperand]) -> Set<Int> {
        var names: Set<Int> = []
        for case .path(let path) in operands {
            if case .placeholder(let index) = path.root { names.insert(index) }
        }
        return names
    }

    private static func sides(_ a: TemplateCondition, _ b: TemplateCondition) -> Set<Int> {
        names([a, b].compactMap { if case .operand(let operand) = $0 { operand } else { nil } })
    }

    /// A missing value equals nothing but `nil`.
    private static func besideValue(_ a: TemplateCondition, _ b: TemplateCondition) -> Set<Int> {
        guard case .operand(let a) = a, case .operand(let b) = b else { return [] }
        return isValue(a) || isValue(b) ? names([a, b]) : []
    }

    private static func besideNothing(_ a: TemplateCondition, _ b: TemplateCondition) -> Set<Int> {
        guard case .operand(let a) = a, case .operand(let b) = b else { return [] }
        return isNothing(a) || isNothing(b) ? names([a, b]) : []
    }

    private static func isValue(_ operand: TemplateOperand) -> Bool {
        switch operand {
        case .literal, .empty, .blank: true
        case .path, .nothing: false
        }
    }

    private static func isNothing(_ operand: TemplateOperand) -> Bool {
        if case .nothing = operand { true } else { false }
    }
}
