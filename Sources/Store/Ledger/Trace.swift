import Kit
import Policies
import Rules

/// Writes what a decision read, as the store keeps it beside the decision: one short JSON object with values by the
/// slots of the rule and rules version, so that no name is repeated (docs/decisions/0014). Addresses and texts are not
/// in it: deliveries hold them.
package struct Trace {
    /// The keys; each is present only where it has a value.
    package enum Key: String {
        /// Values by field slot, up to the last that is not missing: text, number, fen, days, microseconds, list, flag.
        /// Absent: nothing about the member was read.
        case values = "v"
        /// Values that conditions read from earlier steps (`save_as`), in the order of the slots.
        case saved = "k"
        /// Event counts by history slot.
        case counts = "h"
        /// One digit for each channel of the plan.
        case contacts = "c"
        /// The number of the event that the occurrence began with.
        case event = "e"
        /// The date that the occasion is about, in days.
        case date = "d"
        case personalisation = "p"
        case preferred = "f"
        /// Microseconds before the decision when the rule acted (as far as its limits count), and marketing was sent.
        case ownActs = "a"
        case sends = "s"
        /// Like `sends`, for others with the same address: a list for each channel of the plan.
        case othersSends = "o"
        /// For each channel of the plan null, or, where it counts credits, what needs one and what is left.
        case credits = "l"
        /// The zone of the occurrence, where it is not that of the settings.
        case zone = "z"
        /// For a hold, its release in microseconds after it, and the rules version, which decisions have in their row.
        case until = "u"
        case version = "r"
    }

    package let plan: RulePlan
    /// The zone of the settings.
    package let standard: Zone

    package init(plan: RulePlan, standard: Zone) { (self.plan, self.standard) = (plan, standard) }

    /// - Parameter facts: nil when nothing about the member was read, as for a wait that an event ended.
    package func text(
        _ occurrence: Occurrence, _ facts: Facts?, at now: Instant, hold: (until: Instant, version: Int)? = nil
    )
        -> String
    {
        var object = TraceObject()
        if let facts { write(facts, at: now, to: &object) }
        switch occurrence.anchor {
        case .event(let seq), .order(_, let seq), .cart(_, _, let seq), .browse(_, let seq):
            object.add(.event, String(seq))
        case .none, .coupon, .coupons, .points: break
        }
        if let date = occurrence.date { object.add(.date, String(date.days)) }
        if occurrence.zone != standard { object.add(.zone, text: occurrence.zone.name) }
        if let hold {
            object.add(.until, String(hold.until.micros - now.micros))
            object.add(.version, String(hold.version))
        }
        return object.closed
    }

    private func write(_ facts: Facts, at now: Instant, to object: inout TraceObject) {
        let filled = facts.readings.values.lastIndex { $0 != nil }.map { $0 + 1 } ?? 0
        let shown = zip(plan.slots.fields, facts.readings.values.prefix(filled)).map { $1?.masked(as: $0.name) }
        object.list(.values, shown) { $1.add($0) }
        if !facts.readings.saved.isEmpty {
            object.list(.saved, plan.slots.saved) { $1.add(facts.readings.saved[$0.name]) }
        }
        if !facts.readings.counts.isEmpty { object.list(.counts, facts.readings.counts) { $1.add(String($0)) } }
        if !plan.channels.isEmpty {
            var digits = ""
            for channel in plan.channels { digits.append(contact(facts.channels[channel])) }
            object.add(.contacts, text: digits)
        }
        if let kind = facts.personalisation { object.add(.personalisation, text: kind) }
        if let channel = facts.preferredChannel { object.add(.preferred, text: channel) }
        let acts = counted(facts.ownActs, at: now, in: facts.readings.zone)
        if !acts.isEmpty { object.list(.ownActs, acts) { $1.add(String(now.micros - $0.micros)) } }
        if !facts.marketingSends.isEmpty {
            object.list(.sends, facts.marketingSends) { $1.add(String(now.micros - $0.micros)) }
        }
        let others = plan.channels.map { facts.channels[$0]?.othersSends ?? [] }
        if others.contains(where: { !$0.isEmpty }) {
            object.list(.othersSends, others) { instants, object in
                let ago = instants.map { String(now.micros - $0.micros) }
                object.add("[" + ago.joined(separator: ",") + "]")
            }
        }
        let credits = plan.channels.map { facts.channels[$0]?.credits }
        if credits.contains(where: { $0 != nil }) {
            object.list(.credits, credits) { credits, object in
                let lists = credits.map {
                    [$0.counted.map(\.rawValue).sorted(), $0.left.sorted()].map(JSONRows.encode)
                }
                object.add(lists.map { "[" + $0.joined(separator: ",") + "]" } ?? "null")
            }
        }
    }

    /// The acts in the window of `at_most`; for once in a lifetime, the latest act.
    private func counted(_ acts: [Instant], at now: Instant, in zone: Zone) -> [Instant] {
        guard let latest = acts.max() else { return [] }
        guard let limit = plan.rule.limits.atMost else { return [latest] }
        let start = limit.windowStart(at: now, in: zone)
        let within = acts.filter { $0 >= start }
        return within.isEmpty && plan.rule.limits.oncePerLifetime ? [latest] : within
    }

    /// One digit of base 32: 1 for an address, 2 for a suppression, and for the consent of the rule's purpose 4
    /// (granted), 8 (withdrawn), both (refused for the address) or 16 (of a member who needs a guardian's).
    private func contact(_ facts: Reach.ChannelFacts?) -> Character {
        guard let facts else { return "0" }
        let consent = plan.rule.purpose == .marketing ? facts.marketing : facts.service
        let digit =
            (facts.address == nil ? 0 : 1) + (facts.isSuppressed ? 2 : 0)
            + Trace.consent(consent)
        return Trace.digits[digit]
    }

    private static func consent(_ consent: Reach.Consent?) -> Int {
        switch consent {
        case nil: 0
        case .granted: 4
        case .withdrawn: 8
        case .refused: 12
        case .minor: 16
        }
    }

    private static let digits = Array("0123456789abcdefghijklmnopqrstuv")
}

/// Writes the object directly to text: every decision has one, so nothing is built in between.
private struct TraceObject {
    private var json = "{"
    private var isFirst = true

    init() { json.reserveCapacity(192) }

    var closed: String { json + "}" }

    mutating func add(_ key: Trace.Key, _ value: String) {
        begin(key)
        json += value
    }

    mutating func add(_ key: Trace.Key, text: String) {
        begin(key)
        add(text: text)
    }

    mutating func list<Items: Collection>(
        _ key: Trace.Key, _ items: Items, _ body: (Items.Element, inout TraceObject) -> Void
    ) {
        begin(key)
        json += "["
        var isFirst = true
        for item in items {
            if !isFirst { json += "," }
            isFirst = false
            body(item, &self)
        }
        json += "]"
    }

    mutating func add(_ literal: String) { json += literal }

    mutating func add(_ value: Value?) {
        switch value {
        case nil: json += "null"
        case .text(let text): add(text: text)
        case .number(let number): json += JSONText.number(number).rendered
        case .money(let fen): json += String(fen)
        case .date(let date): json += String(date.days)
        case .instant(let instant): json += String(instant.micros)
        case .list(let items): json += JSONRows.encode(items)
        case .bool(let flag): json += flag ? "true" : "false"
        }
    }

    private mutating func add(text: String) { StrictJSON.write(text, to: &json) }

    private mutating func begin(_ key: Trace.Key) {
        json += isFirst ? "\"" : ",\""
        json += key.rawValue
        json += "\":"
        isFirst = false
    }
}
