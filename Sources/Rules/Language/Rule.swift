import Kit

/// One rule as marketing wrote it, checked: names resolved, types known, ready to be planned.
package struct Rule: Sendable {
    package enum Status: String, Sendable, CaseIterable { case draft, shadow, live, paused, retired }
    package enum Purpose: String, Sendable, CaseIterable { case marketing, service }

    package var id: String
    package var name: String
    package var status: Status
    package var owner: String
    package var purpose: Purpose
    /// A higher number comes first; the default is 0.
    package var priority: Int
    package var trigger: Trigger
    /// Event names that cancel the wait, in file order; empty but for delay triggers.
    package var unless: [UnlessEvent]
    package var audience: Audience?
    package var condition: Condition?
    package var existingMembers: ExistingMembers?
    package var combine: Combine?
    package var body: Body
    package var limits: RuleLimits
    /// The lateness of a path that sends a message.
    package var ifLate: Lateness
    /// The lateness of a path without one: it is judged as a staff task, whatever the trigger.
    package var ifLateWithoutSend: Lateness
    package var origin: RuleOrigin

    package init(
        id: String, name: String, status: Status, owner: String, purpose: Purpose, priority: Int, trigger: Trigger,
        unless: [UnlessEvent], audience: Audience?, condition: Condition?, existingMembers: ExistingMembers?,
        combine: Combine?, body: Body, limits: RuleLimits, ifLate: Lateness, ifLateWithoutSend: Lateness = .forever,
        origin: RuleOrigin
    ) {
        self.id = id
        self.name = name
        self.status = status
        self.owner = owner
        self.purpose = purpose
        self.priority = priority
        self.trigger = trigger
        self.unless = unless
        self.audience = audience
        self.condition = condition
        self.existingMembers = existingMembers
        self.combine = combine
        self.body = body
        self.limits = limits
        self.ifLate = ifLate
        self.ifLateWithoutSend = ifLateWithoutSend
        self.origin = origin
    }
}

/// The place where a rule stands, for people and for the decision record.
package struct RuleOrigin: Sendable {
    package var file: String
    package var line: Int
    /// Line of each top-level key of the rule: `when`, `unless`, `if`, `do`, …
    package var keyLines: [String: Int]
    /// The rule's own text, bytes as in the file. The blast guard's release and the waits depend on its hash.
    package var text: String
    package init(file: String, line: Int, keyLines: [String: Int], text: String) {
        self.file = file
        self.line = line
        self.keyLines = keyLines
        self.text = text
    }
}

/// `do` or `experiment`.
package enum Body: Sendable {
    case actions([Action])
    case experiment(Experiment)
}

/// `audience: {in: […], not_in: […], pick: {random: 20}}`.
package struct Audience: Sendable {
    package var inSegments: [String]
    package var notInSegments: [String]
    /// The k of `pick: {random: k}`; only for festival and schedule.
    package var pick: Int?
    package init(inSegments: [String], notInSegments: [String], pick: Int?) {
        self.inSegments = inSegments
        self.notInSegments = notInSegments
        self.pick = pick
    }
}

/// Members whose occurrence was already due when the rule went live (`inactive` only).
package enum ExistingMembers: Sendable, Equatable {
    case skip
    case all
    case drip(Int, every: Span)
}

/// `combine: {into: one_per_member, save_as, order_by, keep}` (`coupon_expires` only).
package struct Combine: Sendable {
    package var saveAs: String
    package var orderBy: Field?
    package var highestFirst: Bool
    package var keep: Int?
    package init(saveAs: String, orderBy: Field?, highestFirst: Bool, keep: Int?) {
        self.saveAs = saveAs
        self.orderBy = orderBy
        self.highestFirst = highestFirst
        self.keep = keep
    }
}

package struct RuleLimits: Sendable {
    /// True for `once_per: lifetime`, the only word that adds a limit (T7).
    package var oncePerLifetime: Bool
    /// The word as written (`birthday`, `cart`, …), nil when absent.
    package var oncePer: String?
    package var atMost: CountLimit?
    package init(oncePerLifetime: Bool = false, oncePer: String? = nil, atMost: CountLimit? = nil) {
        self.oncePerLifetime = oncePerLifetime
        self.oncePer = oncePer
        self.atMost = atMost
    }
}

/// At most `times` in a window: `Nd` is today and the N − 1 local dates before it, `h` and `m` roll exactly.
package struct CountLimit: Sendable, Hashable {
    package var times: Int
    package var window: Span
    /// The segment that members must be in now for the limit to count (`frequency_cap` only).
    package var segment: String?
    package init(times: Int, window: Span, segment: String? = nil) {
        self.times = times
        self.window = window
        self.segment = segment
    }
    /// `1 in 1d`.
    package var text: String { "\(times) in \(window.text)" }
}

/// How late the daemon may still act, after a time in which it could not.
package enum Lateness: Sendable, Hashable {
    case within(Span)
    case forever
}

package struct Experiment: Sendable {
    package struct Variant: Sendable {
        package var name: String
        /// Basis points; the shares of all variants add up to 10,000.
        package var share: Int
        package var actions: [Action]
        package init(name: String, share: Int, actions: [Action]) {
            self.name = name
            self.share = share
            self.actions = actions
        }
    }
    package var key: String
    /// Basis points.
    package var holdout: Int
    package var variants: [Variant]
    package var measure: (event: String, within: Span)?
    package init(key: String, holdout: Int, variants: [Variant], measure: (event: String, within: Span)?) {
        self.key = key
        self.holdout = holdout
        self.variants = variants
        self.measure = measure
    }
}
