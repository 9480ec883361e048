import Rules

/// What somebody reports of a mail that had left: a mail server by a delivery status notification (RFC 3464), a mailbox
/// provider by a feedback report (RFC 5965).
package struct MailReport: Sendable, Hashable {
    package enum Meaning: Sendable, Hashable {
        /// The mail will never arrive; `isBounce`: nor will any other mail to the address.
        case failed(code: String, isBounce: Bool)
        /// It is still tried.
        case delayed(code: String)
        /// The member called it spam.
        case complaint
    }
    /// Ours, of the attempt.
    package var reference: String
    /// The recipient that the report names; nil where it names none.
    package var address: String?
    package var meaning: Meaning

    package init(reference: String, address: String?, meaning: Meaning) {
        (self.reference, self.address, self.meaning) = (reference, address, meaning)
    }
}
