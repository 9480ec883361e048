import Config
import Foundation
import Kit
import Rules

/// Checks a rule set together with its fixtures. A nudged.yaml among the files declares the channels that rules may
/// name.
package enum WorkspaceCheck {
    /// The files that a rules file is checked against when it is named alone: the settings, templates, segments,
    /// coupons and fields beside it under their usual names.
    package static func context(of files: [YAMLFile], given: [String]) throws -> [YAMLFile] {
        let known = Set(files.map(\.path))
        let folders = given.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.map {
            ($0 as NSString).deletingLastPathComponent
        }
        let usual = ["settings.yaml", "templates.yaml", "segments.yaml", "coupons.yaml", "fields.yaml"]
        let paths = Set(folders).sorted().flatMap { folder in usual.map { folder.isEmpty ? $0 : "\(folder)/\($0)" } }
        return try paths.filter { !known.contains($0) && FileManager.default.fileExists(atPath: $0) }
            .map(RuleSetLoader.read)
    }

    /// The findings are those of `files`; `context` only lends its names. Throws a `RuleSetLoader.Refusal` for an
    /// unreadable file, and the errors of the database.
    /// - Parameter now: for dates that have passed; nil: they are not looked at.
    /// - Parameter hasEveryRule: False when rules that events may name can stand in other files.
    package static func run(
        _ files: [YAMLFile], context: [YAMLFile] = [], channels: [ChannelDeclaration], store: StoreCheck? = nil,
        at now: Instant? = nil, hasEveryRule: Bool = true
    ) throws -> RuleSetLoader.Loaded {
        let configs = files.filter(\.isConfig)
        let own = configs.lazy.compactMap { $0.root.flatMap(ConfigReader.channels) }.first
        let ofRules = files.filter { !$0.isConfig }
        let tests = ofRules.filter { FileKind(of: $0) == .tests }
        let others = ofRules.filter { FileKind(of: $0) != .tests }
        var loaded = RuleSetLoader.read(
            others + context, channels: own ?? channels, onFile: try store?.onFile() ?? OnFile()
        )
        if let store {
            loaded.diagnostics = try store.findings(on: loaded)
        } else {
            loaded.diagnostics += try StoreCheck.limits(on: loaded)
        }
        loaded.diagnostics +=
            EventDataAdvice(loaded.files, channels: own ?? channels, hasEveryRule: hasEveryRule).findings
        if let now { loaded.diagnostics += RuleSetAdvice(loaded.sound, files: loaded.files, at: now).findings }
        // An error in one file does not make the fields of another unknown.
        let custom = loaded.sound.fields
        // A rule that cannot be read may be the one that declares what a fixture names.
        let fixtures = ofRules.filter { FileKind(of: $0) == .members }
        var names = loaded.set.flatMap { $0.rules.isEmpty ? nil : FixtureNames($0, channels: own ?? channels) }
        names?.describe(fixtures)
        // Each fixture file is a world of its own; only a test says which ones come together.
        var found =
            loaded.diagnostics
            + fixtures.flatMap { FixtureReader.read(files: [$0], knownCustomFields: custom, names: names).1 }
        for file in configs { found += file.diagnostics + ConfigReader.read(file).1 }
        // What it says of its channels cannot be read: that is one finding, and not one more wherever one is named.
        if configs.contains(where: ConfigReader.hidesChannels) { found.removeAll { $0.isUnknownChannel } }
        // Fields that could not be read may be those that the fixtures name.
        let brokenFields = ofRules.contains { file in
            FileKind(of: file) == .fields
                && loaded.diagnostics.contains { $0.severity == .error && $0.span.file == file.path }
        }
        if brokenFields { found.removeAll { $0.code == "T005" } }
        let asked = Set(files.map(\.path))
        found.removeAll { !asked.contains($0.span.file) }
        var codes = store == nil ? [] : StoreFindings.countedCodes
        if hasEveryRule { codes.insert(EventDataAdvice.code) }
        let kept = RuleSetLoader.suppressed(found, configs + others, asked: codes)
        loaded.diagnostics = (TwinKeys.resolved(kept + (try TestFileCheck.run(tests, channels: channels)), in: files))
            .inFileOrder()
        loaded.files = files
        for file in files { loaded.sources[file.path] = file.source }
        return loaded
    }
}
