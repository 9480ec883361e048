import Glibc
import Synchronization

/// The SQL of one database where databases differ. A statement is one text for all of them: standard SQL, with words in
/// braces where there is no common form. The words are replaced when a statement is prepared.
///
///     {texts ?}, {numbers ?}   the elements of a JSON array, after IN
///     {elements ?}             the same as a table with `key`, from 0, and `value`, which is JSON
///     {text_elements ?}        the same for texts
///     {rows :name}             a parameter that is a table (`SQLTable`): `i`, from 0, and `c0` to `c5`, of any type
///     {members ?}              those of an object with `key`, `value` as text, and `id` in their order
///     {json e.data}            a text as JSON, for `->` and `->>`
///     {scalar e.data 'key'}    a member that may be anything; `true` and `false` are words
///     {member x ?}, {noted x ?}    a member by the name that a parameter gives; the object with 1 as that member
///     {rest x}, {length x}     an array without its first element; how many it has
///     {hex x}                  bytes
///     {joined}(text, ',')      aggregates texts
///     {instr}(text, part)      where the part begins, from 1; 0 when it is not in it
///     {greatest}(a, b), {least}(a, b)   of two that are not NULL
///     {then} t ON …            joins, and SQLite keeps this order of the tables
///     {unindexed e.name}       the column, and SQLite does not look for it in an index
///     {indexed name}           after a table: SQLite reads it by this index
struct Dialect: Sendable {
    private let words: [Substring: @Sendable (Substring) -> String]
    /// Whether parameters are `$1`, `$2`, … instead of question marks and names.
    private let numbersParameters: Bool

    static let sqlite = Dialect(
        words: [
            "texts": { "(SELECT value FROM json_each(\($0)))" },
            "numbers": { "(SELECT value FROM json_each(\($0)))" },
            "elements": { "json_each(\($0))" },
            "text_elements": { "json_each(\($0))" },
            "rows": { "nudged_rows(\($0))" },
            "members": {
                "(SELECT key, CASE type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' "
                    + "ELSE CAST(value AS TEXT) END AS value, id FROM json_each(\($0)))"
            },
            "json": { String($0) },
            "scalar": {
                let (json, path) = Dialect.two($0) { "'$.\"" + $0.dropFirst().dropLast() + "\"'" }
                return "CASE json_type(\(json), \(path)) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' "
                    + "ELSE json_extract(\(json), \(path)) END"
            },
            "member": {
                let (json, name) = Dialect.two($0)
                return "json_extract(\(json), '$.\"' || \(name) || '\"')"
            },
            "noted": {
                let (json, name) = Dialect.two($0)
                return "json_set(\(json), '$.\"' || \(name) || '\"', 1)"
            },
            "rest": { "json_remove(\($0), '$[0]')" },
            "length": { "json_array_length(\($0))" },
            "hex": { "hex(\($0))" },
            "joined": { _ in "group_concat" },
            "instr": { _ in "instr" },
            "greatest": { _ in "MAX" },
            "least": { _ in "MIN" },
            "then": { _ in "CROSS JOIN" },
            "unindexed": { "+\($0)" },
            "indexed": { "INDEXED BY \($0)" },
        ], numbersParameters: false)

    static let postgres = Dialect(
        words: [
            "texts": { "(SELECT j.v COLLATE \"C\" FROM jsonb_array_elements_text(CAST(\($0) AS jsonb)) j (v))" },
            "numbers": { "(SELECT CAST(j.v AS bigint) FROM jsonb_array_elements_text(CAST(\($0) AS jsonb)) j (v))" },
            "elements": {
                "LATERAL (SELECT j.n - 1 AS key, j.v AS value "
                    + "FROM jsonb_array_elements(CAST(\($0) AS jsonb)) WITH ORDINALITY j (v, n))"
            },
            "text_elements": {
                "LATERAL (SELECT j.n - 1 AS key, j.v COLLATE \"C\" AS value "
                    + "FROM jsonb_array_elements_text(CAST(\($0) AS jsonb)) WITH ORDINALITY j (v, n))"
            },
            "rows": {
                let cells = (0..<SQLTable.width).map { "j.v ->> \($0) AS c\($0)" }.joined(separator: ", ")
                return "LATERAL (SELECT j.n - 1 AS i, \(cells) "
                    + "FROM jsonb_array_elements(CAST(\($0) AS jsonb)) WITH ORDINALITY j (v, n))"
            },
            "members": {
                "LATERAL (SELECT j.k AS key, j.v AS value, j.n AS id "
                    + "FROM json_each_text(CAST(\($0) AS json)) WITH ORDINALITY j (k, v, n))"
            },
            "json": { "CAST(\($0) AS jsonb)" },
            "scalar": {
                let (json, name) = Dialect.two($0)
                return "(CAST(\(json) AS jsonb) ->> \(name))"
            },
            "member": {
                let (json, name) = Dialect.two($0)
                return "(CAST(\(json) AS jsonb) ->> CAST(\(name) AS text))"
            },
            "noted": {
                let (json, name) = Dialect.two($0)
                return "CAST(jsonb_set(CAST(\(json) AS jsonb), ARRAY[CAST(\(name) AS text)], '1') AS text)"
            },
            "rest": { "CAST(CAST(\($0) AS jsonb) - 0 AS text)" },
            "length": { "jsonb_array_length(CAST(\($0) AS jsonb))" },
            "hex": { "encode(\($0), 'hex')" },
            "joined": { _ in "string_agg" },
            "instr": { _ in "strpos" },
            "greatest": { _ in "GREATEST" },
            "least": { _ in "LEAST" },
            "then": { _ in "JOIN" },
            "unindexed": { String($0) },
            "indexed": { _ in "" },
        ], numbersParameters: true)

