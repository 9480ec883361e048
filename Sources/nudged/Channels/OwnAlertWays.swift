import Config
import Daemon
import Review
import Store

/// The ways of `alerts` in nudged.yaml, for one command: its staff channel is opened for it alone.
struct OwnAlertWays: Sendable {
    let ways: AlertWays
    private let own: OneChannel?

    /// Throws `Refusal` 78 where a secret is missing.
    init(_ config: Configuration, environment: [String: String]) throws {
        let named = try config.alerts.channel.flatMap { name in config.channels.first { $0.id == name } }
            .map { ($0.id, try OneChannel($0, environment: environment)) }
        own = named?.1
        ways = AlertWays(
            config.alerts, store: try? MemberStore.filePath(of: config.storeURL), environment: environment,
            channel: named.map { ($0.0, $0.1.channel) })
    }

    /// Ends its connections.
    func shutDown() async { await own?.shutDown() }
}
