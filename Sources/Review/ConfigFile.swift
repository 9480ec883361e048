import Config
import Foundation
import Kit
import Rules

/// Reads nudged.yaml from disk.
package enum ConfigFile {
    /// The file as it is, with what is wrong with its YAML. Throws `Refusal` 78 where there is none, or a folder.
    package static func source(_ path: String) throws -> YAMLFile {
        guard !RuleSetLoader.isDirectory(path) else {
            let own = (path.hasSuffix("/") ? path : path + "/") + "nudged.yaml"
            let isThere = FileManager.default.fileExists(atPath: own)
            throw Refusal(
                .refused,
                isThere
                    ? "\(path) is a folder; give the file: --config \(own)"
                    : "\(path) is a folder without a nudged.yaml; give the operators' file: --config FILE",
                isThere
                    ? "\(path) 是目录；请写文件：--config \(own)" : "\(path) 是目录，里面没有 nudged.yaml；请写运维的配置文件：--config 文件")
        }
        do { return try RuleSetLoader.read(path) } catch let error as RuleSetLoader.Refusal {
            throw Refusal(.refused, error.words)
        }
    }

    /// Throws `Refusal` 78 with every finding, as people read them.
    package static func read(_ path: String) throws -> Configuration {
        let file = try source(path)
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
