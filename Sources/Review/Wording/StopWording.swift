import Kit
import Rules
import Store

/// Words for stops.
package struct StopWording {
    package let speech: Speech

    package init(speech: Speech) { self.speech = speech }

    package static let ofEverything: Set<String> = ["all", StopScope.rollback.text, StopScope.clock.text]

    /// The guards' own names and reasons are stored in English.
    package func line(_ stop: StopListing) -> String {
        let (who, reason) = (shown(stop.who), shown(stop.reason))
        return speech.say(
            "\(stop.scope)  since \(speech.time(stop.at)) by \(who): \(reason)",
            "\(stop.scope)  自 \(speech.time(stop.at))，\(who)：\(reason)")
    }

    private func shown(_ text: String) -> String { MessageCatalogue.translate(text, into: speech.language) }

    package func json(_ stop: StopListing) -> JSONText {
        .object([
            "scope": .text(stop.scope), "since": .text(speech.time(stop.at)), "who": .text(stop.who),
            "reason": .text(stop.reason),
        ])
    }

    package var nothingHeld: String { speech.say("nothing is held", "没有任何暂停") }

    package func nothingHeld(under scopes: [String]) -> String {
        speech.say(
            "nothing was held under \(scopes.joined(separator: ", "))", "\(scopes.joined(separator: "、")) 没有被暂停")
    }

    package func held(_ scope: StopScope) -> String {
        speech.say(
            "held: \(scope.text). `nudged release` lets it go on.", "已暂停：\(scope.text)。用 `nudged release` 放行。")
    }

    package func ended(_ stop: StopListing) -> String { speech.say("released: ", "已放行：") + line(stop) }
    package func still(_ stop: StopListing) -> String { speech.say("still held: ", "仍在暂停：") + line(stop) }

    package var question: String { speech.say("release?", "确定放行？") }

    package func goesOut(_ owed: [DeliveryCount], heldStill: [StopListing]) -> String {
        let total = owed.reduce(0) { $0 + $1.count }
        let head =
            heldStill.isEmpty
            ? speech.say("goes out then: \(total) deliveries", "放行后将发出：\(total) 条")
            : speech.say(
                "owed: \(total) deliveries; nothing goes out yet, held by \(heldStill.map(\.scope).joined(separator: ", "))",
                "待发：\(total) 条；还不会发出，仍被 \(heldStill.map(\.scope).joined(separator: "、")) 暂停")
        return ([head] + owed.prefix(20).map { "  \($0.count)  \($0.rule)  \($0.channel)" }).joined(separator: "\n")
    }
}
