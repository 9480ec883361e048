/// Event names that mean something to the engine (product §4); any other name is a custom event.
package enum EventName {
    package static let canonical = [
        "order.paid", "order.cancelled", "order.refunded", "cart.updated", "cart.emptied", "product.viewed",
        "store.visited", "member.registered", "member.tier_changed", "complaint.opened", "complaint.resolved",
        "coupon.used", "points.earned", "points.spent", "message.sent", "message.delivered", "message.clicked",
        "message.replied", "coupon.given", "task.done", "consent.requested", "consent.confirmed",
    ]

    /// A message of ours that arrived, as its provider said.
    package static let delivered = "message.delivered"

    /// What the Segment e-commerce specification calls our events. Events of sources that have these names are stored under
    /// ours.
    private static let commerce = [
        "order completed": "order.paid", "order canceled": "order.cancelled", "product added": "cart.updated",
        "product removed": "cart.updated", "cart viewed": "cart.updated", "checkout started": "cart.updated",
        "cart cleared": "cart.emptied", "coupon redeemed": "coupon.used",
    ]
    private static let known = Dictionary(canonical.map { (key($0), $0) }) { first, _ in first }

    /// A name without what sources write differently: capitals, and `.`, `_` or `-` in place of a space.
    package static func key(_ name: String) -> String {
        let bytes = name.lowercased().utf8.map { "._-".utf8.contains($0) ? 0x20 : $0 }
        return String(decoding: Array(bytes.split(separator: 0x20).joined(separator: [0x20])), as: UTF8.self)
    }

    /// The canonical name under which an event of a source is stored; nil for an event of the shop's own.
    package static func canonical(of name: String) -> String? { canonical(ofKey: key(name)) }

    /// The same, of a name that `key` gave.
    package static func canonical(ofKey key: String) -> String? { known[key] ?? commerce[key] }

    /// The canonical name that another one most likely misspells, or names in Chinese; nil for a canonical name.
    static func nearest(to name: String) -> String? {
        if canonical.contains(name) { return nil }
        return ForeignWords.events[name] ?? canonical(of: name)
            ?? canonical.first { isWithin(2, Substring(name), Substring($0)) }
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
    /// Where the rule reads a row that only the event meant has, its nearly right name (R204) is an error, and says why; the
    /// reads need no finding of their own. False where no such finding is there.
    mutating func blameEvent(for row: String) -> Bool {
        guard let index = all.lastIndex(where: { $0.code == "R204" && $0.rule == rule && $0.path.contains("when") })
        else { return false }
        all[index].severity = .error
        let notes = FieldCatalogue.note(onRow: row).filter { !all[index].notes.contains($0) }
        all[index].notes += notes
        return true
    }

    /// Reads the name of an event. One close to a canonical name, but not equal, is most likely a slip (R204).
    mutating func event(_ node: YAMLNode) -> String? {
        guard let name = text(node) else { return nil }
        // Sources of events have names of two words: `Page Viewed`.
        let words = name.split(separator: " ", omittingEmptySubsequences: false)
        if words.contains(where: { $0.isEmpty || $0.unicodeScalars.contains(where: \.properties.isWhitespace) }) {
            report("R104", "`\(name)` cannot be the name of an event", at: node.span)
            return nil
        }
        if let near = EventName.nearest(to: name) {
            report(
                "R204", .warning,
                ForeignWords.events[name] == nil && EventName.canonical(of: name) == nil
                    ? "`\(name)` is not an event that nudged knows, and nearly one that it does"
                    : "`\(name)` is not an event that nudged knows by this name",
                at: node.span, help: ["did you mean `\(near)`?"])
        }
        return name
    }
}
