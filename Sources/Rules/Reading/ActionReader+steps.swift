/// The steps other than `send`.
extension ActionReader {
    mutating func giveCoupon(_ block: BlockReader, _ findings: inout Findings) -> Action? {
        let vocabulary = vocabulary
        let registry = vocabulary.coupons
        let id = block.read("template", &findings) {
            $0.reference($1, in: registry, "R220", "coupon template", hint: vocabulary.stock)
        }
        let validUntil = block.block("valid_until", &findings) { block, findings -> GiveCoupon.ValidUntil? in
            guard let key = block.chosen?.key, let days = block.int(key, &findings) else { return nil }
            return key == "days_after_send" ? .daysAfterSend(days) : .daysAfterOccasion(days)
        }
        let template = id.flatMap { registry[$0] }
        // A template that is unknown or broken has its own finding: nothing is concluded from it.
        let saved = SavedName.coupon(
            hasFaceValue: template.map { $0.faceValue != nil } ?? true,
            hasLastDay: block.mentions("valid_until")
                || (template.map { $0.validDays != nil || $0.validUntil != nil } ?? true))
        let name = save(block, saved, &findings)
        guard let id, let place = block["template"]?.span else { return nil }
        return .giveCoupon(GiveCoupon(template: id, validUntil: validUntil, saveAs: name, place: place))
    }

    mutating func recommend(_ block: BlockReader, _ findings: inout Findings) -> Action? {
        let scope = scope
        let strategy = block.choice("strategy", as: Recommend.Strategy.self, &findings)
        let basedOn = block.read("based_on", &findings) { $0.field($1, in: scope) }
        let exclude = block.list("exclude", &findings) {
            $0.word($1, among: Recommend.Exclusion.allCases.map(\.rawValue)).flatMap {
                Recommend.Exclusion(rawValue: $0)
            }
        }
        block.warnOfEmptyList("exclude", "nothing, so nothing is left out", &findings)
        let limit = block.int("limit", &findings)
        let goesOn = block.word("if_empty", &findings) == "continue"
        let name = save(block, .records(canBeEmpty: goesOn), &findings)
        guard let strategy, let basedOn, let name else { return nil }
        return .recommend(
            Recommend(
                strategy: strategy, basedOn: basedOn, exclude: exclude ?? [], limit: limit ?? 3, stopIfEmpty: !goesOn,
                saveAs: name))
    }

    func createTask(_ block: BlockReader, _ findings: inout Findings) -> Action? {
        let assignee = assignee(block, &findings)
        let title = block.text("title", &findings)
        warnOfPlaces(in: title, block, &findings)
        let script = block.read("script", &findings) {
            $0.reference($1, in: vocabulary.templates, "R221", "message template")
        }
        let fill = fill(block, script.flatMap { vocabulary.templates[$0] }, &findings)
        let due = block.duration("due_in", &findings)
        guard let assignee, let title else { return nil }
        return .createTask(CreateTask(assignee: assignee, title: title, script: script, fill: fill, dueIn: due))
    }

    /// Reports R266: a title has no places to fill.
    private func warnOfPlaces(in title: String?, _ block: BlockReader, _ findings: inout Findings) {
        guard let title, let node = block["title"], ["{{", "{%", "${"].contains(where: title.contains) else { return }
        findings.report(
            "R266", .warning, "`title` is no template: the staff would read `\(title)` as it stands", at: node.span,
            help: ["write a fixed title; what is the member's own belongs into the text of  script: TEMPLATE"],
            key: "title")
    }

    private func assignee(_ block: BlockReader, _ findings: inout Findings) -> CreateTask.Assignee? {
        let orElse = block.identifier("or_else", &findings)
        switch block.atMostOne(of: "assign_to", "assignee", findings: &findings)?.key {
        case "assign_to":
            return block.read("assign_to", &findings) { person($1, &$0) }.map { .field($0, orElse: orElse) }
        case "assignee":
            if fieldAsPerson(block, &findings) { return nil }
            if let entry = block.entry("or_else") {
                findings.report(
                    "R106", "`assignee` and `or_else` exclude each other", at: entry.keySpan,
                    related: [.init(block.span(of: "assignee"), "here `assignee`")], help: ["take `or_else` away"],
                    key: "or_else")
            }
            return block.text("assignee", &findings).map { .named($0) }
        default:
            if block.explained.isDisjoint(with: ["assign_to", "assignee"]) {
                findings.report(
                    "R102", "`assign_to` is missing in `create_task`", at: block.start,
                    help: ["add  assign_to: member.advisor  or  assignee: 客服主管"])
            }
            return nil
        }
    }

