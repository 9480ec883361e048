"""Random hostile workspaces from a seed: settings, rules of every trigger, members at the edges."""
import os
import random
from datetime import date, datetime, timedelta

ZONES = ["Asia/Shanghai", "America/New_York", "Europe/London", "Pacific/Apia", None, None]
BASES = ["2026-03-04", "2026-03-26", "2026-10-22", "2026-10-29", "2011-12-26", "2028-02-24", "2025-07-20", "2027-02-24",
         "2026-09-20", "2026-12-27", "2026-04-01", "2026-02-10", "2025-08-15"]
TRIGGERS = ["birthday", "anniversary", "cart_idle", "event", "first_purchase", "points_expire", "coupon_expires", "combine",
            "inactive", "existing", "browsed", "festival", "schedule", "pick", "experiment"]
CLOCKS = ["00:00", "01:30", "02:30", "08:59", "09:00", "10:00", "20:59", "21:00", "23:30"]
CATEGORIES = ["kitchen", "skincare", "beans"]
COUPONS = [{"id": "C-A", "name": "a", "face_value": 30, "valid_days": 2, "codes": "generated"},
           {"id": "C-B", "name": "b", "face_value": 5.5, "valid_days": 20, "codes": "generated"},
           {"id": "C-P", "name": "p", "face_value": 9, "valid_days": 3, "codes": "pool"}]
SEGMENTS = [{"id": "sleeping", "name": "s", "if": {"member.lifecycle": "sleeping"}},
            {"id": "golds", "name": "g", "if": {"member.tier": ["gold", "platinum"]}},
            {"id": "tagged", "name": "t", "if": {"member.tags": {"includes": "vip"}}},
            {"id": "notier", "name": "n", "if": {"none": [{"member.tier": {"is_set": True}}]}}]
MEMBER_TESTS = [
    ("member.tier", ["gold", "silver", "platinum"], "text"), ("member.city", ["NO", "上海", "", "0123"], "text"),
    ("member.lifetime_spend", [0, 50, 49.99, 50.01, 100], "num"), ("member.lifetime_orders", [0, 1, 2], "num"),
    ("member.average_order_value", [50, 33.33, 33.34], "num"), ("member.largest_order", [50, 100], "num"),
    ("member.days_since_last_order", [0, 1, 7, 30], "num"), ("member.orders_30d", [0, 1], "num"),
    ("member.spend_90d", [0, 50, 100], "num"), ("member.points_balance", [0, 100, 520], "num"),
    ("member.tier_rank", [1, 2, 3], "num"), ("member.age", [0, 1, 18, 35, 36], "num"),
    ("member.lifecycle", ["new", "active", "cooling", "sleeping", "lost"], "text"),
    ("member.rfm.segment", ["core", "promising", "sleeping", "at_risk", "regular"], "text"),
    ("member.rfm.recency", [1, 3, 5], "num"), ("member.top_category", CATEGORIES, "text"),
    ("member.tags", ["vip", "new", "x"], "list"), ("member.last_order_at", None, "time"),
    ("member.registered_at", None, "time"), ("member.first_order_at", None, "time")]
OWN_TESTS = {
    "order": [("order.total", [50, 100, 49.99], "num"), ("order.categories", CATEGORIES, "list"), ("order.status", ["paid", "refunded"], "text"),
              ("order.source", ["app", "shop"], "text")],
    "cart": [("cart.total", [50, 49.99], "num"), ("cart.in_stock_items", [1, 2], "num")],
    "coupon": [("coupon.face_value", [10, 5.5, 30], "num"), ("coupon.template", ["C-A", "C-B"], "text"), ("coupon.state", ["unused"], "text")],
    "points": [("points.expiring", [500, 100, 520], "num")],
    "browse": []}
FILLS = {"member": [("member.display_name", "text"), ("member.lifetime_spend", "money"), ("member.lifetime_orders", "number"),
                    ("member.last_order_at", "instant"), ("member.average_order_value", "money"), ("member.age", "number")],
         "order": [("order.total", "money"), ("order.id", "text"), ("order.paid_at", "instant")],
         "cart": [("cart.total", "money"), ("cart.in_stock_items", "number"), ("cart.items.first.name", "text")],
         "coupon": [("coupon.face_value", "money"), ("coupon.expires_at", "instant"), ("coupon.code", "text")],
         "coupons": [("coupons.count", "number"), ("coupons.first.face_value", "money")],
         "points": [("points.expiring", "number"), ("points.expires_on", "date")],
         "browse": [], "gift": [("gift.code", "text"), ("gift.valid_until", "date"), ("gift.face_value", "money")],
         "trigger": [("trigger.due_at", "instant"), ("trigger.occasion", "text"), ("trigger.date", "date")]}


