import Config
import Foundation
import Kit
import Rules

/// How alerts reach people: a staff channel, a command, or both.
package struct AlertWays: Sendable {
    /// What one way answered.
    package struct Answer: Sendable, Hashable {
        /// `channel staff`, or the path of the command.
        package var way: String
        /// Why it took nothing; nil where it did, or may have.
        package var fault: Bilingual?
        /// How many of the news it got to, from the first on, before the caller's patience ended.
        package var reached: Int

        package init(way: String, fault: Bilingual?, reached: Int) {
            (self.way, self.fault, self.reached) = (way, fault, reached)
        }
    }

    /// Hands one text to the staff channel; nil where it took it, or may have, else the code of the refusal.
    package typealias Sending = @Sendable (String, Instant) async -> String?

    private let channel: (name: String, send: Sending)?
    private let command: AlertCommand?
    private let store: String?
    private let environment: [String: String]
    private let thread = DispatchQueue(label: "nudged.alerts")

    /// - Parameters:
    ///   - channel: nil where nudged.yaml names none.
    ///   - store: the path of the store, for the command.
    ///   - environment: ours, of which the command gets what is no secret.
    package init(
        channel: (name: String, send: Sending)?, command: AlertCommand?, store: String?,
        environment: [String: String]
    ) {
        (self.channel, self.command, self.store, self.environment) = (channel, command, store, environment)
    }

    package var isEmpty: Bool { channel == nil && command == nil }

    /// Tells all of it by each way, one after the other: the channel gets one message, the command is run once for each.
    /// - Parameter goesOn: asked before every run of the command but the first; false: the rest waits for another time.
    package func tell(
        _ news: [AlertNews], speech: Speech, host: String, at now: Instant,
        while goesOn: @Sendable () -> Bool = { true }
    ) async -> [Answer] {
        guard !news.isEmpty else { return [] }
        let words = AlertWording(speech: speech, host: host)
        var answers: [Answer] = []
        if let channel {
            let refusal = await channel.send(words.message(news), now)
            answers.append(
                Answer(
                    way: "channel \(channel.name)",
                    fault: refusal.map { Bilingual("the channel did not take it: \($0)", "渠道没有接收：\($0)") },
                    reached: news.count))
        }
        if let command {
            var fault: Bilingual?
            var reached = 0
            for item in news {
                guard reached == 0 || goesOn() else { break }
                reached += 1
                let outcome = await run(
                    command, words.environment(item, store: store), words.json(item, store: store).rendered)
                fault = fault ?? AlertWays.fault(outcome)
                // It would hang again.
                if outcome == .hung { break }
            }
            answers.append(Answer(way: command.path, fault: fault, reached: reached))
        }
        return answers
    }

    private func run(_ command: AlertCommand, _ facts: [String: String], _ input: String) async -> AlertCommand.Outcome
    {
        await withCheckedContinuation { reply in
            thread.async {
                reply.resume(returning: command.run(environment: facts, input: input + "\n", from: environment))
            }
        }
    }

    private static func fault(_ outcome: AlertCommand.Outcome) -> Bilingual? {
        switch outcome {
        case .done: nil
        case .failed(let status, let says):
            Bilingual(
                "it ended with \(status)" + (says.map { ": \($0)" } ?? ""),
                "以 \(status) 结束" + (says.map { "：\($0)" } ?? ""))
        case .killed(let signal): Bilingual("it was ended by signal \(signal)", "被信号 \(signal) 终止")
        case .hung:
            Bilingual(
                "it took too long and was ended with all that it had started", "超时，已连同它启动的进程一起终止")
        case .notStarted(let reason): Bilingual("it could not be started: \(reason)", "无法启动：\(reason.chinese)")
        }
    }
}
