import Foundation
import Kit

/// Protects the output file of a command: only a file of the same kind is overwritten.
enum OwnFile {
    /// Throws when the path holds another kind of file, or no regular file. An empty file may be overwritten.
    static func requireReplaceable(_ path: String, as kind: Bilingual, isOwn: (Data) -> Bool)
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
            .say(
                "\(path): is there already and is not \(kind.english); nothing was written, name another file",
                "\(path)：已经存在，而且不是\(kind.chinese)；没有写入任何内容，请换一个文件名"))
    }
}
