extension TemplateParser {
    /// The limit is high enough for any message and low enough for any stack.
    private static let operatorLimit = 32

    /// Reads a whole condition. All of `and` and `or` bind equally and to the right (`a and b or c` is `a and (b or
    /// c)`), as in Liquid; comparisons bind closer, `contains` closest.
    mutating func condition() throws(TemplateFault) -> TemplateCondition {
        if current.kind == .end { throw fault("a condition is missing here", at: current) }
        var operators = 0
        let condition = try term(binding: 0, &operators)
        try expectEnd()
        return condition.condition
    }

    private typealias Term = (condition: TemplateCondition, type: FieldType, token: TemplateToken)

    private mutating func term(binding: Int, _ operators: inout Int) throws(TemplateFault) -> Term {
        let token = current
        let value = try operand()
        var left: Term = (.operand(value.operand), value.type, token)
        while let binds = strength(of: current), binds >= binding {
            operators += 1
            if operators > TemplateParser.operatorLimit {
                throw fault("a condition holds at most \(TemplateParser.operatorLimit) operators", at: current)
            }
            let sign = take()
            let right = try term(binding: binds, &operators)
            left = (join(left, sign, right), .bool, token)
        }
        return left
    }

    private func strength(of token: TemplateToken) -> Int? {
        switch token.kind {
        case .name("and"), .name("or"): 1
        case .comparison: 2
        case .name("contains"): 3
        default: nil
        }
    }

    private mutating func join(_ left: Term, _ sign: TemplateToken, _ right: Term) -> TemplateCondition {
        switch sign.kind {
        case .name("and"): return .and(left.condition, right.condition)
        case .name("or"): return .or(left.condition, right.condition)
        case .comparison(let comparison):
            if comparison.isOrder { checkOrder(left, right, sign) }
            return .compare(comparison, left.condition, right.condition)
        default:
            if ![.text, .code, .list, .any].contains(left.type) || isSpecial(left) {
                faults.append(fault("only text and lists contain something", at: left.token))
            }
            if isSpecial(right) { faults.append(fault("nothing contains \(written(right.token))", at: right.token)) }
            return .contains(left.condition, right.condition)
        }
    }

    /// A comparison that Liquid would answer with an error when a message is sent is a fault here.
    private mutating func checkOrder(_ left: Term, _ right: Term, _ sign: TemplateToken) {
        for side in [left, right] where side.type == .bool || side.type == .list || isSpecial(side) {
            faults.append(fault("\(written(side.token)) has no order to compare by", at: side.token))
            return
        }
        guard let a = family(left), let b = family(right), a != b else { return }
        if isWrittenDate(left) && b == .date || isWrittenDate(right) && a == .date { return }
        faults.append(fault("\(left.type.described) and \(right.type.described) have no common order", at: sign))
    }

    private func family(_ term: Term) -> FieldType? {
        switch term.type {
        case .text, .code: .text
        case .number, .money: .number
        case .date, .instant: .date
        default: nil
        }
    }

    private func isSpecial(_ term: Term) -> Bool {
        guard case .name(let word) = term.token.kind else { return false }
        return ["nil", "null", "empty", "blank"].contains(word)
    }

    private func isWrittenDate(_ term: Term) -> Bool {
        if case .operand(.literal(.text(let text))) = term.condition { writtenDate(text) != nil } else { false }
    }
}

extension TemplateParser {
    /// Reads `x in list`. The path is nil when a fault was recorded.
    mutating func loop() throws(TemplateFault) -> (name: String, path: TemplatePath?) {
        let variable = take()
        guard case .name(let name) = variable.kind, !TemplateParser.reserved.contains(name) else {
            throw fault("a loop is written `{% for x in list %}`", at: variable)
        }
        guard takes(.name("in")) else {
            // The tag as a whole is at fault.
            let start = current.range.lowerBound
            var help: String?
            if case .name(let list) = tokens.dropLast().last?.kind, list != name {
                help = "write  {% for \(name) in \(list) %}"
            }
            throw TemplateFault(message: "a loop is written `{% for x in list %}`", range: start..<start, help: help)
        }
        let token = current
        let list = try path()
        if case .name(let word) = current.kind, ["limit", "offset", "reversed"].contains(word) {
            throw fault("`\(word)` is not part of this template language", at: current)
        }
        try expectEnd()
        if ![.list, .any].contains(list.type) {
            faults.append(fault("\(written(token)) is \(list.type.described), not a list", at: token))
        }
        guard case .path(let path) = list.operand else { return (name, nil) }
        return (name, path)
    }
}
