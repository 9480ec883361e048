/// The address that a short link leads to: http or https, a host, nothing that a browser reads otherwise than we do.
package struct LinkTarget: Sendable, Hashable {
    package let url: String
    /// In lower case, without a port.
    package let host: String

    private static let longest = 2000

    /// Nil for anything else: another scheme, a user name before the host, a backslash, white space, control characters.
    package init?(_ text: String) {
        guard text.utf8.count <= LinkTarget.longest,
            !text.unicodeScalars.contains(where: {
                $0.value <= 0x20 || $0.value == 0x7F || $0 == "\\" || $0.properties.isWhitespace
                    || $0.properties.generalCategory == .control
            }),
            let scheme = ["https://", "http://"].first(where: { text.lowercased().hasPrefix($0) })
        else { return nil }
        let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.count == 1 || UInt16(parts[1]) != nil,
            LinkTarget.isHost(parts[0])
        else { return nil }
        url = text
        host = parts[0].lowercased()
    }

    /// Labels of ASCII letters, digits and `-`: what is left is no user name, and reads the same everywhere.
    package static func isHost(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                !label.isEmpty
                    && label.utf8.allSatisfy {
                        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D
                    }
            }
    }
}
