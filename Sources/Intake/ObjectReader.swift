import Kit

/// Reads JSON objects as records: the lines of NDJSON, and what comes by the API.
package struct ObjectReader {
    private let kind: ImportKind
    private let attributes: Set<String>?
    private var meanings: [String: Header.Meaning] = [:]

    /// - Parameter attributes: names of custom attributes without `attr.`; nil takes all.
    package init(_ kind: ImportKind, attributes: Set<String>?) {
        self.kind = kind
        self.attributes = attributes
    }

    /// The record of one object. What is no object, or says a thing twice, is a damaged record.
    /// - Parameter number: from 1.
    package mutating func record(_ json: StrictJSON, number: Int) -> ImportRecord {
        var record = ImportRecord(number: number)
        guard case .object(let members) = json else {
            record.damage = .notObject(nil)
            return record
        }
        do { try fill(&record, members) } catch { record.damage = error }
        return record
    }

    mutating func fill(_ record: inout ImportRecord, _ members: [StrictJSON.Member]) throws(Rejection) {
        for member in members {
            let meaning = meanings[member.key] ?? Header.meaning(of: member.key, kind, attributes)
            meanings[member.key] = meaning
            switch meaning {
            case .column(let column):
                guard record.cells[column] == nil else { throw Rejection.doubledKey(column) }
                record.cells.add(ObjectReader.cell(member.value, column), under: column)
            case .attribute(let name): record.attributes[name] = CellText.bare(ObjectReader.text(member.value))
            case .ignored: if !Header.ownNames.contains(member.key) { record.unknown.append(member.key) }
            }
        }
    }

    private static func cell(_ value: StrictJSON, _ column: Column) -> ImportRecord.Cell {
        switch value {
        case .array, .object: return .json(value)
        case .null: return .text("")
        default: return .text(CellText.value(value.scalarText ?? "", of: column))
        }
    }

    static func text(_ value: StrictJSON) -> String {
        switch value {
        case .array, .object: value.compactText
        default: value.scalarText ?? ""
        }
    }
}
