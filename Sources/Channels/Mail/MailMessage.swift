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
        var mail = Array(head.utf8)
        guard let html else {
            MailMessage.add(part: text, "text/plain", to: &mail)
            return mail
        }
        // "=_" stands in no line of base64, so no body can hold the boundary.
        let boundary = "=_" + Digest.sha1Hex(id)
        mail += "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"\r\n\r\n".utf8
        for (type, body) in [("text/plain", text), ("text/html", html)] {
            mail += "--\(boundary)\r\n".utf8
            MailMessage.add(part: body, type, to: &mail)
        }
        mail += "--\(boundary)--\r\n".utf8
        return mail
    }

    private static func add(part body: String, _ type: String, to mail: inout [UInt8]) {
        mail += "Content-Type: \(type); charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n".utf8
        let body = crlf(body)
        mail.reserveCapacity(mail.count + body.count / 57 * 78 + 100)
        for start in stride(from: 0, to: body.count, by: 57) {
            add(line: body[start..<min(start + 57, body.count)], to: &mail)
        }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// A line of base64: 57 bytes are its 76 characters. Made here rather than by Foundation, whose text would be copied
    /// three times on its way into the mail.
    private static func add(line: ArraySlice<UInt8>, to mail: inout [UInt8]) {
        let alphabet = alphabet
        var index = line.startIndex
        while index < line.endIndex {
            let left = line.endIndex - index
            let (first, second) = (line[index], left > 1 ? line[index + 1] : 0)
            let third = left > 2 ? line[index + 2] : 0
            mail.append(alphabet[Int(first >> 2)])
            mail.append(alphabet[Int((first & 3) << 4 | second >> 4)])
            mail.append(left > 1 ? alphabet[Int((second & 15) << 2 | third >> 6)] : UInt8(ascii: "="))
            mail.append(left > 2 ? alphabet[Int(third & 63)] : UInt8(ascii: "="))
            index += 3
        }
        mail.append(0x0D)
        mail.append(0x0A)
    }

    /// Line ends as mail has them, whatever the text came with.
    private static func crlf(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 16)
        var last: UInt8 = 0
        for byte in text.utf8 {
            switch byte {
            case 0x0A where last == 0x0D: break
            case 0x0A, 0x0D:
                bytes.append(0x0D)
                bytes.append(0x0A)
            default: bytes.append(byte)
            }
            last = byte
        }
        return bytes
    }

    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// As RFC 5322 writes it, in UTC.
    static func date(_ instant: Instant) -> String {
        let day = Zone.utc.date(of: instant)
        let (year, month, number) = day.civil
        let seconds = (instant.micros - Zone.utc.startOfDay(day).micros) / 1_000_000
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let time = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(two).joined(separator: ":")
        let weekday = weekdays[((day.days + 3) % 7 + 7) % 7]
        return "\(weekday), \(number) \(months[month - 1]) \(year) \(time) +0000"
    }
}
