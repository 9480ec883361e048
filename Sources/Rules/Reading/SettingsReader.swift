import Kit

/// Reads `settings.yaml`: a setting that is absent or broken keeps its default.
struct SettingsReader {
    /// All segments by id, for caps that apply in one segment only.
    let segments: Registry<Segment>
    /// All channels, for prices and budgets.
    let channels: [String: ChannelDeclaration]

    func read(_ node: YAMLNode, _ findings: inout Findings) -> Settings {
        var settings = Settings()
        guard let block = BlockReader(node, SettingsKeys.file, &findings) else { return settings }
        _ = block.int("version", &findings)
        if let zone = timezone(block, &findings) { settings.timezone = zone }
        if let clock = block.word("clock", &findings) { settings.clockIsMembers = clock == "member" }
        readQuietHours(block, &settings, &findings)
        if let caps = block.list("frequency_cap", &findings, { cap($1, &$0) }) { settings.frequencyCap = caps }
        block.warnOfEmptyList(
            "frequency_cap", "no cap, so nothing limits how often a member hears from the shop",
            help: ["such as  frequency_cap: [{times: 1, in: 1d}]", "or take `frequency_cap` away"], &findings)
        if let owners = block.texts("service_owners", &findings) { settings.serviceOwners = owners }
        if let holdout = block.percent("global_holdout", &findings) { settings.globalHoldout = holdout }
        block.warnOfWholeHoldout(
            "global_holdout", of: settings.globalHoldout, "no member ever gets marketing",
            help: [
                "a group to measure against is small:  global_holdout: 5%",
                "to stop everything, run `nudged hold --all`",
            ],
            &findings)
        if let policy = block.block("birthdays", &findings, birthdays) { settings.birthdays = policy }
        if let under = block.block("minors", &findings, { $0.int("under", &$1) }) { settings.minorsUnder = under }
        if let late = block.block("if_late", &findings, lateness) { settings.ifLate = late }
        if let tiers = block.list("tiers", &findings, { SettingsReader.tier($1, &$0) }) {
            // One that cannot be read may be the one that a rule names.
            if tiers.count == block["tiers"]?.items?.count { settings.tiers = tiers }
            checkDoubled(tiers.map(\.id), in: block["tiers"], &findings)
        }
        readFestivals(block, &settings, &findings)
        settings.workCalendar = workCalendar(block, &findings)
        if let prices = block.block("prices", &findings, prices) { settings.prices = prices }
        readBudgets(block, &settings, &findings)
        _ = block.block("on_unknown", &findings) { block, findings in onUnknown(block, &settings, &findings) }
        if let lifecycle = block.block("lifecycle", &findings, lifecycle) { settings.lifecycle = lifecycle }
        if let rfm = block.block("rfm", &findings, rfm) { settings.rfm = rfm }
        readBlastGuard(block, &settings, &findings)
        settings.deliveryWait = block.duration("delivery_wait", &findings)
        if let traces = traces(block, &findings) { settings.traces = traces }
        return settings
    }

    private func timezone(_ block: BlockReader, _ findings: inout Findings) -> String? {
        guard let name = block.text("timezone", &findings), let node = block["timezone"] else { return nil }
        if Zone(named: name) != nil {
            findings.warnOfSign(name, at: node)
            return name
        }
        findings.report(
            "R104", "there is no time zone `\(name)`", at: node.span, help: ["write  timezone: Asia/Shanghai"],
            key: "timezone")
        return nil
    }

    private func readQuietHours(_ block: BlockReader, _ settings: inout Settings, _ findings: inout Findings) {
        guard let node = block["quiet_hours"] else { return }
        if node.text != nil {
            if block.isSwitchedOff("quiet_hours", by: "none", &findings) { settings.quietHours = nil }
            return
        }
        let hours = block.block("quiet_hours", &findings) { block, findings -> Settings.QuietHours? in
            let from = block.localTime("from", &findings)
            let to = block.localTime("to", &findings)
            let purposes = block.list("applies_to", &findings) {
                $0.word($1, among: Rule.Purpose.allCases.map(\.rawValue)).flatMap { Rule.Purpose(rawValue: $0) }
            }
            block.warnOfEmptyList(
                "applies_to", "no purpose, so the quiet hours hold nothing",
                help: ["such as  applies_to: [marketing]", "to switch them off, say  quiet_hours: none"], &findings)
            let days = block.read("days", &findings) { WeekdaysReader.read($1, &$0) } ?? []
            guard let from, let to else { return nil }
            if days.count == TriggerKeys.weekdays.count, let node = block["days"] {
                findings.report(
                    "R104", "with every day quiet no message ever goes out", at: node.span,
                    help: ["leave out the days on which messages may go out"], key: "days")
                return nil
            }
            if from == to, let node = block["to"] {
                findings.report(
                    "R104", "the quiet hours begin and end at `\(to.text)`", at: node.span,
                    help: ["to switch them off, say  quiet_hours: none"], key: "to")
            }
            let hours = Settings.QuietHours(from: from, to: to, appliesTo: Set(purposes ?? [.marketing]), days: days)
            hours.warnOfNight(in: block, &findings)
            return hours
        }
        if let hours { settings.quietHours = hours }
    }

