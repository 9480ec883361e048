import Glibc

/// How processes take turns at writing. SQLite has no queue: whoever waits looks again and again, and a daemon that
/// writes slice after slice leaves no moment at which somebody else would find the store free. So between the slices of
/// long work there is a pause, and whoever waits looks several times within one.
enum Turns {
    /// Microseconds: between two looks, and between two slices.
    private static let look: UInt32 = 500
    private static let pause: UInt32 = 2_500
    private static let patience = 30

    /// For connections that write: half a minute. A sleep lasts longer than it is told to, so looks are counted as a
    /// quarter more.
    static let waiting = Connections.Patience.asking { looks in
        guard isPatient else { return false }
        usleep(look)
        return looks < patience * 1_000_000 / Int(look) * 4 / 5
    }

    /// False for what is done only when nobody else is at it.
    @TaskLocal static var isPatient = true

    static func letOthers() { usleep(pause) }
}

extension MemberStore {
    /// A transaction that goes on with long work, after a moment in which another process may have had its turn.
    /// Nothing of this process is written in that moment either.
    package func writeSlice(_ body: (Session) throws -> Void) throws {
        try writer.writeWithoutTransaction { db in
            if path != nil { Turns.letOthers() }
            try db.transaction(immediate: true) { try body(db) }
        }
    }
}
