import Config
import Kit
import Rules
import Store

extension RetentionTerms {
    /// What goes at `now` by nudged.yaml. Decisions stay for as long as a rule may ask for them, however short the setting.
    /// - Parameters:
    ///   - lookBack: microseconds.
    ///   - channels: those of nudged.yaml.
    package init(
        _ settings: Configuration.Retention, lookBack: Int64, channels: [ChannelDeclaration] = [], at now: Instant
    ) {
        func before(_ span: Span?) -> Instant? { span.map { now.adding(micros: -$0.roughMicros) } }
        self.init(
            texts: before(settings.texts), received: before(settings.received),
            quarantine: before(settings.quarantine),
            ledger: before(settings.ledger).map { min($0, now.adding(micros: -lookBack)) },
            members: before(settings.members),
            channels: Dictionary(channels.map { ($0.id, $0.address) }) { first, _ in first }, at: now)
    }
}
