"""Random rules of every trigger."""
from datetime import timedelta

from .tables import CLOCKS


class RuleSets:
    """The part of the generator that makes rules."""

    def trigger(self, kind):
        """(when, scopes)."""
        r = self.r
        at = {"at": r.choice(CLOCKS)} if self.chance(.8) else {}
        before = {"days_before": r.randint(0, 3)} if self.chance(.7) else {}
        if kind == "birthday":
            return {"birthday": {**before, **at, **({"calendar": r.choice(["as_recorded", "solar", "lunar"])} if self.chance(.5) else {})}}, []
        if kind == "anniversary":
            return {"anniversary": {"of": r.choice(["wedding", "membership"]), **before, **at}}, []
        if kind == "date":
            side = {r.choice(["days_before", "days_after"]): r.randint(1, 3)} if self.chance(.7) else {}
            return {"date": {"of": r.choice(["wedding", "wedding", "member.attr.due"]), **side, **at}}, []
        if kind == "cart_idle":
            return {"cart_idle": {"for": r.choice(["1h", "24h", "1d", "90m", "2d", "1w"])}}, ["cart"]
        if kind == "event":
            name = r.choice(["order.paid", "order.paid", "order.refunded", "order.cancelled", "cart.updated", "cart.emptied", "store.visited",
                             "message.sent", "points.earned", "coupon.used", "coupon.given", "member.registered", "custom.thing", "complaint.opened"])
            spec = {"name": name}
            if self.chance(.7):
                spec["after"] = r.choice(["1h", "1d", "2d", "30m", "24h", "1m", "1w"])
                if spec["after"][-1] in "dw" and self.chance(.5):
                    spec["at"] = r.choice(CLOCKS)
            if name == "store.visited" and self.chance(.4):
                spec["where"] = {"store": r.choice(["s1", {"is_not": "s1"}])}
            if name == "order.paid" and self.chance(.5):
                spec["where"] = self.of_order()
            if name == "complaint.opened" and self.chance(.7):
                spec["where"] = {"amount": self.amount_test()}
            return {"event": spec}, ["order"] if name.startswith("order") else ["trigger"]
        if kind == "follow_up":
            return self.follow_up(), ["trigger"]
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
            return {"browsed": {"at_least": r.randint(1, 3), "of": r.choice(["category", "sku"]), "idle_for": r.choice(["1h", "24h", "1d", "1w"])}}, ["browse"]
        if kind == "festival":
            return {"festival": {"name": r.choice(["shop_day", "shop_day", "qingming", "mid_autumn", "national_day", "qixi", "new_year",
                                                   "spring_festival", "lantern", "valentines", "laba", "new_years_eve", "winter_solstice",
                                                   "nth_day", "nth_day", "term_day", "term_day"]), **before, **at}}, []
        spec = r.choice([{"every": "month", "on": r.choice([1, 29, 30, 31, self.base.day])}, {"every": "week", "on": "monday"},
                         {"every": "week", "on": r.sample(["monday", "tuesday", "thursday", "saturday", "sunday"], r.randint(1, 4))},
                         {"every": "day"}, {"on": str(self.base + timedelta(days=2))}, {"every": "workday"}, {"every": "workday"},
                         {"every": "quarter", **({"on": r.choice([1, self.base.day, 31])} if self.chance(.7) else {})}])
        return {"schedule": {**spec, **at}}, []

    def unless(self, name):
        """The name of an event, or with a filter on its order."""
        r = self.r
        if name not in ("order.paid", "order.refunded") or self.chance(.4):
            return name
        return {"event": name, "where": self.of_order()}

    def follow_up(self):
        """What other rules do, answered; also in circles."""
        r = self.r
        spec = {"name": r.choice(["message.sent", "message.sent", "coupon.given", "points.earned"])}
        if self.chance(.6):
            spec["after"] = r.choice(["1h", "1d", "30m", "1m"])
            if spec["after"] == "1d" and self.chance(.5):
                spec["at"] = r.choice(CLOCKS)
        if self.chance(.6):
            spec["where"] = {"message.sent": r.choice([{"rule": r.choice(self.ids)}, {"rule": {"is_not": r.choice(self.ids)}}, {"purpose": "marketing"},
                                                       {"channel": ["sms", "push"]}, {"occasion": {"starts_with": "message:"}},
                                                       {"template": "t1"}, {"template": {"none_of": ["t0", "t2"]}}]),
                             "coupon.given": r.choice([{"template": "C-A"}, {"template": {"is_not": "C-A"}}]),
                             "points.earned": r.choice([{"points": 100}, {"points": {"at_least": 200}}])}[spec["name"]]
        return {"event": spec}

    def rule(self, number, kind):
        r = self.r
        variant = kind
        if kind == "pick":
            kind = r.choice(["festival", "schedule"])
        if kind == "experiment":
            kind = r.choice([k for k in self.triggers if k not in ("pick", "experiment")])
            variant = "experiment"
        when, scopes = self.trigger(kind)
        marketing = self.chance(.7)
        rule = {"id": self.ids[number], "status": r.choice(["live"] * 12 + ["draft", "shadow", "paused", "retired"]), "owner": "crm",
                "purpose": "marketing" if marketing else "service"}
        if self.chance(.2):
            rule["priority"] = r.choice([-1, 1, 5])
        rule["when"] = when
        own = [s for s in scopes if s != "coupons"]
        if kind in ("event", "follow_up", "first_purchase", "cart_idle", "browsed") and self.chance(.8 if self.dense else .6):
            rule["unless"] = r.sample(["order.paid", "order.refunded", "order.cancelled", "cart.emptied", "cart.updated", "coupon.used",
                                       "store.visited", "message.sent"], r.choice([1, 2, 3]))
            rule["unless"] = [self.unless(name) for name in rule["unless"]]
        if variant == "pick" or self.chance(.25 if kind in ("festival", "schedule", "inactive", "existing") else .1):
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
        if self.chance(.2):
            rule["if_late"] = {"send_within": r.choice(["1m", "1h", "forever"])}
        return rule
