import Channels
import HTTPTypes
import HummingbirdCore
import Intake
import Kit
import Logging
import NIOCore

/// What there is to ask for.
enum Route {
    case healthz
    case readyz
    case metrics
    case callback(channel: Substring, token: Substring)
    /// The page of a link that says no; a POST acts.
    case unsubscribe(token: Substring, isPost: Bool)
    /// The page of a link that confirms a consent; a POST acts.
    case confirm(token: Substring, isPost: Bool)
    /// A short link.
    case short(token: Substring)
    /// Events of a source; nil: in the form of Sensors Analytics.
    case events(SegmentCall?)
    case api(APIRoute)
    /// A message of a shop's own system.
    case mapped(source: Substring)
    /// Something that is there for other methods.
    indirect case otherMethod(Route, allowed: [HTTPTypes.HTTPRequest.Method])
    case none

    init(_ head: HTTPTypes.HTTPRequest) {
        let path = (head.path ?? "").prefix { $0 != "?" }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        let (route, methods) = Route.at(parts, head.method)
        self = methods.isEmpty || methods.contains(head.method) ? route : .otherMethod(route, allowed: methods)
    }

    private static let reading: [HTTPTypes.HTTPRequest.Method] = [.get, .head]

    /// What stands at a path, and by which methods; without any it is for the route to say.
    private static func at(
        _ parts: ArraySlice<Substring>, _ method: HTTPTypes.HTTPRequest.Method
    ) -> (Route, [HTTPTypes.HTTPRequest.Method]) {
        let second = parts.dropFirst().first ?? ""
        switch (parts.first, parts.count) {
        case ("healthz", 1): return (.healthz, reading)
        case ("readyz", 1): return (.readyz, reading)
        case ("metrics", 1): return (.metrics, reading)
        // Whoever has no token learns nothing there.
        case ("callbacks", 3):
            let isKnown = method == .get || method == .post
            return (isKnown ? .callback(channel: second, token: parts.dropFirst(2).first ?? "") : .none, [])
        case ("u", 2): return (.unsubscribe(token: second, isPost: method == .post), reading + [.post])
        case ("c", 2): return (.confirm(token: second, isPost: method == .post), reading + [.post])
        case ("l", 2): return (.short(token: second), reading)
        case ("v1", 2): return SegmentCall(rawValue: String(second)).map { (.events($0), [.post]) } ?? (.none, [])
        case ("sa", 1): return (.events(nil), [.post])
        case ("api", _) where second == "v1": return (.api(APIRoute(method, parts.dropFirst(2))), [])
        case ("sources", 2): return (.mapped(source: second), [.post])
        default: return (.none, [])
        }
    }

    /// For the log: a path holds a token, a query the numbers of members.
    var template: String {
        switch self {
        case .healthz: "/healthz"
        case .readyz: "/readyz"
        case .metrics: "/metrics"
        case .callback: "/callbacks/CHANNEL/TOKEN"
        case .unsubscribe: "/u/TOKEN"
        case .confirm: "/c/TOKEN"
        case .short: "/l/TOKEN"
        case .events(let call): call.map { "/v1/\($0.rawValue)" } ?? "/sa"
        case .api(let route): route.template
        case .mapped: "/sources/ID"
        case .otherMethod(let route, _): route.template
        case .none: "other"
        }
    }
}

/// An answer as it goes out.
struct Answer: Sendable {
    var content: CallbackAnswer
    /// Header fields beside those that every answer has.
    var fields: [(name: String, value: String)] = []
    var retryAfter: Int?
    /// The connection ends with it.
    var isLast = false

    init(_ content: CallbackAnswer, retryAfter: Int? = nil, isLast: Bool = false) {
        self.content = content
        self.retryAfter = retryAfter
        self.isLast = isLast
    }

    static let fine = Answer(CallbackAnswer(body: "ok\n"))
    static let notReady = Answer(CallbackAnswer(status: 503, body: "not ready\n"), retryAfter: 5)
    static let badRequest = Answer(CallbackAnswer(status: 400), isLast: true)
    static let forbidden = Answer(.refused, isLast: true)
    static let nothingHere = Answer(CallbackAnswer(status: 404), isLast: true)
    static let tooLarge = Answer(CallbackAnswer(status: 413), isLast: true)
    static func otherMethod(_ allowed: [HTTPTypes.HTTPRequest.Method]) -> Answer {
        var answer = Answer(CallbackAnswer(status: 405), isLast: true)
        answer.fields = [("Allow", allowed.map(\.rawValue).joined(separator: ", "))]
        return answer
    }
    /// What came is not kept: the provider is to call again.
    static let unavailable = Answer(CallbackAnswer(status: 503), retryAfter: 30, isLast: true)

