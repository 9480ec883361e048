import Config
import Kit
import Glibc
import Logging
import Rules
import Synchronization

/// Log lines on standard error: JSON or text, with the priority prefix of journald when journald reads them.
package struct LogLines: LogHandler {
    package var metadataProvider: Logger.MetadataProvider?
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level

    private let isJSON: Bool
    private let hasPriority: Bool
    private let write: @Sendable (String) -> Void

    /// - Parameter write: gets whole lines with their newline.
    package init(
        _ settings: Configuration.Log, environment: [String: String],
        write: @escaping @Sendable (String) -> Void = LogLines.standardError
    ) {
        logLevel =
            switch settings.level {
            case .debug: .debug
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        isJSON = settings.format == .json
        hasPriority = environment["JOURNAL_STREAM"].map { !$0.isEmpty } ?? false
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, own in own }.sorted { $0.key < $1.key }
            .map { ($0.key, "\($0.value)") }
        let prefix = hasPriority ? "<\(LogLines.priority(event.level))>" : ""
        write(prefix + (isJSON ? json(event, all) : text(event, all)) + "\n")
    }

    private func json(_ event: LogEvent, _ metadata: [(String, String)]) -> String {
        var members = [
            JSONText.Member("at", .text(Instant.now.utcText)), JSONText.Member("level", .text(event.level.rawValue)),
            JSONText.Member("message", .text("\(event.message)")),
        ]
        members += metadata.map { JSONText.Member($0.0, .text($0.1)) }
        return JSONText.object(members).rendered
    }

    /// Without the time when journald adds its own.
    private func text(_ event: LogEvent, _ metadata: [(String, String)]) -> String {
        let pairs = metadata.map { key, value in
            let isPlain =
                !value.isEmpty && value.allSatisfy { $0.isASCII && !$0.isWhitespace && $0 != "\"" && $0 != "=" }
            return " \(key)=\(isPlain ? value : JSONText.text(value).rendered)"
        }
        let head = hasPriority ? "" : "\(Instant.now.utcText) \(event.level.rawValue): "
        let message = "\(event.message)".map { $0.isNewline ? " " : $0 }
        return head + String(message) + pairs.joined()
    }

    /// As syslog counts: 3 error, 4 warning, 5 notice, 6 info, 7 debug.
    static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }

    /// A line that nobody reads (a pipe whose reader sleeps) is counted and dropped rather than waited for.
    package static let standardError: @Sendable (String) -> Void = { line in
        leftOut.withLock { count in
            if count > 0, put("nudged: \(count) lines of the log could not be written\n", waiting: 0) { count = 0 }
            // Only the first of several is waited for, so that a reader that is merely slow gets all of them.
            if count > 0 || !put(line, waiting: 100) { count += 1 }
        }
    }

    private static let leftOut = Mutex(0)

    /// Waits up to `milliseconds` for each chunk. A pipe that says it is ready takes 4096 bytes without blocking.
    private static func put(_ line: String, waiting milliseconds: Int32) -> Bool {
        var bytes = Array(line.utf8)[...]
        while !bytes.isEmpty {
            var ready = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
            let polled = poll(&ready, 1, milliseconds)
            if polled < 0 && errno == EINTR { continue }
            guard polled > 0 else { return false }
            let count = bytes.prefix(4096).withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            // Closed or full: nothing can be said about it, and there is nothing to wait for.
            guard count > 0 else { return true }
            bytes = bytes.dropFirst(count)
        }
        return true
    }
}
