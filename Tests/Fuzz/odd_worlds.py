#!/usr/bin/env python3
"""Valid but odd worlds through `nudged dry-run`: birthdays from 1900 to 2100, dates at the ends of years, months and
calendars, zones with strange offsets, amounts and waits at their limits, windows at the end of the lunar table.

    odd_worlds.py PROGRAM SECONDS [SEED] [OUT]

One seed makes one world. A world that kills the program, stops it or keeps it for more than 30 s stays in
OUT/world-SEED with the command that shows it, and the exit is 1.
"""
import datetime
import json
import pathlib
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

SLOWEST = 30

ZONES = [
    "Asia/Shanghai", "UTC", "America/St_Johns", "Pacific/Apia", "Pacific/Kiritimati", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Africa/Monrovia", "Antarctica/Troll", "America/Sao_Paulo", "Asia/Tehran",
    "Pacific/Chatham", "Europe/Dublin", "Africa/Casablanca", "America/Caracas", "Pacific/Marquesas", "Asia/Urumqi",
]
INSTANTS = [
    "1900-01-01", "1900-12-31 23:59", "1901-02-18", "1901-02-19 00:00", "1969-12-31 23:59:59", "1970-01-01",
    "1986-05-04 00:00", "1991-09-15 00:30", "1999-12-31 23:59:59", "2000-02-29", "2011-12-30 12:00",
    "2016-12-31 23:59:59", "2024-02-29 23:59", "2025-12-31 23:59:59", "2026-01-01 00:00", "2026-02-28 23:59",
    "2026-03-01", "2026-03-29 01:30", "2026-11-01 01:30", "2026-12-31 23:59:59", "2027-01-01", "2033-12-22",
    "2038-01-19 03:14:08", "2050-02-28", "2096-02-29", "2099-12-31 23:59", "2100-02-28 23:59", "2100-03-01",
    "2100-12-31 23:59:59", "2101-01-01", "2101-01-28", "2101-01-29", "2200-01-01", "9998-12-31", "9999-01-01",
    "9999-12-30", "0001-01-01", "0001-01-02 00:00", "0099-12-31",
]
DAYS = [(1, 1), (1, 31), (2, 28), (2, 29), (3, 1), (4, 4), (5, 4), (6, 30), (9, 30), (10, 1), (12, 30), (12, 31)]
SPANS = ["1m", "59m", "1h", "23h", "24h", "25h", "1d", "7d", "30d", "52w", "365d", "3650d", "100000m", "8760h"]
DATA = ["{}", "{store: s1}", "{n: 999999999999999}", "{n: -0.01, deep: {a: [1, {b: 2}]}}", '{sku: "010", "": x}']


