import Rules

/// Why nothing of a file was read, or why reading it stopped.
package enum ImportRefusal: Error, Equatable, Sendable {
    case noFile(String)
    case unreadable(String)
    case noHeader
    case jsonArray
    case missingColumns([Column], ImportKind)
    case doubledColumn(String, String)
    case cannotWrite(String)
    case noSuchZone(String)
    /// The database gave up; batches before stay.
    case storeFailed(String)

    package func sentence(in language: Language) -> String { language == .chinese ? chinese : english }

    private var english: String {
        switch self {
        case .noFile(let path): "there is no file \(path)"
        case .unreadable(let path): "\(path) cannot be read"
        case .noHeader: "the file is empty; its first row must name the columns"
        case .jsonArray: "the file is one JSON list; write one object a line"
        case .missingColumns(let columns, let kind):
            "the file has no column \(columns.map(\.rawValue).joined(separator: ", ")), which \(kind.rawValue) need"
        case .doubledColumn(let a, let b):
            a == b ? "the column \(a) is there twice" : "the columns \(a) and \(b) mean the same; delete one of them"
        case .cannotWrite(let path): "\(path) cannot be written"
        case .noSuchZone(let name): "there is no time zone \(name)"
        case .storeFailed(let message): "the store could not be written (\(message)); what was imported before is kept"
        }
    }

    private var chinese: String {
        switch self {
        case .noFile(let path): "找不到文件 \(path)"
        case .unreadable(let path): "无法读取 \(path)"
        case .noHeader: "文件为空，第一行应为列名"
        case .jsonArray: "文件是一个 JSON 数组，请每行写一个对象"
        case .missingColumns(let columns, let kind):
            "文件缺少 \(kind.rawValue) 必需的列：\(columns.map(\.rawValue).joined(separator: "、"))"
        case .doubledColumn(let a, let b):
            a == b ? "列 \(a) 出现了两次" : "列 \(a) 与 \(b) 含义相同，请删去其一"
        case .cannotWrite(let path): "无法写入 \(path)"
        case .noSuchZone(let name): "没有时区 \(name)"
        case .storeFailed(let message): "无法写入数据库（\(message)）；此前导入的行已保留"
        }
    }
}
