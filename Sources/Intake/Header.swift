import Rules

/// The meaning of each column of a file.
struct Header {
    enum Meaning: Equatable {
        case column(Column)
        /// The name of `attr.NAME`, without `attr.`.
        case attribute(String)
        case ignored
    }

    let names: [String]
    let meanings: [Meaning]
    /// The columns that have a meaning, from left to right.
    let columns: [Column]
    /// Whether the name is one that a former run appended.
    let isOwn: [Bool]
    /// Names without a meaning for this kind, for the note; excludes those that a former run appended.
    let unknown: [String]
    /// Names that gave way to a better one for the same column.
    let outdone: [String]

    /// The `row` and `reason` of a rejected file that is imported again.
    static let ownNames: Set<String> = ["row", "reason"]

    /// Throws an `ImportRefusal` for a doubled column or a missing required one.
    init(_ place: HeaderPlace, _ kind: ImportKind, attributes: Set<String>?) throws {
        let names = place.names
        self.names = names
        var meanings = names.map { Header.meaning(of: $0, kind, attributes) }
        // In a file about members, several address columns say nothing about anyone's consent.
        if meanings.contains(.column(.memberID)), meanings.count(where: { $0 == .column(.address) }) > 1 {
            meanings = meanings.map { $0 == .column(.address) ? .ignored : $0 }
        }
        var unknown: [String] = []
        var outdone: [String] = []
        for (index, meaning) in meanings.enumerated() {
            let others = meanings.indices.filter { $0 != index && meanings[$0] == meaning }
            if meaning == .ignored {
                if !names[index].isEmpty, !Header.ownNames.contains(names[index]) { unknown.append(names[index]) }
            } else if let other = others.first {
                guard HeaderWords.givesWay(names[index]), others.allSatisfy({ !HeaderWords.givesWay(names[$0]) })
                else {
                    // Two of a kind are doubled only when no column that gives way is left.
                    if HeaderWords.givesWay(names[other]), others.count == 1 { continue }
                    throw ImportRefusal.doubledColumn(names[min(index, other)], names[max(index, other)])
                }
                meanings[index] = .ignored
                outdone.append(names[index])
            }
        }
        let columns = meanings.compactMap { if case .column(let column) = $0 { column } else { nil } }
        let missing = kind.required.filter { !columns.contains($0) }
        guard missing.isEmpty else { throw ImportRefusal.missingColumns(missing, kind, place) }
        guard kind.either.isEmpty || kind.either.contains(where: columns.contains) else {
            throw ImportRefusal.missingEither(kind.either, kind, place)
        }
        self.meanings = meanings
        // A column that gave way has none any more.
        self.columns = meanings.compactMap { if case .column(let column) = $0 { column } else { nil } }
        isOwn = names.map(Header.ownNames.contains)
        self.unknown = unknown
        self.outdone = outdone
    }

    /// The columns that names mean.
    static func columns(of names: [String], _ kind: ImportKind, _ attributes: Set<String>?) -> Set<Column> {
        Set(
            names.compactMap { if case .column(let column) = meaning(of: $0, kind, attributes) { column } else { nil } }
        )
    }

    static func meaning(of name: String, _ kind: ImportKind, _ attributes: Set<String>?) -> Meaning {
        if let column = HeaderWords.column(named: name, in: kind) { return .column(column) }
        guard kind == .members, name.hasPrefix("attr.") else { return .ignored }
        let attribute = RowID.canonical(String(name.dropFirst("attr.".count)))
        let isKnown = attributes.map { $0.contains(attribute) } ?? true
        return isKnown && !attribute.isEmpty ? .attribute(attribute) : .ignored
    }
}
