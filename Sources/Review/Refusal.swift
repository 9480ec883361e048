import Config
import Intake
import Kit
import Store

/// A start (or a run) that ends, with words for the operator and an exit code (product §6).
package struct Refusal: Error, Sendable, CustomStringConvertible {
    package enum Code: Int32, Sendable {
        case internalError = 70
        /// The store belongs to another daemon, or to a `tick`; or the disk is full.
        case locked = 75
        /// Configuration or data that we refuse: a restart will not help.
        case refused = 78
    }
    package let code: Code
    /// Complete lines, without the last newline.
    package let words: Bilingual
    package var description: String { words.description }

    package static let noHTTPClient = Refusal(
        .internalError, "the HTTP client cannot start: out of memory or of threads", "HTTP 客户端无法启动：内存或线程不足")

    package init(_ code: Code, _ words: Bilingual) {
        self.code = code
        self.words = words
    }

    package init(_ code: Code, _ english: String, _ chinese: String) { self.init(code, Bilingual(english, chinese)) }

    /// The refusal for an error of the store at `storeURL`; nil for any other error.
    package init?(_ error: any Error, storeURL: String) {
        if let error = error as? MemberStore.OpenError {
            self.init(error.trouble.map(Refusal.code) ?? .refused, error.words)
        } else if let trouble = StoreTrouble(error) {
            let path = try? MemberStore.filePath(of: storeURL)
            self.init(Refusal.code(trouble.at(path)), trouble.at(path).sentence(path))
        } else {
            return nil
        }
    }

    /// A full disk and a busy store pass, so that a restart may help; a damaged store, one that
    /// was taken away and a file that is not ours do not.
    package static func code(_ trouble: StoreTrouble) -> Code {
        switch trouble {
        case .damaged, .denied, .gone: .refused
        case .full, .busy: .locked
        case .disk, .other: .internalError
        }
    }
}

extension Bilingual {
    /// What an error says to people; an error without words of its own says the same in both languages.
    package init(_ error: any Error) {
        switch error {
        case let error as Refusal: self = error.words
        case let error as RuleSetLoader.Refusal: self = error.words
        case let error as SavedPlan.Unreadable: self = error.words
        case let error as MemberStore.OpenError: self = error.words
        case let error as ImportRefusal:
            self.init(error.sentence(in: .english), error.sentence(in: .chinese))
        default:
            self = Bilingual(ofSetting: error) ?? StoreTrouble(error)?.sentence(nil) ?? Bilingual(same: "\(error)")
        }
    }
}
