import Kit
import Policies
import Rules

@testable import Store

/// Random triggers, and random conditions over every field that a rule with one may name, under every operator.
struct RandomConditions {
    let people: HostilePeople
    var random: any RandomNumberGenerator

    private static let dataKeys = ["amount", "word", "flag", "nothing", "total", "id"]

    mutating func rule(_ number: Int) -> Rule {
        let trigger = trigger()
        var rule = rule(number, trigger, if: tree(trigger, depth: Int.random(in: 0...2, using: &random)))
        switch trigger {
        // A draw that takes everybody asks the condition on a way of its own, and so do those who are past a limit.
        case .festival, .schedule:
            let draws = Int.random(in: 0..<4, using: &random) == 0
            rule.audience = draws ? Audience(inSegments: [], notInSegments: [], pick: 1000) : nil
        case .inactive: rule.existingMembers = Bool.random(using: &random) ? .all : .skip
        default: break
        }
        return rule
    }

    func rule(_ number: Int, _ trigger: Trigger, if condition: Condition?) -> Rule {
        var rule = Rule.forTests(id: "r\(padded(number, 4))", trigger: trigger, condition: condition)
        rule.purpose = .service
        rule.owner = "crm"
        let advisor = Field(name: "member.advisor", source: .member, type: .text, canBeMissing: true)
        rule.body = .actions([
            .createTask(CreateTask(assignee: .field(advisor, orElse: "manager"), title: "t", script: nil, dueIn: nil))
        ])
        return rule
    }

    private mutating func one<Element>(of elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }

    mutating func trigger() -> Trigger {
        let offset = Trigger.DateOffset(daysBefore: Int.random(in: 0...1, using: &random), at: LocalTime(minutes: 600))
        let (hour, day) = (Span(1, .hours), Span(1, .days))
        return one(of: [
            .birthday(offset, calendar: .asRecorded), .anniversary(offset, of: "wedding"),
            .anniversary(offset, of: "membership"),
            .festival(offset, name: "womens_day", rule: .solar(month: 3, day: 8)),
            .schedule(.daily, at: LocalTime(minutes: 600)), .schedule(.weekly([6, 7]), at: LocalTime(minutes: 700)),
            .schedule(.workdays(WorkCalendar(workdays: [people.day...people.day])), at: LocalTime(minutes: 600)),
            .couponExpires(offset), .pointsExpire(offset),
            .event(.init(name: "ping", filter: nil, after: hour, at: nil)),
            .event(.init(name: "order.paid", filter: nil, after: day, at: nil)),
            .event(.init(name: "cart.updated", filter: nil, after: day, at: nil)),
            .firstPurchase(daysAfter: 1, at: nil), .cartIdle(for: day),
            .browsed(.init(atLeast: 2, of: .category, idleFor: day)),
            .inactive(.init(for: Span(30, .days), at: nil, activity: ["order.paid"])),
        ])
    }

    mutating func tree(_ trigger: Trigger?, depth: Int) -> Condition {
        guard depth > 0 else { return leaf(trigger) }
        let children = (0..<Int.random(in: 1...3, using: &random)).map { _ in tree(trigger, depth: depth - 1) }
        return one(of: [.all(children), .any(children), .none(children)])
    }

    /// On a field, or now and then a count of events.
    private mutating func leaf(_ trigger: Trigger?) -> Condition {
        if Int.random(in: 0..<12, using: &random) == 0 { return .history(history()) }
        let field = field(trigger)
        if let other = other(field, trigger) {
            return .field(FieldTest(field: field, tests: [other], place: .top(of: "t")))
        }
        return .field(FieldTest(field: field, tests: tests(field.type, field.name), place: .top(of: "t")))
    }

    /// Now and then a comparison with another field of its kind.
    private mutating func other(_ field: Field, _ trigger: Trigger?) -> Rules.Comparison? {
        let (quantities, times): ([FieldType], [FieldType]) = ([.number, .money], [.date, .instant])
        guard (quantities + times).contains(field.type), Int.random(in: 0..<6, using: &random) == 0 else { return nil }
        let words: [Operator] =
            quantities.contains(field.type)
            ? [.equals, .isNot, .atLeast, .moreThan, .atMost, .lessThan] : [.equals, .before, .after]
        let factor = quantities.contains(field.type) ? one(of: ["1", "0.5", "2", "0.01", "1.25"]) : "1"
        for _ in 0..<60 {
            let other = self.field(trigger)
            let fits = times.contains(field.type) ? other.type == field.type : quantities.contains(other.type)
            if fits, let factor = Factor(text: factor) { return .init(one(of: words), .field(other, times: factor)) }
        }
        return nil
    }

