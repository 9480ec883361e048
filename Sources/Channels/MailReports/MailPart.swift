/// A mail, or a part of one (RFC 2045).
struct MailPart {
    let fields: MailFields
    /// `multipart/report`, in lower case; a part that names no type is text.
    let type: String
    /// By their names in lower case.
    let parameters: [String: String]

    /// More parts than a report has.
    private static let most = 20

    /// Nil where the fields are none.
    init?(_ bytes: ArraySlice<UInt8>) {
        fields = MailFields(bytes)
        guard fields.isWhole, let (type, parameters) = MailPart.type(fields["content-type"] ?? "text/plain") else {
            return nil
        }
        (self.type, self.parameters) = (type, parameters)
    }

    /// The parts of a multipart; nil where it has no boundary, no end, too many parts, or one that is none.
    var parts: [MailPart]? {
        guard type.hasPrefix("multipart/"), let boundary = parameters["boundary"],
            (1...70).contains(boundary.utf8.count)
        else { return nil }
        let (open, close) = (Array("--\(boundary)".utf8), Array("--\(boundary)--".utf8))
        var lines = MailLines(fields.body)
        var start: Int?
        var parts: [MailPart] = []
        while true {
            let before = lines.rest.startIndex
            guard let line = lines.next() else { return nil }
            let isEnd = MailPart.isDelimiter(line, close)
            guard isEnd || MailPart.isDelimiter(line, open) else { continue }
            if let start {
                guard parts.count < MailPart.most, let part = MailPart(fields.body[start..<before]) else { return nil }
                parts.append(part)
            }
            if isEnd { return parts.isEmpty ? nil : parts }
            start = lines.rest.startIndex
        }
    }

    /// White space may follow a delimiter (RFC 2046 §5.1.1).
    private static func isDelimiter(_ line: ArraySlice<UInt8>, _ delimiter: [UInt8]) -> Bool {
        line.starts(with: delimiter) && line.dropFirst(delimiter.count).allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }

    /// `multipart/report; report-type=delivery-status; boundary="=_x"`. Nil where it is not of that form.
    private static func type(_ value: String) -> (String, [String: String])? {
        var pieces = MailPart.pieces(of: value)
        guard !pieces.isEmpty else { return nil }
        let type = pieces.removeFirst().lowercased()
        guard type.split(separator: "/", omittingEmptySubsequences: false).count == 2 else { return nil }
        var parameters: [String: String] = [:]
        for piece in pieces where !piece.isEmpty {
            guard let equals = piece.firstIndex(of: "=") else { return nil }
            let name = piece[..<equals].withoutSpaces.lowercased()
            guard parameters[name] == nil else { return nil }
            parameters[name] = MailPart.unquoted(piece[piece.index(after: equals)...].withoutSpaces)
        }
        return (type, parameters)
    }

    /// The text between semicolons that stand in no quotes.
    private static func pieces(of value: String) -> [String] {
        var pieces = [""]
        var (isQuoted, isEscaped) = (false, false)
        for character in value {
            if character == "\"" && !isEscaped { isQuoted.toggle() }
            isEscaped = isQuoted && character == "\\" && !isEscaped
            if character == ";" && !isQuoted {
                pieces.append("")
            } else {
                pieces[pieces.count - 1].append(character)
            }
        }
        return pieces.map { $0.withoutSpaces }
    }

    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        var plain = ""
        var isEscaped = false
        for character in text.dropFirst().dropLast() {
            if character == "\\" && !isEscaped {
                isEscaped = true
            } else {
                plain.append(character)
                isEscaped = false
            }
        }
        return plain
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    fileprivate var withoutSpaces: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
