import Kit

/// The readers of prices and budgets, and what is said of budgets once all rules are read.
extension SettingsReader {
    /// Prices per segment and per message, in yuan with at most six decimals.
    func prices(_ block: BlockReader, _ findings: inout Findings) -> Settings.Prices? {
        var prices = Settings.Prices()
        prices.smsSegment = block.number("sms_segment", &findings).map(SettingsReader.millionths)
        named("per_message", in: block, &findings) { entry, findings in
            guard let price = findings.number(entry.value, in: SettingsKeys.prices) else { return }
            prices.perMessage[entry.key] = SettingsReader.millionths(price)
        }
        return prices
    }

    func readBudgets(_ block: BlockReader, _ settings: inout Settings, _ findings: inout Findings) {
        named("budget", in: block, &findings) { entry, findings in
            guard let budget = BlockReader(entry.value, SettingsKeys.dayBudget, &findings),
                let fen = budget.money("per_day", &findings)
            else { return }
            let (amount, overflow) = fen.multipliedReportingOverflow(by: Settings.fen)
            settings.budgets[entry.key] = overflow ? .max : amount
        }
    }

    /// Reads a block whose keys are channels; those that are not are reported and left out.
    private func named(
        _ key: String, in block: BlockReader, _ findings: inout Findings,
        read: (YAMLNode.Entry, inout Findings) -> Void
    ) {
        _ = block.read(key, &findings) { findings, node -> Bool? in
            guard let entries = node.entries else {
                findings.wrongKind(node, wanted: "a block of channels")
                return nil
            }
            for entry in entries {
                findings.inside(entry.key) { findings in
                    guard findings.channel(entry.key, at: entry.keySpan, in: channels) != nil else { return }
                    read(entry, &findings)
                }
            }
            return true
        }
    }

    private static func millionths(_ yuan: Double) -> Int64 { Int64((yuan * Double(Settings.yuan)).rounded()) }
}

/// R247 and R248: a budget that holds nothing.
enum IdleBudgets {
    /// - Parameter root: of the file of settings.
    static func findings(_ root: YAMLNode, _ rules: [Rule], _ vocabulary: Vocabulary) -> [Diagnostic] {
        let used = Set(
            rules.filter { $0.status != .retired }.flatMap { $0.body.sends.flatMap(\.entries).map(\.channel) })
        return (root["budget"]?.entries ?? []).flatMap { entry -> [Diagnostic] in
            guard vocabulary.settings.budgets[entry.key] != nil, let channel = vocabulary.channels[entry.key] else {
                return []
            }
            var found: [Diagnostic] = []
            // Settings that are read alone say nothing of rules.
            if !rules.isEmpty, !used.contains(entry.key) {
                found.append(
                    Diagnostic(
                        "R247", .warning, "no rule sends by `\(entry.key)`, which has a budget", at: entry.keySpan,
                        help: ["take the budget away, or name the channel that is meant"],
                        path: ["budget", entry.key]))
            }
            if vocabulary.settings.prices.least(on: entry.key, channel.address) == nil {
                let example =
                    channel.address == .phone
                    ? "prices: {sms_segment: 0.05}" : "prices: {per_message: {\(entry.key): 0.01}}"
                found.append(
                    Diagnostic(
                        "R248", .warning, "`\(entry.key)` has a budget and no price: the budget holds nothing",
                        at: entry.keySpan, help: ["add  \(example)"], path: ["budget", entry.key]))
            }
            return found
        }
    }
}
