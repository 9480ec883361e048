import Config
import Foundation
import Kit
import Rules

/// Reads nudged.yaml from disk.
package enum ConfigFile {
    /// Throws `Refusal` 78 with every finding, as people read them.
    package static func read(_ path: String) throws -> Configuration {
        let file: YAMLFile
        do { file = try RuleSetLoader.read(path) } catch let error as RuleSetLoader.Refusal {
            throw Refusal(.refused, error.words)
        }
        let (config, found) = ConfigReader.read(file)
        let findings = RuleSetLoader.suppressed(file.diagnostics + found, [file]).filter { $0.severity == .error }
        guard let config, findings.isEmpty else {
            func text(_ language: Language) -> String {
                FindingsText.render(findings, sources: [path: file.source], language: language)
            }
            throw Refusal(
                .refused, "\(path) is not usable; nothing was started\n" + text(.english),
                "\(path) 不能用，没有启动任何东西\n" + text(.chinese))
        }
        config.useStoreKeys(environment: ProcessInfo.processInfo.environment)
        return config
    }
}
