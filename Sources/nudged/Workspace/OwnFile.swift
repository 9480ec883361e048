import Foundation

/// An output file of a command: written over only where what is there is of the same kind.
enum OwnFile {
    /// Throws for a file that is there and not ours, and for what is no file at all. An empty one takes nothing away.
    static func requireReplaceable(_ path: String, as kind: (english: String, chinese: String), isOwn: (Data) -> Bool)
        throws
    {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return }
        let target = URL(filePath: path).resolvingSymlinksInPath().path
        let type = try? FileManager.default.attributesOfItem(atPath: target)[.type] as? FileAttributeType
        let isFile = !isDirectory.boolValue && type == .typeRegular
        if isFile, let data = FileManager.default.contents(atPath: path), data.isEmpty || isOwn(data) { return }
        throw Failure(
            .couldNotRun,
            Spoken.language(nil) == .chinese
                ? "\(path)：已经存在，而且不是\(kind.chinese)；没有写入任何内容，请换一个文件名"
                : "\(path): is there already and is not \(kind.english); nothing was written, name another file")
    }
}
