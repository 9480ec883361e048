import CCurl
import CCurlShim
import Kit

/// A login to a mail server by libcurl, and what the server answered. Lives on the loop's thread only.
final class MailTransfer: Transfer {
    let order: HTTPLoop.Order
    let handle: UnsafeMutableRawPointer
    let request: MailRequest
    private var reply = MailReply()
    private(set) var offers = MailOffers()
    /// The mail itself is handed over by a `MailSession`.
    var written: Bool { false }

    /// The total deadline says it all.
    func firstByteDue(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? { nil }

    /// Nil when libcurl refuses a setting or has no memory.
    init?(
        _ request: MailRequest, _ order: HTTPLoop.Order, over handle: UnsafeMutableRawPointer,
        at now: ContinuousClock.Instant
    ) {
        self.order = order
        self.request = request
        self.handle = handle
        guard address(at: now), encrypt(), listen() else { return nil }
    }

    /// Judged in this order, measured with libcurl 7.88: what the server refused; otherwise nothing was handed over.
    func result(of code: CURLcode) -> HTTPResult {
        // After a login for a mail comes the mail: the login alone has sent none.
        if code == CURLE_OK { return request.envelope == nil ? .response(reply.response) : .notSent(.connectFailed) }
        if code == CURLE_USE_SSL_FAILED { return .notSent(.tls) }
        if code == CURLE_LOGIN_DENIED { return .notSent(.loginDenied) }
        if reply.isRefusal { return .response(reply.response) }
        return .notSent(HTTPFault(beforeWriting: code))
    }

    private func address(at now: ContinuousClock.Instant) -> Bool {
        let spent = order.placedAt.duration(to: now)
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_QUICK_EXIT, 1),
            (CURLOPT_TIMEOUT_MS, Int(max(1, (request.deadlines.total - spent).milliseconds))),
            (CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, request.deadlines.connect.milliseconds))),
            // How long a session is kept is for us to say: libcurl does not see what is written through it.
            (CURLOPT_MAXAGE_CONN, 1 << 30),
            (CURLOPT_CONNECT_ONLY, request.envelope == nil ? 0 : 1),
        ]
        let texts: [(CURLoption, String)] = [
            (CURLOPT_URL, request.url), (CURLOPT_PROTOCOLS_STR, "smtp,smtps"), (CURLOPT_PROXY, ""),
        ]
        return numbers.allSatisfy { ccurl_setopt_long(handle, $0.0, $0.1) == CURLE_OK }
            && texts.allSatisfy { ccurl_setopt_string(handle, $0.0, $0.1) == CURLE_OK }
            // Without a mail the server is asked to do nothing, after the login.
            && (request.envelope != nil || ccurl_setopt_string(handle, CURLOPT_CUSTOMREQUEST, "NOOP") == CURLE_OK)
    }

    /// A password never leaves without TLS but to a server that was said to have none.
    private func encrypt() -> Bool {
        if request.encryption == .starttls {
            guard ccurl_setopt_long(handle, CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) == CURLE_OK else {
                return false
            }
        }
        if let trusted = request.trusted {
            guard ccurl_setopt_string(handle, CURLOPT_CAINFO, trusted) == CURLE_OK else { return false }
        }
        guard let login = request.login else { return true }
        if let mechanism = login.mechanism {
            let option = "AUTH=\(mechanism.rawValue.uppercased())"
            guard ccurl_setopt_string(handle, CURLOPT_LOGIN_OPTIONS, option) == CURLE_OK else { return false }
        }
        return ccurl_setopt_string(handle, CURLOPT_USERNAME, login.username) == CURLE_OK
            && ccurl_setopt_string(handle, CURLOPT_PASSWORD, login.password) == CURLE_OK
    }

    /// The handle is set anew before this object ends, so the callbacks may hold it unretained.
    private func listen() -> Bool {
        let this = UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
        for option in [CURLOPT_HEADERDATA, CURLOPT_WRITEDATA] {
            guard ccurl_setopt_pointer(handle, option, this) == CURLE_OK else { return false }
        }
        let header = ccurl_setopt_io(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
            MailTransfer.from(context)?.read(String(decoding: line.prefix(500), as: UTF8.self))
            return size * count
        }
        let write = ccurl_setopt_io(handle, CURLOPT_WRITEFUNCTION) { _, size, count, _ in size * count }
        return header == CURLE_OK && write == CURLE_OK
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> MailTransfer? {
        context.map { Unmanaged<MailTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func read(_ line: String) {
        reply.read(line)
        offers.read(line)
    }
}

/// What an SMTP server said last, the goodbye apart.
struct MailReply {
    private(set) var code = 0
    private var last = ""

    init() {}

    /// Nil where it begins with no code.
    init?(_ line: some Collection<UInt8>) {
        read(String(decoding: line.prefix(500), as: UTF8.self))
        guard code != 0 else { return nil }
    }

    var isSuccess: Bool { (200..<300).contains(code) }
    var isRefusal: Bool { code >= 400 }

    /// The words of the last line, with one space between them.
    var response: HTTPResponse {
        let words = last.utf8.split { $0 == 0x20 || (0x09...0x0D).contains($0) }
        return HTTPResponse(status: code, body: Array(words.joined(separator: [0x20])))
    }

    mutating func read(_ line: String) {
        // After a refusal libcurl says QUIT, and the answer to that would hide it.
        guard let code = Int(line.prefix(3)), (200...599).contains(code), !(isRefusal && code == 221) else { return }
        self.code = code
        last = line
    }
}
