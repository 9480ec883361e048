/// What the number format of a cell makes of its number.
enum NumberFormat: Equatable {
    case general
    /// Zeros in front up to so many digits, as `000000` shows a member's number.
    case padded(Int)
    case date(hasYear: Bool, hasTime: Bool)
    case time

    /// The format with an id that every workbook has; nil for those that it describes itself.
    init?(builtIn id: Int) {
        switch id {
        case 14, 15, 17, 27, 30, 31, 36, 50, 52, 57: self = .date(hasYear: true, hasTime: false)
        case 16, 28, 29, 51, 53, 54, 58: self = .date(hasYear: false, hasTime: false)
        case 22: self = .date(hasYear: true, hasTime: true)
        case 18...21, 32...35, 45...47, 55, 56: self = .time
        case 0...49: self = .general
        default: return nil
        }
    }

    /// - Parameter code: such as `yyyy"年"m"月"d"日";@`.
    init(code: String) {
        let letters = NumberFormat.letters(of: code)
        if letters.contains("general") {
            self = .general
        } else if !letters.isEmpty, letters.allSatisfy({ $0 == "0" }) {
            self = letters.count > 1 ? .padded(letters.count) : .general
        } else {
            let has = { (letter: Character) in letters.contains(letter) }
            let hasTime = has("h") || has("s")
            let hasDay = has("d") || has("y")
            if hasDay || (has("m") && !hasTime) {
                self = .date(hasYear: has("y") || !has("d"), hasTime: hasTime)
            } else {
                self = hasTime ? .time : .general
            }
        }
    }

    /// The first section of the code in lower case, without quoted text, escapes and brackets such as `[$-804]`. A
    /// number of elapsed hours, `[h]`, is a time.
    private static func letters(of code: String) -> String {
        var letters = ""
        var rest = Substring(code)
        while let letter = rest.popFirst() {
            switch letter {
            case ";": return letters.lowercased()
            case "\"":
                rest = rest.drop { $0 != "\"" }
                rest = rest.dropFirst()
            case "\\", "_", "*": rest = rest.dropFirst()
            case "[":
                let inside = rest.prefix { $0 != "]" }
                if !inside.isEmpty, inside.allSatisfy({ "hmsHMS".contains($0) }) { letters += "h" }
                rest = rest.dropFirst(inside.count + 1)
            default: letters.append(letter)
            }
        }
        return letters.lowercased()
    }
}
