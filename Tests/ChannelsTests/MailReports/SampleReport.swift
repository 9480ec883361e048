import Policies

/// A mail that a mail server gives back, or a complaint, as providers write them.
struct SampleReport {
    static let reference = "nd1a2b3c-9z8y7x-1"

    var kind = "delivery-status"
    /// The part that machines read.
    var report = """
        Reporting-MTA: dns; mx.example.com

        Original-Recipient: rfc822;lin@example.com
        Final-Recipient: rfc822; lin@example.com
        Action: failed
        Status: 5.1.1
        Diagnostic-Code: smtp; 550 5.1.1 <lin@example.com>: user unknown
        """
    var returned: String? = "Message-ID: <\(reference)@example.com>\nSubject: hello"
    var returnedType = "text/rfc822-headers"
    var head = "To: bounce@example.com"
    var end = "\r\n"

    static func failed(status: String, action: String = "failed", diagnostic: String = "smtp; 550 no") -> SampleReport {
        SampleReport(
            report: """
                Reporting-MTA: dns; mx.example.com

                Final-Recipient: rfc822;lin@example.com
                Action: \(action)
                Status: \(status)
                Diagnostic-Code: \(diagnostic)
                """)
    }

    static func feedback(_ kind: String, more: String = "") -> SampleReport {
        SampleReport(
            kind: "feedback-report", report: "Feedback-Type: \(kind)\nUser-Agent: x/1\nVersion: 1\(more)",
            returnedType: "message/rfc822")
    }

    var text: String {
        let type = kind == "feedback-report" ? "message/feedback-report" : "message/delivery-status"
        let back = returned.map { "--b=1\nContent-Type: \(returnedType)\n\n\($0)\n\n" } ?? ""
        return """
            From: MAILER-DAEMON@mx.example.com
            \(head)
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=\(kind);
            \tboundary="b=1"

            This is a MIME message.
            --b=1
            Content-Type: text/plain

            It could not be delivered.

            --b=1
            Content-Type: \(type)

            \(report)

            \(back)--b=1--

            """
    }

    var bytes: [UInt8] { Array(text.replacing("\n", with: end).utf8) }
}
