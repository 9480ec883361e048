import Foundation
import Glibc
import Kit
import Review
import Testing

/// The program of the operators, as a real process.
@Suite("The command of alerts") struct AlertCommandTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func script(_ text: String, name: String = "alert.sh") throws -> String {
        let path = try scratch.write("#!/bin/sh\n" + text, to: name)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        return path
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: scratch.path + "/" + name, encoding: .utf8)
    }

    private func run(_ path: String, limit: Duration = .seconds(60)) -> AlertCommand.Outcome {
        AlertCommand(path: path, limit: limit).run(
            environment: ["NUDGED_ALERT_WORDS": "$(touch \(scratch.path)/no); `id`"], input: "{\"code\":\"test\"}\n",
            from: ["PATH": "/usr/bin:/bin", "SMS_KEY": "hunter2", "LANG": "C"])
    }

    @Test("gets its facts by variables and on standard input, and none of our secrets")
    func facts() throws {
        let path = try script(
            "cat > \(scratch.path)/in; env > \(scratch.path)/env; ls /proc/self/fd > \(scratch.path)/fds")
        #expect(run(path) == .done)
        #expect(try text("in") == "{\"code\":\"test\"}\n")
        let environment = try text("env").split(separator: "\n")
        #expect(environment.contains("NUDGED_ALERT_WORDS=$(touch \(scratch.path)/no); `id`"))
        #expect(environment.contains("PATH=/usr/bin:/bin") && !environment.contains { $0.hasPrefix("SMS_KEY") })
        // Its own three, and the one by which `ls` reads the folder.
        #expect(try text("fds").split(separator: "\n").count <= 4)
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/no"))
    }

    @Test("its path is one path, whatever stands in it")
    func path() throws {
        let path = try script("exit 3", name: "alert; touch no $(touch no).sh")
        #expect(run(path) == .failed(status: 3, says: nil))
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/no"))
    }

    @Test("of what it prints the first line is kept where it failed, with numbers masked")
    func fails() throws {
        let path = try script("echo no route to 13800000001; seq 100000 >&2; exit 7")
        #expect(run(path) == .failed(status: 7, says: "no route to 138****0001"))
        #expect(run(try script("seq 100000", name: "talks.sh")) == .done)
    }

    @Test("one that reads nothing, and one that is ended by a signal")
    func signals() throws {
        #expect(run(try script("exit 0")) == .done)
        #expect(run(try script("kill -TERM $$", name: "ends.sh")) == .killed(signal: SIGTERM))
    }

    @Test("one that is not there, or is no program")
    func missing() throws {
        guard case .notStarted = run(scratch.path + "/none") else { return #expect(Bool(false), "it was started") }
        guard case .notStarted = run(try scratch.write("exit 0\n", to: "plain")) else {
            return #expect(Bool(false), "it was started")
        }
    }

    @Test("one that hangs is ended with everything that it started")
    func hangs() throws {
        let pipe = scratch.path + "/held"
        #expect(mkfifo(pipe, 0o600) == 0)
        // Its other end is open for as long as the grandchild lives.
        let held = open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        defer { close(held) }
        let path = try script("sleep 1000 > \(pipe) & echo started > \(scratch.path)/started; wait")
        #expect(run(path, limit: .seconds(2)) == .hung)
        #expect(try text("started") == "started\n")
        var gone = pollfd(fd: held, events: Int16(POLLIN), revents: 0)
        #expect(poll(&gone, 1, 60_000) == 1 && gone.revents & Int16(POLLHUP) != 0)
    }
}
