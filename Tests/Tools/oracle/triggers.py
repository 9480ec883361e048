"""Which occasions exist, when they are due, and what ends a wait early."""
from datetime import date, timedelta

from . import calendars, clock as T
from .fields import attribute, birthday_of, born, parse_recorded

DATE_TRIGGERS = ("birthday", "anniversary", "festival", "schedule", "points_expire", "coupon_expires", "date")
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Wait:
    """One occasion of one rule for one member."""

    def __init__(self, rule, member, occasion, due, start=None, own=None, anchor=None, passes=None, family=None, name=None):
        self.rule, self.member, self.occasion, self.due = rule, member, occasion, due
        self.start, self.own, self.anchor, self.passes = start, own or {}, anchor, passes
        self.family, self.event, self.coupons = family, name, None
        self.release = None

    @property
    def key(self):
        return self.rule.id, self.member.id, self.occasion


class Rule:
    """A rule with its one trigger taken apart."""

    def __init__(self, given):
        self.given, self.id = given, given["id"]
        (self.trigger, spec), = given["when"].items()
        self.spec = spec or {}
        self.marketing = given["purpose"] == "marketing"
        self.priority = int(given.get("priority") or 0)
        self.unless = given.get("unless") or []

    @property
    def at(self):
        if "at" in self.spec:
            return T.parse_clock(self.spec["at"])
        return T.parse_clock("10:00") if self.trigger in DATE_TRIGGERS else None

    def starts_from(self, name):
        """Whether events of this name begin its waits."""
        own = {"first_purchase": ["order.paid"], "cart_idle": ["cart.updated"], "browsed": ["product.viewed"],
               "event": [self.spec.get("name")], "inactive": self.spec.get("activity") or ["order.paid"]}
        return name in own.get(self.trigger, [])

    @property
    def before(self):
        if self.spec.get("days_after"):
            return -timedelta(days=int(self.spec["days_after"]))
        return timedelta(days=int(self.spec.get("days_before") or 0))


def dated(rule, member, anchor, occasion):
    due = T.resolve(anchor - rule.before, rule.at, member.zone)
    passes = None if rule.trigger == "schedule" or "days_after" in rule.spec else T.midnight(anchor + timedelta(days=1), member.zone)
    return Wait(rule, member, occasion, due, anchor=anchor, passes=passes)


def calendar_waits(rule, member, first, last, settings):
    """Occasions of the triggers that need only constants, due in first ≤ due < last (dates padded)."""
    years = range(first.year - 1, last.year + 2)
    if rule.trigger == "birthday":
        recorded = birthday_of(member)
        wanted = rule.spec.get("calendar", "as_recorded")
        if recorded and wanted in ("as_recorded", recorded["calendar"]):
            for year in years:
                when = calendars.anniversary_in(year, recorded, settings["birthdays"])
                if when:
                    yield dated(rule, member, when, f"birthday:{recorded['calendar']}:{year}")
    elif rule.trigger == "anniversary":
        recorded, name = remembered(rule, member), rule.spec["of"]
        for year in years if recorded else ():
            when = calendars.anniversary_in(year, recorded, settings["birthdays"])
            if when:
                yield dated(rule, member, when, f"anniversary:{name}:{recorded['calendar']}:{year}")
    elif rule.trigger == "date":
        when = date_once(member, rule.spec["of"])
        if when:
            yield dated(rule, member, when, f"date:{rule.spec['of']}:{when}")
    elif rule.trigger == "festival":
        for year in years:
            when = calendars.festival(rule.spec["name"], year, settings)
            if when:
                yield dated(rule, member, when, f"festival:{rule.spec['name']}:{when}")
    elif rule.trigger == "schedule":
        day = first - timedelta(days=40)
        while day <= last + timedelta(days=2):
            if scheduled(rule.spec, day, settings):
                yield dated(rule, member, day, f"schedule:{day}")
            day += timedelta(days=1)


def date_once(member, name):
    """The one date of that name; None without a year. A lunar one is converted once."""
    if name.startswith("member.attr."):
        return attribute("date", (member.given.get("attr") or {}).get(name[12:]), member.world.file_zone)
    for row in member.given.get("dates") or []:
        if row["name"] != name:
            continue
        recorded = parse_recorded(row["date"], row.get("calendar"), row.get("leap_month"))
        return None if recorded["year"] is None else date.fromisoformat(born(recorded))
    return None


def remembered(rule, member):
    if rule.spec["of"] == "membership":
        text = member.given.get("registered_at")
        if not text:
            return None
        return parse_recorded(str(T.local_date(T.parse_instant(text, member.world.file_zone), member.zone)), "solar", False)
    for row in member.given.get("dates") or []:
        if row["name"] == rule.spec["of"]:
            return parse_recorded(row["date"], row.get("calendar"), row.get("leap_month"))
    return None


def scheduled(spec, day, settings):
    every = spec.get("every")
    if every == "day":
        return True
    if every == "workday":
        made_up, off = (any(listed(days, day) for days in settings[key]) for key in ("workdays", "holidays"))
        return made_up or day.weekday() < 5 and not off
    if every == "week":
        wanted = spec["on"]
        return WEEKDAYS[day.weekday()] in (wanted if isinstance(wanted, list) else [wanted])
    if every in ("month", "quarter"):
        last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return day.day == min(int(spec.get("on") or 1), last.day) and (every == "month" or day.month in (1, 4, 7, 10))
    return str(day) == spec["on"]


def listed(days, day):
    """Whether a date, or a range of dates, of the settings has the day."""
    first, last = (days["from"], days["to"]) if isinstance(days, dict) else (days, days)
    return first <= str(day) <= last


def expiry_date(us, zone):
    return T.local_date(us - 1, zone)


def event_occasion(event):
    if event.name.startswith("order.") and event.own.get("order"):
        return "order:" + event.own["order"]
    if event.name.startswith("cart.") and event.own.get("cart"):
        return f"cart:{event.own['cart']}@{T.utc(event.at)}"
    if event.name == "message.sent" and event.columns.get("rule") and event.columns.get("occasion"):
        return f"message:{event.columns['rule']}:{event.columns['occasion']}"
    return "event:" + event.id if event.id else f"event:{event.name}@{T.utc(event.at)}"


def answers(event, rule):
    """Whether the rule's own decision led to the event, at any remove (decision 0008)."""
    if event.name != "message.sent":
        return rule.id in event.rules
    return rule.id in event.rules or event.columns.get("rule") == rule.id or f"message:{rule.id}:" in (event.columns.get("occasion") or "")


def event_due(rule, event, zone, key="after"):
    after = rule.spec.get(key) or "0d"
    if key == "days_after":
        after = f"{int(rule.spec.get(key) or 0)}d"
    if rule.at is None:
        return T.add(event.at, after, zone)
    day = T.local_date(event.at, zone) + timedelta(days=T.days_of(after))
    due = T.resolve(day, rule.at, zone)
    return due if due >= event.at else T.resolve(day + timedelta(days=1), rule.at, zone)


def inactive_due(rule, last, zone):
    crossing = T.add(last, rule.spec["for"], zone)
    return crossing if rule.at is None else T.first_local(rule.at, crossing, zone)
