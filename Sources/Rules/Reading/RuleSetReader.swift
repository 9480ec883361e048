/// Reads all files of a rule set together: every finding of every file, and the checked set when there is no error.
package enum RuleSetReader {
    /// Files of fixtures and tests are left to their own readers. The findings include those of the YAML layer, by file
    /// and place, uncapped, before `Suppressions`. `ruleCount` also counts broken rules. `sound` is the part that could
    /// be read, errors or not: it may be looked at and must never be run.
    package static func read(
        files: [YAMLFile], channels: [ChannelDeclaration] = ChannelDeclaration.standard, onFile: OnFile = OnFile()
    ) -> (ruleSet: RuleSet?, diagnostics: [Diagnostic], ruleCount: Int, sound: RuleSet) {
        var reading = RuleSetReading(channels: channels, onFile: onFile)
        reading.read(files)
        let diagnostics = TwinKeys.resolved(reading.diagnostics, in: files)
        let hasError = diagnostics.contains { $0.severity == .error }
        let sound = reading.ruleSet(files)
        return (hasError ? nil : sound, diagnostics, reading.ruleCount, sound)
    }
}

/// One run over the files: the objects that rules refer to first, then the rules.
struct RuleSetReading {
    private var vocabulary = Vocabulary()
    private var rules: [Rule] = []
    private(set) var ruleCount = 0
    private var found: [Diagnostic] = []
    /// The place where each id was first used, by kind: `template sms_hello`.
    private var firstUse: [String: SourceSpan] = [:]
    private var settingsFile: String?

    static let rulesPerFile = 20

