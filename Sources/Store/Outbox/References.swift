import Policies

/// Makes the references that attempts carry and providers keep: `nd`, the run of the daemon, the thing, the attempt.
/// The run is drawn at each start, so that no copy of the store gives the same reference. The thing is a hash of rule,
/// member, occasion and step, by which the references of a copy that carried on are recognised whatever row numbers it
/// used (docs/decisions/0031).
package struct References {
    /// Columns for a query with the member `member` and the occasion `occasion`, and `merged` joined to the decision.
    static func columns(_ member: String, _ occasion: String) -> String {
        "COALESCE(g.former, \(member)) AS former, COALESCE(g.occasion, \(occasion)) AS former_occasion"
    }

    /// The join of whom a decision was made for, where its member took over another one since.
    static func merged(_ decision: String) -> String { "LEFT JOIN merged_decisions g ON g.decision = \(decision)" }

    private let run: String
    private let generation: Int64

    package init(_ outbox: Outbox) throws {
        run = String(try outbox.meta("run") ?? 0, radix: 36)
        generation = try outbox.meta("generation") ?? 0
    }

    /// - Parameter delivery: a row with `rule`, `former`, `former_occasion` and `step`: whom and which occasion it was
    ///   decided for, see `References.columns`.
    func reference(_ delivery: SQLRow, attempt: Int) throws -> String {
        "nd\(run)-\(try thing(delivery))-\(attempt)"
    }

    /// The part that all references of a delivery share, in every copy of the store and in no other store.
    /// - Parameter later: how many steps further on than the delivery's own.
    package func thing(_ delivery: SQLRow, later: Int = 0) throws -> String {
        let (rule, occasion): (String, String) = try (delivery["rule"], delivery["former_occasion"])
        let step: Int = try delivery["step"]
        let key = "\(generation)\u{1F}\(rule)\u{1F}\(occasion)\u{1F}\(step + later)"
        return String(Chance.draw(key: key, member: try delivery["former"]).n, radix: 36)
    }

    /// The middle of a reference of ours; nil for anything else.
    package static func thing(of reference: some StringProtocol) -> Substring? {
        let parts = Substring(reference).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].hasPrefix("nd"), parts.allSatisfy({ !$0.isEmpty }), Int(parts[2]) != nil else {
            return nil
        }
        return parts[1]
    }
}
