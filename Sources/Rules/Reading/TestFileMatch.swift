import Kit

/// Compares the names in a test with the result: a name that is not written is not compared. Results are printed with
/// phone numbers and mail addresses masked, so a test may write one as it is or masked.
package enum TestFileMatch {
    /// Compares a block by its own keys alone, a list by items, a plain number by its value, everything else as text.
    package static func matches(_ wanted: YAMLNode, _ got: JSONText) -> Bool {
        switch (wanted.content, got) {
        case (.map(let entries), .object(let members)):
            return entries.allSatisfy { entry in
                members.first { $0.key == entry.key }.map { matches(entry.value, $0.value) } ?? entry.value.isNull
            }
        case (.list(let items), .list(let values)):
            return items.count == values.count && zip(items, values).allSatisfy { matches($0, $1) }
        case (.scalar, .null): return wanted.isNull
        case (.scalar(let text, _), .bool(let flag)): return text == String(flag)
        case (.scalar(let text, _), .int(let number)): return equal(text, String(number))
        case (.scalar(let text, _), .number): return equal(text, got.rendered)
        case (.scalar(let text, let style), .text(let other)):
            // "199.00" is money and may be expected as 199; a quoted value is a text.
            return text.utf8.elementsEqual(other.utf8) || style == .plain && equal(text, other)
                || Mask.text(text).utf8.elementsEqual(other.utf8)
        default: return false
        }
    }

    /// True when each wanted item has one of its own among those that came, in any order; an empty list wants none to
    /// have come.
    package static func isAmong(_ wanted: YAMLNode, _ got: JSONText) -> Bool {
        guard let items = wanted.items, case .list(let values) = got else { return matches(wanted, got) }
        if items.isEmpty { return values.isEmpty }
        func place(_ items: ArraySlice<YAMLNode>, _ left: [JSONText]) -> Bool {
            guard let item = items.first else { return true }
            return left.indices.contains { index in
                guard matches(item, left[index]) else { return false }
                var rest = left
                rest.remove(at: index)
                return place(items.dropFirst(), rest)
            }
        }
        return place(items[...], values)
    }

    private static func equal(_ a: String, _ b: String) -> Bool {
        guard Decimal2.isDecimal(a), Decimal2.isDecimal(b) else { return false }
        if let x = Decimal2.hundredths(a), let y = Decimal2.hundredths(b) { return x == y }
        return Double(a) == Double(b)
    }
}
