import Foundation
import TestSupport
import Testing

/// A server of `Tests/Tools` in a process of its own, with a certificate that is made for it. It prints lines of JSON.
final class PeerProcess {
    static let openssl = "/usr/bin/openssl"

    /// The first Python that has a module; nil where none has it.
    static func python(with module: String) -> String? {
        ["/usr/bin/python3", "/usr/local/bin/python3"].first { path in
            FileManager.default.isExecutableFile(atPath: path) && (try? run(path, ["-c", "import \(module)"])) == 0
        }
    }

    static func canStart(with module: String) -> Bool {
        python(with: module) != nil && FileManager.default.isExecutableFile(atPath: openssl)
    }

    /// The certificate, which is also the only one to trust for it.
    let certificate: String
    private let folder: URL
    private let process = Process()
    private let output = Pipe()
    private let input = Pipe()
    private var buffer = Data()

    /// - Parameter host: whom the certificate is for.
    init(_ program: String, with module: String, host: String = "IP:127.0.0.1", _ arguments: [String] = []) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "peer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        certificate = folder.appending(path: "cert.pem").path
        let key = folder.appending(path: "key.pem").path
        let made = try PeerProcess.run(
            PeerProcess.openssl,
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=\(host)",
            ])
        try #require(made == 0)
        process.executableURL = URL(filePath: try #require(PeerProcess.python(with: module)))
        process.arguments =
            ["-W", "ignore", "-B", ShippedRules.root.appending(path: "Tests/Tools/\(program)").path, certificate, key]
            + arguments
        process.standardOutput = output
        process.standardInput = input
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// The next line that the server prints.
    func next<Line: Decodable>(_ line: Line.Type = Line.self) throws -> Line {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = buffer[buffer.startIndex..<end]
                buffer = Data(buffer[buffer.index(after: end)...])
                return try JSONDecoder().decode(Line.self, from: line)
            }
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Loopback.Failure(step: "the server ended") }
            buffer += more
        }
    }

    /// It ends with its input.
    func stop() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }
}
