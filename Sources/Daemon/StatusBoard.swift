import Kit
import Synchronization

/// The text of `systemctl status`: what keeps the daemon from its work, and how much work there is.
package final class StatusBoard: Sendable {
    /// What may be wrong, in the order in which it is shown.
    package enum Topic: Int, Sendable, CaseIterable { case evaluation, dispatch, obstacles, rules, gone }

    private struct State {
        var running = ""
        var notes: [Topic: Bilingual] = [:]
        /// By the id of a folder.
        var folders: [String: String] = [:]
        var told = ""

        var text: String {
            let noted = Topic.allCases.compactMap { notes[$0]?.english }
            let ofFolders = folders.sorted { $0.key < $1.key }.map(\.value)
            return (noted + ofFolders + [running]).filter { !$0.isEmpty }.joined(separator: "; ")
        }
    }
    private let state = Mutex(State())
    private let notifier: Notifier

    package init(_ notifier: Notifier) { self.notifier = notifier }

    package var text: String { state.withLock { $0.text } }

    /// Sets the running text, shown after any notes.
    package func run(_ text: String) { tell { $0.running = text } }

    /// The note stays until it is set again; nil removes it.
    package func note(_ topic: Topic, _ words: Bilingual?) { tell { $0.notes[topic] = words } }

    /// What is noted now.
    package func words(_ topic: Topic) -> Bilingual? { state.withLock { $0.notes[topic] } }

    /// The same for a folder whose files are imported.
    func note(folder: String, _ text: String?) { tell { $0.folders[folder] = text } }

    package func ready() { notifier.ready(text) }

    private func tell(_ change: (inout State) -> Void) {
        let news = state.withLock { state -> String? in
            change(&state)
            guard state.text != state.told else { return nil }
            state.told = state.text
            return state.told
        }
        if let news { notifier.status(news) }
    }
}
