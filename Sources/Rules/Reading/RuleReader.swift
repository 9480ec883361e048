import Kit

/// Reads one rule, from its block to the checked model.
struct RuleReader {
    let vocabulary: Vocabulary
    let source: SourceText

    /// Nil when anything in it is wrong; the findings say what.
    func read(_ node: YAMLNode, _ findings: inout Findings) -> Rule? {
        let before = findings.all.count
        findings.rule = node["id"]?.text
        defer { findings.rule = nil }
        guard let block = BlockReader(node, RuleKeys.rule, &findings) else { return nil }
        let id = block.identifier("id", &findings)
        let name = block.text("name", &findings)
        _ = block.text("note", &findings)
        let status = block.choice("status", as: Rule.Status.self, &findings)
        let owner = block.identifier("owner", &findings)
        let purpose = block.choice("purpose", as: Rule.Purpose.self, &findings)
        let priority = block.int("priority", &findings)
        checkOwner(owner, purpose, block, findings: &findings)

        let beforeTrigger = findings.all.count
        let trigger = block.block("when", &findings) { TriggerReader(vocabulary: vocabulary).read($0, &$1) }
        let unless = unless(block, trigger, &findings)
        let audience = audience(block, trigger?.trigger, &findings)
        var scope = scope(of: trigger?.trigger, knowsTrigger: trigger != nil)
        scope.purpose = purpose
        scope.nearRows = trigger.map(\.meant.rows) ?? []
        let condition = block.read("if", &findings) { ConditionReader(scope: scope).read($1, &$0) }
        if let finding = ClosedMembers.finding(condition, findings) { findings.append([finding]) }
        let isUnread = condition == nil && (node["if"] != nil || block.misspelt["if"] != nil)
        if isUnread || findings.hasError(since: beforeTrigger) { scope.presenceIsWhole = false }
        let existing = existingMembers(block, trigger, &findings)
        let combine = combine(block, trigger?.trigger, &scope, findings: &findings)
        learn(from: condition, trigger?.trigger, combine: combine, into: &scope)

        let body = BodyReader(vocabulary: vocabulary, scope: scope).read(block, &findings)
        let limits = limits(block, trigger?.meant, &findings)
        let late = block.block("if_late", &findings) { LatenessReader.read($0, &$1) }
        if let body, let trigger { checkQuietHours(trigger, purpose, body, findings: &findings) }
        CouponDays(trigger: trigger?.trigger).check(node, &findings)
        OwnEvent(trigger: trigger?.trigger).check(node, &findings)

        guard !findings.hasError(since: before), let id, let status, let owner, let purpose, let trigger, let body
        else { return nil }
        let rule = Rule(
            id: id, name: name ?? id, status: status, owner: owner, purpose: purpose, priority: priority ?? 0,
            trigger: trigger.trigger, unless: unless, audience: audience, condition: condition,
            existingMembers: existing, combine: combine, body: body.body, limits: limits,
            ifLate: late ?? standardLateness(of: trigger.trigger),
            ifLateWithoutSend: late ?? vocabulary.settings.ifLate.task, origin: origin(of: node))
        RuleSize(segments: vocabulary.segments.items).check(rule, block, &findings)
        return findings.hasError(since: before) ? nil : rule
    }

    private func checkOwner(
        _ owner: String?, _ purpose: Rule.Purpose?, _ block: BlockReader, findings: inout Findings
    ) {
        guard purpose == .service, let owner, vocabulary.settingsAreWhole,
            !vocabulary.settings.serviceOwners.contains(owner), let node = block["purpose"]
        else { return }
        findings.report(
            "R232", "`\(owner)` may not say `purpose: service`", at: node.span,
            help: Suggestion.nearest(to: owner, among: vocabulary.settings.serviceOwners).map {
                ["did you mean `\($0)`?", "or say  purpose: marketing"]
            } ?? ["add `\(owner)` to `service_owners` in the settings, or say  purpose: marketing"],
            notes: ["service messages skip quiet hours and caps"], key: "purpose")
    }

    private func unless(
        _ block: BlockReader, _ trigger: TriggerReader.Reading?, _ findings: inout Findings
    ) -> [UnlessEvent] {
        // Without a wait nothing of it counts, so nothing else is said of it.
        guard let trigger, !trigger.trigger.canBeCancelled, let entry = block.entry("unless") else {
            let events = block.list("unless", &findings) { HistoryReader.unless($1, &$0) } ?? []
            block.warnOfEmptyList("unless", "no event, so nothing cancels the wait", &findings)
            return events
        }
        findings.report(
            "R234", "`unless` has no wait to cancel with `\(trigger.trigger.kind)`", at: entry.keySpan,
            related: [.init(trigger.keySpan, "`\(trigger.trigger.kind)` waits for a date, not after an event")],
            help: ["say it as a condition:  history: [{event: …, times: 0, within_last: 7d}]"], key: "unless")
        return []
    }

    private func scope(of trigger: Trigger?, knowsTrigger: Bool) -> FieldScope {
        // Without a readable trigger any row may be meant: nothing that needs the trigger is judged.
        let rows = trigger.map(\.rows) ?? Set(FieldCatalogue.sources.keys)
        var scope = FieldScope(rows: rows.union(["member", "trigger"]), custom: vocabulary.customFields)
        scope.customIsWhole = vocabulary.fieldsAreWhole
        scope.tiers = vocabulary.settings.tiers
        scope.tiersOnFile = vocabulary.onFile.tiers
        scope.coupons = vocabulary.coupons
        if let trigger { scope.place = "a rule with `\(trigger.kind)`" }
        return scope
    }

    /// Learns which values must be there once the conditions hold.
    private func learn(
        from condition: Condition?, _ trigger: Trigger?, combine: Combine?, into scope: inout FieldScope
    ) {
        var present = (condition?.provenPresent ?? []).union(trigger?.presentFields ?? [])
        if let combine {
            for field in present where field.hasPrefix("coupon.") {
                present.insert("\(combine.saveAs).first." + field.dropFirst("coupon.".count))
            }
        }
        scope.present.formUnion(present)
    }

    private func standardLateness(of trigger: Trigger) -> Lateness {
        let late = vocabulary.settings.ifLate
        return trigger.isDate ? late.date : late.delay
    }

    private func origin(of node: YAMLNode) -> RuleOrigin {
        let lines = (node.entries ?? []).map { ($0.key, $0.keySpan.start.line) }
        return RuleOrigin(
            file: node.span.file, line: node.span.start.line, keyLines: Dictionary(lines) { first, _ in first },
            text: source.text(node.span.start.byte..<node.span.end.byte))
    }
}

enum LatenessReader {
    /// Reads `{send_within: 12h}` or `{send_within: forever}`.
    static func read(_ block: BlockReader, _ findings: inout Findings) -> Lateness? {
        block.read("send_within", &findings) { findings, node in
            if node.text == "forever" { return .forever }
            return findings.duration(node).map { .within($0) }
        }
    }
}
