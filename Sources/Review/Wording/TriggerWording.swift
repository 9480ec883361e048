import Engine
import Kit
import Policies
import Rules
import Store

/// The trigger of a rule in words; with an occurrence, what it found this time.
struct TriggerWording {
    let say: Phrases
    let rule: Rule

    /// `birthday 10 March, three days before`.
    func words(_ occurrence: Occurrence?, _ cause: EventMark?, _ zone: Zone) -> String {
        switch rule.trigger {
        case .birthday(let offset, _):
            let isLunar = occurrence?.occasion.hasPrefix("birthday:lunar:") ?? false
            return dated(
                isLunar ? say("lunar birthday", "农历生日") : say("birthday", "生日"), offset, occurrence, isLunar: isLunar)
        case .anniversary(let offset, let name):
            let isLunar = occurrence?.occasion.hasPrefix("anniversary:\(name):lunar:") ?? false
            return dated(say("\(name) anniversary", "\(name) 纪念日"), offset, occurrence, isLunar: isLunar)
        case .date(let offset, let name): return dated(say("date \(name)", "日期 \(name)"), offset, occurrence)
        case .festival(let offset, let name, _): return dated(name, offset, occurrence)
        case .schedule(let schedule, _): return words(schedule)
        case .couponExpires(let offset):
            var name = say("coupons expire", "券到期")
            if case .coupon(let id) = occurrence?.anchor { name = say("coupon \(id) expires", "券 \(id) 到期") }
            return dated(name, offset, occurrence)
        case .pointsExpire(let offset): return dated(say("points expire", "积分到期"), offset, occurrence)
        case .event(let event): return delayed(event.name, event.after, cause, zone: zone)
        case .firstPurchase(let days, _): return delayed(say("first order", "首单"), Span(days, .days), cause, zone: zone)
        case .cartIdle(let span): return idle(say("cart", "购物车"), say("touched", "有改动"), span, cause: cause, zone: zone)
        case .browsed(let browsed):
            var value: String?
            if case .browse(let seen, _) = occurrence?.anchor { value = seen }
            let mark = cause.map { EventMark(name: $0.name, ref: value, at: $0.at) }
            return idle(browsed.of.rawValue, say("viewed", "被浏览"), browsed.idleFor, cause: mark, zone: zone)
        case .inactive(let inactive):
            let last = cause.map { " \(Phrases.clock($0.at, zone))" } ?? ""
            return say(
                "last activity\(last), \(inactive.for.text) ago", "最近活动\(last)，已过 \(say.span(inactive.for.text))")
        }
    }

    /// The day of a lunar date is said in both calendars.
    private func dated(
        _ name: String, _ offset: Trigger.DateOffset, _ occurrence: Occurrence?, isLunar: Bool = false
    ) -> String {
        let day =
            occurrence?.date.map { date in
                guard isLunar, let lunar = ChineseCalendar.lunar(of: date) else { return " " + say.day(date) }
                let written = say.lunarDay(lunar.month, lunar.day, isLeap: lunar.leap)
                return say(" \(written) (\(say.day(date)))", " \(written)（\(say.day(date))）")
            } ?? ""
        return "\(name)\(day)\(say(", ", "，"))\(side(offset))"
    }

    private func side(_ offset: Trigger.DateOffset) -> String {
        offset.isAfter ? say.daysAfter(-offset.daysBefore) : say.daysBefore(offset.daysBefore)
    }

    private func delayed(_ name: String, _ after: Span, _ cause: EventMark?, zone: Zone) -> String {
        var words = name
        if let cause { words += (cause.ref.map { " \($0)" } ?? "") + " \(Phrases.clock(cause.at, zone))" }
        return after.amount == 0 ? words : words + say(", \(after.text) after", "，之后 \(say.span(after.text))")
    }

