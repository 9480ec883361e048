/// Event names that mean something to the engine (product §4); any other name is a custom event.
package enum EventName {
    package static let canonical = [
        "order.paid", "order.cancelled", "order.refunded", "cart.updated", "cart.emptied", "product.viewed",
        "store.visited", "member.registered", "member.tier_changed", "complaint.opened", "complaint.resolved",
        "coupon.used", "points.earned", "points.spent", "message.sent", "message.delivered", "message.clicked",
        "message.replied", "coupon.given", "task.done",
    ]

    /// The canonical name that another one most likely misspells, or names in Chinese; nil for a canonical name.
    static func nearest(to name: String) -> String? {
        if canonical.contains(name) { return nil }
        return ForeignWords.events[name] ?? canonical.first { isWithin(2, Substring(name), Substring($0)) }
    }

    /// True when at most `edits` letters added, left out, changed or swapped make one of the other.
    static func isWithin(_ edits: Int, _ a: Substring, _ b: Substring) -> Bool {
        let shared = zip(a, b).prefix { $0 == $1 }.count
        let (a, b) = (a.dropFirst(shared), b.dropFirst(shared))
        if a.isEmpty || b.isEmpty { return a.count + b.count <= edits }
        if edits == 0 { return false }
        let (restA, restB) = (a.dropFirst(), b.dropFirst())
        if isWithin(edits - 1, restA, restB) || isWithin(edits - 1, restA, b) || isWithin(edits - 1, a, restB) {
            return true
        }
        guard let firstA = restA.first, let firstB = restB.first, a.first == firstB, firstA == b.first else {
            return false
        }
        return isWithin(edits - 1, restA.dropFirst(), restB.dropFirst())
    }
}

extension Findings {
    /// Reads the name of an event. One close to a canonical name, but not equal, is most likely a slip (R204).
    mutating func event(_ node: YAMLNode) -> String? {
        guard let name = text(node) else { return nil }
        if name.isEmpty || name.unicodeScalars.contains(where: \.properties.isWhitespace) {
            report("R104", "`\(name)` cannot be the name of an event", at: node.span)
            return nil
        }
        if let near = EventName.nearest(to: name) {
            report(
                "R204", .warning,
                ForeignWords.events[name] == nil
                    ? "`\(name)` is not an event that nudged knows, and nearly one that it does"
                    : "`\(name)` is not an event that nudged knows by this name",
                at: node.span, help: ["did you mean `\(near)`?"])
        }
        return name
    }
}
