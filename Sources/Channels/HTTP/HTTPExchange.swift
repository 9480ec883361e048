/// One request to a provider. Never printed: a URL may hold a number, a header a password.
package struct HTTPRequest: Sendable, CustomStringConvertible, CustomReflectable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        /// The connection alone, with TLS: not a byte of a request is written. The reply has the status 0.
        case connect = "CONNECT"
    }

    package let method: Method
    /// Absolute, http or https, percent-encoded, without user and password.
    package let url: String
    package let headers: [(name: String, value: String)]
    /// Sent with POST only.
    package let body: [UInt8]
    package internal(set) var deadlines: HTTPDeadlines
    /// False for an address that came from outside our own network's settings: nothing is written to a server with a
    /// private or local address.
    package var mayReachPrivateAddresses = true
    /// A file of certificates to trust in place of the system's.
    var trusted: String?

    package init(
        _ method: Method, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        deadlines: HTTPDeadlines = .standard
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.deadlines = deadlines
    }

    package var description: String { "\(method.rawValue) request" }
    package var customMirror: Mirror { Mirror(self, children: ["method": method]) }

    /// False when a value would end its line early and smuggle in a header of its own, and when the scheme is left
    /// to libcurl's guess.
    var isWellFormed: Bool {
        func isLine(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
        let scheme = url.prefix(8).lowercased()
        return (scheme.hasPrefix("http://") || scheme == "https://")
            && url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            && headers.allSatisfy {
                !$0.name.isEmpty && isLine($0.name) && isLine($0.value)
                    && !$0.name.utf8.contains(UInt8(ascii: ":"))
            }
    }
}

/// All three always exist (guarantees §1.7). `total` counts from `perform`, waiting for a free slot included.
package struct HTTPDeadlines: Sendable {
    package let connect: Duration
    /// From the moment the request may be written to the first header line of the reply.
    package let firstByte: Duration
    package let total: Duration
    /// How long an idle connection is used again: Kannel and common proxies drop one after a minute or so.
    package var keepAlive: Duration

    package init(connect: Duration, firstByte: Duration, total: Duration, keepAlive: Duration = .seconds(5)) {
        self.connect = connect
        self.firstByte = firstByte
        self.total = total
        self.keepAlive = keepAlive
    }

    package static let standard = HTTPDeadlines(connect: .seconds(5), firstByte: .seconds(10), total: .seconds(20))

    /// A total that somebody states is the time that an answer may take, from its first byte on or not.
    func limited(to timeouts: HTTPTimeouts) -> HTTPDeadlines {
        let total = timeouts.total ?? total
        return HTTPDeadlines(
            connect: min(timeouts.connect ?? connect, total), firstByte: timeouts.total ?? firstByte, total: total,
            keepAlive: keepAlive)
    }
}

/// The deadlines that nudged.yaml states for a channel; nil: the adapter's own.
package struct HTTPTimeouts: Sendable, Hashable {
    package var connect: Duration?
    package var total: Duration?

    package init(connect: Duration?, total: Duration?) { (self.connect, self.total) = (connect, total) }
}

package struct HTTPResponse: Sendable, Equatable {
    package let status: Int
    /// The header as it came, unread: see `RetryAfter`.
    package let retryAfter: String?
    package let body: [UInt8]

    package init(status: Int, retryAfter: String? = nil, body: [UInt8] = []) {
        self.status = status
        self.retryAfter = retryAfter
        self.body = body
    }
}

package enum HTTPResult: Sendable, Equatable {
    /// A complete reply, whatever its status.
    case response(HTTPResponse)
    /// Proven: not one byte of the request was written.
    case notSent(HTTPFault)
    /// Bytes of the request may have reached the other side, and no complete reply came back.
    case unknown(HTTPFault)
}

/// The raw values are the codes in outbox rows and reports.
package enum HTTPFault: String, Sendable, Equatable {
    // Before the first byte.
    case badRequest = "bad_request"
    case dns
    case refused
    case tls
    case loginDenied = "login_denied"
    case connectTimeout = "connect_timeout"
    case connectFailed = "connect_failed"
    case privateAddress = "private_address"
    case noSlot = "no_slot"
    case cancelled
    case shutDown = "shut_down"
    // After it.
    case timeout
    case firstByteTimeout = "first_byte_timeout"
    case connectionLost = "connection_lost"
    case badResponse = "bad_response"
    case responseTooLarge = "response_too_large"
    case transferFailed = "transfer_failed"
}
