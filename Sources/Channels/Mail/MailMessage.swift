import Kit

/// One mail as bytes, with CRLF everywhere: RFC 5322 with MIME. The body is text, or text and HTML as alternatives.
struct MailMessage {
    /// A mailbox with the name that people see.
    struct Mailbox: Sendable, Hashable {
        var name: String?
        var address: String
    }

    var from: Mailbox
    var to: String
    var subject: String
    var text: String
    var html: String?
    /// Stable over attempts: some receivers drop a mail whose id they have seen.
    var id: String
    var at: Instant
    /// The https address of one-click unsubscribing (RFC 8058); nil for mail that nobody can unsubscribe from.
    var unsubscribe: String?
    /// False where the page behind that address wants more than one click.
    var isOneClick = true
    /// False for marketing: a notice must not be answered by machines.
    var isNotice = false

    var bytes: [UInt8] {
        var head = MailHeader.field("Date", MailMessage.date(at))
        head += "From: \(MailHeader.mailbox(name: from.name, address: from.address, column: 6))\r\n"
        head += "To: \(MailHeader.mailbox(name: nil, address: to, column: 4))\r\n"
        head += MailHeader.field("Subject", subject)
        head += MailHeader.field("Message-ID", "<\(id)>")
        head += "MIME-Version: 1.0\r\n"
        if let unsubscribe {
            head += MailHeader.field("List-Unsubscribe", "<\(unsubscribe)>")
            if isOneClick { head += "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" }
        }
        if isNotice { head += "Auto-Submitted: auto-generated\r\n" }
        guard let html else { return Array((head + MailMessage.part("text/plain", text)).utf8) }
        // "=_" stands in no line of base64, so no body can hold the boundary.
        let boundary = "=_" + Digest.sha1Hex(id)
        head += "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"\r\n\r\n"
        for (type, body) in [("text/plain", text), ("text/html", html)] {
            head += "--\(boundary)\r\n" + MailMessage.part(type, body)
        }
        return Array((head + "--\(boundary)--\r\n").utf8)
    }

    private static func part(_ type: String, _ body: String) -> String {
        let head = "Content-Type: \(type); charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        return head + lines(Digest.base64(crlf(body)))
    }

    /// Line ends as mail has them, whatever the text came with.
    private static func crlf(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var last: UInt8 = 0
        for byte in text.utf8 {
            switch byte {
            case 0x0A where last == 0x0D: break
            case 0x0A, 0x0D: bytes += [0x0D, 0x0A]
            default: bytes.append(byte)
            }
            last = byte
        }
        return bytes
    }

    private static func lines(_ base64: String) -> String {
        let bytes = Array(base64.utf8)
        var lines: [UInt8] = []
        lines.reserveCapacity(bytes.count + bytes.count / 38 + 2)
        for start in stride(from: 0, to: bytes.count, by: 76) {
            lines += bytes[start..<min(start + 76, bytes.count)]
            lines += [0x0D, 0x0A]
        }
        return String(decoding: lines, as: UTF8.self)
    }

    /// As RFC 5322 writes it, in UTC.
    static func date(_ instant: Instant) -> String {
        let day = Zone.utc.date(of: instant)
        let (year, month, number) = day.civil
        let seconds = (instant.micros - Zone.utc.startOfDay(day).micros) / 1_000_000
        let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let time = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(two).joined(separator: ":")
        let weekday = weekdays[((day.days + 3) % 7 + 7) % 7]
        return "\(weekday), \(number) \(months[month - 1]) \(year) \(time) +0000"
    }
}
