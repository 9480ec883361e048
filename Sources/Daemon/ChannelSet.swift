import Channels
import Rules

/// The channels of nudged.yaml, ready to send, with their rates.
package struct ChannelSet: Sendable {
    package private(set) var channels: [String: any Channel] = [:]
    /// Messages per second; a channel without one has no limit of ours.
    package private(set) var rates: [String: Double] = [:]
    private var transport: HTTPTransport?

    /// Throws `Refusal` 78 where a secret is missing.
    package init(_ config: Config, environment: [String: String]) throws {
        let needsHTTP = config.channels.contains { if case .kannel = $0.adapter { true } else { false } }
        if needsHTTP {
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
        switch channel.adapter {
        case .log(let path): return LogChannel(path: path)
        case .kannel(let kannel):
            guard let transport else { return nil }
            let receipts = try kannel.dlr.map { dlr in
                let token = try dlr.pathToken.resolve(environment: environment)
                return KannelSettings.Receipts(mask: dlr.mask, url: "\(dlr.baseURL)/\(token)")
            }
            let settings = KannelSettings(
                url: kannel.url, method: kannel.method == .get ? .get : .postHeaders, username: kannel.username,
                password: try kannel.password.resolve(environment: environment), from: kannel.from, dlr: receipts)
            return KannelChannel(settings, transport: transport)
        }
    }
}
