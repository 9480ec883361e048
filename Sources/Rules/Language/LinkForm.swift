/// What the links of a channel's messages look like, from `links` in nudged.yaml.
package struct LinkForm: Sendable, Hashable {
    /// Where links begin, without a slash at the end: `https://s.example.com`.
    package var base: String
    /// The hosts that a short link may lead to, in lower case; nil: any host, where there is no `links`.
    package var hosts: Set<String>?
    /// False: `link` leaves the address as it is, and its clicks are not counted (`links: off` of the channel).
    package var shortens: Bool

    package init(base: String, hosts: Set<String>?, shortens: Bool = true) {
        self.base = base
        self.hosts = hosts
        self.shortens = shortens
    }

    /// Used where no nudged.yaml says better, so that previews and tests work without one. It leads nowhere.
    package static let standIn = LinkForm(base: "https://links.example", hosts: nil)

    package var isStandIn: Bool { hosts == nil }

    /// The lengths of the tokens, in characters.
    package static let unsubscribeToken = 16
    package static let confirmToken = 16
    package static let shortToken = 18

    package func unsubscribe(_ token: String) -> String { "\(base)/u/\(token)" }
    package func confirm(_ token: String) -> String { "\(base)/c/\(token)" }
    package func short(_ token: String) -> String { "\(base)/l/\(token)" }

    /// What stands in a text until the message is handed over: as long as the link, and no link.
    func placeholder(of target: TextLink.Target) -> String {
        switch target {
        case .unsubscribe: unsubscribe(String(repeating: "x", count: LinkForm.unsubscribeToken))
        case .confirm: confirm(String(repeating: "x", count: LinkForm.confirmToken))
        case .short: short(String(repeating: "x", count: LinkForm.shortToken))
        }
    }

    package func allows(_ target: LinkTarget) -> Bool { hosts?.contains(target.host) ?? true }
}
