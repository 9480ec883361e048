/// How to reach one Kannel smsbox. Never printed: it holds the password.
package struct KannelSettings: Sendable, CustomStringConvertible, CustomReflectable {
    package enum Method: String, Sendable {
        /// Text in the body, everything else in `X-Kannel-*` headers: nothing personal in URLs and access logs.
        case postHeaders = "post-headers"
        case get
    }

    /// Delivery receipts, which Kannel fetches from us by GET.
    package struct Receipts: Sendable {
        /// Sum of 1 delivered, 2 undelivered, 4 buffered, 8 taken by the SMS centre, 16 refused by it.
        package let mask: Int
        /// Absolute, with its secret path and without a query: the adapter appends
        /// `?reference=…&status=%d&answer=%A`, because Kannel's reply to a send carries no message id.
        package let url: String

        package init(mask: Int = 19, url: String) {
            self.mask = mask
            self.url = url
        }
    }

    /// `http://127.0.0.1:13013/cgi-bin/sendsms`, without a query.
    package let url: String
    package let method: Method
    package let username: String
    package let password: String
    /// Nil: the gateway's own global sender.
    package let from: String?
    package let dlr: Receipts?

    package init(
        url: String, method: Method = .postHeaders, username: String, password: String, from: String? = nil,
        dlr: Receipts? = nil
    ) {
        self.url = url
        self.method = method
        self.username = username
        self.password = password
        self.from = from
        self.dlr = dlr
    }

    package var description: String { "kannel settings" }
    package var customMirror: Mirror { Mirror(self, children: ["method": method]) }
}
