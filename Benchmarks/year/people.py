"""Invents members and two years of what they did: the year before the simulated one, and that year itself.

people.py fixtures FOLDER --members N [--seed S] [--activity A]     fixture files of 25 members each
people.py import FOLDER --members N [--seed S] [--activity A]       one NDJSON file for each KIND of `nudged import`

The same number, seed and activity give the same people, whatever the form. Activity 1 is about fifty rows a member.
"""
import argparse
import collections
import datetime
import json
import math
import os
import random

BEGIN = datetime.datetime(2025, 1, 1)
DAYS = 730
CATALOGUE = [("SOCKS", "纯棉短袜", "apparel", 29), ("BEANS", "咖啡豆 250g", "food", 45), ("TOWEL", "长绒毛巾", "home", 59),
             ("TEA", "明前龙井 50g", "food", 78), ("LIPSTICK", "丝绒口红", "makeup", 99), ("CREAM", "保湿面霜", "skincare", 128),
             ("SHIRT", "亚麻衬衫", "apparel", 169), ("BOTTLE", "保温杯", "home", 199), ("KETTLE", "手冲壶", "kitchen", 268),
             ("SNEAKER", "轻量跑鞋", "shoes", 329), ("SERUM", "修护精华", "skincare", 420), ("BAG", "通勤手袋", "bags", 599),
             ("COAT", "羊毛大衣", "apparel", 899), ("WATCH", "石英腕表", "accessories", 1480), ("ESPRESSO", "意式咖啡机", "kitchen", 2680)]
STORES = [(f"S{n}", name) for n, name in enumerate(["南京路店", "人民广场店", "湖滨店", "新街口店", "江汉路店"], 1)]


def text(instant):
    return instant.strftime("%Y-%m-%d %H:%M:%S")


def pick(chance, choices):
    return next((value for share, value in choices if (chance := chance - share) < 0), None)


class Person:
    """Everything of one member: `row` for the member, the others by kind; all without the member's id."""

    def __init__(self, number, seed, activity):
        self.activity = activity
        self.random = random.Random(seed * 1_000_003 + number)
        self.number, self.id = number, f"M{number:06d}"
        self.rows = collections.defaultdict(list)
        self.row = self.describe()
        self.consent = {channel: "granted" for channel, share in
                        [("sms", .78), ("wechat", .55), ("email", .35), ("push", .4)] if self.happens(share)}
        self.live()

    def happens(self, share):
        return self.random.random() < share

    def describe(self):
        r = self.random
        row = {"display_name": r.choice("李王张刘陈杨黄赵吴周") + r.choice(["女士", "先生"])}
        tier = pick(r.random(), [(.01, "platinum"), (.04, "gold"), (.15, "silver")])
        if tier:
            row["tier"] = tier
        if self.happens(.6):
            birth = datetime.date(1960, 1, 1) + datetime.timedelta(days=r.randrange(16000))
            row["birthday"] = birth.isoformat()
            if self.happens(.12) and birth.day < 30:
                row["birthday_calendar"] = "lunar"
        row["registered_at"] = text(BEGIN - datetime.timedelta(days=r.randrange(1, 700), seconds=r.randrange(86400)))
        if self.happens(.97):
            row["phone"] = f"138{self.number:08d}"
        if self.happens(.7):
            row["wechat_openid"] = f"oYear{self.number:08d}"
        if tier in ("gold", "platinum"):
            row["advisor"] = f"staff_{self.number % 12 + 1:02d}"
        row["store_id"] = r.choice(STORES)[0]
        if self.happens(.1):
            row["tags"] = ["mooncake"]
        return row

    def moment(self, days):
        """A shopping hour of one of the first `days` days."""
        hour = self.random.choice([10, 11, 12, 12, 13, 15, 17, 18, 19, 19, 20, 20, 21, 22])
        return BEGIN + datetime.timedelta(days=self.random.randrange(days), hours=hour, seconds=self.random.randrange(3600))

    def count(self, mean):
        mean *= self.activity
        limit, n, product = math.exp(-mean), 0, self.random.random()
        while product > limit:
            n, product = n + 1, product * self.random.random()
        return n

    def live(self):
        r = self.random
        days = DAYS if self.happens(.65) else r.randrange(60, DAYS)         # a third drift away
        habit = r.gammavariate(.8, 1 / .8)
        for moment in sorted(self.moment(days) for _ in range(self.count(10 * habit * days / DAYS))):
            self.order(moment)
        for n in range(self.count(1.5 * days / DAYS)):
            self.cart(f"C{self.number}-{n}", self.moment(days))
        for _ in range(self.count(2 * days / DAYS)):
            self.browse(self.moment(days), r.choice(CATALOGUE))
        for _ in range(self.count(1 * days / DAYS)):
            self.rows["events"].append({"name": "store.visited", "at": text(self.moment(days))})
        for n in range(self.count(3)):
            expiry = (BEGIN + datetime.timedelta(days=r.randrange(DAYS))).date()
            issued = datetime.datetime.combine(expiry - datetime.timedelta(days=45), datetime.time(9))
            template, value = r.choice([("SPRING-50OFF", 50), ("SMALL-5OFF", 5)])
            self.rows["coupons"].append({"id": f"K{self.number}-{n}", "template": template, "face_value": value,
                                         "issued_at": text(issued), "expires_at": expiry.isoformat(),
                                         "state": "used" if self.happens(.2) else "unused"})

    def basket(self):
        return [{"sku": sku, "name": name, "category": category, "quantity": 1, "price": price}
                for sku, name, category, price in self.random.sample(CATALOGUE, self.random.choice([1, 1, 2, 3]))]

    def order(self, moment, items=None, cart=None):
        items = items or self.basket()
        row = {"id": f"O{self.number}-{len(self.rows['orders'])}", "paid_at": text(moment),
               "total": sum(item["price"] for item in items), "items": items}
        if cart:
            row["cart"] = cart
        elif self.happens(.03):
            row.update(status="cancelled", cancelled_at=text(moment + datetime.timedelta(minutes=self.random.randrange(5, 90))))
        elif self.happens(.02):
            row.update(status="refunded", refunded_at=text(moment + datetime.timedelta(days=self.random.randrange(1, 7))))
        self.rows["orders"].append(row)
        expiry = (moment + datetime.timedelta(days=365)).date()
        self.rows["points"].append({"id": "P" + row["id"], "points": row["total"], "earned_at": text(moment),
                                    "remaining": 0 if self.happens(.45) else row["total"], "expires_at": expiry.isoformat()})

    def cart(self, id, moment):
        items = self.basket()
        row = {"id": id, "total": sum(item["price"] for item in items), "in_stock_items": len(items), "items": items}
        self.rows["carts"].append({**row, "updated_at": text(moment), "state": "open"})
        if self.happens(.3):
            self.order(moment + datetime.timedelta(minutes=self.random.randrange(5, 900)), items, id)

    def browse(self, moment, product):
        for _ in range(self.random.randrange(1, 6)):
            moment += datetime.timedelta(minutes=self.random.randrange(1, 40))
            self.rows["events"].append({"name": "product.viewed", "at": text(moment),
                                        "data": {"sku": product[0], "category": product[2]}})

    def fixture(self):
        return {**self.row, "consent": self.consent, **self.rows}


