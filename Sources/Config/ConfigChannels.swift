import Channels
import Kit
import Rules

extension ConfigReader {
    /// The channels as nudged.yaml names them, for the check of rules. A file with findings names them too, and so does
    /// an adapter of another version; an entry without a known address is left out. Nil when the file names none.
    package static func channels(of root: YAMLNode) -> [ChannelDeclaration]? {
        let links = linkForm(of: root)
        return root["channels"]?.entries?.compactMap { entry in
            let standard = ChannelDeclaration.standard.first { $0.id == entry.key }?.address
            let stated = entry.value["address"]?.text.flatMap { ChannelDeclaration.Address(rawValue: $0) }
            let type = entry.value["type"]?.text
            let traits = type.flatMap(Adapters.traits)
            // A standard name in other letters has its finding: rules name it as it should be.
            let (id, meant) = meant(by: entry.key)
            guard let address = standard ?? stated ?? traits?.usualAddress ?? meant else { return nil }
            return ChannelDeclaration(
                id: standard ?? stated ?? traits?.usualAddress == nil ? id : entry.key, address: address, adapter: type,
                marketing: traits?.marketing ?? .allowed,
                needsTemplateCode: traits?.needsTemplateCode ?? false,
                offersUnsubscribe: traits?.offersUnsubscribe ?? false,
                links: .ofChannel(
                    links, isLocal: type.flatMap { Adapters[$0] }?.reachesMembers != true,
                    as: entry.value["links"]?.text.flatMap(ChannelConfig.Links.init) ?? .short),
                doubleOptIn: entry.value["double_opt_in"]?.text == "true")
        }
    }
}

extension ConfigReader {
    /// True where the file has channels that cannot be read, or nothing behind `channels`. It has an error for that.
    package static func hidesChannels(_ file: YAMLFile) -> Bool {
        guard let root = file.root else { return !file.isWhole }
        if let channels = root["channels"] { return channels.entries == nil }
        var unused = Findings()
        return !file.isWhole || BlockReader(root, ConfigKeys.file, &unused)?.misspelt["channels"] != nil
    }
}

extension ConfigReader {
    /// The standard channel whose name it is in other letters, with its address: `SMS` is `sms`.
    fileprivate static func meant(by name: String) -> (id: String, address: ChannelDeclaration.Address?) {
        let standard = ChannelDeclaration.standard
        let id = SameWord.exact(name, among: standard.map(\.id))
        return (id ?? name, standard.first { $0.id == id }?.address)
    }
}

/// The entries under `channels:`; the key is the name that rules, templates and consents use.
extension ConfigReading {
    func channels(_ findings: inout Findings) -> [ChannelConfig] {
        var channels: [ChannelConfig] = []
        _ = block.read("channels", &findings) { findings, node -> Bool? in
            guard let entries = node.entries else {
                findings.wrongKind(node, wanted: "a block of channels", help: ["write  channels: {sms: {type: log}}"])
                return nil
            }
            for entry in entries {
                findings.inside(entry.key) { findings in
                    if let channel = channel(entry, &findings) { channels.append(channel) }
                }
            }
            return true
        }
        return channels
    }

    private func channel(_ entry: YAMLNode.Entry, _ findings: inout Findings) -> ChannelConfig? {
        let count = findings.all.count
        guard findings.isNamed(entry, "a channel") else { return nil }
        guard let adapter = adapter(entry, &findings),
            let block = BlockReader(entry.value, ConfigKeys.channel(adapter), &findings)
        else { return nil }
        let address = address(entry, block, of: adapter, &findings)
        var limit: ChannelConfig.RateLimit?
        var recipientLimits: [CountLimit] = []
        var connections: Int?
        _ = block.block("limits", &findings) { block, findings -> Bool? in
            limit = block.read("rate", &findings) { rate(&$0, $1) }
            recipientLimits = block.list("per_recipient", &findings) { recipientLimit($1, &$0) } ?? []
            connections = connectionLimit(block, of: adapter, &findings)
            return true
        }
        let timeouts = block.block("timeout", &findings) { block, findings -> HTTPTimeouts? in
            HTTPTimeouts(
                connect: block.read("connect", &findings) { seconds(&$0, $1) },
                total: block.read("total", &findings) { seconds(&$0, $1) })
        }
        let links = block.choice("links", as: ChannelConfig.Links.self, &findings) ?? .short
        let doubleOptIn = doubleOptIn(block, address, &findings)
        let settings = settings(in: block, adapter.keys, &findings)
        checkLinger(settings, block, &findings)
        if let address, let wanted = adapter.traits.address, address != wanted {
            findings.report(
                "R104",
                "`\(adapter.type)` sends to \(wanted.plural), and `\(entry.key)` has the address \(address.rawValue)",
                at: block["type"]?.span ?? entry.keySpan, key: "type")
        }
        guard !findings.hasError(since: count), let address else { return nil }
        return ChannelConfig(
            id: entry.key, address: address, adapter: adapter, settings: settings, limit: limit,
            recipientLimits: recipientLimits, links: links, doubleOptIn: doubleOptIn, connections: connections,
            timeouts: timeouts)
    }

