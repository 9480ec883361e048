import Kit
import Foundation

/// Whether a text has what phones and mail programs show as a link: a scheme, `www.`, an address of numbers, or a domain.
enum LinkInText {
    static func isIn(_ text: String) -> Bool {
        guard text.unicodeScalars.contains(where: { sign($0) != nil }) else { return false }
        let visible = Invisible.removed(from: text).unicodeScalars.map { sign($0) ?? $0 }
        let folded = String(String.UnicodeScalarView(visible)).precomposedStringWithCompatibilityMapping.lowercased()
        let plain = String(String.UnicodeScalarView(folded.unicodeScalars.map { letters[$0] ?? $0 }))
        if beginnings.contains(where: { plain.contains($0) }) { return true }
        let scalars = Array(plain.unicodeScalars)
        return scalars.indices.contains { scalars[$0] == "." && isDomain(scalars[..<$0], scalars[($0 + 1)...]) }
            || scalars.split(whereSeparator: { !isDigit($0) && $0 != "." }).contains { isNumbered($0) }
    }

    /// The text with a space for each sign of a domain or a path, so that nothing shows a link.
    static func takenApart(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { sign($0) == nil ? $0 : " " }))
    }

    private static let beginnings = ["://", "http:", "https:", "www."]

    /// The ASCII sign that one of a domain or a path looks like.
    private static func sign(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar {
        case ".", "。", "｡", "．", "․", "﹒", "\u{701}", "\u{702}", "\u{A4F8}", "\u{A60E}": "."
        case "/", "／", "\\", "＼", "﹨", "∕", "⁄", "⧸", "∖": "/"
        case ":", "：", "∶", "︰", "﹕", "꞉": ":"
        default: nil
        }
    }

    /// - Parameter before: the text before a dot; the text after it may end a domain.
    private static func isDomain(_ before: ArraySlice<Unicode.Scalar>, _ after: ArraySlice<Unicode.Scalar>) -> Bool {
        let label = before.reversed().prefix { $0.properties.isAlphabetic || isDigit($0) || $0 == "-" }.count
        guard label > 0 else { return false }
        if foreignEndings.contains(where: { after.starts(with: $0) }) { return true }
        let last = after.prefix { ("a"..."z").contains($0) || isDigit($0) || $0 == "-" }
        let ending = String(String.UnicodeScalarView(last))
        guard last.count > 1 else { return false }
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
        "app", "art", "asia", "au", "bet", "bid", "blog", "br", "casino", "cf", "click", "cloud", "club", "company",
        "edu", "email", "eu", "fr", "game", "games", "gov", "gq", "group", "life", "loan", "ltd", "mil", "ml", "news",
        "nl",
        "page", "run", "space", "team", "today", "web", "website", "win", "world", "zone", "co", "dev", "fun", "gg",
        "gl", "hk", "icu", "id", "im", "ink", "io", "jp", "kr", "link",
        "live", "ly", "me", "mobi", "online", "pro", "pw", "ru", "shop", "site", "store", "tech", "tk", "tv", "tw",
        "uk",
        "us", "vn", "work", "ws",
    ]

    /// Ends of domains in other scripts; those in Cyrillic as `letters` has them.
    private static let foreignEndings: [[Unicode.Scalar]] = [
        "中国", "中國", "公司", "网络", "網絡", "网址", "网店", "商城", "商店", "在线", "中文网", "手机", "香港", "台湾", "台灣", "集团",
        "移动", "信息", "购物", "娱乐", "游戏", "рф", "онлайн", "сайт",
    ].map { $0.unicodeScalars.map { letters[$0] ?? $0 } }

    /// Small letters of other scripts that look like a Latin one, by which a domain is disguised.
    private static let letters: [Unicode.Scalar: Unicode.Scalar] = {
        let pairs: [(String, String)] = [
            ("асԁеһіјӏкмпорԛгѕтսѵԝху", "acdehijlkmnopqrstuvwxy"), ("αςεικνορτυχγ", "aceikvoptuxy"), ("ıɡɑʟ", "igal"),
        ]
        return pairs.reduce(into: [:]) { table, pair in
            for (other, latin) in zip(pair.0.unicodeScalars, pair.1.unicodeScalars) { table[other] = latin }
        }
    }()

    /// Four numbers up to 255 with dots between them.
    private static func isNumbered(_ digits: ArraySlice<Unicode.Scalar>) -> Bool {
        let parts = String(String.UnicodeScalarView(digits)).split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
