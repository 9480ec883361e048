import Channels
import Intake
import Kit
import Store

/// Why a request of the API was not done, as RFC 9457 has it.
struct APIProblem: Error, Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case badRequest = "bad-request"
        case unauthorized, forbidden
        case notFound = "not-found"
        case methodNotAllowed = "method-not-allowed"
        case conflict
        case preconditionFailed = "precondition-failed"
        case tooLarge = "too-large"
        case unsupportedMediaType = "unsupported-media-type"
        case invalid
        case keyReused = "idempotency-key-reused"
        case tooManyRequests = "too-many-requests"
        case internalError = "internal-error"
        case unavailable

        var status: Int {
            switch self {
            case .badRequest: 400
            case .unauthorized: 401
            case .forbidden: 403
            case .notFound: 404
            case .methodNotAllowed: 405
            case .conflict: 409
            case .preconditionFailed: 412
            case .tooLarge: 413
            case .unsupportedMediaType: 415
            case .invalid, .keyReused: 422
            case .tooManyRequests: 429
            case .internalError: 500
            case .unavailable: 503
            }
        }

        var title: Bilingual {
            switch self {
            case .badRequest: Bilingual("The request cannot be read", "无法识别请求")
            case .unauthorized: Bilingual("A key is needed", "需要密钥")
            case .forbidden: Bilingual("The key may not do this", "密钥没有这项权限")
            case .notFound: Bilingual("There is no such thing", "不存在")
            case .methodNotAllowed: Bilingual("There is another method", "方法不对")
            case .conflict: Bilingual("The state does not allow it", "当前状态不允许")
            case .preconditionFailed: Bilingual("It has changed meanwhile", "内容已被改动")
            case .tooLarge: Bilingual("The body is too large", "请求体过大")
            case .unsupportedMediaType: Bilingual("The body is not JSON", "请求体不是 JSON")
            case .invalid: Bilingual("The content is not right", "内容有误")
            case .keyReused: Bilingual("The Idempotency-Key is of another request", "Idempotency-Key 已用于别的请求")
            case .tooManyRequests: Bilingual("Too many requests", "请求过多")
            case .internalError: Bilingual("It failed here", "内部错误")
            case .unavailable: Bilingual("Not now", "暂时不可用")
            }
        }
    }

    /// One object of a batch.
    struct Item: Sendable {
        let index: Int
        let field: String?
        let reason: Bilingual

        func json(in language: Language) -> JSONText {
            .object([
                "index": .int(index), "field": field.map { .text($0) } ?? .null, "reason": .text(reason.text(language)),
            ])
        }
    }

    let kind: Kind
    let detail: Bilingual
    var field: String?
    var items: [Item] = []
    /// Seconds.
    var retryAfter: Int?
    var fields: [(name: String, value: String)] = []

    init(_ kind: Kind, _ english: String, _ chinese: String, field: String? = nil) {
        self.init(kind, Bilingual(english, chinese), field: field)
    }

    init(_ kind: Kind, _ detail: Bilingual, field: String? = nil) {
        (self.kind, self.detail, self.field) = (kind, detail, field)
    }

    func answer(in language: Language) -> Answer {
        var members: [JSONText.Member] = [
            .init("type", .text("urn:nudged:problem:\(kind.rawValue)")),
            .init("title", .text(kind.title.text(language))),
            .init("status", .int(kind.status)), .init("detail", .text(detail.text(language))),
        ]
        if let field { members.append(.init("field", .text(field))) }
        if !items.isEmpty { members.append(.init("errors", .list(items.map { $0.json(in: language) }))) }
        var answer = Answer(
            CallbackAnswer(
                status: kind.status, contentType: "application/problem+json", body: JSONText.object(members).rendered),
            retryAfter: retryAfter)
        answer.fields = fields
        return answer
    }

    // MARK: those that are said in several places

    static let nothingHere = APIProblem(
        .notFound, "there is nothing at this path; /api/v1/openapi.json lists what there is",
        "这个路径没有内容；有哪些见 /api/v1/openapi.json")

    static func noMember(wasErased: Bool) -> APIProblem {
        wasErased
            ? APIProblem(.notFound, "there is no such member: one with this id was erased", "没有这位会员：这个编号的会员已被删除")
            : APIProblem(.notFound, "there is no such member", "没有这位会员")
    }

    /// What there is to say of an id that is no member's.
    static func noMember(_ id: String, in store: MemberStore) throws -> APIProblem {
        if let other = try store.mergedMember(id) { return merged(id, into: other, .notFound) }
        return noMember(wasErased: try store.wasErased(id))
    }

    static func merged(_ id: String, into member: String, _ kind: Kind) -> APIProblem {
        let (shown, other) = (Mask.key(id), Mask.key(member))
        return APIProblem(
            kind, "`\(shown)` was merged into `\(other)`: ask for `\(other)`",
            "`\(shown)` 已合并到 `\(other)`：请用 `\(other)`")
    }

    static func comeAgain(after seconds: Int, _ english: String, _ chinese: String) -> APIProblem {
        var problem = APIProblem(.unavailable, english, chinese)
        problem.retryAfter = seconds
        return problem
    }

    static let starting = comeAgain(after: 2, "the daemon is starting", "守护进程正在启动")
    static let busy = comeAgain(
        after: 5, "the store is busy; send the same request again", "数据库正忙，请重发同一个请求")
    static let diskFull = comeAgain(
        after: 30,
        "the disk of the store is full, and nothing was written; when there is room, send the same request again",
        "数据库所在磁盘已满，没有写入；腾出空间后请重发同一个请求")
    static let full = comeAgain(
        after: 1, "too many requests are waiting; send the same request again", "等待的请求过多，请重发同一个请求")
}

extension Rejection {
    /// As a problem of one object; no value is quoted that reaches or names a person.
    func item(_ index: Int) -> APIProblem.Item {
        APIProblem.Item(
            index: index, field: field,
            reason: Bilingual(
                sentence(in: .english, showing: .masked), sentence(in: .chinese, showing: .masked)))
    }
}