    private func checkLinger(_ settings: AdapterSettings, _ block: BlockReader, _ findings: inout Findings) {
        let name = KeyDeclaration.batch.name
        guard let text = settings.block(name)?.text("linger"), BatchTerms.linger(text) == nil,
            let node = block[name]?["linger"]
        else { return }
        findings.report(
            "R104", "`\(text)` is not a time between 10ms and 1s", at: node.span,
            help: ["write a number and ms:  200ms"], key: "linger")
    }

    /// What is confirmed is that the member reads what is sent to the address, so the channel needs one.
    private func doubleOptIn(
        _ block: BlockReader, _ address: ChannelDeclaration.Address?, _ findings: inout Findings
    ) -> Bool {
        guard block.bool("double_opt_in", &findings) == true else { return false }
        if address == ChannelDeclaration.Address.none, let node = block["double_opt_in"] {
            findings.report(
                "R104", "a channel without addresses has nothing to confirm", at: node.span,
                help: ["leave `double_opt_in` out"], key: "double_opt_in")
            return false
        }
        return true
    }

    private func connectionLimit(_ block: BlockReader, of adapter: Adapter, _ findings: inout Findings) -> Int? {
        if let node = block["connections"], !adapter.isNetwork {
            findings.report(
                "R104", "a channel of type `\(adapter.type)` opens no connections", at: node.span,
                help: ["leave `connections` out"], key: "connections")
            return nil
        }
        return block.read("connections", &findings) { $0.int($1, in: ConfigKeys.connectionRange) }
    }

    private func recipientLimit(_ node: YAMLNode, _ findings: inout Findings) -> CountLimit? {
        guard let block = BlockReader(node, ConfigKeys.recipientLimit, &findings) else { return nil }
        let (most, window) = (block.int("max", &findings), block.duration("per", &findings))
        guard let most, let window else { return nil }
        return CountLimit(times: most, window: window)
    }

    /// Reads the adapter first, because it decides which keys are right. Nil after a finding.
    private func adapter(_ entry: YAMLNode.Entry, _ findings: inout Findings) -> Adapter? {
        guard entry.value.entries != nil, let node = entry.value["type"], !node.isNull else {
            // No type: the block's own reader says what is missing or wrong.
            _ = BlockReader(entry.value, ConfigKeys.channel(.log), &findings)
            return nil
        }
        let types = Adapters.all.map(\.type)
        guard let type = node.text else {
            findings.report(
                "R103", "the `type` of a channel is one word", at: node.span,
                help: ["write  " + types.suffix(2).reversed().map { "type: \($0)" }.joined(separator: "  or  ")],
                key: "type")
            return nil
        }
        if let adapter = Adapters[type] { return adapter }
        let same = SameWord.exact(type, among: types)
        let nearest = same ?? Suggestion.nearest(to: type, among: types)
        findings.report(
            "R104", "this version has no adapter `\(type)`", at: node.span,
            help: [
                nearest.map { "did you mean `\($0)`?" }
                    ?? "it has \(types.dropLast().map { "`\($0)`" }.joined(separator: ", ")) and `\(types.last ?? "")`"
            ], fix: same.map { [findings.edit(node, $0)] } ?? [], key: "type")
        return nil
    }

