@testable import Kit
@testable import Rules

/// Compiles the text and renders it with values at their limits, present and missing, plain and escaped.
enum FuzzedTemplate {
    static func run(_ bytes: [UInt8]) {
        let source = String(decoding: bytes, as: UTF8.self)
        let (template, problems) = CompiledTemplate.compile(source, placeholders: placeholders)
        let size = source.utf8.count
        for problem in problems {
            precondition(problem.bytes.upperBound <= size, "a problem is outside of the text")
        }
        guard let template else { return }
        for values in values {
            for escaping in [TemplateEscaping.none, .html] {
                if case .text(let text, _) = template.render(values, escaping: escaping, localTime: localTime) {
                    _ = SMSLength.segments(text)
                }
            }
            _ = template.texts(values, localTime: localTime)
        }
    }

    private static let placeholders: [Placeholder] = [
        .init(name: "name", type: .text, max: 10), .init(name: "code", type: .code),
        .init(name: "count", type: .number), .init(name: "total", type: .money), .init(name: "day", type: .date),
        .init(name: "at", type: .instant), .init(name: "items", type: .list), .init(name: "flag", type: .bool),
        .init(name: "any", type: .any),
    ]

    private static let zone = Settings().zone
    private static func localTime(_ instant: Instant) -> (LocalDate, Int64) {
        let local = zone.local(instant)
        return (local.date, local.micros)
    }

    private static let values: [[String: TemplateValue]] = [
        [:],
        [
            "name": .text("张三李四王五赵六钱七孙八"), "code": .text("A1"), "count": .number(3), "total": .money(4990),
            "day": .date(LocalDate(days: 20_000)), "at": .instant(Instant(seconds: 1_772_000_000)), "flag": .bool(true),
            "items": .list([
                .record(["name": .text("精华"), "price": .money(9900)]), .record(["name": .text("面霜")]),
            ]), "any": .text("12"),
        ],
        [
            "name": .text(""), "code": .text("<&\"'>\u{200F}"), "count": .number(.greatestFiniteMagnitude),
            "total": .money(.min), "day": .date(LocalDate(days: -1_000_000)), "at": .instant(.distantPast),
            "items": .list([]), "flag": .bool(false), "any": .list([.number(.nan), .text("x")]),
        ],
        [
            "name": .text("👨‍👩‍👧‍👦\u{0301}"), "code": .text(" "), "count": .number(-.infinity), "total": .money(.max),
            "day": .date(LocalDate(days: 4_000_000)), "at": .instant(.distantFuture),
            "items": .list(Array(repeating: .record(["name": .text("x"), "price": .money(.min)]), count: 300)),
            "any": .record(["name": .list([.record([:])])]),
        ],
        ["count": .number(.nan), "total": .money(-1), "items": .list([.list([.text("x")])]), "any": .number(1e300)],
    ]
}
