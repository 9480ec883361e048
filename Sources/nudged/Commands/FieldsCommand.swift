import Kit
import ArgumentParser
import Rules

struct FieldsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fields",
        abstract: "The fields that a rule may name, with type and description.",
        discussion: """
            EXAMPLES
              nudged fields            all of them
              nudged fields member     only those of a member
            """)

    @Argument(help: "member, order, cart, points, coupon, browse or trigger.")
    var source: String?
    @Option(name: .customLong("lang"), help: "en or zh-CN (default: `lang` of nudged.yaml, else the locale's).")
    var spoken: Language?

    private var lang: Language { Spoken.language(spoken) }
    @Flag(help: "One JSON object a line.")
    var json = false

    func run() throws {
        if let source, FieldCatalogue.sources[source] == nil {
            let known = FieldCatalogue.sources.keys.sorted()
            let hint = Suggestion.nearest(to: source, among: known).map { "; did you mean `\($0)`?" } ?? ""
            throw Failure(.usage, "there are no fields of `\(source)`\(hint) (\(known.joined(separator: ", ")))")
        }
        for field in source.map(FieldCatalogue.declarations(of:)) ?? FieldCatalogue.all {
            let words = lang == .chinese ? field.chinese : field.description
            if json {
                Console.print(
                    JSONText.object([
                        "name": .text(field.name), "type": .text(field.type.rawValue),
                        "can_be_missing": .bool(field.canBeMissing), "description": .text(words),
                        "values": .list(field.words.map { .text($0) }),
                    ]).rendered)
                continue
            }
            let values = field.words.isEmpty ? "" : " (\(field.words.joined(separator: ", ")))"
            Console.print(
                "\(Columns.padded(field.name, 34))\(field.type.rawValue)\(field.canBeMissing ? "?" : "")\t\(words)\(values)"
            )
        }
    }
}
