import Kit
import Rules

/// What an action (or `combine`) saved under a name, for `fill` further down the path.
package enum SavedValue: Sendable {
    case coupon(code: String?, validUntil: LocalDate?, faceValue: Int64?, template: String)
    /// `count` is the number that passed; `records` may be cut by `keep`.
    case records([[String: Value]], count: Int)
    /// What `recommend` chose.
    case picks([[String: Value]])

    /// Personalisation `generic` counts recommendations as missing.
    package var isPersonal: Bool { if case .picks = self { true } else { false } }

    /// The value as conditions read it: a list by the names of its items, missing when it is empty.
    func plain(at path: String) -> Value? {
        switch self {
        case .picks(let picks): return SavedValue.records(picks, count: picks.count).plain(at: path)
        case .coupon(let code, let validUntil, let faceValue, let template):
            switch path {
            case "code": return code.map { .text($0) }
            case "valid_until": return validUntil.map { .date($0) }
            case "face_value": return faceValue.map { .money($0) }
            case "template": return .text(template)
            default: return nil
            }
        case .records(let records, let count):
            if path == "count" { return .number(Double(count)) }
            if path.hasPrefix("first.") { return records.first?[String(path.dropFirst("first.".count))] }
            let names = records.compactMap { record -> String? in
                if case .text(let name)? = record["name"] ?? record["id"] { name } else { nil }
            }
            return names.isEmpty ? nil : .list(names)
        }
    }

    /// The value at a path below the saved name: `code`, `count`, `first.face_value`; an empty path is all of it.
    package func value(at path: String, in zone: Zone) -> FillValue? {
        switch self {
        case .picks(let picks): return SavedValue.records(picks, count: picks.count).value(at: path, in: zone)
        case .records(let records, _) where path.isEmpty:
            return records.isEmpty ? nil : FillValue(records: records, in: zone)
        case .coupon, .records: return plain(at: path).map { FillValue($0, in: zone) }
        }
    }
}

/// One value of `fill`: as the template reads it and as an output line prints it, which masks it (product §6).
package struct FillValue: Sendable {
    package var template: TemplateValue
    package var printed: JSONText

    package init(_ value: Value, in zone: Zone) {
        template = TemplateValue(value)
        printed = value.json(in: zone)
    }

    package init(records: [[String: Value]], in zone: Zone) {
        template = .list(records.map { .record($0.mapValues { TemplateValue($0) }) })
        printed = .list(
            records.map { record in
                .object(
                    record.keys.sorted().compactMap { key in record[key].map { JSONText.Member(key, $0.json(in: zone)) }
                    })
            })
    }
}

extension TemplateValue {
    package init(_ value: Value) {
        switch value {
        case .text(let text): self = .text(text)
        case .number(let number): self = .number(number)
        case .money(let fen): self = .money(fen)
        case .date(let date): self = .date(date)
        case .instant(let instant): self = .instant(instant)
        case .list(let items): self = .list(items.map { .text($0) })
        case .bool(let flag): self = .bool(flag)
        }
    }
}
