@testable import Rules

/// Why checker and schema may answer differently: an editor has turned texts into numbers before the schema sees
/// them, a schema cannot look into other files or compare two values, and it is stricter where that helps in typing.
struct IntendedDifference {
    var why: String
    var explains: @Sendable (Judged) -> Bool

    static let all: [IntendedDifference] = [
        .init(why: "a number in quotes is a text, and no schema compares texts by size") {
            $0.change.hasSuffix("the other way about") && $0.schemaErrors.isEmpty
        },
        .init(why: "a choice with nothing behind it: absent to the checker, unfinished to an editor") {
            ($0.change.hasSuffix(": nothing") || $0.change.hasSuffix(": null")) && $0.errors.isEmpty
        },
        .init(why: "a key that says what its file is: without it the checker takes the file for settings") {
            $0.change.contains(" without ") && $0.errors.isEmpty && $0.schemaErrors == [""]
        },
        .init(why: "1e3 is 1000 to an editor, and no whole number to the checker") { missed($0, "`1e3`") },
        .init(why: "007 is 7 to an editor") { missed($0, "`007`") },
        .init(why: "only a zone database knows the zones") { missed($0, "there is no time zone") },
        .init(why: "only the settings know the shop's festivals") { missed($0, "there is no festival") },
        .init(why: "only the settings know the shop's tiers") { missed($0, "there is no tier") },
        .init(why: "which numbers are mobile numbers") { missed($0, "this is not a mobile number") },
        .init(why: "days that only some years or calendars have") { missed($0, "R116") },
        .init(why: "a third decimal: multipleOf is not exact in floating point") { missed($0, "an amount in yuan") },
        .init(why: "values compared with each other") {
            missed($0, "do not rise") || missed($0, "takes four limits") || missed($0, "begin and end at")
        },
    ]

    private static func missed(_ judged: Judged, _ words: String) -> Bool {
        judged.schemaErrors.isEmpty && judged.formErrors.allSatisfy { $0.short.contains(words) }
    }
}
