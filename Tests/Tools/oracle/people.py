"""Random members at the edges: addresses, consents, dates and rows."""
from datetime import timedelta

import sxtwl

from .tables import CATEGORIES, CLOCKS, ZONES


class People:
    """The part of the generator that makes members."""

    def items(self):
        r = self.r
        return [dict({"sku": sku, "quantity": r.choice([1, 2]), "price": r.choice([10, 25, 49.99])},
                     **({"category": r.choice(CATEGORIES)} if self.chance(.2) else {}))
                for sku in r.sample(["S1", "S2", "S3", "S4", "S9"], r.choice([1, 2, 3]))]

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
        own = str(r.randint(10000, 99999))
        maybe(.8, "phone", r.choice(["13800000001", "+86 138-0000-0001", "8613800000002", "13800000002"] + ["138000" + own] * 4))
        maybe(.7, "email", r.choice(["lin@example.com", "Lin@Example.COM"] + [f"m{own}@example.com"] * 3))
        maybe(.75, "wechat_openid", r.choice(["oLin", "12345678"] + ["oLin" + own] * 4))
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
        if self.chance(.6):
            m["attr"] = self.attributes()
        if self.chance(.35):
            m["consents"] = [dict({"channel": r.choice(["sms", "wechat", "email", "push", "wecom", "*"]), "state": r.choice(["granted", "withdrawn"])},
                                  **({"purpose": r.choice(["marketing", "marketing", "service"])} if self.chance(.5) else {}),
                                  **({"at": self.moment(8)} if self.chance(.85) else {})) for _ in range(r.choice([1, 2, 3]))]
        self.rows(m, ident)
        if self.experiments and self.chance(.4):
            m["experiment"] = {k: r.choice(["one", "two", "holdout"]) for k in self.experiments if self.chance(.8)}
        return m

    def attributes(self):
        """Some of each type, as a shop writes them."""
        r, found = self.r, {}
        choices = {"wallet": [200, "49.99", 50, "¥1,299.00", "0", -5, "50.01"], "signed": [self.moment(), str(self.near())],
                   "allergies": ["nuts;milk", ["milk"], "x", ["nuts", "x"]], "due": [str(self.near()), str(self.near())],
                   "vegan": [True, False, "是", "否"], "shoe": [36, "38.50", 38, "38.5"], "note": ["", "abc", "38", "上海站"]}
        for name, values in choices.items():
            if self.chance(.6):
                found[name] = r.choice(values)
        return found

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
        self.one_second(m)
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

    def one_second(self, m):
        """A cart bought in the second of its touch, an order refunded in that of its payment."""
        for order in m.get("orders") or []:
            if m.get("carts") and self.chance(.25):
                cart = self.r.choice(m["carts"])
                order["cart"] = cart["id"]
                cart["updated_at"] = order["paid_at"]
            for end in ("refunded_at", "cancelled_at"):
                if end in order and self.chance(.3):
                    order[end] = order["paid_at"]

    @staticmethod
    def void(m):
        """Orders given back at no instant that anybody knows."""
        return [o["id"] for o in m.get("orders") or [] if "status" in o and o["status"] + "_at" not in o]

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
        if self.chance(.4):
            row["store_id"] = r.choice(["s1", "s2"])
        return row

    def event(self, ident, i, m):
        r = self.r
        name = r.choice(["store.visited", "product.viewed", "product.viewed", "product.viewed", "cart.updated", "cart.emptied", "order.paid",
                         "order.refunded", "coupon.used", "coupon.used", "points.spent", "message.sent", "custom.thing", "complaint.opened"])
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
                "complaint.opened": {"amount": r.choice([899, "899", "¥899", "899.00", 50, "1,299", "未知", "0899"])},
                "cart.emptied": {"cart": cart},
                "order.paid": {"order": r.choice([f"n{ident}{i}"] + self.void(m)), "total": r.choice([50, "50", "899"])},
                "order.refunded": {"order": order}, "points.spent": {"points": -20}, "coupon.used": {"coupon": coupon},
                "message.sent": {"rule": r.choice(self.ids), "occasion": r.choice([f"x{i}", f"message:{r.choice(self.ids)}:x{i}", f"message:{r.choice(self.ids)}:message:{r.choice(self.ids)}:x"]), "purpose": r.choice(["marketing", "service"]), "channel": "sms"}}.get(name)
        if data:
            row["data"] = data
        return row
