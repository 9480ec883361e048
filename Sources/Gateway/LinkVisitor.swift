import HTTPTypes

/// Who opens a short link: a person, or a machine that looks at every link.
enum LinkVisitor {
    /// Words of User-Agent headers. Mail gateways open links to look for malware, chats to draw a preview, search engines
    /// because they found them; scripts say what they are written with.
    private static let machines = [
        // search engines and whatever calls itself a robot
        "bot", "crawl", "spider", "slurp", "archive",
        // previews of chats and mail programs
        "preview", "facebookexternalhit", "whatsapp", "skype", "embedly", "imageproxy", "mailproxy",
        // gateways that look for malware
        "barracuda", "proofpoint", "mimecast", "safelinks", "symantec", "trendmicro", "fortinet", "scan", "urlcheck",
        // programs
        "curl/", "wget/", "python", "go-http", "java/", "okhttp", "libwww", "httpclient", "headless", "phantomjs",
    ]

    /// False for HEAD, for a page that is fetched before anybody asks for it, for known machines, and for whoever does
    /// not say what they are.
    static func isPerson(_ head: HTTPRequest) -> Bool {
        guard head.method == .get else { return false }
        for name in ["purpose", "sec-purpose", "x-purpose", "x-moz"] {
            guard let field = HTTPField.Name(name), let value = head.headerFields[field] else { continue }
            if value.lowercased().contains("prefetch") || value.lowercased().contains("preview") { return false }
        }
        guard let agent = head.headerFields[.userAgent]?.lowercased(), !agent.isEmpty else { return false }
        return !machines.contains { agent.contains($0) }
    }
}
