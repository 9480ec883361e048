import Review
import Foundation
import Rules

/// `nudged test --update`: shows what would change, asks, writes.
struct TestUpdating {
    let session: TestSession
    let channels: [ChannelDeclaration]
    /// `--yes`: do not ask.
    let isAgreed: Bool

    func run() throws {
        let update = try TestUpdate(session, channels: channels)
        let text = update.text(Spoken.language)
        if !text.isEmpty { Console.print(text + "\n") }
        guard !update.files.isEmpty else { return }
        guard try isWanted(update) else {
            Console.error(.say("nothing was written", "没有写入任何内容"))
            return
        }
        for file in update.files { try write(file) }
    }

    private func isWanted(_ update: TestUpdate) throws -> Bool {
        let tests = update.tests == 1 ? "1 test" : "\(update.tests) tests"
        let files = update.files.count == 1 ? "1 file" : "\(update.files.count) files"
        return try Question.isAgreed(
            .say(
                "rewrite what \(tests) in \(files) expect?", "改写 \(update.files.count) 个文件里 \(update.tests) 个测试的预期？"),
            yes: isAgreed)
    }

    /// Refuses to overwrite a file that has changed meanwhile.
    private func write(_ file: TestUpdate.File) throws {
        guard let now = FileManager.default.contents(atPath: file.path), [UInt8](now) == file.before else {
            throw Failure(
                .couldNotRun,
                .say(
                    "\(file.path): has changed meanwhile; run the tests again", "\(file.path)：期间被改过，请重新运行测试"))
        }
        try RewrittenFile.write(file.after, to: file.path)
        Console.error(file.path + .say(": rewritten", "：已改写"))
    }
}
