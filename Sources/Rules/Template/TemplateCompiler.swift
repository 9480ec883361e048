/// Builds the nodes of a template from its pieces, keeping the open blocks on a stack of its own: no input makes it
/// recurse.
struct TemplateCompiler {
    private enum Kind: String {
        case condition = "if"
        case loop = "for"
    }

    private struct Block {
        var kind: Kind
        var tag: Range<Int>
        var nodes: [TemplateNode] = []
        var branches: [TemplateBranch] = []
        var condition: TemplateCondition?
        var sawElse = false
        var path: TemplatePath?
        /// Placeholders known to be there outside the block, and there if the branches so far did not apply.
        var outside: Set<Int>
        var otherwise: Set<Int>
    }

    private let source: [UInt8]
    private let placeholders: [Placeholder]
    private var blocks: [Block] = []
    private var top: [TemplateNode] = []
    private var locals: [String] = []
    private var present: Set<Int> = []
    private(set) var faults: [TemplateFault] = []
    private(set) var used: Set<Int> = []
    private(set) var required: Set<Int> = []
    private(set) var firstOutputs: [Int: TemplateOutput] = [:]
    private(set) var links: [TemplateLink] = []
    private(set) var itemUses: [TemplateItemUse] = []

    init(_ source: [UInt8], _ placeholders: [Placeholder]) {
        self.source = source
        self.placeholders = placeholders
    }

    mutating func compile() -> [TemplateNode] {
        let scanner = TemplateScanner(source)
        faults = scanner.faults
        for piece in scanner.pieces {
            do throws(TemplateFault) {
                switch piece {
                case .text(let range): append(.text(String(decoding: source[range], as: UTF8.self)))
                case .output(let inside, let whole): try output(inside, whole)
                case .tag(let inside, let whole): try tag(inside, whole)
                }
            } catch {
                faults.append(error)
            }
            if blocks.count > CompiledTemplate.depthLimit { return [] }
        }
        for block in blocks { faults.append(unclosed(block)) }
        return top
    }

    private mutating func append(_ node: TemplateNode) {
        if blocks.isEmpty { top.append(node) } else { blocks[blocks.count - 1].nodes.append(node) }
    }

    // MARK: outputs

    private mutating func output(_ inside: Range<Int>, _ whole: Range<Int>) throws(TemplateFault) {
        let output = try parse(inside, whole) { (parser: inout TemplateParser) throws(TemplateFault) in
            try parser.output()
        }
        append(.output(output))
        if let kind = output.link {
            let place = output.literalText == nil ? whole : output.head ?? whole
            links.append(TemplateLink(kind: kind, literal: output.literalText, bytes: whole, place: place))
        }
        if let placeholder = output.placeholder, firstOutputs[placeholder] == nil { firstOutputs[placeholder] = output }
        var needed = names(output.operand)
        for filter in output.filters {
            switch filter {
            case .default(let value): needed = names(value)
            case .plus(let value), .minus(let value), .times(let value), .join(let value), .dateBy(let value):
                needed.formUnion(names(value))
            case .truncate(let length, let ending): needed.formUnion(names(length).union(names(ending)))
            case .date, .money, .upcase, .downcase, .first, .size: break
            }
        }
        required.formUnion(needed.subtracting(present))
    }

    private func names(_ operand: TemplateOperand) -> Set<Int> {
        if case .path(let path) = operand, case .placeholder(let index) = path.root { [index] } else { [] }
    }

    /// Reports the fault of an empty expression at the brackets around it.
    private mutating func parse<T>(
        _ inside: Range<Int>, _ whole: Range<Int>, _ read: (inout TemplateParser) throws(TemplateFault) -> T
    ) throws(TemplateFault) -> T {
        var parser = TemplateParser(
            placeholders: placeholders, locals: locals, lists: lists, tokens: try TemplateToken.read(source, inside))
        do throws(TemplateFault) {
            let value = try read(&parser)
            faults += parser.faults
            used.formUnion(parser.used)
            itemUses += parser.itemUses
            return value
        } catch {
            faults += parser.faults
            var fault = error
            if fault.range.isEmpty { fault.range = whole }
            throw fault
        }
    }

    /// The placeholders that the open loops go through, the outermost first.
    private var lists: [Int?] {
        blocks.filter { $0.kind == .loop }.map { block in
            guard let path = block.path, path.steps.isEmpty, case .placeholder(let index) = path.root else {
                return nil
            }
            return index
        }
    }

    // MARK: tags

    private mutating func tag(_ inside: Range<Int>, _ whole: Range<Int>) throws(TemplateFault) {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        var start = inside.lowerBound
        while start < inside.upperBound, blanks.contains(source[start]) { start += 1 }
        var end = start
        while end < inside.upperBound, !blanks.contains(source[end]) { end += 1 }
        let rest = end..<inside.upperBound
        switch String(decoding: source[start..<end], as: UTF8.self) {
        case "if": try openCondition(rest, whole)
        case "elsif": try nextBranch(rest, whole)
        case "else": try elseBranch(rest, whole)
        case "for": try openLoop(rest, whole)
        case "endif": try close(.condition, rest, whole)
        case "endfor": try close(.loop, rest, whole)
        case "": throw TemplateFault(message: "a tag name is missing", range: whole)
        case let name:
            throw TemplateFault(
                message: "there is no tag `\(name)`", range: start..<end,
                help: "the tags are `if`, `elsif`, `else`, `endif`, `for` and `endfor`")
        }
    }

    private mutating func open(_ block: Block) throws(TemplateFault) {
        blocks.append(block)
        if blocks.count > CompiledTemplate.depthLimit {
            throw TemplateFault(
                message: "more than \(CompiledTemplate.depthLimit) blocks are nested here", range: block.tag)
        }
    }

