/// Messages of ours are not stored as events: the decision to send is the event `message.sent` (the view
/// `own_messages`, docs/decisions/0074). What asks for the events of that name asks both.
package enum OwnMessages {
    package static let event = "message.sent"
    /// Has the columns of `events`, and `decision`.
    static let table = "own_messages"

    /// The number of the event. It is negative, so that it is no number of a row of `events`.
    package static func number(of decision: Int64) -> Int64 { -decision }

    /// The decision whose event has that number; nil for a row of `events`.
    static func decision(of event: Int64) -> Int64? { event < 0 ? -event : nil }
}

/// Where events are stored.
enum EventSource {
    case rows, ownMessages

    /// The sources that may have events of these names.
    static func of(_ names: [String]) -> [EventSource] {
        names.contains(OwnMessages.event) ? [.rows, .ownMessages] : [.rows]
    }

    /// The source of the event with that number.
    init(of number: Int64?) {
        self = number.flatMap(OwnMessages.decision) == nil ? .rows : .ownMessages
    }

    var table: String {
        switch self {
        case .rows: "events"
        case .ownMessages: OwnMessages.table
        }
    }

    /// The column that finds one event.
    var key: String {
        switch self {
        case .rows: "seq"
        case .ownMessages: "decision"
        }
    }

    /// An event's number, as SQL, in terms of the key.
    func key(of number: String) -> String {
        switch self {
        case .rows: number
        case .ownMessages: "-\(number)"
        }
    }

    /// The condition that the event `row` is after the one instant and not after the other.
    func within(_ row: String, after: String, through: String) -> String {
        let range = "\(row).at > \(after) AND \(row).at <= \(through)"
        switch self {
        case .rows: return range
        case .ownMessages:
            return range + " AND \(row).decision IN (SELECT t.decision FROM sends t "
                + "WHERE t.at > \(after) AND t.at <= \(through))"
        }
    }
}
