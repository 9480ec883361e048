import Kit

/// Findings about the links of a template, where nudged.yaml says what links look like.
enum LinkFindings {
    static let remedy =
        "add to nudged.yaml  links: {base_url: \"https://s.example.com\", secret: {credential: link_key}, allow_hosts: [shop.example.com]}"
}

extension TemplateReader {
    /// Reports R263 for a link that confirms nothing, R244 where a link could not be made, and R246 for an address written out that no link may lead to.
    func checkLinks(
        of template: CompiledTemplate, on channel: ChannelDeclaration, at span: (Range<Int>) -> SourceSpan,
        _ key: String, _ findings: inout Findings
    ) {
        // Without a nudged.yaml nobody knows what it says.
        if channel.adapter != nil, !channel.doubleOptIn, let link = template.links.first(where: { $0.kind == .confirm })
        {
            findings.report(
                "R263",
                "`\(TemplateLink.confirmName)` confirms nothing: channel `\(channel.id)` has no `double_opt_in`",
                at: span(link.bytes), help: ["write in channel `\(channel.id)` of nudged.yaml  double_opt_in: true"],
                key: key)
        }
        guard let form = channel.links else {
            guard let first = template.links.first else { return }
            findings.report(
                "R244", "this link cannot be made: nudged.yaml has no `links`", at: span(first.bytes),
                help: [LinkFindings.remedy], notes: ["`\(channel.id)` is a channel of type \(channel.adapter ?? "")"],
                key: key)
            return
        }
        guard form.shortens else { return }
        for link in template.links {
            guard let target = link.literal.flatMap(LinkTarget.init), !form.allows(target) else { continue }
            let near = Suggestion.nearest(to: target.host, among: (form.hosts ?? []).sorted())
            findings.report(
                "R246", "no short link may lead to `\(target.host)`", at: span(link.place),
                help: [
                    near.map { "did you mean `\($0)`?" }
                        ?? "add `\(target.host)` to `allow_hosts` under `links` in nudged.yaml"
                ], key: key)
        }
    }
}

extension MessageTemplate {
    /// Whether any of its texts has a link that confirms a consent.
    var asksToConfirm: Bool {
        [text, subject, html].contains { $0?.links.contains { $0.kind == .confirm } ?? false }
    }
}
