import Channels
import Config
import Review
import Rules

/// A channel of nudged.yaml for one command, with a transport of its own.
struct OneChannel: Sendable {
    let channel: any Channel
    private let transport: HTTPTransport?

    /// Throws `Refusal` 78 where a secret is missing.
    init(_ config: ChannelConfig, environment: [String: String]) throws {
        let transport = config.adapter.isNetwork ? HTTPTransport(maxInFlight: 1) : nil
        do {
            var settings = try config.settings.resolved(environment: environment)
            // One message waits for no others.
            settings[KeyDeclaration.batch.name] = nil
            guard let channel = config.open(settings, over: transport) else {
                throw Refusal.noHTTPClient
            }
            self.channel = channel
        } catch let error as SecretRef.Failure {
            throw Refusal(.refused, "channel \(config.id): \(error)", "渠道 \(config.id)：\(error.words.chinese)")
        }
        self.transport = transport
    }

    /// Ends its connections.
    func shutDown() async { await transport?.shutDown() }
}
