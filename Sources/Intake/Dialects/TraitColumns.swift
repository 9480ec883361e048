import Kit
import Rules

/// The traits of an identify call as columns of a member: the names that imports know, those that Segment reserves, and
/// the custom attributes of fields.yaml. Other traits are left alone, and so is what an absent or empty one would say.
struct TraitColumns {
    private let terms: SourceTerms

    init(_ terms: SourceTerms) { self.terms = terms }

    /// Throws a `Rejection` for a trait that does not fit its column.
    func member(
        _ id: String, _ traits: StrictJSON, at now: Instant
    ) throws -> (member: MemberRow, stated: ColumnSet) {
        var record = ImportRecord(number: 1)
        record.cells.add(.text(id), under: .id)
        for (column, text) in columns(of: traits) where record.cells[column] == nil {
            record.cells.add(.text(text), under: column)
        }
        for trait in traits.members {
            let name = trait.key.hasPrefix("attr.") ? String(trait.key.dropFirst("attr.".count)) : trait.key
            guard terms.attributes[name] != nil, trait.value != .null else { continue }
            let text = CellText.bare(trait.value.scalarText ?? trait.value.compactText)
            if !text.isEmpty { record.attributes[name] = text }
        }
        var builder = terms.builder(record, at: now)
        guard case .member(let row) = try builder.row(.members) else {
            preconditionFailure("a row of members is a member")
        }
        return (row, builder.stating(record.cells.filled))
    }

    /// The columns that have a value, the better name of each first.
    private func columns(of traits: StrictJSON) -> [(Column, String)] {
        var columns: [(Column, String)] = []
        for trait in traits.members {
            guard case .column(let column) = Header.meaning(of: trait.key, .members, nil), column != .id,
                let text = text(trait.value, column)
            else { continue }
            // A status of another system is no reason to refuse a member, nor to close one.
            if column == .status, ValueWords.memberStatus[text.lowercased()] == nil { continue }
            columns.append((column, text))
        }
        if let name = wholeName(traits) { columns.append((.displayName, name)) }
        let address = traits["address"] ?? .null
        for (key, column) in [("city", Column.city), ("state", .region), ("region", .region)] {
            if let text = text(address[key] ?? .null, column) { columns.append((column, text)) }
        }
        return columns
    }

    private func text(_ value: StrictJSON, _ column: Column) -> String? {
        if column == .tags, case .array(let elements) = value {
            return elements.compactMap(\.scalarText).joined(separator: ";")
        }
        let text = value.scalarText.map { CellText.value($0, of: column) } ?? ""
        guard !text.isEmpty else { return nil }
        return column == .birthday ? TraitColumns.day(text) : text
    }

    /// A birthday that is an instant is the day that it begins with: clients write dates as midnight of some zone.
    private static func day(_ text: String) -> String {
        guard text.utf8.count > 10, let mark = text.firstIndex(where: { $0 == "T" || $0 == " " }) else { return text }
        return String(text[..<mark])
    }

    /// Family names come first in China, and without a space.
    private func wholeName(_ traits: StrictJSON) -> String? {
        let part = { (key: String) in traits[key]?.scalarText.map(CellText.bare) ?? "" }
        let (first, last) = (part("firstName"), part("lastName"))
        if first.isEmpty || last.isEmpty { return first.isEmpty ? (last.isEmpty ? nil : last) : first }
        let isLatin = (first + last).utf8.allSatisfy { $0 < 0x80 }
        return isLatin ? "\(first) \(last)" : last + first
    }
}
