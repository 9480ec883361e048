import Kit
import Rules

/// The trait `consents` of an identify call: by channel a state, or an object with the columns of a consent. A trait of
/// that name which is no object is another system's, and is left alone.
struct TraitConsents {
    private let terms: SourceTerms

    init(_ terms: SourceTerms) { self.terms = terms }

    /// A word without an instant of its own has none, as in a file: calls say again and again what a form said once.
    ///
    /// - Parameter at: the instant of the call.
    /// - Throws: a `Rejection` for a word that cannot be read: a refusal must not be lost in silence.
    func facts(_ member: String, _ traits: StrictJSON, at: Instant, received: Instant) throws -> [SourceFact] {
        guard case .object(let channels)? = traits["consents"] else { return [] }
        return try channels.map { channel in
            var record = ImportRecord(number: 1)
            record.cells.add(.text(member), under: .memberID)
            record.cells.add(.text(channel.key), under: .channel)
            if let state = channel.value.scalarText { record.cells.add(.text(state), under: .state) }
            for column in TraitConsents.columns {
                guard let text = channel.value[column.rawValue]?.scalarText, !text.isEmpty else { continue }
                record.cells.add(.text(text), under: column)
            }
            var builder = terms.builder(record, at: received)
            guard case .consent(var row, let address) = try builder.row(.consents) else {
                preconditionFailure("a row of consents is a consent")
            }
            row.at = try row.at.map { try SegmentDialect.notAhead($0, of: received) }
            row.source = row.source ?? TraitConsents.source
            let stated = record.cells.filled
            return .row(.consent(row, of: address), stating: stated, at: row.at ?? at)
        }
    }

    /// What a consent is from whose trait does not say it.
    private static let source = "identify"
    private static let columns: [Column] = [.state, .purpose, .at, .source, .textVersion, .proof, .guardian]
}
