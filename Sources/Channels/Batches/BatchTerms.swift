import Kit
import Rules

/// What nudged.yaml says of calls with several messages.
package struct BatchTerms: Sendable, Equatable {
    /// How many messages leave in one call.
    package let most: Int
    /// How long the first one waits for others.
    package let linger: Duration

    package init(most: Int, linger: Duration) { (self.most, self.linger) = (most, linger) }

    /// The block of a channel's settings; nil where there is none, and each message leaves in a call of its own.
    package init?(_ settings: AdapterSettings) {
        guard let block = settings.block(KeyDeclaration.batch.name) else { return nil }
        self.init(
            most: block[int: "max"],
            linger: BatchTerms.linger(block[text: "linger"]) ?? .milliseconds(BatchTerms.lingers.lowerBound))
    }

    /// In milliseconds. A stop acts within a second (settled-2 §9.3), so nothing waits here for longer.
    static let lingers = 10...1000

    /// `200ms` or `1s`; nil for anything else, and for what is not between 10 ms and a second.
    package static func linger(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units = ["ms": 1, "s": 1000]
        guard let unit = units[String(text.dropFirst(digits.count))], digits.utf8.count <= 4, !digits.hasPrefix("0"),
            let count = Int(digits), lingers.contains(count * unit)
        else { return nil }
        return .milliseconds(count * unit)
    }
}

extension KeyDeclaration {
    /// For channels whose provider takes several numbers in a call. Tencent Cloud takes 200. Aliyun takes 1000, which
    /// stand in the address of the request: 200 of them are 4 kB, of the 8 kB that servers take.
    package static let batch = KeyDeclaration(
        "batch", .block { batches },
        "several equal messages in one call, default one; an unclear call makes all of them unclear",
        chinese: "内容相同的消息合并为一次调用，默认不合并；调用结果不明时，其中每条都不明", since: "0.2", examples: ["{max: 100, linger: 200ms}"])

    private static let batches = BlockDeclaration(
        "batch", foreign: ["size": "max", "wait": "linger"],
        [
            .init(
                "max", .int(2...200), required: true, "messages in a call, at most 200",
                chinese: "一次调用的消息数，最多 200", since: "0.2", examples: ["100"]),
            .init(
                "linger", .text, "how long the first one waits for others, 10ms to 1s, default 200ms",
                chinese: "第一条最多等待多久，10ms 到 1s，默认 200ms", since: "0.2", standard: "200ms", examples: ["200ms"]),
        ])
}
