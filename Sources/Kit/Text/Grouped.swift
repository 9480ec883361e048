/// Numbers as sentences print them.
package enum Grouped {
    /// `41,207`.
    package static func text(_ number: Int) -> String {
        var groups: [String] = []
        var rest = number.magnitude
        while rest >= 1000 {
            groups.insert(padded(Int(rest % 1000), 3), at: 0)
            rest /= 1000
        }
        return (number < 0 ? "-" : "") + ([String(rest)] + groups).joined(separator: ",")
    }

    /// A whole percentage that says 0 or 100 only where that is exact.
    package static func percentage(_ part: Int, of all: Int) -> String {
        guard part > 0, all > 0 else { return "0%" }
        let exact = Double(part) / Double(all) * 100
        if exact < 1 { return "less than 1%" }
        return part < all ? "\(min(99, Int(exact.rounded())))%" : "100%"
    }
}
