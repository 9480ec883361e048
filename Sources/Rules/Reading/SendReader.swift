/// Reads `send`: channels in order, each with its template, and the fields that fill the placeholders.
struct SendReader {
    let vocabulary: Vocabulary
    let scope: FieldScope
    /// `fill` stands beside `send`, under whatever spelling, which has been reported.
    var fillIsMisplaced = false

    struct Try {
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
        // An entry that could not be read is not missing.
        let fillIsRead = !fillIsMisplaced && (block.has("fill") || !block.mentions("fill"))
        if fillIsRead, !findings.hasError(since: before), filled.count == block["fill"]?.entries?.count ?? 0 {
            let templates = tries.compactMap(\.template)
            reader.check(
                filled, against: templates, areAll: templates.count == tries.count,
                at: block.entry("fill")?.keySpan ?? key.keySpan, &findings)
        }
        return Send(entries: tries.map(\.entry), fill: filled.map(\.fill), perMinute: perMinute)
    }

    /// Reads `sms: {template: sms_hello}`.
    private func attempt(_ node: YAMLNode, _ findings: inout Findings) -> Try? {
        guard let entries = node.entries, let entry = entries.first else {
            findings.wrongKind(
                node, wanted: "a channel with its template",
                help: ["write  - \(example(of: node.text))"])
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
                    at: node.span, help: [templateHelp(id, for: entry.key, other)], key: "template")
                return nil
            }
            checkMarketing(entry, template, at: node.span, &findings)
            checkCode(entry, template, at: node.span, &findings)
            checkUnsubscribe(entry, at: node.span, &findings)
            checkConfirming(template, at: node.span, &findings)
            return Try(
                entry: Send.Entry(channel: entry.key, template: id), template: template, templateSpan: node.span)
        }
    }

    /// The entry for a channel that stands alone, with a template of it.
    private func example(of channel: String?) -> String {
        guard let channel, vocabulary.channels[channel] != nil else { return "sms: {template: sms_hello}" }
        let own = vocabulary.templates.items.values.filter { $0.channel == channel }.map(\.id).sorted()
        return "\(channel): {template: \(own.count == 1 ? own[0] : "TEMPLATE")}"
    }

    /// Suggests the template of the same purpose on that channel, else some that it has.
    private func templateHelp(_ id: String, for channel: String, _ other: String) -> String {
        let own = vocabulary.templates.items.values.filter { $0.channel == channel }.map(\.id).sorted()
        let tail = id.drop { $0 != "_" }
        if let twin = own.first(where: { !tail.isEmpty && $0.hasSuffix(tail) }) { return "did you mean `\(twin)`?" }
        if own.isEmpty { return "no message template is written for `\(channel)` yet" }
        return "for `\(channel)` there are: " + own.prefix(5).joined(separator: ", ") + (own.count > 5 ? ", …" : "")
    }

    /// Reports R230.
    private func checkMarketing(
        _ entry: YAMLNode.Entry, _ template: TemplateEntry?, at span: SourceSpan, _ findings: inout Findings
    ) {
        guard scope.purpose == .marketing, let template, let channel = vocabulary.channels[entry.key],
            channel.forbidsMarketing(byProviderTemplate: template.code)
        else { return }
        findings.report(
            "R230", "WeChat forbids marketing in template messages, and `\(template.id)` is one", at: span,
            label: "sent as the approved template `\(template.code ?? "")`",
            help: ["send it by another channel, or set  purpose: service  if this is not marketing"],
            notes: ["`\(entry.key)` is a channel of type \(channel.adapter ?? "")"], key: "template")
    }

    /// Reports R243.
    private func checkCode(
        _ entry: YAMLNode.Entry, _ template: TemplateEntry?, at span: SourceSpan, _ findings: inout Findings
    ) {
        guard let template, template.code == nil, let channel = vocabulary.channels[entry.key],
            channel.needsTemplateCode
        else { return }
        findings.report(
            "R243", .warning,
            "`\(entry.key)` sends only texts that the provider approved, and `\(template.id)` has no `code`", at: span,
            label: "its messages wait until it has one",
            help: ["add the number of the approved template:  code: SMS_154950909"],
            notes: ["`\(entry.key)` is a channel of type \(channel.adapter ?? "")"], key: "template")
    }

    /// Reports R245.
    private func checkUnsubscribe(_ entry: YAMLNode.Entry, at span: SourceSpan, _ findings: inout Findings) {
        guard scope.purpose == .marketing, let channel = vocabulary.channels[entry.key], channel.offersUnsubscribe,
            channel.links == nil
        else { return }
        findings.report(
            "R245", .warning, "marketing mail through `\(entry.key)` offers no way to unsubscribe", at: span,
            help: [LinkFindings.remedy],
            notes: ["mail services ask for `List-Unsubscribe`, and take mail without it for spam"], key: "template")
    }

    /// Reports R263.
    private func checkConfirming(_ template: TemplateEntry?, at span: SourceSpan, _ findings: inout Findings) {
        guard scope.purpose == .marketing, let template, template.template?.asksToConfirm == true else { return }
        findings.report(
            "R263", "`\(template.id)` has `\(TemplateLink.confirmName)`, and nobody gets marketing before they confirm",
            at: span, help: ["set  purpose: service  for a rule that asks for a yes"], key: "template")
    }

    private func templateID(_ node: YAMLNode, _ findings: inout Findings) -> String? {
        findings.reference(node, in: vocabulary.templates, "R221", "message template")
    }
}
