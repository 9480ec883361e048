import Kit

extension ConfigReader {
    /// The channels as nudged.yaml names them, also of one with findings or with an adapter of another version: what
    /// rules are checked against. Nil when it names none; an entry without a known address is left out.
    package static func channels(of root: YAMLNode) -> [ChannelDeclaration]? {
        root["channels"]?.entries?.compactMap { entry in
            let standard = ChannelDeclaration.standard.first { $0.id == entry.key }?.address
            let stated = entry.value["address"]?.text.flatMap { ChannelDeclaration.Address(rawValue: $0) }
            let type = entry.value["type"]?.text
            guard let address = standard ?? stated ?? type.flatMap({ addresses[$0] }) else { return nil }
            return ChannelDeclaration(id: entry.key, address: address, adapter: type)
        }
    }

    /// Where an adapter sends, whatever its channel is called.
    private static let addresses: [String: ChannelDeclaration.Address] = [
        "wechat-official": .wechatOpenID, "wecom-external": .wecomExternalUserID, "smtp": .email, "kannel": .phone,
    ]
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
        guard let adapterType = adapterType(entry, &findings),
            let block = BlockReader(entry.value, ConfigKeys.channel(adapterType), &findings)
        else { return nil }
        let address = address(entry, block, &findings)
        let limit = block.block("limits", &findings) { $0.read("rate", &$1) { self.rate(&$0, $1) } }
        let adapter: ChannelConfig.Adapter?
        if adapterType == "kannel" {
            adapter = kannel(block, &findings).map { .kannel($0) }
            if let address, address != .phone {
                findings.report(
                    "R104", "`kannel` sends to phones, and `\(entry.key)` has the address \(address.rawValue)",
                    at: block["type"]?.span ?? entry.keySpan, key: "type")
            }
        } else {
            adapter = .log(path: block.text("path", &findings).map(path))
        }
        guard !findings.hasError(since: count), let address, let adapter else { return nil }
        return ChannelConfig(id: entry.key, address: address, adapter: adapter, limit: limit)
    }

    /// The adapter decides which keys are right, so it is read first. Nil after a finding.
    private func adapterType(_ entry: YAMLNode.Entry, _ findings: inout Findings) -> String? {
        guard entry.value.entries != nil, let node = entry.value["type"], !node.isNull else {
            // No type: the block's own reader says what is missing or wrong.
            _ = BlockReader(entry.value, ConfigKeys.logChannel, &findings)
            return nil
        }
        guard let type = node.text else {
            findings.report(
                "R103", "the `type` of a channel is one word", at: node.span,
                help: ["write  type: log  or  type: kannel"],
                key: "type")
            return nil
        }
        if ConfigKeys.adapters.contains(type) { return type }
        let nearest = Suggestion.nearest(to: type, among: ConfigKeys.adapters)
        findings.report(
            "R104", "this version has no adapter `\(type)`", at: node.span,
            help: [nearest.map { "did you mean `\($0)`?" } ?? "it has `kannel` and `log`"], key: "type")
        return nil
    }

    /// Goes with the name of a standard channel; any other name states it.
    private func address(
        _ entry: YAMLNode.Entry, _ block: BlockReader, _ findings: inout Findings
    ) -> ChannelDeclaration.Address? {
        let stated = block.choice("address", as: ChannelDeclaration.Address.self, &findings)
        guard let standard = ChannelDeclaration.standard.first(where: { $0.id == entry.key }) else {
            if !block.has("address") {
                findings.report(
                    "R102", "`address` is missing in channel `\(entry.key)`", at: entry.keySpan,
                    help: ["add  address: phone  (or email, wechat_openid, wecom_external_userid, none)"],
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

    /// `100/s`: at most a million in a second, a minute or an hour; or `off`.
    private func rate(_ findings: inout Findings, _ node: YAMLNode) -> ChannelConfig.RateLimit? {
        guard let text = findings.text(node) else { return nil }
        if text == "off" { return .off }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2, let count = Decimal2.wholeNumber(String(parts[0])), (1...1_000_000).contains(count),
            let unit = ChannelConfig.Rate.Unit(rawValue: String(parts[1]))
        {
            return .rate(ChannelConfig.Rate(count: count, unit: unit))
        }
        findings.report(
            "R104", "`\(text)` is not a rate", at: node.span,
            help: ["write a number and s, min or h:  100/s", "for no limit at all, write:  off"])
        return nil
    }

    private func kannel(_ block: BlockReader, _ findings: inout Findings) -> ChannelConfig.Kannel? {
        let url = block.read("url", &findings) { webAddress(&$0, $1) }
        let method = block.choice("method", as: ChannelConfig.Kannel.Method.self, &findings) ?? .postHeaders
        let username = block.text("username", &findings)
        let password = block.secret("password", &findings)
        let from = block.text("from", &findings)
        let dlr = block.block("dlr", &findings) { dlr, findings -> ChannelConfig.Kannel.DLR? in
            let mask = dlr.int("mask", &findings) ?? 19
            let base = dlr.read("base_url", &findings) { webAddress(&$0, $1) }
            let token = dlr.secret("path_token", &findings)
            guard let base, let token else { return nil }
            return ChannelConfig.Kannel.DLR(mask: mask, baseURL: base, pathToken: token)
        }
        guard let url, let username, let password else { return nil }
        return ChannelConfig.Kannel(
            url: url, method: method, username: username, password: password, from: from, dlr: dlr)
    }

    /// `http` or `https`, a host, and no password in it.
    private func webAddress(_ findings: inout Findings, _ node: YAMLNode) -> String? {
        guard let text = findings.text(node) else { return nil }
        let scheme = ["http://", "https://"].first { text.hasPrefix($0) }
        let host = text.dropFirst(scheme?.count ?? 0).prefix { $0 != "/" && $0 != "?" }
        guard scheme != nil, !host.isEmpty, !text.contains(where: \.isWhitespace) else {
            findings.report(
                "R104", "this is not a web address", at: node.span, help: ["it starts with http:// or https://"])
            return nil
        }
        if host.contains("@") {
            findings.inlineSecret(node, help: "name the user and the password under their own keys")
            return nil
        }
        return text
    }
}