DENSE = os.environ.get("PROFILE") == "dense"      # waits that begin, end and collide within few days
if DENSE:
    TRIGGERS = ["cart_idle", "event", "first_purchase", "browsed", "inactive", "existing", "cart_idle", "combine", "coupon_expires"]


class Generator:
    """Everything random of one case."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.base = date.fromisoformat(self.r.choice(BASES))
        self.focus = TRIGGERS[seed % len(TRIGGERS)]
        self.templates, self.experiments, self.refunded, self.ids = [], [], set(), []

    def chance(self, p):
        return self.r.random() < p

    def stamp(self, day, clock, zone=None):
        return f"{day} {clock}" + (":00" if self.chance(.3) and len(clock) == 5 else "")

    def moment(self, back=30, ahead=6):
        """An instant near the window, on a hostile clock."""
        if DENSE:
            day = self.base + timedelta(days=self.r.choice([-1, 0, 0, 1, 1, 2]))
            clock = self.r.choice(["08:00", "09:00", "10:00", "20:00", "21:00", "22:00", "02:30", "01:30"])
            return f"{day} {clock}" + self.r.choice(["", "", "", ":00", ":01"])
        spread = self.r.choice([2, 2, back])
        day = self.base + timedelta(days=self.r.randint(-spread, ahead))
        text = self.stamp(day, self.r.choice(CLOCKS))
        if self.chance(.15):
            offset = self.r.choice(["-05:00", "-04:00", "+00:00", "+01:00", "+13:00", "Z"])
            clock = self.r.choice(CLOCKS)
            return f"{day}T{clock}:00{offset}"
        return text

    # ---- settings
    def settings(self):
        r, result = self.r, {"version": 1}
        result["tiers"] = [{"id": i, "name": i} for i in ("silver", "gold", "platinum")]
        result["service_owners"] = ["crm"]
        if self.chance(.3):
            result["timezone"] = r.choice(["Asia/Shanghai", "America/New_York"])
        if self.chance(.2):
            result["clock"] = r.choice(["member", "shop"])
        roll = r.random()
        if roll < .25:
            result["quiet_hours"] = "none"
        elif roll < .6:
            start, end = r.sample(CLOCKS, 2)
            result["quiet_hours"] = {"from": start, "to": end, "applies_to": ["marketing"]}
        if self.chance(.35):
            result["frequency_cap"] = r.sample([{"times": 1, "in": "1d"}, {"times": 2, "in": "2d"}, {"times": 1, "in": "24h"},
                                                {"times": 1, "in": "60d", "segment": "sleeping"}, {"times": 2, "in": "7d", "segment": "golds"},
                                                {"times": 1, "in": "90m"}], r.randint(1, 3))
        if self.chance(.3):
            result["global_holdout"] = r.choice(["2%", "20%", "50%"])
        if self.chance(.5):
            result["birthdays"] = {"leap_day": r.choice(["feb_28", "mar_1", "leap_years_only"]),
                                   "missing_lunar_leap_month": r.choice(["same_month", "skip"]),
                                   "missing_lunar_day_30": r.choice(["last_day", "next_day"])}
        day = self.base + timedelta(days=r.randint(0, 4))
        result["festivals"] = [{"name": "shop_day", "on": f"{day:%m-%d}" if f"{day:%m-%d}" != "02-29" else "03-01"},
                               {"name": "laba", "lunar": "12-08"}]
        return result

    # ---- conditions
    def leaf(self, scopes):
        r = self.r
        pool = list(MEMBER_TESTS)
        for scope in scopes:
            pool += OWN_TESTS.get(scope, []) * 4
        field, values, kind = r.choice(pool)
        if self.chance(.08):
            return {field: {"is_set": r.choice([True, False])}}
        if kind == "text":
            op = r.choice(["", "", "list", "is", "is_not", "any_of", "none_of", "starts_with", "contains"])
            one, some = r.choice(values), r.sample(values, min(2, len(values)))
            if op in ("starts_with", "contains"):
                return {field: {op: one[:2] or "x"}}
            return {field: one if op == "" else some if op == "list" else {op: some if op.endswith("_of") else one}}
        if kind == "num":
            op = r.choice(["", "is", "is_not", "at_least", "more_than", "at_most", "less_than", "between"])
            one = r.choice(values)
            if op == "between":
                return {field: {op: sorted([one, r.choice(values)])}}
            return {field: one if op == "" else {op: one}}
        if kind == "list":
            op = r.choice(["includes", "includes_any", "includes_all", "excludes"])
            return {field: {op: r.choice(values) if op in ("includes", "excludes") else r.sample(values, 2)}}
        op = r.choice(["before", "after", "between", "within_last", "more_than_ago", "within_next"])
        if op in ("before", "after"):
            return {field: {op: self.r.choice([str(self.base), self.moment(10, 1)])}}
        if op == "between":
            return {field: {op: [str(self.base - timedelta(days=9)), str(self.base - timedelta(days=r.randint(0, 8)))]}}
        return {field: {op: r.choice(["1d", "7d", "30d", "2w"] + (["36h"] if op != "within_next" else []))}}

    def history(self):
        item = {"event": self.r.choice(["order.paid", "store.visited", "product.viewed", "message.sent", "order.refunded", "complaint.opened"]),
                "times": self.r.choice([0, 1, 2, {"at_least": 1}, {"at_most": 1}, {"less_than": 2}])}
        if self.chance(.5):
            item["within_last"] = self.r.choice(["1d", "24h", "7d", "30d"])
        if self.chance(.2) and item["event"] == "order.paid":
            item["where"] = {"total": {"at_least": 50}}
        if self.chance(.3) and item["event"] == "store.visited":
            item["where"] = {"store": "s1"}
        return item

    def condition(self, scopes, depth=0):
        r, result = self.r, {}
        for _ in range(r.choice([1, 1, 2])):
            roll = r.random()
            if roll < .15 and depth < 2:
                result[r.choice(["any", "all", "none"])] = [self.condition(scopes, depth + 1) for _ in range(r.choice([1, 2]))]
            elif roll < .25:
                result["history"] = [self.history() for _ in range(r.choice([1, 2]))]
            else:
                result.update(self.leaf(scopes))
        return result

    # ---- actions
    def send(self, scopes, marketing):
        r = self.r
        channels = r.sample(["sms", "wechat", "email", "push", "log", "wecom", "webhook"], r.choice([1, 2, 2, 3]))
        pool = [f for s in scopes for f in FILLS.get(s, [])]
        chosen = r.sample(pool, min(len(pool), r.choice([0, 1, 2])))
        fill = {f"v{i}": path for i, (path, _) in enumerate(chosen)}
        entries = []
        for channel in channels:
            ident = f"t{len(self.templates)}"
            text, values = "【店】" if channel == "sms" else "", {}
            for i, (path, kind) in enumerate(chosen):
                name = f"v{i}"
                values[name] = {"type": "text", "max": 3} if kind == "text" and self.chance(.3) else kind
                text += {"text": "{{ %s | default: '您好' }}" % name, "money": "{%% if %s %%}{{ %s | money }}元{%% endif %%}" % (name, name),
                         "number": "{{ %s }}" % name if path in ("member.lifetime_orders", "coupons.count") else
                                   "{%% if %s %%}{{ %s }}{%% endif %%}" % (name, name),
                         "date": "{%% if %s %%}{{ %s | date: '%%Y-%%m-%%d' }}{%% endif %%}" % (name, name),
                         "instant": "{%% if %s %%}{{ %s | date: '%%m月%%d日 %%H:%%M' }}{%% endif %%}" % (name, name)}[kind]
            text += r.choice(["到了", "x" * 60, "🎂" * 30, "🎂" * 29 + "a"]) + "。拒收请回复R"
            template = {"id": ident, "channel": channel, "text": text}
            if channel == "email":
                template["subject"] = "hello"
            if values:
                template["values"] = values
            self.templates.append(template)
            entries.append({channel: {"template": ident}})
        spec = {"try": entries}
        if fill:
            spec["fill"] = fill
        return {"send": spec}

    def actions(self, scopes, marketing):
        r, result, scopes = self.r, [], scopes + ["trigger"]
        if self.chance(.25):
            give = {"template": r.choice(["C-A", "C-B", "C-B", "C-P"]), "save_as": "gift"}
            if self.chance(.7):
                give["valid_until"] = {r.choice(["days_after_send", "days_after_occasion"]): r.randint(0, 5)}
            result.append({"give_coupon": give})
            scopes = scopes + ["gift"]
        for name, p in (("add_tag", .1), ("remove_tag", .05)):
            if self.chance(p):
                result.append({name: r.choice(["vip", "new"])})
        if self.chance(.05):
            result.append({"adjust_points": {"add": 100, "expires_in": "3d"}})
        roll = r.random()
        if roll < .7:
            result.append(self.send(scopes, marketing))
        elif roll < .85:
            branches = [{"if": self.condition([s for s in scopes if s in OWN_TESTS]), "do": [self.send(scopes, marketing)]} for _ in range(r.choice([1, 2]))]
            choose = {"choose": branches}
            if self.chance(.5):
                choose["otherwise"] = [self.send(scopes, marketing)]
            result.append(choose)
        elif roll < .95 or not result:
            self.templates.append({"id": f"t{len(self.templates)}", "channel": "wecom", "text": "请回访"})
            result.append({"create_task": {"assign_to": "member.advisor", "or_else": "store_manager", "title": "call",
                                           "script": self.templates[-1]["id"], "due_in": "1d"}})
        return result

    # ---- rules
    def trigger(self, kind):
        """(when, scopes)."""
        r = self.r
        at = {"at": r.choice(CLOCKS)} if self.chance(.8) else {}
        before = {"days_before": r.randint(0, 3)} if self.chance(.7) else {}
        if kind == "birthday":
            return {"birthday": {**before, **at, **({"calendar": r.choice(["as_recorded", "solar", "lunar"])} if self.chance(.5) else {})}}, []
        if kind == "anniversary":
            return {"anniversary": {"of": r.choice(["wedding", "membership"]), **before, **at}}, []
        if kind == "cart_idle":
            return {"cart_idle": {"for": r.choice(["1h", "24h", "1d", "90m", "2d"])}}, ["cart"]
        if kind == "event":
            name = r.choice(["order.paid", "order.paid", "order.refunded", "cart.updated", "cart.emptied", "store.visited", "message.sent",
                             "points.earned", "coupon.used", "coupon.given", "member.registered", "custom.thing"])
            spec = {"name": name}
            if self.chance(.7):
                spec["after"] = r.choice(["1h", "1d", "2d", "30m", "24h", "1m"])
                if spec["after"][-1] == "d" and self.chance(.5):
                    spec["at"] = r.choice(CLOCKS)
            if name == "store.visited" and self.chance(.4):
                spec["where"] = {"store": r.choice(["s1", {"is_not": "s1"}])}
            if name == "message.sent":      # only of an earlier rule, else a rule answers itself for ever
                spec["where"] = {"rule": r.choice(self.ids or ["nobody"])}
            if name == "order.paid" and self.chance(.3):
                spec["where"] = {"total": {"at_least": 50}}
            return {"event": spec}, ["order"] if name.startswith("order") else []
        if kind == "first_purchase":
            return {"first_purchase": {**({"days_after": r.randint(0, 3)} if self.chance(.8) else {}),
                                       **({"at": r.choice(CLOCKS)} if self.chance(.6) else {})}}, ["order"]
        if kind == "points_expire":
            return {"points_expire": {**before, **at}}, ["points"]
        if kind == "coupon_expires":
            return {"coupon_expires": {**before, **at}}, ["coupon"]
        if kind == "combine":
            return {"coupon_expires": {**before, **at}}, ["coupon", "coupons"]
        if kind in ("inactive", "existing"):
            return {"inactive": {"for": r.choice(["1d", "7d", "3d", "36h", "1w"]), **({"at": r.choice(CLOCKS)} if self.chance(.6) else {}),
                                 **({"activity": r.sample(["order.paid", "store.visited", "product.viewed"], 2)} if self.chance(.5) else {})}}, []
        if kind == "browsed":
            return {"browsed": {"at_least": r.randint(1, 3), "of": r.choice(["category", "sku"]), "idle_for": r.choice(["1h", "24h", "1d"])}}, ["browse"]
        if kind == "festival":
            return {"festival": {"name": r.choice(["shop_day", "shop_day", "qingming", "mid_autumn", "national_day", "qixi", "new_year",
                                                   "spring_festival", "lantern", "valentines", "laba"]), **before, **at}}, []
        spec = r.choice([{"every": "month", "on": r.choice([1, 29, 30, 31, self.base.day])}, {"every": "week", "on": "monday"},
                         {"every": "day"}, {"on": str(self.base + timedelta(days=2))}])
        return {"schedule": {**spec, **at}}, []

    def rule(self, number, kind):
        r = self.r
        variant = kind
        if kind == "pick":
            kind = r.choice(["festival", "schedule"])
        if kind == "experiment":
            kind = r.choice(TRIGGERS[:13])
            variant = "experiment"
        when, scopes = self.trigger(kind)
        self.ids.append(f"{r.choice('abz')}{number}")
        marketing = self.chance(.7)
        rule = {"id": self.ids[-1], "status": "live", "owner": "crm",
                "purpose": "marketing" if marketing else "service"}
        if self.chance(.2):
            rule["priority"] = r.choice([-1, 1, 5])
        rule["when"] = when
        own = [s for s in scopes if s != "coupons"]
        if kind in ("event", "first_purchase", "cart_idle", "browsed") and self.chance(.8 if DENSE else .6):
            rule["unless"] = r.sample(["order.paid", "order.refunded", "order.cancelled", "cart.emptied", "cart.updated", "coupon.used",
                                       "store.visited", "message.sent"], r.choice([1, 2, 3]))
        if variant == "pick" or (kind in ("festival", "schedule", "inactive", "existing") and self.chance(.2)):
            audience = {}
            if self.chance(.4):
                audience["in"] = r.sample(["golds", "tagged", "notier", "sleeping"], r.choice([1, 2]))
            if self.chance(.4):
                audience["not_in"] = r.sample(["tagged", "notier", "sleeping"], 1)
            if variant == "pick":
                audience["pick"] = {"random": r.randint(1, 4)}
            if audience:
                rule["audience"] = audience
        if self.chance(.5):
            rule["if"] = self.condition(own)
        if kind in ("inactive", "existing"):
            rule["existing_members"] = "skip" if kind == "inactive" and self.chance(.5) else r.choice(
                ["all", {"drip": 1, "every": "1d"}, {"drip": 2, "every": r.choice(["1d", "12h", "1h"])}])
        if kind == "combine":
            rule["combine"] = {"into": "one_per_member", "save_as": "coupons",
                               "order_by": {"field": r.choice(["coupon.face_value", "coupon.expires_at"]), "direction": r.choice(["highest_first", "lowest_first"])}}
            if self.chance(.5):
                rule["combine"]["keep"] = r.randint(1, 2)
            scopes = ["coupons"]
        fills = scopes + ["member"]
        if variant == "experiment":
            key = f"exp{number}"
            self.experiments.append(key)
            shares = r.choice([["50%", "50%"], ["10%", "90%"], ["33%", "67%"]])
            rule["experiment"] = {"key": key, "holdout": r.choice(["10%", "0%", "40%"]),
                                  "variants": {n: {"share": s, "do": self.actions(fills, marketing)} for n, s in zip(("one", "two"), shares)},
                                  "measure": {"event": "order.paid", "within": "7d"}}
        else:
            rule["do"] = self.actions(fills, marketing)
        limits = {}
        if self.chance(.15):
            limits["once_per"] = "lifetime"
        if self.chance(.3):
            limits["at_most"] = {"times": r.choice([1, 2]), "in": r.choice(["1d", "2d", "24h", "7d", "1w"])}
        if limits:
            rule["limits"] = limits
        return rule

    # ---- members
    def items(self):
        r = self.r
        return [{"sku": r.choice(["S1", "S2", "S3", "S9"]), "quantity": r.choice([1, 2]), "price": r.choice([10, 25, 49.99])} for _ in range(r.choice([1, 2]))]

    def member(self, ident):
        r, m = self.r, {}
        def maybe(p, key, value):
            if self.chance(p):
                m[key] = value
        maybe(.6, "display_name", r.choice(["林小姐", "", "Ann Long Name", "🎂🎂🎂🎂"]))
        maybe(.06, "status", "closed")
        maybe(.7, "tier", r.choice(["gold", "silver", "platinum"]))
        zone = r.choice(ZONES)
        if zone:
            m["timezone"] = zone
        maybe(.3, "store_id", r.choice(["s1", "s2"]))
        maybe(.3, "city", r.choice(["NO", "上海", "", "0123"]))
        maybe(.8, "phone", r.choice(["13800000001", "+8613800000002"]))
        maybe(.7, "email", "lin@example.com")
        maybe(.75, "wechat_openid", r.choice(["oLin", "oLinXiaoJie1", "12345678", "1234567"]))
        maybe(.3, "wecom_external_userid", "wm_abcdefgh")
        maybe(.2, "preferred_channel", r.choice(["email", "sms", "push", "wechat"]))
        maybe(.15, "personalisation", r.choice(["none", "generic", "personalised"]))
        maybe(.3, "tags", r.sample(["vip", "new", "x"], r.choice([1, 2])))
        maybe(.1, "lifetime_spend", r.choice([0, 50, 8200]))
        if self.chance(.6):
            m["registered_at"] = r.choice([self.moment(), f"{self.base.year - r.randint(1, 5)}-{self.near():%m-%d} {r.choice(CLOCKS)}".replace("02-29", "02-28"), "2024-02-29 10:00"])
        if self.chance(.75):
            m["birthday"] = self.birthday()
        if self.chance(.5):
            m["dates"] = [{"name": "wedding", "date": r.choice([f"{self.base.year - 3}-{self.near():%m-%d}".replace("02-29", "02-28"), "2016-02-29", f"{self.base.year}-{self.near():%m-%d}"]),
                           "calendar": "solar"}]
        m["consent"] = {c: r.choice(["granted", "granted", "granted", "withdrawn", {"marketing": "granted", "service": "withdrawn"},
                                     {"marketing": "withdrawn", "service": "granted"}])
                        for c in ("sms", "wechat", "email", "push", "log", "wecom", "webhook") if self.chance(.9)}
        self.rows(m, ident)
        if self.experiments and self.chance(.2):
            m["experiment"] = {k: r.choice(["one", "two", "holdout"]) for k in self.experiments}
        return m

    def near(self):
        return self.base + timedelta(days=self.r.randint(-2, 7))

    def birthday(self):
        r, day = self.r, self.near()
        roll = r.random()
        if roll < .35:
            year = r.choice([1990, 1996, self.base.year, self.base.year - 1])
            if day.month == 2 and day.day == 29:
                year = 1996
            return f"{year}-{day:%m-%d}"
        if roll < .45:
            return f"--{day:%m-%d}"
        if roll < .6:
            return "1996-02-29"
        import sxtwl
        lunar = sxtwl.fromSolar(day.year, day.month, day.day)
        given = {"calendar": "lunar", "month": lunar.getLunarMonth(), "day": r.choice([lunar.getLunarDay(), 30, 29, 1]),
                 "leap_month": self.chance(.4)}
        if self.chance(.3):
            given["year"] = r.choice([1990, 2001])
            given["leap_month"] = False
            given["day"] = min(given["day"], 29)
        return given

    def rows(self, m, ident):
        r = self.r
        if self.chance(.7):
            m["orders"] = [self.order(f"o{ident}{i}") for i in range(r.choice([1, 1, 2, 3]))]
        if self.chance(.5):
            m["carts"] = [{"id": f"c{ident}{i}", "updated_at": self.moment(4), "total": r.choice([49.99, 50, 199]), "in_stock_items": r.choice([0, 1, 2]),
                           "state": r.choice(["open", "open", "open", "emptied", "ordered"]), "items": self.items()} for i in range(r.choice([1, 2]))]
        if self.chance(.6):
            m["points"] = [dict({"id": f"p{ident}{i}", "points": r.choice([100, 600]), "expires_at": str(self.near()) if self.chance(.7) else self.moment()},
                                **({"remaining": r.choice([0, 20, 520])} if self.chance(.4) else {}),
                                **({"earned_at": self.moment()} if self.chance(.8) else {})) for i in range(r.choice([1, 2, 3]))]
        if self.chance(.6):
            m["coupons"] = [dict({"id": f"k{ident}{i}", "template": r.choice(["C-A", "C-B"]), "expires_at": str(self.near()) if self.chance(.6) else self.moment()},
                                 **({"face_value": r.choice([5, 10, 30, 30])} if self.chance(.9) else {}),
                                 **({"code": f"X{i}"} if self.chance(.5) else {}),
                                 **({"issued_at": self.moment()} if self.chance(.8) else {}),
                                 **({"state": r.choice(["unused", "used", "expired"])} if self.chance(.3) else {})) for i in range(r.choice([1, 2, 3]))]
        if self.chance(.8):
            m["events"] = [self.event(ident, i, m) for i in range(r.choice([1, 3, 6, 9]))]

    def order(self, ident):
        r = self.r
        row = {"id": ident, "paid_at": self.moment(), "total": r.choice([0, 33.33, 50, 100, 33.34])}
        if self.chance(.3):
            kind = r.choice(["refunded", "cancelled"])
            row["status"] = kind
            if self.chance(.7):
                row[kind + "_at"] = max(self.moment(), row["paid_at"])
        if self.chance(.6):
            row["items"] = self.items()
        if self.chance(.4):
            row["cart"] = "c" + ident[1:]
        if self.chance(.3):
            row["source"] = r.choice(["app", "shop"])
        return row

    def event(self, ident, i, m):
        r = self.r
        name = r.choice(["store.visited", "product.viewed", "product.viewed", "product.viewed", "cart.updated", "cart.emptied", "order.paid",
                         "order.refunded", "coupon.used", "message.sent", "custom.thing", "complaint.opened"])
        row = {"name": name, "at": self.moment(8)}
        if self.chance(.6):
            row["id"] = f"e{ident}{i}"
        cart = r.choice(m.get("carts") or [{"id": f"c{ident}0"}])["id"]
        order = r.choice(m.get("orders") or [{"id": f"o{ident}0"}])["id"]
        free = [c for c in m.get("coupons") or [] if c.get("state", "unused") == "unused"]
        coupon = r.choice(free or [{"id": f"kx{ident}0"}])["id"]
        if name == "order.refunded":
            if order in self.refunded or any("status" in o for o in m.get("orders") or [] if o["id"] == order):
                name = "complaint.opened"
                row["name"] = name
            self.refunded.add(order)
        data = {"store.visited": {"store": r.choice(["s1", "s2"])},
                "product.viewed": dict(r.choice([{"sku": "S1", "category": "kitchen"}, {"sku": "S2", "category": "skincare"}])),
                "cart.updated": dict({"cart": cart}, **({"total": r.choice([50, 49.99])} if self.chance(.7) else {}),
                                     **({"in_stock_items": 1} if self.chance(.7) else {})),
                "cart.emptied": {"cart": cart}, "order.paid": {"order": f"n{ident}{i}", "total": 50},
                "order.refunded": {"order": order}, "coupon.used": {"coupon": coupon},
                "message.sent": {"rule": r.choice(["a0", "b0", "z0"]), "occasion": f"x{i}", "purpose": r.choice(["marketing", "service"]), "channel": "sms"}}.get(name)
        if data:
            row["data"] = data
        return row

    def build(self):
        r = self.r
        kinds = [self.focus] + [r.choice(TRIGGERS) for _ in range(r.choice([0, 1, 2, 3, 4]))]
        settings = self.settings()
        rules = [self.rule(i, k) for i, k in enumerate(kinds)]
        members = {i: self.member(i) for i in r.sample(["lin", "zhao", "Ann", "bo", "张", "m10", "m9", "q", "w", "e", "t", "y", "u", "i1", "p", "s", "d", "f", "g", "h"], r.randint(5, 18))}
        fixtures = {"version": 1, "timezone": r.choice(["Asia/Shanghai", "Asia/Shanghai", "America/New_York"]),
                    "stores": {"s1": {"name": "A", "timezone": "Europe/London"}, "s2": {"name": "B"}},
                    "products": {"S1": {"name": "壶", "category": "kitchen"}, "S2": {"name": "精华", "category": "skincare"}, "S3": {"name": "豆", "category": "beans"}},
                    "members": members}
        start = f"{self.base}T{r.choice(['00:00', '09:00', '10:00', '01:30'])}:00{r.choice(['+08:00', '-05:00', 'Z'])}"
        end = f"{self.base + timedelta(days=r.choice([1, 3, 6, 10]))}T{r.choice(['00:00', '09:00', '21:00', '10:00'])}:00{r.choice(['+08:00', 'Z', '-04:00'])}"
        return {"settings": settings, "rules": rules, "templates": self.templates, "fixtures": fixtures, "at": start, "until": end}
