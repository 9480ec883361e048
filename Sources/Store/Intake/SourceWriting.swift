import Foundation
import Intake
import Kit
import Rules

/// Events of one source that came together.
package struct SourceBatch: Sendable {
    package var source: String
    package var at: Instant
    package var events: [SourceEvent]

    package init(source: String, at: Instant, events: [SourceEvent]) {
        self.source = source
        self.at = at
        self.events = events
    }
}

/// What became of an event that a source sent.
package enum SourceOutcome: String, Sendable, CaseIterable {
    case accepted
    /// It was taken before.
    case duplicate
    /// It is kept, and changes nothing.
    case quarantined
    /// Its id was taken before with another content: both are kept, the first counts.
    case conflict
}

/// Writes the events of sources within one transaction. Each event is written whole or not at all, and every one of them
/// is kept: an event that cannot be taken goes to the quarantine with its reason.
struct SourceWriting {
    private let db: Session
    private let secret: Data
    private var rows: RowWriter

    init(_ db: Session, at now: Instant) throws {
        self.db = db
        secret = try AddressKey.secret(db)
        rows = RowWriter(db, origin: .world(now: now))
        // Events come all the time; counting the sales of ninety days after each transaction would take all of ours.
        rows.countsSalesAnew = false
    }

    mutating func write(_ batch: SourceBatch) throws -> [SourceOutcome] {
        let named = batch.events.map { event in
            let hash = AddressKey.hash(event.identity, secret)
            return (event: event, id: event.id ?? "hash-\(Hex.text(hash))", hash: hash)
        }
        var known = try known(Set(named.map(\.id)), of: batch.source)
        return try named.map { event, id, hash in
            if let first = known[id] {
                guard first != hash else { return .duplicate }
                try keep(event, Entry(batch, id, hash: hash, reason: .conflict, known: first))
                return .conflict
            }
            if let rejection = try rejection(of: event, id, batch.source) {
                try keep(event, Entry(batch, id, hash: hash, reason: rejection))
                return .quarantined
            }
            try db.run(
                "INSERT INTO received (source, event_id, hash, at) VALUES (?, ?, ?, ?)",
                [batch.source, id, hash, batch.at.micros])
            known[id] = hash
            return .accepted
        }
    }

    private func known(_ ids: Set<String>, of source: String) throws -> [String: Data] {
        // Most calls have one event.
        if ids.count == 1, let id = ids.first {
            let hash: Data? = try db.value("SELECT hash FROM received WHERE source = ? AND event_id = ?", [source, id])
            return hash.map { [id: $0] } ?? [:]
        }
        var known: [String: Data] = [:]
        let sql = "SELECT event_id, hash FROM received WHERE source = ? AND event_id IN {texts ?}"
        try db.each(sql, [source, JSONRows.encode(Array(ids))]) { known[try $0[0]] = try $0[1] as Data }
        return known
    }

    /// Writes the facts of an event; nil when all of them are written.
    private mutating func rejection(of event: SourceEvent, _ id: String, _ source: String) throws -> Rejection? {
        let facts: [SourceFact]
        switch event.facts {
        case .failure(let rejection): return rejection
        case .success(let read): facts = try read.map { try rows.merged.today($0) }
        }
        if try rows.isOfErased(facts) { return nil }
        var rejection: Rejection?
        try db.savepoint {
            do {
                var events = 0
                for fact in facts {
                    if case .event = fact { events += 1 }
                    // One message may tell of several events, each with an id of its own.
                    try write(fact, events > 1 ? "\(id)#\(events)" : id, source)
                }
                return .keep
            } catch let reason as Rejection {
                rejection = reason
                return .takeBack
            }
        }
        return rejection
    }

    private mutating func write(_ fact: SourceFact, _ id: String, _ source: String) throws {
        switch fact {
        case .member(let row, let stated, let at):
            guard try !isOutdated(row.id, at) else { return }
            _ = try rows.write(member: row, stating: stated)
        case .event(var event, let lacksCart):
            event.id = id
            if lacksCart { try rows.findCart(of: &event) }
            if event.name.hasPrefix("order."), try Recommendation.hasCounted(event.at, db) {
                try Recommendation.countAnew(db)
            }
            _ = try rows.write(event: event, source: source, isRead: true)
        case .cart(var change):
            change.event.id = id
            _ = try rows.write(event: try rows.event(of: change), source: source)
        case .row(let row, let stated, _):
            if let member = row.memberID, try !rows.hasMember(member) { throw Rejection.noMember }
            _ = try rows.write(row, stating: stated, at: RowWriter.LinePlace(1, isLast: true))
        case .merge(let anonymous, let member): try rows.merge(anonymous, into: member)
        }
    }

