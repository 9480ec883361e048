import Kit
import Rules

/// `{type: log}`: one JSON object per line, to standard output or to a file, instead of sending. The address,
/// and any other in the text, is masked unless `reveal` says otherwise. `accepted` means the line is on disk.
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
        await file.append(line(for: message)).outcome(foreign: "not_a_message_log")
    }

    package func probe(at now: Instant) async -> ProbeOutcome {
        switch await file.look() {
        case .foreign: .refused(code: "not_a_message_log")
        case .failed, .unclear: .refused(code: "write_failed")
        case .written: .works()
        }
    }

    /// A file that begins otherwise is not ours to write into.
    private static let opening = "{\"at\":\""

    func line(for message: OutgoingMessage) -> String {
        let to = reveal ? message.to : message.to.map { Mask.address($0) }
        let fields: [(String, String?)] = [
            ("at", Zone.utc.rfc3339InMicros(message.at)), ("channel", message.channel), ("rule", message.rule),
            ("member", message.member), ("occasion", message.occasion), ("reference", message.reference), ("to", to),
            ("text", reveal ? message.text : Mask.text(message.text)), ("template", message.templateCode),
        ]
        return JSONText.object(fields.map { JSONText.Member($0.0, $0.1.map(JSONText.text) ?? .null) }).rendered
    }
}

extension LineFile.Fate {
    /// What a line's fate means for its message. `foreign`: the code where the file is not ours.
    func outcome(foreign: String) -> SendOutcome {
        switch self {
        case .written: .accepted(providerID: nil)
        case .failed: .notSent(code: "write_failed", retryAfter: nil)
        case .unclear: .unknown(code: "write_unclear")
        case .foreign: .misconfigured(code: foreign)
        }
    }
}
