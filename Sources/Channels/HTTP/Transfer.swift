import CCurl
import CCurlShim

/// What the loop's thread hands to libcurl: a request, or a mail.
enum TransferRequest: Sendable {
    case http(HTTPRequest)
    case mail(MailRequest)

    var deadlines: HTTPDeadlines {
        switch self {
        case .http(let request): request.deadlines
        case .mail(let request): request.deadlines
        }
    }
}

/// One libcurl easy handle and what it has received. Lives on the loop's thread only.
protocol Transfer: AnyObject {
    var order: HTTPLoop.Order { get }
    var handle: UnsafeMutableRawPointer { get }
    /// True once a byte of what is sent may have reached the other side: from there on only its answer counts.
    var written: Bool { get }
    /// When the answer must have begun, or as early as that may be where nothing is written yet; nil once it has.
    func firstByteDue(at now: ContinuousClock.Instant) -> ContinuousClock.Instant?
    /// The result of a transfer that libcurl ended with `code`.
    func result(of code: CURLcode) -> HTTPResult
}

extension HTTPLoop.Order {
    /// Nil when libcurl refuses a setting or has no memory.
    func transfer(over handle: UnsafeMutableRawPointer, at now: ContinuousClock.Instant) -> (any Transfer)? {
        switch request {
        case .http(let request): HTTPTransfer(request, self, over: handle, at: now)
        case .mail(let request): MailTransfer(request, self, over: handle, at: now)
        }
    }
}

extension HTTPFault {
    /// Why libcurl gave up before it wrote anything.
    init(beforeWriting code: CURLcode) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: self = .dns
        case CURLE_COULDNT_CONNECT: self = .refused
        case CURLE_OPERATION_TIMEDOUT: self = .connectTimeout
        // A name and password in a URL are refused as a login.
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED: self = .badRequest
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED:
            self = .tls
        default: self = .connectFailed
        }
    }
}
