import Kit
import Synchronization

/// `{type: staff-list}`: for each day and advisor a list of what to send to whom, as CSV, which staff work through by hand
/// or bring into their own tool. `accepted` means that the row is on disk; whether somebody sent it is not known here.
struct StaffListChannel: Channel {
    let type = "staff-list"
    private let lists: StaffLists

    init(folder: String) { lists = StaffLists(folder: folder) }

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        guard !message.text.isEmpty else { return .rejected(code: "empty_text") }
        let row = StaffListRow(message)
        return await lists.file(row.fileName, of: row.day).append(row.line).outcome(foreign: "not_a_staff_list")
    }
}

/// The lists that are being written. Messages of one list wait for each other, so that several share one fsync.
private final class StaffLists: Sendable {
    private let folder: String
    private let files = Mutex<(day: LocalDate, byName: [String: LineFile])>((LocalDate(days: 0), [:]))

    init(folder: String) { self.folder = folder }

    func file(_ name: String, of day: LocalDate) -> LineFile {
        files.withLock { files in
            // Yesterday's lists are complete.
            if files.day != day { files = (day, [:]) }
            if let file = files.byName[name] { return file }
            let file = LineFile(
                .path("\(folder)/\(name)"), opening: StaffListRow.header, isHeader: true, makesFolder: true)
            files.byName[name] = file
            return file
        }
    }
}

/// One message as a row of a list, without formulas.
struct StaffListRow {
    /// By the clock of Beijing.
    let day: LocalDate
    let fileName: String
    /// Without its newline.
    let line: String

    /// With the mark that tells spreadsheets that it is UTF-8.
    static let header = "\u{FEFF}应发时间,导购,客户,客户ID,话术,规则,参考号\r\n"

    init(_ message: OutgoingMessage) {
        day = Zone.beijing.date(of: message.at)
        fileName = "\(day.text)-\(StaffListRow.fileSafe(message.advisor ?? "")).csv"
        let time = String(Zone.beijing.rfc3339(message.at).prefix(16)).replacing("T", with: " ")
        let cells = [
            time, PlainText.line(message.advisor ?? ""), PlainText.line(message.name ?? ""), message.to ?? "",
            message.text, message.rule, message.reference,
        ]
        line = cells.map(StaffListRow.cell).joined(separator: ",") + "\r"
    }

    /// One line is one message: a line break within a text becomes a space.
    static func cell(_ text: String) -> String {
        let line = String(text.map { $0.isNewline || $0 == "\0" ? " " : $0 })
        return "\"\(SpreadsheetText.guarded(line).replacing("\"", with: "\"\""))\""
    }

    /// Letters and digits of any script; whoever has none shares the list of those without an advisor.
    static func fileSafe(_ name: String) -> String {
        let safe = name.unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }
        // A file's name has at most 255 bytes.
        let short = String(String.UnicodeScalarView(safe.prefix(40)))
        return short.isEmpty ? "未分配" : short
    }
}
