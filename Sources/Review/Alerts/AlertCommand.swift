import Foundation
import Glibc
import Kit

/// A program of the operators that is run for an alert. No shell is between: its path is one path, and what it is told
/// stands in variables and on its standard input. It gets none of our environment but where programs are and the
/// language, because secrets may be in it.
package struct AlertCommand: Sendable {
    package enum Outcome: Sendable, Equatable {
        case done
        /// It ended with another code than 0; the first line that it printed.
        case failed(status: Int32, says: String?)
        /// It was ended by a signal that was not ours.
        case killed(signal: Int32)
        /// It took too long, and was ended with everything that it had started.
        case hung
        /// It could not be started; what the system says of it.
        case notStarted(Bilingual)
    }

    package let path: String
    /// How long one run may take.
    package let limit: Duration

    /// A daemon that ends waits for 30 seconds at most.
    package static let standardLimit = Duration.seconds(20)

    package init(path: String, limit: Duration = AlertCommand.standardLimit) {
        self.path = path
        self.limit = limit
    }

    private static let inherited = ["PATH", "HOME", "LANG", "LC_ALL", "TZ"]
    private static let mostOutput = 4096

    /// Runs it once and waits: this blocks the thread for up to `limit`.
    package func run(environment facts: [String: String], input: String, from own: [String: String]) -> Outcome {
        guard let incoming = ChildPipe(), let outgoing = ChildPipe() else {
            return .notStarted(Bilingual(errno: errno))
        }
        // Before anybody reads, so that a program that does not read keeps nobody waiting.
        guard incoming.holds(Array(input.utf8)) else { return .notStarted(Bilingual(errno: ENOBUFS)) }
        var all = own.filter { AlertCommand.inherited.contains($0.key) }
        all.merge(facts) { _, new in new }
        switch spawn(all.map { "\($0.key)=\($0.value)" }.sorted(), incoming, outgoing) {
        case .failure(let fault): return .notStarted(Bilingual(errno: fault.code))
        case .success(let process):
            incoming.closeBoth()
            outgoing.closeWriting()
            return attend(process, outgoing)
        }
    }

    private struct Fault: Error { let code: Int32 }

    private func spawn(_ environment: [String], _ incoming: ChildPipe, _ outgoing: ChildPipe) -> Result<pid_t, Fault> {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, incoming.reading, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, outgoing.writing, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, outgoing.writing, STDERR_FILENO)
        for file in AlertCommand.inheritable() { posix_spawn_file_actions_addclose(&actions, file) }
        // A group of its own, so that all of it can be ended; and signals as a program expects them, for the daemon
        // ignores some and its threads block others.
        var (defaults, none) = (sigset_t(), sigset_t())
        sigfillset(&defaults)
        sigemptyset(&none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setsigmask(&attributes, &none)
        let flags = Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK)
        posix_spawnattr_setflags(&attributes, flags)
        var process = pid_t()
        let code = [path].withTerminatedPointers { arguments in
            environment.withTerminatedPointers { variables in
                posix_spawn(&process, path, &actions, &attributes, arguments, variables)
            }
        }
        return code == 0 ? .success(process) : .failure(Fault(code: code))
    }

    /// Our files that a program would inherit, beside the standard streams: none of ours, but a library may forget.
    private static func inheritable() -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap(Int32.init).filter { file in
            let flags = fcntl(file, F_GETFD)
            return file > STDERR_FILENO && flags >= 0 && flags & FD_CLOEXEC == 0
        }
    }

    /// Reads what it prints, until it ends or its time is over.
    private func attend(_ process: pid_t, _ outgoing: ChildPipe) -> Outcome {
        let deadline = ContinuousClock.now.advanced(by: limit)
        var printed: [UInt8] = []
        var status: Int32 = 0
        repeat {
            outgoing.wait(milliseconds: 20)
            outgoing.read(into: &printed, most: AlertCommand.mostOutput)
            if waitpid(process, &status, WNOHANG) == process {
                outgoing.read(into: &printed, most: AlertCommand.mostOutput)
                return AlertCommand.outcome(status, printed)
            }
        } while ContinuousClock.now < deadline
        kill(-process, SIGKILL)
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return .hung
    }

    private static func outcome(_ status: Int32, _ printed: [UInt8]) -> Outcome {
        // As the macros of wait(2) read it, which Swift does not see.
        let signal = status & 0x7f
        guard signal == 0 else { return .killed(signal: signal) }
        let code = (status >> 8) & 0xff
        guard code != 0 else { return .done }
        let line = String(decoding: printed, as: UTF8.self).split(whereSeparator: \.isNewline).first
        return .failed(status: code, says: line.map { Mask.text(String($0.prefix(200))) })
    }
}

/// A pipe to or from a program that is started, whose ends it does not get but by its standard streams.
private final class ChildPipe {
    private(set) var reading: Int32
    private(set) var writing: Int32

    /// Nil, with `errno`, where there are no descriptors left.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        (reading, writing) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }

    deinit { closeBoth() }

    func closeReading() {
        if reading >= 0 { close(reading) }
        reading = -1
    }

    func closeWriting() {
        if writing >= 0 { close(writing) }
        writing = -1
    }

    func closeBoth() {
        closeReading()
        closeWriting()
    }

    /// Puts all of it into the pipe; false where that is too much for one.
    func holds(_ bytes: [UInt8]) -> Bool {
        _ = fcntl(writing, F_SETFL, O_NONBLOCK)
        return write(writing, bytes, bytes.count) == bytes.count
    }

    /// Waits until there is something to read, the writers are gone, or the time is over.
    func wait(milliseconds: Int32) {
        var ready = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        // A negative descriptor is left out, and only the time counts.
        _ = poll(&ready, 1, milliseconds)
    }

    /// Reads what is there. What is beyond `most` is read and forgotten, so that the writer does not wait for us.
    func read(into bytes: inout [UInt8], most: Int) {
        var piece = [UInt8](repeating: 0, count: 4096)
        while reading >= 0 {
            var ready = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 0) > 0 else { return }
            let count = Glibc.read(reading, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return closeReading() }
            bytes += piece.prefix(count).prefix(max(0, most - bytes.count))
        }
    }
}

extension [String] {
    /// As C functions take lists of texts.
    fileprivate func withTerminatedPointers<T>(_ body: ([UnsafeMutablePointer<CChar>?]) -> T) -> T {
        let pointers = map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }
}
