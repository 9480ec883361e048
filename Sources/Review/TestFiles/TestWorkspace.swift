import Kit
import Foundation
import Rules

/// The folder of a test file, and which rule files belong to it.
package struct TestWorkspace {
    /// The folder above `tests/`; without one, the folder of the rules.
    let root: String

    init(testFile: String, rulesFile: String) {
        let parts = testFile.split(separator: "/").dropLast()
        if let tests = parts.lastIndex(of: "tests") {
            let above = parts[..<tests].joined(separator: "/")
            root = testFile.hasPrefix("/") ? "/" + above : above
        } else {
            root = TestFilePattern.folder(of: rulesFile)
        }
    }

    /// The files of the rule set, as the daemon would load it: without `fixtures/` and `tests/`.
    func ruleFiles() throws -> [String] {
        try RuleSetLoader.yamlFiles(under: root.isEmpty ? "." : root).map { TestFilePattern.joined($0, to: "") }
            .filter { path in
                let below = path.dropFirst(root.isEmpty ? 0 : root.count).split(separator: "/")
                return below.first != "fixtures" && below.first != "tests"
            }
    }

    /// Sorted; empty when nothing matches.
    static func files(matching pattern: String, beside testFile: String) -> [String] {
        let whole = TestFilePattern.joined(pattern, to: TestFilePattern.folder(of: testFile))
        guard TestFilePattern.isPattern(whole) else { return isFile(whole) ? [whole] : [] }
        let base = TestFilePattern.base(of: whole)
        let found =
            (try? RuleSetLoader.yamlFiles(under: base.isEmpty ? (whole.hasPrefix("/") ? "/" : ".") : base)) ?? []
        return found.map { TestFilePattern.joined($0, to: "") }.filter { TestFilePattern.matches($0, whole) }
    }

    /// The existing file whose name a missing one may be a typo of, as the author would write it.
    static func nearest(to name: String, beside testFile: String) -> String? {
        guard !TestFilePattern.isPattern(name) else { return nil }
        let typed = TestFilePattern.folder(of: name)
        let folder = TestFilePattern.joined(typed, to: TestFilePattern.folder(of: testFile))
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
        let files = names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
        let last = name.split(separator: "/").last.map(String.init) ?? name
        return Suggestion.nearest(to: last, among: files).map { typed.isEmpty ? $0 : "\(typed)/\($0)" }
    }

    static func isFile(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
    }

    /// The test files of a path: the file itself, or those below a folder that have `tests` or are named `*.test.yaml`.
    /// - Throws: a `RuleSetLoader.Refusal` for a file that is not a test file.
    package static func testFiles(at path: String) throws -> [YAMLFile] {
        let files = try RuleSetLoader.yamlFiles(under: path).map { TestFilePattern.joined($0, to: "") }
            .map(RuleSetLoader.read).filter { file in
                let isNamedSo = file.path.hasSuffix(".test.yaml") || file.path.hasSuffix(".test.yml")
                return isNamedSo || file.root?["tests"] != nil
            }
        if files.isEmpty, isFile(path) {
            throw RuleSetLoader.Refusal(
                "\(path): this is not a test file, it has no `tests:`", "\(path)：不是测试文件，里面没有 `tests:`")
        }
        return files
    }
}
