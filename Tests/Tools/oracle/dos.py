"""Random actions, with the templates that they name."""
from .tables import FILLS, OWN_TESTS


class Actions:
    """The part of the generator that makes `do`."""

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
                         "number": "{{ %s }}" % name if path in ("member.lifetime_orders", "coupons.count", "picks.count") else
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
        if self.chance(.1):
            of = r.choice(["member.lifetime_spend", "member.points_balance", "member.average_order_value"] + ["order.total"] * 3 * ("order" in scopes))
            add = r.choice([100, 100, -30, {"of": of, "times": r.choice([1, 0.5, 1.25, 0.01])}, {"of": of}])
            result.append({"adjust_points": {"add": add, "expires_in": "3d"}})
        if self.chance(.2):
            result.insert(0, {"recommend": self.recommend(scopes)})
            scopes = scopes + ["picks"]
        roll = r.random()
        if roll < .7:
            result.append(self.send(scopes, marketing))
        elif roll < .85:
            branches = [{"if": self.condition([s for s in scopes if s in OWN_TESTS]), "do": [self.send(scopes, marketing)]} for _ in range(r.choice([1, 2]))]
            choose = {"choose": branches}
            if self.chance(.5):
                choose["otherwise"] = [self.task() if self.chance(.4) else self.send(scopes, marketing)]
            result.append(choose)
        elif roll < .95 or not result:
            result.append(self.task())
        return result

    def recommend(self, scopes):
        r = self.r
        basis = {"order": "order.categories", "browse": "browse.category"}
        spec = {"strategy": r.choice(["same_category_bestsellers", "category_bestsellers", "pairs_with"]),
                "based_on": next((basis[s] for s in scopes if s in basis and self.chance(.5)), "member.top_category"), "save_as": "picks"}
        if self.chance(.5):
            spec["exclude"] = r.sample(["already_bought", "out_of_stock"], r.choice([1, 2]))
        if self.chance(.6):
            spec["if_empty"] = r.choice(["continue", "stop"])
        if self.chance(.5):
            spec["limit"] = r.choice([1, 2])
        return spec

    def task(self):
        self.templates.append({"id": f"t{len(self.templates)}", "channel": "wecom", "text": "请回访"})
        who = {"assignee": "客服主管"} if self.chance(.3) else {"assign_to": "member.advisor", "or_else": "store_manager"}
        return {"create_task": {**who, "title": self.r.choice(["call", "回访"]),
                                "script": self.templates[-1]["id"], "due_in": "1d"}}
