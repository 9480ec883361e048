"""Values of fields at an instant. None is a missing value."""
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from . import calendars, clock as T
from .workspace import fen


@dataclass(frozen=True, order=True)
class Money:
    """An amount in fen."""
    fen: int


MONEY = {"lifetime_spend", "average_order_value", "largest_order", "spend_90d", "spend_365d", "total", "face_value", "price"}
NUMBER = {"lifetime_orders", "days_since_last_order", "orders_30d", "orders_90d", "points_balance", "tier_rank", "age",
          "in_stock_items", "birthday_month", "expiring", "count", "recency", "frequency", "monetary", "quantity", "points", "remaining"}
INSTANT = {"first_order_at", "last_order_at", "registered_at", "paid_at", "cancelled_at", "refunded_at", "updated_at",
           "issued_at", "expires_at", "due_at", "earned_at"}
DATE = {"expires_on", "valid_until", "date"}
BOOL = {"is_birthday"}
LIST = {"tags", "categories", "items"}


def kind_of(path, scope):
    if path in scope.rules.fields:
        return scope.rules.fields[path]["type"]
    if path.startswith("trigger.data."):
        return "any"
    last = path.split(".")[-1]
    for kind, names in (("money", MONEY), ("number", NUMBER), ("instant", INSTANT), ("date", DATE), ("list", LIST), ("bool", BOOL)):
        if last in names:
            return kind
    return "text"


def typed(kind, raw, zone, end=False):
    """A column's text as a value of its type."""
    if raw is None:
        return None
    if kind == "money":
        return raw if isinstance(raw, Money) else Money(fen(raw))
    if kind == "number":
        return Decimal(str(raw))
    if kind == "instant":
        return raw if isinstance(raw, T.Instant) else T.Instant(T.parse_instant(raw, zone, end))
    if kind == "date":
        return raw if isinstance(raw, date) else date.fromisoformat(raw)
    if kind == "bool":
        return str(raw).lower() == "true"
    return raw


