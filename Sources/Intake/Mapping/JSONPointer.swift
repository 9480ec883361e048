import Kit

/// A place in a JSON value (RFC 6901): `/order/items/0`; `~1` is a slash in a key, `~0` a tilde.
package struct JSONPointer: Hashable, Sendable {
    package let text: String
    private let steps: [String]

    /// Nil for a text that is no pointer: it begins with a slash, or is empty and means the whole value.
    package init?(_ text: String) {
        guard text.isEmpty || text.hasPrefix("/") else { return nil }
        self.text = text
        steps = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    /// Nil where there is no such place.
    package func value(in json: StrictJSON) -> StrictJSON? {
        var value = json
        for step in steps {
            switch value {
            case .object: guard let next = value[step] else { return nil }; value = next
            case .array(let elements):
                guard let index = Int(step), elements.indices.contains(index) else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }

    /// The JSON with another value at this place, or without the place for nil; unchanged where there is none.
    package func replaced(in json: StrictJSON, with value: StrictJSON?) -> StrictJSON {
        replaced(in: json, steps[...], value)
    }

    private func replaced(in json: StrictJSON, _ steps: ArraySlice<String>, _ value: StrictJSON?) -> StrictJSON {
        guard let step = steps.first else { return value ?? .null }
        let rest = steps.dropFirst()
        switch json {
        case .object(var members):
            guard let place = members.firstIndex(where: { $0.key == step }) else { return json }
            if rest.isEmpty, value == nil {
                members.remove(at: place)
            } else {
                members[place].value = replaced(in: members[place].value, rest, value)
            }
            return .object(members)
        case .array(var elements):
            guard let index = Int(step), elements.indices.contains(index) else { return json }
            elements[index] = replaced(in: elements[index], rest, value)
            return .array(elements)
        default: return json
        }
    }
}
