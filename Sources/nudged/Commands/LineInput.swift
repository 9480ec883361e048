import Foundation
import Intake
import Kit

/// Lines of a file or of a pipe that may go on for ever, as many at a time as have come.
final class LineInput {
    struct Line {
        var bytes: [UInt8]
        /// The line was longer than any event; this is its beginning.
        var isCut = false
    }

    private let descriptor: Int32
    private var rest: [UInt8] = []
    /// The end of a line that is too long is still to come.
    private var isSkipping = false
    private var isOver = false

    private static let piece = 256 << 10
    /// As many bytes as a line of an import may have.
    private static let longest = 1 << 20
    /// What is kept of a longer one.
    private static let beginning = 200
    /// Lines that are handed over together, unless the input pauses before.
    private static let most = 1000

    /// - Parameter path: `-` is standard input.
    init(_ path: String) throws {
        guard path != "-" else {
            descriptor = STDIN_FILENO
            return
        }
        var status = stat()
        guard stat(path, &status) == 0 else { throw LineInput.failure(path, Bilingual(errno: errno)) }
        // What a shell made for `<(…)` is a pipe that somebody writes to; any other may wait for ever.
        let isGiven = path.hasPrefix("/dev/fd/") || path.hasPrefix("/dev/stdin") || path.hasPrefix("/proc/")
        guard isGiven && status.st_mode & S_IFMT == S_IFIFO || status.st_mode & S_IFMT == S_IFREG else {
            throw LineInput.noFile(path)
        }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw LineInput.failure(path, Bilingual(errno: errno)) }
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    private static func failure(_ path: String, _ reason: Bilingual) -> Failure {
        Failure(.couldNotRun, .say("\(path) cannot be read: \(reason)", "无法读取 \(path)：\(reason.chinese)"))
    }

    private static func noFile(_ path: String) -> Failure {
        Failure(
            .couldNotRun,
            .say(
                "\(path) is a pipe, a device or a folder; name a file, or give the pipe as standard input (-)",
                "\(path) 是管道、设备或目录；请写一个文件，管道请接到标准输入（-）"))
    }

    /// Whole lines without their ends; empty ones are left out. Nil at the end of the input.
    func next() throws -> [Line]? {
        var lines: [Line] = []
        while !isOver {
            try read()
            takeLines(&lines)
            if lines.count >= LineInput.most || (!lines.isEmpty && !hasMore) { return lines }
        }
        return lines.isEmpty ? nil : lines
    }

    private func read() throws {
        var buffer = [UInt8](repeating: 0, count: LineInput.piece)
        var count = -1
        repeat { count = Foundation.read(descriptor, &buffer, buffer.count) } while count < 0 && errno == EINTR
        guard count >= 0 else { throw LineInput.failure("-", Bilingual(errno: errno)) }
        if count == 0 { isOver = true }
        rest += buffer[..<count]
    }

    /// Whether bytes have come that were not read yet.
    private var hasMore: Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wanted, 1, 0) > 0
    }

    private func takeLines(_ lines: inout [Line]) {
        var start = 0
        while let end = rest[start...].firstIndex(of: 0x0A) {
            append(Line(bytes: Array(rest[start..<end])), to: &lines)
            start = end + 1
        }
        rest.removeFirst(start)
        if rest.count > LineInput.longest {
            if !isSkipping { lines.append(Line(bytes: Array(rest.prefix(LineInput.beginning)), isCut: true)) }
            isSkipping = true
            rest = []
        } else if isOver {
            append(Line(bytes: rest), to: &lines)
            rest = []
        }
    }

    private func append(_ line: Line, to lines: inout [Line]) {
        if isSkipping {
            isSkipping = false
            return
        }
        var line = line
        if line.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { line.bytes.removeFirst(3) }
        guard line.bytes.contains(where: { $0 > 0x20 }) else { return }
        if line.bytes.count > LineInput.longest {
            line = Line(bytes: Array(line.bytes.prefix(LineInput.beginning)), isCut: true)
        }
        lines.append(line)
    }
}