def amount_of(raw):
    """A number as shops write it, `¥1,299.00` too; None when it is none."""
    text = str(raw).strip().lstrip("¥￥").removesuffix("元")
    return Decimal(text.replace(",", "")) if re.fullmatch(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?", text) else None


def attribute(kind, raw, zone):
    """A custom attribute under its declared type; what does not fit is missing."""
    if raw is None:
        return None
    if kind in ("number", "money"):
        number = amount_of(raw)
        return number if number is None or kind == "number" else Money(fen(number))
    if kind == "bool":
        return {"true": True, "是": True, "1": True, "false": False, "否": False, "0": False}.get(str(raw).lower())
    if kind == "list":
        items = raw if isinstance(raw, list) else [i.strip() for i in str(raw).split(";")]
        return [i for i in items if i] or None
    return typed(kind, raw, zone)


class Scope:
    """What a condition may look at: a member, now, the trigger's own things and what actions saved."""

    def __init__(self, rules, member, now, zone, own=None, generic=False):
        self.rules, self.member, self.now, self.zone, self.own, self.generic = rules, member, now, zone, own or {}, generic

    def value(self, path):
        head, _, rest = path.partition(".")
        if head == "member":
            return None if self.generic else self._member(rest)
        thing = self.own.get(head)
        if thing is None:
            return None
        for part in path.split(".")[1:]:
            if isinstance(thing, list):
                if part == "first":
                    thing = thing[0] if thing else None
                elif part == "count":
                    return Decimal(len(thing))
                else:
                    return None
            else:
                thing = thing.get(part) if thing is not None else None
            if thing is None:
                return None
        if callable(thing):
            thing = thing()
        return typed(kind_of(path, self), thing, self.member.world.file_zone, path.endswith("expires_at"))

    def _member(self, name):
        member, given = self.member, self.member.given
        if name == "tags":
            return list(member.tags) or None
        if name == "id":
            return member.id
        if name == "birthday" and isinstance(given.get("birthday"), dict):
            return born(birthday_of(member))
        if name.startswith("attr."):
            return attribute(kind_of("member." + name, self), (given.get("attr") or {}).get(name[5:]), member.world.file_zone)
        if name in given and given[name] is not None:
            return typed(kind_of("member." + name, self), given[name], member.world.file_zone)
        if name == "status":
            return "active"
        return derived(self, name)


def within(scope, at, duration):
    return T.add(scope.now, duration, scope.zone, -1) < at <= scope.now


def derived(scope, name):
    member, now, zone = scope.member, scope.now, scope.zone
    if name.startswith("rfm."):
        return rfm(scope)[name[4:]]
    if name == "points_balance":
        return sum((p["remaining"] for p in member.points if (p["at"] is None or p["at"] <= now)
                    and (p["expires"] is None or p["expires"] > now)), Decimal(0))
    if name == "tier_rank":
        tiers = scope.rules.settings["tiers"]
        tier = member.given.get("tier")
        return Decimal(tiers.index(tier) + 1) if tier in tiers else None
    if name == "tier_name":
        return scope.rules.settings["tier_names"].get(member.given.get("tier"))
    if name == "age":
        return age(scope)
    if name in ("is_birthday", "birthday_month"):
        return birthday_now(scope, name)
    if name == "lifecycle":
        return lifecycle(scope)
    orders = member.counted(now)
    totals = [o["total"] or 0 for o in orders]
    if name in ("orders_30d", "orders_90d"):
        return Decimal(sum(within(scope, o["at"], name[7:]) for o in orders))
    if name in ("spend_90d", "spend_365d"):
        return Money(sum(o["total"] or 0 for o in orders if within(scope, o["at"], name[6:])))
    if name == "lifetime_orders":
        return Decimal(len(orders))
    if name == "lifetime_spend":
        return Money(sum(totals))
    if not orders:
        return None
    if name == "average_order_value":
        return Money((2 * sum(totals) + len(totals)) // (2 * len(totals)))
    if name == "largest_order":
        return Money(max(totals))
    if name == "first_order_at":
        return T.Instant(min(o["at"] for o in orders))
    if name == "last_order_at":
        return T.Instant(max(o["at"] for o in orders))
    if name == "days_since_last_order":
        last = max(o["at"] for o in orders)
        return Decimal((T.local_date(now, zone) - T.local_date(last, zone)).days)
    if name == "top_category":
        return top_category(scope, orders)
    if name == "last_item":
        return last_item(max(orders, key=lambda o: (o["at"], o["id"].encode())), member.world)
    return None


def category_of(item, world):
    return item.get("category") or (world.products.get(item.get("sku")) or {}).get("category")


def top_category(scope, orders):
    spend, count = {}, {}
    for order in orders:
        if not within(scope, order["at"], "365d"):
            continue
        for item in order["items"]:
            name = category_of(item, scope.member.world)
            if not name:
                continue
            quantity = int(item.get("quantity") or 1)
            spend[name] = spend.get(name, 0) + quantity * (fen(item["price"]) if item.get("price") else 0)
            count[name] = count.get(name, 0) + quantity
    if not spend:
        return None
    return min(spend, key=lambda n: (-spend[n], -count[n], n.encode()))


def last_item(order, world):
    """The dearest line; of equal ones the first. Its name may be missing."""
    dearest = None
    for item in order["items"]:
        product = world.products.get(item.get("sku")) or {}
        price = item.get("price") if item.get("price") is not None else product.get("price")
        worth = (0 if price is None else fen(price)) * int(item.get("quantity") or 1)
        if dearest is None or worth > dearest[0]:
            dearest = worth, item.get("name") or product.get("name")
    return dearest and dearest[1]


def birthday_now(scope, name):
    """Whether the birthday is today; or the month of the later of this Gregorian year's dates."""
    recorded = birthday_of(scope.member)
    if recorded is None:
        return None
    today, settings = T.local_date(scope.now, scope.zone), scope.rules.settings["birthdays"]
    around = [today.year - 1, today.year] if recorded["calendar"] == "lunar" else [today.year]
    if name == "is_birthday":
        return any(calendars.anniversary_in(year, recorded, settings) == today for year in around)
    ageless = dict(recorded, year=None)     # the year of birth has a month as well
    found = [calendars.anniversary_in(year, ageless, settings) for year in around]
    found = [day for day in found if day and day.year == today.year]
    return Decimal(found[-1].month) if found else None


def age(scope):
    recorded = birthday_of(scope.member)
    if recorded is None or recorded["year"] is None:
        return None
    today, passed = T.local_date(scope.now, scope.zone), 0
    settings = scope.rules.settings["birthdays"]
    if recorded["calendar"] == "solar" and settings["leap_day"] == "leap_years_only":
        settings = dict(settings, leap_day="mar_1")     # nobody stays a year old for four
    for year in range(recorded["year"] + 1, today.year + 1):
        when = calendars.anniversary_in(year, recorded, settings)
        if when is not None and when <= today:
            passed += 1
    return Decimal(passed)


def parse_recorded(text, calendar, leap):
    if text.startswith("--"):
        year, rest = None, text[2:]
    else:
        year, rest = int(text[:4]), text[5:]
    month, day = map(int, rest.split("-"))
    return {"calendar": calendar or "solar", "year": year, "month": month, "day": day, "leap_month": str(leap).lower() == "true"}


def born(recorded):
    """The day of birth as a text: a lunar one converted once, without a year month and day as recorded."""
    year, month, day = recorded["year"], recorded["month"], recorded["day"]
    if year is None:
        return f"--{month:02d}-{day:02d}"
    if recorded["calendar"] == "solar":
        return f"{year}-{month:02d}-{day:02d}"
    standard = {"missing_lunar_leap_month": "same_month", "missing_lunar_day_30": "last_day"}
    return str(calendars.lunar_date(year, month, day, recorded["leap_month"], standard))


def birthday_of(member):
    given = member.given.get("birthday")
    if given is None:
        return None
    if isinstance(given, dict):
        return {"calendar": given.get("calendar") or "solar", "year": int(given["year"]) if given.get("year") else None,
                "month": int(given["month"]), "day": int(given["day"]),
                "leap_month": str(given.get("leap_month")).lower() == "true"}
    return parse_recorded(given, member.given.get("birthday_calendar"), member.given.get("birthday_leap_month"))


def not_over(scope, at, duration):
    """Whether `at` + duration is still to come: at that instant `inactive` speaks already."""
    return at <= scope.now < T.add(at, duration, scope.zone)


def lifecycle(scope):
    limits = scope.rules.settings["lifecycle"]
    orders = scope.member.counted(scope.now)
    if not orders:
        registered = scope.value("member.registered_at")
        return "new" if registered and not_over(scope, registered.us, limits["new"]) else "lost"
    if not_over(scope, min(o["at"] for o in orders), limits["new"]):
        return "new"
    last = max(o["at"] for o in orders)
    for name in ("active", "cooling", "sleeping"):
        if not_over(scope, last, limits[name]):
            return name
    return "lost"


def rfm(scope):
    limits = scope.rules.settings["rfm"]
    orders = [o for o in scope.member.counted(scope.now) if within(scope, o["at"], "365d")]
    scores = {"recency": 1, "frequency": 1, "monetary": 1}
    if orders:
        last = max(o["at"] for o in orders)
        spend = sum(o["total"] or 0 for o in orders)
        scores["recency"] = next((5 - i for i, d in enumerate(limits["recency"]) if not_over(scope, last, d)), 1)
        scores["frequency"] = next((5 - i for i, n in enumerate(limits["frequency"]) if len(orders) >= int(n)), 1)
        scores["monetary"] = next((5 - i for i, n in enumerate(limits["monetary"]) if spend >= fen(n)), 1)
    r, f, m = scores["recency"], scores["frequency"], scores["monetary"]
    if min(r, f, m) >= 4:
        segment = "core"
    elif r >= 4:
        segment = "promising"
    elif r <= 2 and max(f, m) >= 4:
        segment = "at_risk"
    else:
        segment = "sleeping" if r <= 2 else "regular"
    return {k: Decimal(v) for k, v in scores.items()} | {"segment": segment}
