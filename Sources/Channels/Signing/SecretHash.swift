/// A secret that somebody else shows us, kept as a hash. It prints nothing about the secret.
package struct SecretHash: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    private let hash: String

    package init(_ secret: some StringProtocol) { hash = Digest.sha256Hex(Array(secret.utf8)) }

    /// Takes the same time for every text of the same length.
    package func matches(_ text: some StringProtocol) -> Bool {
        Digest.isEqual(Digest.sha256Hex(Array(text.utf8)), hash)
    }

    package var description: String { "a secret" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
