import Glibc

/// How processes take turns at writing. SQLite has no queue: a waiting process polls, and a daemon that writes slice
/// after slice leaves no moment at which another process would find the store free. So there is a pause between the
/// slices of long work, and a waiting process polls several times within one.
enum Turns {
    /// Microseconds between two polls, and between two slices; `patience` is in seconds.
    private static let look: UInt32 = 500
    private static let pause: UInt32 = 2_500
    private static let patience = 30

    /// The patience of writing connections: half a minute. Sleeps last longer than asked, so polls count for a quarter
    /// more.
    static let waiting = Connections.Patience.asking { looks in
        guard isPatient else { return false }
        usleep(look)
        return looks < patience * 1_000_000 / Int(look) * 4 / 5
    }

    /// False for work that is done only when nobody else uses the store.
    @TaskLocal static var isPatient = true

    static func letOthers() { usleep(pause) }
}

extension MemberStore {
    /// One transaction of long work, after a pause in which another process may have its turn. This process writes
    /// nothing during the pause either.
    package func writeSlice(_ body: (Session) throws -> Void) throws {
        try writer.writeWithoutTransaction { db in
            if path != nil { Turns.letOthers() }
            try db.transaction(immediate: true) { try body(db) }
        }
    }
}
