import HTTPTypes
import HummingbirdCore
import Intake
import Kit
import NIOCore

extension Routes {
    /// Takes a call of a source; nil: the form of an SDK of Sensors Analytics. A stranger gets none of our memory, and one
    /// whose key is in the body a little.
    func answer(
        _ request: Request, _ call: SegmentCall?, from access: EventDesk.Access, at desk: EventDesk
    ) async throws -> Answer {
        let encoding = request.headers[.contentEncoding]?.lowercased() ?? "identity"
        guard ["identity", "gzip", "x-gzip"].contains(encoding) else { return .unknownEncoding }
        let most = mostBytes(access, desk)
        guard !isTooLarge(request, most) else { return .eventsTooLarge }
        let share = desk.budget.share()
        let body: [UInt8]
        switch try await taken(request, atMost: most, by: share) {
        case .body(let bytes): body = bytes
        case .refused(let answer): return answer
        }
        let answer =
            if let call {
                await desk.answer(call, body, isPacked: encoding != "identity", from: access, at: .now)
            } else {
                await desk.answer(sensors: body, from: access, at: .now)
            }
        withExtendedLifetime(share) {}
        return answer
    }

    /// The answer to a message for the source of that name. Nobody learns which sources there are.
    func answer(_ request: Request, mapped id: Substring) async throws -> Answer {
        guard let events, let source = events.mapped(id, request.head) else { return .wrongProof }
        return try await answer(request, mapped: source, at: events)
    }

    /// Takes a message of a shop's own system, whose signature is known only when the body is.
    private func answer(
        _ request: Request, mapped source: EventSource, at desk: EventDesk
    ) async throws -> Answer {
        guard request.headers[.contentEncoding] == nil else { return .unknownEncoding }
        guard !isTooLarge(request, desk.limits.strangerBytes) else { return .eventsTooLarge }
        let share = desk.budget.share()
        switch try await taken(request, atMost: desk.limits.strangerBytes, by: share) {
        case .refused(let answer): return answer
        case .body(let body):
            let answer = await desk.answer(mapped: source, body, request.head, at: .now)
            withExtendedLifetime(share) {}
            return answer
        }
    }

    private enum Taken {
        case body([UInt8])
        case refused(Answer)
    }

    private func taken(_ request: Request, atMost most: Int, by share: ByteBudget.Share) async throws -> Taken {
        var body: [UInt8] = []
        for try await buffer in request.body {
            guard body.count + buffer.readableBytes <= most else { return .refused(.eventsTooLarge) }
            guard share.take(buffer.readableBytes) else {
                return .refused(.comeAgain(503, "busy", after: 1, isLast: true))
            }
            body += buffer.readableBytesView
        }
        try requireWhole(body, of: request)
        return .body(body)
    }

    /// Who sent it, as far as the head says. Without sources nobody did.
    func access(_ request: Request, _ call: SegmentCall?) -> EventDesk.Access {
        guard let events else { return .refused }
        guard call == nil else { return events.access(request.head) }
        let query = (request.head.path ?? "").split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        return events.access(token: PercentEncoding.pairs(query)?.first { $0.name == "token" }?.value)
    }

    func mostBytes(_ access: EventDesk.Access, _ desk: EventDesk) -> Int {
        switch access {
        case .source: desk.limits.bodyBytes
        case .unknown: desk.limits.strangerBytes
        case .refused: 0
        }
    }
}