    /// A standard channel has its address by its name, and one of an adapter that sends to one kind has that; any other
    /// states it.
    private func address(
        _ entry: YAMLNode.Entry, _ block: BlockReader, of adapter: Adapter, _ findings: inout Findings
    ) -> ChannelDeclaration.Address? {
        let stated = block.choice("address", as: ChannelDeclaration.Address.self, &findings)
        guard let standard = ChannelDeclaration.standard.first(where: { $0.id == entry.key }) else {
            if !block.has("address") {
                if let usual = adapter.traits.usualAddress { return usual }
                let (id, isStandard) = ConfigReader.meant(by: entry.key)
                findings.report(
                    "R102", "`address` is missing in channel `\(entry.key)`", at: entry.keySpan,
                    help: (isStandard == nil ? [] : ["did you mean `\(id)`?"]) + [
                        "add  address: phone  (or email, wechat_openid, wecom_external_userid, none)"
                    ],
                    notes: ["only \(ChannelDeclaration.standard.map(\.id).joined(separator: ", ")) carry it by name"])
            }
            return stated
        }
        if let stated, stated != standard.address, let node = block["address"] {
            findings.report(
                "R104", "channel `\(entry.key)` always has the address \(standard.address.rawValue)", at: node.span,
                help: ["leave `address` out, or give the channel a name of its own"], key: "address")
            return nil
        }
        return standard.address
    }

    /// A time such as `500ms`, `3s` or `2m`: at least a tenth of a second, at most fifteen minutes.
    private func seconds(_ findings: inout Findings, _ node: YAMLNode) -> Duration? {
        guard let text = findings.text(node) else { return nil }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit: Int? =
            switch text.dropFirst(digits.count) {
            case "ms": 1
            case "s": 1000
            case "m", "min": 60_000
            default: nil
            }
        if let unit, digits.count <= 6, let count = Int(digits), (100...900_000).contains(count * unit) {
            return .milliseconds(count * unit)
        }
        findings.report(
            "R104", "`\(text)` is not a time between 100ms and 15m", at: node.span,
            help: ["write a number and ms, s or m:  10s"])
        return nil
    }

    /// A rate such as `100/s`: at most a million in a second, a minute or an hour; or `off`.
    private func rate(_ findings: inout Findings, _ node: YAMLNode) -> ChannelConfig.RateLimit? {
        guard let text = findings.text(node) else { return nil }
        if let limit = ConfigReading.rate(text) { return limit }
        // `OFF`, `100/S`: the same in another spelling.
        let same = SameWord.folded(text)
        if ConfigReading.rate(same) != nil {
            findings.report(
                "R104", "`\(text)` is not a rate", at: node.span, help: ["did you mean `\(same)`?"],
                fix: [findings.edit(node, same)])
            return nil
        }
        let channel = findings.path.dropLast(2).last ?? "NAME"
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let isNothing = parts.first.map { Decimal2.wholeNumber(String($0)) == 0 } ?? false
        findings.report(
            "R104", isNothing ? "a rate of 0 would let nothing out" : "`\(text)` is not a rate", at: node.span,
            help: (isNothing ? ["to stop the channel for now, run `nudged hold --channel \(channel)`"] : [])
                + [
                    likelyRate(text).map { "did you mean `\($0)`?" } ?? "write a number and s, min or h:  100/s",
                    "for no limit at all, write:  off",
                ])
        return nil
    }

    private static func rate(_ text: String) -> ChannelConfig.RateLimit? {
        if text == "off" { return .off }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Decimal2.wholeNumber(String(parts[0])), (1...1_000_000).contains(count)
        else { return nil }
        return Rate.Unit(rawValue: String(parts[1])).map { .rate(Rate(count: count, unit: $0)) }
    }

    /// `50/s` of `50 per second`, `50/sec` or `每秒50条`, and of `50` alone.
    private func likelyRate(_ text: String) -> String? {
        let text = HalfWidth.ascii(text).lowercased()
        let numbers = text.split { !($0.isASCII && $0.isNumber) }
        guard numbers.count == 1, let count = Int(numbers[0]), (1...1_000_000).contains(count) else { return nil }
        let words = Set(text.split { !($0.isASCII && $0.isLetter) }.map(String.init))
        let units: [(ours: String, english: Set<String>, chinese: String)] = [
            ("s", ["s", "sec", "second", "seconds"], "秒"), ("min", ["m", "min", "minute", "minutes"], "分"),
            ("h", ["h", "hr", "hour", "hours"], "时"),
        ]
        let unit = units.first { !words.isDisjoint(with: $0.english) || text.contains($0.chinese) }?.ours
        return unit.map { "\(count)/\($0)" } ?? (text == numbers[0] ? "\(count)/s" : nil)
    }
}

extension ChannelDeclaration.Address {
    /// The word for several, as in "it sends to phones".
    fileprivate var plural: String {
        switch self {
        case .phone: "phones"
        case .email: "email addresses"
        case .wechatOpenID: "WeChat openids"
        case .wecomExternalUserID: "WeCom customers"
        case .none: "a place of its own"
        }
    }
}
