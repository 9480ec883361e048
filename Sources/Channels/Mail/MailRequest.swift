import Kit

/// One mail for one mailbox, or a login alone, as libcurl takes it. Never printed.
package struct MailRequest: Sendable, CustomStringConvertible, CustomReflectable {
    package enum Encryption: String, Sendable, CaseIterable {
        /// TLS before anything else, which port 465 expects.
        case implicit
        /// TLS is required, and begins by STARTTLS.
        case starttls
        /// For a server on this machine.
        case none
    }

    /// How the password is shown to the server (RFC 4954).
    package enum Mechanism: String, Sendable {
        case plain, login
        case cramMD5 = "cram-md5"
    }

    package struct Login: Sendable, Hashable {
        package var username: String
        package var password: String
        /// Nil: the best that both sides know.
        package var mechanism: Mechanism?
        package init(username: String, password: String, mechanism: Mechanism? = nil) {
            self.username = username
            self.password = password
            self.mechanism = mechanism
        }
    }

    /// What the server gets of one mail.
    package struct Envelope: Sendable {
        package var from: String
        package var to: String
        package var data: [UInt8]
        package init(from: String, to: String, data: [UInt8]) {
            self.from = from
            self.to = to
            self.data = data
        }
    }

    let host: String
    let port: Int
    let encryption: Encryption
    let login: Login?
    /// What EHLO says we are.
    let hello: String
    /// A file of certificates to trust in place of the system's.
    let trusted: String?
    /// Nil for a login that hands no mail over.
    let envelope: Envelope?
    var deadlines: HTTPDeadlines

    package init(
        host: String, port: Int, encryption: Encryption, login: Login? = nil, hello: String, trusted: String? = nil,
        envelope: Envelope?, deadlines: HTTPDeadlines = MailRequest.deadlines
    ) {
        self.host = host
        self.port = port
        self.encryption = encryption
        self.login = login
        self.hello = hello
        self.trusted = trusted
        self.envelope = envelope
        self.deadlines = deadlines
    }

    /// `connect` lasts to the end of the login: a server may keep a client waiting for its greeting, which few spammers
    /// bear. It may look at a mail for ten minutes before it says that it takes it (RFC 5321 §4.5.3.2).
    package static let deadlines = HTTPDeadlines(
        connect: .seconds(60), firstByte: .seconds(600), total: .seconds(700), keepAlive: .seconds(30))

    package var description: String { "mail" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    var url: String {
        "\(encryption == .implicit ? "smtps" : "smtp")://\(host):\(port)/\(PercentEncoding.encode(hello))"
    }

    /// False when an address would end its command early, or needs SMTPUTF8.
    var isWellFormed: Bool {
        func isPlain(_ text: String) -> Bool {
            !text.isEmpty
                && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
        }
        let isAddressed =
            envelope.map { isPlain($0.from) && isPlain($0.to) && $0.to.utf8.contains(UInt8(ascii: "@")) } ?? true
        return isAddressed && isPlain(host) && isPlain(hello) && (1...65_535).contains(port)
            && !host.utf8.contains { "/?#@".utf8.contains($0) }
    }
}
