import Kit
import Rules

/// One outcome, as `dry-run` prints it and as the daemon counts it (product §6, semantics §7).
package struct Decision: Sendable {
    package var at: Instant
    /// When the trigger found it due; not part of the line that machines read.
    package var due: Instant
    package var zone: Zone
    package var rule: String
    package var member: String
    package var occasion: String
    package var outcome: Outcome
    package var because: Reason?
    package var message: Message?
    /// The end of a hold.
    package var until: Instant?
    /// Template id of the first coupon given.
    package var coupon: String?
    /// The script of the task.
    package var task: String?
    /// The script with its values, for people; not part of the line that machines read.
    package var script: String?
    package var variant: String?
    package var tried: [(channel: String, obstacle: Reach.Obstacle)]
    /// What was done besides the message, in order.
    package var effects: [Effect] = []

    /// What went out; only on `sent`.
    package struct Message: Sendable {
        package var channel: String
        package var template: String
        package var address: String?
        package var addressKind: ChannelDeclaration.Address
        package var text: String
        /// All of `fill`, unformatted, in file order.
        package var values: [JSONText.Member]
        package init(
            channel: String, template: String, address: String?, addressKind: ChannelDeclaration.Address, text: String,
            values: [JSONText.Member]
        ) {
            self.channel = channel
            self.template = template
            self.address = address
            self.addressKind = addressKind
            self.text = text
            self.values = values
        }

        /// The masked address; nil where the channel has no address.
        package var maskedAddress: String? {
            guard let address else { return nil }
            switch addressKind {
            case .phone: return Mask.phone(address)
            case .email: return Mask.email(address)
            case .wechatOpenID, .wecomExternalUserID: return Mask.id(address)
            case .none: return nil
            }
        }

        /// The text as it is printed: the phone numbers and mail addresses in it masked.
        package var maskedText: String { Mask.text(text) }

        /// SMS only.
        package var segmentsBilled: Int? { addressKind == .phone ? SMSLength.segments(text) : nil }
    }

    package init(
        at: Instant, zone: Zone, occurrence: Occurrence, outcome: Outcome, because: Reason?,
        tried: [(channel: String, obstacle: Reach.Obstacle)] = []
    ) {
        self.at = at
        due = occurrence.due
        self.zone = zone
        rule = occurrence.rule
        member = occurrence.member
        occasion = occurrence.occasion
        self.outcome = outcome
        self.because = because
        self.tried = tried
    }

    /// The member is not in the audience of this occasion; `--all` prints it.
    package init(notDue occurrence: Occurrence, at now: Instant) {
        self.init(at: now, zone: occurrence.zone, occurrence: occurrence, outcome: .notDue, because: nil)
    }

    /// Held for the end of the quiet hours.
    package init(held occurrence: Occurrence, at now: Instant, until: Instant) {
        self.init(at: now, zone: occurrence.zone, occurrence: occurrence, outcome: .held, because: .hold)
        self.until = until
    }

    /// The script as it is printed: the phone numbers and mail addresses in it masked.
    package var maskedScript: String? { script.map(Mask.text) }

    /// What it prints is masked, but for the keys of the shop's own: members and occasions.
    package var json: JSONText {
        func text(_ value: String?) -> JSONText { value.map { .text($0) } ?? .null }
        return .object([
            "at": .text(zone.rfc3339(at)), "rule": .text(rule), "member": .text(member), "occasion": .text(occasion),
            "outcome": .text(outcome.rawValue), "because": because?.json(in: zone) ?? .null,
            "channel": text(message?.channel), "template": text(message?.template), "to": text(message?.maskedAddress),
            "text": text(message?.maskedText), "values": message.map { .object($0.values) } ?? .null,
            "until": text(until.map(zone.rfc3339)), "coupon": text(coupon), "task": text(task),
            "variant": text(variant),
            "tried": .list(tried.map { .object([JSONText.Member($0.channel, .text($0.obstacle.rawValue))]) }),
            "segments_billed": message?.segmentsBilled.map { .int($0) } ?? .null,
            "effects": .list(effects.map(\.json)),
        ])
    }

    /// Orders by instant, rule, member and occasion; equal ones keep the order of production.
    package static func precedes(_ a: Decision, _ b: Decision) -> Bool {
        if a.at != b.at { return a.at < b.at }
        if a.rule != b.rule { return a.rule.isBytewise(before: b.rule) }
        if a.member != b.member { return a.member.isBytewise(before: b.member) }
        return a.occasion.isBytewise(before: b.occasion)
    }
}
