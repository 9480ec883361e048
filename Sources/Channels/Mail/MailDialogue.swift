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
struct MailDialogue {
    /// What became of a session.
    enum Session: Equatable {
        case ready
        /// It is within a mail that was refused, which RSET ends.
        case unfinished
        case closed
    }

    enum Next: Equatable {
        case wait
        case write([UInt8])
        case over(HTTPResult, Session)
        /// A kept session had ended before, and nothing of the mail was handed over: another one may carry it.
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
    private var refusal: HTTPResponse?
    private var hasHeard = false
    private var bytes: [UInt8] = []
    /// True once a byte of the text may have reached the server: from there on only its answer counts.
    private(set) var written = false

    /// - Parameter kept: how the last mail left the session; nil for one that was just opened.
    init(_ envelope: MailRequest.Envelope, _ offers: MailOffers, kept: Session?) {
        self.envelope = envelope
        self.offers = offers
        isKept = kept != nil
        left = (kept == .unfinished ? [.reset] : []) + [.from, .to, .data]
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
    mutating func read(_ more: some Sequence<UInt8>) -> Next {
        bytes += more
        while let end = bytes.firstIndex(of: 0x0A) {
            let line = bytes[..<end]
            let isLast = line.count < 4 || line[3] != UInt8(ascii: "-")
            let reply = isLast ? MailReply(line) : nil
            bytes.removeFirst(end + 1)
            guard isLast else { continue }
            guard let reply, !asked.isEmpty else { return broke(.connectionLost) }
            hasHeard = true
            let next = heard(reply, to: asked.removeFirst())
            if next != .wait { return next }
        }
        return bytes.count > MailDialogue.longest ? broke(.connectionLost) : .wait
    }

    private mutating func heard(_ reply: MailReply, to command: Command) -> Next {
        // The server leaves, whatever it was asked.
        if reply.code == 421 { return .over(.response(refusal ?? reply.response), .closed) }
        // Neither yes nor no: it is not known what the server answers.
        let isAnswer = reply.isSuccess && command != .data || reply.isRefusal || reply.code == 354 && command == .data
        guard isAnswer || command == .end else { return broke(.connectFailed) }
        switch command {
        case .reset:
            guard reply.isSuccess else { return broke(.connectFailed) }
        case .from, .to:
            if reply.isRefusal, refusal == nil { refusal = reply.response }
        case .data:
            guard !reply.isRefusal else { return .over(.response(refusal ?? reply.response), .unfinished) }
            // It waits for a text that nobody is to get: without its end there is no mail.
            if let refusal { return .over(.response(refusal), .closed) }
            // The answer to the text cannot be there before the text is.
            guard bytes.isEmpty else { return broke(.connectFailed) }
            (written, asked) = (true, [.end])
            return .write(MailDialogue.body(envelope.data))
        case .end:
            // What came behind it belongs to no mail.
            return .over(.response(reply.response), bytes.isEmpty ? .ready : .closed)
        }
        guard asked.isEmpty else { return .wait }
        if let refusal { return .over(.response(refusal), .unfinished) }
        return .write(next())
    }

    /// The connection ended, or what the server says is no answer.
    mutating func broke(_ fault: HTTPFault) -> Next {
        if let refusal { return .over(.response(refusal), .closed) }
        if written { return .over(.unknown(fault), .closed) }
        return isKept && !hasHeard ? .stale : .over(.notSent(.connectFailed), .closed)
    }

    /// The mail took longer than it may.
    func timedOut() -> Next {
        .over(refusal.map(HTTPResult.response) ?? (written ? .unknown(.timeout) : .notSent(.connectTimeout)), .closed)
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
