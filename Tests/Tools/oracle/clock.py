"""Instants (integer microseconds UTC), zones, local dates and durations."""
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
US = timedelta(microseconds=1)


@dataclass(frozen=True, order=True)
class Instant:
    """A value of type instant, told apart from plain numbers."""
    us: int


@lru_cache(None)
def zone(name):
    return ZoneInfo(name)


def to_us(moment):
    return (moment - EPOCH) // US


def local(us, zone_name):
    return (EPOCH + timedelta(microseconds=us)).astimezone(zone(zone_name))


def local_date(us, zone_name):
    return local(us, zone_name).date()


def resolve(day, clock, zone_name):
    """Local date and time to an instant: a gap moves forward, a doubled time is the earlier."""
    return to_us(datetime.combine(day, clock.replace(fold=0), tzinfo=zone(zone_name)))


def midnight(day, zone_name):
    return resolve(day, time(0), zone_name)


def parse_clock(text):
    parts = [int(p) for p in text.split(":")]
    return time(*parts)


def parse_duration(text):
    match = re.fullmatch(r"(\d+)([mhdw])", text)
    return int(match[1]), match[2]


def add(us, duration, zone_name, sign=1):
    """Moves an instant by a duration: m and h exact, d and w over the local date."""
    count, unit = parse_duration(duration)
    count *= sign
    if unit in "mh":
        return us + count * (60 if unit == "m" else 3600) * 1_000_000
    here = local(us, zone_name)
    days = count * (7 if unit == "w" else 1)
    return resolve(here.date() + timedelta(days=days), here.time(), zone_name)


def days_of(duration):
    count, unit = parse_duration(duration)
    return count * {"d": 1, "w": 7}[unit]


def parse_instant(text, zone_name, end_of_day=False):
    """RFC 3339, or a local date and time; a bare date is its midnight, or 24:00 when asked."""
    text = str(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        day = date.fromisoformat(text)
        return midnight(day + timedelta(days=1) if end_of_day else day, zone_name)
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo:
        return to_us(moment)
    return resolve(moment.date(), moment.time(), zone_name)


def is_bare_date(text):
    return re.fullmatch(r"\d{4}-\d\d-\d\d", str(text)) is not None


def fraction(us):
    rest = us % 1_000_000
    return "" if rest == 0 else (".%06d" % rest).rstrip("0")


def utc(us):
    """The instant as it stands in an occasion."""
    return (EPOCH + timedelta(microseconds=us)).strftime("%Y-%m-%dT%H:%M:%S") + fraction(us) + "Z"


def rfc3339(us, zone_name):
    here = local(us, zone_name)
    seconds = int(here.utcoffset().total_seconds())
    sign = "-" if seconds < 0 else "+"
    seconds = abs(seconds)
    offset = f"{sign}{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
    return here.strftime("%Y-%m-%dT%H:%M:%S") + fraction(us) + offset


def end_of_gap(day, clock, zone_name):
    """The instant of a local time; of one that is missing the first instant after the gap."""
    wanted, moved = datetime.combine(day, clock.replace(fold=0)), resolve(day, clock, zone_name)
    if local(moved, zone_name).replace(tzinfo=None) == wanted:
        return moved
    low, high = moved - 2 * 86_400_000_000, moved       # the clock shows less at low, more at high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if local(middle, zone_name).replace(tzinfo=None) >= wanted else (middle, high)
    return high


def next_local(clock, us, zone_name):
    """The first instant after `us` at which the local clock has reached `clock`, the later of a doubled time too (0009)."""
    day, found = local_date(us, zone_name), []
    for offset in (-1, 0, 1, 2):
        first = end_of_gap(day + timedelta(days=offset), clock, zone_name)
        again = to_us(datetime.combine(day + timedelta(days=offset), clock.replace(fold=1), tzinfo=zone(zone_name)))
        found += [first] + ([again] if again > first else [])
    return min(f for f in found if f > us)


def first_local(clock, us, zone_name):
    """The first instant at or after `us` at which the local clock is set to `clock`."""
    day = local_date(us, zone_name) - timedelta(days=1)
    while True:
        found = resolve(day, clock, zone_name)
        if found >= us:
            return found
        day += timedelta(days=1)
