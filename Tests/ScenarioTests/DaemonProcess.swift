import Foundation
import TestSupport

/// The built `nudged run` as a process of its own, told by its own sd_notify that it is ready.
final class DaemonProcess {
    struct Failure: Error { let step: String }

    private let process = Process()
    private let notify: Int32
    private let notifyPath: String
    /// Every notification that was read.
    private(set) var told = ""

    init(_ scratch: Scratch, environment: [String: String] = [:]) throws {
        notifyPath = scratch.directory.appending(path: "n-\(UUID().uuidString.prefix(8))").path
        notify = try DaemonProcess.listen(at: notifyPath)
        process.executableURL = Scratch.binaries.appending(path: "nudged")
        process.arguments = ["run", "--config", "nudged.yaml"]
        process.currentDirectoryURL = scratch.directory
        var all = ["PATH": "/usr/bin:/bin", "HOME": scratch.directory.path, "NOTIFY_SOCKET": notifyPath]
        all.merge(environment.merging(Scratch.recording) { own, _ in own }) { _, own in own }
        process.environment = all
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try DaemonProcess.appending(to: "daemon.out", in: scratch)
        process.standardError = try DaemonProcess.appending(to: "daemon.log", in: scratch)
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        close(notify)
        unlink(notifyPath)
    }

    /// Reads notifications until one begins a line with `prefix`; at most a minute.
    @discardableResult
    func wait(for prefix: String) throws -> String {
        for _ in 0..<600 {
            var wanted = pollfd(fd: notify, events: Int16(POLLIN), revents: 0)
            guard poll(&wanted, 1, 100) > 0 else {
                if !process.isRunning { throw Failure(step: "the daemon ended before \(prefix)") }
                continue
            }
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = recv(notify, &bytes, bytes.count, 0)
            guard count > 0 else { continue }
            let text = String(decoding: bytes[..<count], as: UTF8.self)
            told += text + "\n"
            if text.split(separator: "\n").contains(where: { $0.hasPrefix(prefix) }) { return text }
        }
        throw Failure(step: "no \(prefix)")
    }

    var processID: Int32 { process.processIdentifier }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// The exit status, or minus the signal that ended it.
    func end() -> Int32 {
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    private static func appending(to name: String, in scratch: Scratch) throws -> FileHandle {
        let file = scratch.directory.appending(path: name)
        if !FileManager.default.fileExists(atPath: file.path) {
            _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        }
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        return handle
    }

    private static func listen(at path: String) throws -> Int32 {
        let file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8) + [0]
        guard file >= 0, bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else {
            throw Failure(step: "socket")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else { throw Failure(step: "bind \(path)") }
        return file
    }
}