    /// Reads the `add` of `adjust_points`: a number, or `{of: FIELD, times: N}`.
    func points(_ node: YAMLNode, _ findings: inout Findings) -> AdjustPoints.Amount? {
        guard node.entries != nil else {
            let count = findings.int(node, in: ActionKeys.fewPoints)
            if count == 0 {
                findings.report(
                    "R257", .warning, "adding 0 points does nothing", at: node.span,
                    help: ["write how many, or take the step away"])
            }
            return count.map { .fixed($0) }
        }
        guard let block = BlockReader(node, ActionKeys.pointsOf, &findings) else { return nil }
        let field = block.read("of", &findings) { $0.field($1, in: scope) }
        let times = block.has("times") ? block.read("times", &findings) { $0.factor($1) } : .one
        if let field, let node = block["of"], field.type != .money, field.type != .number {
            findings.report(
                "R104", "`\(field.name)` is \(field.type.words), and points are counted by an amount or a number",
                at: node.span, help: ["such as  of: order.total"], key: "of")
            return nil
        }
        guard let field, let times else { return nil }
        return .each(field, times: times)
    }

    /// Reads the field of `assign_to`. A name in its place belongs under `assignee`.
    private func person(_ node: YAMLNode, _ findings: inout Findings) -> Field? {
        guard let name = node.text, !name.contains("."), !node.isNull, case .unknown(let near) = scope.lookup(name),
            near == nil || name.unicodeScalars.contains(where: { $0.value > 0x7F }), !scope.unreadable.contains(name)
        else { return findings.field(node, in: scope) }
        findings.report(
            "R201", "there is no field `\(name)`", at: node.span,
            help: ["for a role or a person write  assignee: \(name)"])
        return nil
    }

    /// Reports R103 for a field under `assignee`, which would be taken for a person of that name.
    private func fieldAsPerson(_ block: BlockReader, _ findings: inout Findings) -> Bool {
        guard let entry = block.entry("assignee"), let name = entry.value.text, name.contains("."),
            FieldCatalogue.sources[String(name.prefix { $0 != "." })] != nil
        else { return false }
        var meant = name
        if case .unknown(let near?) = scope.lookup(name) { meant = near.name }
        findings.report(
            "R103", "`assignee` takes a role or a person, and `\(name)` is a field", at: entry.keySpan,
            help: ["say  assign_to: \(meant)"], key: "assignee")
        return true
    }

    /// The `fill` of a task's script. Without it the script prints its defaults; only a missing one is a finding.
    private func fill(
        _ block: BlockReader, _ script: TemplateEntry?, _ findings: inout Findings
    ) -> [Send.Fill] {
        guard let entry = block.entry("fill") else {
            if let script, !block.mentions("fill") { checkDefaults(of: script, block, &findings) }
            return []
        }
        if !block.mentions("script") {
            findings.report(
                "R102", "`fill` stands without its `script`", at: entry.keySpan,
                help: ["add  script: TEMPLATE  whose placeholders it fills"], key: "fill")
        }
        let before = findings.all.count
        let reader = FillReader(scope: scope)
        let filled = block.read("fill", &findings) { reader.read($1, &$0) } ?? []
        if let script, !findings.hasError(since: before) {
            reader.check(filled, against: [script], areAll: true, at: entry.keySpan, &findings)
        }
        return filled.map(\.fill)
    }

    private func checkDefaults(of script: TemplateEntry, _ block: BlockReader, _ findings: inout Findings) {
        guard let bare = script.placeholders.map(\.name).first(where: script.required.contains) else { return }
        findings.report(
            "R227", .warning, "nothing fills `\(bare)`, and the template `\(script.id)` has no default for it",
            at: block.span(of: "script"),
            help: ["add  fill: {\(bare): FIELD},  or in the template:  {{ \(bare) | default: '…' }}"],
            notes: ["the task is made all the same, without its script"], key: "script")
    }
}

extension Findings {
    /// Reads the name of a field as a value.
    mutating func field(_ node: YAMLNode, in scope: FieldScope) -> Field? {
        guard let name = text(node) else { return nil }
        return field(name, at: node.span, in: scope)?.field
    }
}
