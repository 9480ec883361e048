import Kit

/// The readers of prices and budgets, and what is said of budgets once all rules are read.
extension SettingsReader {
    /// Prices per segment and per message, in yuan with at most six decimals.
    func prices(_ block: BlockReader, _ findings: inout Findings) -> Settings.Prices? {
        var prices = Settings.Prices()
        prices.smsSegment = block.read("sms_segment", &findings) { $0.price($1) }.map(SettingsReader.millionths)
        named("per_message", in: block, &findings) { entry, findings in
            guard let price = findings.price(entry.value) else { return }
            prices.perMessage[entry.key] = SettingsReader.millionths(price)
        }
        return prices
    }

    func readBudgets(_ block: BlockReader, _ settings: inout Settings, _ findings: inout Findings) {
        named("budget", in: block, &findings) { entry, findings in
            guard let budget = BlockReader(entry.value, SettingsKeys.dayBudget, &findings),
                let fen = budget.money("per_day", &findings)
            else { return }
            if fen < 0, let node = budget["per_day"] {
                findings.report("R104", "a budget cannot be negative", at: node.span, key: "per_day")
                return
            }
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

extension Findings {
    /// Yuan. `5分` is no 5.
    fileprivate mutating func price(_ node: YAMLNode) -> Double? {
        guard let yuan = node.text.flatMap(Repaired.smallMoney) else { return number(node, in: SettingsKeys.prices) }
        wrongKind(node, wanted: "a number", help: ["did you mean `\(yuan)`?"])
        return nil
    }
}

/// R247, R248 and R257: a budget that holds nothing, or everything.
enum IdleBudgets {
    /// - Parameters:
    ///   - root: Of the file of settings.
    ///   - rules: Nil where one of them, or what it names, could not be read: it may be the one that sends.
    static func findings(_ root: YAMLNode, _ rules: [Rule]?, _ vocabulary: Vocabulary) -> [Diagnostic] {
        let used = Set(
            (rules ?? []).filter { $0.status != .retired }.flatMap { $0.body.sends.flatMap(\.entries).map(\.channel) })
        return (root["budget"]?.entries ?? []).flatMap { entry -> [Diagnostic] in
            guard vocabulary.settings.budgets[entry.key] != nil, let channel = vocabulary.channels[entry.key] else {
                return []
            }
            var found: [Diagnostic] = []
            // Settings that are read alone say nothing of rules.
            if rules?.isEmpty == false, !used.contains(entry.key) {
                found.append(
                    Diagnostic(
                        "R247", .warning, "no rule sends by `\(entry.key)`, which has a budget", at: entry.keySpan,
                        help: ["take the budget away, or name the channel that is meant"],
                        path: ["budget", entry.key]))
            }
            found += held(entry, vocabulary, channel).map { [$0] } ?? []
            return found
        }
    }

    /// What the budget holds: nothing where messages cost nothing, all of it where it is 0.
    private static func held(
        _ entry: YAMLNode.Entry, _ vocabulary: Vocabulary, _ channel: ChannelDeclaration
    ) -> Diagnostic? {
        let name = entry.key
        guard let least = vocabulary.settings.prices.least(on: name, channel.address), least > 0 else {
            // A price that could not be read has its finding.
            guard vocabulary.settingsAreWhole else { return nil }
            let isFree = vocabulary.settings.prices.least(on: name, channel.address) == 0
            let example =
                channel.address == .phone
                ? "prices: {sms_segment: 0.05}" : "prices: {per_message: {\(name): 0.01}}"
            return Diagnostic(
                "R248", .warning,
                "`\(name)` has a budget and \(isFree ? "costs 0" : "no price"): the budget holds nothing",
                at: entry.keySpan, help: [isFree ? "write  \(example)" : "add  \(example)"], path: ["budget", name])
        }
        guard vocabulary.settings.budgets[name] == 0, let node = entry.value["per_day"] else { return nil }
        return Diagnostic(
            "R257", .warning, "a budget of 0 lets no marketing out by `\(name)`, on any day", at: node.span,
            help: ["to stop the channel for now, run `nudged hold --channel \(name)`", "or take the budget away"],
            path: ["budget", name, "per_day"])
    }
}
