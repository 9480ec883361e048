extension TemplateParser {
    /// Reads `value | filter: argument, argument | …`.
    mutating func output() throws(TemplateFault) -> TemplateOutput {
        let head = current
        if head.kind == .end { throw fault("nothing is written between the brackets", at: head) }
        if let link = try builtInLink() { return link }
        let value = try printable()
        var type = value.type
        var filters: [TemplateFilter] = []
        while takes(.pipe) {
            let name = take()
            guard case .name(let word) = name.kind else { throw fault("a filter is expected after `|`", at: name) }
            if word == TemplateLink.filterName {
                let operand = filters.isEmpty ? value.operand : .nothing
                let link = try shortLink(of: (operand, type), at: name)
                return TemplateOutput(operand: value.operand, filters: filters, link: link, head: head.range)
            }
            let arguments = try arguments()
            if let filter = try filter(word, arguments, on: &type, at: name) { filters.append(filter) }
        }
        try expectEnd()
        return TemplateOutput(operand: value.operand, filters: filters)
    }

    private typealias Argument = (operand: TemplateOperand, type: FieldType, token: TemplateToken)

    private mutating func printable() throws(TemplateFault) -> (operand: TemplateOperand, type: FieldType) {
        let token = current
        let faultsBefore = faults.count
        let value = try operand()
        switch value.operand {
        case .nothing where faults.count == faultsBefore, .empty, .blank:
            throw fault("\(written(token)) is only for comparing in `{% if %}`", at: token)
        default: return value
        }
    }

    private mutating func arguments() throws(TemplateFault) -> [Argument] {
        guard takes(.colon) else { return [] }
        var arguments: [Argument] = []
        repeat {
            let token = current
            let (operand, type) = try printable()
            if current.kind == .colon { throw fault("filters take no named arguments", at: token) }
            arguments.append((operand, type, token))
        } while takes(.comma)
        return arguments
    }

    /// The fewest and the most arguments of each filter.
    private static let arity: [String: ClosedRange<Int>] = [
        "default": 1...1, "date": 1...1, "money": 0...0, "truncate": 0...2, "upcase": 0...0, "downcase": 0...0,
        "plus": 1...1, "minus": 1...1, "times": 1...1, "join": 0...1, "first": 0...0, "size": 0...0,
    ]

    /// Nil when a fault was recorded; `type` becomes that of the result.
    private mutating func filter(
        _ name: String, _ arguments: [Argument], on type: inout FieldType, at token: TemplateToken
    ) throws(TemplateFault) -> TemplateFilter? {
        guard let arity = TemplateParser.arity[name] else {
            let known = (TemplateParser.arity.keys + [TemplateLink.filterName]).sorted().map { "`\($0)`" }.joined(
                separator: ", ")
            faults.append(fault("there is no filter `\(name)`", at: token, help: "the filters are \(known)"))
            type = .any
            return nil
        }
        guard arity.contains(arguments.count) else {
            let wanted = arity.count == 1 ? "\(arity.lowerBound)" : "\(arity.lowerBound) to \(arity.upperBound)"
            let noun = wanted == "1" ? "argument" : "arguments"
            faults.append(fault("`\(name)` takes \(wanted) \(noun), not \(arguments.count)", at: token))
            type = .any
            return nil
        }
        if TemplateParser.refused[name]?.contains(type) == true {
            faults.append(fault("`\(name)` does nothing sensible with \(type.described)", at: token))
        }
        let before = type
        type = TemplateParser.result(of: name, on: before, arguments.first?.type)
        switch name {
        case "default": return .default(arguments[0].operand)
        case "date": return dateFilter(arguments[0])
        case "money": return .money
        case "truncate": return truncate(arguments)
        case "upcase": return .upcase
        case "downcase": return .downcase
        case "plus": return .plus(number(arguments[0]))
        case "minus": return .minus(number(arguments[0]))
        case "times": return .times(number(arguments[0]))
        case "join": return .join(arguments.first?.operand ?? .literal(.text(" ")))
        case "first": return .first
        default: return .size
        }
    }

    /// Types on which a filter could only print nonsense: Liquid answers them with 0, with nothing or with itself.
    private static let refused: [String: Set<FieldType>] = [
        "date": [.number, .money, .list, .bool], "money": [.date, .instant, .list, .bool],
        "truncate": [.list], "upcase": [.list], "downcase": [.list],
        "plus": [.date, .instant, .list, .bool], "minus": [.date, .instant, .list, .bool],
        "times": [.date, .instant, .list, .bool], "first": [.text, .code, .number, .money, .date, .instant, .bool],
        "size": [.number, .money, .date, .instant, .bool],
    ]

    private static func result(of name: String, on type: FieldType, _ argument: FieldType?) -> FieldType {
        switch name {
        case "default": return argument == type ? type : .any
        case "plus", "minus", "times":
            if type == .any || argument == .any { return .any }
            return type == .money || argument == .money ? .money : .number
        case "first": return .any
        case "size": return .number
        default: return .text
        }
    }

    private mutating func dateFilter(_ argument: Argument) -> TemplateFilter? {
        if case .path = argument.operand, [.text, .code, .any].contains(argument.type) {
            return .dateBy(argument.operand)
        }
        guard case .literal(.text(let format)) = argument.operand else {
            faults.append(fault("the format of `date` must be a text, in quotes or of a value", at: argument.token))
            return nil
        }
        let (read, unknown) = DateFormat.read(format)
        guard let read else {
            faults.append(fault("`\(unknown)` is not a date code", at: argument.token, help: "for instance '%m月%d日'"))
            return nil
        }
        if !read.hasField {
            var fault = fault(
                "the format `\(format)` has no date code, so every message would say just that", at: argument.token,
                help: "write  date: '\(DateFormat.ours(for: format))'")
            fault.code = "R226"
            faults.append(fault)
        }
        return .date(read)
    }

    private mutating func truncate(_ arguments: [Argument]) -> TemplateFilter? {
        let length = arguments.first?.operand ?? .literal(.number(50))
        if let first = arguments.first, ![.number, .any, .code, .text].contains(first.type) || isWord(first.operand) {
            faults.append(fault("`truncate` takes a number of characters first", at: first.token))
        }
        return .truncate(length: length, ending: arguments.count > 1 ? arguments[1].operand : .literal(.text("...")))
    }

    private mutating func number(_ argument: Argument) -> TemplateOperand {
        if ![.number, .money, .any, .code, .text].contains(argument.type) || isWord(argument.operand) {
            faults.append(fault("a number is expected here, not \(argument.type.described)", at: argument.token))
        }
        return argument.operand
    }

    /// True for a literal text that is no number.
    private func isWord(_ operand: TemplateOperand) -> Bool {
        if case .literal(.text(let text)) = operand { numeral(text) == nil } else { false }
    }
}
