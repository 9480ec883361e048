import Foundation
import TestSupport

/// A WeChat in a process of its own (`Tests/Tools/wechat_peer.py`): it takes messages, and calls back as it is told.
final class WeChatPeer {
    struct Message: Decodable { let path, to: String, template: String?, msgid: String }
    struct Answer: Decodable {
        let status: Int
        let body: String
        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            status = try list.decode(Int.self)
            body = try list.decode(String.self)
        }
    }
    private struct Port: Decodable { let port: Int }
    private struct Answers: Decodable { let answers: [Answer] }

    /// A call of the account; what is not said is as it should be.
    struct Order: Encodable {
        var message: String?
        var check: String?
        var times: Int?
        var token: String?
        var app: String?
        var cut: Int?
        var plain: Bool?
        /// The code that a path of the API answers with from now on.
        var answer: [String: Int]?
    }

    static let isInstalled = ["/usr/bin/python3", "/usr/bin/openssl"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    static let (token, key, app) = ("pushT0ken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx1")

    /// Of its API.
    private(set) var port = 0
    private let process = Process()
    private let (output, input) = (Pipe(), Pipe())
    private var buffer = Data()
    /// Messages that were printed before the answer to an order.
    private var messages: [Message] = []

    init(calling url: String) throws {
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [
            ShippedRules.root.appending(path: "Tests/Tools/wechat_peer.py").path, url, WeChatPeer.token, WeChatPeer.key,
            WeChatPeer.app,
        ]
        process.standardOutput = output
        process.standardInput = input
        try process.run()
        port = try JSONDecoder().decode(Port.self, from: try line()).port
    }

    /// It ends with its input.
    func stop() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    @discardableResult
    func call(_ order: Order) throws -> [Answer] {
        try input.fileHandleForWriting.write(contentsOf: try JSONEncoder().encode(order) + Data("\n".utf8))
        while true {
            let line = try line()
            if let answers = try? JSONDecoder().decode(Answers.self, from: line) { return answers.answers }
            messages.append(try JSONDecoder().decode(Message.self, from: line))
        }
    }

    func nextMessage() throws -> Message {
        messages.isEmpty ? try JSONDecoder().decode(Message.self, from: try line()) : messages.removeFirst()
    }

    private func line() throws -> Data {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = buffer[buffer.startIndex..<end]
                buffer = Data(buffer[buffer.index(after: end)...])
                return line
            }
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Loopback.Failure(step: "the WeChat of the test ended") }
            buffer += more
        }
    }
}
