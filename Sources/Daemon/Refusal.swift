/// A start (or a run) that ends with words for the operator and an exit code (product §6).
package struct Refusal: Error, Sendable, CustomStringConvertible {
    package enum Code: Int32, Sendable {
        case internalError = 70
        /// The store belongs to another daemon, or to a `tick`.
        case locked = 75
        /// Configuration or data that we refuse: a restart will not help.
        case refused = 78
    }
    package let code: Code
    /// Complete lines, without the last newline.
    package let description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
