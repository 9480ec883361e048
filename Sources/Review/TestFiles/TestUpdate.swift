import Kit
import Rules
import Store

/// The edits that `nudged test --update` would write: the failing tests of a session with their expectations rewritten,
/// and those with an empty `expect` with what came, each tried before it is offered. Known gaps and files with errors
/// stay as they are.
package struct TestUpdate {
    package struct File: Sendable {
        package var path: String
        package var before: [UInt8]
        package var after: [UInt8]
        /// Tests that are rewritten.
        package var tests: Int
        /// Expectations that are removed because nothing comes for them.
        package var notes: [Bilingual]
    }

    package struct Refusal: Sendable {
        package var test: RuleTest
        package var words: Bilingual
    }

    package private(set) var files: [File] = []
    package private(set) var refusals: [Refusal] = []
    private let channels: [ChannelDeclaration]
    private var loader: TestLoader

    /// - Throws: a `RuleSetLoader.Refusal` for files that can no longer be read.
    package init(_ session: TestSession, channels: [ChannelDeclaration] = ChannelDeclaration.standard) throws {
        self.channels = channels
        loader = TestLoader(channels: channels, records: true)
        let wanted = session.results.filter {
            ($0.verdict == .failed || $0.isUnwritten) && $0.test.knownGap == nil
        }
        for path in session.files {
            guard let source = session.sources[path] else { continue }
            try rewrite(wanted.filter { $0.test.file == path }, source)
        }
    }

    private mutating func rewrite(_ results: [TestResult], _ source: SourceText) throws {
        var edits: [Diagnostic.Edit] = []
        var notes: [Bilingual] = []
        var names: Set<String> = []
        for result in results {
            do throws(TestRewrite.Refusal) {
                let rewrite = try TestRewrite(result, source)
                let bytes = TextEdits.applied(rewrite.edits, to: source.bytes)
                guard !rewrite.edits.isEmpty, passes([result.test.name], bytes, source.path) else {
                    throw TestRewrite.Refusal(
                        "it would not pass with what came either", "改成实际结果也不会通过")
                }
                edits += rewrite.edits
                notes += rewrite.notes
                names.insert(result.test.name)
            } catch { refusals.append(Refusal(test: result.test, words: error.words)) }
        }
        guard !names.isEmpty else { return }
        let after = TextEdits.applied(edits, to: source.bytes)
        guard passes(names, after, source.path) else {
            refusals += results.filter { names.contains($0.test.name) }.map {
                Refusal(
                    test: $0.test, words: Bilingual("its file would not be read any more", "改后文件就读不了了"))
            }
            return
        }
        files.append(File(path: source.path, before: source.bytes, after: after, tests: names.count, notes: notes))
    }

    private mutating func passes(_ names: Set<String>, _ bytes: [UInt8], _ path: String) -> Bool {
        guard let loaded = try? loader.load(YAMLReader.read(bytes: bytes, path: path)) else { return false }
        let runner = TestRunner(loaded, channels: channels)
        let tests = loaded.tests.filter { names.contains($0.name) }
        return tests.count == names.count && tests.allSatisfy { (try? runner.run($0).verdict) == .passed }
    }

    // MARK: for people

    package var tests: Int { files.reduce(0) { $0 + $1.tests } }

    /// The diff of each file, the removed expectations, and the tests left alone with the reason.
    package func text(_ language: Language) -> String {
        let say = Phrases(language: language)
        let diffs = files.map { UnifiedDiff.of($0.before, $0.after, path: $0.path) }
        let notes = files.flatMap(\.notes).map { $0.text(language) }
        let left = refusals.map { refusal in
            say("left alone", "没有处理") + "  \(refusal.test.file):\(refusal.test.line)  \(refusal.test.name)\n      "
                + refusal.words.text(language)
        }
        return (diffs + (notes.isEmpty ? [] : [notes.joined(separator: "\n")]) + left).joined(separator: "\n\n")
    }
}
