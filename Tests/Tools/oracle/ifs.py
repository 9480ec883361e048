"""Random conditions."""
from datetime import timedelta

from .tables import MEMBER_TESTS, OWN_TESTS


class Conditions:
    """The part of the generator that makes `if`."""

    def leaf(self, scopes):
        r = self.r
        pool = list(MEMBER_TESTS)
        for scope in scopes:
            pool += OWN_TESTS.get(scope, []) * 4
        field, values, kind = r.choice(pool)
        if kind == "set" or self.chance(.08):
            return {field: {"is_set": r.choice([True, False])}}
        if kind == "bool":
            return {field: r.choice([True, False])}
        if kind == "date":
            op, day = r.choice(["before", "after", "within_last", "more_than_ago", "within_next"]), self.near()
            return {field: {op: str(day) if op in ("before", "after") else r.choice(["1d", "7d", "2w"])}}
        if kind == "text":
            op = r.choice(["", "", "list", "is", "is_not", "any_of", "none_of", "starts_with", "contains"])
            one, some = r.choice(values), r.sample(values, min(2, len(values)))
            if op in ("starts_with", "contains"):
                return {field: {op: one[:2] or "x"}}
            return {field: one if op == "" else some if op == "list" else {op: some if op.endswith("_of") else one}}
        others = [f for f, _, k in pool if k == kind and kind in ("num", "date", "time") and not f.startswith("trigger.data.")]
        if others and not field.startswith("trigger.data.") and self.chance(.12):
            op = r.choice(["is", "is_not", "at_least", "more_than", "at_most", "less_than"] if kind == "num" else ["before", "after", "is"])
            times = {"times": r.choice([0.5, 2, 1.25, 0.01])} if kind == "num" and self.chance(.6) else {}
            return {field: {op: {"field": r.choice(others), **times}}}
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
        return {field: {op: r.choice(["1d", "7d", "30d", "2w", "1w"] + (["36h"] if op != "within_next" else []))}}

    def of_order(self):
        """Tests on an order and its items."""
        r = self.r
        choices = [{"total": r.choice([{"at_least": 50}, 50, {"is_not": 50}])},
                   {"category": r.choice(["kitchen", ["beans", "skincare"], {"is_not": "kitchen"}, {"is_set": r.choice([True, False])},
                                          {"starts_with": "s"}, {"none_of": ["beans", "kitchen"]}])},
                   {"sku": r.choice(["S1", ["S2", "S4"], {"none_of": ["S1"]}, {"contains": "3"}])},
                   {"store": r.choice(["s1", {"is_not": "s1"}])}]
        return {key: value for one in r.sample(choices, r.choice([1, 1, 2])) for key, value in one.items()}

    def history(self):
        item = {"event": self.r.choice(["order.paid", "store.visited", "product.viewed", "message.sent", "order.refunded", "complaint.opened"]),
                "times": self.r.choice([0, 1, 2, {"at_least": 1}, {"at_most": 1}, {"less_than": 2}])}
        if self.chance(.5):
            item["within_last"] = self.r.choice(["1d", "24h", "7d", "30d", "1w"])
        if self.chance(.5) and item["event"] in ("order.paid", "order.refunded"):
            item["where"] = self.of_order()
        elif self.chance(.2) and item["event"] == "order.paid":
            item["where"] = {"total": {"at_least": 50}}
        if self.chance(.3) and item["event"] == "complaint.opened":
            item["where"] = {"amount": self.amount_test()}
        if self.chance(.3) and item["event"] == "store.visited":
            item["where"] = {"store": "s1"}
        return item

    def amount_test(self):
        return self.r.choice([899, {"at_least": 50}, {"is_not": 899}, [50, 899], {"between": [50, 899]}, "899", {"starts_with": "8"}])

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
