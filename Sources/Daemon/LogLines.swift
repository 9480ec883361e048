import Glibc
import Logging
import Rules

/// Log lines on standard error: JSON or text, with the priority prefix of journald where that is what reads them.
package struct LogLines: LogHandler {
    package var metadataProvider: Logger.MetadataProvider?
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level

    private let isJSON: Bool
    private let hasPriority: Bool
    private let write: @Sendable (String) -> Void

    /// - Parameter write: gets whole lines with their newline.
    package init(
        _ settings: Config.Log, environment: [String: String],
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

    /// Without the time where journald has its own.
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

    package static let standardError: @Sendable (String) -> Void = { line in
        var bytes = Array(line.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
