import Policies
import Rules
import Store

/// A test file with everything it needs, free of errors.
package struct LoadedTestFile: Sendable {
    package var path: String
    package var tests: [RuleTest]
    package var set: RuleSet
    /// The rules under test, as if live.
    package var running: [Rule]
    /// The other rule sets that `reload_rules` names, by the name as written.
    package var reloads: [String: PlannedSet]
    /// The file's own; a test may add more.
    package var fixtures: [YAMLFile]
    /// Those of single tests, by path as written.
    package var moreFixtures: [String: [YAMLFile]]
}

/// Loads test files with the rules and fixtures that they name. A file that several of them name is read once.
package struct TestLoader {
    private let channels: [ChannelDeclaration]
    /// An empty `expect` is no error.
    private let records: Bool
    private var files: [String: YAMLFile] = [:]
    private var sets: [[String]: RuleSetLoader.Loaded] = [:]
    private var told: Set<Diagnostic> = []
    /// Sorted by file and place; a finding shared by two test files is there once.
    package private(set) var findings: [Diagnostic] = []
    package private(set) var sources: [String: SourceText] = [:]
    /// The rule sets that were loaded without errors.
    package private(set) var ruleSets: [RuleSet] = []

    package init(channels: [ChannelDeclaration], records: Bool = false) {
        (self.channels, self.records) = (channels, records)
    }

    /// Nil when the file must not run; the findings then say why. Throws a `RuleSetLoader.Refusal` for unreadable
    /// files.
    package mutating func load(_ file: YAMLFile) throws -> LoadedTestFile? {
        sources[file.path] = file.source
        let (head, found) = TestFileReader.head(file)
        var findings = Findings()
        findings.append(file.diagnostics + found)
        defer { tell(RuleSetLoader.suppressed(findings.all, [file])) }
        guard let head, let rules = try rules(head, &findings), let set = rules.loaded.set else { return nil }
        let fixtures = try expand(head.fixtures, "fixture file", of: file, &findings)
        let more = try moreFixtures(head, &findings)
        let members = world(fixtures + more.values.flatMap(\.self), set)
        let reloads = try reloads(head, rules, &findings)
        let running = running(head, set, rules.matched)
        var names = FixtureNames(set, channels: channels)
        for reload in reloads.values { names.add(FixtureNames(reload.set, channels: channels)) }
        names.describe(fixtures + more.values.flatMap(\.self))
        let vocabulary = TestFileVocabulary(
            zone: set.settings.zone, running: running.map(\.id) + reloads.values.flatMap { $0.plans.map(\.rule.id) },
            idle: idle(head, set, rules.matched, running: running), members: members?.members.map(\.row.id) ?? [],
            channels: channels.map(\.id), templates: set.templates.keys.sorted(), coupons: set.coupons.keys.sorted(),
            customFields: set.fields, fixtureNames: names,
            experiments: experiments([set] + reloads.values.map(\.set)), records: records)
        guard members != nil, !findings.hasError(since: 0) else { return nil }
        let (tests, slips) = TestFileReader.tests(head, vocabulary)
        findings.append(slips)
        let loaded = LoadedTestFile(
            path: file.path, tests: tests, set: set, running: running, reloads: reloads, fixtures: fixtures,
            moreFixtures: more)
        // A test that could not be read may be the one that uses them.
        if !slips.contains(where: { $0.severity == .error }) { UnusedFixtures(loaded, head).report(&findings) }
        try TimelineCheck(loaded).report(&findings)
        return findings.hasError(since: 0) ? nil : loaded
    }

    private mutating func tell(_ diagnostics: [Diagnostic]) {
        findings += diagnostics.filter { told.insert($0).inserted }
    }

    // MARK: rules

    private struct MatchedRules {
        /// The matched files that hold rules.
        var matched: [String]
        var all: [String]
        var loaded: RuleSetLoader.Loaded
    }

    private mutating func rules(_ head: TestFileHead, _ findings: inout Findings) throws -> MatchedRules? {
        let matched = try expand(head.rules, "rule file", of: head.file, &findings)
        guard !matched.isEmpty else { return nil }
        let ruleFiles = matched.filter { $0.root == nil || FileKind(of: $0) == .rules }.map(\.path)
        if ruleFiles.isEmpty, let first = head.rules.first {
            findings.report("T010", "the files of `rules` hold no rule", at: first.span, key: "rules")
            return nil
        }
        let home = TestWorkspace(testFile: head.file.path, rulesFile: matched[0].path)
        var paths = try home.ruleFiles()
        paths += matched.map(\.path).filter { !paths.contains($0) }
        guard let loaded = try loaded(paths) else { return nil }
        return MatchedRules(matched: ruleFiles, all: paths, loaded: loaded)
    }

    /// Nil when the set has errors.
    private mutating func loaded(_ paths: [String]) throws -> RuleSetLoader.Loaded? {
        if let known = sets[paths] { return known.set == nil ? nil : known }
        var read: [YAMLFile] = []
        for path in paths {
            let file = try yaml(path)
            if file.root?["store"] == nil, file.root?["rules_dir"] == nil { read.append(file) }
        }
        let loaded = RuleSetLoader.check(read, channels: channels)
        sets[paths] = loaded
        tell(loaded.diagnostics.filter { $0.severity == .error })
        if let set = loaded.set { ruleSets.append(set) }
        return loaded.set == nil ? nil : loaded
    }

    private mutating func yaml(_ path: String) throws -> YAMLFile {
        if let file = files[path] { return file }
        let file = try RuleSetLoader.read(path)
        files[path] = file
        sources[path] = file.source
        return file
    }

    private func running(_ head: TestFileHead, _ set: RuleSet, _ matched: [String]) -> [Rule] {
        let only = head.only?.map(\.text)
        return set.rules.filter { rule in
            guard matched.contains(rule.origin.file), rule.status != .retired else { return false }
            return only?.contains(rule.id) ?? (rule.status == .live)
        }.map { rule in
            var rule = rule
            rule.status = .live
            return rule
        }
    }

    private func experiments(_ sets: [RuleSet]) -> [String: [Experiment]] {
        var experiments: [String: [Experiment]] = [:]
        for rule in sets.flatMap(\.rules) {
            if case .experiment(let experiment) = rule.body { experiments[rule.id, default: []].append(experiment) }
        }
        return experiments
    }

    private func idle(
        _ head: TestFileHead, _ set: RuleSet, _ matched: [String], running: [Rule]
    ) -> [String: String] {
        let names = Set(running.map(\.id))
        var idle: [String: String] = [:]
        for rule in set.rules where !names.contains(rule.id) {
            idle[rule.id] =
                !matched.contains(rule.origin.file)
                ? "it stands in \(rule.origin.file), which `rules` does not name"
                : rule.status == .retired
                    ? "it is retired"
                    : head.only == nil
                        ? "its status is \(rule.status.rawValue): name it under `only`" : "add it to `only`"
        }
        return idle
    }

    /// Each named file replaces those of `rules`.
    private mutating func reloads(
        _ head: TestFileHead, _ rules: MatchedRules, _ findings: inout Findings
    ) throws -> [String: PlannedSet] {
        var reloads: [String: PlannedSet] = [:]
        for name in head.reloads where reloads[name.text] == nil {
            let others = try expand([name], "rule file", of: head.file, &findings).map(\.path)
            guard !others.isEmpty else { continue }
            let paths = rules.all.filter { !rules.matched.contains($0) && !others.contains($0) } + others
            guard let set = try loaded(paths)?.set else {
                findings.report("T010", "the rules of `\(name.text)` have errors", at: name.span)
                continue
            }
            reloads[name.text] = PlannedSet(set, rules: running(head, set, others), channels: channels.uncredited)
        }
        return reloads
    }

    // MARK: files

    /// The files of patterns, each once; a pattern that matches none is an error.
    private mutating func expand(
        _ patterns: [PlacedText], _ noun: String, of file: YAMLFile, _ findings: inout Findings
    ) throws -> [YAMLFile] {
        var paths: [String] = []
        for pattern in patterns {
            let found = TestWorkspace.files(matching: pattern.text, beside: file.path)
            if found.isEmpty {
                let nearest = TestWorkspace.nearest(to: pattern.text, beside: file.path).map { "did you mean `\($0)`?" }
                findings.report(
                    "T010", "`\(pattern.text)` matches no file", at: pattern.span,
                    help: [nearest ?? "a \(noun) is named relative to this file, such as  ../lifecycle.yaml"])
            }
            paths += found.filter { !paths.contains($0) }
        }
        var read: [YAMLFile] = []
        for path in paths { read.append(try yaml(path)) }
        return read
    }

    private mutating func moreFixtures(_ head: TestFileHead, _ findings: inout Findings) throws -> [String: [YAMLFile]]
    {
        var more: [String: [YAMLFile]] = [:]
        for node in head.tests.compactMap({ $0["fixtures"] }) {
            for item in node.items ?? [node] {
                guard let text = item.text, !item.isNull, more[text] == nil else { continue }
                more[text] = try expand([PlacedText(text, item.span)], "fixture file", of: head.file, &findings)
            }
        }
        return more
    }

    /// Nil when a fixture file has errors.
    private mutating func world(_ files: [YAMLFile], _ set: RuleSet) -> Fixtures? {
        var once: [YAMLFile] = []
        for file in files where !once.contains(where: { $0.path == file.path }) { once.append(file) }
        let (fixtures, found) = FixtureReader.read(
            files: once, knownCustomFields: set.fields, names: FixtureNames(set, channels: channels))
        let findings = RuleSetLoader.suppressed(once.flatMap(\.diagnostics) + found, once)
        tell(findings)
        return findings.contains { $0.severity == .error } ? nil : fixtures
    }
}
