import Channels
import Foundation
import Intake
import Kit
import Logging
import Store
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite("Calls that are here whole and not answered")
struct OpenCallsTests {
    /// The desk, for what runs within it, and how many calls were open then.
    private final class Seen: Sendable {
        let desk = Mutex<EventDesk?>(nil)
        let counts = Mutex<[Int]>([])
        func note() {
            let count = desk.withLock { $0?.calls.count ?? -1 }
            counts.withLock { $0.append(count) }
        }
    }

    private static let head = "POST /v1/track HTTP/1.1\r\nHost: h\r\n"
    private static let key = "Authorization: Basic \(Data("WKEY:".utf8).base64EncodedString())\r\n"

    private static func call(_ fields: String, _ body: String, isLast: Bool = true) -> String {
        head + fields + (isLast ? "Connection: close\r\n" : "") + "Content-Length: \(body.utf8.count)\r\n\r\n" + body
    }

    @Test(
        "are counted from their last byte to their answer, and none is left when their connections are gone",
        .timeLimit(.minutes(1)))
    func counted() async throws {
        let seen = Seen()
        let events = EventDesk(
            [EventSource(id: "shop", key: SecretHash("WKEY"))],
            log: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() },
            terms: { SourceTerms(zone: .utc) },
            take: { batches in
                seen.note()
                return batches.map { $0.events.map { _ in .accepted } }
            })
        seen.desk.withLock { $0 = events }
        let desk = try await GatewayDesk(events: { _ in events })
        let event = #"{"userId":"u1","event":"x"}"#
        #expect(try await desk.ask(Self.call(Self.key, event)).status == 200)
        // Two on one connection, one after the other.
        let two = Self.call(Self.key, event, isLast: false) + Self.call(Self.key, event)
        #expect(try await desk.ask(two).components(separatedBy: "HTTP/1.1 200").count == 3)
        // Refused before the body is read, after it, and cut.
        #expect(try await desk.ask(Self.call("Authorization: Basic eDo=\r\n", event)).status == 401)
        #expect(try await desk.ask(Self.call(Self.key, "{")).status == 400)
        #expect(try await desk.ask(Self.head + Self.key + "Content-Length: 99\r\n\r\n{").status != 200)
        try await desk.stop()
        #expect(seen.counts.withLock { $0 }.allSatisfy { (1...2).contains($0) })
        #expect(seen.counts.withLock { $0.count } == 3)
        while events.calls.count != 0 { await Task.yield() }
    }
}