def write_fixtures(folder, people):
    def line(id, value):
        return f"  {id}: {json.dumps(value, ensure_ascii=False)}\n"
    for first in range(0, len(people), 25):
        with open(os.path.join(folder, f"members-{first:06d}.yaml"), "w") as file:
            file.write("version: 1\ntimezone: Asia/Shanghai\n")
            if first == 0:
                file.write("stores:\n" + "".join(line(id, {"name": name, "manager": "mgr"}) for id, name in STORES))
                file.write("products:\n" + "".join(
                    line(sku, {"name": name, "category": category, "price": price, "in_stock": True})
                    for sku, name, category, price in CATALOGUE))
            file.write("members:\n" + "".join(line(person.id, person.fixture()) for person in people[first:first + 25]))


def write_import(folder, people):
    kinds = ["members", "orders", "carts", "points", "coupons", "events", "consents"]
    files = {kind: open(os.path.join(folder, kind + ".ndjson"), "w") for kind in ["stores", "products"] + kinds}

    def put(kind, row):
        files[kind].write(json.dumps(row, ensure_ascii=False) + "\n")
    for id, name in STORES:
        put("stores", {"id": id, "name": name, "manager": "mgr"})
    for sku, name, category, price in CATALOGUE:
        put("products", {"sku": sku, "name": name, "category": category, "price": price, "in_stock": True})
    for person in people:
        put("members", {"id": person.id, **person.row})
        for channel, state in person.consent.items():
            put("consents", {"member_id": person.id, "channel": channel, "state": state})
        for kind, rows in person.rows.items():
            for row in rows:
                put(kind, {"member_id": person.id, **row})
    for file in files.values():
        file.close()


arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("form", choices=["fixtures", "import"])
arguments.add_argument("folder")
arguments.add_argument("--members", type=int, required=True)
arguments.add_argument("--seed", type=int, default=42)
arguments.add_argument("--activity", type=float, default=1)
options = arguments.parse_args()
os.makedirs(options.folder, exist_ok=True)
everyone = [Person(number, options.seed, options.activity) for number in range(1, options.members + 1)]
(write_fixtures if options.form == "fixtures" else write_import)(options.folder, everyone)
