import Kit
import Rules

/// `{type: log}`: one JSON object per line, to standard output or to a file, instead of sending. The address is
/// masked unless `reveal` says otherwise. `accepted` means the line is on disk.
package struct LogChannel: Channel {
    package let type = "log"
    private let file: LineFile
    private let reveal: Bool

    /// `path` nil: standard output. A new file is readable by its owner only.
    package init(path: String? = nil, reveal: Bool = false) {
        let place = path.map(LineFile.Place.path) ?? .standardOutput
        self.init(file: LineFile(place, opening: LogChannel.opening), reveal: reveal)
    }

    init(file: LineFile, reveal: Bool) {
        self.file = file
        self.reveal = reveal
    }

    package func send(_ message: OutgoingMessage) async -> SendOutcome {
        switch await file.append(line(for: message)) {
        case .written: .accepted(providerID: nil)
        case .failed: .notSent(code: "write_failed", retryAfter: nil)
        case .unclear: .unknown(code: "write_unclear")
        case .foreign: .misconfigured(code: "not_a_message_log")
        }
    }

    /// A file that begins otherwise is not ours to write into.
    private static let opening = "{\"at\":\""

    func line(for message: OutgoingMessage) -> String {
        let to = reveal ? message.to : message.to.map { Mask.address($0) }
        let fields: [(String, String?)] = [
            ("at", LogChannel.timestamp(message.at)), ("channel", message.channel), ("rule", message.rule),
            ("member", message.member), ("occasion", message.occasion), ("reference", message.reference), ("to", to),
            ("text", message.text), ("template", message.templateCode),
        ]
        let pairs = fields.map { "\"\($0.0)\":\($0.1.map(LogChannel.quoted) ?? "null")" }
        return "{\(pairs.joined(separator: ","))}"
    }

    /// RFC 3339 in UTC, with a fraction only where there is one.
    static func timestamp(_ at: Instant) -> String {
        let seconds = at.wholeSeconds
        let days = seconds >= 0 ? seconds / 86_400 : -((-seconds + 86_399) / 86_400)
        let second = Int(seconds - days * 86_400)
        let fraction = Int(at.micros - seconds * 1_000_000)
        let clock = [second / 3600, second / 60 % 60, second % 60].map { padded($0, 2) }.joined(separator: ":")
        let micros = fraction == 0 ? "" : ".\(padded(fraction, 6))"
        return "\(LocalDate(days: Int(days)).text)T\(clock)\(micros)+00:00"
    }

    private static func quoted(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\n": json += "\\n"
            case "\r": json += "\\r"
            case "\t": json += "\\t"
            // Line separators too: some readers of NDJSON split at them.
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
                let hex = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
