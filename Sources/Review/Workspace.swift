import Foundation
import Kit
import Rules
import Store

/// A rules directory without errors.
package struct Workspace {
    /// The errors of the files, as people read them.
    package struct Unsound: Error {
        package let findings: String
        package let verdict: String
    }

    package let set: RuleSet
    private let channels: [ChannelDeclaration]
    /// The language of the findings.
    private let language: Language

    /// Throws `Unsound`, or a `RuleSetLoader.Refusal` for an unreadable file.
    package init(_ directory: String, channels: [ChannelDeclaration], language: Language) throws {
        let loaded = try RuleSetLoader.load(directory: directory, channels: channels)
        set = try Workspace.sound(loaded.set, loaded.diagnostics, loaded.sources, language: language)
        self.channels = channels
        self.language = language
    }

    /// A store in memory with the members of fixture files. Throws as `init` does, also
    /// for what is no file.
    package func fixtureStore(_ paths: [String]) throws -> MemberStore {
        let files = try paths.map { path in
            let file = try RuleSetLoader.read(path)
            // Among the rules that is a warning; fixtures that are not read would leave nobody.
            guard !file.diagnostics.contains(where: { $0.code == "R022" }) else {
                throw RuleSetLoader.Refusal(
                    "\(path): is a pipe, a device or a folder; name a file of fixtures",
                    "\(path)：是管道、设备或目录；请写一个样例文件")
            }
            return file
        }
        let (fixtures, diagnostics) = FixtureReader.read(
            files: files, knownCustomFields: set.fields, names: FixtureNames(set, channels: channels))
        let findings = RuleSetLoader.suppressed(files.flatMap(\.diagnostics) + diagnostics, files)
        let sources = Dictionary(files.map { ($0.path, $0.source) }, uniquingKeysWith: { first, _ in first })
        let usable = findings.contains { $0.severity == .error } ? nil : fixtures
        return try MemberStore.inMemory(
            try Workspace.sound(usable, findings, sources, language: language), settings: set.settings,
            custom: set.fields)
    }

    private static func sound<Thing>(
        _ thing: Thing?, _ findings: [Diagnostic], _ sources: [String: SourceText], language: Language
    ) throws -> Thing {
        guard let thing else {
            let errors = findings.filter { $0.severity == .error }
            throw Unsound(
                findings: FindingsText.render(errors, sources: sources, language: language),
                verdict: FindingsVerdict(errors, files: sources.count).line(language))
        }
        return thing
    }
}