    private func cap(_ node: YAMLNode, _ findings: inout Findings) -> CountLimit? {
        guard let block = BlockReader(node, SettingsKeys.cap, &findings) else { return nil }
        var limit = CountLimitReader.read(block, &findings)
        limit?.segment = block.read("segment", &findings) { $0.reference($1, in: segments, "R222", "segment") }
        return limit
    }

    private func birthdays(_ block: BlockReader, _ findings: inout Findings) -> BirthdayPolicy? {
        var policy = BirthdayPolicy.standard
        if let day = block.choice("leap_day", as: BirthdayPolicy.LeapDay.self, &findings) { policy.leapDay = day }
        if let month = block.choice("missing_lunar_leap_month", as: BirthdayPolicy.LeapMonth.self, &findings) {
            policy.missingLunarLeapMonth = month
        }
        if let day = block.choice("missing_lunar_day_30", as: BirthdayPolicy.Day30.self, &findings) {
            policy.missingLunarDay30 = day
        }
        return policy
    }

    private func lateness(_ block: BlockReader, _ findings: inout Findings) -> Settings.IfLate? {
        var late = Settings().ifLate
        if let date = block.block("date", &findings, LatenessReader.read) { late.date = date }
        if let delay = block.block("delay", &findings, LatenessReader.read) { late.delay = delay }
        if let task = block.block("task", &findings, LatenessReader.read) { late.task = task }
        return late
    }

    /// Reads the tiers alone, before the settings as a whole; that later reading reports their findings. None where one of
    /// them cannot be read.
    static func tiers(in root: YAMLNode) -> [Settings.Tier] {
        var unread = Findings()
        let items = root["tiers"]?.items ?? []
        let tiers = items.compactMap { tier($0, &unread) }
        return tiers.count == items.count ? tiers : []
    }

    private static func tier(_ node: YAMLNode, _ findings: inout Findings) -> Settings.Tier? {
        guard let block = BlockReader(node, SettingsKeys.tier, &findings) else { return nil }
        let id = block.identifier("id", &findings)
        let name = block.text("name", &findings)
        return id.map { Settings.Tier(id: $0, name: name ?? $0) }
    }

    private func checkDoubled(_ ids: [String], in node: YAMLNode?, _ findings: inout Findings) {
        var seen: Set<String> = []
        for item in node?.items ?? [] {
            guard let id = item["id"], let text = id.text, ids.contains(text), !seen.insert(text).inserted else {
                continue
            }
            findings.report("R241", "the tier `\(text)` is declared twice", at: id.span, key: "tiers")
        }
    }

    private func onUnknown(_ block: BlockReader, _ settings: inout Settings, _ findings: inout Findings) -> Bool? {
        for purpose in Rule.Purpose.allCases {
            if let choice = block.choice(purpose.rawValue, as: Settings.OnUnknown.self, &findings) {
                settings.onUnknown[purpose] = choice
            }
        }
        if let most = block.int("max_resends", &findings) { settings.maxResends = most }
        if settings.maxResends == 0, let node = block["max_resends"],
            let purpose = Rule.Purpose.allCases.first(where: { settings.onUnknown[$0] == .resend })
        {
            findings.report(
                "R257", .warning, "`max_resends` is 0, so `\(purpose.rawValue): resend` never sends again",
                at: node.span, help: ["write  max_resends: 1  or  \(purpose.rawValue): hold"], key: "max_resends")
        }
        return true
    }

    private func readBlastGuard(_ block: BlockReader, _ settings: inout Settings, _ findings: inout Findings) {
        guard let node = block["blast_guard"] else { return }
        if node.text != nil {
            if block.isSwitchedOff("blast_guard", by: "off", &findings) { settings.blastGuard = nil }
            return
        }
        let guarding = block.block("blast_guard", &findings) { block, findings -> Settings.BlastGuard? in
            var found = Settings().blastGuard ?? Settings.BlastGuard(usualTimes: 20, share: 1000, from: 200)
            if let times = block.int("usual_times", &findings) { found.usualTimes = times }
            if let share = block.percent("share", &findings) { found.share = share }
            if let from = block.int("from", &findings) { found.from = from }
            return found
        }
        if let guarding { settings.blastGuard = guarding }
    }
}
