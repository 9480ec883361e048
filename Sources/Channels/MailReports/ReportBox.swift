/// Where the mails that a mail server gives back are to be found.
package struct ReportBox: Sendable {
    /// A Maildir: new mails lie in `new`, and go to `cur`.
    package let maildir: String
    package let reports: MailReports

    package init(maildir: String, reports: MailReports) { (self.maildir, self.reports) = (maildir, reports) }
}
