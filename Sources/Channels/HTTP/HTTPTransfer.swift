import Kit
import CCurl
import CCurlShim

/// One libcurl easy handle and what it has received. Lives on the loop's thread only.
final class HTTPTransfer: Transfer {
    static let maxBody = 1 << 20

    let order: HTTPLoop.Order
    private let request: HTTPRequest
    let handle: UnsafeMutableRawPointer
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var writtenAt: ContinuousClock.Instant?
    private var answered = false
    private var retryAfter: String?
    private var body: [UInt8] = []
    private var tooLarge = false
    private var isRefused = false

    /// True from the moment libcurl was allowed to write the request: before that, not a byte has left.
    var written: Bool { writtenAt != nil }

    func firstByteDue(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        answered ? nil : (writtenAt ?? now).advanced(by: request.deadlines.firstByte)
    }

    /// Nil when libcurl refuses a setting or has no memory.
    init?(
        _ request: HTTPRequest, _ order: HTTPLoop.Order, over handle: UnsafeMutableRawPointer,
        at now: ContinuousClock.Instant
    ) {
        self.order = order
        self.request = request
        self.handle = handle
        guard restrict(), address(at: now), listen() else { return nil }
    }

    deinit { curl_slist_free_all(headers) }

    /// The result of a transfer that libcurl ended with `code`.
    func result(of code: CURLcode) -> HTTPResult {
        if isRefused { return .notSent(.privateAddress) }
        guard code == CURLE_OK else {
            return written ? .unknown(faultAfter(code)) : .notSent(HTTPFault(beforeWriting: code))
        }
        var status = 0
        ccurl_getinfo_long(handle, CURLINFO_RESPONSE_CODE, &status)
        return .response(HTTPResponse(status: status, retryAfter: retryAfter, body: body))
    }

    // MARK: Settings

    /// What holds for every request. libcurl's defaults already verify certificates, keep no cookies, read no
    /// .netrc and refuse HTTP/0.9.
    private func restrict() -> Bool {
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1),
            (CURLOPT_FOLLOWLOCATION, 0),
            (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)),
            (CURLOPT_MAXAGE_CONN, Int(request.deadlines.keepAlive.components.seconds)),
            (CURLOPT_DISALLOW_USERNAME_IN_URL, 1),
            // A name server that hangs must not hold up the loop: leave the resolver's thread behind.
            (CURLOPT_QUICK_EXIT, 1),
            (CURLOPT_CONNECT_ONLY, request.method == .connect ? 1 : 0),
        ]
        return numbers.allSatisfy { ccurl_setopt_long(handle, $0.0, $0.1) == CURLE_OK }
            && ccurl_setopt_string(handle, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK
            // Empty: no proxy, whatever the environment says.
            && ccurl_setopt_string(handle, CURLOPT_PROXY, "") == CURLE_OK
            && request.trusted.map { ccurl_setopt_string(handle, CURLOPT_CAINFO, $0) == CURLE_OK } ?? true
    }

    private func address(at now: ContinuousClock.Instant) -> Bool {
        let spent = order.placedAt.duration(to: now)
        let total = max(1, (request.deadlines.total - spent).milliseconds)
        guard ccurl_setopt_string(handle, CURLOPT_URL, request.url) == CURLE_OK,
            ccurl_setopt_long(handle, CURLOPT_TIMEOUT_MS, Int(total)) == CURLE_OK,
            ccurl_setopt_long(handle, CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, request.deadlines.connect.milliseconds)))
                == CURLE_OK
        else { return false }
        // No `Expect: 100-continue`: a 417 makes libcurl send the request again.
        for line in ["Expect:"] + request.headers.map(HTTPTransfer.line) {
            guard let longer = curl_slist_append(headers, line) else { return false }
            headers = longer
        }
        guard ccurl_setopt_list(handle, CURLOPT_HTTPHEADER, headers) == CURLE_OK else { return false }
        return request.method != .post || attach(request.body)
    }

    /// libcurl drops a header written as `Name:`; an empty value is asked for with `Name;`.
    private static func line(_ header: (name: String, value: String)) -> String {
        header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)"
    }

    private func attach(_ body: [UInt8]) -> Bool {
        guard ccurl_setopt_long(handle, CURLOPT_POST, 1) == CURLE_OK,
            ccurl_setopt_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, body.count) == CURLE_OK
        else { return false }
        if body.isEmpty { return ccurl_setopt_string(handle, CURLOPT_COPYPOSTFIELDS, "") == CURLE_OK }
        return body.withUnsafeBytes {
            ccurl_setopt_pointer(handle, CURLOPT_COPYPOSTFIELDS, $0.baseAddress) == CURLE_OK
        }
    }

    // MARK: Callbacks

    /// The handle is set anew before this object ends, so the callbacks may hold it unretained.
    private func listen() -> Bool {
        let this = UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
        for option in [CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_PREREQDATA] {
            guard ccurl_setopt_pointer(handle, option, this) == CURLE_OK else { return false }
        }
        let prereq = ccurl_setopt_prereq(handle) { context, address, _, _, _ in
            guard let transfer = HTTPTransfer.from(context), !transfer.written,
                transfer.mayReach(address.map { String(cString: $0) } ?? "")
            else { return CURL_PREREQFUNC_ABORT }
            transfer.writtenAt = .now
            return CURL_PREREQFUNC_OK
        }
        let header = ccurl_setopt_io(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            HTTPTransfer.from(context)?.read(header: UnsafeRawBufferPointer(start: bytes, count: size * count))
            return size * count
        }
        let write = ccurl_setopt_io(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            let chunk = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return HTTPTransfer.from(context)?.read(body: chunk) == true ? size * count : 0
        }
        return prereq == CURLE_OK && header == CURLE_OK && write == CURLE_OK
    }

    /// Asked of the address that the connection has, whatever the name resolved to before.
    private func mayReach(_ address: String) -> Bool {
        isRefused = !request.mayReachPrivateAddresses && NetworkAddress.isPrivate(address)
        return !isRefused
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPTransfer? {
        context.map { Unmanaged<HTTPTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func read(header bytes: UnsafeRawBufferPointer) {
        answered = true
        // An interim reply (1xx) has headers of its own: each status line starts afresh.
        if bytes.starts(with: HTTPTransfer.statusLine) { retryAfter = nil }
        let name = HTTPTransfer.retryAfterName
        guard bytes.count > name.count, zip(bytes, name).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) else { return }
        let value = String(decoding: bytes.dropFirst(name.count).prefix(200), as: UTF8.self)
        retryAfter = value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static let statusLine = Array("HTTP/".utf8)
    private static let retryAfterName = Array("retry-after:".utf8)

    /// False ends the transfer.
    private func read(body bytes: UnsafeRawBufferPointer) -> Bool {
        tooLarge = body.count + bytes.count > HTTPTransfer.maxBody
        if !tooLarge { body.append(contentsOf: bytes) }
        return !tooLarge
    }

    // MARK: Faults

    private func faultAfter(_ code: CURLcode) -> HTTPFault {
        switch code {
        case CURLE_OPERATION_TIMEDOUT: .timeout
        case CURLE_WRITE_ERROR: tooLarge ? .responseTooLarge : .transferFailed
        // Aborted by callback: libcurl was about to write the request a second time.
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_ABORTED_BY_CALLBACK:
            .connectionLost
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY: .badResponse
        default: .transferFailed
        }
    }
}
