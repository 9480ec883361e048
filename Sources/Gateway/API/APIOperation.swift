import Channels
import HTTPTypes
import Kit
import Rules
import Store

/// One thing that the API does: the router, the document of OpenAPI and the tests go by this table alone.
struct APIOperation: Sendable {
    enum Method: String, Sendable { case get = "GET", put = "PUT", patch = "PATCH", post = "POST", delete = "DELETE" }

    /// Which thread does it.
    enum Lane: Sendable { case reading, slow, writing }

    struct Parameter: Sendable {
        let name: String
        let schema: APISchema
        let words: String
        var isRequired = false

        init(_ name: String, _ schema: APISchema, _ words: String, isRequired: Bool = false) {
            (self.name, self.schema, self.words, self.isRequired) = (name, schema, words, isRequired)
        }
    }

    struct Body: Sendable {
        let schema: APISchema
        var isRequired = true
    }

    let method: Method
    /// Below `/api/v1`, with parameters in braces.
    let path: String
    let id: String
    let summary: String
    /// Nil: no key is asked for.
    let scope: APIScope?
    let lane: Lane
    var parameters: [Parameter] = []
    var body: Body?
    /// What it is answered when it is done; of several statuses, one schema.
    var statuses = [200]
    var answer: APISchema
    /// Problems beside those that every operation has.
    var problems: [APIProblem.Kind] = []
    /// Whether it answers with an `ETag`, and minds `If-Match`.
    var hasTag = false
    let act: @Sendable (APICall, APIDesk) throws -> APIAnswer

    /// For logs and metrics, which hold no id.
    var template: String { "/api/v1\(path)" }

    /// Whether the same request may come again under its Idempotency-Key.
    var isRepeatable: Bool { method == .post }

    var segments: [Substring] { path.split(separator: "/") }
}

/// A request as an operation needs it.
struct APICall: Sendable {
    /// Nil only where no key is asked for.
    let key: APIKey?
    /// What stands in the place of the path's parameters.
    let path: [String: String]
    let query: [String: String]
    /// Null where there is no body.
    let json: StrictJSON
    let repeatable: APIRepeatable?
    let ifMatch: String?
    let ifNoneMatch: String?
    let language: Language
    let at: Instant

    var who: String { key?.who ?? "api" }

    subscript(name: String) -> String { path[name] ?? "" }
}

/// What an operation answers when it is done.
struct APIAnswer: Sendable {
    var status = 200
    /// JSON.
    var body: String
    var fields: [(name: String, value: String)] = []

    init(status: Int = 200, _ body: String, fields: [(name: String, value: String)] = []) {
        (self.status, self.body, self.fields) = (status, body, fields)
    }

    init(status: Int = 200, _ json: JSONText, fields: [(name: String, value: String)] = []) {
        self.init(status: status, json.rendered, fields: fields)
    }

    var answer: Answer {
        var answer = Answer(CallbackAnswer(status: status, contentType: Answer.json, body: body))
        answer.fields = fields
        return answer
    }
}

/// Where a request to the API leads.
enum APIRoute: Sendable {
    case operation(APIOperation, path: [String: String])
    /// The path is there, with these methods.
    case otherMethod(allowed: [String], template: String)
    case nothing

    /// - Parameter parts: the segments behind `/api/v1`, as they stand in the path.
    init(_ method: HTTPTypes.HTTPRequest.Method, _ parts: ArraySlice<Substring>) {
        let segments = parts.map { PercentEncoding.segment($0) }
        var others: [APIOperation] = []
        for operation in APIOperation.all {
            guard let values = APIRoute.values(operation.segments, segments) else { continue }
            let isAsked =
                operation.method.rawValue == method.rawValue || operation.method == .get && method == .head
            if isAsked {
                self = .operation(operation, path: values)
                return
            }
            others.append(operation)
        }
        guard let first = others.first else {
            self = .nothing
            return
        }
        let methods = others.map(\.method.rawValue)
        self = .otherMethod(
            allowed: methods.contains("GET") ? methods + ["HEAD"] : methods, template: first.template)
    }

    /// The values of the parameters; nil for another path, and for a segment that is no text.
    private static func values(_ wanted: [Substring], _ segments: [String?]) -> [String: String]? {
        guard wanted.count == segments.count else { return nil }
        var values: [String: String] = [:]
        for (name, segment) in zip(wanted, segments) {
            guard let segment, !segment.isEmpty, !segment.utf8.contains(0) else { return nil }
            if name.hasPrefix("{") {
                values[String(name.dropFirst().dropLast())] = segment
            } else if name != segment {
                return nil
            }
        }
        return values
    }

    var template: String {
        switch self {
        case .operation(let operation, _): operation.template
        case .otherMethod(_, let template): template
        case .nothing: "/api/v1/other"
        }
    }
}
