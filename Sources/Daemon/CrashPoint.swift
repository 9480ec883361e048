import Glibc

/// Named places at which `NUDGED_CRASH_AT` makes a debug build die, to prove that nothing is lost or sent twice
/// (guarantees, fault 2). A release build has none of them.
enum CrashPoint: String {
    case afterClaim = "after_claim"
    case afterIntent = "after_intent"
    case afterMark = "after_mark"
    case beforeOutcome = "before_outcome"
    case afterOutcome = "after_outcome"
    case afterDecision = "after_decision"
    /// A file of a folder is imported and not moved yet.
    case afterImport = "after_import"

    @inline(__always)
    static func reach(_ point: CrashPoint) {
        #if DEBUG
            if point == chosen { kill(getpid(), SIGKILL) }
        #endif
    }

    #if DEBUG
        private static let chosen = getenv("NUDGED_CRASH_AT").flatMap { CrashPoint(rawValue: String(cString: $0)) }
    #endif
}
