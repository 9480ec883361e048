/// Descriptions that the declarations do not carry: for blocks, comparisons, connectives and single words.
enum SchemaWords {
    /// The description of a block: `a rule`; for a block named by its key, its content.
    static func block(_ name: String) -> String { name.contains(" ") ? name : "the keys of \(name)" }

    /// The name of a definition: `a coupon template` is `coupon_template`.
    static func definition(_ name: String) -> String {
        name.split(separator: " ").drop { $0 == "a" || $0 == "an" || $0 == "the" }.joined(separator: "_")
    }

    static func channel(_ id: String) -> String {
        switch id {
        case "sms": "text message, to the phone"
        case "wechat": "WeChat official account"
        case "email": "email"
        case "wecom": "WeCom: customers, or the staff's group robot"
        case "push": "push message of the app"
        case "webhook": "a web address of yours"
        case "log": "a file, for trying things out"
        default: "your channel \(id)"
        }
    }

    static let connectives: KeyValuePairs<String, String> = [
        "all": "every one of these must hold\n全部满足", "any": "at least one of these must hold\n满足任一",
        "none": "none of these may hold; a missing value counts as not holding\n全部不满足",
    ]

    /// The meaning of a word as the value of that key; nil where the word itself is enough.
    static func of(_ word: String, at key: String) -> String? {
        let key = key.split(separator: ".").last.map(String.init) ?? key
        return ["\(key).\(word)", word].lazy.compactMap { all[$0] }.first
    }

    private static let all: [String: String] = [
        "as_recorded": "the calendar that the member registered with", "solar": "the Gregorian calendar",
        "lunar": "the Chinese calendar",
        "day": "every day", "week": "once a week",
        "every.month": "once a month; the last day where the month is too short",
        "quarter": "once a quarter, in its first month",
        "workday": "Monday to Friday without `holidays`, and `workdays`",
        "already_bought": "what the member has bought before", "out_of_stock": "what cannot be bought now",
        "stop": "the steps after it are not taken", "continue": "the steps after it are taken all the same",
        "of.category": "views of one category", "sku": "views of one article",
        "one_per_member": "one message for all coupons of a member",
        "highest_first": "the largest value first", "lowest_first": "the smallest value first",
        "once_per.birthday": "each birthday", "once_per.anniversary": "each yearly return of the day",
        "once_per.date": "the date itself", "once_per.festival": "each return of the festival",
        "once_per.schedule": "each date of the schedule",
        "once_per.coupon": "each coupon", "once_per.points_batch": "each batch of points",
        "once_per.order": "each order", "once_per.cart": "each time a cart falls silent",
        "once_per.event": "each event", "once_per.message": "each message", "once_per.view": "each series of views",
        "once_per.inactivity": "each time the member falls silent", "once_per.lifetime": "once for ever",
        "skip": "they are left alone", "existing_members.all": "they are reached as soon as the rule goes live",
        "clock.member": "the clock of the member", "clock.shop": "the clock of the shop",
        "quiet_hours.none": "messages go out at any hour",
        "marketing": "what advertises", "service": "what is about an order, points or a visit",
        "feb_28": "the day before, so that a promise made ahead of it holds", "mar_1": "the day after",
        "leap_years_only": "only in years that have the day",
        "same_month": "the ordinary month of that number", "missing_lunar_leap_month.skip": "not in that year",
        "last_day": "the last day of the month", "next_day": "the first day of the next month",
        "hold": "nothing is done until somebody decides", "resend": "it is sent again, at the risk of a second copy",
        "blast_guard.off": "no rule is ever held",
        "traces.off": "nothing is kept of what decisions read", "keep.forever": "never removed",
        "type.text": "text", "type.code": "a code, kept as typed", "type.number": "a number",
        "type.money": "yuan with at most two decimals", "type.date": "a date",
        "type.instant": "a date and a time", "type.list": "a list", "type.bool": "true or false",
        "values.text": "text", "values.code": "a code, kept as typed", "values.number": "a number",
        "values.money": "yuan with at most two decimals", "values.date": "a date",
        "values.instant": "a date and a time", "values.list": "a list",
        "debug": "everything, member by member", "info": "what happened", "warning": "what is degraded",
        "error": "what a person must act on", "json": "one object a line", "format.text": "lines for people",
        "address.phone": "a mobile number", "address.email": "an email address", "wechat_openid": "a WeChat openid",
        "wecom_external_userid": "a WeCom customer id", "address.none": "none: the other side knows the member",
        "female": "female", "male": "male", "unknown": "not known",
        "status.active": "an ordinary member", "closed": "left; gets nothing",
        "personalised": "messages may use the member's own data",
        "generic": "marketing without the member's own data", "personalisation.none": "nothing was said",
        "sent": "a message went out", "task_created": "the staff have a task",
        "done": "steps without a message were taken",
        "waiting": "the wait has begun", "held": "until the quiet hours end", "skipped": "a condition did not hold",
        "outcome.cancelled": "an event of `unless` came, or the thing itself went away",
        "suppressed": "no consent, a limit or a cap", "held_out": "kept silent on purpose, to measure",
        "missed": "too late", "failed": "no channel could do it", "not_due": "its time did not come",
        "granted": "the member agreed", "withdrawn": "the member said no",
        "paid": "paid and not taken back", "cancelled": "cancelled", "refunded": "paid back",
        "open": "being filled", "emptied": "emptied by the member", "ordered": "it became an order",
        "unused": "can still be used", "used": "redeemed", "expired": "lapsed",
        "new": "just joined, or just bought for the first time", "lifecycle.active": "bought recently",
        "cooling": "the last order is some time ago", "lifecycle.sleeping": "the last order is long ago",
        "lost": "beyond all limits", "core": "recent, frequent and large", "promising": "recent",
        "at_risk": "once frequent or large, not recent", "segment.sleeping": "not recent", "regular": "all others",
    ]
}
