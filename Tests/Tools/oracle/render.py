"""Templates (the part of Liquid that generated cases use), masks and the JSON form of values."""
import re
from datetime import date
from decimal import Decimal

from . import clock as T
from .fields import Money


class MissingValue(Exception):
    """A placeholder without value and without default."""


def money_text(value):
    whole, rest = divmod(value.fen, 100)
    return str(whole) if rest == 0 else f"{whole}.{rest:02d}"


def number(value):
    return int(value) if value == value.to_integral_value() else float(value)


def as_json(value, zone):
    if isinstance(value, Money):
        return "%d.%02d" % divmod(value.fen, 100)
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, T.Instant):
        return T.rfc3339(value.us, zone)
    if isinstance(value, date):
        return str(value)
    return value


def show(value, zone):
    if isinstance(value, Money):
        return money_text(value)
    return str(as_json(value, zone))


def expression(source, values, zone):
    parts = [p.strip() for p in source.split("|")]
    value = values.get(parts[0])
    for part in parts[1:]:
        name, _, argument = part.partition(":")
        argument = argument.strip().strip("'\"")
        if name.strip() == "default":
            value = argument if value is None or value == "" else value
        elif value is None:
            continue
        elif name.strip() == "money":
            value = money_text(value) if isinstance(value, Money) else value
        elif name.strip() == "date" and not isinstance(value, str):
            value = (T.local(value.us, zone) if isinstance(value, T.Instant) else value).strftime(argument)
    if value is None:
        raise MissingValue(parts[0])
    return show(value, zone)


def render(template, values, zone):
    """The text, or MissingValue."""
    values = dict(values)
    for name, spec in (template.get("values") or {}).items():
        if isinstance(spec, dict) and spec.get("max") and isinstance(values.get(name), str):
            values[name] = values[name][:int(spec["max"])]
    def block(match):
        return match[2] if values.get(match[1]) is not None else ""
    text = re.sub(r"\{% if (\w+) %\}(.*?)\{% endif %\}", block, template["text"], flags=re.S)
    return re.sub(r"\{\{(.*?)\}\}", lambda m: expression(m[1], values, zone), text)


def mask(channel, address):
    if address is None:
        return None
    if channel == "sms":
        digits = address[3:] if address.startswith("+86") else address
        return digits[:3] + "****" + digits[-4:]
    if channel == "email":
        return address[0] + "***@" + address.partition("@")[2]
    return address[:2] + "****" + address[-2:] if len(address) >= 8 else "****"


def segments(text):
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= 70 else -(-units // 67)