    var head: HTTPTypes.HTTPResponse {
        var fields: HTTPFields = [
            .contentType: content.contentType, .contentLength: String(content.body.utf8.count),
            .cacheControl: "no-store",
        ]
        for field in self.fields {
            if let name = HTTPField.Name(field.name) { fields[name] = field.value }
        }
        if let retryAfter { fields[.retryAfter] = String(retryAfter) }
        if isLast { fields[.connection] = "close" }
        return HTTPTypes.HTTPResponse(status: .init(code: content.status), headerFields: fields)
    }
}

/// From a request to its answer.
struct Routes: Sendable {
    let desk: CallbackDesk
    /// Nil where nudged.yaml has no `links`.
    let links: LinkDesk?
    /// Nil where nudged.yaml has no `http.sources`.
    let events: EventDesk?
    /// Nil where there is no store, as in some tests.
    let api: APIDesk?
    /// Nil where nobody counts.
    let metrics: Metrics?
    /// Nil in the daemon.
    let pages: Gateway.Pages?
    let readiness: Readiness
    let limits: Gateway.Limits
    let log: Logger
    let meter = HTTPMeter()

    /// A peer that left before its request was whole.
    private struct Cut: Error {}

    /// - Parameter peer: the address at the other end of the connection.
    func respond(to request: Request, from peer: String?, by writer: consuming ResponseWriter) async throws {
        let (begin, route) = (ContinuousClock.now, Route(request.head))
        var answer = Answer.nothingHere
        switch route {
        case .healthz: answer = .fine
        case .readyz: answer = await readiness.isReady() ? .fine : .notReady
        case .metrics:
            guard let metrics else { break }
            answer = Answer(CallbackAnswer(contentType: Metrics.contentType, body: await metrics.text(meter, at: .now)))
        case .callback(let name, let token):
            // Before the body is read: a stranger gets none of our memory.
            guard let channel = desk.channel(name, token: token) else { break }
            guard desk.admits(origin(of: request, peer), to: channel) else {
                answer = .forbidden
                break
            }
            if expectsContinue(request), !isTooLarge(request, limits.bodyBytes) {
                try await writer.writeInformationalHead(HTTPTypes.HTTPResponse(status: .continue))
            }
            answer = try await self.answer(request, to: channel)
        case .unsubscribe(let token, let isPost):
            guard let links else { break }
            if isPost, expectsContinue(request), !isTooLarge(request, LinkFormData.mostBytes) {
                try await writer.writeInformationalHead(HTTPTypes.HTTPResponse(status: .continue))
            }
            answer = try await isPost ? post(request, token, links) : links.page(token, .init(request.head))
        case .confirm(let token, let isPost):
            guard let links else { break }
            answer = try await isPost ? confirm(request, token, links) : links.question(token, .init(request.head))
        case .short(let token):
            guard let links else { break }
            let isPerson = LinkVisitor.isPerson(request.head)
            answer = await links.follow(token, .init(request.head), isPerson: isPerson)
        case .events(let call):
            let access = access(request, call)
            guard let events, mostBytes(access, events) > 0 else {
                answer = .unknownKey
                break
            }
            if expectsContinue(request), !isTooLarge(request, mostBytes(access, events)) {
                try await writer.writeInformationalHead(HTTPTypes.HTTPResponse(status: .continue))
            }
            answer = try await self.answer(request, call, from: access, at: events)
        case .api(let route):
            guard let api else { break }
            switch await entry(request, route, api) {
            case .refused(let refusal): answer = refusal
            case .admitted(let admission):
                if expectsContinue(request) {
                    try await writer.writeInformationalHead(HTTPTypes.HTTPResponse(status: .continue))
                }
                answer = try await self.answer(request, admission, api)
            }
        case .mapped(let id): answer = try await self.answer(request, mapped: id)
        case .otherMethod(let route, let allowed): if serves(route) { answer = .otherMethod(allowed) }
        case .none:
            if let pages { answer = try await page(request, of: pages) }
        }
        if request.headers[.connection]?.lowercased() == "close" { answer.isLast = true }
        try await writer.write(response: answer.head, body: request.method == .head ? ResponseBody() : answer.body)
        let method = Routes.methods.contains(request.method) ? request.method.rawValue : "other"
        let duration = ContinuousClock.now - begin
        meter.note(duration, route: route.template, method: method, code: answer.content.status)
        log.debug(
            "request",
            metadata: [
                "method": "\(method)", "route": "\(route.template)", "status": "\(answer.content.status)",
                "ms": "\(Int(duration / .milliseconds(1)))",
            ])
    }

