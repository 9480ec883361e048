import Foundation
import Kit
import Rules
import Testing

@testable import Store

/// What the staff owes, and who has it.
@Suite("Tasks of the staff")
struct TaskTests {
    private static let now = Instant(seconds: 1_700_000_000)
    private static let key = TaskKey(rule: "call", member: "m1", occasion: "o1")

    private static func store() throws -> MemberStore {
        let store = try MemberStore.inMemory()
        let hour: Int64 = 3_600_000_000
        try store.writer.write { db in
            try db.run("INSERT INTO members (id) VALUES ('m1')")
            for (member, due, assignee) in [("m1", -2 * hour, "chen"), ("m2", hour, "chen"), ("m3", -50 * hour, "li")] {
                try db.run(
                    "INSERT INTO tasks (member, rule, occasion, assignee, title, created_at, due_at) VALUES (?, 'call', 'o1', ?, 't', 1, ?)",
                    [member, assignee, now.micros + due])
            }
            try db.run(
                "INSERT INTO tasks (member, rule, occasion, title, created_at) VALUES ('m4', 'call', 'o1', 't', 1)")
        }
        return store
    }

    @Test("the most overdue comes first, and what has no time last")
    func order() throws {
        let tasks = try TaskTests.store().tasks(all: false)
        #expect(tasks.map(\.member) == ["m3", "m1", "m2", "m4"])
        #expect(tasks.map { $0.isOverdue(at: TaskTests.now) } == [true, true, false, false])
        #expect(try TaskTests.store().tasks(all: false, of: "chen").map(\.member) == ["m1", "m2"])
    }

    @Test("a task changes hands, alone or with all that are overdue, and that is on record; a closed one does not")
    func hands() throws {
        let store = try TaskTests.store()
        #expect(try store.assignTask(TaskTests.key, to: "wu", by: "wang", at: TaskTests.now))
        #expect(try store.escalateTasks(dueBefore: TaskTests.now, to: "boss", by: "wang", at: TaskTests.now) == 2)
        #expect(try store.escalateTasks(dueBefore: TaskTests.now, to: "boss", by: "wang", at: TaskTests.now) == 0)
        #expect(try store.tasks(all: false, of: "boss").map(\.member) == ["m3", "m1"])
        #expect(try store.closeTask(TaskTests.key, by: "wang", at: TaskTests.now))
        #expect(try !store.closeTask(TaskTests.key, at: TaskTests.now))
        #expect(try !store.assignTask(TaskTests.key, to: "wu", at: TaskTests.now))
        var details: [String?] = []
        try store.audit(since: nil, action: "task", member: nil) { details.append($0.detail) }
        #expect(
            details == [
                #"{"rule":"call","assignee":"wu"}"#, #"{"assignee":"boss","tasks":2}"#, #"{"rule":"call","done":true}"#,
            ])
    }

    @Test(
        "versions of SQLite with the race of a restarting log are known, repaired branches too",
        arguments: [
            (3_040_001, true), (3_044_006, false), (3_046_000, true), (3_050_007, false), (3_051_002, true),
            (3_051_003, false),
        ])
    func race(number: Int, hasIt: Bool) { #expect(SQLiteVersion.hasResetRace(number) == hasIt) }

    @Test("mobile numbers used as ids are found by a few looks at the key")
    func phones() throws {
        let store = try TaskTests.store()
        #expect(try store.phonesAsIDs() == 0)
        try store.writer.write {
            try $0.script("INSERT INTO members (id) VALUES ('13800000001'), ('+8615900000002'), ('1380')")
        }
        #expect(try store.phonesAsIDs() == 2)
    }
}
