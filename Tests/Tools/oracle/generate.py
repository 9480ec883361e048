"""Random hostile workspaces from a seed: settings, rules of every trigger, members at the edges."""
import random
from datetime import date, datetime, timedelta

from .calendars import TERMS, WEEKDAYS, solar_term
from .dos import Actions
from .ifs import Conditions
from .people import People
from .tables import BASES, CLOCKS, COUPONS, DENSE_TRIGGERS, FIELDS, SEGMENTS, TRIGGERS
from .whens import RuleSets


class Generator(RuleSets, Conditions, Actions, People):
    """Everything random of one case."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.base = date.fromisoformat(self.r.choice(BASES))
        self.dense = seed % 3 == 0      # waits that begin, end and collide within few days
        self.triggers = DENSE_TRIGGERS if self.dense else TRIGGERS
        self.templates, self.experiments, self.refunded, self.ids = [], [], set(), []

    def chance(self, p):
        return self.r.random() < p

    def stamp(self, day, clock):
        return f"{day} {clock}" + (":00" if self.chance(.3) and len(clock) == 5 else "")

    def moment(self, back=30, ahead=6):
        """An instant near the window, on a hostile clock."""
        if self.dense:
            day = self.base + timedelta(days=self.r.choice([-1, 0, 0, 1, 1, 2]))
            clock = self.r.choice(["08:00", "09:00", "10:00", "20:00", "21:00", "22:00", "02:30", "01:30"])
            return f"{day} {clock}" + self.r.choice(["", "", "", ":00", ":01", ":01.5", ":00.000001"])
        spread = self.r.choice([2, 2, back])
        day = self.base + timedelta(days=self.r.randint(-spread, ahead))
        text = self.stamp(day, self.r.choice(CLOCKS))
        if self.chance(.15):
            offset = self.r.choice(["-05:00", "-04:00", "+00:00", "+01:00", "+13:00", "Z"])
            clock = self.r.choice(CLOCKS)
            return f"{day}T{clock}:00{self.r.choice(['', '', '.25'])}{offset}"
        return text

    # ---- settings
    def settings(self):
        r, result = self.r, {"version": 1}
        result["tiers"] = [{"id": i, "name": n} for i, n in (("silver", "银卡"), ("gold", "金卡"), ("platinum", "白金"))]
        result["service_owners"] = ["crm"]
        if self.chance(.3):
            result["timezone"] = r.choice(["Asia/Shanghai", "America/New_York"])
        if self.chance(.3):
            result["clock"] = r.choice(["member", "shop", "shop"])
        roll = r.random()
        if roll < .25:
            result["quiet_hours"] = "none"
        elif roll < .6:
            start, end = r.sample(CLOCKS, 2)
            result["quiet_hours"] = {"from": start, "to": end, "applies_to": r.choice([["marketing"], ["marketing"], ["marketing", "service"]])}
            if self.chance(.4):
                result["quiet_hours"]["days"] = r.sample(WEEKDAYS, r.choice([1, 2, 2, 4]))
        if self.chance(.4):
            result["frequency_cap"] = r.sample([{"times": 1, "in": "1d"}, {"times": 2, "in": "2d"}, {"times": 1, "in": "24h"},
                                                {"times": 1, "in": "60d", "segment": "sleeping"}, {"times": 1, "in": "3d", "segment": "tagged"}, {"times": 1, "in": "2w", "segment": "notier"}, {"times": 2, "in": "7d", "segment": "golds"},
                                                {"times": 1, "in": "90m"}], r.randint(1, 4))
        if self.chance(.15):
            result["if_late"] = {"date": {"send_within": "1h"}, "delay": {"send_within": "1m"}}
        if self.chance(.3):
            result["global_holdout"] = r.choice(["2%", "20%", "50%"])
        if self.chance(.5):
            result["birthdays"] = {"leap_day": r.choice(["feb_28", "mar_1", "leap_years_only"]),
                                   "missing_lunar_leap_month": r.choice(["same_month", "skip"]),
                                   "missing_lunar_day_30": r.choice(["last_day", "next_day"])}
        day = self.base + timedelta(days=r.randint(0, 4))
        result["festivals"] = [{"name": "shop_day", "on": f"{day:%m-%d}" if f"{day:%m-%d}" != "02-29" else "03-01"},
                               {"name": "laba", "lunar": "12-08"}]
        nth = self.base + timedelta(days=r.randint(0, 4))
        result["festivals"].append({"name": "nth_day", "month": nth.month, "weekday": WEEKDAYS[nth.weekday()], "nth": (nth.day - 1) // 7 + 1})
        near = self.base + timedelta(days=3)
        terms = [term for term in TERMS if abs((solar_term(near.year, term) - near).days) < 9]
        result["festivals"].append({"name": "term_day", "solar_term": r.choice(terms)})
        if self.chance(.6):
            off = self.base + timedelta(days=r.randint(-1, 4))
            result["holidays"] = r.sample([str(off), {"from": str(off + timedelta(days=1)), "to": str(off + timedelta(days=2))},
                                           {"from": str(self.base), "to": str(self.base)}], r.randint(1, 2))
        if self.chance(.6):
            result["workdays"] = [str(self.base + timedelta(days=r.randint(-1, 5))) for _ in range(2)]
        return result

    # ---- all of it
    def build(self):
        r = self.r
        kinds = [r.choice(self.triggers) for _ in range(r.choice([1, 2, 3, 4, 5]))]
        self.ids = [f"{r.choice('abz')}{i}" for i in range(len(kinds))]
        settings = self.settings()
        rules = [self.rule(i, k) for i, k in enumerate(kinds)]
        members = {i: self.member(i) for i in r.sample(["lin", "zhao", "Ann", "bo", "张", "m10", "m9", "q", "w", "e", "t", "y", "u", "i1", "p", "s", "d", "f", "g", "h"], r.randint(5, 18))}
        fixtures = {"version": 1, "timezone": r.choice(["Asia/Shanghai", "Asia/Shanghai", "America/New_York"]),
                    "stores": {"s1": {"name": "A", "timezone": "Europe/London"}, "s2": {"name": "B"}},
                    "products": {"S1": {"name": "壶", "category": "kitchen", "price": 99, "pairs_with": ["beans", "S4"]},
                                 "S2": {"name": "精华", "category": "skincare"},
                                 "S3": {"name": "豆", "category": "beans", "price": 10, "pairs_with": ["S1"]},
                                 "S4": {"name": "滤纸", "category": "kitchen", "price": 99, "in_stock": False}},
                    "members": members}
        start = f"{self.base}T{r.choice(['00:00', '09:00', '10:00', '01:30'])}:00{r.choice(['+08:00', '-05:00', 'Z'])}"
        end = f"{self.base + timedelta(days=r.choice([1, 3, 6, 10]))}T{r.choice(['00:00', '09:00', '21:00', '10:00'])}:00{r.choice(['+08:00', 'Z', '-04:00'])}"
        options, outage = self.options(rules, members), self.outage(start, end)
        if outage:
            options.clear()
        return {"outage": outage, "settings": settings, "rules": rules, "templates": self.templates, "coupons": COUPONS, "segments": SEGMENTS,
                "fields": FIELDS, "fixtures": fixtures, "at": start, "until": end, "options": options}

    def outage(self, start, end):
        """(from, minutes) within the window, or None: the daemon is down for a while."""
        if not self.chance(.4):
            return None
        first, last = (datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (start, end))
        began = first + timedelta(minutes=self.r.choice([1, 30, 60, 600, 1380, 1441, 2880]))
        minutes = self.r.choice([15, 60, 150, 400, 800, 1500, 3000, 5000])
        if began + timedelta(minutes=minutes) >= last:
            return None
        return began.isoformat(), minutes

    def options(self, rules, members):
        """What the command line asks for beyond the window."""
        r, result = self.r, {}
        named = [rule["id"] for rule in rules if rule["status"] != "retired"]
        if named and self.chance(.25):
            result["only"] = r.sample(named, r.randint(1, len(named)))
        if self.chance(.1):
            result["member"] = r.sample(list(members), 2)
        if self.chance(.4):
            result["all"] = True
        return result
