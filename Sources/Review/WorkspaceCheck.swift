import Config
import Foundation
import Kit
import Rules

/// Checks a rule set together with its fixtures. A nudged.yaml among the files declares the channels that rules may
/// name.
package enum WorkspaceCheck {
    /// The files that lend their names to those that are checked: all others in `rulesDir` where something in it was
    /// named, and the other files of its folder where a file outside of it was.
    package static func context(of files: [YAMLFile], given: [String], rulesDir: String) throws -> [YAMLFile] {
        var seen = Set(files.map { absolute($0.path) })
        let inside = given.filter { isInside($0, rulesDir) }
        var paths = inside.isEmpty ? [] : try RuleSetLoader.yamlFiles(under: rulesDir)
        for path in given where !isInside(path, rulesDir) && !RuleSetLoader.isDirectory(path) {
            paths += try RuleSetLoader.neighbours(of: path)
        }
        return try paths.filter { seen.insert(absolute($0)).inserted }.map(RuleSetLoader.read).filter { file in
            let kind = FileKind(of: file)
            return kind != .tests && kind != .members && !file.isConfig
        }
    }

    /// True when every rule of the workspace is known: nothing was named that may be a part of a rule set that is not.
    package static func hasEveryRule(_ given: [String], rulesDir: String) -> Bool {
        given.allSatisfy { isInside($0, rulesDir) || RuleSetLoader.isDirectory($0) }
    }

    private static func isInside(_ path: String, _ directory: String) -> Bool {
        RuleSetLoader.isDirectory(directory) && "\(absolute(path))/".hasPrefix("\(absolute(directory))/")
    }

    private static func absolute(_ path: String) -> String {
        URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
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
        let brokenFields = (ofRules + context).contains { file in
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
        let ruleFiles = files.filter { FileKind(of: $0) == .rules }
        loaded.ruleCount = ruleFiles.reduce(0) { $0 + ($1.root?["rules"]?.items?.count ?? 0) }
        for file in files { loaded.sources[file.path] = file.source }
        return loaded
    }
}
