import Channels
import Config
import Foundation
import HTTPTypes
import Intake
import Kit
import Logging
import Review
import Rules
import Store
import Synchronization

/// The API of the daemon, `/api/v1`: who may ask, how often, and on which thread it is done. What it does is the table
/// `APIOperation.all`.
package struct APIDesk: Sendable {
    /// What its users may take of our time and room.
    package struct Limits: Sendable {
        package var bodyBytes = 4 << 20
        /// Of all bodies at once.
        package var allBytes = 8 << 20
        /// From a whole request to its answer.
        package var patience = Duration.seconds(10)
        /// The same for an explanation, the status, and an erasure.
        package var longPatience = Duration.seconds(60)
        /// Requests that wait for a thread, and for that of slow ones.
        package var waiting = 64
        package var waitingSlow = 8
        package init() {}
    }

    let store: MemberStore
    let config: Configuration
    /// The set in force; nil before there is one.
    let rules: @Sendable () -> RuleSet?
    let limits: Limits
    let budget: ByteBudget
    private let log: Logger
    private let reads: APILane
    private let slow: APILane
    private let writes: APILane
    private let buckets = KeyBuckets()
    private let uses = KeyUses()
    private let troubles = Troubles()

    package init(
        _ store: MemberStore, config: Configuration, limits: Limits = Limits(), log: Logger,
        rules: @escaping @Sendable () -> RuleSet?
    ) {
        (self.store, self.config, self.limits, self.log, self.rules) = (store, config, limits, log, rules)
        budget = ByteBudget(limits.allBytes)
        reads = APILane("nudged.api.reads", most: limits.waiting)
        slow = APILane("nudged.api.slow", most: limits.waitingSlow)
        writes = APILane("nudged.api.writes", most: limits.waiting)
    }

    // MARK: who

    /// A request that may be done once its body is there.
    struct Admission: Sendable {
        let operation: APIOperation
        let path: [String: String]
        let key: APIKey?
        let language: Language
    }

    func language(_ head: HTTPTypes.HTTPRequest) -> Language {
        switch head.headerFields[.acceptLanguage]?.lowercased().prefix(2) {
        case "zh": .chinese
        case "en": .english
        default: config.language ?? .english
        }
    }

    /// Decides by the head alone: a stranger gets none of our memory. Throws an `APIProblem`.
    func admit(_ head: HTTPTypes.HTTPRequest, to route: APIRoute) async throws -> Admission {
        switch route {
        case .nothing: throw APIProblem.nothingHere
        case .otherMethod(let allowed, _):
            var problem = APIProblem(
                .methodNotAllowed, "this path has \(allowed.joined(separator: ", "))",
                "这个路径只有 \(allowed.joined(separator: "、"))")
            problem.fields = [("Allow", allowed.joined(separator: ", "))]
            throw problem
        case .operation(let operation, let path):
            var key: APIKey?
            if let scope = operation.scope {
                let shown = try await self.key(head)
                try require(scope, of: shown)
                key = shown
            }
            return Admission(operation: operation, path: path, key: key, language: language(head))
        }
    }

    private func key(_ head: HTTPTypes.HTTPRequest) async throws -> APIKey {
        let parts = (head.headerFields[.authorization] ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw APIDesk.unknown(
                Bilingual(
                    "send `Authorization: Bearer TOKEN`; `nudged keys add` makes a token",
                    "请写 `Authorization: Bearer 令牌`；令牌用 `nudged keys add` 新建"))
        }
        let words = Bilingual("no key has this token, or it was revoked", "没有这个令牌的密钥，或已吊销")
        guard let token = APIToken(shown: parts[1]) else { throw APIDesk.unknown(words, "invalid_token") }
        guard let key = try await store.key(of: token) else { throw APIDesk.unknown(words, "invalid_token") }
        if let wait = buckets.take(key) {
            var problem = APIProblem(
                .tooManyRequests, "this key has \(key.rate) requests a second", "这个密钥每秒 \(key.rate) 个请求")
            problem.retryAfter = wait
            throw problem
        }
        noteUse(key)
        return key
    }

    private static func unknown(_ words: Bilingual, _ error: String? = nil) -> APIProblem {
        var problem = APIProblem(.unauthorized, words)
        problem.fields = [
            ("WWW-Authenticate", "Bearer realm=\"nudged\"" + (error.map { ", error=\"\($0)\"" } ?? ""))
        ]
        return problem
    }

    private func require(_ scope: APIScope, of key: APIKey) throws {
        guard key.grants(scope) else {
            var problem = APIProblem(
                .forbidden, "the key needs the scope `\(scope.rawValue)`", "密钥需要 `\(scope.rawValue)` 权限")
            problem.fields = [
                (
                    "WWW-Authenticate",
                    "Bearer realm=\"nudged\", error=\"insufficient_scope\", scope=\"\(scope.rawValue)\""
                )
            ]
            throw problem
        }
    }

    /// Throws an `APIProblem` where the key of the call has not this scope as well.
    func require(_ scope: APIScope, _ call: APICall) throws {
        if let key = call.key { try require(scope, of: key) }
    }

    /// Beside the answer: a busy store must not hold up what only reads.
    private func noteUse(_ key: APIKey) {
        let now = Instant.now
        guard uses.isNews(key, at: now) else { return }
        Task {
            do { try await store.noteUse(ofKey: key.name, at: now) } catch {
                log.debug("the use of a key was not noted", metadata: ["reason": "\(MemberStore.words(for: error))"])
            }
        }
    }

    // MARK: what

    /// - Parameter body: nil where there is none.
    func answer(_ head: HTTPTypes.HTTPRequest, _ body: [UInt8]?, _ admission: Admission) async -> Answer {
        let operation = admission.operation
        do {
            let call = try APICall(head, body, admission)
            let (lane, patience) =
                switch operation.lane {
                case .reading: (reads, limits.patience)
                case .slow: (slow, limits.longPatience)
                case .writing: (writes, operation.method == .delete ? limits.longPatience : limits.patience)
                }
            let answer = try await lane.run(patience) { try operation.act(call, self) }
            troubles.end(operation.id)
            return answer.answer
        } catch {
            return problem(of: error, operation).answer(in: admission.language)
        }
    }

    /// What an error is to whoever asked: what passes is 503, and the same request may come again.
    func problem(of error: any Error, _ operation: APIOperation? = nil) -> APIProblem {
        switch error {
        case let problem as APIProblem: return problem
        case is APILane.Full: return .full
        case MemberStore.ReplyRefusal.otherRequest:
            return APIProblem(
                .keyReused, "this Idempotency-Key came with another request before: take a new one",
                "这个 Idempotency-Key 之前用于别的请求：请换一个")
        case MemberStore.ReplyRefusal.tooMany:
            var problem = APIProblem(
                .tooManyRequests, "so many Idempotency-Keys came within a day that no more are kept",
                "一天之内的 Idempotency-Key 过多，无法再保存")
            problem.retryAfter = 3600
            return problem
        default: break
        }
        let reason = error is Patience.Over ? "the store is slow" : MemberStore.words(for: error)
        let name = operation?.id ?? "keys"
        if troubles.begins(name, reason) {
            log.error("a request of the API failed", metadata: ["operation": "\(name)", "reason": "\(reason)"])
        }
        if error is Patience.Over { return .busy }
        switch StoreTrouble(error)?.at(store.path) {
        case .busy?: return .busy
        case .full?: return .diskFull
        default:
            return APIProblem(
                .internalError, "it failed here, and the log of the daemon says why", "处理失败，原因见守护进程的日志")
        }
    }
}

