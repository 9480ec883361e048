import Kit

/// The calls of the Segment HTTP Tracking API (reference: segmentio/segment-docs).
package enum SegmentCall: String, Sendable, CaseIterable {
    case identify, track, page, screen, group, alias, batch

    /// The most events of one batch.
    package static let most = 5000

    /// The events in the body of a call. What is no batch is one event; the events of a batch get the `context`, the
    /// `integrations` and the `sentAt` that stand beside them, unless they have their own.
    package func items(of body: StrictJSON) -> [StrictJSON] {
        guard case .object(let members) = body else { return [body] }
        guard self == .batch else {
            return [.object(SegmentCall.completed(members, with: [.init(key: "type", value: .string(rawValue))]))]
        }
        guard case .array(let items)? = body["batch"] else { return [body] }
        let common = members.filter { SegmentCall.common.contains($0.key) && $0.value != .null }
        return items.map { item in
            guard case .object(let own) = item else { return item }
            return .object(SegmentCall.completed(own, with: common))
        }
    }

    private static let common: Set<String> = ["context", "integrations", "sentAt"]
    /// The keys that name no event: the secret of the source, and what the way here adds.
    private static let foreign: Set<String> = ["writeKey", "receivedAt"]

    private static func completed(
        _ own: [StrictJSON.Member], with common: [StrictJSON.Member]
    ) -> [StrictJSON.Member] {
        var merged = own.filter { !foreign.contains($0.key) }
        for member in common {
            guard let place = merged.firstIndex(where: { $0.key == member.key }) else {
                merged.append(member)
                continue
            }
            switch (merged[place].value, member.value) {
            case (.null, _): merged[place].value = member.value
            case (.object(let item), .object(let whole)):
                let known = Set(item.map(\.key))
                merged[place].value = .object(item + whole.filter { !known.contains($0.key) })
            default: break
            }
        }
        return merged
    }
}