    /// Whether nudged.yaml has what the route is for.
    private func serves(_ route: Route) -> Bool {
        switch route {
        case .metrics: metrics != nil
        case .unsubscribe, .confirm, .short: links != nil
        case .events, .mapped: events != nil
        default: true
        }
    }

    /// Who sent the request. A proxy on this machine says it; nobody else is believed.
    private func origin(of request: Request, _ peer: String?) -> String? {
        guard let peer, IPRange.loopback.contains(where: { $0.contains(peer) }),
            let name = HTTPField.Name("X-Forwarded-For"), let forwarded = request.headers[values: name].last
        else { return peer }
        return forwarded.split(separator: ",").last.map { String($0).withoutOuterSpaces }
    }

    private static let methods: Set<HTTPTypes.HTTPRequest.Method> = [
        .get, .post, .head, .put, .patch, .delete, .options,
    ]

    private func expectsContinue(_ request: Request) -> Bool {
        request.headers[.expect]?.lowercased() == "100-continue"
    }

    func isTooLarge(_ request: Request, _ most: Int) -> Bool {
        request.headers[.contentLength].flatMap { Int($0) }.map { $0 > most } ?? false
    }

    /// The whole body; nil where it has more bytes than that.
    private func body(of request: Request, atMost most: Int) async throws -> [UInt8]? {
        guard !isTooLarge(request, most) else { return nil }
        var body: [UInt8] = []
        for try await buffer in request.body {
            guard body.count + buffer.readableBytes <= most else { return nil }
            body += buffer.readableBytesView
        }
        try requireWhole(body, of: request)
        return body
    }

    func requireWhole(_ body: [UInt8], of request: Request) throws {
        if let whole = request.headers[.contentLength], whole != String(body.count) { throw Cut() }
    }

    private func post(_ request: Request, _ token: Substring, _ links: LinkDesk) async throws -> Answer {
        guard let body = try await body(of: request, atMost: LinkFormData.mostBytes) else { return .tooLarge }
        guard let form = LinkFormData(body, type: request.headers[.contentType]) else { return .badRequest }
        return await links.post(form, token, .init(request.head))
    }

    /// The button sends no fields: whatever the body says, it is a yes.
    private func confirm(_ request: Request, _ token: Substring, _ links: LinkDesk) async throws -> Answer {
        guard try await body(of: request, atMost: LinkFormData.mostBytes) != nil else { return .tooLarge }
        return await links.confirm(token, .init(request.head))
    }

    private func page(_ request: Request, of pages: Gateway.Pages) async throws -> Answer {
        guard let body = try await body(of: request, atMost: LinkFormData.mostBytes) else { return .tooLarge }
        guard let call = CallbackRequest(request.head, body: body, publicURL: nil) else { return .badRequest }
        guard let content = await pages(call) else { return .nothingHere }
        var answer = Answer(content)
        answer.fields = [
            (
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            ),
            ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"),
        ]
        return answer
    }

    private func answer(_ request: Request, to channel: CallbackChannel) async throws -> Answer {
        guard let body = try await body(of: request, atMost: limits.bodyBytes) else { return .tooLarge }
        guard let call = CallbackRequest(request.head, body: body, publicURL: channel.address.publicURL) else {
            return .badRequest
        }
        return await desk.answer(call, to: channel)
    }
}

extension Answer {
    fileprivate var body: ResponseBody {
        content.body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(string: content.body))
    }
}

extension CallbackRequest {
    /// Nil where the query is broken.
    fileprivate init?(_ head: HTTPTypes.HTTPRequest, body: [UInt8], publicURL: String?) {
        let path = head.path ?? ""
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let query = PercentEncoding.pairs(parts.count > 1 ? parts[1] : "", isRepaired: true) else { return nil }
        var headers = head.headerFields.map { (name: $0.name.canonicalName, value: $0.value) }
        if let host = head.authority { headers.append(("host", host)) }
        // What stands behind the channel's name: the token, and the query.
        let rest = path.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).last ?? ""
        let base = publicURL.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        self.init(
            method: head.method.rawValue, url: base.map { "\($0)/\(rest)" } ?? "http://\(head.authority ?? "")\(path)",
            query: query, headers: headers, body: body, at: .now)
    }
}
