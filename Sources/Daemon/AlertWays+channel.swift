import Channels
import Config
import Kit
import Review

extension AlertWays {
    /// The ways that nudged.yaml names.
    /// - Parameter channel: the staff channel, ready to send; nil where there is none.
    package init(
        _ alerts: Configuration.Alerts, store: String?, environment: [String: String],
        channel: (name: String, channel: any Channel)?
    ) {
        self.init(
            channel: channel.map { name, channel in
                (
                    name,
                    { text, now in
                        await channel.notice(text, by: name, reference: "nudged-alert-\(now.micros)", at: now)
                    }
                )
            }, command: alerts.command.map { AlertCommand(path: $0) }, store: store, environment: environment)
    }
}
