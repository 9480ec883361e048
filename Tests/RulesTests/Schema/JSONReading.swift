@testable import Kit
import Foundation

@testable import Rules

/// JSON text to a value, through Foundation: for looking into what was generated.
struct JSONReading {
    let value: JSONText?

    init(_ text: String) {
        let object = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed])
        value = object.map(JSONReading.convert)
    }

    private static func convert(_ object: Any) -> JSONText {
        switch object {
        case let text as String: .text(text)
        case let list as [Any]: .list(list.map(convert))
        case let members as [String: Any]:
            .object(members.sorted { $0.key < $1.key }.map { .init($0.key, convert($0.value)) })
        case let number as NSNumber where String(cString: number.objCType) == "c": .bool(number.boolValue)
        case let number as NSNumber: .number(number.doubleValue)
        default: .null
        }
    }
}
