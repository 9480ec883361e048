import Kit

/// Reads `fill`: the fields for the placeholders of one or more templates, of a message or of a task's script.
struct FillReader {
    let scope: FieldScope

    struct Filled {
        var fill: Send.Fill
        var keySpan: SourceSpan
        var span: SourceSpan
    }

    func read(_ node: YAMLNode, _ findings: inout Findings) -> [Filled]? {
        guard let entries = node.entries else {
            findings.wrongKind(
                node, wanted: "a field for each placeholder", help: ["such as  fill: {name: member.display_name}"])
            return nil
        }
        return entries.compactMap { entry in
            // A key of the rule, one level too far in: `when: {birthday: …}`.
            if entry.value.text == nil,
                let owner = findings.enclosing.reversed().first(where: { $0[entry.key]?.type.takesName == false })
            {
                findings.report(
                    "R101", "`\(entry.key)` is not part of `fill`", at: entry.keySpan,
                    help: ["`\(entry.key)` is part of \(quoted(owner.name)): move it further out"], key: entry.key)
                return nil
            }
            guard let field = findings.inside(entry.key, { $0.field(entry.value, in: scope) }) else { return nil }
            return Filled(
                fill: Send.Fill(placeholder: entry.key, field: field), keySpan: entry.keySpan, span: entry.value.span)
        }
    }

    // MARK: fill and placeholders, both ways

    /// - Parameter areAll: False when a template is unknown, so that no entry can be called superfluous.
    func check(
        _ filled: [Filled], against templates: [TemplateEntry], areAll: Bool, at span: SourceSpan,
        _ findings: inout Findings
    ) {
        checkMissing(filled, templates, at: span, &findings)
        if areAll, templates.allSatisfy(\.placeholdersAreWhole) {
            checkSuperfluous(filled, templates, &findings)
        }
        for one in filled {
            checkType(one, templates, &findings)
            checkPresence(one, templates, &findings)
            checkPrice(one, &findings)
            checkItems(one, templates, &findings)
        }
    }

    private func checkMissing(
        _ filled: [Filled], _ templates: [TemplateEntry], at span: SourceSpan, _ findings: inout Findings
    ) {
        let given = Set(filled.map(\.fill.placeholder))
        let wanted = Set(templates.flatMap { $0.placeholders.map(\.name) })
        // A slip in the name of an entry is one finding, at that entry.
        var told = Set(
            given.subtracting(wanted).compactMap {
                Suggestion.nearest(to: $0, among: wanted.subtracting(given).sorted())
            })
        for template in templates where template.placeholdersAreWhole {
            for placeholder in template.placeholders
            where !given.contains(placeholder.name) && !template.unused.contains(placeholder.name) {
                guard told.insert(placeholder.name).inserted else { continue }
                findings.report(
                    "R224", "nothing fills the placeholder `\(placeholder.name)` of the template `\(template.id)`",
                    at: span, help: ["add  \(placeholder.name): \(field(for: placeholder.name))  to `fill`"],
                    key: "fill")
            }
        }
    }

    /// The field that an earlier step saved under that name, where there is just one.
    private func field(for placeholder: String) -> String {
        let saved = scope.saved.keys.map { "\($0).\(placeholder)" }
        let known = scope.declarations.map(\.name).filter { saved.contains($0) }
        return known.count == 1 ? known[0] : "FIELD"
    }

    private func checkSuperfluous(_ filled: [Filled], _ templates: [TemplateEntry], _ findings: inout Findings) {
        let wanted = Set(templates.flatMap { $0.placeholders.map(\.name) })
        for one in filled where !wanted.contains(one.fill.placeholder) {
            let nearest = Suggestion.nearest(to: one.fill.placeholder, among: wanted.sorted())
            let names = templates.prefix(3).map { "`\($0.id)`" }.joined(separator: ", ")
            findings.inside("fill") {
                $0.report(
                    "R224", "no template here has a placeholder `\(one.fill.placeholder)`", at: one.keySpan,
                    help: nearest.map { ["did you mean `\($0)`?"] } ?? [
                        "take it away, or declare it under `values` of \(names)"
                    ],
                    key: one.fill.placeholder)
            }
        }
    }

    private func checkType(_ one: Filled, _ templates: [TemplateEntry], _ findings: inout Findings) {
        for template in templates {
            guard let placeholder = template.placeholders.first(where: { $0.name == one.fill.placeholder }),
                !placeholder.type.accepts(one.fill.field.type)
            else { continue }
            findings.inside("fill") {
                $0.report(
                    "R224",
                    "`\(one.fill.placeholder)` wants \(placeholder.type.words), and `\(one.fill.field.name)` is "
                        + one.fill.field.type.words,
                    at: one.span, notes: ["declared so in the template `\(template.id)`"], key: one.fill.placeholder)
            }
            return
        }
    }

    /// Reports a part that the items of the filled list do not have: it would be missing in every message.
    private func checkItems(_ one: Filled, _ templates: [TemplateEntry], _ findings: inout Findings) {
        guard let keys = ItemKeys(of: one.fill.field, in: scope) else { return }
        var told: Set<String> = []
        for template in templates {
            for (use, span) in template.itemUses
            where use.placeholder == one.fill.placeholder && !keys.has(use) && told.insert(use.key).inserted {
                findings.inside("fill") {
                    $0.report(
                        "R224",
                        "the template `\(template.id)` uses `\(use.key)`, which items of `\(one.fill.field.name)` do not have",
                        at: one.span, related: [.init(span, "here `\(use.key)`")], help: [keys.help(for: use)],
                        key: one.fill.placeholder)
                }
            }
        }
    }

    private func checkPresence(_ one: Filled, _ templates: [TemplateEntry], _ findings: inout Findings) {
        let field = one.fill.field
        guard field.canBeMissing, scope.presenceIsWhole else { return }
        let bare = templates.filter { $0.required.contains(one.fill.placeholder) }
        guard let first = bare.first else { return }
        // Being set proves no date of it.
        let isBirthday = field.name == "member.birthday"
        findings.inside("fill") {
            $0.report(
                "R227", "`\(field.name)` can be missing, and the template `\(first.id)` has no default for it",
                at: one.span,
                help: [
                    "in the template:  {{ \(one.fill.placeholder) | default: '…' }}",
                    "or let the rule ask for it:  if: {\(field.name): {\(isBirthday ? "after: 1900-01-01" : "is_set: true")}}",
                ],
                notes: (isBirthday ? ["a birthday without a year is set, and has no date"] : [])
                    + (bare.count > 1
                        ? ["so do: " + bare.dropFirst().prefix(4).map { "`\($0.id)`" }.joined(separator: ", ")] : []),
                key: one.fill.placeholder)
        }
    }
}

extension FieldType {
    /// True when a placeholder of this type can hold a field of that one.
    fileprivate func accepts(_ field: FieldType) -> Bool {
        switch (self, field) {
        case (_, .any), (.any, _): true
        case (.list, .list): true
        case (.list, _), (_, .list): false
        case (.text, _), (.code, _): true
        case (.number, let other), (.money, let other): other == .number || other == .money
        case (.date, let other), (.instant, let other): other == .date || other == .instant
        case (.bool, let other): other == .bool
        }
    }
}
