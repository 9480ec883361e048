import Kit
import Synchronization

/// What became of the files of each folder since the start.
package final class FolderMeter: Sendable {
    package enum Outcome: String, Sendable, CaseIterable {
        case done
        /// Imported, but for some rows.
        case rejected
        /// No row of it could be read.
        case refused
    }

    struct Counts: Sendable {
        var files: [Outcome: Int] = [:]
        var accepted = 0
        var rejected = 0
        var waiting = 0
        /// When a file was last imported; nil before the first.
        var last: Instant?
    }

    private let counts: Mutex<[String: Counts]>

    /// - Parameter folders: the ids of all that there are, so that each is counted from zero.
    package init(_ folders: [String]) {
        counts = Mutex(Dictionary(folders.map { ($0, Counts()) }) { first, _ in first })
    }

    package func note(_ outcome: Outcome, of folder: String, at now: Instant) {
        counts.withLock {
            $0[folder, default: Counts()].files[outcome, default: 0] += 1
            if outcome != .refused { $0[folder]?.last = now }
        }
    }

    package func note(accepted: Int, rejected: Int, of folder: String) {
        counts.withLock {
            $0[folder, default: Counts()].accepted += accepted
            $0[folder, default: Counts()].rejected += rejected
        }
    }

    /// - Parameter waiting: the files that are there, complete or not.
    package func note(waiting: Int, of folder: String) {
        counts.withLock { $0[folder, default: Counts()].waiting = waiting }
    }

    var families: [MetricFamily] {
        var files = MetricFamily(
            "nudged_folder_files_total", .counter,
            "Files of folders: imported (done), imported but for some rows (rejected), not read at all (refused).")
        var rows = MetricFamily("nudged_folder_rows_total", .counter, "Rows of the files of folders.")
        var waiting = MetricFamily("nudged_folder_waiting_files", .gauge, "Files that are in a folder to be imported.")
        var last = MetricFamily(
            "nudged_folder_last_file_timestamp_seconds", .gauge,
            "When a file of a folder was last imported; 0: never since the start.")
        for (folder, counts) in counts.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            for outcome in Outcome.allCases {
                files.add(Double(counts.files[outcome] ?? 0), ["source": folder, "outcome": outcome.rawValue])
            }
            rows.add(Double(counts.accepted), ["source": folder, "outcome": "accepted"])
            rows.add(Double(counts.rejected), ["source": folder, "outcome": "rejected"])
            waiting.add(Double(counts.waiting), ["source": folder])
            last.add(Double(counts.last?.micros ?? 0) / 1_000_000, ["source": folder])
        }
        return [files, rows, waiting, last]
    }
}
