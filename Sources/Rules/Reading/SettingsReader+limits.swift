import Kit

/// The readers of the thresholds of the derived fields, and of how long traces are kept.
extension SettingsReader {
    /// Reads `off`, `{keep: 90d}` or `{keep: forever}`.
    func traces(_ block: BlockReader, _ findings: inout Findings) -> Settings.Traces? {
        guard let node = block["traces"] else { return nil }
        if node.text != nil {
            return block.isSwitchedOff("traces", by: "off", &findings) ? .off : nil
        }
        return block.block("traces", &findings) { block, findings in
            block.read("keep", &findings) { findings, node in
                if node.text == "forever" { return .forever }
                return findings.duration(node, units: [.days, .weeks]).map { .keep($0) }
            }
        }
    }

    func lifecycle(_ block: BlockReader, _ findings: inout Findings) -> Settings.Lifecycle? {
        var limits = Settings().lifecycle
        if let new = block.duration("new", &findings) { limits.new = new.days }
        if let active = block.duration("active", &findings) { limits.active = active.days }
        if let cooling = block.duration("cooling", &findings) { limits.cooling = cooling.days }
        if let sleeping = block.duration("sleeping", &findings) { limits.sleeping = sleeping.days }
        if !(limits.active < limits.cooling && limits.cooling < limits.sleeping) {
            findings.report(
                "R104", "the limits of the stages do not rise", at: block.start,
                help: ["active is shorter than cooling, and cooling shorter than sleeping"])
        } else if limits.new > limits.active {
            findings.report(
                "R259", .warning,
                "`new` ends after \(limits.new) days and `active` after \(limits.active): "
                    + "a first order never leads to `active`",
                at: block["new"]?.span ?? block.start, help: ["write  new: \(limits.active)d  or less"],
                key: block.has("new") ? "new" : nil)
        }
        return limits
    }

    func rfm(_ block: BlockReader, _ findings: inout Findings) -> Settings.RFM? {
        var limits = Settings().rfm
        let days = block.list("recency", &findings) { $0.duration($1, units: [.days, .weeks])?.days }
        if let days = four(days, "recency", ascending: true, block, findings: &findings) { limits.recencyDays = days }
        let orders = block.list("frequency", &findings) { $0.int($1, in: 1...100_000) }
        if let orders = four(orders, "frequency", ascending: false, block, findings: &findings) {
            limits.frequency = orders
        }
        let amounts = block.list("monetary", &findings) { $0.money($1) }
        if let amounts = four(amounts, "monetary", ascending: false, block, findings: &findings) {
            limits.monetary = amounts
        }
        return limits
    }

    private func four<Limit: Comparable>(
        _ limits: [Limit]?, _ key: String, ascending: Bool, _ block: BlockReader, findings: inout Findings
    ) -> [Limit]? {
        guard let limits, let node = block[key] else { return nil }
        // An item that could not be read has its own finding.
        guard limits.count == node.items?.count else { return nil }
        let ordered = zip(limits, limits.dropFirst()).allSatisfy { ascending ? $0 < $1 : $0 > $1 }
        if limits.count == 4, ordered { return limits }
        findings.report(
            "R104", "`\(key)` takes four limits, \(ascending ? "rising" : "falling")", at: node.span, key: key)
        return nil
    }
}
