import HTTPTypes
import HummingbirdCore
import Kit
import NIOCore
import Store

extension Routes {
    /// A request to the API that may go on, or its answer.
    enum APIEntry {
        case admitted(APIDesk.Admission)
        case refused(Answer)
    }

    /// Looks at the head alone.
    func entry(_ request: Request, _ route: APIRoute, _ desk: APIDesk) async -> APIEntry {
        do {
            let admission = try await desk.admit(request.head, to: route)
            if let refusal = refusal(request, admission.operation, desk) { throw refusal }
            return .admitted(admission)
        } catch {
            var answer = desk.problem(of: error).answer(in: desk.language(request.head))
            // What follows on the connection may be a body that nobody reads.
            if hasBody(request) { answer.isLast = true }
            return .refused(answer)
        }
    }

    private func refusal(_ request: Request, _ operation: APIOperation, _ desk: APIDesk) -> APIProblem? {
        guard operation.body != nil, hasBody(request) else { return nil }
        let type = (request.headers[.contentType] ?? "").prefix { $0 != ";" }
        let isPacked = request.headers[.contentEncoding].map { $0.lowercased() != "identity" } ?? false
        guard String(type).withoutOuterSpaces.lowercased() == "application/json", !isPacked else {
            return APIProblem(
                .unsupportedMediaType,
                "send JSON in UTF-8 as `Content-Type: application/json`, without Content-Encoding",
                "请以 `Content-Type: application/json` 发送 UTF-8 的 JSON，不要 Content-Encoding")
        }
        return isTooLarge(request, desk.limits.bodyBytes) ? .bodyTooLarge : nil
    }

    private func hasBody(_ request: Request) -> Bool {
        if let length = request.headers[.contentLength] { return length != "0" }
        return request.headers[.transferEncoding] != nil
    }

    /// Reads the body, and does what is asked for.
    func answer(_ request: Request, _ admission: APIDesk.Admission, _ desk: APIDesk) async throws -> Answer {
        guard admission.operation.body != nil else {
            var answer = await desk.answer(request.head, nil, admission)
            if hasBody(request) { answer.isLast = true }
            return answer
        }
        let share = desk.budget.share()
        var body: [UInt8] = []
        for try await buffer in request.body {
            let problem: APIProblem? =
                if body.count + buffer.readableBytes > desk.limits.bodyBytes {
                    .bodyTooLarge
                } else if !share.take(buffer.readableBytes) {
                    .full
                } else { nil }
            if let problem {
                var answer = problem.answer(in: admission.language)
                answer.isLast = true
                return answer
            }
            body += buffer.readableBytesView
        }
        try requireWhole(body, of: request)
        let answer = await desk.answer(request.head, body, admission)
        withExtendedLifetime(share) {}
        return answer
    }
}

extension APIProblem {
    fileprivate static let bodyTooLarge = APIProblem(
        .tooLarge, "a body has at most 4 MB: send smaller batches", "请求体最多 4 MB：请分成更小的批次")
}
