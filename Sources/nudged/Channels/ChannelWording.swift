import Channels
import Config
import Kit
import Review
import Rules
import Store

extension ChannelStatus {
    /// The provider can report receipts and replies of it.
    var hasCallbacks: Bool {
        config.adapter.callbacks != nil && CallbackAddress.blocks.contains { config.settings.block($0) != nil }
    }
}

/// Words for the channels of nudged.yaml.
struct ChannelWording {
    let speech: Speech
    private var codes: CodeWording { CodeWording(speech: speech) }
    private var standing: StandingWording { StandingWording(speech: speech) }

    init(speech: Speech) { self.speech = speech }

    // MARK: the list

    func page(_ status: ChannelStatus, at now: Instant) -> String {
        let config = status.config
        let head = [
            config.id, config.adapter.type, config.address.rawValue, standing.rate(config),
            status.hasCallbacks ? speech.say("callbacks", "有回调") : speech.say("no callbacks", "无回调"),
            standing.words(status.state, at: now),
        ].joined(separator: "  ")
        var lines: [String?] = [
            status.state?.acceptedAt.map { speech.say("last accepted ", "最近接收 ") + speech.time($0) },
            status.state?.refusedAt.map { at in
                speech.say("last not taken ", "最近未接收 ") + speech.time(at)
                    + (status.state?.refusedCode.map { "  " + codes.code($0, adapter: config.adapter.type) } ?? "")
            },
            status.owed > 0 ? speech.say("owed: \(status.owed)", "待发：\(status.owed)") : nil,
        ]
        lines += status.holds.map { speech.say("held: ", "暂停中：") + StopWording(speech: speech).line($0) }
        if let state = status.state { lines.append(speech.say("as of ", "截至 ") + speech.time(state.notedAt)) }
        return ([head] + lines.compactMap(\.self).map { "    " + $0 }).joined(separator: "\n")
    }

    func json(_ status: ChannelStatus) -> JSONText {
        func text(_ text: String?) -> JSONText { text.map(JSONText.text) ?? .null }
        func time(_ instant: Instant?) -> JSONText { text(instant.map(speech.time)) }
        let (config, state) = (status.config, status.state)
        return .object([
            "channel": .text(config.id), "type": .text(config.adapter.type), "address": .text(config.address.rawValue),
            "rate": text(config.rate.map { "\($0.count)/\($0.unit.rawValue)" }),
            "callbacks": .bool(status.hasCallbacks),
            "state": text(state?.standing.rawValue), "since": time(state?.since), "until": time(state?.until),
            "accepted_at": time(state?.acceptedAt), "refused_at": time(state?.refusedAt),
            "refused_code": text(state?.refusedCode),
            "refused_words": text(state?.refusedCode.map { codes.words($0, adapter: config.adapter.type) }),
            "owed": .int(status.owed), "holds": .list(status.holds.map(StopWording(speech: speech).json)),
            "noted_at": time(state?.notedAt),
        ])
    }

    var none: String { speech.say("nudged.yaml has no channels", "nudged.yaml 里没有渠道") }

    // MARK: a test

    func answer(_ outcome: ProbeOutcome, of config: ChannelConfig) -> String {
        let type = config.adapter.type
        switch outcome {
        case .works(let facts):
            let told = facts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
            return speech.say("\(config.id) works", "\(config.id) 可用") + (told.isEmpty ? "" : "  (\(told))")
        case .refused(let code):
            return speech.say("\(config.id) was refused: ", "\(config.id) 被拒绝：") + codes.code(code, adapter: type)
        case .unreachable(let code):
            return speech.say("\(config.id) gave no answer: ", "\(config.id) 没有应答：") + codes.code(code, adapter: type)
        case .needsMessage:
            return speech.say(
                "\(config.id) cannot be tried without a message: `nudged send-test RULE --member M` sends one",
                "\(config.id) 不发消息就无法测试：用 `nudged send-test 规则 --member 会员` 发一条")
        }
    }

    func json(_ outcome: ProbeOutcome, of config: ChannelConfig) -> JSONText {
        var (word, code, facts): (String, String?, [String: String]) = ("works", nil, [:])
        switch outcome {
        case .works(let told): facts = told
        case .refused(let refusal): (word, code) = ("refused", refusal)
        case .unreachable(let fault): (word, code) = ("unreachable", fault)
        case .needsMessage: word = "needs_message"
        }
        return .object([
            "channel": .text(config.id), "type": .text(config.adapter.type), "outcome": .text(word),
            "code": code.map(JSONText.text) ?? .null,
            "words": code.map { .text(codes.words($0, adapter: config.adapter.type)) } ?? .null,
            "told": .object(facts.sorted { $0.key < $1.key }.map { JSONText.Member($0.key, .text($0.value)) }),
        ])
    }

    // MARK: a retry

    func isReady(_ channel: String) -> String {
        speech.say("\(channel) is ready already: there is nothing to retry", "\(channel) 本来就正常：无需重试")
    }

    func retried(_ channel: String) -> String {
        speech.say("\(channel): the next message is tried at once", "\(channel)：下一条消息立即发送")
    }

    func notTaken(_ channel: String) -> String {
        speech.say(
            "no daemon took it up within five seconds: none runs, or it is held up. One that starts begins with every channel ready",
            "五秒内没有守护进程接手：可能没有运行，或正忙。重新启动时所有渠道都从正常开始")
    }
}
