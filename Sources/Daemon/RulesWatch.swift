import Review
import Kit
import Glibc
import Policies
import Rules
import Synchronization

/// Notices that somebody edited the rules directory, without reading a file: by the names, sizes and times of the files
/// that a reload would read. A change counts once it has been quiet for two seconds, so that a file half written, or
/// half of a set, does not (qa-tools §4).
package final class RulesWatch: Sendable {
    package typealias Moment = ContinuousClock.Instant

    /// How long the directory must be unchanged before it is read.
    package static let quiet = Duration.seconds(2)

    private struct State {
        /// The directory when the rules were last read, or refused.
        var known: Look
        var changed: (look: Look, since: Moment)?
        /// The fingerprint of the text last read, or refused.
        var content: String
    }

    private let directory: String
    private let state: Mutex<State>

    /// Begins with the directory as it is now: make it before the rules are first read.
    package init(directory: String) {
        self.directory = directory
        state = Mutex(State(known: Look(directory), content: RulesWatch.content(of: directory)))
    }

    /// True when the rules must be read again.
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
        // Touched, or saved again with the same text: no reason to read.
        let content = RulesWatch.content(of: directory)
        return state.withLock { state in
            defer { state.content = content }
            return state.content != content
        }
    }

    /// Call when the rules are about to be read for another reason.
    package func noteReading() {
        let (look, content) = (Look(directory), RulesWatch.content(of: directory))
        state.withLock { $0 = State(known: look, content: content) }
    }

    /// A fingerprint of what a reload would read; the error's text when it could read nothing.
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
        /// False when there is no directory.
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