    private mutating func field(_ trigger: Trigger?) -> Field {
        let rows = trigger.map { $0.rows.union(["trigger"]) } ?? []
        let scope = FieldScope(rows: rows.union(["member"]), custom: people.custom)
        // Each custom field as often as the others of its kind together: they are few, and were wrong before.
        let names =
            Int.random(in: 0..<3, using: &random) == 0
            ? people.custom.map(\.id) : scope.declarations.map(\.name)
        while true {
            let name = one(of: names).replacing("KEY", with: one(of: RandomConditions.dataKeys))
            if let field = FieldCatalogue.field(named: name, trigger: trigger, saved: [:], custom: people.custom) {
                return field
            }
        }
    }

    mutating func tests(_ type: FieldType, _ name: String) -> [Rules.Comparison] {
        (0..<(Int.random(in: 0..<4, using: &random) == 0 ? 2 : 1)).map { _ in
            test(one(of: Operator.known(for: type) + (type == .bool ? [.equals] : [])), type, name)
        }
    }

    private mutating func test(_ word: Operator, _ type: FieldType, _ name: String) -> Rules.Comparison {
        switch word {
        case .equals:
            if type == .bool { return .isTrue(Bool.random(using: &random)) }
            return type == .instant ? .atMoment(moment()) : .anyOf([value(type, name)])
        case .isNot: return .opposite(.anyOf([value(type, name)]))
        case .anyOf: return .anyOf([value(type, name), value(type, name)])
        case .noneOf: return .opposite(.anyOf([value(type, name), value(type, name)]))
        case .startsWith: return .startsWith(String(text(name).prefix(2)))
        case .contains: return .contains(String(text(name).suffix(2)))
        case .atLeast: return .atLeast(bound(type))
        case .moreThan: return .moreThan(bound(type))
        case .atMost: return .atMost(bound(type))
        case .lessThan: return .lessThan(bound(type))
        case .between:
            guard type == .date || type == .instant else { return .between(bound(type), bound(type)) }
            return .betweenMoments(moment(type), moment(type))
        case .before: return .before(moment(type))
        case .after: return .after(moment(type))
        case .withinLast: return .withinLast(span())
        case .moreThanAgo: return .moreThanAgo(span())
        case .withinNext: return .withinNext(span())
        case .includes: return .includes(text(name))
        case .includesAny: return .includesAny([text(name), "milk"])
        case .includesAll: return .includesAll(["vip", text(name)])
        case .excludes: return .opposite(.includes(text(name)))
        case .isSet: return .isSet(Bool.random(using: &random))
        }
    }

    private mutating func text(_ name: String) -> String {
        if let words = FieldCatalogue.declaration(named: name)?.words, !words.isEmpty { return one(of: words) }
        return one(of: [
            "gold", "Gold", "", "%", "_", "go'ld", "金卡", "é", "e\u{301}", "x", "899", "true", "nuts", "坚果", "007", "38",
            "A",
            "kitchen", "锅", "[\"a\"]", "1", "9007199254740993",
        ])
    }

    private mutating func value(_ type: FieldType, _ name: String) -> Value {
        switch type {
        case .text, .code, .instant, .list, .bool: .text(text(name))
        case .any: Bool.random(using: &random) ? bound(.any) : .text(text(name))
        case .number, .money: bound(type)
        case .date: moment(.date).localDate.map { Value.date($0) } ?? .text("")
        }
    }

    private mutating func bound(_ type: FieldType) -> Value {
        type == .money
            ? .money(one(of: [-500, 0, 1, 4999, 5000, 5001, 20_000, 129_900]))
            : .number(one(of: [-1, 0, 1, 2, 3, 5, 36, 38, 38.5, 50, 90, 365, 899, 1038, 1299]))
    }

    private mutating func span() -> Span {
        one(of: [
            Span(1, .days), Span(30, .days), Span(24, .hours), Span(90, .days), Span(52, .weeks), Span(90, .minutes),
        ])
    }

    private mutating func moment(_ type: FieldType = .instant) -> TimePoint {
        let texts =
            ["2026-03-07", "2026-03-08", "2026-03-06", "2025-06-01", "1990-03-10"]
            + (type == .date ? [] : ["2026-03-07 10:00", "2026-03-07T02:00:00Z", "2026-02-05 12:00"])
        return TimePoint(text: one(of: texts)) ?? .instant(.distantPast)
    }

    private mutating func history() -> HistoryTest {
        HistoryTest(
            event: one(of: ["order.paid", "order.refunded", "ping", "product.viewed", "member.registered", "nothing"]),
            times: [
                one(of: [.exactly(0), .exactly(1), .atLeast(1), .moreThan(1), .atMost(1), .lessThan(2), .between(1, 2)])
            ],
            period: Bool.random(using: &random) ? span() : nil,
            filter: Int.random(in: 0..<3, using: &random) == 0 ? filter() : nil, line: 1)
    }

    mutating func filter() -> EventFilter {
        let key = one(of: RandomConditions.dataKeys)
        return EventFilter(tests: [.init(key: key, tests: tests(.any, key))])
    }
}
