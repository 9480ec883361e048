import Channels
import Foundation
import HTTPTypes
import Intake
import Kit
import Logging
import Store

/// A source that may send events, with the key that it shows.
package struct EventSource: Sendable {
    package let id: String
    let key: SecretHash
    /// Of a source whose messages have a shape of their own: what they mean, and the secret that it signs them with.
    let mapped: (mapping: SourceMapping, secret: String)?

    package init(id: String, key: SecretHash, mapping: SourceMapping? = nil, secret: String? = nil) {
        self.id = id
        self.key = key
        mapped = mapping.flatMap { mapping in secret.map { (mapping, $0) } }
    }
}

/// Takes the events of sources in the shape of the Segment specification: what a source is thanked for is on disk.
package struct EventDesk: Sendable {
    /// Commits events. Returns once they are on disk.
    package typealias Take = @Sendable (_ batches: [SourceBatch]) async throws -> [[SourceOutcome]]

    /// What its sources may take of our time and room.
    package struct Limits: Sendable {
        /// Of one body, also when it is unpacked.
        package var bodyBytes = 4 << 20
        /// Of a body whose sender shows its key only within.
        package var strangerBytes = 1 << 20
        /// Of all bodies at once; what is made of them takes some times as much.
        package var allBytes = 8 << 20
        /// Events that wait for the store.
        package var waiting = 20_000
        package var slice = 1000
        /// From a whole call to its answer. Clients give up after fifteen seconds.
        package var commit = Duration.seconds(10)
        /// How long a transaction waits for calls that are nearly here.
        package var gathering = Duration.milliseconds(1)
        package init() {}
    }

    /// Who sent a request, as far as its head says.
    enum Access {
        case source(String)
        /// The key may be in the body.
        case unknown
        case refused
    }

    let limits: Limits
    let budget: ByteBudget
    /// Counted by the server that the desk belongs to.
    let calls = OpenCalls()
    package let meter: EventMeter
    let sources: [EventSource]
    let terms: @Sendable () -> SourceTerms?
    private let queue: EventQueue
    let log: Logger
    let troubles = Troubles()

    /// - Parameter terms: what the rules in force say of the shop; nil before there are any.
    package init(
        _ sources: [EventSource], limits: Limits = Limits(), log: Logger,
        terms: @escaping @Sendable () -> SourceTerms?, take: @escaping Take
    ) {
        self.sources = sources
        self.limits = limits
        self.log = log
        self.terms = terms
        budget = ByteBudget(limits.allBytes)
        meter = EventMeter(sources.map(\.id))
        queue = EventQueue(
            most: limits.waiting, slice: limits.slice, patience: limits.commit,
            gathering: EventQueue.Gathering(calls, atMost: limits.gathering), take: take)
    }

    // MARK: who

    /// A key in the head decides alone: user of Basic authentication, the password is nothing.
    func access(_ head: HTTPTypes.HTTPRequest) -> Access {
        guard !sources.isEmpty else { return .refused }
        guard let field = head.headerFields[.authorization] else { return .unknown }
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic", let key = EventDesk.user(parts[1]),
            let source = source(showing: key)
        else { return .refused }
        return .source(source)
    }

    private static func user(_ base64: Substring) -> Substring? {
        let digits = base64.utf8.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "=") }
        let text = String(decoding: digits, as: UTF8.self)
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: text + padding), let pair = String(validating: data, as: UTF8.self) else {
            return nil
        }
        return pair.prefix { $0 != ":" }
    }

    /// Compares with the keys of all sources, whichever it is.
    private func source(showing key: some StringProtocol) -> String? {
        var found: String?
        for source in sources where source.mapped == nil && source.key.matches(key) { found = source.id }
        return found
    }

    /// What the query of a call shows: SDKs of Sensors Analytics have their key there.
    func access(token: String?) -> Access {
        token.flatMap { source(showing: $0) }.map { .source($0) } ?? .refused
    }

    // MARK: what

    /// - Parameter isPacked: the body is gzip.
    func answer(
        _ call: SegmentCall, _ bytes: [UInt8], isPacked: Bool, from access: Access, at now: Instant
    ) async -> Answer {
        await answer(from: access, at: now, items: call.items) {
            try StrictJSON(
                parsing: isPacked ? Gunzip.unpack(bytes, atMost: limits.bodyBytes) : bytes, takesNUL: true)
        }
    }

    /// Takes the form of an SDK of Sensors Analytics.
    func answer(sensors form: [UInt8], from access: Access, at now: Instant) async -> Answer {
        await answer(from: access, at: now, items: SensorsItem.items) {
            try EventForm.json(form, atMost: limits.bodyBytes)
        }
    }

    private func answer(
        from access: Access, at now: Instant, items read: (StrictJSON) -> [StrictJSON],
        body: () throws -> StrictJSON
    ) async -> Answer {
        let json: StrictJSON
        do { json = try body() } catch { return EventDesk.refusal(of: error) }
        let source: String
        switch access {
        case .source(let id): source = id
        case .refused: return .unknownKey
        case .unknown:
            guard let key = json["writeKey"]?.scalarText, let id = self.source(showing: key) else { return .unknownKey }
            source = id
        }
        let items = read(json)
        guard items.count <= SegmentCall.most else {
            return .events(413, "batch_too_large", "a batch has at most \(SegmentCall.most) events")
        }
        guard let terms = terms() else { return .comeAgain(503, "starting", after: 2) }
        let dialect = SegmentDialect(terms)
        return await write(
            SourceBatch(source: source, at: now, events: items.map { dialect.read($0, at: now) }))
    }

    static func refusal(of error: any Error) -> Answer {
        switch error {
        case Gunzip.Failure.tooLarge: .eventsTooLarge
        case let failure as StrictJSON.Failure:
            .events(400, "invalid_json", "the body is not JSON: \(failure.english)")
        case is EventForm.Failure: .events(400, "invalid_form", "the form has no data that is base64")
        default: .events(400, "invalid_gzip", "the body is not gzip, though it is said to be")
        }
    }

    /// Writes down what came.
    /// - Parameter expected: what the source is answered then; nil: the counts.
    func write(_ batch: SourceBatch, answer expected: SourceMapping.Answer? = nil) async -> Answer {
        let outcomes: [SourceOutcome]
        do {
            outcomes = try await queue.write(batch)
        } catch is EventQueue.Full {
            return .comeAgain(429, "too_many_events", after: 1)
        } catch {
            let reason = error is Patience.Over ? "the store is slow" : MemberStore.words(for: error)
            if troubles.begins(batch.source, reason) {
                log.error(
                    "events could not be kept: their source is to send them again",
                    metadata: ["source": "\(batch.source)", "reason": "\(reason)"])
            }
            if case .full? = StoreTrouble(error) { return .comeAgain(503, "disk_full", after: 30) }
            return .comeAgain(503, "store_unavailable", after: 5)
        }
        meter.note(outcomes, of: batch.source, at: batch.at)
        let count = { (outcome: SourceOutcome) in outcomes.count { $0 == outcome } }
        let kept = count(.quarantined) + count(.conflict)
        if kept == 0 {
            troubles.end(batch.source)
        } else if troubles.begins(batch.source, "quarantine") {
            log.warning(
                "events could not be taken and are in quarantine: `nudged quarantine list` shows them",
                metadata: ["source": "\(batch.source)", "events": "\(kept)"])
        }
        if let expected {
            return Answer(CallbackAnswer(contentType: expected.type, body: expected.body))
        }
        let body = JSONText.object([
            "success": .bool(true), "accepted": .int(count(.accepted)), "duplicates": .int(count(.duplicate)),
            "quarantined": .int(kept),
        ])
        return Answer(CallbackAnswer(contentType: Answer.json, body: body.rendered))
    }
}

extension Answer {
    static let json = "application/json; charset=utf-8"

    /// An error as clients of Segment print it: `code` and `message`. The connection ends only where a body may be unread.
    static func events(_ status: Int, _ code: String, _ message: String, isLast: Bool = false) -> Answer {
        let body = JSONText.object(["success": .bool(false), "code": .text(code), "message": .text(message)])
        return Answer(CallbackAnswer(status: status, contentType: json, body: body.rendered), isLast: isLast)
    }

    static let unknownKey: Answer = {
        var answer = events(401, "unauthorized", "no source of nudged.yaml has this write key", isLast: true)
        answer.fields = [("WWW-Authenticate", "Basic realm=\"nudged\"")]
        return answer
    }()
    static let eventsTooLarge = events(413, "body_too_large", "a body has at most 4 MB, unpacked too", isLast: true)
    static let unknownEncoding = events(
        415, "unknown_encoding", "Content-Encoding is gzip, or there is none", isLast: true)

    /// Nothing of it is lost if it is sent again.
    static func comeAgain(_ status: Int, _ code: String, after seconds: Int, isLast: Bool = false) -> Answer {
        var answer = events(status, code, "send the same events again, with the same messageId", isLast: isLast)
        answer.retryAfter = seconds
        return answer
    }
}
