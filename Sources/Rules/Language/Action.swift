import Kit

/// One step of `do`. Steps run in order; the first that fails stops the rest.
package indirect enum Action: Sendable {
    case giveCoupon(GiveCoupon)
    case send(Send)
    case createTask(CreateTask)
    case addTag(String)
    case removeTag(String)
    case adjustPoints(AdjustPoints)
    case recommend(Recommend)
    /// The first branch that holds, else `otherwise`. Where there is neither, the result is `skipped {choose: none}`.
    case choose([Branch], otherwise: [Action]?)

    package struct Branch: Sendable {
        package var condition: Condition
        package var actions: [Action]
        package init(condition: Condition, actions: [Action]) {
            self.condition = condition
            self.actions = actions
        }
    }
}

package struct GiveCoupon: Sendable {
    package enum ValidUntil: Sendable, Hashable {
        /// The local date of acting + n.
        case daysAfterSend(Int)
        /// The occasion's own date + n; without one, the due date.
        case daysAfterOccasion(Int)
    }
    package var template: String
    /// Nil means the coupon template's `valid_days` from the day of acting.
    package var validUntil: ValidUntil?
    package var saveAs: String?
    /// The place of the template's id.
    package var place: SourceSpan
    package init(template: String, validUntil: ValidUntil?, saveAs: String?, place: SourceSpan) {
        self.template = template
        self.validUntil = validUntil
        self.saveAs = saveAs
        self.place = place
    }
}

package struct Send: Sendable {
    package struct Entry: Sendable, Hashable {
        package var channel: String
        package var template: String
        package init(channel: String, template: String) {
            self.channel = channel
            self.template = template
        }
    }
    /// A placeholder and the field that fills it, in file order.
    package struct Fill: Sendable {
        package var placeholder: String
        package var field: Field
        package init(placeholder: String, field: Field) {
            self.placeholder = placeholder
            self.field = field
        }
    }
    package var entries: [Entry]
    package var fill: [Fill]
    package var perMinute: Int?
    package init(entries: [Entry], fill: [Fill], perMinute: Int?) {
        self.entries = entries
        self.fill = fill
        self.perMinute = perMinute
    }
}

package struct CreateTask: Sendable {
    package enum Assignee: Sendable, Hashable {
        /// `assignee`: a role or a person by name.
        case named(String)
        /// `assign_to`: a field (`member.advisor`) whose value is the assignee, and `or_else` for where it is missing.
        case field(Field, orElse: String?)

        package var field: Field? { if case .field(let field, _) = self { field } else { nil } }
    }
    package var assignee: Assignee
    package var title: String
    /// Id of the message template that holds the script.
    package var script: String?
    /// Fills the script's placeholders; those that nothing fills print their default.
    package var fill: [Send.Fill]
    package var dueIn: Span?
    package init(
        assignee: Assignee, title: String, script: String?, fill: [Send.Fill] = [], dueIn: Span?
    ) {
        self.assignee = assignee
        self.title = title
        self.script = script
        self.fill = fill
        self.dueIn = dueIn
    }
}

package struct AdjustPoints: Sendable {
    package enum Amount: Sendable, Hashable {
        /// A negative number takes points away.
        case fixed(Int)
        /// So many points for each yuan of an amount, or for each one of a number, rounded down.
        case each(Field, times: Factor)

        package var field: Field? { if case .each(let field, _) = self { field } else { nil } }
    }
    package var add: Amount
    package var expiresIn: Span?
    package init(add: Amount, expiresIn: Span?) {
        self.add = add
        self.expiresIn = expiresIn
    }
}

package struct Recommend: Sendable {
    package enum Strategy: String, Sendable, CaseIterable {
        case sameCategoryBestsellers = "same_category_bestsellers"
        case categoryBestsellers = "category_bestsellers"
        case pairsWith = "pairs_with"
    }
    package enum Exclusion: String, Sendable, CaseIterable {
        case alreadyBought = "already_bought", outOfStock = "out_of_stock"
    }
    package var strategy: Strategy
    package var basedOn: Field
    package var exclude: [Exclusion]
    package var limit: Int
    /// `if_empty: stop` makes an empty list `skipped {recommend: empty}`.
    package var stopIfEmpty: Bool
    package var saveAs: String
    package init(
        strategy: Strategy, basedOn: Field, exclude: [Exclusion], limit: Int, stopIfEmpty: Bool, saveAs: String
    ) {
        self.strategy = strategy
        self.basedOn = basedOn
        self.exclude = exclude
        self.limit = limit
        self.stopIfEmpty = stopIfEmpty
        self.saveAs = saveAs
    }
}
