import Foundation
import Kit

/// Protects the output file of a command: only a file of the same kind is overwritten.
enum OwnFile {
    /// Throws when the path holds another kind of file, or no regular file. An empty file may be overwritten.
    /// - Parameters:
    ///   - most: how many bytes of the file tell what it is; nil for all.
    ///   - isOwn: asked with these bytes.
    static func requireReplaceable(_ path: String, as kind: Bilingual, atMost most: Int? = nil, isOwn: (Data) -> Bool)
        throws
    {
        guard FileManager.default.fileExists(atPath: path) else { return }
        if isRegular(path), let data = front(path, most), data.isEmpty || isOwn(data) { return }
        throw Failure(
            .couldNotRun,
            .say(
                "\(path): is there already and is not \(kind.english); nothing was written, name another file",
                "\(path)：已经存在，而且不是\(kind.chinese)；没有写入任何内容，请换一个文件名"))
    }

    private static func front(_ path: String, _ most: Int?) -> Data? {
        guard let most else { return FileManager.default.contents(atPath: path) }
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        do { return try handle.read(upToCount: most) ?? Data() } catch { return nil }
    }

    /// Throws when the input of a command is no regular file: a pipe or a device may never end, and a folder has nothing.
    static func requireReadable(_ path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure(.couldNotRun, .say("there is no file \(path)", "找不到文件 \(path)"))
        }
        guard isRegular(path) else {
            throw Failure(
                .couldNotRun,
                .say(
                    "\(path) is a pipe, a device or a folder; name a file", "\(path) 是管道、设备或目录，请写一个文件"))
        }
    }

    /// Whether it is a file, through links.
    private static func isRegular(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
