"""Reads a rule folder and fixtures into plain Python. Every scalar stays text; types come from its place."""
import glob
import os
import re
from decimal import Decimal

import yaml

from . import clock as T


class TextLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML without guessing: only null is recognised."""


class Bare(str):
    """A scalar written without quotes."""


def scalar(loader, node):
    return node.value if node.style else Bare(node.value)


TextLoader.add_constructor("tag:yaml.org,2002:str", scalar)
TextLoader.yaml_implicit_resolvers = {}
TextLoader.add_implicit_resolver("tag:yaml.org,2002:null", __import__("re").compile(r"^(?:~|null|Null|NULL|)$"),
                                 ["~", "n", "N", ""])


def load(path):
    with open(path, encoding="utf-8") as stream:
        return yaml.load(stream, TextLoader) or {}


def fen(text):
    return int((Decimal(str(text)) * 100).to_integral_value())


class Rules:
    """Settings, rules, templates, segments, coupons and custom fields of a folder."""

    def __init__(self, folder):
        self.settings, self.rules, self.templates = {}, {}, {}
        self.segments, self.coupons, self.fields = {}, {}, {}
        for path in sorted(glob.glob(os.path.join(folder, "**/*.yaml"), recursive=True)):
            if {"tests", "fixtures"} & set(os.path.relpath(path, folder).split(os.sep)[:-1]):
                continue
            self._take(load(path))
        self._defaults()

    def _take(self, document):
        for kind in ("tests", "members", "rules", "templates", "segments", "coupons", "fields"):
            if kind in document:
                if kind in ("tests", "members"):
                    return
                getattr(self, kind).update({item["id"]: item for item in document[kind]})
                return
        self.settings = document

    def _defaults(self):
        given = self.settings
        birthdays = {"leap_day": "feb_28", "missing_lunar_leap_month": "same_month", "missing_lunar_day_30": "last_day"}
        birthdays.update(given.get("birthdays") or {})
        quiet = given.get("quiet_hours", {"from": "21:00", "to": "09:00", "applies_to": ["marketing"]})
        lifecycle = {"new": "30d", "active": "90d", "cooling": "180d", "sleeping": "365d"}
        lifecycle.update(given.get("lifecycle") or {})
        rfm = {"recency": ["30d", "90d", "180d", "365d"], "frequency": ["10", "5", "3", "2"],
               "monetary": ["10000", "5000", "2000", "500"]}
        rfm.update(given.get("rfm") or {})
        late = {"date": "12h", "delay": "6h", "task": "forever"}
        late.update({family: spec["send_within"] for family, spec in (given.get("if_late") or {}).items()})
        self.settings = {
            "timezone": given.get("timezone", "Asia/Shanghai"), "clock": given.get("clock", "member"),
            "quiet_hours": None if quiet == "none" else quiet, "frequency_cap": given.get("frequency_cap") or [],
            "if_late": late, "global_holdout": points(given.get("global_holdout", "0%")), "birthdays": birthdays,
            "tiers": [t["id"] for t in given.get("tiers") or []],
            "tier_names": {t["id"]: t.get("name") or t["id"] for t in given.get("tiers") or []}, "festivals": given.get("festivals") or [],
            "holidays": given.get("holidays") or [], "workdays": given.get("workdays") or [],
            "lifecycle": lifecycle, "rfm": rfm}


def points(share):
    """A share in basis points."""
    return int(Decimal(share.rstrip("%")) * 100)


class Event:
    """Something that happened to a member; `columns` is what `where` tests."""

    def __init__(self, name, at, columns, ident=None, own=None, rows=None):
        self.name, self.at, self.columns, self.id = name, at, columns, ident
        self.own = own or {}
        self.row, self.given = rows, True
        self.rules = frozenset()        # those whose decisions led to it


class Member:
    """One member: constants, and a log that grows while the oracle runs."""

    def __init__(self, ident, given, world):
        self.id, self.given, self.world = ident, given, world
        self.tags = [t for t in given.get("tags") or []]
        self.store = world.stores.get(given.get("store_id")) or {}
        self.zone = given.get("timezone") or self.store.get("timezone") or world.settings["timezone"]
        if world.settings["clock"] == "shop":
            self.zone = world.settings["timezone"]
        self.closed = given.get("status", "active") == "closed"
        self.log, self.orders, self.cart_log, self.coupons, self.points = [], {}, [], {}, []
        self.sent, self.acts, self.static, self.reached = [], [], [], []
        self._rows()

    def _time(self, text, end=False):
        return None if text is None else T.parse_instant(text, self.world.file_zone, end)

    def _rows(self):
        if self.given.get("registered_at"):
            at = self._time(self.given["registered_at"])
            self.static.append(Event("member.registered", at, self.given))
        late = {}
        for event in self.given.get("events") or []:
            if event["name"] in ("order.cancelled", "order.refunded"):
                late.setdefault((event.get("data") or {}).get("order"), {}).setdefault(event["name"][6:], event["at"])
        for row in self.given.get("orders") or []:
            self._order(dict(row), late.get(row["id"], {}))
        for row in self.given.get("carts") or []:
            at = self._time(row.get("updated_at"))
            state = row.get("state") or "open"
            name = {"open": "cart.updated", "emptied": "cart.emptied"}.get(state)
            if name:
                self.static.append(Event(name, at, row, own={"cart": row["id"]}))
            else:
                self.static.append(Event("(cart ordered)", at, row, own={"cart": row["id"]}))
        for row in self.given.get("points") or []:
            entry = {"at": self._time(row.get("earned_at")), "expires": self._time(row.get("expires_at"), True),
                     "remaining": Decimal(row.get("remaining") or row["points"]), "row": row}
            self.points.append(entry)
            if entry["at"] is not None:
                self.static.append(Event("points.earned", entry["at"], row))
        for row in self.given.get("coupons") or []:
            self.coupons[row["id"]] = {
                "at": self._time(row.get("issued_at")), "expires": self._time(row.get("expires_at"), True),
                "row": row, "state": row.get("state") or "unused", "used": None, "rule": None}
        for row in self.given.get("events") or []:
            self._event(row)

    def _order(self, row, late):
        """`late` holds the instants that only events tell."""
        status = row.get("status") or "paid"
        ends = {"cancelled": self._time(row.get("cancelled_at")), "refunded": self._time(row.get("refunded_at"))}
        order = {"id": row["id"], "row": row, "at": self._time(row.get("paid_at")), "ends": ends,
                 "void": status in ends and ends[status] is None and status not in late, "total": fen(row["total"]) if row.get("total") else None,
                 "items": row.get("items") or [], "cart": row.get("cart")}
        self.orders[row["id"]] = order
        if order["void"]:
            return
        own = {"order": row["id"]}
        self.static.append(Event("order.paid", order["at"], row, own=own, rows=order))
        for kind, at in ends.items():
            if at is not None:
                self.static.append(Event("order." + kind, at, row, own=own, rows=order))

    def _event(self, row):
        name, at, data = row["name"], self._time(row["at"]), row.get("data") or {}
        own = {k: data[k] for k in ("order", "cart", "coupon") if data.get(k)}
        if name in ("order.paid", "order.cancelled", "order.refunded") and "order" in own:
            known = self.orders.get(own["order"])
            if known and known["void"]:
                return
            if name == "order.paid":
                if known:
                    return
                known = {"id": own["order"], "row": dict(data, paid_at=T.Instant(at)), "at": at, "ends": {"cancelled": None, "refunded": None}, "void": False,
                         "total": fen(data["total"]) if data.get("total") else None, "items": data.get("items") or [],
                         "cart": data.get("cart")}
                self.orders[own["order"]] = known
            elif known:
                if known["ends"][name[6:]] is not None:
                    return
                known["ends"][name[6:]] = at
            self.static.append(Event(name, at, data, row.get("id"), {"order": own["order"]}, known))
            return
        self.static.append(Event(name, at, data, row.get("id"), own))

    def words(self, channel, purpose):
        """[(instant or None for since ever, state)] of what was said about a channel."""
        result = []
        for name, given in (self.given.get("consent") or {}).items():
            states = given if isinstance(given, dict) else {"marketing": given}
            if name in (channel, "*") and states.get(purpose):
                result.append((None, states[purpose]))
        for row in self.given.get("consents") or []:
            if row["channel"] in (channel, "*") and row.get("purpose", "marketing") == purpose:
                result.append((self._time(row.get("at")), row["state"]))
        return result

    def address(self, key):
        text = self.given.get(key)
        if not text:
            return None
        if key == "phone":
            digits = re.sub(r"[^0-9+]", "", text)
            return re.sub(r"^(\+86|0086|86(?=1[3-9][0-9]{9}$))", "", digits)
        return text.lower() if key == "email" else text

    def sharing(self, key):
        """Everyone with the same address of that kind, the member itself among them; closed ones too."""
        own = self.address(key) if key else None
        if own is None:
            return [self]
        return [m for m in self.world.members.values() if m is self or m.address(key) == own]

    def apply(self, event):
        """Makes an event visible."""
        self.log.append(event)
        cart = event.own.get("cart")
        if event.name == "cart.updated" and cart:
            self.cart_log.append((event.at, 0, cart, "open", event.columns))
        elif event.name == "cart.emptied" and cart:
            self.cart_log.append((event.at, 1, cart, "emptied", None))
        elif event.name == "(cart ordered)":
            self.cart_log.append((event.at, 1, cart, "ordered", event.columns))
        elif event.name == "order.paid" and event.row and event.row["cart"]:
            self.cart_log.append((event.at, 1, event.row["cart"], "ordered", None))
        elif event.name == "coupon.used" and event.own.get("coupon") in self.coupons:
            held = self.coupons[event.own["coupon"]]
            if held["used"] is None:
                held["used"] = event.at
        elif event.name == "message.sent":
            self.sent.append((event.at, event.columns.get("rule"), event.columns.get("purpose") != "service", event.given))
            if event.columns.get("purpose") != "service":
                self.reached.append((event.at, event.columns.get("channel")))

    def cart(self, ident, now):
        """(state, values, updated) of a cart now."""
        state, values, updated = None, {}, None
        for at, _, key, kind, columns in sorted((e for e in self.cart_log if e[2] == ident and (e[0] is None or e[0] <= now)),
                                                key=lambda e: (e[0] or 0, e[1])):
            state = kind
            if columns is not None:
                values = columns
            updated = at
        return state, values, updated

    def coupon_view(self, coupon, now):
        """The coupon's columns as a condition sees them now."""
        used = coupon["used"] is not None and coupon["used"] <= now
        return dict(coupon["row"], state="used" if used else coupon["state"])

    def coupon_unused(self, coupon, now):
        return (coupon["at"] is None or coupon["at"] <= now) and coupon["state"] == "unused" and coupon["used"] is None

    def counted(self, now):
        """Orders paid by now and neither cancelled nor refunded by now."""
        return [o for o in self.orders.values() if not o["void"] and (o["at"] is None or o["at"] <= now)
                and all(e is None or e > now for e in o["ends"].values())]


class World:
    """Members, stores and products of a fixtures file."""

    def __init__(self, path, rules):
        self.settings = rules.settings
        document = load(path)
        self.file_zone = document.get("timezone") or rules.settings["timezone"]
        self.stores, self.products = document.get("stores") or {}, document.get("products") or {}
        self.members = {k: Member(k, v or {}, self) for k, v in (document.get("members") or {}).items()}
