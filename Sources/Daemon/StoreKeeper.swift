import Review
import Kit
import Logging
import Rules
import ServiceLifecycle
import Store
import Synchronization

/// The care of a store beside evaluation and dispatch: finishing the check after an unclean end, and emptying the
/// write-ahead log when nobody writes.
struct StoreKeeper: Sendable {
    let store: MemberStore
    /// Nil: the last daemon ended in order, or the check finished at the start.
    let check: StructureCheck?
    let log: Logger

    private let thread = BlockingQueue("nudged.store")
    private let isSound: Flag

    private final class Flag: Sendable {
        let value: Mutex<Bool>
        init(_ value: Bool) { self.value = Mutex(value) }
    }

    /// How long the log must have rested.
    private static let idleFor = Duration.seconds(10)
    /// What a start may spend on the check before it says that it is ready.
    static let startBudget = Duration.seconds(3)

    init(store: MemberStore, check: StructureCheck?, log: Logger) {
        self.store = store
        self.check = check
        self.log = log
        isSound = Flag(check == nil)
    }

    /// Marks the store as in use and looks at it for as long as a start may. A damaged one is held and refused.
    static func begin(_ store: MemberStore, log: Logger) throws -> StoreKeeper {
        guard let path = store.path, try !store.beginUse() else {
            return StoreKeeper(store: store, check: nil, log: log)
        }
        let check = try StructureCheck(path: path)
        let outcome = try check.run(within: startBudget)
        switch outcome {
        case .sound: return StoreKeeper(store: store, check: nil, log: log)
        case .unfinished:
            log.notice("the last daemon did not end in order: the store is checked while running")
            return StoreKeeper(store: store, check: check, log: log)
        case .damaged(let what): throw refusal(store, what, log)
        }
    }

    var service: Loop {
        Loop(name: "store", body: run, stop: { check?.stop() })
    }

    /// Call after the last write of the loops. A check that did not finish begins again at the next start.
    func end() {
        guard isSound.value.withLock({ $0 }) else { return }
        do { try store.endUse() } catch {
            log.error("the store could not be marked as closed: it is checked at the next start")
        }
    }

    @Sendable private func run() async throws {
        try await finishCheck()
        var last: Int64 = -1
        while await cancelWhenGracefulShutdown({ (try? await Task.sleep(for: StoreKeeper.idleFor)) != nil }) {
            let size = store.logSize
            defer { last = size }
            guard size > 0, size == last else { continue }
            let store = store
            // Busy, or a full disk: the next time will do.
            _ = try? await thread.run { try store.emptyLog() }
        }
    }

    private func finishCheck() async throws {
        guard let check else { return }
        let outcome: StructureCheck.Outcome
        do { outcome = try await thread.run { try check.run() } } catch {
            try Loops.endIfBroken(error)
            return log.error("the check of the store could not go on; the next start begins it again")
        }
        switch outcome {
        case .sound:
            isSound.value.withLock { $0 = true }
            log.notice("the store is sound")
        case .unfinished: break
        case .damaged(let what): throw StoreKeeper.refusal(store, what, log)
        }
    }

    private static func refusal(_ store: MemberStore, _ what: Bilingual, _ log: Logger) -> Refusal {
        let refusal = Refusal(.refused, StoreTrouble.damaged(what).sentence(store.path))
        hold(store, refusal, log)
        return refusal
    }

    /// What is left to do for a store whose daemon ends with a refusal.
    static func end(_ store: MemberStore, by refusal: Refusal, _ log: Logger) {
        guard store.isInPlace else {
            log.error("the daemon ends", metadata: ["reason": "\(refusal.words.english)"])
            guard let aside = store.putLogAside(at: .now) else { return }
            return log.error(
                "the last writes to the store that is gone are in its log, which was put aside",
                metadata: ["file": "\(aside)"])
        }
        if refusal.code == .refused { hold(store, refusal, log) }
    }

    /// Keeps the damage that ends the daemon as a hold on everything.
    private static func hold(_ store: MemberStore, _ refusal: Refusal, _ log: Logger) {
        do { try store.holdForDamage(refusal.description, at: .now) } catch {
            log.error("the hold could not be written into the damaged store; it is not to be started again as it is")
        }
    }
}
