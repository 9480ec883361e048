import ArgumentParser
import Foundation
import Rules
import Store

struct DeliveriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries", abstract: "What is owed and what became of it.",
        subcommands: [List.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract:
                "Deliveries, oldest first: rule, member, occasion, state, reference, channel. No address, no text.",
            discussion: """
                EXAMPLES
                  nudged deliveries list --store sqlite:nudged.db
                  nudged deliveries list --state unknown --format ndjson
                """)
        enum Format: String, ExpressibleByArgument, CaseIterable { case text, ndjson }

        @OptionGroup var options: StoreOptions
        @Option(help: "Only this rule.") var rule: String?
        @Option(help: "Only this member.") var member: String?
        @Option(help: "Only this state: pending, sending, accepted, unknown, …") var state: String?
        @Option(help: "text or ndjson.") var format = Format.text
        @Flag(help: "The same as --format ndjson.") var json = false

        func run() throws {
            if let state, DeliveryState(rawValue: state) == nil {
                let known = DeliveryState.allCases.map(\.rawValue)
                throw Failure(.usage, "`\(state)` is not a state of a delivery (\(known.joined(separator: ", ")))")
            }
            try options.openStore().deliveries(rule: rule, member: member, state: state) { delivery in
                Console.print(json || format == .ndjson ? ndjson(delivery) : text(delivery))
            }
        }

        private func ndjson(_ delivery: DeliveryListing) -> String {
            JSONText.object([
                "rule": .text(delivery.rule), "member": .text(delivery.member), "occasion": .text(delivery.occasion),
                "state": .text(delivery.state), "reference": delivery.reference.map { .text($0) } ?? .null,
                "channel": .text(delivery.channel),
            ]).rendered
        }

        private func text(_ delivery: DeliveryListing) -> String {
            [
                delivery.rule, delivery.member, delivery.occasion, delivery.state, delivery.channel,
                delivery.reference ?? "-",
            ].joined(separator: "  ")
        }
    }
}

struct TasksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks", abstract: "Calls and visits that staff owe to members.",
        subcommands: [List.self, Done.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Open tasks, the most urgent first.",
            discussion: "EXAMPLE\n  nudged tasks list --store sqlite:nudged.db --json")
        @OptionGroup var options: StoreOptions
        @Flag(help: "Closed ones too.") var all = false
        @Flag(help: "One JSON object a line.") var json = false

        func run() throws {
            for task in try options.openStore().tasks(all: all) {
                let due = task.dueAt.map(Zone.utc.rfc3339)
                if json {
                    Console.print(
                        JSONText.object([
                            "rule": .text(task.rule), "member": .text(task.member), "occasion": .text(task.occasion),
                            "assignee": task.assignee.map { .text($0) } ?? .null, "title": .text(task.title),
                            "script": task.script.map { .text($0) } ?? .null,
                            "text": task.text.map { .text($0) } ?? .null, "due_at": due.map { .text($0) } ?? .null,
                            "state": .text(task.state),
                        ]).rendered)
                } else {
                    Console.print(
                        [
                            due ?? "-", task.assignee ?? "-", task.title, task.rule, task.member, task.occasion,
                            task.state,
                        ]
                        .joined(separator: "  ") + (task.text.map { "\n    \($0)" } ?? ""))
                }
            }
        }
    }

    struct Done: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "done", abstract: "Close a task.",
            discussion: "EXAMPLE\n  nudged tasks done vip-inactive-90d m17 'inactive@2026-01-05T04:00:00Z'")
        @OptionGroup var options: StoreOptions
        @Argument var rule: String
        @Argument var member: String
        @Argument var occasion: String

        func run() throws {
            let now = Instant(seconds: Int64(Date().timeIntervalSince1970))
            guard try options.openStore().closeTask(rule: rule, member: member, occasion: occasion, at: now) else {
                throw Failure(.couldNotRun, "there is no open task of \(rule) for \(member) on \(occasion)")
            }
        }
    }
}
