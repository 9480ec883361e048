/// The way to one Kannel smsbox. It is never printed, because it holds the password.
struct KannelSettings: Sendable, CustomStringConvertible, CustomReflectable {
    enum Method: String, Sendable {
        /// The text goes in the body and all else in `X-Kannel-*` headers: nothing personal in URLs and access logs.
        case postHeaders = "post-headers"
        case get
    }

    /// Delivery receipts, which Kannel fetches from us by GET.
    struct Receipts: Sendable {
        /// The sum of 1 delivered, 2 undelivered, 4 buffered, 8 taken by the SMS centre, 16 refused by it.
        var mask = 19
        /// The absolute URL with its secret path and without a query: the adapter appends
        /// `?reference=…&status=%d&answer=%A`, because Kannel's reply to a send carries no message id.
        let url: String
    }

    /// `http://127.0.0.1:13013/cgi-bin/sendsms`, without a query.
    let url: String
    var method = Method.postHeaders
    let username: String
    let password: String
    /// Nil is the gateway's own global sender.
    var from: String?
    var dlr: Receipts?

    var description: String { "kannel settings" }
    var customMirror: Mirror { Mirror(self, children: ["method": method]) }
}
