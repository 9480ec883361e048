import Gateway
import Kit
import Logging
import Rules
import Store

/// Reads the rules again on demand, all or nothing: a set with any error leaves the one in force alone, and says so.
package struct Reloader: Sendable {
    package enum Outcome: Sendable, Equatable {
        case staged(rules: Int)
        case kept(findings: [String])
    }

    private let source: RuleSource
    private let rules: LiveRules
    private let notifier: Notifier
    private let board: StatusBoard
    private let meter: WorkMeter
    private let log: Logger
    /// Nil: only a signal makes us read the rules again (`reload: signal`).
    private let watch: RulesWatch?
    private let thread = BlockingQueue("nudged.rules")

    package init(
        source: RuleSource, rules: LiveRules, watch: RulesWatch? = nil, notifier: Notifier, board: StatusBoard,
        meter: WorkMeter = WorkMeter(), log: Logger
    ) {
        self.source = source
        self.rules = rules
        self.watch = watch
        self.notifier = notifier
        self.board = board
        self.meter = meter
        self.log = log
    }

    /// Whether the directory was edited and has been quiet since. It reads no file while nothing changes.
    package func sawEdit(at moment: ContinuousClock.Instant) async -> Bool {
        guard let watch else { return false }
        return (try? await thread.run { watch.runOnce(at: moment) }) ?? false
    }

    @discardableResult
    package func runOnce() async -> Outcome {
        notifier.reloading()
        let (source, watch) = (source, watch)
        do {
            let choice = try await thread.run {
                watch?.noteReading()
                return try source.choose()
            }
            let staged = choice.staged
            rules.stage(staged)
            choice.tell(log)
            staged.tellWarnings(log)
            let count = staged.planned.plans.count
            log.notice("rules read again", metadata: ["rules": "\(count)"])
            board.note(.rules, nil)
            board.note(.gone, staged.goneNote)
            board.run("running \(count) rules")
            board.ready()
            meter.noteReload(isGood: true, at: .now)
            return .staged(rules: count)
        } catch {
            let findings = (error as? RuleSource.Broken)?.findings ?? ["the rules could not be read"]
            log.error(
                "the rules are wrong: the last good set stays in force",
                metadata: ["findings": "\(findings.count)", "first": "\(findings.first ?? "")"])
            board.note(.rules, refusal(error))
            board.ready()
            meter.noteReload(isGood: false, at: .now)
            return .kept(findings: findings)
        }
    }

    private func refusal(_ error: any Error) -> Bilingual {
        let first = (error as? RuleSource.Broken)?.first
        return Bilingual(
            "reload refused, the last good rules stay in force: \(first?.english ?? "")",
            "规则没有更新，沿用上一套正确的规则：\(first?.chinese ?? "")")
    }
}

extension RuleSource.Choice {
    /// Logs whether the directory or an applied set runs, when both are candidates.
    func tell(_ log: Logger) {
        switch self {
        case .applied(_, let version):
            log.warning(
                "the applied rules stay in force: the rules directory is what it was before",
                metadata: ["version": "\(version)"])
        case .directory(_, let version?):
            log.warning("the rules directory replaces the applied rules", metadata: ["version": "\(version)"])
        case .directory(_, nil): break
        }
    }
}

extension LiveRules.Staged {
    func tellWarnings(_ log: Logger) {
        for warning in warnings { log.warning("the store shows a weakness", metadata: ["finding": "\(warning)"]) }
        guard let gone, !gone.ids.isEmpty else { return }
        log.warning(
            "live rules are no longer in the rules directory: they end",
            metadata: ["rules": "\(gone.ids.joined(separator: " "))"])
    }

    /// For the status; nil where nothing is gone.
    var goneNote: Bilingual? { gone.flatMap { $0.ids.isEmpty ? nil : $0.note } }
}
