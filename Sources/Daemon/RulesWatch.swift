import Review
import Kit
import Glibc
import Policies
import Rules
import Synchronization

/// Looks whether somebody edited the rules directory, without reading a file: by the names, sizes and times of the files
/// that a reload would read. What changed is news once it has been quiet for two seconds: a file half written, or half
/// of a set, is none (qa-tools §4).
package final class RulesWatch: Sendable {
    package typealias Moment = ContinuousClock.Instant

    /// Nothing is read before the directory has been as it is for so long.
    package static let quiet = Duration.seconds(2)

    private struct State {
        /// As it was when the rules were last read, or refused.
        var known: Look
        var changed: (look: Look, since: Moment)?
        /// The text that was last read, or refused.
        var content: String
    }

    private let directory: String
    private let state: Mutex<State>

    /// Begins with what the directory is now: to be made before the rules are first read.
    package init(directory: String) {
        self.directory = directory
        state = Mutex(State(known: Look(directory), content: RulesWatch.content(of: directory)))
    }

    /// True when the rules are to be read again.
    package func runOnce(at moment: Moment) -> Bool {
        let look = Look(directory)
        let isSettled = state.withLock { state -> Bool in
            if look == state.known {
                state.changed = nil
                return false
            }
            guard let changed = state.changed, changed.look == look else {
                state.changed = (look, moment)
                return false
            }
            guard moment - changed.since >= RulesWatch.quiet else { return false }
            state.known = look
            state.changed = nil
            return true
        }
        guard isSettled else { return false }
        // Touched, or written anew with the same text: nobody is told twice.
        let content = RulesWatch.content(of: directory)
        return state.withLock { state in
            defer { state.content = content }
            return state.content != content
        }
    }

    /// Somebody is about to read the rules for another reason.
    package func noteReading() {
        let (look, content) = (Look(directory), RulesWatch.content(of: directory))
        state.withLock { $0 = State(known: look, content: content) }
    }

    /// What a reload would read, in short; the reason where it could read nothing.
    private static func content(of directory: String) -> String {
        do {
            let files = try RuleSetLoader.daemonFiles(in: directory).map(RuleSetLoader.read)
            let texts = files.map { "\($0.path)\u{0}" + String(decoding: $0.source.bytes, as: UTF8.self) }
            return Chance.fingerprint(texts.joined(separator: "\u{0}"))
        } catch { return "\(error)" }
    }

    /// The files of the directory as their file system describes them, links followed: a link that is turned to another
    /// file or folder is a change.
    private struct Look: Equatable {
        private struct File: Equatable {
            var path: String
            var device, inode: UInt64
            var size: Int64
            /// The change time cannot be set back, as a copy does with the time of modification.
            var modified, changed: [Int]
        }
        private var files: [File] = []
        /// False where there is no directory.
        private var isThere: Bool

        init(_ directory: String) {
            isThere = RuleSetLoader.isDirectory(directory)
            let paths = (try? RuleSetLoader.daemonFiles(in: directory)) ?? []
            files = paths.compactMap { path in
                var status = stat()
                guard stat(path, &status) == 0 else { return nil }
                return File(
                    path: path, device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
                    size: Int64(status.st_size), modified: [status.st_mtim.tv_sec, status.st_mtim.tv_nsec],
                    changed: [status.st_ctim.tv_sec, status.st_ctim.tv_nsec])
            }
        }
    }
}
