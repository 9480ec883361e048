/// The row of the store that a link stands for.
package struct LinkRow: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case unsubscribe = "u"
        case confirm = "c"
        case short = "l"
    }

    package let kind: Kind
    package let id: Int64
    /// What the row is about. The token covers it: after a backup was restored another row may get the same id, and a
    /// link that is in somebody's mailbox must not act on that one.
    package let subject: String

    package init(_ kind: Kind, _ id: Int64, subject: String) {
        self.kind = kind
        self.id = id
        self.subject = subject
    }
}
