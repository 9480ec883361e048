import Kit

/// The checker's demands beyond the declarations: keys that need or exclude each other, lists that cannot be empty,
/// texts with a form of their own.
enum SchemaConstraints {
    static func on(_ block: String, in kind: SchemaKind, _ shop: Shop?) -> [JSONText] {
        switch (kind, block) {
        case (.rules, RuleKeys.rule.name): [body] + TriggerConstraints.all
        case (.rules, "schedule"): cycle
        case (.rules, "event"): [wait]
        case (.rules, "date"): [side]
        case (.rules, "create_task"): [script, assignee]
        case (.settings, "a festival"): [date]
        case (.fixtures, "a member"): [birthday]
        case (.fields, "a field"): [fieldName]
        default: []
        }
    }

    private static let body = JSONText.constant(
        "{if: {required: [experiment]}, then: {properties: {do: false}}, else: {required: [do]}}")

    /// One of the four ways to say when a festival is.
    private static let date = JSONText.constant(
        """
        if: {required: [solar_term]}
        then: {properties: {"on": false, lunar: false, month: false, weekday: false, nth: false}}
        else:
          if: {required: [lunar]}
          then: {properties: {"on": false, month: false, weekday: false, nth: false}}
          else:
            if: {anyOf: [{required: [month]}, {required: [weekday]}, {required: [nth]}]}
            then: {required: [month, weekday, nth], properties: {"on": false}}
            else: {required: ["on"]}
        """)

    private static let fieldName = JSONText.constant(
        """
        if: {required: [sql], properties: {sql: {type: object}}}
        then: {properties: {id: {type: string, pattern: "^member[.](?!attr[.])."}}}
        else: {properties: {id: {type: string, pattern: "^member[.]attr[.]."}}}
        """)

    /// `fill` needs the `script` whose placeholders it fills.
    private static let script = JSONText.constant(
        "{if: {required: [fill], properties: {fill: {type: object}}}, then: {required: [script]}}")

    /// A role or person by name, or a field with what to do when it is empty.
    private static let assignee = JSONText.constant(
        """
        if: {required: [assignee]}
        then: {properties: {assign_to: false, or_else: false}}
        else: {required: [assign_to]}
        """)

    /// With a time of day, the wait is counted in days.
    private static let wait = JSONText.constant(
        "{if: {required: [at]}, then: {properties: {after: {pattern: \"[dw]$\"}}}}")

    /// Days before the date, or days after it.
    private static let side = JSONText.constant(
        "{if: {required: [days_after]}, then: {properties: {days_before: false}}}")

    /// A birthday as a block states its calendar and leap month itself.
    private static let birthday = JSONText.constant(
        """
        if: {required: [birthday], properties: {birthday: {type: object}}}
        then: {properties: {birthday_calendar: false, birthday_leap_month: false}}
        """)

    private static let cycle = [
        JSONText.constant(
            """
            if: {required: [every]}
            then: {}
            else: {required: ["on"], properties: {"on": {type: string, pattern: "^[0-9]{4}-"}}}
            """),
        .constant(
            """
            if: {required: [every], properties: {every: {enum: [day, workday]}}}
            then: {properties: {"on": false}}
            """),
        .constant(
            """
            if: {required: [every], properties: {every: {const: week}}}
            then: {required: ["on"], properties: {"on": {type: [string, array], pattern: "day$"}}}
            """),
        .constant(
            """
            if: {required: [every], properties: {every: {const: quarter}}}
            then: {properties: {"on": {type: [integer, string, "null"], pattern: "^[0-9]+$"}}}
            """),
        .constant(
            """
            if: {required: [every], properties: {every: {const: month}}}
            then: {required: ["on"], properties: {"on": {type: [integer, string], pattern: "^[0-9]+$"}}}
            """),
    ]

    /// True when the names under a key are those of channels.
    static func isByChannel(_ place: SchemaWriter.Place) -> Bool {
        [
            "send.try", "nudged.yaml.channels", "a member.consent", "a test.channels",
            "a test file.channels",
        ].contains(place.path)
    }

