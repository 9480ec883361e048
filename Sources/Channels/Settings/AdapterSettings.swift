import Kit

/// The settings of one channel, by the keys that its adapter declares. Never printed: once they are resolved, secrets
/// stand among them.
package struct AdapterSettings: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    package indirect enum Value: Sendable, Hashable {
        case text(String)
        case int(Int)
        case bool(Bool)
        case span(Span)
        case list([Value])
        case block(AdapterSettings)
        /// A secret that is not read yet.
        case secret(SecretRef)
    }

    private var values: [String: Value]

    package init(_ values: [String: Value] = [:]) { self.values = values }

    package subscript(key: String) -> Value? {
        get { values[key] }
        set { values[key] = newValue }
    }

    /// The text of a key that the adapter requires, or that has a standard.
    package subscript(text key: String) -> String {
        guard let text = text(key) else { preconditionFailure("the settings have no text `\(key)`") }
        return text
    }

    /// The number of a key that the adapter requires, or that has a standard.
    package subscript(int key: String) -> Int {
        guard case .int(let number)? = values[key] else { preconditionFailure("the settings have no number `\(key)`") }
        return number
    }

    package func text(_ key: String) -> String? { if case .text(let text)? = values[key] { text } else { nil } }
    package func bool(_ key: String) -> Bool? { if case .bool(let bool)? = values[key] { bool } else { nil } }
    /// The texts of a list; none where the key is not there.
    package func texts(_ key: String) -> [String] {
        guard case .list(let items)? = values[key] else { return [] }
        return items.compactMap { if case .text(let text) = $0 { text } else { nil } }
    }
    package func block(_ key: String) -> AdapterSettings? {
        if case .block(let block)? = values[key] { block } else { nil }
    }

    /// The same with every secret as a text. Throws the `SecretRef.Failure` of the first that cannot be read, in the
    /// order of the keys.
    package func resolved(environment: [String: String]) throws -> AdapterSettings {
        var settings = self
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            settings.values[key] = try value.resolved(environment: environment)
        }
        return settings
    }

    package var description: String { "settings of a channel" }
    package var customMirror: Mirror { Mirror(self, children: ["keys": values.keys.sorted()]) }
}

extension AdapterSettings.Value {
    fileprivate func resolved(environment: [String: String]) throws -> AdapterSettings.Value {
        switch self {
        case .secret(let secret): .text(try secret.resolve(environment: environment))
        case .block(let block): .block(try block.resolved(environment: environment))
        case .list(let items): .list(try items.map { try $0.resolved(environment: environment) })
        case .text, .int, .bool, .span: self
        }
    }
}
