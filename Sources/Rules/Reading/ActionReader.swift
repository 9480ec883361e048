import Kit

/// `do`: the steps in order. Names that a step saves are known to the steps after it, on the same path only.
struct ActionReader {
    let vocabulary: Vocabulary
    var scope: FieldScope
    /// The `send` before this point of the path: there is at most one (R233).
    private(set) var sent: SourceSpan?
    /// True when any path so far sends a message.
    private(set) var sends = false

    init(vocabulary: Vocabulary, scope: FieldScope) {
        self.vocabulary = vocabulary
        self.scope = scope
    }

    mutating func read(_ node: YAMLNode, _ findings: inout Findings) -> [Action] {
        guard
            let items = findings.items(
                node, help: ["write each step with a dash:  - \(node.entries?.first?.key ?? "send"): …"])
        else { return [] }
        if items.isEmpty {
            findings.report("R104", "`\(findings.place)` has no steps", at: node.span)
        }
        var actions: [Action] = []
        for (index, item) in items.enumerated() {
            if let action = findings.inside(index, { action(item, &$0) }) { actions.append(action) }
            scope.unreadable.formUnion(ActionReader.names(savedBy: item).filter { scope.saved[$0] == nil })
        }
        return actions
    }

    /// The names that a step would save, also where a slip keeps it from doing so: `saveAs`, or one step too many.
    private static func names(savedBy step: YAMLNode) -> [String] {
        (step.entries ?? []).flatMap { action in
            // `choose` says itself which names its branches save.
            names(savedIn: step, deep: false)
                + names(savedIn: action.value, deep: ActionKeys.action[action.key] == nil)
        }
    }

    /// The names behind `save_as` in a block, and behind what is nearly `save_as`.
    static func names(savedIn node: YAMLNode, deep: Bool) -> [String] {
        let own = (node.entries ?? []).filter {
            $0.key == "save_as" || Suggestion.nearest(to: $0.key, among: ["save_as"]) != nil
        }.compactMap(\.value.text)
        guard deep else { return own }
        let inner = (node.entries ?? []).map(\.value) + (node.items ?? [])
        return own + inner.flatMap { names(savedIn: $0, deep: true) }
    }

    private mutating func action(_ node: YAMLNode, _ findings: inout Findings) -> Action? {
        guard let block = BlockReader(node, ActionKeys.action, &findings), let chosen = block.chosen else { return nil }
        switch chosen.key {
        case "add_tag": return block.text("add_tag", &findings).map { .addTag($0) }
        case "remove_tag": return block.text("remove_tag", &findings).map { .removeTag($0) }
        case "choose": return choose(block, &findings)
        case "send": noteSend(chosen, &findings)
        default: break
        }
        guard let inner = block.block(chosen.key, &findings) else { return nil }
        return findings.inside(chosen.key) { findings in
            findings.within(ActionKeys.action) { step(chosen, inner, beside: node, &$0) }
        }
    }

    /// - Parameter item: the whole item: a `fill` in it belongs into the `send`, and has its finding.
    private mutating func step(
        _ chosen: YAMLNode.Entry, _ block: BlockReader, beside item: YAMLNode, _ findings: inout Findings
    ) -> Action? {
        switch chosen.key {
        case "give_coupon": return giveCoupon(block, &findings)
        case "send":
            let reader = SendReader(vocabulary: vocabulary, scope: scope, fillIsMisplaced: item["fill"] != nil)
            return reader.read(block, chosen, &findings).map { .send($0) }
        case "recommend": return recommend(block, &findings)
        case "create_task": return createTask(block, &findings)
        default:
            let add = block.read("add", &findings) { points($1, &$0) }
            let expires = block.duration("expires_in", &findings)
            return add.map { .adjustPoints(AdjustPoints(add: $0, expiresIn: expires)) }
        }
    }

    private mutating func noteSend(_ entry: YAMLNode.Entry, _ findings: inout Findings) {
        sends = true
        if let first = sent {
            findings.report(
                "R233", "one path sends two messages", at: entry.keySpan, label: "the second",
                related: [.init(first, "the first")],
                help: ["keep one `send`; to try several channels, list them under its `try`"], key: "send")
        }
        sent = entry.keySpan
    }

