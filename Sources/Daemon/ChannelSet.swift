import Channels
import Config
import Gateway
import Kit
import Review
import Rules

/// The channels of nudged.yaml, ready to send, with their rates.
package struct ChannelSet: Sendable {
    package private(set) var channels: [String: any Channel] = [:]
    /// Messages per second; a channel without one has no limit of ours.
    package private(set) var rates: [String: Double] = [:]
    /// How many connections a channel has; one without has no limit of ours.
    package private(set) var connections: [String: Int] = [:]
    /// Where the tasks of a channel run, for those that wait for the network and for nothing else.
    package private(set) var threads: [String: any TaskExecutor] = [:]
    /// How many messages one address gets by a channel, where nudged.yaml says so.
    package private(set) var recipientLimits: [String: [CountLimit]] = [:]
    /// Those whose providers call us.
    package private(set) var callbacks: [CallbackChannel] = []
    /// The Maildirs of channels whose messages may come back.
    package private(set) var reportBoxes: [(channel: String, box: ReportBox)] = []
    /// Writes the links of messages, and tells them apart; nil where nudged.yaml has no `links`.
    package private(set) var links: LinkWriter?
    package private(set) var tokens: LinkTokens?
    private var transport: HTTPTransport?

    /// Throws `Refusal` 78 where a secret is missing.
    package init(_ config: Configuration, environment: [String: String]) throws {
        if config.channels.contains(where: \.adapter.isNetwork) {
            guard let transport = HTTPTransport(maxInFlight: config.maxInflight) else {
                throw Refusal.noHTTPClient
            }
            self.transport = transport
        }
        if let links = config.links {
            do {
                let tokens = try links.tokens(environment: environment)
                (self.links, self.tokens) = (LinkWriter(links.form, tokens), tokens)
            } catch let error where error is SecretRef.Failure || error is LinkTokens.WeakSecret {
                let reason = Bilingual(error)
                throw Refusal(.refused, "links: \(reason)", "links：\(reason.chinese)")
            }
        }
        for channel in config.channels {
            do {
                let settings = try channel.settings.resolved(environment: environment)
                channels[channel.id] = channel.open(settings, over: transport)
                if let box = channel.adapter.reportBox(settings) { reportBoxes.append((channel.id, box)) }
                if let read = channel.adapter.callbacks, let address = try CallbackAddress(settings) {
                    callbacks.append(CallbackChannel(id: channel.id, address: address) { read(settings, $0) })
                }
            } catch let error where error is SecretRef.Failure || error is CallbackAddress.Fault {
                let reason = Bilingual(error)
                throw Refusal(.refused, "channel \(channel.id): \(reason)", "渠道 \(channel.id)：\(reason.chinese)")
            }
            rates[channel.id] = channel.rate?.perSecond
            connections[channel.id] = channel.mostConnections
            if channel.adapter.isNetwork { threads[channel.id] = transport?.executor }
            if !channel.recipientLimits.isEmpty { recipientLimits[channel.id] = channel.recipientLimits }
        }
    }

    /// Waits for requests under way.
    package func shutDown() async { await transport?.shutDown() }
}