    /// Whether a later identify call about the member came before.
    private func isOutdated(_ member: String, _ at: Instant) throws -> Bool {
        let sql = "SELECT 1 FROM latest WHERE member = ? AND name = 'member.identified' AND at > ?"
        return try db.first(sql, [member, at.micros]) != nil
    }

    // MARK: quarantine

    private struct Entry {
        let source: String
        let at: Instant
        let id: String
        let hash: Data
        let reason: Rejection
        let known: Data?

        init(_ batch: SourceBatch, _ id: String, hash: Data, reason: Rejection, known: Data? = nil) {
            (source, at) = (batch.source, batch.at)
            (self.id, self.hash, self.reason, self.known) = (id, hash, reason, known)
        }
    }

    /// The same event again is kept once.
    private mutating func keep(_ event: SourceEvent, _ entry: Entry) throws {
        let sql = """
            INSERT INTO quarantine (source, event_id, hash, kind, known, member, at, reason, reason_chinese, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """
        let person = try event.person.map { try rows.merged.member($0) }
        let kind = entry.reason == .conflict ? Quarantined.Kind.conflict : .rejected
        try db.run(
            sql,
            SQLArguments([
                entry.source.sql, entry.id.sql, entry.hash.sql, kind.rawValue.sql, entry.known.sql, person.sql,
                entry.at.micros.sql, entry.reason.sentence(in: .english, showing: .masked).sql,
                entry.reason.sentence(in: .chinese, showing: .masked).sql, event.body.text.sql,
            ]))
    }
}

extension MemberStore {
    /// Writes down what sources sent, all of it in one transaction, on disk when the call returns: only then may a source
    /// be answered. Returns what became of each event. The same events again change nothing.
    package func take(_ batches: [SourceBatch]) async throws -> [[SourceOutcome]] {
        do {
            return try await writer.write { try MemberStore.write(batches, $0) }
        } catch let error where MemberStore.isOfOneEvent(error) {
            var outcomes: [[SourceOutcome]] = []
            for batch in batches { outcomes.append(try await takeOneByOne(batch)) }
            return outcomes
        }
    }

    /// The same, for a command: beside a daemon it lets the daemon have its turn first.
    package func take(_ batch: SourceBatch) throws -> [SourceOutcome] {
        var outcomes: [SourceOutcome] = []
        do {
            try writeSlice { outcomes = try MemberStore.write([batch], $0)[0] }
        } catch let error where MemberStore.isOfOneEvent(error) {
            for event in batch.events {
                var single = SourceBatch(source: batch.source, at: batch.at, events: [event])
                do {
                    try writeSlice { outcomes += try MemberStore.write([single], $0)[0] }
                } catch let error where MemberStore.isOfOneEvent(error) {
                    single.events[0].facts = .failure(MemberStore.rejection(of: error))
                    try writeSlice { outcomes += try MemberStore.write([single], $0)[0] }
                }
            }
        }
        return outcomes
    }

    /// One faulty event must not hold up the others: it alone goes to the quarantine.
    private func takeOneByOne(_ batch: SourceBatch) async throws -> [SourceOutcome] {
        var outcomes: [SourceOutcome] = []
        for event in batch.events {
            var single = SourceBatch(source: batch.source, at: batch.at, events: [event])
            do {
                outcomes += try await writer.write { [single] in try MemberStore.write([single], $0)[0] }
            } catch let error where MemberStore.isOfOneEvent(error) {
                single.events[0].facts = .failure(MemberStore.rejection(of: error))
                outcomes += try await writer.write { [single] in try MemberStore.write([single], $0)[0] }
            }
        }
        return outcomes
    }

    private static func write(_ batches: [SourceBatch], _ db: Session) throws -> [[SourceOutcome]] {
        guard let first = batches.first else { return [] }
        var writing = try SourceWriting(db, at: first.at)
        return try batches.map { try writing.write($0) }
    }

    /// A statement that fails, or a damaged cell that it reads: not the failure of a disk or a lock.
    private static func isOfOneEvent(_ error: any Error) -> Bool {
        error is DamagedCell || StatementFault.reason(error) != nil
    }

    private static func rejection(of error: any Error) -> Rejection {
        .unwritable(StatementFault.reason(error) ?? "\(error)")
    }
}
