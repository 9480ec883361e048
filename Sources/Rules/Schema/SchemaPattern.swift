import Kit

/// The texts that the checker accepts, as regular expressions that ECMAScript and Python read alike.
enum SchemaPattern {
    static let time = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
    static let percent = "^0*(100([.]0{1,2})?|[0-9]{1,2}([.][0-9]{1,2})?)%$"
    static let date = "^\(day)$"
    static let event = "^\\S+( \\S+)*$"
    static let notBlank = "\\S"
    static let email = "^[^@\\s]+@[^@\\s]+$"
    static let phone = "^[-+()0-9 ＋－（）０-９]{8,30}$"
    /// A day such as `06-18`; 29 February is allowed, as some years have it.
    static let monthDay = "^\(months)$"
    static let lunarMonthDay = "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|30)$"
    static let birthday = "^([0-9]{4}-|--)(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
    /// A date, or a date and a time, with or without a zone.
    static let moment =
        "^\(day)([Tt ]\(clock)(:[0-5][0-9]([.][0-9]{1,9})?(Z|z|[-+]\(clock))?)?)?$"
    /// ASCII letters, digits, `_`, `-`, `.`; beyond ASCII no punctuation and no spaces.
    static let identifier =
        "^[^\\u0000-,/:-@\\[-\\^`{-\\u00a9\\u2000-\\u206f\\u3000-\\u3004\\u3008-\\u3020\\u3030\\uff00-\\uff20"
        + "\\uff3b-\\uff40\\uff5b-\\uff65]+$"
    /// A name for `save_as`: an identifier without a dot, and no word of the language.
    static let savedName: String = {
        let taken = FieldCatalogue.sources.keys.sorted() + ["all", "any", "none", "history", StockReader.key]
        return "^(?!(\(taken.joined(separator: "|")))$)(?!.*[.])" + identifier.dropFirst()
    }()
    /// A number in quotes: the daemon reads texts as typed.
    static func number(isWhole: Bool, canBeNegative: Bool) -> String {
        "^\(canBeNegative ? "-?" : "")[0-9]+\(isWhole ? "" : "([.][0-9]+)?")$"
    }
    /// A yes or no in quotes.
    static let boolean = "^(true|false)$"
    static let webAddress = "^https?://[^/?@\\s]+([/?]\\S*)?$"
    static let zone = "^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$"

    static func span(_ units: Set<Span.Unit>, orNothing: Bool = false) -> String {
        let letters = ["m", "h", "d", "w"].filter { letter in units.contains { $0.rawValue == letter } }
        return "^(\(orNothing ? "0|" : "")[1-9][0-9]{0,4}|100000)[\(letters.joined())]$"
    }

    /// Any name but these.
    static func except(_ names: [String]) -> String {
        "^(?!(\(names.map(escaped).joined(separator: "|")))$)"
    }

    static func oneOf(_ words: [String]) -> String { "^(\(words.map(escaped).joined(separator: "|")))$" }

    /// One pattern that matches any of these.
    static func either(_ patterns: [String]) -> String {
        patterns.count == 1 ? patterns[0] : patterns.map { "(\($0))" }.joined(separator: "|")
    }

    static func escaped(_ word: String) -> String {
        word.unicodeScalars.reduce(into: "") { text, letter in
            if ".*+?^$|()[]{}\\".unicodeScalars.contains(letter) { text += "\\" }
            text.unicodeScalars.append(letter)
        }
    }

    private static let months =
        "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-9]))"
    private static let day = "[0-9]{4}-\(months)"
    private static let clock = "([01][0-9]|2[0-3]):[0-5][0-9]"
}
