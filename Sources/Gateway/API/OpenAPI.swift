import Kit
import Store

/// The document of OpenAPI 3.1, made of the table that answers the requests.
enum OpenAPI {
    static let document: String = json.rendered

    private static var json: JSONText {
        .object([
            "openapi": "3.1.0",
            "info": .object([
                "title": "nudged", "version": "1",
                "description":
                    "The API of the daemon. Keys are made by `nudged keys add`. Personal values are masked unless a reason is given.",
            ]),
            "servers": .list([.object(["url": "/api/v1"])]),
            "paths": .object(paths),
            "components": .object([
                "securitySchemes": .object(["key": .object(["type": "http", "scheme": "bearer"])]),
                "schemas": .object(["Problem": problem.json]),
            ]),
        ])
    }

    private static let problem = APISchema.object(
        [
            "type": .text, "title": .text, "status": .integer, "detail": .text, "field": .text,
            "errors": .list(.object(["index": .integer, "field": .text.orNull, "reason": .text])),
        ], optional: ["field", "errors"])

    /// In the order of the table, each path once.
    private static var paths: [JSONText.Member] {
        var order: [String] = []
        var methods: [String: [JSONText.Member]] = [:]
        for operation in APIOperation.all {
            if methods[operation.path] == nil { order.append(operation.path) }
            methods[operation.path, default: []].append(
                .init(operation.method.rawValue.lowercased(), json(operation)))
        }
        return order.map { .init($0, .object(methods[$0] ?? [])) }
    }

    private static func json(_ operation: APIOperation) -> JSONText {
        var members: [JSONText.Member] = [
            .init("operationId", .text(operation.id)), .init("summary", .text(operation.summary)),
        ]
        if let scope = operation.scope {
            members.append(.init("description", .text("Needs a key with the scope `\(scope.rawValue)`.")))
            members.append(.init("security", .list([.object(["key": .list([.text(scope.rawValue)])])])))
        } else {
            members.append(.init("security", .list([])))
        }
        let parameters = parameters(operation)
        if !parameters.isEmpty { members.append(.init("parameters", .list(parameters))) }
        if let body = operation.body {
            members.append(
                .init(
                    "requestBody",
                    .object(["required": .bool(body.isRequired), "content": content("application/json", body.schema)])))
        }
        members.append(.init("responses", .object(responses(operation))))
        return .object(members)
    }

    private static func parameters(_ operation: APIOperation) -> [JSONText] {
        let ofPath = operation.segments.filter { $0.hasPrefix("{") }.map { name in
            parameter(String(name.dropFirst().dropLast()), "path", .words(atMost: 256), isRequired: true)
        }
        let ofQuery = operation.parameters.map {
            parameter($0.name, "query", $0.schema.described($0.words), isRequired: $0.isRequired)
        }
        var ofHead: [JSONText] = []
        if operation.isRepeatable {
            ofHead.append(
                parameter(
                    "Idempotency-Key", "header",
                    .words(atMost: 255).described(
                        "the same request under the same key is done once within 24 hours, and is given the same answer"
                    )))
        }
        if operation.hasTag, operation.method != .get {
            ofHead.append(
                parameter("If-Match", "header", .text.described("the `ETag` that the member must have")))
            ofHead.append(
                parameter(
                    "If-None-Match", "header", .text.described("`*`: only when there is no such member")))
        }
        return ofPath + ofQuery + ofHead
    }

    private static func parameter(
        _ name: String, _ place: String, _ schema: APISchema, isRequired: Bool = false
    ) -> JSONText {
        .object(["name": .text(name), "in": .text(place), "required": .bool(isRequired), "schema": schema.json])
    }

    private static func content(_ type: String, _ schema: APISchema) -> JSONText {
        .object([.init(type, .object(["schema": schema.json]))])
    }

    private static func responses(_ operation: APIOperation) -> [JSONText.Member] {
        let done = operation.statuses.map { status -> JSONText.Member in
            var members: [JSONText.Member] = [.init("description", "done")]
            if operation.hasTag, operation.method != .delete {
                members.append(.init("headers", .object(["ETag": .object(["schema": APISchema.text.json])])))
            }
            members.append(.init("content", content("application/json", operation.answer)))
            return .init(String(status), .object(members))
        }
        // Statuses of several problems stand once.
        let kinds = problems(operation).reduce(into: [Int: [APIProblem.Kind]]()) {
            $0[$1.status, default: []].append($1)
        }
        return done
            + kinds.sorted { $0.key < $1.key }.map { status, kinds in
                .init(
                    String(status),
                    .object([
                        "description": .text(kinds.map(\.title.english).joined(separator: "; ")),
                        "content": content("application/problem+json", .problem),
                    ]))
            }
    }

    /// What any request may be answered, and what only this one may be.
    static func problems(_ operation: APIOperation) -> [APIProblem.Kind] {
        guard operation.scope != nil else { return [] }
        var kinds: [APIProblem.Kind] = [
            .badRequest, .unauthorized, .forbidden, .tooManyRequests, .internalError, .unavailable,
        ]
        if operation.body != nil { kinds += [.tooLarge, .unsupportedMediaType] }
        return kinds + operation.problems
    }
}

extension APIOperation {
    /// Everything that the API does.
    static let all: [APIOperation] = [members, rows, deliveries, tasks, rules, [document]].flatMap(\.self)

    private static let document = APIOperation(
        method: .get, path: "/openapi.json", id: "getDocument", summary: "This document", scope: nil, lane: .reading,
        answer: .anyObject, act: { _, _ in APIAnswer(OpenAPI.document) })
}
