import Kit
import Rules

/// The instants and dates that a statement compares with. Each depends only on now and the zone, so a statement is
/// prepared once per rule and bound again for every (zone, now). There is no date arithmetic per row.
struct StatementClock {
    private enum Reading {
        case today
        case zoneName
        case ago(Span)
        case ahead(Span)
        case moment(TimePoint)
        case endOf(TimePoint)
        case dayOffset(Int)
    }

    var settings: Settings
    private var readings: [(name: String, reading: Reading)] = []
    private var literals: [(name: String, value: SQLValue)] = []

    /// Goes before the names of literals, where a statement has parts with clocks of their own.
    private let prefix: String

    init(settings: Settings = Settings(), prefix: String = "") {
        self.settings = settings
        self.prefix = prefix
    }

    private mutating func add(_ name: String, _ reading: Reading) -> String {
        if !readings.contains(where: { $0.name == name }) { readings.append((name, reading)) }
        return ":" + name
    }
    private mutating func addNew(_ reading: Reading) -> String { add("t\(readings.count)", reading) }

    mutating func today() -> String { add("today", .today) }
    mutating func zone() -> String { add("zone", .zoneName) }
    mutating func ago(_ days: Int) -> String { add("ago\(days)d", .ago(Span(days, .days))) }
    mutating func ago(_ span: Span) -> String { add("ago\(span.text)", .ago(span)) }
    mutating func ahead(_ span: Span) -> String { add("ahead\(span.text)", .ahead(span)) }
    /// The first instant of a literal; `end(of:)` is the first instant after it.
    mutating func moment(_ point: TimePoint) -> String { addNew(.moment(point)) }
    mutating func end(of point: TimePoint) -> String { addNew(.endOf(point)) }
    /// Today plus n, as a day number.
    mutating func day(_ offset: Int) -> String { addNew(.dayOffset(offset)) }

    mutating func literal(_ value: some SQLBindable) -> String {
        let name = "\(prefix)v\(literals.count)"
        literals.append((name, value.sql))
        return ":" + name
    }

    func scoreLimits(_ frequency: Bool) -> [Int64] {
        frequency ? settings.rfm.frequency.map(Int64.init) : settings.rfm.monetary
    }

    /// The literals alone, for a part that compares with no time.
    var literalArguments: [String: SQLValue] { Dictionary(literals.map { ($0.name, $0.value) }) { first, _ in first } }

    /// The values to bind for one (now, zone).
    func arguments(now: Instant, zone: Zone) -> [String: SQLValue] {
        let today = zone.date(of: now)
        var bound: [String: SQLValue] = ["now": now.micros.sql]
        for (name, reading) in readings {
            bound[name] =
                switch reading {
                case .today: today.days.sql
                case .zoneName: zone.name.sql
                case .ago(let span): zone.subtract(span, from: now).micros.sql
                case .ahead(let span): zone.add(span, to: now).micros.sql
                case .moment(let point): point.instant(in: zone).micros.sql
                case .endOf(let point): point.firstInstantAfter(in: zone).micros.sql
                case .dayOffset(let days): (today.days + days).sql
                }
        }
        for (name, value) in literals { bound[name] = value }
        return bound
    }
}
