import Config
import Glibc
import Kit

/// A folder of nudged.yaml, as its files are.
package struct FolderStatus: Sendable {
    package var folder: Configuration.Folder
    /// Files that are to be imported; nil where the folder cannot be read.
    package var waiting: Int?
    /// Files in its rejected/, without those of rejected rows.
    package var rejected: Int
    /// The folder, or its rejected/, where that cannot be read.
    private var unreadable: String?

    package init(_ folder: Configuration.Folder) {
        self.folder = folder
        waiting = Configuration.Folder.names(in: folder.path)?.count
        unreadable = waiting == nil ? folder.path : nil
        let aside = folder.path + "/rejected"
        let names = Configuration.Folder.names(in: aside)
        // It is made with the first file that is rejected.
        if names == nil, errno != ENOENT { unreadable = unreadable ?? aside }
        rejected = names?.count ?? 0
    }

    /// Nil where all is well.
    package var attention: Attention? {
        if let unreadable {
            return Attention(
                "folder_unreadable", of: folder.id,
                Bilingual(
                    "the folder of `\(folder.id)` cannot be read: \(unreadable)",
                    "`\(folder.id)` 的目录读不了：\(unreadable)"),
                remedy: Bilingual(
                    "make it, and let the user of the daemon read and write it", "创建它，并让守护进程的用户可以读写"))
        }
        guard rejected > 0 else { return nil }
        return Attention(
            "files_rejected", of: folder.id,
            Bilingual(
                "\(rejected) files of `\(folder.id)` were not taken whole: \(folder.path)/rejected",
                "`\(folder.id)` 有 \(rejected) 个文件没有全部导入：\(folder.path)/rejected"),
            remedy: Bilingual(
                "mend the rows of NAME.rejected.csv, put it into the folder under a new name, and take both away",
                "改好“文件名.rejected.csv”里的行，换个名字放回目录，再把这两个文件移走"))
    }

    var json: JSONText {
        .object([
            "source": .text(folder.id), "kind": .text(folder.kind.rawValue), "folder": .text(folder.path),
            "waiting": waiting.map(JSONText.int) ?? .null, "rejected": .int(rejected),
        ])
    }
}