    private func idle(_ thing: String, _ verb: String, _ span: Span, cause: EventMark?, zone: Zone) -> String {
        guard let cause else { return say("\(thing) idle for \(span.text)", "\(thing) 静置 \(say.span(span.text))") }
        let name = thing + (cause.ref.map { " \($0)" } ?? "")
        return say(
            "\(name) \(verb) \(Phrases.clock(cause.at, zone)), idle \(span.text)",
            "\(name) \(Phrases.clock(cause.at, zone)) \(verb)，静置 \(say.span(span.text))")
    }

    private func words(_ schedule: Trigger.Schedule) -> String {
        switch schedule {
        case .daily: return say("every day", "每天")
        case .weekly(let days):
            return say("every " + say.sum(days.map(say.weekday)), "每" + say.list(days.map(say.weekday)))
        case .workdays: return say("every workday", "每个工作日")
        case .monthly(let day): return say("day \(day) of every month", "每月 \(day) 日")
        case .quarterly(let day):
            return say("day \(day) of the first month of every quarter", "每季度首月 \(day) 日")
        case .once(let date): return say("on \(date.text)", date.text)
        }
    }

    /// The start of a wait: `cart c1 touched`.
    func start(_ occurrence: Occurrence, _ cause: EventMark?) -> String {
        let ref = cause?.ref.map { " \($0)" } ?? ""
        switch rule.trigger {
        case .cartIdle: return say("cart\(ref) touched", "购物车\(ref) 有改动")
        case .browsed:
            if case .browse(let value, _) = occurrence.anchor { return say("\(value) viewed", "浏览了 \(value)") }
            return say("viewed", "有浏览")
        default: return "\(cause?.name ?? occurrence.occasion)\(ref)"
        }
    }

    /// Where the member stands when nothing is due.
    func words(_ standing: Standing, _ zone: Zone) -> String {
        let next = standing.after.map {
            say("next \(Phrases.clock($0, zone))", "下一次 \(Phrases.clock($0, zone))")
        }
        switch standing.state {
        case .closed: return say("the member's status is closed", "会员已注销（closed）")
        case .noDate: return say("the date it needs is not on file", "没有登记所需的日期")
        case .held(let until):
            return say("held until \(Phrases.clock(until, zone))", "暂缓到 \(Phrases.clock(until, zone))")
        case .waiting(let occurrence, let cause):
            let due = Phrases.clock(occurrence.ready, zone)
            return start(occurrence, cause) + say(", due \(due)", "，到时 \(due)")
        case .anotherDay: return next ?? say("no occasion within 400 days", "400 天内没有时机")
        case .noStart: return none
        case .lastStart(let mark) where !standing.unmet.isEmpty:
            let at = Phrases.clock(mark.at, zone)
            return say(
                "the last \(mark.name), \(at), does not meet `where`", "最近的 \(mark.name)（\(at)）不符合 `where`")
        case .lastStart(let mark): return last(mark, zone)
        }
    }

    private var none: String {
        switch rule.trigger {
        case .cartIdle: return say("no cart so far", "还没有购物车")
        case .browsed: return say("nothing was viewed so far", "还没有浏览")
        case .inactive: return say("no activity so far", "还没有活动")
        case .firstPurchase: return say("no order so far", "还没有下单")
        case .event(let event): return say("no \(event.name) so far", "还没有 \(event.name)")
        default: return say("nothing so far", "还没有")
        }
    }

    private func last(_ mark: EventMark, _ zone: Zone) -> String {
        let at = Phrases.clock(mark.at, zone)
        switch rule.trigger {
        case .cartIdle: return say("no open cart; last touch \(at)", "没有待提醒的购物车；最近改动 \(at)")
        case .browsed: return say("nothing waits; last view \(at)", "没有等待；最近浏览 \(at)")
        case .inactive: return say("nothing waits; last activity \(at)", "没有等待；最近活动 \(at)")
        default: return say("nothing waits; last \(mark.name) \(at)", "没有等待；最近 \(mark.name) \(at)")
        }
    }
}
