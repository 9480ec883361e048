import Kit
import Review
import Rules
import Store

extension APIOperation {
    static let tasks: [APIOperation] = [
        APIOperation(
            method: .get, path: "/tasks", id: "listTasks",
            summary: "Tasks of the staff, the most overdue first; those that are open, unless `all`", scope: .read,
            lane: .reading,
            parameters: [
                Parameter("all", .boolean, "also those that are done or cancelled"),
                Parameter("assignee", .text, "only theirs"),
            ] + paging,
            answer: .page(
                .object([
                    "id": .text, "rule": .text, "member": .text, "occasion": .text, "assignee": .text.orNull,
                    "title": .text, "due_at": .time.orNull, "state": .choice(["open", "done", "cancelled"]),
                    "overdue": .boolean,
                ])), act: APITasks.list),
        APIOperation(
            method: .post, path: "/tasks/{id}/done", id: "closeTask", summary: "Closes an open task", scope: .tasks,
            lane: .writing, body: Body(schema: nothing, isRequired: false), answer: .object(["state": .text]),
            problems: [.notFound, .invalid, .keyReused],
            act: { call, desk in
                try call.requireObject([])
                let key = try APITasks.key(call)
                return try desk.write(call) { db in
                    guard try db.closeTask(key, by: call.who, at: call.at) else { throw APITasks.none }
                    return APIAnswer(.object(["state": "done"]))
                }
            }),
        APIOperation(
            method: .post, path: "/tasks/{id}/assign", id: "assignTask", summary: "Gives an open task to somebody else",
            scope: .tasks, lane: .writing,
            body: Body(schema: .object(["to": .words(atMost: 200).described("a person or role")], isClosed: true)),
            answer: .object(["assignee": .text]), problems: [.notFound, .invalid, .keyReused],
            act: { call, desk in
                try call.requireObject(["to"])
                let (key, to) = (try APITasks.key(call), try call.words("to", atMost: 200))
                return try desk.write(call) { db in
                    guard try db.assignTask(key, to: to, by: call.who, at: call.at) else { throw APITasks.none }
                    return APIAnswer(.object(["assignee": .text(to)]))
                }
            }),
        APIOperation(
            method: .post, path: "/tasks/escalate", id: "escalateTasks",
            summary: "Gives every overdue task to one person", scope: .tasks, lane: .writing,
            body: Body(
                schema: .object(
                    [
                        "to": .words(atMost: 200).described("a person or role"),
                        "hours": .number(APITasks.hours).described("only tasks that are overdue by so many hours"),
                        "rule": .words(atMost: 200).described("only tasks of this rule"),
                    ], optional: ["hours", "rule"], isClosed: true)),
            answer: .object(["tasks": .integer]), problems: [.invalid, .keyReused],
            act: { call, desk in
                try call.requireObject(["to", "hours", "rule"])
                let to = try call.words("to", atMost: 200)
                let rule = try call.json["rule"].map { _ in try call.words("rule", atMost: 200) }
                guard let hours = (call.json["hours"] ?? .number("0")).wholeNumber.flatMap({ Int(exactly: $0) }),
                    APITasks.hours.contains(hours)
                else {
                    throw APIProblem(.invalid, "`hours` is 0 to 8784", "`hours` 是 0 到 8784", field: "hours")
                }
                return try desk.write(call) { db in
                    let count = try db.escalateTasks(
                        dueBefore: call.at.adding(micros: -Int64(hours) * 3_600_000_000), of: rule, to: to,
                        by: call.who, at: call.at)
                    return APIAnswer(.object(["tasks": .int(count)]))
                }
            }),
    ]
}

enum APITasks {
    static let hours = 0...8784
    static let none = APIProblem(.notFound, "there is no such open task", "没有这个未完成的任务")

    static func list(_ call: APICall, _ desk: APIDesk) throws -> APIAnswer {
        let limit = try call.limit()
        let place = try call.cursor("tasks", count: 4).map { values in
            guard let due = values[0].wholeNumber, let key = key(values.dropFirst()) else {
                throw APICall.wrongCursor
            }
            return TaskPlace(due: due, key: key)
        }
        let page = try desk.store.tasks(
            all: call.flag("all"), of: call.query["assignee"], after: place, atMost: limit)
        let words = TaskWording(speech: desk.speech(call))
        let items = page.map { task -> JSONText in
            guard case .object(let members) = words.json(task, at: call.at) else { return .null }
            return .object([.init("id", .text(APIText.encode("task", values(task.place.key))))] + members)
        }
        let next = page.count == limit ? page.last?.place : nil
        return APIAnswer(
            .page(
                items, next: next.map { APIText.encode("tasks", [.int(Int($0.due))] + values($0.key)) }))
    }

    private static func values(_ key: TaskKey) -> [JSONText] {
        [.text(key.rule), .text(key.member), .text(key.occasion)]
    }

    private static func key(_ values: some Collection<StrictJSON>) -> TaskKey? {
        let texts = values.compactMap(\.string)
        guard texts.count == 3 else { return nil }
        return TaskKey(rule: texts[0], member: texts[1], occasion: texts[2])
    }

    /// The task of the path, by the `id` of the list. Throws an `APIProblem`.
    static func key(_ call: APICall) throws -> TaskKey {
        guard let values = APIText.decode(call["id"], "task", count: 3), let key = key(values) else { throw none }
        return key
    }
}
