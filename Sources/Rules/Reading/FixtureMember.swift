import Kit

/// One member of a fixture file.
struct FixtureMember {
    let block: BlockReader
    let id: String
    let times: FixtureTimes
    let customFields: [CustomField]

    init(_ block: BlockReader, _ id: String, _ times: FixtureTimes, customFields: [CustomField]) {
        self.block = block
        self.id = id
        self.times = times
        self.customFields = customFields
    }

    func read(_ findings: inout Findings) -> MemberFixture {
        var member = MemberFixture(row: row(&findings))
        let history = FixtureHistory(block: block, memberID: id, times: times)
        member.dates = history.dates(&findings)
        member.orders = history.orders(&findings)
        member.carts = history.carts(&findings)
        member.points = history.points(&findings)
        member.coupons = history.coupons(&findings)
        member.events = history.events(&findings)
        member.consents = consents(&findings) + history.consents(&findings)
        member.experiment = experiment(&findings)
        member.derived = FixtureDerived(block: block, times: times, customFields: customFields).read(&findings)
        return member
    }

    private func row(_ findings: inout Findings) -> MemberRow {
        MemberRow(
            id: id,
            displayName: block.text("display_name", &findings),
            gender: block.choice("gender", as: MemberRow.Gender.self, &findings),
            status: block.choice("status", as: MemberRow.Status.self, &findings) ?? .active,
            tier: block.text("tier", &findings),
            birthday: birthday(&findings),
            registeredAt: block.read("registered_at", &findings) { times.instant(&$0, $1) },
            phone: block.read("phone", &findings) { $0.phone($1) },
            email: block.read("email", &findings) { $0.email($1) },
            wechatOpenID: block.text("wechat_openid", &findings),
            wecomExternalUserID: block.text("wecom_external_userid", &findings),
            city: block.text("city", &findings),
            region: block.text("region", &findings),
            storeID: block.read("store_id", &findings) { $0.rowID($1) },
            advisor: block.text("advisor", &findings),
            language: block.text("language", &findings),
            timezone: block.read("timezone", &findings) { $0.zone($1) }?.name,
            preferredChannel: block.text("preferred_channel", &findings),
            personalisation: block.choice("personalisation", as: MemberRow.Personalisation.self, &findings),
            tags: block.texts("tags", &findings),
            attributes: attributes(&findings))
    }

    private func birthday(_ findings: inout Findings) -> RecurringDate? {
        let calendar = block.choice("birthday_calendar", as: RecurringCalendar.self, &findings)
        let leap = block.bool("birthday_leap_month", &findings)
        if block["birthday"]?.entries != nil,
            let second = block.entries.first(where: { ["birthday_calendar", "birthday_leap_month"].contains($0.key) })
        {
            findings.report(
                "R106", "`birthday` as a block and `\(second.key)` exclude each other", at: second.keySpan,
                related: [.init(block.span(of: "birthday"), "the block is here")],
                help: ["say it inside the block:  birthday: {calendar: lunar, month: 6, day: 30}"], key: second.key)
        }
        let reader = RecurringDateReader(calendar: calendar ?? .solar, leapMonth: leap ?? false)
        return block.read("birthday", &findings) { reader.read(&$0, $1) }
    }

    /// Reads `attr: {shoe: 38}`, each value by the type that fields.yaml declares; a list may be one of YAML.
    private func attributes(_ findings: inout Findings) -> [String: AttributeValue] {
        let types = customFields.attributeTypes
        var result: [String: AttributeValue] = [:]
        named("attr", "a block of names and values", &findings) { entry, findings in
            guard let type = types[entry.key] else {
                let nearest = Suggestion.nearest(to: entry.key, among: types.keys.sorted())
                findings.report(
                    "T005", .warning, "there is no field `member.attr.\(entry.key)`", at: entry.keySpan,
                    help: [nearest.map { "did you mean `\($0)`?" } ?? "fields.yaml lists the custom fields"])
                _ = findings.text(entry.value)
                return
            }
            let isList = type == .list && entry.value.items != nil
            let text =
                isList
                ? findings.texts(entry.value).map { StrictJSON.array($0.map { .string($0) }).compactText }
                : findings.text(entry.value)
            guard let text else { return }
            if let value = AttributeValue(text, as: type, in: times.zone) {
                result[entry.key] = value
            } else {
                findings.report(
                    "T006", "`\(text)` is not \(type.words), which `member.attr.\(entry.key)` is", at: entry.value.span,
                    help: ["write \(type.wanted.english)"], key: entry.key)
            }
        }
        return result
    }

    /// Reads the consents: `sms: granted` is about marketing; a block names the purposes.
    private func consents(_ findings: inout Findings) -> [ConsentRow] {
        var rows: [ConsentRow] = []
        named("consent", "a block of channels", &findings) { entry, findings in
            let channel = ChannelWords.canonical(RowID.canonical(entry.key))
            if entry.value.entries == nil {
                let words = ConsentRow.State.allCases.map(\.rawValue)
                if let state = findings.word(entry.value, among: words).flatMap({ ConsentRow.State(rawValue: $0) }) {
                    rows.append(ConsentRow(memberID: id, channel: channel, state: state))
                }
            } else if let purposes = BlockReader(entry.value, FixtureDeclarations.consent, &findings) {
                for purpose in purposes.entries.compactMap({ Rule.Purpose(rawValue: $0.key) }) {
                    guard let state = purposes.choice(purpose.rawValue, as: ConsentRow.State.self, &findings)
                    else { continue }
                    rows.append(ConsentRow(memberID: id, channel: channel, purpose: purpose, state: state))
                }
            }
        }
        return rows
    }

    private func experiment(_ findings: inout Findings) -> [String: String] {
        var result: [String: String] = [:]
        named("experiment", "a block of experiment keys", &findings) { entry, findings in
            if let text = findings.text(entry.value) { result[entry.key] = text }
        }
        return result
    }

    /// Reads a block whose keys are the author's own words; empty values count as absent.
    private func named(
        _ key: String, _ wanted: String, _ findings: inout Findings,
        body: (YAMLNode.Entry, inout Findings) -> Void
    ) {
        block.read(key, &findings) { findings, node -> Void? in
            guard let entries = node.entries else {
                findings.wrongKind(node, wanted: wanted)
                return nil
            }
            for entry in entries where !entry.value.isNull { findings.inside(entry.key) { body(entry, &$0) } }
            return ()
        }
    }
}

extension Findings {
    /// The number in canonical form. The finding does not repeat it: findings end up in logs of continuous integration.
    mutating func phone(_ node: YAMLNode) -> String? {
        guard let text = text(node) else { return nil }
        if let number = PhoneNumber.canonical(text) { return number }
        report(
            "R104", "this is not a mobile number", at: node.span,
            help: ["write eleven digits such as 13800000001, or + and the country code"])
        return nil
    }

    /// Accepts one `@` with something on both sides, and no white space.
    mutating func email(_ node: YAMLNode) -> String? {
        guard let text = text(node) else { return nil }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        if parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), !text.contains(where: \.isWhitespace) { return text }
        report("R104", "this is not an email address", at: node.span, help: ["write  name@example.com"])
        return nil
    }
}
