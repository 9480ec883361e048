import Kit

/// Why nothing of a file was read, or why reading it stopped.
package enum ImportRefusal: Error, Equatable, Sendable {
    case noFile(String)
    case unreadable(String)
    case directory(String)
    /// Neither a file nor a pipe: a socket, a disk.
    case noStream(String)
    /// No room for the temporary copy of a pipe.
    case cannotSpool(String)
    case noHeader
    case jsonArray
    case missingColumns([Column], ImportKind, HeaderPlace)
    case missingEither([Column], ImportKind, HeaderPlace)
    /// A file of a kind that is not read.
    case foreign(ForeignFile)
    case workbook(WorkbookFault)
    case doubledColumn(String, String)
    case cannotWrite(String)
    /// Another file is in the place of the rejected rows.
    case notRejectedRows(String)
    case noSuchZone(String)
    /// The database failed; earlier batches stay.
    case storeFailed(String)

    package func sentence(in language: Language) -> String { language == .chinese ? chinese : english }

    /// Whether what is in the file is the reason: then it is refused again, whenever it is read.
    package var isOfContent: Bool {
        switch self {
        case .noHeader, .jsonArray, .missingColumns, .missingEither, .foreign, .workbook, .doubledColumn: true
        case .noFile, .unreadable, .directory, .noStream, .cannotSpool, .cannotWrite, .notRejectedRows, .noSuchZone,
            .storeFailed:
            false
        }
    }

    private var english: String {
        switch self {
        case .noFile(let path): "there is no file \(path)"
        case .unreadable(let path): "\(path) cannot be read"
        case .directory(let path): "\(path) is a directory; name one file"
        case .noStream(let path): "\(path) is neither a file nor a pipe"
        case .cannotSpool(let directory):
            "what comes from a pipe could not be kept in \(directory); give a file, or make room there (TMPDIR names another place)"
        case .noHeader: "the file is empty; its first row must name the columns"
        case .jsonArray: "the file is one JSON list; write one object a line"
        case .missingColumns(let columns, let kind, let place):
            "the file has no column \(columns.map(\.rawValue).joined(separator: ", ")), which \(kind.rawValue) need; "
                + place.reading(as: kind, in: .english)
        case .missingEither(let columns, let kind, let place):
            "the file has no column \(columns.map(\.rawValue).joined(separator: " or ")), and \(kind.rawValue) need one; "
                + place.reading(as: kind, in: .english)
        case .foreign(let file): file.sentence(in: .english)
        case .workbook(let fault): fault.sentence(in: .english)
        case .doubledColumn(let a, let b):
            a == b
                ? "the column \(Mask.heading(a)) is there twice"
                : "the columns \(Mask.heading(a)) and \(Mask.heading(b)) mean the same; delete one of them"
        case .cannotWrite(let path): "\(path) cannot be written"
        case .notRejectedRows(let path):
            "\(path) is there already and does not hold rejected rows; move it away, it would be written over"
        case .noSuchZone(let name): "there is no time zone \(name)"
        case .storeFailed(let message): "the store could not be written (\(message)); what was imported before is kept"
        }
    }

    private var chinese: String {
        switch self {
        case .noFile(let path): "找不到文件 \(path)"
        case .unreadable(let path): "无法读取 \(path)"
        case .directory(let path): "\(path) 是目录，请写一个文件"
        case .noStream(let path): "\(path) 既不是文件也不是管道"
        case .cannotSpool(let directory): "管道里的内容无法暂存到 \(directory)；请改用文件，或腾出空间（可用 TMPDIR 指定别的位置）"
        case .noHeader: "文件为空，第一行应为列名"
        case .jsonArray: "文件是一个 JSON 数组，请每行写一个对象"
        case .missingColumns(let columns, let kind, let place):
            "文件缺少 \(kind.rawValue) 必需的列：\(columns.map(\.rawValue).joined(separator: "、"))；"
                + place.reading(as: kind, in: .chinese)
        case .missingEither(let columns, let kind, let place):
            "文件缺少列：\(kind.rawValue) 需要 \(columns.map(\.rawValue).joined(separator: " 或 ")) 中的一列；"
                + place.reading(as: kind, in: .chinese)
        case .foreign(let file): file.sentence(in: .chinese)
        case .workbook(let fault): fault.sentence(in: .chinese)
        case .doubledColumn(let a, let b):
            a == b
                ? "列 \(Mask.heading(a)) 出现了两次" : "列 \(Mask.heading(a)) 与 \(Mask.heading(b)) 含义相同，请删去其一"
        case .cannotWrite(let path): "无法写入 \(path)"
        case .notRejectedRows(let path): "\(path) 已经存在，而且不是被拒绝的行；请先移走，否则会被覆盖"
        case .noSuchZone(let name): "没有时区 \(name)"
        case .storeFailed(let message): "无法写入数据库（\(message)）；此前导入的行已保留"
        }
    }
}