class World:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.ids = 0
        self.now = self.instant()

    def instant(self):
        if self.r.random() < 0.6:
            return self.r.choice(INSTANTS)
        return f"{self.r.randint(1900, 2101):04}-{self.r.randint(1, 12):02}-{self.r.randint(1, 28):02}" + self.r.choice(
            ["", " 00:00", " 12:34", " 23:59:59.999999"])

    def near(self):
        """Mostly around the beginning of the window."""
        year = int(self.now[:4])
        if self.r.random() < 0.3:
            return self.instant()
        year = min(max(year + self.r.choice([-3, -1, -1, 0, 0, 0, 0, 0, 1]), 1), 9999)
        month, day = (int(self.now[5:7]), int(self.now[8:10])) if self.r.random() < 0.6 else self.r.choice(DAYS)
        day = min(day, 28) if month == 2 else day
        return f"{year:04}-{month:02}-{day:02}" + self.r.choice(["", " 00:00", " 09:59", " 23:59:59"])

    def id(self, prefix):
        self.ids += 1
        return f"{prefix}{self.ids}"

    def some(self, make, most=3):
        return [make() for _ in range(self.r.randint(0, most))]

    def money(self):
        return self.r.choice([0, 0.01, 1, 49.99, 50, 2000, 9999999.99, 10000000])

    def birthday(self):
        month, day = self.r.choice(DAYS)
        lunar = self.r.random() < 0.5
        value = {"calendar": "lunar" if lunar else "solar", "month": month, "day": min(day, 30) if lunar else day}
        if self.r.random() < 0.7:
            years = [1901, 1904, 1985, 2000, 2024, 2026, 2050, 2099, 2100]
            value["year"] = self.r.choice(years if lunar else years + [1, 1899, 1900, 9999])
            leap = value["year"] % 4 == 0 and (value["year"] % 100 != 0 or value["year"] % 400 == 0)
            if not lunar and (month, day) == (2, 29) and not leap:
                value["day"] = 28
        elif lunar and self.r.random() < 0.6:
            value["leap_month"] = True
        return value

    def item(self):
        return {"sku": self.r.choice(["K1", "K2", "K3", "none"]), "quantity": self.r.choice([1, 2, 1000000]),
                "price": self.money(), "category": self.r.choice(["skin", "kitchen", "酒"]), "name": "名" * 40}

    def order(self):
        order = {"id": self.id("O"), "paid_at": self.near(), "total": self.money(), "items": self.some(self.item)}
        if self.r.random() < 0.2:
            order |= {"status": "refunded", "refunded_at": order["paid_at"]}
        return order

    def cart(self):
        return {"id": self.id("C"), "updated_at": self.near(), "total": self.money(), "items": self.some(self.item),
                "in_stock_items": self.r.choice([0, 1, 1000000]), "state": self.r.choice(["open", "open", "emptied"])}

    def points(self):
        points = self.r.choice([0, 1, 600, 1000000000])
        return {"id": self.id("P"), "points": points, "remaining": points, "earned_at": self.instant(),
                "expires_at": self.r.choice([self.near(), "9999-12-31"])}

    def coupon(self):
        return {"id": self.id("V"), "template": self.r.choice(["C30", "POOL"]), "face_value": self.money(),
                "issued_at": self.instant(), "expires_at": self.r.choice([self.near(), "9999-12-31"])}

    def event(self):
        return {"name": self.r.choice(["store.visited", "product.viewed", "custom.thing", "cart.emptied"]),
                "at": self.near(), "data": Raw(self.r.choice(DATA + ["{sku: K1, category: skin}"]))}

    def member(self):
        member = {
            "status": "active", "tier": self.r.choice(["silver", "gold"]), "display_name": self.r.choice(["林", "👨‍👩‍👧‍👦", "x" * 99]),
            "birthday": self.birthday(), "registered_at": self.near(), "store_id": "s1", "advisor": "amy",
            "wechat_openid": self.id("wx_"), "phone": "138%08d" % self.ids, "tags": self.some(lambda: self.id("t")),
            "consent": {"sms": "granted", "wechat": "granted"},
            "dates": self.some(lambda: {"name": "wedding", "date": "%04d-%02d-%02d" % (
                self.r.choice([1904, 2000, 2024]), *self.r.choice(DAYS))}, 1),
            "orders": self.some(self.order), "carts": self.some(self.cart), "points": self.some(self.points),
            "coupons": self.some(self.coupon), "events": self.some(self.event, 6),
        }
        if self.r.random() < 0.6:
            member["timezone"] = self.r.choice(ZONES)
        if self.r.random() < 0.4:
            member["lifetime_spend"] = self.money()
        return member

    def fixtures(self):
        return {
            "version": 1, "timezone": self.r.choice(ZONES),
            "stores": {"s1": {"name": "店", "timezone": self.r.choice(ZONES), "manager": "boss"}},
            "products": {f"K{i}": {"name": "货", "category": "skin", "price": self.money(), "in_stock": True,
                                   "pairs_with": ["K1", "K2", "kitchen"]} for i in range(1, 4)},
            "members": {f"m{i}": self.member() for i in range(self.r.randint(1, 8))},
        }

    def clock(self):
        return self.r.choice(["00:00", "02:30", "09:30", "12:00", "23:59"])

    def dated(self, **more):
        return {"days_before": self.r.choice([0, 0, 1, 3, 30, 365, 366]), "at": self.clock(), **more}

    def trigger(self):
        """Of a rule: `when`, and what else fits it."""
        span = self.r.choice(SPANS)
        days = self.r.choice(["1d", "7d", "365d", "3650d", "520w"])
        unless = {"unless": ["order.cancelled", "custom.thing"]}
        return self.r.choice([
            lambda: ({"birthday": self.dated(calendar=self.r.choice(["as_recorded", "solar", "lunar"]))}, {}),
            lambda: ({"anniversary": self.dated(of=self.r.choice(["wedding", "membership"]))}, {}),
            lambda: ({"festival": self.dated(name=self.r.choice(
                ["spring_festival", "qingming", "qixi", "new_year", "laba", "leapday", "double_ninth"]))},
                {"audience": {"pick": {"random": self.r.choice([1, 1000000])}}} if self.r.random() < 0.3 else {}),
            lambda: ({"schedule": {"every": "month", "on": self.r.choice([1, 29, 30, 31]), "at": self.clock()}}, {}),
            lambda: ({"schedule": {"every": "day", "at": self.clock()}}, {}),
            lambda: ({"schedule": {"on": self.now[:10], "at": self.clock()}}, {}),
            lambda: ({"coupon_expires": self.dated()}, self.combine()),
            lambda: ({"points_expire": self.dated()}, {}),
            lambda: ({"event": {"name": self.r.choice(["order.paid", "store.visited", "message.sent", "cart.updated"]),
                                "after": span}}, {}),
            lambda: ({"event": {"name": "order.paid", "after": days, "at": self.clock()}}, unless),
            lambda: ({"first_purchase": {"days_after": self.r.choice([0, 3, 3650]), "at": self.clock()}}, {}),
            lambda: ({"cart_idle": {"for": span}}, unless),
            lambda: ({"browsed": {"at_least": self.r.choice([1, 3, 1000]), "of": self.r.choice(["sku", "category"]),
                                  "idle_for": span}}, {}),
            lambda: ({"inactive": {"for": self.r.choice([span, days]), "activity": ["order.paid", "store.visited"]}},
                     {"existing_members": self.r.choice(
                         ["skip", "all", {"drip": 1, "every": self.r.choice(SPANS)}])}),
        ])()

    def combine(self):
        if self.r.random() < 0.5:
            return {}
        order = {"field": "coupon.face_value", "direction": "highest_first"}
        return {"combine": {"into": "one_per_member", "save_as": "list", "order_by": order, "keep": 100}}

    def condition(self):
        span = self.r.choice(SPANS)
        return self.r.choice([
            {}, {"member.tier": ["silver", "gold"]}, {"member.lifetime_spend": {"at_least": 0}},
            {"member.last_order_at": {"within_last": span}}, {"member.registered_at": {"more_than_ago": span}},
            {"none": [{"member.last_order_at": {"more_than_ago": span}}]},
            {"history": [{"event": "order.paid", "times": {"at_least": 1}, "within_last": span}]},
            {"member.orders_90d": {"at_least": 0}, "member.age": {"between": [0, 200]}},
            {"any": [{"member.birthday": {"is_set": True}}, {"member.days_since_last_order": {"more_than": 10}}]},
        ])

    def actions(self):
        gift = {"give_coupon": {"template": self.r.choice(["C30", "POOL"]), "save_as": "gift", "valid_until": {
            self.r.choice(["days_after_send", "days_after_occasion"]): self.r.choice([0, 1, 365, 3650])}}}
        send = {"send": {"try": [{"sms": {"template": "hello"}}, {"wechat": {"template": "hello_wx"}}],
                         "fill": {"name": "member.display_name"}}}
        others = [
            {"add_tag": "seen"}, {"adjust_points": {"add": self.r.choice([1, 1000000, -1000000]), "expires_in": self.r.choice(SPANS)}},
            {"create_task": {"assign_to": "member.advisor", "or_else": "store_manager", "title": "看看",
                             "due_in": self.r.choice(SPANS)}},
            {"recommend": {"strategy": "category_bestsellers", "based_on": "member.top_category", "limit": 20,
                           "exclude": ["already_bought", "out_of_stock"], "if_empty": "continue", "save_as": "picks"}},
        ]
        return self.r.sample(others, self.r.randint(0, 2)) + [gift] * self.r.randint(0, 1) + [send]

    def rule(self):
        when, more = self.trigger()
        rule = {"id": self.id("rule-"), "status": "live", "owner": "crm", "purpose": self.r.choice(
            ["marketing", "service"]), "when": when, **more, "do": self.actions()}
        if condition := self.condition():
            rule["if"] = condition
        if self.r.random() < 0.4:
            rule["limits"] = {"at_most": {"times": self.r.choice([1, 1000000]), "in": self.r.choice(SPANS)}}
        if self.r.random() < 0.3:
            rule["if_late"] = {"send_within": self.r.choice(SPANS + ["forever"])}
        return rule

    def settings(self):
        return {
            "version": 1, "timezone": self.r.choice(ZONES), "clock": "member", "service_owners": ["crm"],
            "quiet_hours": {"from": self.clock(), "to": self.r.choice(["09:00", "00:01", "23:58"]),
                            "applies_to": ["marketing"]},
            "frequency_cap": [{"times": self.r.choice([1, 1000000]), "in": self.r.choice(SPANS)}],
            "tiers": [{"id": "silver", "name": "银"}, {"id": "gold", "name": "金"}],
            "festivals": [{"name": "laba", "lunar": "12-08"}, {"name": "leapday", "on": "02-29"}],
            "birthdays": {"leap_day": self.r.choice(["feb_28", "mar_1", "leap_years_only"]),
                          "missing_lunar_leap_month": self.r.choice(["same_month", "skip"]),
                          "missing_lunar_day_30": self.r.choice(["last_day", "next_day"])},
        }

    def write(self, folder):
        rules = folder / "rules"
        rules.mkdir(parents=True)
        files = {
            "rules/settings.yaml": self.settings(), "rules/rules.yaml": {
                "version": 1, "rules": [self.rule() for _ in range(self.r.randint(1, 10))]},
            "rules/templates.yaml": {"version": 1, "templates": [
                {"id": "hello", "channel": "sms", "text": "【星河】{{ name | default: '您好' }} 拒收请回复R",
                 "values": {"name": "text"}},
                {"id": "hello_wx", "channel": "wechat", "text": "{{ name | default: '您好' }}",
                 "values": {"name": "text"}}]},
            "rules/coupons.yaml": {"version": 1, "coupons": [
                {"id": "C30", "name": "券", "face_value": 30, "valid_days": self.r.choice([1, 30, 3650]),
                 "codes": "generated"},
                {"id": "POOL", "name": "池", "face_value": 5, "codes": "pool"}]},
            "fixtures.yaml": self.fixtures(),
        }
        for name, content in files.items():
            (folder / name).write_text(yaml(content), encoding="utf-8")
        until = self.r.choice([["--until", self.later()], []])
        return ["dry-run", "rules", "--fixtures", "fixtures.yaml", "--at", self.now, *until, "--all", "--format",
                "ndjson"]

    def later(self):
        day = datetime.date.fromisoformat(self.now[:10])
        days = min(self.r.choice([2, 14, 40]), (datetime.date.max - day).days)
        return f"{day + datetime.timedelta(days)} 23:59:59"