    private mutating func openCondition(_ rest: Range<Int>, _ whole: Range<Int>) throws(TemplateFault) {
        try open(Block(kind: .condition, tag: whole, outside: present, otherwise: present))
        try setCondition(rest, whole)
    }

    private mutating func setCondition(_ rest: Range<Int>, _ whole: Range<Int>) throws(TemplateFault) {
        let condition = try parse(rest, whole) { (parser: inout TemplateParser) throws(TemplateFault) in
            try parser.condition()
        }
        let guards = TemplateGuards(condition)
        let last = blocks.count - 1
        blocks[last].condition = condition
        present = blocks[last].otherwise.union(guards.holding)
        blocks[last].otherwise.formUnion(guards.failing)
    }

    private mutating func nextBranch(_ rest: Range<Int>, _ whole: Range<Int>) throws(TemplateFault) {
        try endBranch("elsif", whole)
        try setCondition(rest, whole)
    }

    private mutating func elseBranch(_ rest: Range<Int>, _ whole: Range<Int>) throws(TemplateFault) {
        try endBranch("else", whole)
        blocks[blocks.count - 1].sawElse = true
        try expectNothing(rest, "else")
    }

    private mutating func endBranch(_ name: String, _ whole: Range<Int>) throws(TemplateFault) {
        guard var block = blocks.popLast() else {
            throw TemplateFault(message: "`{% \(name) %}` stands outside of `{% if %}`", range: whole)
        }
        defer { blocks.append(block) }
        guard block.kind == .condition else {
            throw TemplateFault(message: "`{% for %}` has no `{% \(name) %}`", range: whole)
        }
        if block.sawElse {
            throw TemplateFault(message: "`{% \(name) %}` comes after `{% else %}`", range: whole)
        }
        block.branches.append(TemplateBranch(condition: block.condition, body: block.nodes))
        block.nodes = []
        block.condition = nil
        present = block.otherwise
    }

    private mutating func openLoop(_ rest: Range<Int>, _ whole: Range<Int>) throws(TemplateFault) {
        try open(Block(kind: .loop, tag: whole, outside: present, otherwise: present))
        let outer = locals
        locals.append(variable(rest))
        let depth = blocks.count { $0.kind == .loop }
        let (name, path) = try parse(rest, whole, in: outer)
        locals[locals.count - 1] = name
        blocks[blocks.count - 1].path = path
        if let path, case .placeholder(let index) = path.root { present.insert(index) }
        if depth > CompiledTemplate.loopLimit {
            throw TemplateFault(message: "at most \(CompiledTemplate.loopLimit) loops may be nested", range: whole)
        }
    }

    /// The name of a loop's variable, also where the loop cannot be read: what is in it then makes no finding.
    private func variable(_ rest: Range<Int>) -> String {
        if case .name(let name)? = (try? TemplateToken.read(source, rest))?.first?.kind { name } else { "" }
    }

    /// The list is read in the scope outside the loop.
    private mutating func parse(_ rest: Range<Int>, _ whole: Range<Int>, in outer: [String]) throws(TemplateFault)
        -> (String, TemplatePath?)
    {
        let inner = locals
        locals = outer
        defer { locals = inner }
        return try parse(rest, whole) { (parser: inout TemplateParser) throws(TemplateFault) in try parser.loop() }
    }

    private mutating func close(_ kind: Kind, _ rest: Range<Int>, _ whole: Range<Int>) throws(TemplateFault) {
        guard blocks.contains(where: { $0.kind == kind }) else {
            throw TemplateFault(message: "`{% end\(kind.rawValue) %}` closes nothing", range: whole)
        }
        while let block = blocks.popLast() {
            present = block.outside
            if block.kind == .loop { locals.removeLast() }
            if block.kind == kind {
                append(node(block))
                break
            }
            faults.append(unclosed(block))
        }
        try expectNothing(rest, "end" + kind.rawValue)
    }

    private func expectNothing(_ rest: Range<Int>, _ name: String) throws(TemplateFault) {
        let tokens = try TemplateToken.read(source, rest)
        if tokens.count > 1 {
            throw TemplateFault(
                message: "nothing may follow `\(name)` in its tag", range: tokens[0].range,
                help: name == "else" ? "a second condition is written `{% elsif … %}`" : nil)
        }
    }

    private func unclosed(_ block: Block) -> TemplateFault {
        let name = block.kind.rawValue
        return TemplateFault(message: "`{% \(name) %}` is not closed by `{% end\(name) %}`", range: block.tag)
    }

    // MARK: nodes

    /// As in Liquid, a block of nothing but white space prints nothing: layout between tags is not text.
    private func node(_ block: Block) -> TemplateNode {
        guard block.kind == .condition else {
            guard let path = block.path, !isBlank(block.nodes) else { return .text("") }
            return .loop(over: path, body: block.nodes)
        }
        var branches = block.branches
        branches.append(TemplateBranch(condition: block.condition, body: block.nodes))
        let allBlank = branches.allSatisfy { isBlank($0.body) }
        for index in branches.indices {
            let isElsif = index > 0 && branches[index].condition != nil
            if allBlank || isElsif && isBlank(branches[index].body) { branches[index].body = [] }
        }
        return allBlank ? .text("") : .branches(branches)
    }

    private func isBlank(_ nodes: [TemplateNode]) -> Bool {
        nodes.allSatisfy { node in
            if case .text(let text) = node { text.unicodeScalars.allSatisfy(\.properties.isWhitespace) } else { false }
        }
    }
}
