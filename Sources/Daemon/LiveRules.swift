import Engine
import Policies
import Review
import Rules
import Store
import Synchronization

/// The rule set in force, swapped as a whole, and the staged one that the next evaluation puts into force.
package final class LiveRules: Sendable {
    /// Read and checked, not in force yet.
    package struct Staged: Sendable {
        package var planned: PlannedSet
        package var files: String
        package var hash: String
        package var source = RuleVersion.Source.directory
        /// Findings of the store about the rules, one line each; the set can run all the same.
        package var warnings: [String] = []
        /// What it no longer has of the set in force; nil: it does not come from the directory.
        package var gone: GoneRules?
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

    /// `prepared` is what became of `staged`; a newer set that came meanwhile stays staged.
    package func adopt(_ prepared: PreparedRules, from staged: Staged) {
        state.withLock { state in
            state.prepared = prepared
            if state.staged?.hash == staged.hash { state.staged = nil }
        }
    }
}