    /// True when a name without a value is passed over.
    static func skipsEmpty(_ place: SchemaWriter.Place) -> Bool {
        ["a member.attr", "a member.consent", "a member.experiment"].contains(place.path)
    }

    /// The pattern for the author's own names under a key.
    static func names(at place: SchemaWriter.Place) -> String {
        switch place.path {
        case "a template.values": "^[A-Za-z_\\u0080-\\uffff][A-Za-z0-9_\\u0080-\\uffff]*$"
        case "experiment.variants": SchemaPattern.except(["holdout"])
        case "a fixture file.stores", "a fixture file.products", "a fixture file.members": SchemaPattern.notBlank
        default: "^"
        }
    }
}

/// The constraints on single keys.
extension SchemaConstraints {
    static func refine(
        _ node: inout SchemaNode, at place: SchemaWriter.Place, in kind: SchemaKind, form: ConfigSchema.Form?
    ) {
        if let least = shortest[place.path] { node["minItems"] = .int(least) }
        let pattern =
            kind == .ruleTest
            ? nil : form?.pattern ?? patterns[place.path] ?? (kind == .fixtures ? fixturePattern(place) : nil)
        if let pattern {
            node["pattern"] = .text(pattern)
            // No number and no boolean has such a form.
            if ![SchemaPattern.phone, SchemaPattern.notBlank].contains(pattern), form?.takesScalars != true {
                let isOptional = node["type"] != nil && node["type"]?.typeNames.contains("null") == true
                node["type"] = isOptional ? .texts(["string", "null"]) : "string"
            }
        }
        switch place.path {
        case "a rules file.rules": node["maxItems"] = .int(RuleSetReading.rulesPerFile)
        case "history.times": comparable(&node)
        case "schedule.on", "quiet_hours.days": node["uniqueItems"] = .bool(true)
        case "rfm.recency", "rfm.frequency", "rfm.monetary":
            node["minItems"] = .int(4)
            node["maxItems"] = .int(4)
        case "a coupon template.face_value", "budget.per_day": node["minimum"] = .int(0)
        case "a date.date": dated(&node)
        case "a member.birthday" where kind == .fixtures:
            node["else"] = .object(["type": .texts(["string", "null"]), "pattern": .text(SchemaPattern.birthday)])
        case "a member.phone" where kind == .fixtures:
            node["type"] = .texts(["string", "integer", "null"])
            node["minimum"] = .int(10_000_000)
        default: break
        }
        if place.key == "version" {

            node = SchemaNode([
                "description": node["description"] ?? "", "type": .texts(["integer", "string"]), "minimum": .int(1),
                "maximum": .int(1), "pattern": "^1$",
            ])

        }
    }

    private static let shortest = [
        "a rule.do": 1, "a variant.do": 1, "a branch.do": 1, "an action.choose": 1, "an action.otherwise": 1,
        "send.try": 1,
        "quiet_hours.applies_to": 1, "audience.in": 1, "inactive.activity": 1, "schedule.on": 1, "quiet_hours.days": 1,
    ]

    private static let patterns = [
        "give_coupon.save_as": SchemaPattern.savedName, "recommend.save_as": SchemaPattern.savedName,
        "combine.save_as": SchemaPattern.savedName, "the settings.timezone": SchemaPattern.zone,
        "a fixture file.timezone": SchemaPattern.zone, "a store.timezone": SchemaPattern.zone,
        "a member.timezone": SchemaPattern.zone,
        "event.after": SchemaPattern.span([.minutes, .hours, .days, .weeks], orNothing: true),
        "a festival.on": SchemaPattern.monthDay, "a festival.lunar": SchemaPattern.lunarMonthDay,
    ]

