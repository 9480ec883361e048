import Config
import Kit
import Rules
import Store

/// One channel of nudged.yaml with what the store knows of it.
package struct ChannelStatus: Sendable {
    package var config: ChannelConfig
    /// Nil for a channel that no daemon has sent through.
    package var state: ChannelState?
    package var owed: Int
    /// The stops that hold its messages.
    package var holds: [StopListing]

    package init(config: ChannelConfig, state: ChannelState?, owed: Int, holds: [StopListing]) {
        (self.config, self.state, self.owed, self.holds) = (config, state, owed, holds)
    }

    /// Every channel of nudged.yaml, in file order.
    package static func all(
        of config: Configuration, in store: MemberStore, at now: Instant
    ) throws -> [ChannelStatus] {
        let states = try store.channelStates()
        let owed = try store.owed(at: now).reduce(into: [:]) { $0[$1.channel, default: 0] += $1.count }
        let stops = try store.stops()
        return config.channels.map { channel in
            ChannelStatus(
                config: channel, state: states.first { $0.channel == channel.id }, owed: owed[channel.id] ?? 0,
                holds: stops.filter {
                    StopWording.ofEverything.contains($0.scope) || $0.scope == StopScope.channel(channel.id).text
                })
        }
    }
}

/// Words for how a channel stands.
package struct StandingWording {
    private let speech: Speech

    package init(speech: Speech) { self.speech = speech }

    /// `100/second`.
    package func rate(_ config: ChannelConfig) -> String {
        config.rate.map { "\($0.count)/\($0.unit.rawValue)" } ?? speech.say("no limit", "不限速")
    }

    package func words(_ state: ChannelState?, at now: Instant) -> String {
        guard let state else { return speech.say("nothing sent yet", "还没有发送过") }
        let since = speech.time(state.since)
        let next = state.until.flatMap { $0 > now ? $0 : nil }.map(speech.time)
        switch state.standing {
        case .ready: return speech.say("ready since \(since)", "正常，自 \(since)")
        case .throttled:
            guard let next else { return speech.say("ready", "正常") }
            return speech.say("paused by the provider until \(next)", "服务商要求暂停到 \(next)")
        case .closed:
            return speech.say("closed since \(since), it kept failing", "自 \(since) 关闭，连续失败") + tried(next)
        case .misconfigured:
            return speech.say("misconfigured since \(since)", "自 \(since) 配置有误") + tried(next)
        }
    }

    private func tried(_ next: String?) -> String {
        next.map { speech.say(", tried again at \($0)", "，\($0) 再试") }
            ?? speech.say(", tried again with the next message", "，下一条消息时再试")
    }
}
