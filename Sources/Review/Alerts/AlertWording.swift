import Foundation
import Kit
import Rules

/// The words of alerts, and the facts that a command gets. Phones and mail addresses that somebody typed into a reason
/// are masked.
package struct AlertWording {
    private let speech: Speech
    private let host: String

    /// - Parameter host: the machine that says it.
    package init(speech: Speech, host: String) {
        self.speech = speech
        self.host = host
    }

    /// What the staff channel shows, at most so many bytes: the robots of messengers refuse more than 2048.
    private static let longest = 1900

    /// One message for all of it.
    package func message(_ news: [AlertNews]) -> String {
        let head = speech.say("[nudged] \(host)", "【nudged】\(host)")
        var lines: [String] = []
        for (index, item) in news.enumerated() {
            let line = line(item)
            let size = ([head] + lines + [line]).joined(separator: "\n").utf8.count
            guard size <= AlertWording.longest else {
                lines.append(
                    speech.say(
                        "and \(news.count - index) more: `nudged status`", "另有 \(news.count - index) 项：`nudged status`")
                )
                break
            }
            lines.append(line)
        }
        return ([head] + lines).joined(separator: "\n")
    }

    /// `new: channel sms is closed: it kept failing → nudged channels retry sms`.
    package func line(_ news: AlertNews) -> String {
        let since = speech.time(news.since)
        let words = AlertWording.safe(news.words.text(speech.language))
        let remedy = news.remedy.map { " → " + AlertWording.safe($0.text(speech.language)) } ?? ""
        switch news.change {
        case .begun: return speech.say("new: ", "新：") + words + remedy
        case .lasts: return speech.say("still, since \(since): ", "自 \(since) 仍未解决：") + words + remedy
        case .over: return speech.say("over, it began \(since): ", "已解除（始于 \(since)）：") + words
        case .test: return speech.say("test: ", "测试：") + words
        }
    }

    /// What the command reads on standard input: one JSON object with both languages.
    package func json(_ news: AlertNews, store: String?) -> JSONText {
        func both(_ words: Bilingual) -> JSONText {
            .object(["en": .text(AlertWording.safe(words.english)), "zh-CN": .text(AlertWording.safe(words.chinese))])
        }
        return .object([
            "change": .text(news.change.rawValue), "code": .text(news.code),
            "subject": news.subject.map { .text(AlertWording.safe($0)) } ?? .null, "words": both(news.words),
            "remedy": news.remedy.map(both) ?? .null, "since": .text(speech.time(news.since)), "host": .text(host),
            "store": store.map(JSONText.text) ?? .null,
        ])
    }

    /// The same for scripts that read no JSON, in the language of nudged.yaml.
    package func environment(_ news: AlertNews, store: String?) -> [String: String] {
        var facts = [
            "NUDGED_ALERT_CHANGE": news.change.rawValue, "NUDGED_ALERT_CODE": news.code,
            "NUDGED_ALERT_SUBJECT": AlertWording.safe(news.subject ?? ""),
            "NUDGED_ALERT_WORDS": AlertWording.safe(news.words.text(speech.language)),
            "NUDGED_ALERT_REMEDY": AlertWording.safe(news.remedy?.text(speech.language) ?? ""),
            "NUDGED_ALERT_SINCE": speech.time(news.since), "NUDGED_ALERT_HOST": host,
        ]
        facts["NUDGED_ALERT_STORE"] = store
        // A variable ends at its first NUL.
        return facts.mapValues { $0.replacing("\0", with: "") }
    }

    /// One line without personal data, of a length that a message bears.
    private static func safe(_ text: String) -> String {
        let line = String(Mask.text(text).map { $0.isNewline ? " " : $0 })
        return line.count <= 300 ? line : String(line.prefix(299)) + "…"
    }
}
