import Kit
import Rules

/// A link of one message, with the part of the message that it stands in.
package struct MessageLink: Sendable, Hashable {
    package enum Part: Sendable, Hashable {
        case text, subject, html
        /// One of the values that the provider gets, by its name.
        case value(String)

        var word: String {
            switch self {
            case .text: "text"
            case .subject: "subject"
            case .html: "html"
            case .value(let name): "value:" + name
            }
        }

        init?(_ word: String) {
            switch word {
            case "text": self = .text
            case "subject": self = .subject
            case "html": self = .html
            case _ where word.hasPrefix("value:"): self = .value(String(word.dropFirst("value:".count)))
            default: return nil
            }
        }
    }

    package var part: Part
    package var link: TextLink

    package init(_ part: Part, _ link: TextLink) {
        self.part = part
        self.link = link
    }

    package static func all(in part: Part, _ links: [TextLink]) -> [MessageLink] { links.map { MessageLink(part, $0) } }
}

extension [MessageLink] {
    /// As a row of deliveries keeps them; nil where there are none.
    package var stored: JSONText? {
        guard !isEmpty else { return nil }
        return .list(
            map { one in
                var members: [JSONText.Member] = [
                    .init("in", .text(one.part.word)), .init("at", .int(one.link.bytes.lowerBound)),
                    .init("length", .int(one.link.bytes.count)),
                ]
                switch one.link.target {
                case .short(let name, let url):
                    members += [.init("name", .text(name)), .init("url", .text(url))]
                case .confirm: members.append(.init("to", "confirm"))
                case .unsubscribe: break
                }
                return .object(members)
            })
    }

    /// Nil where the cell is not what `stored` writes.
    package init?(stored text: String) {
        guard case .array(let items)? = try? StrictJSON(parsing: text) else { return nil }
        self = []
        for item in items {
            guard let part = item["in"]?.scalarText.flatMap(MessageLink.Part.init),
                let at = item["at"]?.scalarText.flatMap({ Int($0) }), at >= 0,
                let length = item["length"]?.scalarText.flatMap({ Int($0) }), length >= 0,
                case let (end, isTooLarge) = at.addingReportingOverflow(length), !isTooLarge
            else { return nil }
            let target: TextLink.Target
            if let name = item["name"]?.scalarText, let url = item["url"]?.scalarText {
                target = .short(name: name, url: url)
            } else {
                target = item["to"]?.scalarText == "confirm" ? .confirm : .unsubscribe
            }
            append(MessageLink(part, TextLink(bytes: at..<end, target: target)))
        }
    }
}
