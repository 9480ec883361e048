import Glibc

/// One daemon (or one `tick`) for a store: a lock on `<database>.lock`, let go by the kernel when the process ends,
/// however it ends. Other commands write alongside.
package final class StoreLock: Sendable {
    private let file: Int32

    /// Throws `Refusal` 75 when somebody else has it, 78 when the file cannot be made.
    package init(databasePath: String) throws {
        let path = databasePath + ".lock"
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw Refusal(.refused, "cannot open \(path): \(String(cString: strerror(errno)))")
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let holder = StoreLock.holder(file)
            close(file)
            throw Refusal(
                .locked,
                "\(databasePath) is in use by another daemon or tick\(holder.map { " (process \($0))" } ?? "")")
        }
        let line = Array("\(getpid())\n".utf8)
        // Only for the message above: a failure to write it takes nothing from the lock.
        _ = ftruncate(file, 0)
        _ = pwrite(file, line, line.count, 0)
    }

    deinit { close(file) }

    private static func holder(_ file: Int32) -> String? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(file, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        let digits = bytes[..<count].prefix { (0x30...0x39).contains($0) }
        return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
    }
}