// MARK: what operations need

extension APIDesk {
    func inForce() throws -> RuleSet {
        guard let set = rules() else { throw APIProblem.starting }
        return set
    }

    func speech(_ call: APICall) -> Speech {
        Speech(language: call.language, zone: rules()?.settings.zone ?? Settings().zone)
    }

    /// How objects are read: as an import does, but what is null is emptied.
    func reading(_ call: APICall) throws -> Importer.Options {
        let set = try inForce()
        var options = Importer.Options(zone: set.settings.zone, now: call.at)
        options.channels = config.channelDeclarations
        options.attributes = set.attributeTypes
        options.tiers = TierNames(set.settings.tiers)
        options.blanks = .clear
        return options
    }

    /// Does `work` in one transaction together with the answer that is kept for its Idempotency-Key.
    /// - Parameter again: answers the same request when it comes again, where what is kept may not be true any more; nil:
    ///   the answer that is kept does.
    func write(
        _ call: APICall, again: ((Session) throws -> APIAnswer)? = nil, _ work: (Session) throws -> APIAnswer
    ) throws -> APIAnswer {
        var fields: [(name: String, value: String)] = []
        var (reply, isRepeated) = try store.reply(to: call.repeatable, at: call.at) { db in
            let answer = try work(db)
            fields = answer.fields
            return APIReply(status: answer.status, body: answer.body)
        }
        if isRepeated, let again {
            reply = try store.reply(to: nil, at: call.at) { db in
                let answer = try again(db)
                return APIReply(status: answer.status, body: answer.body)
            }.reply
        }
        if isRepeated { fields = [("Idempotency-Replayed", "true")] }
        return APIAnswer(status: reply.status, reply.body, fields: fields)
    }
}

/// How many requests each key may still send now.
private final class KeyBuckets: Sendable {
    private struct Entry {
        let rate: Int
        var bucket: TokenBucket
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// Nil: one request may go. Otherwise the seconds to wait.
    func take(_ key: APIKey) -> Int? {
        let wait = entries.withLock { entries in
            var entry = entries[key.name] ?? Entry(rate: key.rate, bucket: KeyBuckets.bucket(key))
            defer { entries[key.name] = entry }
            return entry.bucket.take(at: .now)
        }
        return wait.map { max(1, Int(($0 / .seconds(1)).rounded(.up))) }
    }

    private static func bucket(_ key: APIKey) -> TokenBucket {
        TokenBucket(rate: Double(key.rate), burst: Double(key.rate))
    }
}

/// When the use of each key was noted, so that it costs a commit a minute.
private final class KeyUses: Sendable {
    private static let pause: Int64 = 60_000_000
    private let noted = Mutex<[String: Instant]>([:])

    func isNews(_ key: APIKey, at now: Instant) -> Bool {
        noted.withLock { noted in
            if let last = noted[key.name] ?? key.usedAt, (0..<KeyUses.pause).contains(now.micros - last.micros) {
                return false
            }
            noted[key.name] = now
            return true
        }
    }
}
