import Config
import Kit
import Rules
import Store

/// One look of a process that ends after it, as a tick by cron does: it tells what the daemon would tell. What earlier
/// looks told, and since when it is gone, is in the store.
package struct AlertLook: Sendable {
    private let ways: AlertWays
    private let config: Configuration
    private let speech: Speech
    private let host: String

    /// - Parameter host: the machine that says it.
    package init(_ ways: AlertWays, config: Configuration, speech: Speech, host: String) {
        (self.ways, self.config, self.speech, self.host) = (ways, config, speech, host)
    }

    /// Only a daemon shows that these are over.
    private static let ofDaemon: Set = ["daemon_failed", "not_sending"]

    /// Looks, tells and writes down what was told. Throws what reading or writing the store throws.
    /// - Parameters:
    ///   - refused: why nothing was evaluated; nil where it was.
    ///   - goesOn: as `AlertWays.tell` has it.
    /// - Returns: the ways that took nothing, with the reason.
    package func run(
        _ store: MemberStore, refused: Bilingual?, at now: Instant, while goesOn: @Sendable () -> Bool = { true }
    ) async throws -> [AlertWays.Answer] {
        var ledger = AlertLedger()
        ledger.remember(try store.alerts())
        let circumstances = try Circumstances(
            store, channels: config.channels.map(\.id), folders: config.folders, refused: refused,
            oldestBackup: config.alerts.backupOlderThan, evaluator: .ticks, at: now)
        let unproven = AlertLook.ofDaemon.union(refused == nil ? [] : ["not_deciding"])
        let news = ledger.news(of: circumstances.attention, at: now) { row in
            !unproven.contains(row.code) && circumstances.isProven(row)
        }
        let answers = await ways.tell(news, speech: speech, host: host, at: now, while: goesOn)
        _ = ledger.note(news, answers, at: now)
        let unkept = ledger.unkept
        if !unkept.rows.isEmpty || !unkept.over.isEmpty { try store.keep(alerts: unkept.rows, over: unkept.over) }
        return answers.filter { $0.fault != nil }
    }
}
