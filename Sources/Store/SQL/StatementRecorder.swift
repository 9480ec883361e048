#if DEBUG
    import Foundation
    import Glibc
    import Synchronization

    /// Records the distinct texts that the program prepares, for the tests: each is appended to the file that
    /// `NUDGED_STATEMENTS` names, as one line of JSON with the source file and the text (`make statements`). A release
    /// build has no recorder.
    enum StatementRecorder {
        typealias Listener = @Sendable (_ sql: String, _ source: String) -> Void

        /// A test's listener.
        static let listener = Mutex<Listener?>(nil)

        private static let file: Int32? = ProcessInfo.processInfo.environment["NUDGED_STATEMENTS"].flatMap {
            let file = open($0, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
            return file < 0 ? nil : file
        }
        private static let seen = Mutex<Set<String>>([])

        /// - Parameter source: the caller's `#fileID`. Statements of the tests themselves are not the program's.
        static func record(_ sql: String, _ source: StaticString) {
            let source = source.description
            guard !source.contains("Tests/"), !source.hasPrefix("TestSupport/") else { return }
            listener.withLock { $0 }?(sql, source)
            guard let file, seen.withLock({ $0.insert(sql).inserted }),
                var line = try? JSONEncoder().encode([source, sql])
            else { return }
            line.append(UInt8(ascii: "\n"))
            // One write for one line, because several processes append.
            _ = line.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        }
    }
#endif
