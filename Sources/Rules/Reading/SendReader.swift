/// `send`: channels in order, each with its template, and the fields that fill the placeholders.
struct SendReader {
    let vocabulary: Vocabulary
    let scope: FieldScope

    private struct Try {
        var entry: Send.Entry
        var template: TemplateEntry?
        var templateSpan: SourceSpan
    }

    func read(_ block: BlockReader, _ key: YAMLNode.Entry, _ findings: inout Findings) -> Send? {
        let tries = block.list("try", &findings) { attempt($1, &$0) }
        if let node = block["try"], node.items?.isEmpty == true {
            findings.report("R104", "`try` names no channel", at: node.span, key: "try")
        }
        let before = findings.all.count
        let reader = FillReader(scope: scope)
        let filled = block.read("fill", &findings) { reader.read($1, &$0) } ?? []
        let perMinute = block.int("per_minute", &findings)
        guard let tries, !tries.isEmpty, tries.count == block["try"]?.items?.count else { return nil }
        if !findings.hasError(since: before) {
            let templates = tries.compactMap(\.template)
            reader.check(
                filled, against: templates, areAll: templates.count == tries.count,
                at: block.entry("fill")?.keySpan ?? key.keySpan, &findings)
        }
        return Send(entries: tries.map(\.entry), fill: filled.map(\.fill), perMinute: perMinute)
    }

    /// `sms: {template: sms_hello}`.
    private func attempt(_ node: YAMLNode, _ findings: inout Findings) -> Try? {
        guard let entries = node.entries, let entry = entries.first else {
            findings.wrongKind(
                node, wanted: "a channel with its template", help: ["write  - sms: {template: sms_hello}"])
            return nil
        }
        if entries.count > 1 {
            findings.report(
                "R106", "`\(entry.key)` and `\(entries[1].key)` exclude each other", at: entries[1].keySpan,
                related: [.init(entry.keySpan, "here `\(entry.key)`")],
                help: ["give each channel an item of its own, with a dash"], key: entries[1].key)
        }
        return findings.inside(entry.key) { findings in
            let channel = findings.channel(entry.key, at: entry.keySpan, in: vocabulary)
            guard let block = BlockReader(entry.value, ActionKeys.entry, &findings), let node = block["template"],
                let id = block.read("template", &findings, { templateID($1, &$0) }), channel != nil
            else { return nil }
            let template = vocabulary.templates[id]
            if let other = template?.channel, other != entry.key {
                findings.report(
                    "R223", "the message template `\(id)` is written for `\(other)`, not for `\(entry.key)`",
                    at: node.span, key: "template")
                return nil
            }
            return Try(
                entry: Send.Entry(channel: entry.key, template: id), template: template, templateSpan: node.span)
        }
    }

    private func templateID(_ node: YAMLNode, _ findings: inout Findings) -> String? {
        findings.reference(node, in: vocabulary.templates, "R221", "message template")
    }
}
