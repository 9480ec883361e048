import HTTPTypes
import Intake
import Kit
import Logging
import Store

extension EventDesk {
    /// The source of that name, where it has a mapping and the request shows a proof at all; nil: the request is refused before
    /// its body is read.
    func mapped(_ id: Substring, _ head: HTTPTypes.HTTPRequest) -> EventSource? {
        guard let source = sources.first(where: { $0.id == id }), let mapping = source.mapped?.mapping else {
            return nil
        }
        return switch mapping.proof.place {
        case .header(let name): EventDesk.header(name, head) == nil ? nil : source
        case .query(let name): EventDesk.query(name, head) == nil ? nil : source
        case .body: source
        }
    }

    /// Takes a message of a shop's own system.
    func answer(
        mapped source: EventSource, _ body: [UInt8], _ head: HTTPTypes.HTTPRequest, at now: Instant
    ) async -> Answer {
        guard let (mapping, secret) = source.mapped else { return .wrongProof }
        let json: StrictJSON
        do { json = try mapping.json(of: body) } catch { return EventDesk.refusal(of: error) }
        let request = SourceProof.Request(
            body: body, json: json, header: { EventDesk.header($0, head) }, query: { EventDesk.query($0, head) })
        guard mapping.proof.accepts(request, secret: secret) else {
            if troubles.begins(source.id, "proof") {
                log.warning(
                    "a message with a wrong signature or token was refused", metadata: ["source": "\(source.id)"])
            }
            return .wrongProof
        }
        guard let terms = terms() else { return .comeAgain(503, "starting", after: 2) }
        let event = MappingDialect(mapping, terms).read(json, at: now)
        return await write(SourceBatch(source: source.id, at: now, events: [event]), answer: mapping.answer)
    }

    private static func header(_ name: String, _ head: HTTPTypes.HTTPRequest) -> String? {
        HTTPField.Name(name).flatMap { head.headerFields[$0] }
    }

    private static func query(_ name: String, _ head: HTTPTypes.HTTPRequest) -> String? {
        let query = (head.path ?? "").split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        return PercentEncoding.pairs(query)?.first { $0.name == name }?.value
    }
}

extension Answer {
    static let wrongProof = events(
        401, "unauthorized", "the signature or token is not that of this source", isLast: true)
}
