import Engine
import Policies
import Rules
import Store
import Synchronization

/// The rule set in force, swapped as a whole, and the one that waits for the next evaluation to make it so.
package final class LiveRules: Sendable {
    /// Read and checked, not in force yet.
    package struct Staged: Sendable {
        package var planned: PlannedSet
        package var files: String
        package var hash: String
        package var source = RuleVersion.Source.directory
        /// What the store shows of them, one line each; the set can run all the same.
        package var warnings: [String] = []
        package init(planned: PlannedSet, files: String, hash: String) {
            self.planned = planned
            self.files = files
            self.hash = hash
        }
    }

    private struct State {
        var prepared: PreparedRules?
        var staged: Staged?
    }
    private let state = Mutex(State())

    package init() {}

    package var prepared: PreparedRules? { state.withLock { $0.prepared } }
    package var staged: Staged? { state.withLock { $0.staged } }

    package func stage(_ staged: Staged) { state.withLock { $0.staged = staged } }

    /// `prepared` is what `staged` became; a newer one that came meanwhile stays staged.
    package func adopt(_ prepared: PreparedRules, from staged: Staged) {
        state.withLock { state in
            state.prepared = prepared
            if state.staged?.hash == staged.hash { state.staged = nil }
        }
    }
}
