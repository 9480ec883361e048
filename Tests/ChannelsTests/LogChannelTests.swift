import Kit
import Foundation
import Rules
import Testing

@testable import Channels

@Suite("Log channel")
struct LogChannelTests {
    private let path = NSTemporaryDirectory() + "nudged-log-\(UUID().uuidString).ndjson"

    private func lines() throws -> [String] {
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    @Test("appends one line per message with a masked address")
    func line() async throws {
        let channel = LogChannel(path: path)
        let at = Instant(micros: 1_772_236_800_500_000)
        #expect(await channel.send(sample(text: "一\"行\"\n二\\行\u{7}", at: at)) == .accepted(providerID: nil))
        #expect(await channel.send(sample(to: nil, text: "x 13812345678")) == .accepted(providerID: nil))
        let lines = try lines()
        #expect(
            lines == [
                #"{"at":"2026-02-28T00:00:00.500000+00:00","channel":"sms","rule":"birthday","member":"lin","#
                    + #""occasion":"birthday:2026","reference":"d1-1","to":"138****0001","#
                    + #""text":"一\"行\"\n二\\行\u0007","template":null}"#,
                #"{"at":"1970-01-01T00:00:00+00:00","channel":"sms","rule":"birthday","member":"lin","#
                    + #""occasion":"birthday:2026","reference":"d1-1","to":null,"text":"x 138****5678","template":null}"#,
            ])
    }

    @Test("shows the address only when told to")
    func reveal() async throws {
        #expect(await LogChannel(path: path, reveal: true).send(sample()) == .accepted(providerID: nil))
        #expect(try lines().first?.contains(#""to":"13800000001""#) == true)
    }

    @Test("keeps every line of many senders whole, and the file to its owner")
    func concurrent() async throws {
        let channels = [LogChannel(path: path), LogChannel(path: path)]
        await withTaskGroup(of: Void.self) { group in
            for n in 0..<200 {
                group.addTask { _ = await channels[n % 2].send(sample(text: String(repeating: "字", count: n))) }
            }
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let texts = try lines().map { line in
            (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["text"] as? String ?? "?"
        }
        #expect(Set(texts.map(\.count)) == Set(0..<200) && texts.count == 200)
    }

    @Test(
        "a file that holds something else is not written into, and the channel says so",
        arguments: ["version: 1\n", "{}\n"])
    func foreign(content: String) async throws {
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(await LogChannel(path: path).send(sample()) == .misconfigured(code: "not_a_message_log"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == content)
        try FileManager.default.removeItem(atPath: path)
        #expect(await LogChannel(path: path).send(sample()) == .accepted(providerID: nil))
        #expect(await LogChannel(path: path).send(sample()) == .accepted(providerID: nil))
        #expect(try lines().count == 2)
    }

    @Test("sends nothing when the file cannot be opened or the disk is full", arguments: ["/nowhere/x", "/dev/full"])
    func failure(path: String) async {
        #expect(await LogChannel(path: path).send(sample()) == .notSent(code: "write_failed", retryAfter: nil))
    }

    @Test("does not know when the disk fills up within a line, and starts a new line after it")
    func torn() async throws {
        let calls = Counter()
        let file = LineFile(.path(path)) { descriptor, bytes in
            switch calls.next() {
            case 1: return write(descriptor, bytes.baseAddress, 5)
            case 2:
                errno = ENOSPC
                return -1
            default: return write(descriptor, bytes.baseAddress, bytes.count)
            }
        }
        #expect(await file.append("first line") == .unclear)
        #expect(await file.append("second line") == .written)
        #expect(try lines() == ["first", "second line"])
    }
}

/// Counts calls from any thread.
final class Counter: Sendable {
    private let lock = NSLock()
    nonisolated(unsafe) private var value = 0

    func next() -> Int {
        lock.withLock {
            value += 1
            return value
        }
    }
}
