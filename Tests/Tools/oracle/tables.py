"""What generated workspaces are made of."""

ZONES = ["Asia/Shanghai", "America/New_York", "Europe/London", "Pacific/Apia", None, None]
BASES = ["2026-03-04", "2026-03-26", "2026-10-22", "2026-10-29", "2011-12-26", "2028-02-24", "2025-07-20", "2027-02-24",
         "2026-09-20", "2026-12-27", "2026-12-20", "2026-05-08", "2026-02-14", "2026-04-01", "2026-02-10", "2025-08-15"]
TRIGGERS = ["birthday", "anniversary", "cart_idle", "event", "first_purchase", "points_expire", "coupon_expires", "combine",
            "inactive", "existing", "browsed", "festival", "schedule", "pick", "experiment", "follow_up", "date", "date"]
DENSE_TRIGGERS = ["cart_idle", "event", "first_purchase", "browsed", "inactive", "existing", "cart_idle", "combine", "coupon_expires",
                  "follow_up", "experiment"]
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
FIELDS = [{"id": f"member.attr.{name}", "type": kind, "description": name, "can_be_missing": True}
          for name, kind in (("wallet", "money"), ("signed", "instant"), ("allergies", "list"), ("due", "date"),
                             ("vegan", "bool"), ("shoe", "number"), ("note", "text"))]
MEMBER_TESTS += [
    ("member.attr.wallet", [0, 50, 49.99, 200, 1299], "num"), ("member.attr.shoe", [36, 38, 38.5], "num"),
    ("member.attr.note", ["", "abc", "38", "上海"], "text"), ("member.attr.allergies", ["nuts", "milk", "x"], "list"),
    ("member.attr.due", None, "date"), ("member.attr.signed", None, "time"), ("member.attr.vegan", None, "bool"),
    ("member.tier_name", ["金卡", "银卡", "gold"], "text"), ("member.is_birthday", None, "bool"),
    ("member.birthday_month", list(range(1, 13)), "num"), ("member.last_item", ["壶", "豆", "精华"], "text"),
    ("member.birthday", None, "set"), ("member.age", [0, 1, 18, 29, 30, 35, 36], "num")]
OWN_TESTS = {
    "order": [("order.total", [50, 100, 49.99], "num"), ("order.categories", CATEGORIES, "list"), ("order.status", ["paid", "refunded"], "text"),
              ("order.source", ["app", "shop"], "text")],
    "cart": [("cart.total", [50, 49.99], "num"), ("cart.in_stock_items", [1, 2], "num")],
    "coupon": [("coupon.face_value", [10, 5.5, 30], "num"), ("coupon.template", ["C-A", "C-B"], "text"), ("coupon.state", ["unused"], "text")],
    "points": [("points.expiring", [500, 100, 520], "num")], "coupons": [("coupons.count", [1, 2], "num")],
    "picks": [("picks.count", [0, 1, 2], "num"), ("picks.first.category", CATEGORIES, "text"), ("picks.first.price", [10, 99], "num")],
    "trigger": [("trigger.data.store", ["s1", "s2"], "text"), ("trigger.data.template", ["C-A", "t1"], "text"),
                ("trigger.data.purpose", ["marketing"], "text"), ("trigger.data.amount", [899, 50, 49.99], "num")],
    "browse": []}
FILLS = {"member": [("member.display_name", "text"), ("member.tier_name", "text"), ("member.last_item", "text"), ("member.lifetime_spend", "money"), ("member.lifetime_orders", "number"),
                    ("member.last_order_at", "instant"), ("member.average_order_value", "money"), ("member.age", "number")],
         "order": [("order.total", "money"), ("order.id", "text"), ("order.paid_at", "instant")],
         "cart": [("cart.total", "money"), ("cart.in_stock_items", "number"), ("cart.items.first.name", "text")],
         "coupon": [("coupon.face_value", "money"), ("coupon.expires_at", "instant"), ("coupon.code", "text")],
         "coupons": [("coupons.count", "number"), ("coupons.first.face_value", "money")],
         "points": [("points.expiring", "number"), ("points.expires_on", "date")],
         "picks": [("picks.count", "number"), ("picks.first.name", "text"), ("picks.first.price", "money")],
         "browse": [], "gift": [("gift.code", "text"), ("gift.valid_until", "date"), ("gift.face_value", "money")],
         "trigger": [("trigger.due_at", "instant"), ("trigger.occasion", "text"), ("trigger.date", "date")]}
