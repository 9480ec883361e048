/// Findings about the links of a template, where nudged.yaml says what links look like.
enum LinkFindings {
    static let remedy =
        "add to nudged.yaml  links: {base_url: \"https://s.example.com\", secret: {credential: link_key}, allow_hosts: [shop.example.com]}"
}

extension TemplateReader {
    /// Reports R244 where a link could not be made, and R246 for an address written out that no link may lead to.
    func checkLinks(
        of template: CompiledTemplate, on channel: ChannelDeclaration, at span: (Range<Int>) -> SourceSpan,
        _ key: String, _ findings: inout Findings
    ) {
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
            findings.report(
                "R246", "no short link may lead to `\(target.host)`", at: span(link.bytes),
                help: ["add `\(target.host)` to `allow_hosts` under `links` in nudged.yaml"], key: key)
        }
    }
}
