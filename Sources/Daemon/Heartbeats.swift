import Synchronization

/// Notes which loops have made progress since the last ping to the watchdog. A timer that always pings would prove
/// nothing.
package final class Heartbeats: Sendable {
    private let silent: Mutex<Set<String>>
    private let loops: Set<String>

    package init(_ loops: Set<String>) {
        self.loops = loops
        silent = Mutex(loops)
    }

    package func beat(_ loop: String) { silent.withLock { _ = $0.remove(loop) } }

    /// True once every loop was heard since the last true; then the next round begins.
    package func takeAllAlive() -> Bool {
        silent.withLock { silent in
            guard silent.isEmpty else { return false }
            silent = loops
            return true
        }
    }
}