    init(channels: [ChannelDeclaration], onFile: OnFile) {
        vocabulary.onFile = onFile
        vocabulary.channels = Dictionary(channels.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func read(_ files: [YAMLFile]) {
        var byKind: [FileKind: [(YAMLFile, YAMLNode)]] = [:]
        for file in files {
            found += file.diagnostics
            guard let root = file.root else {
                // The file may hold any kind, so a name that is found nowhere may be in it.
                if !file.isWhole { missing(nil) }
                continue
            }
            let kind = FileKind(of: file) ?? FileKind(of: root)
            byKind[kind, default: []].append((file, root))
            if !file.isWhole { missing(kind) }
            if kind != .tests, kind != .members,
                let finding = FileKind.schemaFinding(in: file.source, schema: kind.schema)
            {
                found.append(finding)
            }
        }
        for (file, root) in byKind[.fields] ?? [] { readFields(file, root) }
        // Segments name tiers, and settings name segments.
        vocabulary.settings.tiers =
            (byKind[.settings] ?? []).first.map { $0.isWhole ? SettingsReader.tiers(in: $1) : [] } ?? []
        for (file, root) in byKind[.coupons] ?? [] { readCoupons(file, root) }
        for (file, root) in byKind[.segments] ?? [] { readSegments(file, root) }
        for (file, root) in byKind[.settings] ?? [] { readSettings(file, root) }
        for (file, root) in byKind[.templates] ?? [] { readTemplates(file, root) }
        for (file, root) in byKind[.rules] ?? [] { readRules(file, root) }
        found += MarketingTexts.findings(rules: rules, vocabulary)
        // What could not be read may be what sends by a channel.
        let isWhole = files.allSatisfy { $0.root != nil && $0.isWhole } && !found.contains { $0.severity == .error }
        if let (_, root) = byKind[.settings]?.first {
            found += IdleBudgets.findings(root, isWhole ? rules : nil, vocabulary)
        }
        found = TierNames.explained(found, files, vocabulary.settings.tiers)
    }

    /// Remembers that a part of some file of that kind (nil: of any kind) could not be read.
    private mutating func missing(_ kind: FileKind?) {
        if kind == nil || kind == .coupons { vocabulary.coupons.isComplete = false }
        if kind == nil || kind == .templates { vocabulary.templates.isComplete = false }
        if kind == nil || kind == .segments { vocabulary.segments.isComplete = false }
        if kind == nil || kind == .settings { vocabulary.settingsAreWhole = false }
        if kind == nil || kind == .fields { vocabulary.fieldsAreWhole = false }
    }

    var diagnostics: [Diagnostic] { found.inFileOrder() }

    func ruleSet(_ files: [YAMLFile]) -> RuleSet {
        let used = files.filter { file in
            guard file.root != nil, let kind = FileKind(of: file) else { return false }
            return kind != .tests && kind != .members
        }
        return RuleSet(
            settings: vocabulary.settings, rules: rules,
            templates: vocabulary.templates.items.compactMapValues(\.template),
            segments: vocabulary.segments.items, coupons: vocabulary.coupons.items, fields: vocabulary.customFields,
            fingerprintText: fingerprint(used))
    }

    /// Paths count from the directory that all files share: the same files elsewhere are the same set.
    private func fingerprint(_ files: [YAMLFile]) -> String {
        let folders = files.map { $0.path.split(separator: "/", omittingEmptySubsequences: false).dropLast() }
        let shared = folders.reduce(folders.first ?? []) { shared, folder in
            shared.prefix(zip(shared, folder).prefix { $0 == $1 }.count)
        }.count
        return files.map { file in
            let path = file.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(shared)
            return "\(path.joined(separator: "/"))\n\(String(decoding: file.source.bytes, as: UTF8.self))\n"
        }.joined()
    }
}

/// One file of each kind.
extension RuleSetReading {
    private mutating func readSettings(_ file: YAMLFile, _ root: YAMLNode) {
        var findings = Findings()
        findings.isWhole = file.isWhole
        findings.asksForValues = true
        if let other = settingsFile {
            findings.report(
                "R242", "there are two settings files", at: root.entries?.first?.keySpan ?? root.span,
                help: ["keep one of the two"], notes: ["the other is \(other)"])
        }
        let settings = SettingsReader(segments: vocabulary.segments, channels: vocabulary.channels).read(
            root, &findings)
        if settingsFile == nil {
            settingsFile = file.path
            vocabulary.settings = settings
            if findings.hasError(since: 0) { vocabulary.settingsAreWhole = false }
            // A tier that a rule names may stand in the part that could not be read.
            if !file.isWhole { vocabulary.settings.tiers = [] }
        }
        found += findings.all
    }

    private mutating func readFields(_ file: YAMLFile, _ root: YAMLNode) {
        let fields: [CustomField] = items(file, root, .fields, declaration: ObjectKeys.fields, noun: "field") {
            findings, node in
            CustomFieldReader.read(node, &findings)
        }
        if fields.count != root["fields"]?.items?.count { vocabulary.fieldsAreWhole = false }
        vocabulary.customFields += fields
    }

    private mutating func readSegments(_ file: YAMLFile, _ root: YAMLNode) {
        vocabulary.segments.ids.formUnion(ids(in: root, .segments))
        let reader = SegmentReader(
            customFields: vocabulary.customFields, fieldsAreWhole: vocabulary.fieldsAreWhole,
            tiers: vocabulary.settings.tiers, tiersOnFile: vocabulary.onFile.tiers, coupons: vocabulary.coupons)
        let segments: [Segment] = items(file, root, .segments, declaration: ObjectKeys.segments, noun: "segment") {
            findings, node in
            reader.read(node, &findings)
        }
        for segment in segments where vocabulary.segments[segment.id] == nil {
            vocabulary.segments.items[segment.id] = segment
            vocabulary.segments.names[segment.name] = segment.id
        }
    }

    private mutating func readCoupons(_ file: YAMLFile, _ root: YAMLNode) {
        vocabulary.coupons.ids.formUnion(ids(in: root, .coupons))
        let coupons: [CouponTemplate] = items(
            file, root, .coupons, declaration: ObjectKeys.coupons, noun: "coupon template"
        ) {
            findings, node in CouponReader.read(node, &findings)
        }
        for coupon in coupons where vocabulary.coupons[coupon.id] == nil {
            vocabulary.coupons.items[coupon.id] = coupon
            vocabulary.coupons.names[coupon.name] = coupon.id
        }
    }

    private mutating func readTemplates(_ file: YAMLFile, _ root: YAMLNode) {
        vocabulary.templates.ids.formUnion(ids(in: root, .templates))
        let reader = TemplateReader(vocabulary: vocabulary, source: file.source)
        let entries: [TemplateEntry] = items(
            file, root, .templates, declaration: ObjectKeys.templates, noun: "template"
        ) {
            findings, node in reader.read(node, &findings)
        }
        for entry in entries where vocabulary.templates[entry.id] == nil {
            vocabulary.templates.items[entry.id] = entry
        }
    }

    private mutating func readRules(_ file: YAMLFile, _ root: YAMLNode) {
        let items = root["rules"]?.items ?? []
        ruleCount += items.count
        let reader = RuleReader(vocabulary: vocabulary, source: file.source)
        rules += self.items(file, root, .rules, declaration: RuleKeys.file, noun: "rule") { findings, node in
            reader.read(node, &findings)
        }
        if items.count > RuleSetReading.rulesPerFile {
            let extra = items[RuleSetReading.rulesPerFile]
            found.append(
                Diagnostic(
                    "R104", .error,
                    "a rules file holds at most \(RuleSetReading.rulesPerFile) rules, and this one has \(items.count)",
                    at: extra.entries?.first?.keySpan ?? extra.span, label: "the first one too many",
                    help: ["move some rules into a file of their own"], rule: extra["id"]?.text,
                    path: ["rules", String(RuleSetReading.rulesPerFile)]))
        }
    }

    private func ids(in root: YAMLNode, _ kind: FileKind) -> [String] {
        (root[kind.rawValue]?.items ?? []).compactMap { $0["id"]?.text }
    }

    /// Reads the list that the file is about, item by item. An id that is taken is reported, and its item left out.
    private mutating func items<Item>(
        _ file: YAMLFile, _ root: YAMLNode, _ kind: FileKind, declaration: BlockDeclaration, noun: String,
        read: (inout Findings, YAMLNode) -> Item?
    ) -> [Item] {
        var findings = Findings()
        findings.isWhole = file.isWhole
        findings.asksForValues = true
        defer { found += findings.all }
        guard let block = BlockReader(root, declaration, &findings) else {
            missing(kind)
            return []
        }
        _ = block.int("version", &findings)
        // Where the list or an id in it cannot be read, a name that is found nowhere may be the one.
        if block[kind.rawValue]?.items?.allSatisfy({ $0["id"]?.text != nil }) != true { missing(kind) }
        return block.list(kind.rawValue, &findings) { findings, node in
            let item = read(&findings, node)
            return takeID(node, noun, &findings) ? item : nil
        } ?? []
    }

    /// False when the id is taken.
    private mutating func takeID(_ node: YAMLNode, _ noun: String, _ findings: inout Findings) -> Bool {
        guard let id = node["id"], let text = id.text, !id.isNull else { return true }
        guard let first = firstUse["\(noun) \(text)"] else {
            firstUse["\(noun) \(text)"] = id.span
            return true
        }
        let isRule = noun == "rule"
        if isRule { findings.rule = text }
        findings.report(
            isRule ? "R240" : "R241", "\(noun) id `\(text)` is used twice", at: id.span,
            help: isRule
                ? [
                    "ids name a rule for ever (frequency limits and reports hang on them); give the newer rule its own id"
                ]
                : ["give one of the two another id"],
            notes: ["first used in \(first.file):\(first.start.line):\(first.start.column)"], key: "id")
        findings.rule = nil
        return false
    }
}
