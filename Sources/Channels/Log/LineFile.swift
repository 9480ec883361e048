import Dispatch
import Glibc
import Synchronization

/// Appends whole lines to a file or to standard output and says what became of each. Several lines waiting at once
/// share one fsync. Disk work happens on a queue of its own, never on the cooperative pool.
final class LineFile: Sendable {
    enum Fate: Sendable, Equatable {
        /// On disk.
        case written
        /// Not one byte was written.
        case failed
        /// Part of it, or all of it without the disk's word for it.
        case unclear
        /// Nothing was written: the file holds something else than our lines.
        case foreign
    }

    enum Place: Sendable {
        case standardOutput
        case path(String)
    }

    typealias Write = @Sendable (Int32, UnsafeRawBufferPointer) -> Int

    private struct Entry: Sendable {
        let line: [UInt8]
        let reply: CheckedContinuation<Fate, Never>
    }

    private let place: Place
    /// How every file of ours begins; empty: it may begin as it likes.
    private let opening: [UInt8]
    /// A new file gets the opening before its first line, which otherwise has it itself.
    private let isHeader: Bool
    /// The folder is made where there is none, for its owner alone.
    private let makesFolder: Bool
    private let write: Write
    private let queue = DispatchQueue(label: "nudged.lines")
    private let waiting = Mutex<[Entry]>([])
    /// The last line was cut short: the next one must not continue it. Touched on `queue` only, but for the mutex.
    private let torn = Mutex(false)

    /// `write` is `write(2)`, but for tests of a disk that fills up.
    init(
        _ place: Place, opening: String = "", isHeader: Bool = false, makesFolder: Bool = false,
        write: @escaping Write = { Glibc.write($0, $1.baseAddress, $1.count) }
    ) {
        self.place = place
        self.opening = Array(opening.utf8)
        self.isHeader = isHeader
        self.makesFolder = makesFolder
        self.write = write
    }

    /// `line` without its newline, and without any inside.
    func append(_ line: String) async -> Fate {
        await withCheckedContinuation { reply in
            let isFirst = waiting.withLock { entries in
                entries.append(Entry(line: Array(line.utf8) + [UInt8(ascii: "\n")], reply: reply))
                return entries.count == 1
            }
            if isFirst { queue.async { self.writeWaiting() } }
        }
    }

    /// Whether a line could be written now; makes the file where there is none.
    func look() async -> Fate {
        await withCheckedContinuation { reply in
            queue.async {
                switch self.open() {
                case .success(let file):
                    if case .path = self.place { close(file) }
                    reply.resume(returning: .written)
                case .failure(let unopened): reply.resume(returning: unopened.fate)
                }
            }
        }
    }

    /// The file is opened anew each time, so that it can be moved away by log rotation.
    private func writeWaiting() {
        let entries = waiting.withLock { entries in
            defer { entries = [] }
            return entries
        }
        let file: Int32
        switch open() {
        case .success(let opened): file = opened
        case .failure(let unopened): return answer(entries.map { ($0, unopened.fate) })
        }
        let isNew = isEmpty(file)
        var fates: [(Entry, Fate)] = []
        for entry in entries {
            let isFirst = isHeader && isNew && !fates.contains { $0.1 != .failed }
            fates.append((entry, put(isFirst ? opening + entry.line : entry.line, to: file)))
        }
        if !flush(file) || isNew && !flushFolder() { fates = fates.map { ($0.0, $0.1 == .written ? .unclear : $0.1) } }
        if case .path = place { close(file) }
        answer(fates)
    }

    private func answer(_ fates: [(Entry, Fate)]) {
        for (entry, fate) in fates { entry.reply.resume(returning: fate) }
    }

    private struct Unopened: Error { let fate: Fate }

    private func open() -> Result<Int32, Unopened> {
        guard case .path(let path) = place else { return .success(STDOUT_FILENO) }
        if makesFolder, let folder { mkdir(folder, 0o700) }
        let file = Glibc.open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { return .failure(Unopened(fate: .failed)) }
        guard isOurs(file) else {
            close(file)
            return .failure(Unopened(fate: .foreign))
        }
        if endsWithinLine(file) { torn.withLock { $0 = true } }
        return .success(file)
    }

    /// Empty, or begun by a line of ours; what is no file is taken as it is.
    private func isOurs(_ file: Int32) -> Bool {
        var about = stat()
        guard fstat(file, &about) == 0, about.st_mode & S_IFMT == S_IFREG else { return true }
        var bytes = [UInt8](repeating: 0, count: opening.count)
        let count = pread(file, &bytes, bytes.count, 0)
        return count <= 0 || opening.starts(with: bytes[..<count])
    }

    private func isEmpty(_ file: Int32) -> Bool {
        var about = stat()
        return fstat(file, &about) == 0 && about.st_mode & S_IFMT == S_IFREG && about.st_size == 0
    }

    /// Nil for standard output.
    private var folder: String? {
        guard case .path(let path) = place else { return nil }
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// A new file is found after a power failure only where its folder is on disk too.
    private func flushFolder() -> Bool {
        guard let folder else { return true }
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A folder that may be written and not read cannot be asked.
        guard descriptor >= 0 else { return errno == EACCES }
        defer { close(descriptor) }
        return flush(descriptor)
    }

    /// A process that was killed may have left the last line without its end.
    private func endsWithinLine(_ file: Int32) -> Bool {
        var about = stat()
        guard fstat(file, &about) == 0, about.st_size > 0 else { return false }
        var last: UInt8 = 0
        return pread(file, &last, 1, about.st_size - 1) == 1 && last != UInt8(ascii: "\n")
    }

    /// One write per line: with O_APPEND, lines of several processes do not mix. Only a disk that takes part of the
    /// line gets asked again.
    private func put(_ line: [UInt8], to file: Int32) -> Fate {
        let bytes = torn.withLock { $0 } ? [UInt8(ascii: "\n")] + line : line
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { write(file, $0) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            sent += count
        }
        if sent > 0 { torn.withLock { $0 = sent < bytes.count } }
        return sent == bytes.count ? .written : sent == 0 ? .failed : .unclear
    }

    /// A pipe or a terminal cannot be synchronised, and need not be.
    private func flush(_ file: Int32) -> Bool {
        fsync(file) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP
    }
}