class Raw(str):
    """YAML as it stands."""


def yaml(value):
    """JSON is YAML, but for what is meant as written."""
    if isinstance(value, Raw):
        return value
    if isinstance(value, dict):
        return "{" + ",\n".join(f"{yaml(str(k))}: {yaml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(yaml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def run(program, seed, out):
    """Of one world the exit status (None: too slow) and what was said; a fatal world is kept."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "world"
        command = World(seed).write(folder)
        try:
            done = subprocess.run([program, *command], cwd=folder, capture_output=True, timeout=SLOWEST)
            status, said = done.returncode, done.stderr.decode(errors="replace")
            lines = done.stdout.count(b"\n")
        except subprocess.TimeoutExpired:
            status, said, lines = None, f"not done after {SLOWEST} s", 0
        if status not in (0, 1) and not (status == 64 or "outside" in said):
            kept = out / f"world-{seed}"
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(folder, kept)
            quoted = shlex.join(command)
            (kept / "command").write_text(f"cd {kept} && {program} {quoted}\n# {status}: {said[-2000:]}\n")
        return status, said, lines


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    seconds = float(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(1 << 31)
    out = pathlib.Path(sys.argv[4] if len(sys.argv) > 4 else ".build/fuzz/worlds").resolve()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    print(f"odd worlds from seed {seed}", flush=True)
    end = time.monotonic() + seconds
    counts, lines, fatal = {}, 0, []
    while time.monotonic() < end:
        status, said, count = run(program, seed, out)
        counts[status] = counts.get(status, 0) + 1
        lines += count
        if (out / f"world-{seed}").exists():
            fatal.append(seed)
            print(f"world {seed}: {status}, {said[-300:].strip()}", flush=True)
        seed += 1
    total = sum(counts.values())
    print(f"{total} odd worlds, {counts.get(0, 0)} run to their end with {lines} outcomes, "
          f"{counts.get(1, 0)} refused with findings, {len(fatal)} fatal")
    if counts.get(0, 0) * 2 < total:
        print("most of them did not run: the generator is behind the language")
        return 1
    return 1 if fatal else 0


if __name__ == "__main__":
    sys.exit(main())
