import Kit
import Rules
import Store

/// Words for the tasks of the staff.
package struct TaskWording {
    private let speech: Speech

    package init(speech: Speech) { self.speech = speech }

    package func line(_ task: TaskListing, at now: Instant) -> String {
        let parts = [
            task.dueAt.map(speech.time) ?? "-", task.assignee ?? "-", Mask.text(task.title), task.rule, task.member,
            task.occasion,
            StoredWords.cell(task.state, in: "state", speech.language)
                + (task.isOverdue(at: now) ? speech.say(" (overdue)", "（已逾期）") : ""),
        ]
        return parts.joined(separator: "  ") + (task.text.map { "\n    \(Mask.text($0))" } ?? "")
    }

    package func json(_ task: TaskListing, at now: Instant) -> JSONText {
        func text(_ text: String?) -> JSONText { text.map { .text(Mask.text($0)) } ?? .null }
        return .object([
            "rule": .text(task.rule), "member": .text(task.member), "occasion": .text(task.occasion),
            "assignee": text(task.assignee), "title": .text(Mask.text(task.title)), "script": text(task.script),
            "text": text(task.text), "due_at": text(task.dueAt.map(speech.time)), "state": .text(task.state),
            "created_at": .text(speech.time(task.createdAt)), "overdue": .bool(task.isOverdue(at: now)),
        ])
    }
}
