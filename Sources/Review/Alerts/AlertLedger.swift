import Kit
import Store

/// One thing to tell: a cause that began, lasts, or is over.
package struct AlertNews: Sendable, Hashable {
    package enum Change: String, Sendable, CaseIterable {
        case begun, lasts, over
        /// Somebody tries out whether alerts arrive.
        case test
    }

    package var change: Change
    package var cause: String
    package var code: String
    package var subject: String?
    package var words: Bilingual
    /// What to do about it; nil for what is over.
    package var remedy: Bilingual?
    package var since: Instant

    package init(_ change: Change, _ attention: Attention, since: Instant) {
        (self.change, cause, code, subject) = (change, attention.cause, attention.code, attention.subject)
        (words, remedy, self.since) = (attention.words, attention.remedy, since)
    }

    fileprivate init(over row: AlertRow) {
        (change, cause, code, subject) = (.over, row.cause, row.code, row.subject)
        (words, since) = (row.words, row.beganAt)
    }
}

/// What somebody was told: once when a cause begins, once a day while it lasts, and once when it is over. Pure: the
/// caller names the time, and keeps the rows for the next start.
package struct AlertLedger: Sendable {
    /// Everything that somebody was told of and that is not over, by cause.
    private var told: [String: AlertRow] = [:]
    /// When what nobody has been told of yet began, and when it may be tried again.
    private var untold: [String: (since: Instant, retryAt: Instant)] = [:]
    /// The rows that the store has.
    private var kept: [String: AlertRow] = [:]

    /// A cause that lasts is told of again after a day.
    package static let again: Int64 = 86_400_000_000
    /// A cause is over once it was gone for so long, so that what comes and goes is not told of each time.
    package static let quiet: Int64 = 300_000_000
    /// What could not be told is tried again after so long.
    package static let retry: Int64 = 300_000_000
    /// At most so much is told at once; the rest comes with the next look.
    package static let most = 20

    package init() {}

    /// Takes over what was told before the start, from the store.
    package mutating func remember(_ rows: [AlertRow]) {
        kept = Dictionary(rows.map { ($0.cause, $0) }) { first, _ in first }
        told.merge(kept) { own, _ in own }
        for cause in kept.keys { untold[cause] = nil }
    }

    /// What is to be told now.
    /// - Parameter isProven: false for a cause that is not found and of which nobody knows whether it is over.
    package mutating func news(
        of found: [Attention], at now: Instant, isProven: (AlertRow) -> Bool = { _ in true }
    ) -> [AlertNews] {
        let present = Set(found.map(\.cause))
        untold = untold.filter { present.contains($0.key) }
        var news: [AlertNews] = []
        for attention in found {
            told[attention.cause]?.goneAt = nil
            if let row = told[attention.cause] {
                let age = now.micros - row.toldAt.micros
                let waits = untold[attention.cause].map { $0.retryAt > now } ?? false
                if age >= AlertLedger.again, !waits { news.append(AlertNews(.lasts, attention, since: row.beganAt)) }
            } else {
                let waiting = untold[attention.cause] ?? (now, now)
                untold[attention.cause] = waiting
                if waiting.retryAt <= now { news.append(AlertNews(.begun, attention, since: waiting.since)) }
            }
        }
        for row in told.values.sorted(by: { ($0.beganAt, $0.cause) < ($1.beganAt, $1.cause) })
        where !present.contains(row.cause) && isProven(row) {
            let since = row.goneAt ?? now
            told[row.cause]?.goneAt = since
            if now.micros - since.micros >= AlertLedger.quiet { news.append(AlertNews(over: row)) }
        }
        return Array(news.prefix(AlertLedger.most))
    }

    /// What the ways answered: whatever one of them got to without a fault was told, and is returned; the rest was not.
    package mutating func note(_ news: [AlertNews], _ answers: [AlertWays.Answer], at now: Instant) -> [AlertNews] {
        let count = answers.filter { $0.fault == nil }.map(\.reached).max() ?? 0
        let arrived = Array(news.prefix(count))
        noteTold(arrived, at: now)
        noteFailed(Array(news.dropFirst(count)), at: now)
        return arrived
    }

    /// Somebody was told of these.
    package mutating func noteTold(_ news: [AlertNews], at now: Instant) {
        for item in news {
            untold[item.cause] = nil
            switch item.change {
            case .begun:
                told[item.cause] = AlertRow(
                    cause: item.cause, code: item.code, subject: item.subject, words: item.words,
                    beganAt: item.since, toldAt: now)
            case .lasts: told[item.cause]?.toldAt = now
            case .over: told[item.cause] = nil
            case .test: break
            }
        }
    }

    /// Nobody could be told of these now.
    package mutating func noteFailed(_ news: [AlertNews], at now: Instant) {
        for item in news {
            let later = now.adding(micros: AlertLedger.retry)
            switch item.change {
            case .begun, .lasts: untold[item.cause] = (item.since, later)
            // It is gone for as long once more.
            case .over: told[item.cause]?.goneAt = now
            case .test: break
            }
        }
    }

    /// The rows that the store does not have yet, and the causes whose rows it must lose.
    package var unkept: (rows: [AlertRow], over: [String]) {
        (
            told.values.filter { kept[$0.cause] != $0 }.sorted { $0.cause < $1.cause },
            kept.keys.filter { told[$0] == nil }.sorted()
        )
    }

    /// The store has what `unkept` named.
    package mutating func noteKept() { kept = told }
}
