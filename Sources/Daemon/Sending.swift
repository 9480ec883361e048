import Channels
import Kit
import Policies
import Rules
import Store

extension Dispatcher {
    /// An attempt that is on disk, on its way to its channel.
    package struct Sending: Sendable {
        package let intent: Intent
        let channel: any Channel
        let permit: Breaker.Permit
        let at: Instant
    }
}

extension Dispatcher.Sending {
    /// Hands the message over. Without a secret for its links it stays here, until nudged.yaml has one.
    func leave(with links: LinkWriter?) async -> SendOutcome {
        guard let message = message(with: links) else { return .misconfigured(code: "links") }
        return await channel.send(message).withholding(intent.address)
    }

    /// The message with its links. A channel whose messages stay here shows stand-ins where nothing can write links;
    /// for any other one there is no message then.
    func message(with writer: LinkWriter?) -> OutgoingMessage? {
        let isSafe = writer != nil || intent.links.isEmpty || Adapters[channel.type]?.reachesMembers == false
        guard isSafe else { return nil }
        func resolved(_ part: MessageLink.Part, _ text: String) throws(NoLink) -> String {
            guard let writer else { return text }
            let links = intent.links.filter { $0.place.part == part }
            do {
                return try LinkedText.resolved(text, links.map(\.place.link)) { index in
                    guard let address = writer.address(of: links[index].row) else { throw NoLink() }
                    return address
                }
            } catch { throw NoLink() }
        }
        do {
            return OutgoingMessage(
                reference: intent.reference, channel: intent.channel, to: intent.address,
                text: try resolved(.text, intent.text),
                subject: try intent.subject.map { try resolved(.subject, $0) },
                html: try intent.html.map { try resolved(.html, $0) }, templateCode: intent.templateCode,
                values: try intent.values.map { ($0, try resolved(.value($0), $1)) },
                unsubscribe: intent.unsubscribe.flatMap { writer?.address(of: $0) }, rule: intent.rule,
                member: intent.member, name: intent.name, advisor: intent.advisor, occasion: intent.occasion, at: at)
        } catch { return nil }
    }

    /// The number of a row that no token can hold.
    private struct NoLink: Error {}
}

extension SendOutcome {
    /// The same without the member's address, which a provider may quote where a code or an id is expected.
    func withholding(_ address: String?) -> SendOutcome {
        guard let address else { return self }
        let bare = Array(address.utf8.dropFirst(address.hasPrefix("+86") ? 3 : 0))
        guard bare.count >= 5 else { return self }
        func safe(_ code: String) -> String { code.utf8.holds(bare) ? "unlisted_code" : code }
        return switch self {
        case .accepted(let id): .accepted(providerID: id?.utf8.holds(bare) == true ? nil : id)
        case .rejected(let code): .rejected(code: safe(code))
        case .suppressed(let code, let suppression): .suppressed(code: safe(code), suppression)
        case .notSent(let code, let after): .notSent(code: safe(code), retryAfter: after)
        case .throttled(let code, let after): .throttled(code: safe(code), retryAfter: after)
        case .misconfigured(let code): .misconfigured(code: safe(code))
        case .unknown(let code): .unknown(code: safe(code))
        }
    }

    /// The class and the code, for logs.
    var word: String {
        switch self {
        case .accepted: "accepted"
        case .rejected(let code): "rejected \(code)"
        case .suppressed(let code, let suppression): "rejected \(code) \(suppression.rawValue)"
        case .notSent(let code, _), .throttled(let code, _): "not_sent \(code)"
        case .misconfigured(let code): "misconfigured \(code)"
        case .unknown(let code): "unknown \(code)"
        }
    }
}

extension String.UTF8View {
    /// Whether the bytes stand in it. By bytes, because it is asked of every answer: by characters it takes forty times as
    /// long.
    fileprivate func holds(_ part: [UInt8]) -> Bool {
        guard let first = part.first else { return true }
        var rest = self[...]
        while let start = rest.firstIndex(of: first) {
            if rest[start...].starts(with: part) { return true }
            rest = rest[rest.index(after: start)...]
        }
        return false
    }
}
