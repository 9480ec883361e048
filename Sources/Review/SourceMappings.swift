import Config
import Intake
import Kit
import Rules

/// The mapping files of `http.sources`, read.
package struct SourceMappings {
    /// By the id of the source; those that have an error are missing.
    package private(set) var mappings: [String: SourceMapping] = [:]
    package private(set) var files: [YAMLFile] = []
    /// The findings of all of them.
    package private(set) var diagnostics: [Diagnostic] = []

    package init(of config: Configuration) {
        for source in config.http?.sources ?? [] {
            guard let path = source.mapping else { continue }
            read(path, of: source.id)
        }
    }

    /// One file, of a source that nudged.yaml need not have.
    package init(path: String, of source: String) { read(path, of: source) }

    private mutating func read(_ path: String, of source: String) {
        let file: YAMLFile
        do { file = try RuleSetLoader.read(path) } catch {
            let reason = (error as? RuleSetLoader.Refusal)?.words ?? Bilingual(error)
            diagnostics.append(
                Diagnostic(
                    "R109", .error,
                    Bilingual(
                        "the mapping of `\(source)` cannot be read: \(reason)",
                        "读不到 `\(source)` 的映射文件：\(reason.chinese)"),
                    at: .top(of: path), path: ["http", "sources"]))
            return
        }
        let (mapping, found) = MappingReader.read(file)
        if !files.contains(where: { $0.path == path }) {
            files.append(file)
            diagnostics += RuleSetLoader.suppressed(file.diagnostics + found, [file])
        }
        mappings[source] = mapping
    }

    /// The mappings, unless one has an error: then throws `Refusal` 78 with the findings, as people read them.
    package func sound() throws -> [String: SourceMapping] {
        let errors = diagnostics.filter { $0.severity == .error }
        guard !errors.isEmpty else { return mappings }
        let sources = Dictionary(files.map { ($0.path, $0.source) }) { first, _ in first }
        func text(_ language: Language) -> String {
            FindingsText.render(errors, sources: sources, language: language)
        }
        throw Refusal(
            .refused, "a mapping of sources is not usable\n" + text(.english),
            "来源的映射文件不能用\n" + text(.chinese))
    }
}

extension RuleSetLoader.Loaded {
    /// Adds the files and findings of mappings.
    package mutating func add(_ mappings: SourceMappings) {
        diagnostics += mappings.diagnostics
        for file in mappings.files {
            files.append(file)
            sources[file.path] = file.source
        }
    }
}