    private mutating func choose(_ block: BlockReader, _ findings: inout Findings) -> Action? {
        let before = self
        var paths: [(words: String, place: SourceSpan, reader: ActionReader)] = []
        var conditions: [YAMLNode] = []
        var number = 0
        let branches = block.list("choose", &findings) { findings, node -> Action.Branch? in
            number += 1
            guard let branch = BlockReader(node, ActionKeys.branch, &findings) else { return nil }
            var reader = before
            let condition = branch.read("if", &findings) { ConditionReader(scope: reader.scope).read($1, &$0) }
            if condition == nil { reader.scope.presenceIsWhole = false }
            reader.scope.present.formUnion(condition?.provenPresent ?? [])
            let actions = branch.read("do", &findings) { reader.read($1, &$0) }
            if let steps = branch.misspelt["do"]?.value {
                reader.scope.unreadable.formUnion(ActionReader.names(savedIn: steps, deep: true))
            }
            paths.append(("branch \(number)", branch.start, reader))
            guard let condition, let actions, let node = branch["if"] else { return nil }
            conditions.append(node)
            return Action.Branch(condition: condition, actions: actions)
        }
        if let node = block["choose"], node.items?.isEmpty == true {
            findings.report("R104", "`choose` has no items", at: node.span, key: "choose")
        }
        var reader = before
        let otherwise = block.read("otherwise", &findings) { reader.read($1, &$0) }
        if block.has("otherwise") { paths.append(("`otherwise`", block.span(of: "otherwise"), reader)) }
        for path in paths { join(path.reader) }
        joinSaved(paths, before: before.scope)
        PersonalPrices(vocabulary: vocabulary).check(
            Array(zip(branches ?? [], conditions)).map { (branch: $0, condition: $1) }, otherwise, &findings)
        return branches.map { .choose($0, otherwise: otherwise) }
    }

    /// Joins a branch: its `send` counts, and names that it would have saved get no findings.
    private mutating func join(_ branch: ActionReader) {
        sent = sent ?? branch.sent
        sends = sends || branch.sends
        scope.unreadable.formUnion(branch.scope.unreadable)
    }

    /// Joins the names of all branches: a name that each of them saves by the same action is known afterwards.
    private mutating func joinSaved(
        _ paths: [(words: String, place: SourceSpan, reader: ActionReader)], before: FieldScope
    ) {
        let names = Set(paths.flatMap { $0.reader.scope.saved.keys }).subtracting(before.saved.keys)
        for name in names {
            var known = paths.lazy.compactMap { $0.reader.scope.saved[name] }.first
            for path in paths {
                let saved = path.reader.scope.saved[name]
                let merged = saved.flatMap { known?.merged(with: $0) }
                guard merged == nil else {
                    known = merged
                    continue
                }
                scope.partlySaved[name] =
                    path.reader.scope.partlySaved[name]
                    ?? .init(words: path.words, place: path.place, savesOther: saved != nil)
                known = nil
                break
            }
            if let known { scope.saved[name] = known }
        }
        for path in paths {
            scope.partlySaved.merge(path.reader.scope.partlySaved.filter { scope.saved[$0.key] == nil }) { own, _ in own
            }
        }
    }

    /// Reads the name for `fill`, which must differ from all others on the path.
    mutating func save(
        _ block: BlockReader, _ what: SavedName, _ findings: inout Findings
    ) -> String? {
        guard let name = block.identifier("save_as", &findings), let node = block["save_as"] else { return nil }
        scope.declare(name, what, at: node, &findings)
        return name
    }
}

extension FieldScope {
    mutating func declare(_ name: String, _ what: SavedName, at node: YAMLNode, _ findings: inout Findings) {
        let reserved =
            FieldCatalogue.sources[name] != nil || ["all", "any", "none", "history", StockReader.key].contains(name)
        if reserved || saved[name] != nil || name.contains(".") {
            let why =
                name.contains(".")
                ? "has a dot" : reserved ? "is a name of the language" : "is already taken on this path"
            findings.report("R104", "`\(name)` \(why)", at: node.span, help: ["choose another name"], key: "save_as")
            if reserved || name.contains(".") { return }
        }
        saved[name] = what
        partlySaved[name] = nil
    }
}
