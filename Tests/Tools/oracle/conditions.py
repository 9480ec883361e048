"""Conditions: three-valued nowhere, a missing value makes a test false and its opposite true."""
import re
from datetime import date, timedelta
from decimal import Decimal

from . import clock as T
from .fields import Money, amount_of, category_of, kind_of, typed
from .workspace import Bare


def listed(value):
    return value if isinstance(value, list) else [value]


def operators(spec):
    if isinstance(spec, dict):
        return list(spec.items())
    if isinstance(spec, list):
        return [("any_of", spec)]
    return [("is", spec)]


def test(op, literal, value, kind, scope):
    if op == "is_set":
        return (value is not None) == (str(literal).lower() == "true")
    negative = {"is_not": "is", "none_of": "any_of", "excludes": "includes"}
    if op in negative:
        return not test(negative[op], literal, value, kind, scope)
    if value is None:
        return False
    if kind == "list":
        wanted = listed(literal)
        if op == "includes_all":
            return all(w in value for w in wanted)
        return any(w in value for w in wanted)
    if kind in ("date", "instant"):
        return test_time(op, literal, value, scope)
    if kind == "any":
        return test_data(op, literal, value)
    if op == "starts_with":
        return value.startswith(literal)
    if op == "contains":
        return literal in value
    values = [typed(kind, v, scope.zone) for v in listed(literal)]
    if op in ("is", "any_of"):
        return value in values
    if op == "between":
        return values[0] <= value <= values[1]
    return {"at_least": value >= values[0], "more_than": value > values[0],
            "at_most": value <= values[0], "less_than": value < values[0]}[op]


def test_other(op, literal, value, kind, scope):
    """Against another field; a number beside an amount counts as yuan."""
    if op == "is_not":
        return not test_other("is", literal, value, kind, scope)
    other = scope.value(literal["field"])
    if value is None or other is None:
        return False
    if isinstance(value, Money) != isinstance(other, Money):
        value, other = (v if isinstance(v, Money) else Money(v * 100) for v in (value, other))
    left, right = (v.fen if isinstance(v, Money) else v.us if isinstance(v, T.Instant) else v for v in (value, other))
    if not isinstance(left, date):
        left, right = Decimal(left), Decimal(right) * Decimal(literal.get("times") or 1)
    return {"is": left == right, "at_least": left >= right, "more_than": left > right, "after": left > right,
            "at_most": left <= right, "less_than": left < right, "before": left < right}[op]


def test_data(op, literal, value):
    """On data that knows no type: a bare number and the numeric operators ask for a number, all else for text."""
    if op in ("is", "any_of"):
        return any(amount_of(value) == Decimal(w) if is_number(w) else as_text(value) == str(w) for w in listed(literal))
    if op in ("starts_with", "contains"):
        return as_text(value).startswith(literal) if op == "starts_with" else literal in as_text(value)
    number = amount_of(value)
    if number is None:
        return False
    bounds = [Decimal(w) for w in listed(literal)]
    return {"at_least": number >= bounds[0], "more_than": number > bounds[0], "at_most": number <= bounds[0],
            "less_than": number < bounds[0], "between": bounds[0] <= number <= bounds[-1]}[op]


def is_number(word):
    return isinstance(word, Bare) and re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", word) is not None


def as_text(value):
    """Of a number its shortest text."""
    return format(Decimal(value).normalize(), "f") if is_number(value) else str(value)


def test_time(op, literal, value, scope):
    zone, now = scope.zone, scope.now
    if op in ("within_last", "more_than_ago", "within_next"):
        if isinstance(value, date):
            today, days = T.local_date(now, zone), timedelta(days=T.days_of(literal))
            return {"within_last": today - days < value <= today, "more_than_ago": value <= today - days,
                    "within_next": today < value <= today + days}[op]
        past = T.add(now, literal, zone, -1)
        return {"within_last": past < value.us <= now, "more_than_ago": value.us <= past,
                "within_next": now < value.us <= T.add(now, literal, zone)}[op]
    bounds = [bound(v, value, zone) for v in listed(literal)]
    point = value.us if isinstance(value, T.Instant) else value
    if op == "before":
        return point < bounds[0][0]
    if op == "after":
        return point > bounds[0][1]
    low, high = bounds[0][0], bounds[-1][1]
    return low <= point <= high


