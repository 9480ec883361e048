import Channels
import Config
import Glibc
import Kit
import Logging
import Policies
import ServiceLifecycle
import Store
import Synchronization

/// Reads the mails that came back to a channel, from the Maildir that their address is delivered to.
///
/// What is known of a mail is where it lies. One that lies in `new` when the daemon ends is read again, which changes
/// nothing; one that was read goes to `cur`, marked as seen, and flagged for a person where it is a damaged report.
final class BounceIntake: Sendable {
    /// How many mails are written down together.
    private static let batch = 100
    private static let lookEvery = Duration.seconds(5)

    private struct State {
        var complaint = Complaint()
        /// After a failure of the machine.
        var pausedUntil: FolderWatch.Moment?
    }

    private let source: CallbackSource
    private let box: ReportBox
    private let store: MemberStore
    private let meter: OutboxMeter
    private let board: StatusBoard
    private let log: Logger
    private let terms: @Sendable () -> ReceiptTerms
    private let thread: BlockingQueue
    private let isToStop = StopFlag()
    private let state = Mutex(State())

    /// - Parameter terms: what the rules in force make of receipts.
    init(
        _ source: CallbackSource, _ box: ReportBox, into store: MemberStore, meter: OutboxMeter, board: StatusBoard,
        log: Logger, terms: @escaping @Sendable () -> ReceiptTerms
    ) {
        (self.source, self.box, self.store, self.terms) = (source, box, store, terms)
        (self.meter, self.board, self.log) = (meter, board, log)
        thread = BlockingQueue("nudged.bounces.\(source.channel)")
    }

    var service: Loop {
        Loop(name: "bounces \(source.channel)", body: run, stop: { [isToStop] in isToStop.set() })
    }

    @Sendable private func run() async throws {
        while await cancelWhenGracefulShutdown({ (try? await Task.sleep(for: BounceIntake.lookEvery)) != nil }) {
            await runOnce(at: .now, moment: .now)
        }
    }

    /// Reads what lies in `new` now.
    func runOnce(at now: Instant, moment: FolderWatch.Moment) async {
        guard !state.withLock({ $0.pausedUntil.map { moment < $0 } ?? false }) else { return }
        do {
            let mailbox = Maildir(path: box.maildir)
            var names = try await thread.run { try mailbox.names() }[...]
            var closed = 0
            while !names.isEmpty && !isToStop.isSet {
                closed += try await take(names.prefix(BounceIntake.batch), in: mailbox, at: now)
                names = names.dropFirst(BounceIntake.batch)
            }
            state.withLock { $0.pausedUntil = nil }
            // One mail that is closed to us keeps no other from being read.
            tell(closed > 0 ? "\(closed) of them cannot be opened" : nil)
        } catch {
            state.withLock { $0.pausedUntil = moment + FolderIntake.pause }
            tell((error as? FolderPlaces.Obstacle)?.words ?? MemberStore.words(for: error))
        }
    }

    /// - Returns: how many mails could not be opened.
    private func take(_ names: ArraySlice<String>, in mailbox: Maildir, at now: Instant) async throws -> Int {
        let reports = box.reports
        let mails = try await thread.run {
            names.compactMap { name in mailbox.read(name).map { (name: name, reading: reports.read($0)) } }
        }
        var source = source
        source.terms = terms()
        let said = mails.flatMap(\.reading.reports)
        let counts = try await store.note(mail: said, from: source, at: now, counting: meter)
        CrashPoint.reach(.afterImport)
        try await thread.run {
            for mail in mails {
                try mailbox.putAway(mail.name, flags: mail.reading == .damaged ? "FS" : "S")
            }
        }
        tell(mails.map(\.reading), counts)
        return names.count - mails.count
    }

    private func tell(_ mails: [MailReports.Reading], _ counts: CallbackCounts) {
        guard !mails.isEmpty else { return }
        var words: Logger.Metadata = ["channel": "\(source.channel)", "mails": "\(mails.count)"]
        for (name, count) in counts.words { words[name] = "\(count)" }
        let (other, damaged) = (mails.count { $0 == .other }, mails.count { $0 == .damaged })
        if other > 0 { words["other"] = "\(other)" }
        if damaged > 0 { words["damaged"] = "\(damaged)" }
        log.info("mails that came back were read", metadata: words)
    }

    private func tell(_ trouble: String?) {
        let name = "bounces of \(source.channel)"
        guard let trouble else {
            guard state.withLock({ $0.complaint.ends() }) else { return }
            log.notice("mails that come back are read again", metadata: ["channel": "\(source.channel)"])
            return board.note(folder: name, nil)
        }
        guard state.withLock({ $0.complaint.begins(trouble) }) else { return }
        log.error(
            "mails that come back are not read: they stay where they are",
            metadata: ["channel": "\(source.channel)", "folder": "\(box.maildir)", "reason": "\(trouble)"])
        board.note(folder: name, "mails that come back to `\(source.channel)` are not read: \(trouble)")
    }
}
