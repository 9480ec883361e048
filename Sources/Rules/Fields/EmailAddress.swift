import Kit

package enum EmailAddress {
    /// The address in half width; nil for what has not the form of one. Nothing is asked of its server.
    package static func canonical(_ text: String) -> String? {
        let email = Width.folded(Invisible.removed(from: text))
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = email.unicodeScalars.allSatisfy {
            $0.value > 0x20 && !(0x7F...0xA0).contains($0.value) && !"<>,;\"".unicodeScalars.contains($0)
        }
        guard isPlain, parts.count == 2, !parts[0].isEmpty, parts[0].utf8.count <= 64,
            let domain = parts.last, domain.split(separator: ".", omittingEmptySubsequences: false).count >= 2,
            domain.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty })
        else { return nil }
        return email
    }
}