def bound(text, value, zone):
    """First and last moment that a literal stands for."""
    if isinstance(value, date):
        day = date.fromisoformat(str(text))
        return day, day
    if T.is_bare_date(text):
        day = date.fromisoformat(str(text))
        return T.midnight(day, zone), T.midnight(day + timedelta(days=1), zone) - 1
    us = T.parse_instant(text, zone)
    return us, us


def count_events(item, scope):
    total = 0
    for event in scope.member.log:
        if event.name != item["event"]:
            continue
        if item.get("within_last") and not T.add(scope.now, item["within_last"], scope.zone, -1) < event.at <= scope.now:
            continue
        total += where_holds(item.get("where"), event, scope)
    return total


COLUMN_KINDS = {"total": "money", "face_value": "money", "points": "number", "remaining": "number"}


def where_holds(where, event, scope):
    for key, spec in (where or {}).items():
        if key in ("category", "sku") and event.name.startswith("order."):
            if not items_hold(key, spec, event, scope):
                return False
            continue
        value = event.columns.get(key)
        if value is None and event.row is not None:
            value = event.row["row"].get({"store": "store_id"}.get(key, key))
        if key == "status" and event.row is not None and value is None:
            value = "paid"
        kind = COLUMN_KINDS.get(key, "any") if event.row is not None or event.name == "points.earned" else "any"
        for op, literal in operators(spec):
            typed_value = typed(kind, value, scope.zone) if kind != "any" else value
            if not test(op, literal, typed_value, kind, scope):
                return False
    return True


def items_hold(key, spec, event, scope):
    """Any item of the order, or the event's own data, passes; of the opposite form none does."""
    own = event.columns.get(key)
    values = [own] if own is not None else []
    for item in (event.row or {}).get("items") or []:
        found = item.get("sku") if key == "sku" else category_of(item, scope.member.world)
        values += [found] if found is not None else []
    opposite = {"is_not": "is", "none_of": "any_of"}
    for op, literal in operators(spec):
        if op == "is_set":
            held = bool(values) == (str(literal).lower() == "true")
        else:
            held = any(test(opposite.get(op, op), literal, value, "any", scope) for value in values) != (op in opposite)
        if not held:
            return False
    return True


class Leaf:
    """The leaf that decided, ready for `because`."""

    def __init__(self, name, actual, history=False):
        self.name, self.actual, self.history = name, actual, history


def evaluate(condition, scope):
    """(holds, the failing leaf)."""
    children = condition if isinstance(condition, list) else [{k: v} for k, v in (condition or {}).items()]
    for child in children:
        held, leaf = child_holds(child, scope)
        if not held:
            return False, leaf
    return True, None


def child_holds(child, scope):
    if len(child) != 1:
        return evaluate(child, scope)
    (key, spec), = child.items()
    if key == "all":
        return evaluate(spec, scope)
    if key == "any":
        results = [evaluate(c, scope) for c in spec]
        if any(held for held, _ in results):
            return True, None
        return False, results[0][1]
    if key == "none":
        for inner in spec:
            if evaluate(inner, scope)[0]:
                return False, first_leaf(inner, scope)
        return True, None
    if key == "history":
        for item in spec:
            count = count_events(item, scope)
            times = item.get("times")
            tests = operators(times) if times is not None else [("at_least", "1")]
            if not all(test(op, lit, Decimal(count), "number", scope) for op, lit in tests):
                return False, Leaf(item["event"], count, True)
        return True, None
    kind, value = kind_of(key, scope), scope.value(key)
    for op, literal in operators(spec):
        if not (test_other if isinstance(literal, dict) else test)(op, literal, value, kind, scope):
            return False, Leaf(key, value)
    return True, None


def first_leaf(condition, scope):
    (key, spec) = next(iter(condition.items()))
    if key in ("all", "any", "none"):
        return first_leaf(spec[0] if isinstance(spec, list) else spec, scope)
    if key == "history":
        return Leaf(spec[0]["event"], count_events(spec[0], scope), True)
    return Leaf(key, scope.value(key))


def in_segment(name, scope):
    return evaluate(scope.rules.segments[name]["if"], scope)[0]
