import Foundation
import TestSupport
import Testing

/// `nudged demo --serve` as a process, with a browser's requests.
@Suite("The phones of the demo")
struct DemoPhoneTests {
    private struct Ended: Error {}

    /// The served demo; it ends with this.
    private final class Demo {
        let port: Int
        let process = Process()
        /// What it printed until it listened.
        private(set) var printed = ""
        private let scratch: Scratch

        init(_ scratch: Scratch, language: String = "en") throws {
            self.scratch = scratch
            port = try Loopback.freePorts(1)[0]
            let output = Pipe()
            process.executableURL = Scratch.binaries.appending(path: "nudged")
            process.arguments = ["demo", "--serve", "--port", "\(port)", "--lang", language]
            process.currentDirectoryURL = scratch.directory
            process.environment = ["PATH": "/usr/bin:/bin"].merging(Scratch.recording) { own, _ in own }
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = output
            process.standardError = output
            try process.run()
            while !printed.contains("/demo/phone\n") {
                let more = output.fileHandleForReading.availableData
                guard !more.isEmpty else { throw Ended() }
                printed += String(decoding: more, as: UTF8.self)
            }
        }

        deinit {
            process.terminate()
            process.waitUntilExit()
        }

        /// The whole answer.
        func get(_ path: String, _ fields: String = "") throws -> String {
            try answer("GET \(path) HTTP/1.1\r\n", fields)
        }

        func post(_ body: String, to path: String = "/demo/phone", _ fields: String = "") throws -> String {
            let type = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(body.utf8.count)\r\n"
            return try answer("POST \(path) HTTP/1.1\r\n", fields + type, body)
        }

        private func answer(_ first: String, _ fields: String, _ body: String = "") throws -> String {
            let connection = try #require(Loopback.connect(port))
            defer { close(connection) }
            let host = fields.contains("Host:") ? "" : "Host: 127.0.0.1:\(port)\r\n"
            Loopback.send(
                first + host + "Connection: close\r\nUser-Agent: Mozilla/5.0\r\n" + fields + "\r\n" + body,
                to: connection)
            var bytes: [UInt8] = []
            while let more = Loopback.receive(connection) { bytes += more }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// The part of the page that is the phone of a member, by the place on the page.
    private func phone(_ number: Int, in page: String) throws -> String {
        let parts = page.components(separatedBy: "<section>")
        try #require(parts.count == 4, "\(parts.count - 1) phones")
        return parts[number]
    }

    /// The paths of the links on a phone, in their order.
    private func links(on phone: String, _ demo: Demo) -> [String] {
        phone.components(separatedBy: "href=\"http://127.0.0.1:\(demo.port)").dropFirst().map {
            String($0.prefix { $0 != "\"" })
        }
    }

    private func count(_ text: String, in page: String) -> Int { page.components(separatedBy: text).count - 1 }

    private func isWithoutNumbers(_ page: String) -> Bool { page.firstRange(of: /1380{4}\d{4}/) == nil }

    @Test("a member who replies R gets nothing on the next day, for want of consent; the others do")
    func reply() throws {
        let demo = try Demo(try Scratch())
        let first = try demo.get("/demo/phone")
        #expect(first.hasPrefix("HTTP/1.1 200"))
        #expect(first.contains("138****0001") && first.contains("2026-03-22"))
        #expect(count("<li class=\"in\">", in: first) == 3)

        let replied = try demo.post("member=M1&text=R")
        #expect(try phone(1, in: replied).contains("<li class=\"out\">R<"))
        let second = try demo.post("next_day=1")
        #expect(second.contains("2026-03-23"))
        #expect(count("no_consent", in: second) == 1)
        let stopped = try phone(1, in: second)
        #expect(stopped.contains("2026-03-23 10:00 suppressed: ") && stopped.contains("sms: no_consent"))
        #expect(count("<li class=\"in\">", in: stopped) == 1)
        #expect(count("<li class=\"in\">", in: try phone(2, in: second)) == 2)
        #expect([demo.printed, first, replied, second].allSatisfy(isWithoutNumbers))
    }

    @Test("the links of a message work: the offer opens, and what is chosen on the other page holds")
    func links() throws {
        let demo = try Demo(try Scratch(), language: "zh-CN")
        let page = try demo.get("/demo/phone")
        #expect(page.contains("三位会员的手机"))
        let links = links(on: try phone(2, in: page), demo)
        try #require(links.count == 2, "\(links.count) links")
        #expect(try demo.get(links[0]).contains("Location: http://127.0.0.1:\(demo.port)/demo/offer\r\n"))
        #expect(try demo.get("/demo/offer", "Accept-Language: en\r\n").contains("A short link led here"))
        #expect(try demo.get(links[1], "Accept-Language: en\r\n").contains("Stop offers by SMS"))
        #expect(try demo.post("List-Unsubscribe=One-Click&page=1", to: links[1]).hasPrefix("HTTP/1.1 200"))
        let next = try demo.post("next_day=1")
        #expect(count("没有授权", in: next) == 1)
        #expect(try phone(2, in: next).contains("（sms：没有授权）"))
    }

    @Test("another host name, a form of another page and another path get nothing")
    func strangers() throws {
        let demo = try Demo(try Scratch())
        #expect(try demo.get("/demo/phone", "Host: elsewhere.example\r\n").hasPrefix("HTTP/1.1 404"))
        #expect(try demo.get("/demo/other").hasPrefix("HTTP/1.1 404"))
        let foreign = "Origin: http://elsewhere.example\r\n"
        #expect(try demo.post("next_day=1", foreign).hasPrefix("HTTP/1.1 403"))
        let own = "Origin: http://127.0.0.1:\(demo.port)\r\n"
        let markup = try demo.post("member=M3&text=%3Cb%3E", own)
        #expect(markup.contains("<li class=\"out\">&lt;b&gt;<"))
        #expect(markup.contains("2026-03-22") && !markup.contains("2026-03-23"))
    }

    @Test("a port that is taken, and a port without --serve, are told")
    func ports() throws {
        let scratch = try Scratch()
        let taken = try Loopback.listen()
        defer { close(taken.socket) }
        let refused = try scratch.run("nudged demo --serve --port \(taken.port)")
        #expect(refused.status == 75)
        #expect(refused.printed.joined().contains("choose another --port"))
        #expect(try scratch.run("nudged demo --port 8787").status == 64)
    }
}
