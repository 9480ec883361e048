import Review
import Foundation
import Rules

/// `nudged test --update`: shows what would change, asks, writes.
struct TestUpdating {
    let session: TestSession
    let channels: [ChannelDeclaration]
    /// `--yes`: do not ask.
    let isAgreed: Bool

    /// Returns true when files were rewritten.
    func run() throws -> Bool {
        let update: TestUpdate
        do { update = try TestUpdate(session, channels: channels) } catch let refusal as RuleSetLoader.Refusal {
            throw Failure(.couldNotRun, refusal.description)
        }
        if !update.text.isEmpty { Console.print(update.text + "\n") }
        guard !update.files.isEmpty else { return false }
        guard try isWanted(update) else {
            Console.error("nothing was written")
            return false
        }
        for file in update.files { try write(file) }
        return true
    }

    private func isWanted(_ update: TestUpdate) throws -> Bool {
        if isAgreed { return true }
        guard isatty(STDIN_FILENO) == 1 else {
            throw Failure(
                .usage, "nothing was written: there is nobody to ask on standard input; --yes writes without asking")
        }
        let tests = update.tests == 1 ? "1 test" : "\(update.tests) tests"
        let files = update.files.count == 1 ? "1 file" : "\(update.files.count) files"
        FileHandle.standardError.write(Data("rewrite what \(tests) in \(files) expect? [y/N] ".utf8))
        return ["y", "yes", "是"].contains((readLine() ?? "").trimmingCharacters(in: .whitespaces).lowercased())
    }

    /// Refuses to overwrite a file that has changed meanwhile.
    private func write(_ file: TestUpdate.File) throws {
        guard let now = FileManager.default.contents(atPath: file.path), [UInt8](now) == file.before else {
            throw Failure(.couldNotRun, "\(file.path): has changed meanwhile; run the tests again")
        }
        try RewrittenFile.write(file.after, to: file.path)
        Console.error("\(file.path): rewritten")
    }
}
