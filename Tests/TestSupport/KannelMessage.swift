import Foundation

/// What the SMS centre was told: `sender receiver text …`, `… ucs-2 …` or `… udh … data …`, each text URL-encoded
/// except the first.
private struct Part {
    let receiver: String
    let ucs2: Bool
    /// Number of this part and of all parts, from 1; nil for a message in one piece.
    let place: (Int, Int)?
    let bytes: [UInt8]

    init(_ line: String) throws {
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        guard words.count == 4 else { throw KannelGateway.Failure(step: "a line with \(words.count) words") }
        receiver = words[1]
        switch words[2] {
        case "text": (ucs2, place, bytes) = (false, nil, Array(words[3].utf8))
        case "ucs-2": (ucs2, place, bytes) = (true, nil, Part.decoded(words[3]))
        case "udh":
            let halves = words[3].components(separatedBy: " data ")
            let header = Part.decoded(halves[0])
            guard halves.count == 2, header.count == 6 else { throw KannelGateway.Failure(step: "a strange header") }
            (ucs2, place, bytes) = (true, (Int(header[5]), Int(header[4])), Part.decoded(halves[1]))
        default: throw KannelGateway.Failure(step: "a line of kind \(words[2])")
        }
    }

    /// Kannel writes a space as `+`.
    private static func decoded(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return bytes
    }
}

extension KannelGateway {
    /// The next whole message, its parts put together.
    package func nextMessage() throws -> (receiver: String, text: String) {
        var parts = [try Part(nextLine())]
        while let place = parts[0].place, parts.count < place.1 { parts.append(try Part(nextLine())) }
        parts.sort { ($0.place?.0 ?? 0) < ($1.place?.0 ?? 0) }
        let bytes = parts.flatMap(\.bytes)
        guard parts[0].ucs2 else { return (parts[0].receiver, String(decoding: bytes, as: UTF8.self)) }
        let units = stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        return (parts[0].receiver, String(decoding: units, as: UTF16.self))
    }
}
