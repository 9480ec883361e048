@testable import Kit
import Foundation
import Testing

@testable import Rules

/// One line of liquid-cases.json: what python-liquid printed, as recorded by Tests/Tools/liquid_oracle.py.
struct LiquidCase: Decodable, Sendable, CustomTestStringConvertible {
    var template: String
    var data: [String: Plain]
    var absent: [String]?
    var expected: String
    var testDescription: String { template }

    static func all() throws -> [LiquidCase] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "liquid-cases.json")
        return try JSONDecoder().decode([LiquidCase].self, from: Data(contentsOf: file))
    }

    var values: [String: TemplateValue] { data.mapValues(\.value) }
    var placeholders: [Placeholder] {
        data.sorted { $0.key < $1.key }.map { Placeholder(name: $0.key, type: $0.value.value.type) }
            + (absent ?? []).map { Placeholder(name: $0, type: .any) }
    }
}

/// Any JSON value; `{"$date": …}` is a date and `{"$instant": …}` an instant whose local time is the one written.
struct Plain: Decodable, Sendable {
    var value: TemplateValue

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            value = .bool(flag)
        } else if let number = try? container.decode(Double.self) {
            value = .number(number)
        } else if let text = try? container.decode(String.self) {
            value = .text(text)
        } else if let items = try? container.decode([Plain].self) {
            value = .list(items.map(\.value))
        } else {
            let fields = try container.decode([String: Plain].self).mapValues(\.value)
            if case .text(let text)? = fields["$date"], let written = writtenDate(text) {
                value = .date(written.date)
            } else if case .text(let text)? = fields["$instant"], let written = writtenDate(text) {
                value = .instant(Instant(micros: Int64(written.date.days) * 86_400_000_000 + written.micros))
            } else {
                value = .record(fields)
            }
        }
    }
}

extension TemplateValue {
    var type: FieldType {
        switch self {
        case .text: .text
        case .number: .number
        case .money: .money
        case .date: .date
        case .instant: .instant
        case .list: .list
        case .bool: .bool
        case .record: .any
        }
    }
}

/// A member's clock that shows UTC.
func utcClock(_ instant: Instant) -> (LocalDate, Int64) {
    let day: Int64 = 86_400_000_000
    let days = instant.micros >= 0 ? instant.micros / day : -((-instant.micros + day - 1) / day)
    return (LocalDate(days: Int(days)), instant.micros - days * day)
}
