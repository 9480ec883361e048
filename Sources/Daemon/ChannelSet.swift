import Channels
import Config
import Review

/// The channels of nudged.yaml, ready to send, with their rates.
package struct ChannelSet: Sendable {
    package private(set) var channels: [String: any Channel] = [:]
    /// Messages per second; a channel without one has no limit of ours.
    package private(set) var rates: [String: Double] = [:]
    private var transport: HTTPTransport?

    /// Throws `Refusal` 78 where a secret is missing.
    package init(_ config: Configuration, environment: [String: String]) throws {
        if config.channels.contains(where: \.adapter.isNetwork) {
            guard let transport = HTTPTransport(maxInFlight: config.maxInflight) else {
                throw Refusal(.internalError, "the HTTP client cannot start: out of memory or of threads")
            }
            self.transport = transport
        }
        for channel in config.channels {
            do {
                channels[channel.id] = try make(channel, environment)
            } catch let failure as SecretRef.Failure {
                throw Refusal(.refused, "channel \(channel.id): \(failure.description)")
            }
            rates[channel.id] = channel.rate?.perSecond
        }
    }

    /// Waits for requests under way.
    package func shutDown() async { await transport?.shutDown() }

    private func make(_ channel: ChannelConfig, _ environment: [String: String]) throws -> (any Channel)? {
        let settings = try channel.settings.resolved(environment: environment)
        return switch channel.adapter.opening {
        case .local(let open): open(settings)
        case .network(let open): transport.map { open(settings, $0) }
        }
    }
}
