import Channels
import Config
import Dispatch
import Kit
import Logging
import Review
import Rules
import Store

/// Tells people what needs one of them. It has a thread of its own and waits for nobody: neither a tick nor a message
/// waits for it. What was told is kept in the store, but is told first, because a full disk must be told as well.
actor Alerting {
    /// How often it looks.
    static let every = Duration.seconds(20)

    private let ways: AlertWays
    private let store: MemberStore
    private let config: Configuration
    private let board: StatusBoard
    private let zone: @Sendable () -> Zone
    private let language: Language
    private let log: Logger
    private let thread = BlockingQueue("nudged.attention")
    private var ledger = AlertLedger()
    private var isLoaded = false
    private var complaint = Complaint()

    init(
        _ ways: AlertWays, store: MemberStore, config: Configuration, board: StatusBoard,
        zone: @escaping @Sendable () -> Zone, language: Language, log: Logger
    ) {
        (self.ways, self.store, self.config, self.board) = (ways, store, config, board)
        (self.zone, self.language, self.log) = (zone, language, log)
    }

    /// Nobody is to be told.
    nonisolated var isIdle: Bool { ways.isEmpty }

    /// Reads what was told before the start, so that it is not told again. A store that cannot be read now is asked again.
    func begin() async {
        guard !isLoaded, let rows = try? await thread.run({ [store] in try store.alerts() }) else { return }
        ledger.remember(rows)
        isLoaded = true
    }

    /// One look.
    func runOnce(at now: Instant) async {
        await begin()
        let (found, isProven) = await look(at: now)
        let news = ledger.news(of: found, at: now, isProven: isProven)
        if !news.isEmpty { await tell(news, at: now) }
        await keep()
    }

    private func look(at now: Instant) async -> ([Attention], (AlertRow) -> Bool) {
        let (store, config, refused) = (store, config, board.words(.rules))
        let own = [("not_deciding", board.words(.evaluation)), ("not_sending", board.words(.dispatch))]
            .compactMap { code, words in words.map { Attention(code, $0, remedy: Alerting.disk) } }
        do {
            let circumstances = try await thread.run {
                try Circumstances(
                    store, channels: config.channels.map(\.id), folders: config.folders, refused: refused,
                    oldestBackup: config.alerts.backupOlderThan, at: now)
            }
            return (own + circumstances.attention, circumstances.isProven)
        } catch {
            let reason = Bilingual(error)
            let unread = Attention(
                "store_unread", Bilingual("the store cannot be read: \(reason)", "读不到数据库：\(reason.chinese)"),
                remedy: Alerting.disk)
            // Whatever else there was is neither found nor over.
            return (own + [unread], { _ in false })
        }
    }

    private static let disk = Bilingual(
        "`nudged doctor` looks at disk and files", "`nudged doctor` 检查磁盘和文件")

    private func tell(_ news: [AlertNews], at now: Instant) async {
        let speech = Speech(language: language, zone: zone())
        let answers = await ways.tell(news, speech: speech, host: Typist.host, at: now)
        for item in ledger.note(news, answers, at: now) {
            log.notice(
                "somebody was told", metadata: ["code": "\(item.code)", "change": "\(item.change.rawValue)"])
        }
        let faults = answers.compactMap { answer in answer.fault.map { "\(answer.way): \($0)" } }
        if faults.isEmpty {
            if complaint.ends() { log.notice("alerts arrive again") }
        } else if complaint.begins(faults.joined(separator: "; ")) {
            log.error("an alert did not arrive", metadata: ["reason": "\(faults.joined(separator: "; "))"])
        }
    }

    /// What cannot be written now is written after a later look.
    private func keep() async {
        let unkept = ledger.unkept
        guard isLoaded, !unkept.rows.isEmpty || !unkept.over.isEmpty else { return }
        do {
            try await thread.run { [store] in try store.keep(alerts: unkept.rows, over: unkept.over) }
            ledger.noteKept()
        } catch {
            log.debug("what was told could not be written down yet")
        }
    }
}
