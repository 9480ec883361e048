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
        var body: [UInt8] = []
        for try await buffer in request.body {
            guard body.count + buffer.readableBytes <= most else { return .eventsTooLarge }
            guard share.take(buffer.readableBytes) else { return .comeAgain(503, "busy", after: 1, isLast: true) }
            body += buffer.readableBytesView
        }
        try requireWhole(body, of: request)
        let answer =
            if let call {
                await desk.answer(call, body, isPacked: encoding != "identity", from: access, at: .now)
            } else {
                await desk.answer(sensors: body, from: access, at: .now)
            }
        withExtendedLifetime(share) {}
        return answer
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
