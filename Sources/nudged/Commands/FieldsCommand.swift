import Kit
import ArgumentParser
import Rules

struct FieldsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fields",
        abstract: .say(
            "The fields that a rule may name, with type and description.", "规则里可以写的字段，含类型和说明。"),
        discussion: .say(
            """
            EXAMPLES
              nudged fields            all of them
              nudged fields member     only those of a member
            """,
            """
            示例
              nudged fields            全部字段
              nudged fields member     只看会员的字段
            """))

    @Argument(
        help: .say(
            "member, order, cart, points, coupon, browse or trigger.",
            "member、order、cart、points、coupon、browse 或 trigger。"))
    var source: String?
    @Flag(help: .say("One JSON object a line.", "每行一个 JSON 对象。"))
    var json = false
    @OptionGroup var language: LanguageOption

    func run() throws {
        if let source, FieldCatalogue.sources[source] == nil {
            let known = FieldCatalogue.sources.keys.sorted()
            let hint = String.didYouMean(Suggestion.nearest(to: source, among: known))
            throw Failure(
                .usage,
                .say("there are no fields of `\(source)`", "没有 `\(source)` 的字段") + hint
                    + " (\(known.joined(separator: ", ")))")
        }
        for field in source.map(FieldCatalogue.declarations(of:)) ?? FieldCatalogue.all {
            let words = String.say(field.description, field.chinese)
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
