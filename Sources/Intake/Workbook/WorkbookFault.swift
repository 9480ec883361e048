import Kit

/// Why a workbook was not read.
package enum WorkbookFault: Error, Equatable, Sendable {
    case tooLarge
    case explodes
    case documentType
    /// The part that cannot be read.
    case damaged(String)
    /// A ZIP archive of something else.
    case noWorkbook
    case openDocument
    case binary
    case noSheet
    case noSuchSheet(String, among: [String])
    case emptySheet(String)
    /// A sheet was named for a file that has none.
    case notWorkbook

    func sentence(in language: Language) -> String { language == .chinese ? chinese : english }

    private var english: String {
        let save = ForeignFile.remedy.english
        return switch self {
        case .tooLarge: "the Excel workbook is larger than 100 MB; save the sheet as \"CSV UTF-8\""
        case .explodes: "the Excel workbook inflates to an absurd size (a ZIP bomb?); it was not read"
        case .documentType:
            "the Excel workbook declares a document type in its XML, which no spreadsheet does; it was not read"
        case .damaged(let part): "the Excel workbook is damaged (\(part)); \(save)"
        case .noWorkbook: "the file is a ZIP archive, not an Excel workbook; unpack it first"
        case .openDocument: "the file is an OpenDocument spreadsheet (.ods), not an Excel workbook; \(save)"
        case .binary: "the file is a binary Excel workbook (.xlsb); \(save)"
        case .noSheet: "the Excel workbook has no sheet with rows"
        case .noSuchSheet(let name, let names):
            "the Excel workbook has no sheet \(name); it has \(names.joined(separator: ", "))"
        case .emptySheet(let name): "the sheet \(name) of the Excel workbook is empty; --sheet NAME reads another"
        case .notWorkbook: "--sheet is for Excel workbooks (.xlsx), and the file is none"
        }
    }

    private var chinese: String {
        let save = ForeignFile.remedy.chinese
        return switch self {
        case .tooLarge: "Excel 工作簿超过 100 MB；请把工作表另存为“CSV UTF-8”"
        case .explodes: "Excel 工作簿解压后大得离谱（可能是压缩炸弹），没有读取"
        case .documentType: "Excel 工作簿的 XML 声明了文档类型，正常的表格不会这样；没有读取"
        case .damaged(let part): "Excel 工作簿已损坏（\(part)）；\(save)"
        case .noWorkbook: "这是 ZIP 压缩包，不是 Excel 工作簿；请先解压"
        case .openDocument: "这是 OpenDocument 表格（.ods），不是 Excel 工作簿；\(save)"
        case .binary: "这是二进制的 Excel 工作簿（.xlsb）；\(save)"
        case .noSheet: "Excel 工作簿里没有带数据的工作表"
        case .noSuchSheet(let name, let names): "Excel 工作簿里没有工作表 \(name)；有：\(names.joined(separator: "、"))"
        case .emptySheet(let name): "Excel 工作簿的工作表 \(name) 是空的；用 --sheet 名称 读取别的工作表"
        case .notWorkbook: "--sheet 用于 Excel 工作簿（.xlsx），这个文件不是"
        }
    }
}
