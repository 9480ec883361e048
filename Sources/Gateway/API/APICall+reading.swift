import HTTPTypes
import Kit
import Rules
import Store

extension APICall {
    /// Reads head and body. Throws an `APIProblem`.
    init(_ head: HTTPTypes.HTTPRequest, _ body: [UInt8]?, _ admission: APIDesk.Admission) throws {
        let operation = admission.operation
        key = admission.key
        path = admission.path
        language = admission.language
        at = .now
        query = try APICall.query(head.path ?? "", operation)
        json = try APICall.json(head, body, operation)
        ifMatch = operation.hasTag ? head.headerFields[.ifMatch] : nil
        ifNoneMatch = operation.hasTag ? head.headerFields[.ifNoneMatch] : nil
        let token = head.headerFields.first { $0.name.canonicalName == "idempotency-key" }?.value
        guard operation.isRepeatable, let key = admission.key, let token else {
            repeatable = nil
            return
        }
        guard (1...255).contains(token.utf8.count) else {
            throw APIProblem(
                .badRequest, "an Idempotency-Key has 1 to 255 characters", "Idempotency-Key 是 1 到 255 个字符")
        }
        repeatable = APIRepeatable(
            key: key.name, token: token,
            request: "\(operation.method.rawValue) \(head.path ?? "")\u{1F}\(json.sorted.compactText)")
    }

    /// Each parameter once, and only those that there are: a slip would ask for something else.
    private static func query(_ path: String, _ operation: APIOperation) throws -> [String: String] {
        let text = path.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        guard let pairs = PercentEncoding.pairs(text), !pairs.contains(where: { $0.value.utf8.contains(0) }) else {
            throw APIProblem(.badRequest, "the query is not percent-encoded UTF-8", "查询参数不是百分号编码的 UTF-8")
        }
        var query: [String: String] = [:]
        for (name, value) in pairs {
            guard operation.parameters.contains(where: { $0.name == name }) else {
                let shown = Mask.heading(String(name.prefix(40)))
                let names = operation.parameters.map(\.name)
                let near = Suggestion.nearest(to: name, among: names)
                throw APIProblem(
                    .badRequest,
                    "there is no parameter `\(shown)`" + (near.map { "; did you mean `\($0)`?" } ?? ""),
                    "没有参数 `\(shown)`" + (near.map { "；是不是 `\($0)`？" } ?? ""), field: near)
            }
            guard query.updateValue(value, forKey: name) == nil else {
                throw APIProblem(
                    .badRequest, "the parameter `\(name)` is there twice", "参数 `\(name)` 出现了两次", field: name)
            }
        }
        for parameter in operation.parameters where parameter.isRequired && query[parameter.name, default: ""].isEmpty {
            throw APIProblem(
                .badRequest, "the parameter `\(parameter.name)` is missing", "缺少参数 `\(parameter.name)`",
                field: parameter.name)
        }
        return query
    }

    private static func json(
        _ head: HTTPTypes.HTTPRequest, _ body: [UInt8]?, _ operation: APIOperation
    ) throws -> StrictJSON {
        guard let wanted = operation.body else { return .null }
        guard let body, !body.isEmpty else {
            guard !wanted.isRequired else {
                throw APIProblem(.badRequest, "a body of JSON is missing", "缺少 JSON 请求体")
            }
            return .object([])
        }
        do { return try StrictJSON(parsing: body) } catch {
            let failure = error as? StrictJSON.Failure
            throw APIProblem(
                .badRequest, "the body is not JSON: \(failure?.english ?? "")", "请求体不是 JSON：\(failure?.chinese ?? "")")
        }
    }
}

// MARK: the values of a call

extension APICall {
    static let limits = 1...500
    static let standardLimit = 100

    /// How many rows a page has at most.
    func limit() throws -> Int {
        guard let text = query["limit"] else { return APICall.standardLimit }
        guard let limit = Int(text), APICall.limits.contains(limit) else {
            throw APIProblem(.badRequest, "`limit` is 1 to 500", "`limit` 是 1 到 500", field: "limit")
        }
        return limit
    }

    /// The values of the cursor; nil on the first page.
    func cursor(_ kind: String, count: Int) throws -> [StrictJSON]? {
        guard let text = query["cursor"] else { return nil }
        guard let values = APIText.decode(text, kind, count: count) else {
            throw APICall.wrongCursor
        }
        return values
    }

    static let wrongCursor = APIProblem(
        .badRequest, "`cursor` is the `next` of a page of this list", "`cursor` 是这个列表某一页的 `next`", field: "cursor")

    func instant(_ name: String, in zone: Zone) throws -> Instant? {
        guard let text = query[name] else { return nil }
        guard let point = TimePoint(text: text) else {
            throw APIProblem(
                .badRequest, "`\(name)` is no time such as 2026-03-07 or 2026-03-07T09:30:00+08:00",
                "`\(name)` 不是时间，应写作 2026-03-07 或 2026-03-07T09:30:00+08:00", field: name)
        }
        return point.instant(in: zone)
    }

    func flag(_ name: String) throws -> Bool {
        switch query[name] {
        case nil, "false": return false
        case "true": return true
        default: throw APIProblem(.badRequest, "`\(name)` is true or false", "`\(name)` 是 true 或 false", field: name)
        }
    }

    /// Throws for a body that is no object, and for a name that is none of these.
    func requireObject(_ names: [String]) throws {
        guard case .object(let members) = json else {
            throw APIProblem(.invalid, "the body is no JSON object", "请求体不是 JSON 对象")
        }
        for member in members where !names.contains(member.key) {
            throw APICall.noField(member.key, among: names)
        }
    }

    static func noField(_ name: String, among names: [String]) -> APIProblem {
        let item = noField(name, among: names, at: 0)
        return APIProblem(.invalid, item.reason, field: item.field)
    }

    static func noField(_ name: String, among names: [String], at index: Int) -> APIProblem.Item {
        let shown = Mask.heading(String(name.prefix(40)))
        let near = Suggestion.nearest(to: name, among: names)
        return APIProblem.Item(
            index: index, field: shown,
            reason: Bilingual(
                "there is no field `\(shown)`" + (near.map { "; did you mean `\($0)`?" } ?? ""),
                "没有字段 `\(shown)`" + (near.map { "；是不是 `\($0)`？" } ?? "")))
    }

    /// A text of the body that is not empty.
    func words(_ name: String, atMost most: Int = 1000) throws -> String {
        guard let text = json[name]?.string, !text.utf8.allSatisfy({ $0 <= 0x20 }),
            text.unicodeScalars.count <= most
        else {
            throw APIProblem(
                .invalid, "`\(name)` is a text of 1 to \(most) characters", "`\(name)` 是 1 到 \(most) 个字符的文字",
                field: name)
        }
        return text
    }
}
