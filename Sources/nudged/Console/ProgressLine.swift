import Kit
import Foundation
import Rules
import Synchronization

/// One line on standard error that says what is under way, on a terminal only, and only for work of more than a second.
/// It is wiped when the work ends.
final class ProgressLine: Sendable {
    private struct State {
        var words: String
        var isShown = false
        var isOver = false
    }

    private let state: Mutex<State>

    init(_ words: String) {
        state = Mutex(State(words: words))
        guard isatty(STDERR_FILENO) == 1 else { return }
        Task.detached { [self] in
            try? await Task.sleep(for: .seconds(1))
            while show() { try? await Task.sleep(for: .milliseconds(200)) }
        }
    }

    /// Cuts the words to one line of a narrow terminal: a line that wraps cannot be wiped.
    func say(_ words: String) {
        var words = words
        while Columns.width(words) > 76 { words.removeLast() }
        state.withLock { $0.words = words }
    }

    func finish() {
        state.withLock { state in
            state.isOver = true
            if state.isShown { ProgressLine.write("\r\u{1B}[K") }
        }
    }

    /// False when the work has ended.
    private func show() -> Bool {
        state.withLock { state in
            guard !state.isOver else { return false }
            state.isShown = true
            ProgressLine.write("\r\(state.words)…\u{1B}[K")
            return true
        }
    }

    private static func write(_ text: String) { Console.note(text) }
}
