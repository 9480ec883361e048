import Intake
import Kit
import Rules

/// Writes rows that came by the API within the caller's transaction, each whole or not at all, by the same writer as an
/// import.
package struct APIRows {
    package typealias Outcome = Result<RowWriter.Written, Rejection>

    private let db: Session
    private let now: Instant
    private var writer: RowWriter
    /// Events that were refused because another one came before under their id. They are to be kept once the
    /// transaction is over, however it ends.
    package private(set) var conflicts: [EventRow] = []

    package init(_ db: Session, at now: Instant) {
        self.db = db
        self.now = now
        writer = APIRows.writer(db, now)
    }

    private static func writer(_ db: Session, _ now: Instant) -> RowWriter {
        var writer = RowWriter(db, origin: .world(now: now))
        // Rows come all the time; counting the sales of ninety days after each transaction would take all of ours.
        writer.countsSalesAnew = false
        return writer
    }

    /// Why the last row, a grant, was not written, or changes nothing for now.
    package var grantObjection: GrantObjection? { writer.grantObjection }

    /// - Parameter stated: the columns whose stored values the row replaces; nil: all.
    package mutating func write(_ row: IntakeRow, stating stated: ColumnSet?) throws -> Outcome {
        let row = try writer.merged.today(row)
        writer.grantObjection = nil
        if let member = row.memberID, try !writer.hasMember(member) { return .failure(.noMember) }
        if case .order(let order) = row, try Recommendation.hasCounted(order.paidAt, db) {
            try Recommendation.countAnew(db)
        }
        var outcome: Outcome?
        do {
            try db.savepoint {
                do {
                    outcome = .success(
                        try writer.write(
                            row, stating: stated ?? ColumnSet(Column.allCases),
                            at: RowWriter.LinePlace(1, isLast: true)))
                    return .keep
                } catch let rejection as Rejection {
                    outcome = .failure(rejection)
                    return .takeBack
                }
            }
        } catch let error where error is DamagedCell || StatementFault.reason(error) != nil {
            // What the writer noted of the row is gone with it.
            writer = APIRows.writer(db, now)
            outcome = .failure(.unwritable(StatementFault.reason(error) ?? "\(error)"))
        }
        if outcome == .failure(.otherEvent), case .event(let event) = row { conflicts.append(event) }
        guard let outcome else { preconditionFailure("a row that was written has an outcome") }
        return outcome
    }
}
