import Kit
import Rules

/// The trait `consents` of an identify call: by channel a state, or an object with the columns of a consent; or a list of
/// such objects, each with its channel, as `POST /consents` has them.
struct TraitConsents {
    private let terms: SourceTerms

    init(_ terms: SourceTerms) { self.terms = terms }

    /// A word without an instant of its own has none, as in a file: calls say again and again what a form said once.
    ///
    /// - Parameter at: the instant of the call.
    /// - Throws: a `Rejection` for what cannot be read, whatever its shape: a refusal must not be lost in silence.
    func facts(_ member: String, _ traits: StrictJSON, at: Instant, received: Instant) throws -> [SourceFact] {
        try TraitConsents.said(in: traits).map { channel, value in
            var record = ImportRecord(number: 1)
            record.cells.add(.text(member), under: .memberID)
            if let channel { record.cells.add(.text(channel), under: .channel) }
            if let state = value.scalarText { record.cells.add(.text(state), under: .state) }
            for column in TraitConsents.columns {
                guard let text = value[column.rawValue]?.scalarText, !text.isEmpty else { continue }
                record.cells.add(.text(text), under: column)
            }
            var builder = terms.builder(record, at: received)
            guard case .consent(var row, let address) = try builder.row(.consents) else {
                preconditionFailure("a row of consents is a consent")
            }
            // A refusal acts when it is stored, whatever date it has.
            if row.state == .granted { row.at = try row.at.map { try SegmentDialect.notAhead($0, of: received) } }
            row.source = row.source ?? TraitConsents.source
            let stated = record.cells.filled
            return .row(.consent(row, of: address), stating: stated, at: min(row.at ?? at, received))
        }
    }

    /// Whether anything is refused.
    func refuse(_ traits: StrictJSON, received: Instant) throws -> Bool {
        try facts("anyone", traits, at: received, received: received).contains {
            if case .row(let row, _, _) = $0 { row.isRefusal } else { false }
        }
    }

    /// What is said, each with its channel.
    private static func said(in traits: StrictJSON) throws -> [(channel: String?, value: StrictJSON)] {
        switch traits["consents"] {
        case nil, .null?: []
        case .object(let channels)?: channels.map { ($0.key, $0.value) }
        case .array(let rows)?:
            try rows.map {
                guard case .object = $0 else { throw Rejection.notConsents }
                return ($0["channel"]?.scalarText, $0)
            }
        default: throw Rejection.notConsents
        }
    }

    /// What a consent is from whose trait does not say it.
    private static let source = "identify"
    private static let columns: [Column] = [.state, .purpose, .at, .source, .textVersion, .proof, .guardian]
}