    private static func two(_ operands: Substring, _ second: (Substring) -> String = { String($0) }) -> (
        Substring, String
    ) {
        let first = operands.prefix { $0 != " " }
        return (first, second(operands.dropFirst(first.count + 1)))
    }

    /// A statement as the database reads it, with the names of its parameters in the order of their numbers; nil for a
    /// parameter without a name.
    struct Text: Equatable {
        var sql = ""
        var parameters: [String?] = []
    }

    func text(_ statement: String) -> Text {
        var text = Text()
        write(statement[...], to: &text)
        return text
    }

    private func write(_ statement: Substring, to text: inout Text) {
        for piece in Dialect.pieces(of: statement) {
            switch piece {
            case .plain(let plain): text.sql += plain
            case .parameter(let parameter) where numbersParameters: text.sql += "$\(number(of: parameter, in: &text))"
            case .parameter(let parameter): text.sql += parameter
            case .braces(let braces):
                let name = braces.dropFirst().prefix { $0 != " " && $0 != "}" }
                if let write = words[name] {
                    self.write(write(braces.dropFirst(name.count + 2).dropLast())[...], to: &text)
                } else {
                    // An unknown word is left for the database to report.
                    text.sql += braces
                }
            }
        }
    }

    private func number(of parameter: Substring, in text: inout Text) -> Int {
        let name = parameter.dropFirst()
        if parameter.first == ":" {
            if let known = text.parameters.firstIndex(of: String(name)) { return known + 1 }
            text.parameters.append(String(name))
            return text.parameters.count
        }
        let number = Int(name) ?? text.parameters.count + 1
        while text.parameters.count < number { text.parameters.append(nil) }
        return number
    }

    // MARK: the texts of the running program

    private static let known = Mutex<[String: String]>([:])
    /// A process has some hundreds of texts; each new rule set adds others.
    private static let mostKnown = 4096

    /// - Parameter keeps: false for a text that is unlikely to be prepared again.
    static func sqlite(_ statement: String, keeps: Bool) -> String {
        guard hasBraces(statement) else { return statement }
        if let text = known.withLock({ $0[statement] }) { return text }
        let text = sqlite.text(statement).sql
        if keeps {
            known.withLock {
                if $0.count >= mostKnown { $0.removeAll() }
                $0[statement] = text
            }
        }
        return text
    }

    /// Asked at every run of a statement, so it costs one look at the memory.
    private static func hasBraces(_ statement: String) -> Bool {
        let brace = UInt8(ascii: "{")
        return statement.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.baseAddress.map { memchr($0, Int32(brace), bytes.count) != nil } ?? false
        } ?? statement.utf8.contains(brace)
    }
}

// MARK: the pieces of a text

extension Dialect {
    private enum Piece {
        case plain(Substring), parameter(Substring), braces(Substring)
    }

    /// Nothing within quotes and comments is a parameter or a word in braces.
    private static func pieces(of text: Substring) -> [Piece] {
        let bytes = Array(text.utf8)
        func part(_ range: Range<Int>) -> Substring { Substring(decoding: bytes[range], as: UTF8.self) }
        var (pieces, plain, index): ([Piece], Int, Int) = ([], 0, 0)
        while index < bytes.count {
            let (length, make) = next(in: bytes[index...])
            let end = index + length
            if let make {
                if plain < index { pieces.append(.plain(part(plain..<index))) }
                pieces.append(make(part(index..<end)))
                plain = end
            }
            index = end
        }
        if plain < bytes.count { pieces.append(.plain(part(plain..<bytes.count))) }
        return pieces
    }

    /// The number of bytes of the next piece, and how to make the piece when it is not plain.
    private static func next(in rest: ArraySlice<UInt8>) -> (length: Int, make: ((Substring) -> Piece)?) {
        let (first, more) = (rest.first!, rest.dropFirst())
        switch UnicodeScalar(first) {
        case "'", "\"": return (min(2 + more.prefix { $0 != first }.count, rest.count), nil)
        case "-" where more.first == first: return (rest.prefix { $0 != UInt8(ascii: "\n") }.count, nil)
        case ":" where more.first == first: return (2, nil)
        case "?": return (1 + more.prefix(while: isOfName).count, Piece.parameter)
        case ":":
            let name = more.prefix(while: isOfName)
            if name.isEmpty { return (1, nil) }
            return (1 + name.count, Piece.parameter)
        case "{":
            var isQuoted = false
            let braces = more.prefix {
                if $0 == UInt8(ascii: "'") { isQuoted.toggle() }
                return isQuoted || $0 != UInt8(ascii: "}")
            }
            return (min(2 + braces.count, rest.count), Piece.braces)
        default: return (1, nil)
        }
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch UnicodeScalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }
}
