import CCurl

extension HTTPTransport {
    /// The version of libcurl that is loaded, with what it was built with: `libcurl/7.88.1 OpenSSL/3.0.17 …`.
    package static var library: String { String(cString: curl_version()) }
}
