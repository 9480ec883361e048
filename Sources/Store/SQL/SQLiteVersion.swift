import GRDBSQLite

/// The version of SQLite that is loaded.
package enum SQLiteVersion {
    /// `3.40.1`.
    package static var text: String { String(cString: sqlite3_libversion()) }

    /// Whether it is one in which a log that starts over, while two connections write it back, may lose a commit
    /// (sqlite.org/wal.html#walresetbug): all before 3.51.3, but for the repaired 3.44.6 and 3.50.7.
    package static var hasResetRace: Bool { hasResetRace(Int(sqlite3_libversion_number())) }

    static func hasResetRace(_ number: Int) -> Bool {
        switch number {
        case 3_044_006..<3_045_000, 3_050_007..<3_051_000: false
        default: number < 3_051_003
        }
    }
}
