/// What a server says in answer to EHLO that it can do.
struct MailOffers: Sendable, Equatable {
    /// Several commands may be written at once (RFC 2920).
    var pipelines = false
    /// MAIL FROM may say how large the mail is (RFC 1870).
    var knowsSizes = false

    mutating func read(_ line: String) {
        let words = line.dropFirst(4).split(whereSeparator: \.isWhitespace)
        // A greeting, or one after STARTTLS: what was offered before does not count.
        if line.hasPrefix("220") { self = MailOffers() }
        guard line.hasPrefix("250"), let word = words.first?.uppercased() else { return }
        if word == "PIPELINING" { pipelines = true }
        if word == "SIZE" { knowsSizes = true }
    }
}

/// What is said to a server for one mail, after the login, and what its answers mean (RFC 5321). Pure.
///
/// Where the server offers it, the commands before the text leave in one piece: two answers to wait for in place of four.
///
/// Answers have no names; their order tells what they answer. On a kept session RSET goes first: a late answer to the mail
/// before takes its place, and then one of the others is not what its command may get, before any of the text has left.
struct MailDialogue {
    /// What became of a session.
    enum Session: Equatable {
        /// The next mail may follow, after RSET.
        case ready
        case closed
    }

    enum Next: Equatable {
        case wait
        case write([UInt8])
        case over(HTTPResult, Session)
        /// A kept session ended, has answers that fit no order or takes no further mail, and nothing of this one was handed
        /// over: another session may carry it.
        case stale
    }

    private enum Command { case reset, from, to, data, end }

    private let envelope: MailRequest.Envelope
    private let offers: MailOffers
    private let isKept: Bool
    /// Written, and not answered.
    private var asked: [Command] = []
    /// Not written.
    private var left: [Command]
    /// The first one. On a kept session it counts once all commands are answered in order.
    private var refusal: HTTPResponse?
    private var bytes: [UInt8] = []
    /// True once a byte of the text may have reached the server: from there on only its answer counts.
    private(set) var written = false

    /// - Parameter isKept: whether the session has carried a mail before.
    init(_ envelope: MailRequest.Envelope, _ offers: MailOffers, isKept: Bool) {
        self.envelope = envelope
        self.offers = offers
        self.isKept = isKept
        left = (isKept ? [.reset] : []) + [.from, .to, .data]
    }

    /// What is written first.
    mutating func begin() -> [UInt8] { next() }

    private mutating func next() -> [UInt8] {
        let commands = offers.pipelines ? left : Array(left.prefix(1))
        left.removeFirst(commands.count)
        asked += commands
        return Array(commands.map(text).joined().utf8)
    }

    private func text(_ command: Command) -> String {
        switch command {
        case .reset: "RSET\r\n"
        case .from: "MAIL FROM:<\(envelope.from)>\(offers.knowsSizes ? " SIZE=\(envelope.data.count)" : "")\r\n"
        case .to: "RCPT TO:<\(envelope.to)>\r\n"
        case .data: "DATA\r\n"
        case .end: ""
        }
    }

    /// The longest line that is waited for; RFC 5321 allows 512 bytes.
    private static let longest = 16_384

    /// Takes what the server said.
    /// - Parameter isUnsent: whether a part of what was written, and so the end of the text, is still here.
    mutating func read(_ more: some Sequence<UInt8>, isUnsent: Bool = false) -> Next {
        bytes += more
        while let end = bytes.firstIndex(of: 0x0A) {
            let line = bytes[..<end]
            let isLast = line.count < 4 || line[3] != UInt8(ascii: "-")
            let reply = isLast ? MailReply(line) : nil
            bytes.removeFirst(end + 1)
            guard isLast else { continue }
            guard let reply, !asked.isEmpty else { return outOfOrder() }
            let command = asked.removeFirst()
            let next = command == .end ? ended(reply, isUnsent) : heard(reply, to: command)
            if next != .wait { return next }
        }
        return bytes.count > MailDialogue.longest ? outOfOrder() : .wait
    }

    private mutating func heard(_ reply: MailReply, to command: Command) -> Next {
        // The server leaves, whatever it was asked. Many do after some mails.
        if reply.code == 421 { return isKept ? .stale : .over(.response(refusal ?? reply.response), .closed) }
        guard MailDialogue.may(reply, answer: command) else { return outOfOrder() }
        if reply.isRefusal, refusal == nil { refusal = reply.response }
        guard asked.isEmpty else { return .wait }
        // One more than was asked for: it is not known which of them belongs to what.
        if !bytes.isEmpty, isKept || refusal == nil { return outOfOrder() }
        if let refusal {
            // A server that asked for the text waits for it; without its end there is no mail.
            return .over(.response(refusal), bytes.isEmpty && reply.isRefusal ? .ready : .closed)
        }
        guard command == .data else { return .write(next()) }
        (written, asked) = (true, [.end])
        return .write(MailDialogue.body(envelope.data))
    }

    /// The answer to the text. What comes behind it belongs to no mail.
    private func ended(_ reply: MailReply, _ isUnsent: Bool) -> Next {
        guard isUnsent else {
            let isAnswer = reply.isSuccess || reply.isRefusal && reply.code != 421
            return .over(.response(reply.response), isAnswer && bytes.isEmpty ? .ready : .closed)
        }
        // The server may refuse a text that it has not seen the end of, but not take it. What followed would be text to it.
        return .over(reply.isRefusal ? .response(reply.response) : .unknown(.connectionLost), .closed)
    }

    /// Whether a server in order answers a command so (RFC 5321, 4.3.2).
    private static func may(_ reply: MailReply, answer command: Command) -> Bool {
        switch command {
        case .reset: reply.code == 250
        case .from: reply.code == 250 || reply.isRefusal
        case .to: reply.code == 250 || reply.code == 251 || reply.isRefusal
        case .data: reply.code == 354 || reply.isRefusal
        case .end: false
        }
    }

    /// What the server says is no answer to what it was asked. No refusal before it counts: it may be that of another mail.
    private func outOfOrder() -> Next {
        if written { return .over(.unknown(.connectionLost), .closed) }
        return isKept ? .stale : .over(.notSent(.connectFailed), .closed)
    }

    /// The connection ended.
    func broke(_ fault: HTTPFault) -> Next {
        if written { return .over(.unknown(fault), .closed) }
        if let refusal, !isKept { return .over(.response(refusal), .closed) }
        return isKept ? .stale : .over(.notSent(.connectFailed), .closed)
    }

    /// The mail took longer than it may.
    func timedOut() -> Next {
        if let refusal, !isKept { return .over(.response(refusal), .closed) }
        return .over(written ? .unknown(.timeout) : .notSent(.connectTimeout), .closed)
    }

    /// The text with its end. A line that begins with a point gets another one.
    static func body(_ data: [UInt8]) -> [UInt8] {
        let point = UInt8(ascii: ".")
        var body: [UInt8] = []
        body.reserveCapacity(data.count + 8)
        var rest = data[...]
        while let first = rest.first {
            if first == point { body.append(point) }
            let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
            body += rest[..<end]
            rest = rest[end...]
        }
        if !data.suffix(2).elementsEqual([0x0D, 0x0A]) { body += [0x0D, 0x0A] }
        return body + [point, 0x0D, 0x0A]
    }
}
