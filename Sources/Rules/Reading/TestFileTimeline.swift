import Kit

/// Reads one entry of `timeline`.
struct TestFileTimeline {
    let names: TestFileNames
    let zone: Zone
    let world: [String]?

    func read(_ node: YAMLNode, _ findings: inout Findings) -> TimelineEntry? {
        guard let block = BlockReader(node, TestFileKeys.entry, &findings) else { return nil }
        let at = TestFileClock.instant(block, "at", zone, findings: &findings)
        guard let kind = kind(of: block, &findings) else { return nil }
        checkCompanions(of: kind, block, &findings)
        guard let at, let action = action(kind, block, at, findings: &findings) else { return nil }
        return TimelineEntry(at: at, action: action, span: block.start)
    }

    private func kind(of block: BlockReader, _ findings: inout Findings) -> String? {
        let found = block.entries.filter { TestFileKeys.kinds.contains($0.key) }
        if found.count > 1 {
            findings.report(
                "R106", "`\(found[0].key)` and `\(found[1].key)` exclude each other", at: found[1].keySpan,
                related: [.init(found[0].keySpan, "here `\(found[0].key)`")], help: ["give each an entry of its own"],
                key: found[1].key)
            return nil
        }
        if found.isEmpty, block.explained.isDisjoint(with: TestFileKeys.kinds), block.isWithoutUnknownKeys {
            findings.report(
                "T017", "nothing happens in this entry", at: block.start,
                help: ["name one of: event, set, restart_daemon, stop_daemon_for, reload_rules, …"])
        }
        return found.first?.key
    }

    /// `member` goes with `event` and `set`, `data` and `id` with `event`.
    private func checkCompanions(of kind: String, _ block: BlockReader, _ findings: inout Findings) {
        let allowed = kind == "event" ? ["member", "data", "id"] : kind == "set" ? ["member"] : []
        for key in ["member", "data", "id"] {
            if let entry = block.entry(key), !allowed.contains(key) {
                findings.report("R106", "`\(key)` does not go with `\(kind)`", at: entry.keySpan, key: key)
            }
        }
        if allowed.contains("member"), !block.has("member"), !block.explained.contains("member") {
            findings.report(
                "R102", "`member` is missing in a timeline entry", at: block.start, help: ["say whose `\(kind)` it is"])
        }
    }

    private func action(
        _ kind: String, _ block: BlockReader, _ at: Instant, findings: inout Findings
    ) -> TimelineEntry.Action? {
        switch kind {
        case "event": return event(block, at, &findings).map { .event($0) }
        case "set": return change(block, at, &findings)
        case "restart_daemon": return yes(block, kind, &findings) ? .restart : nil
        case "stop_daemon_for":
            return block.duration(kind, &findings).map { .stop(until: zone.add($0, to: at)) }
        case "reload_rules":
            if block[kind]?.text.map({ $0 == "true" || $0 == "false" }) ?? false {
                return yes(block, kind, &findings) ? .reload(nil) : nil
            }
            return block.text(kind, &findings).map { .reload($0) }
        case "clock_jump": return block.read(kind, &findings) { jump($1, at, &$0) }
        default: return down(block, at, &findings)
        }
    }

    private func yes(_ block: BlockReader, _ key: String, _ findings: inout Findings) -> Bool {
        guard let flag = block.bool(key, &findings) else { return false }
        if !flag, let node = block[key] {
            findings.report(
                "R104", "`false` is not a value of `\(key)`", at: node.span, help: ["take the entry away"], key: key)
        }
        return flag
    }

    private func event(_ block: BlockReader, _ at: Instant, _ findings: inout Findings) -> EventRow? {
        let member = block.read("member", &findings) { names.member(&$0, $1, in: world) }
        let name = block.read("event", &findings) { $0.event($1) }
        let id = block.read("id", &findings) { $0.rowID($1) }
        let before = findings.all.count
        let data = block.read("data", &findings) { findings, node -> String? in
            if node.entries != nil { return EventData.json(node) }
            findings.wrongKind(node, wanted: "a block of keys", help: ["write  data: {cart: c1, total: 199}"])
            return nil
        }
        guard let member, let name, !findings.hasError(since: before) else { return nil }
        return EventRow(id: id, memberID: member, name: name, at: at, data: data ?? "{}")
    }

    /// Reads the fields of a fixture's member without its history, which events report.
    private func change(_ block: BlockReader, _ at: Instant, _ findings: inout Findings) -> TimelineEntry.Action? {
        let id = block.read("member", &findings) { names.member(&$0, $1, in: world) }
        var declaration = FixtureDeclarations.member(names.vocabulary.customFields)
        declaration.keys.removeAll {
            ["dates", "orders", "carts", "points", "coupons", "events", "consents"].contains($0.name)
        }
        return block.read("set", &findings) { findings, node in
            let before = findings.all.count
            guard let fields = BlockReader(node, declaration, &findings) else { return nil }
            let times = FixtureTimes(zone: zone)
            var member = FixtureMember(fields, id ?? "", times, customFields: names.vocabulary.customFields).read(
                &findings)
            if let known = names.vocabulary.fixtureNames { FixtureNameCheck(known).check(node, &findings) }
            let keys = (node.entries ?? []).map(\.key)
            if keys.isEmpty { findings.report("T017", "nothing is set here", at: node.span) }
            for index in member.consents.indices { member.consents[index].at = at }
            guard id != nil, !findings.hasError(since: before) else { return nil }
            return .change(member, keys: keys)
        }
    }

    private func jump(_ node: YAMLNode, _ at: Instant, _ findings: inout Findings) -> TimelineEntry.Action? {
        var forward = node
        let isBack = node.text?.hasPrefix("-") ?? false
        if case .scalar(let text, let style) = node.content, let first = text.first, "+-".contains(first) {
            forward.content = .scalar(String(text.dropFirst()), style)
        }
        return findings.duration(forward).map { .jump(until: isBack ? nil : zone.add($0, to: at)) }
    }

    private func down(_ block: BlockReader, _ at: Instant, _ findings: inout Findings) -> TimelineEntry.Action? {
        block.block("channel_down", &findings) { down, findings in
            let span = down.duration("for", &findings)
            let channel = down.read("channel", &findings) { findings, node in
                findings.text(node).flatMap { names.channel(&findings, $0, at: node.span) }
            }
            guard let channel, let span else { return nil }
            return .down(channel: channel, until: zone.add(span, to: at))
        }
    }
}

extension BlockReader {
    /// An unknown key has a finding; it may be the missing key under another name.
    var isWithoutUnknownKeys: Bool { (node.entries ?? []).allSatisfy { declaration[$0.key] != nil } }
}
