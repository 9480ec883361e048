import Foundation

/// A file that the user wrote and a command rewrites.
enum RewrittenFile {
    /// Writes beside the file and renames, so that a crash leaves one of the two whole; the permissions stay.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let target = URL(filePath: path).resolvingSymlinksInPath()
        let beside = target.deletingLastPathComponent().appending(path: ".\(target.lastPathComponent).nudged")
        do {
            let mode = try FileManager.default.attributesOfItem(atPath: target.path)[.posixPermissions]
            try Data(bytes).write(to: beside)
            if let mode { try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: beside.path) }
            guard rename(beside.path, target.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            try? FileManager.default.removeItem(at: beside)
            throw Failure(
                .couldNotRun,
                .say(
                    "\(path): cannot be written; check its permissions and those of its folder",
                    "\(path)：写不了；请检查文件及其目录的权限"))
        }
    }
}