    private static func fixturePattern(_ place: SchemaWriter.Place) -> String? {
        switch place.key {
        case "at", "registered_at", "paid_at", "cancelled_at", "refunded_at", "updated_at", "earned_at", "issued_at",
            "expires_at", "first_order_at", "last_order_at":
            SchemaPattern.moment
        case "phone": SchemaPattern.phone
        case "email": SchemaPattern.email
        case "id", "cart", "store_id", "sku", "template": SchemaPattern.notBlank
        case "name" where ["a date", "an event"].contains(place.block): SchemaPattern.notBlank
        default: nil
        }
    }

    /// A count of events: a number, or comparisons with whole numbers.
    private static func comparable(_ node: inout SchemaNode) {
        let plain = JSONText.constant(
            "{type: [integer, string, \"null\"], minimum: 0, maximum: 1000000, pattern: \"^[0-9]+$\"}")
        let number = JSONText.constant("{type: [integer, string], pattern: \"^[0-9]+$\"}")
        var properties = SchemaNode()
        for word in [Operator.equals, .atLeast, .moreThan, .atMost, .lessThan] {
            properties[word.rawValue] = .object([
                "description": .text(word.meaning), "type": .texts(["integer", "string"]), "pattern": "^[0-9]+$",
            ])
        }
        properties[Operator.between.rawValue] = .object([
            "description": .text(Operator.between.meaning), "type": "array", "minItems": .int(2),
            "maxItems": .int(2), "items": number,
        ])
        node = SchemaNode([
            "description": node["description"] ?? "", "if": .object(["type": "object"]),
            "then": .object(["properties": properties.json, "additionalProperties": .bool(false)]), "else": plain,
        ])
    }

    /// A yearly day: a text, or a block as for birthdays.
    private static func dated(_ node: inout SchemaNode) {
        var writer = SchemaWriter(kind: .fixtures, shop: nil)
        let block = writer.block(FixtureDeclarations.recurringDate, .refused)
        node = SchemaNode([
            "description": node["description"] ?? "", "if": .object(["type": "object"]), "then": block.json,
            "else": .object(["type": "string", "pattern": .text(SchemaPattern.birthday)]),
        ])
    }
}

/// The constraints on a rule that follow from its trigger.
enum TriggerConstraints {
    static let all: [JSONText] =
        Trigger.Kind.allCases.map(constraint) + ["order", "cart", "message"].map(events) + [otherEvents]

    private static func constraint(_ trigger: Trigger.Kind) -> JSONText {
        let suited = trigger.traits
        var properties = SchemaNode()
        properties["limits"] = oncePer(suited.units)
        for key in ["unless", "existing_members", "combine"] where !suited.keys.contains(key) {
            properties[key] = .bool(false)
        }
        if !suited.keys.contains("pick") {
            properties["audience"] = .object(["properties": .object(["pick": .bool(false)])])
        }
        return when(.object(["required": .texts([trigger.rawValue])]), then: properties.json)
    }

    /// An event of an order, a cart or a message has that as its unit, too.
    private static func events(_ unit: String) -> JSONText {
        when(named("^\(unit)([.]|$)"), then: .object(["limits": oncePer([unit, "event"])]))
    }

    private static let otherEvents = when(
        named("^(?!(order|cart|message)([.]|$))", type: "[string, number, boolean]"),
        then: .object(["limits": oncePer(["event"])]))

    private static func named(_ pattern: String, type: String = "string") -> JSONText {
        .constant(
            """
            required: [event]
            properties: {event: {type: object, required: [name], properties: {name: {type: \(type), pattern: "\(pattern)"}}}}
            """)
    }

    private static func when(_ when: JSONText, then properties: JSONText) -> JSONText {
        .object([
            "if": .object([
                "required": .texts(["when"]),
                "properties": .object(["when": .object(["allOf": .list([.object(["type": "object"]), when])])]),
            ]),
            "then": .object(["properties": properties]),
        ])
    }

    private static func oncePer(_ units: [String]) -> JSONText {
        .object(["properties": .object(["once_per": .object(["enum": .texts(units + ["lifetime"])])])])
    }
}
