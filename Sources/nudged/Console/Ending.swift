import ArgumentParser
import Foundation
import Kit
import Review
import Store

/// What a command that did not run to its end prints last, and its exit code.
struct Ending {
    let code: Int32
    let text: String
    /// Help and version are what was asked for, so they go to standard output.
    private let isAnswer: Bool

    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self.init(failure.code, failure.text)
        case let refusal as Refusal: self.init(refusal.code.rawValue, "nudged: \(refusal.words.spoken)")
        case let unsound as Workspace.Unsound: self.init(.findings, unsound.findings + "\n" + unsound.verdict)
        case let unknown as KnownNames.Unknown: self.init(.usage, unknown.words.spoken)
        case is RuleSetLoader.Refusal, is MemberStore.OpenError: self.init(.couldNotRun, Bilingual(error).spoken)
        case is SavedPlan.Unreadable: self.init(.findings, Bilingual(error).spoken)
        default:
            if let trouble = StoreTrouble(error) {
                self.init(.couldNotRun, trouble.sentence(nil).spoken)
            } else {
                self.init(ofParser: error)
            }
        }
    }

    /// - Parameter error: help, a version, a slip in the arguments, or an exit code alone.
    private init(ofParser error: any Error) {
        let code = Nudged.exitCode(for: error)
        self.init(code.rawValue, ParserWording.text(of: error), isAnswer: code.isSuccess)
    }

    private init(_ status: ExitStatus, _ text: String) { self.init(status.rawValue, text) }

    private init(_ code: Int32, _ text: String, isAnswer: Bool = false) {
        (self.code, self.text, self.isAnswer) = (code, text, isAnswer)
    }

    func end() -> Never {
        if !text.isEmpty { isAnswer ? Console.print(text) : Console.error(text) }
        Foundation.exit(code)
    }
}
