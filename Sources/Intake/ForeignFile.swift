import Kit

/// Kinds of files that people take for a table of rows, told by how they begin.
package enum ForeignFile: Equatable, Sendable {
    /// An OLE container: `.xls`, or a workbook with a password.
    case oldWorkbook
    case gzip, pdf, html, xml

    /// - Parameter front: the first bytes of the file, undecoded.
    package init?(front: [UInt8]) {
        if front.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            self = .oldWorkbook
        } else if front.starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else if front.starts(with: Array("%PDF-".utf8)) {
            self = .pdf
        } else {
            return nil
        }
    }

    /// - Parameter text: the beginning of the file as text, from its first visible character.
    package init?(text: String) {
        guard text.hasPrefix("<") else { return nil }
        let text = text.lowercased()
        if ["<html", "<!doctype html", "<table", "<meta", "<head", "<style", "<tr", "<div"].contains(
            where: text.contains)
        {
            self = .html
        } else if text.hasPrefix("<?xml") || text.contains("<workbook") {
            self = .xml
        } else {
            return nil
        }
    }

    /// The kind in words, as in "this is a PDF".
    package var noun: Bilingual {
        switch self {
        case .oldWorkbook:
            Bilingual("an Excel workbook of the old kind (.xls)", "旧格式的 Excel 工作簿（.xls）")
        case .gzip: Bilingual("a compressed file (gzip)", "压缩文件（gzip）")
        case .pdf: Bilingual("a PDF", " PDF 文件")
        case .html: Bilingual("an HTML page", " HTML 网页")
        case .xml: Bilingual("an XML file", " XML 文件")
        }
    }

    func sentence(in language: Language) -> String { language == .chinese ? chinese : english }

    /// What to do with a table of another kind.
    static let remedy = Bilingual(
        "open it in Excel or WPS and save it as .xlsx or as \"CSV UTF-8\"", "请用 Excel 或 WPS 打开，另存为 .xlsx 或“CSV UTF-8”")

    private var english: String {
        switch self {
        case .oldWorkbook:
            "the file is an Excel workbook of the old kind (.xls), or one with a password; \(ForeignFile.remedy.english)"
        case .gzip: "the file is compressed (gzip); unpack it first"
        case .pdf: "the file is a PDF, which has no rows; export the list as .xlsx or CSV where it comes from"
        case .html: "the file is an HTML table, whatever its name says; \(ForeignFile.remedy.english)"
        case .xml: "the file is XML, as Excel 2003 and some systems write it; \(ForeignFile.remedy.english)"
        }
    }

    private var chinese: String {
        switch self {
        case .oldWorkbook: "这是旧格式的 Excel 工作簿（.xls），或带密码的工作簿；\(ForeignFile.remedy.chinese)"
        case .gzip: "这是压缩文件（gzip），请先解压"
        case .pdf: "这是 PDF，里面没有数据行；请从原系统导出 .xlsx 或 CSV"
        case .html: "这是 HTML 网页表格，不论扩展名是什么；\(ForeignFile.remedy.chinese)"
        case .xml: "这是 XML 文件（Excel 2003 等系统的导出）；\(ForeignFile.remedy.chinese)"
        }
    }
}
