import Kit
import Rules

/// `retention` in nudged.yaml: how long things are kept.
extension ConfigReading {
    func retention(_ block: BlockReader, _ findings: inout Findings) -> Configuration.Retention? {
        var retention = Configuration.Retention()
        retention.texts = span("texts", block, else: retention.texts, &findings)
        retention.ledger = span("ledger", block, else: retention.ledger, &findings)
        retention.received = span("received", block, else: retention.received, &findings)
        retention.quarantine = span("quarantine", block, else: retention.quarantine, &findings)
        retention.members = span("members", block, else: retention.members, least: 365, &findings)
        return retention
    }

    /// Clients send again what was not answered for hours, and people look at what went wrong last week.
    private static let least = 7

    /// Nil for `forever`.
    /// - Parameter least: days. Of members it is a year: a slip of the pen erases nobody who was there last season.
    private func span(
        _ key: String, _ block: BlockReader, else standard: Span?, least: Int = ConfigReading.least,
        _ findings: inout Findings
    ) -> Span? {
        guard let node = block[key], !node.isNull else { return standard }
        if node.text == "forever" { return nil }
        if let text = node.text, SameWord.exact(text, among: ["forever"]) != nil {
            _ = block.read(key, &findings) { $0.word($1, among: ["forever"]) }
            return standard
        }
        let read = block.read(key, &findings) { $0.duration($1, units: [.days, .weeks]) }
        guard let span = read else { return standard }
        if span.days < least {
            findings.report(
                "R104", "`\(key)` is kept for at least \(least) days", at: node.span,
                help: ["write  \(least)d  or more"], key: key)
        }
        return span
    }
}
