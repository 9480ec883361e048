import Kit

/// A link in a rendered text. What stands in the text is a stand-in of the same length: the link itself is made when the
/// message is handed over, so that no stored text and no preview holds one that works.
package struct TextLink: Sendable, Hashable {
    package enum Target: Sendable, Hashable {
        /// The page where the member says no: `{{ unsubscribe_url }}`.
        case unsubscribe
        /// The page where the member confirms a consent: `{{ confirm_url }}`.
        case confirm
        /// `{{ url | link: name }}`, with the address that it leads to.
        case short(name: String, url: String)
    }

    /// The place of the stand-in, as offsets into the text in UTF-8 bytes. It is kept beside the text: a member whose
    /// name looks like a stand-in has no link in it.
    package var bytes: Range<Int>
    package var target: Target

    package init(bytes: Range<Int>, target: Target) {
        self.bytes = bytes
        self.target = target
    }
}

/// A rendered text with the places of its links, in the order of the text.
package struct LinkedText: Sendable, Hashable {
    package var text: String
    package var links: [TextLink]

    package init(_ text: String, links: [TextLink] = []) {
        self.text = text
        self.links = links
    }

    /// The text with each stand-in replaced by the address of its link.
    package static func resolved(
        _ text: String, _ links: [TextLink], _ address: (_ index: Int) throws -> String
    ) rethrows -> String {
        if links.isEmpty { return text }
        let bytes = Array(text.utf8)
        var resolved: [UInt8] = []
        var position = 0
        for (index, link) in links.enumerated() {
            // A damaged cell must not end the daemon, and its message keeps the stand-in.
            guard link.bytes.lowerBound >= position, link.bytes.upperBound <= bytes.count else { continue }
            resolved += bytes[position..<link.bytes.lowerBound]
            resolved += try address(index).utf8
            position = link.bytes.upperBound
        }
        return String(decoding: resolved + bytes[position...], as: UTF8.self)
    }
}

/// A link that a template's text asks for, as it was written.
package struct TemplateLink: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case unsubscribe, confirm
        case short(name: String)
    }

    package var kind: Kind
    /// The address of a short link that is written out in the text.
    package var literal: String?
    /// The place of the output in the source, in bytes.
    package var bytes: Range<Int>
    /// The place of the address, where it is written out; else of the output.
    package var place: Range<Int>

    package static let unsubscribeName = "unsubscribe_url"
    package static let confirmName = "confirm_url"
    /// The names of the links that nudged fills by itself.
    package static let builtIn = [unsubscribeName, confirmName]
    static let filterName = "link"

    /// Of a name that is filled by nudged itself, what it prints.
    static func named(_ name: String) -> (kind: Kind, target: TextLink.Target)? {
        switch name {
        case unsubscribeName: (.unsubscribe, .unsubscribe)
        case confirmName: (.confirm, .confirm)
        default: nil
        }
    }

    /// The name of a link that an unknown name most likely means, misspelt or as other tools call it.
    static func meant(by name: String) -> String? {
        let folded = name.lowercased()
        let words = [
            (unsubscribeName, ["unsubscribe", "opt_out", "optout", "退订"]),
            (confirmName, ["confirmation_url", "confirm_link", "opt_in", "optin", "确认链接"]),
        ]
        return words.first { link, others in
            others.contains { folded.contains($0) } || EventName.isWithin(2, Substring(folded), Substring(link))
        }?.0
    }

    /// The most links of one text: each is a row of the store.
    static let mostOfText = 50
    /// The longest name of a link, in characters.
    static let longestName = 40
}

extension TemplateParser {
    /// Reads `unsubscribe_url` or `confirm_url`, which is printed as it is or not at all. Nil when something else is
    /// written.
    mutating func builtInLink() throws(TemplateFault) -> TemplateOutput? {
        guard case .name(let name) = current.kind, let link = TemplateLink.named(name) else { return nil }
        position += 1
        if current.kind != .end {
            throw fault("nothing may follow `\(name)`", at: current, help: "write  {{ \(name) }}")
        }
        return TemplateOutput(operand: .nothing, filters: [], link: link.kind)
    }

    /// Reads the rest of `| link: name`, which ends its output: what follows would change the address.
    mutating func shortLink(
        of value: (operand: TemplateOperand, type: FieldType), at token: TemplateToken
    ) throws(TemplateFault) -> TemplateLink.Kind {
        let help = "such as  {{ url | link: sale }}"
        guard takes(.colon) else { throw fault("`link` takes the name of the link", at: token, help: help) }
        let name = take()
        let word: String
        switch name.kind {
        case .name(let text), .text(let text): word = text
        default: throw fault("`link` takes the name of the link", at: name, help: help)
        }
        guard Placeholder.isName(word.replacing("-", with: "_")), word.count <= TemplateLink.longestName else {
            throw fault("`\(word)` cannot be the name of a link", at: name, help: "use letters, digits and `_`")
        }
        if current.kind != .end { throw fault("nothing may follow `link`", at: current) }
        if [.number, .money, .date, .instant, .list, .bool].contains(value.type) {
            faults.append(fault("`link` does nothing sensible with \(value.type.described)", at: token))
        }
        if case .literal(.text(let url)) = value.operand, LinkTarget(url) == nil {
            faults.append(fault("this is not a web address", at: token, help: "it starts with http:// or https://"))
        }
        return .short(name: word)
    }
}
