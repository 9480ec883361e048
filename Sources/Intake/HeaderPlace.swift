import Kit

/// Where the header of a CSV file is, and what stands between its cells.
package struct HeaderPlace: Equatable, Sendable {
    let separator: UInt8
    /// The number of records before it: title lines, and Excel's `sep=;`.
    let skipped: Int
    /// The number of its line in the file, from 1.
    package let line: Int
    package let names: [String]

    /// What a person calls the separator.
    package func separatorName(in language: Language) -> String {
        switch separator {
        case 0x09: language == .chinese ? "制表符" : "tabs"
        case UInt8(ascii: ","): language == .chinese ? "逗号" : "commas"
        case UInt8(ascii: ";"): language == .chinese ? "分号" : "semicolons"
        default: "`\(Character(Unicode.Scalar(separator)))`"
        }
    }

    /// How the file was read, for a person whose columns were not found. A line without any column of the kind, in which
    /// something looks like a number or an address of a person, is a row of people: nothing of it is shown.
    func reading(as kind: ImportKind, in language: Language) -> String {
        let isOfPeople =
            Header.columns(of: names, kind, nil).isEmpty && names.contains { Mask.heading($0) != $0 }
        let shown = names.filter { !$0.isEmpty }.prefix(HeaderPlace.mostShown)
            .map(isOfPeople ? Mask.cell : Mask.heading)
        let rest = names.count { !$0.isEmpty } - shown.count
        let separator = separatorName(in: language)
        switch language {
        case .english:
            let list = shown.isEmpty ? "nothing" : shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
            return "line \(line) was taken for the header (separated by \(separator)): \(list)"
        case .chinese:
            let list = shown.isEmpty ? "（空）" : shown.joined(separator: "、") + (rest > 0 ? " 等，另有 \(rest) 列" : "")
            return "把第 \(line) 行当作表头（以\(separator)分隔）：\(list)"
        }
    }

    private static let mostShown = 12
}

/// Finds the header of a CSV file within its first lines, by the words of its columns, and the separator with it.
struct HeaderSearch {
    let file: OpenedFile
    let kind: ImportKind
    let attributes: Set<String>?

    static let lastLine = 20
    private static let separators = [UInt8(ascii: ","), 0x09, UInt8(ascii: ";")]

    /// The line that has most columns of the kind; where none has any, the first. Throws an `ImportRefusal` for a file
    /// without a line.
    func place() throws -> HeaderPlace {
        let isSheet = file.sheet != nil
        let declared = try isSheet ? UInt8(ascii: ",") : declaredSeparator()
        let first = declared == nil || isSheet ? 0 : 1
        var best: (place: HeaderPlace, merit: Merit)?
        for separator in declared.map({ [$0] }) ?? HeaderSearch.separators {
            for place in try places(separator, from: first) {
                let merit = merit(place, isFirst: place.skipped == first)
                if best.map({ $0.merit < merit }) ?? true { best = (place, merit) }
            }
        }
        guard let best else { throw ImportRefusal.noHeader }
        return best.place
    }

    /// The separator that Excel notes in a first line such as `sep=;`.
    private func declaredSeparator() throws -> UInt8? {
        var bytes = RecordBytes(file.source, file.encoding, from: file.textOffset)
        while bytes.count < 8, try bytes.extend() {}
        let front = (0..<min(bytes.count, 8)).map { bytes[$0] }
        let line = front.prefix { $0 != 0x0A && $0 != 0x0D }.filter { $0 != UInt8(ascii: "\"") }
        guard line.count == 5, String(decoding: line.prefix(4), as: UTF8.self).lowercased() == "sep=" else {
            return nil
        }
        return line.last.flatMap { $0 < 0x80 ? $0 : nil }
    }

    private func places(_ separator: UInt8, from first: Int) throws -> [HeaderPlace] {
        var reader = CSVReader(
            RecordBytes(file.source, file.encoding, from: file.textOffset), separatedBy: separator)
        var places: [HeaderPlace] = []
        var breaksInCells = 0
        var record = 0
        while try reader.skipEmptyLines(), reader.lineBreaks + breaksInCells < HeaderSearch.lastLine {
            let line = reader.lineBreaks + breaksInCells + 1
            guard let cells = try reader.next()?.cells else { break }
            if record >= first {
                let names = cells.map { CellText.bare($0.text) }
                places.append(HeaderPlace(separator: separator, skipped: record, line: line, names: names))
            }
            // A row of a sheet is one row, whatever its cells hold.
            for cell in cells where file.sheet == nil { breaksInCells += cell.text.utf8.count { $0 == 0x0A } }
            record += 1
        }
        return places
    }

    /// Compared in the order of its parts.
    private struct Merit: Comparable {
        var isComplete: Bool
        var columns: Int
        /// Without any column the first line is shown, cut where it has most cells.
        var cells: Int

        static func < (a: Merit, b: Merit) -> Bool {
            (a.isComplete ? 1 : 0, a.columns, a.cells) < (b.isComplete ? 1 : 0, b.columns, b.cells)
        }
    }

    private func merit(_ place: HeaderPlace, isFirst: Bool) -> Merit {
        let columns = Header.columns(of: place.names, kind, attributes)
        // One word may be a title, or a value that is also the name of a column.
        let isTitle = !isFirst && columns.count < 2 && place.names.count { !$0.isEmpty } > columns.count
        if isTitle || columns.isEmpty {
            return Merit(isComplete: false, columns: 0, cells: isFirst ? place.names.count : 0)
        }
        return Merit(isComplete: kind.missing(among: columns).isEmpty, columns: columns.count, cells: 0)
    }
}
