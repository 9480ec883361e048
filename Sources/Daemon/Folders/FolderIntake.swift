import Config
import Gateway
import Glibc
import Intake
import Kit
import Logging
import ServiceLifecycle
import Store
import Synchronization

/// Imports the files that another system puts into a folder: complete ones only, one after the other in the order of
/// their names, each by the one import.
///
/// What is known of a file is where it lies. One that was under way when the daemon ended lies where it lay, and is
/// imported again, which changes nothing.
final class FolderIntake: Sendable {
    private struct State {
        var watch = FolderWatch()
        var complaint = Complaint()
        /// After a failure of the machine.
        var pausedUntil: FolderWatch.Moment?
    }

    private let folder: Configuration.Folder
    private let places: FolderPlaces
    private let store: MemberStore
    private let language: Language
    private let terms: @Sendable () -> SourceTerms?
    private let meter: FolderMeter
    private let board: StatusBoard
    private let log: Logger
    private let thread: BlockingQueue
    private let isToStop = StopFlag()
    private let state = Mutex(State())

    private static let lookEvery = Duration.seconds(1)
    /// A disk that is full, or a store that cannot be written, is tried again after that.
    static let pause = Duration.seconds(30)

    /// - Parameters:
    ///   - language: of the reasons in files of rejected rows.
    ///   - terms: what the rules in force say of the shop; nil before there are any.
    init(
        _ folder: Configuration.Folder, into store: MemberStore, language: Language, meter: FolderMeter,
        board: StatusBoard, log: Logger, terms: @escaping @Sendable () -> SourceTerms?
    ) {
        (self.folder, self.store, self.language, self.terms) = (folder, store, language, terms)
        (self.meter, self.board, self.log) = (meter, board, log)
        places = FolderPlaces(folder: folder.path)
        thread = BlockingQueue("nudged.folder.\(folder.id)")
    }

    var service: Loop {
        Loop(name: "folder \(folder.id)", body: run, stop: { [isToStop] in isToStop.set() })
    }

    @Sendable private func run() async throws {
        while await cancelWhenGracefulShutdown({ (try? await Task.sleep(for: FolderIntake.lookEvery)) != nil }) {
            try await thread.run { [self] in runOnce(at: .now, moment: .now) }
        }
    }

    /// Looks at the folder once, and imports what is complete. Blocks for as long as that takes.
    func runOnce(at now: Instant, moment: FolderWatch.Moment) {
        let isPaused = state.withLock { $0.pausedUntil.map { moment < $0 } ?? false }
        guard !isPaused, let terms = terms() else { return }
        var trouble: String?
        do {
            let files = try places.files()
            meter.note(waiting: files.count, of: folder.id)
            let ready = state.withLock { $0.watch.ready(files, at: moment) }
            if !ready.isEmpty { try places.make() }
            for name in ready where !isToStop.isSet {
                do { try take(name, terms, at: now) } catch ImportRefusal.unreadable {
                    // One file that is closed to us keeps no other from being read.
                    trouble = trouble ?? "\(Mask.key(name)) cannot be read"
                }
            }
            state.withLock { $0.pausedUntil = nil }
        } catch is Importer.Stopped {
            return
        } catch {
            trouble = words(for: error)
            state.withLock { $0.pausedUntil = moment + FolderIntake.pause }
        }
        tell(trouble)
    }

    private func words(for error: any Error) -> String {
        switch error {
        case let obstacle as FolderPlaces.Obstacle: obstacle.words
        case let refusal as ImportRefusal: refusal.sentence(in: .english)
        default: MemberStore.words(for: error)
        }
    }

    private func tell(_ trouble: String?) {
        guard let trouble else {
            guard state.withLock({ $0.complaint.ends() }) else { return }
            log.notice("the folder is read again", metadata: ["source": "\(folder.id)"])
            return board.note(folder: folder.id, nil)
        }
        guard state.withLock({ $0.complaint.begins(trouble) }) else { return }
        log.error(
            "files of a folder are not imported: they stay where they are",
            metadata: ["source": "\(folder.id)", "folder": "\(folder.path)", "reason": "\(trouble)"])
        board.note(folder: folder.id, "files of `\(folder.id)` are not imported: \(trouble)")
    }

    // MARK: one file

    private func take(_ name: String, _ terms: SourceTerms, at now: Instant) throws {
        let path = places.path(name)
        // Gone meanwhile: nothing to do.
        guard let look = FileLook(path) else { return }
        let target = places.freeName(name, in: .rejected, at: now)
        var options = Importer.Options(zone: terms.zone, now: now, isWithinDaemon: true)
        options.attributes = terms.attributes
        options.tiers = terms.tiers
        options.channels = terms.channels
        options.language = language
        options.rejectedPath = places.rejectedRows(of: target)
        options.goesOn = { [isToStop] in !isToStop.isSet }
        do {
            let summary = try Importer.run(folder.kind, path: path, into: store, options)
            // Written to while it was read: it is read again once it is quiet.
            guard FileLook(path) == look else { return }
            try audit(name, summary, at: now)
            CrashPoint.reach(.afterImport)
            try end(name, summary, target, at: now)
        } catch let refusal as ImportRefusal where refusal.isOfContent {
            guard FileLook(path) == look else { return }
            try places.move(name, to: .rejected, as: target)
            meter.note(.refused, of: folder.id, at: now)
            log.error(
                "a file of a folder could not be read at all and is in rejected/",
                metadata: metadata(name, ["reason": "\(refusal.sentence(in: .english))"]))
        }
    }

    private func end(_ name: String, _ summary: ImportSummary, _ target: String, at now: Instant) throws {
        let counts: Logger.Metadata = [
            "rows": "\(summary.rows)", "accepted": "\(summary.accepted)", "rejected": "\(summary.rejected)",
        ]
        if summary.rejected > 0 {
            try places.move(name, to: .rejected, as: target)
            log.warning(
                "a file of a folder was imported but for some rows: it is in rejected/, with these rows and their reasons",
                metadata: metadata(name, counts))
        } else {
            try places.move(name, to: .done, as: places.freeName(name, in: .done, at: now))
            log.info("a file of a folder was imported", metadata: metadata(name, counts))
        }
        meter.note(summary.rejected > 0 ? .rejected : .done, of: folder.id, at: now)
        meter.note(accepted: summary.accepted, rejected: summary.rejected, of: folder.id)
    }

    private func metadata(_ name: String, _ more: Logger.Metadata) -> Logger.Metadata {
        more.merging(["source": "\(folder.id)", "kind": "\(folder.kind.rawValue)", "file": "\(Mask.key(name))"]) {
            own, _ in own
        }
    }

    private func audit(_ name: String, _ summary: ImportSummary, at now: Instant) throws {
        let detail = JSONText.object([
            "source": .text(folder.id), "file": .text(Mask.key(name)), "rows": .int(summary.rows),
            "accepted": .int(summary.accepted), "rejected": .int(summary.rejected),
        ])
        try store.audit(AuditEntry(.importing, subject: folder.kind.rawValue, detail: detail), at: now)
    }
}
