import Kit
import Foundation

/// Whether a text has what phones and mail programs show as a link: a scheme, `www.`, an address of numbers, or a domain.
enum LinkInText {
    static func isIn(_ text: String) -> Bool {
        guard text.unicodeScalars.contains(where: { sign($0) != nil }) else { return false }
        let visible = Invisible.removed(from: text).unicodeScalars.map { sign($0) ?? $0 }
        let plain = String(String.UnicodeScalarView(visible)).precomposedStringWithCompatibilityMapping.lowercased()
        if beginnings.contains(where: { plain.contains($0) }) { return true }
        let scalars = Array(plain.unicodeScalars)
        return scalars.indices.contains { scalars[$0] == "." && isDomain(scalars[..<$0], scalars[($0 + 1)...]) }
            || scalars.split(whereSeparator: { !isDigit($0) && $0 != "." }).contains { isNumbered($0) }
    }

    private static let beginnings = ["://", "http:", "https:", "www."]

    /// The ASCII sign that one of a domain or a path looks like.
    private static func sign(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar {
        case ".", "。", "｡", "．", "․", "﹒": "."
        case "/", "／", "\\", "＼", "﹨", "∕", "⁄", "⧸", "∖": "/"
        case ":", "：", "∶", "︰", "﹕", "꞉": ":"
        default: nil
        }
    }

    /// - Parameter before: the text before a dot; the text after it may end a domain.
    private static func isDomain(_ before: ArraySlice<Unicode.Scalar>, _ after: ArraySlice<Unicode.Scalar>) -> Bool {
        let label = before.reversed().prefix { $0.properties.isAlphabetic || isDigit($0) || $0 == "-" }.count
        let last = after.prefix { ("a"..."z").contains($0) || isDigit($0) || $0 == "-" }
        let ending = String(String.UnicodeScalarView(last))
        guard label > 0, last.count > 1 else { return false }
        if ending.hasPrefix("xn--") { return true }
        guard last.allSatisfy({ ("a"..."z").contains($0) }) else { return false }
        let rest = after.dropFirst(last.count)
        switch rest.first {
        case "/", "?", "#": return true
        case ":" where rest.dropFirst().first.map(isDigit) ?? false: return true
        default: return endings.contains(ending) || label > 2 && wordEndings.contains(ending)
        }
    }

    /// The ends of domains that are no name of a person.
    private static let endings: Set<String> = ["com", "net", "org", "cn", "cc", "info", "biz", "xyz", "top", "vip"]
    /// Those that may follow an initial or a title, as in `J.Link`: a domain has more before it.
    private static let wordEndings: Set<String> = [
        "app", "asia", "club", "co", "dev", "fun", "gg", "gl", "hk", "icu", "id", "im", "ink", "io", "jp", "kr", "link",
        "live", "ly", "me", "mobi", "online", "pro", "pw", "ru", "shop", "site", "store", "tech", "tk", "tv", "tw",
        "uk",
        "us", "vn", "work", "ws",
    ]

    /// Four numbers up to 255 with dots between them.
    private static func isNumbered(_ digits: ArraySlice<Unicode.Scalar>) -> Bool {
        let parts = String(String.UnicodeScalarView(digits)).split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
