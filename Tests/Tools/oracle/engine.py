"""The clock loop: apply, cancel and supersede, decide, round by round."""
import heapq
from datetime import timedelta
from decimal import Decimal

from . import chance, clock as T, conditions as C, triggers as G
from .decisions import Decision, line
from .fields import Scope, category_of

ACTING = ("sent", "task_created", "done", "held_out")


class Engine:
    """One run over a window."""

    def __init__(self, rules, world, at, until, only=None):
        self.rules, self.world, self.at, self.until = rules, world, at, until
        chosen = [G.Rule(r) for r in rules.rules.values() if (r["id"] in only and r["status"] != "retired" if only
                                                               else r["status"] == "live")]
        self.live = sorted(chosen, key=lambda r: r.id.encode())
        self.members = [world.members[k] for k in sorted(world.members, key=str.encode)]
        self.waits, self.decided, self.lines, self.picks = {}, set(), [], {}
        self.produced, self.fresh_coupons, self.planned = [], [], {}

    # ---- the loop
    def run(self):
        rows = sorted(((e.at, i, m, e) for m in self.members for i, e in enumerate(m.static) if e.at is not None),
                      key=lambda r: (r[0], r[1]))
        for member in self.members:
            for event in member.static:
                if event.at is None:
                    member.log.append(event)
        position = 0
        while position < len(rows) and rows[position][0] < self.at:
            group, position = self._group(rows, position)
            self._apply(group, group[0][0], silent=True)
        self._plan()
        now = self.at
        while now is not None and now < self.until:
            group = []
            while position < len(rows) and rows[position][0] == now:
                group.append(rows[position])
                position += 1
            self._instant(group, now)
            upcoming = [w.release or w.due for w in self.waits.values() if (w.release or w.due) > now]
            upcoming += [d for d in self.planned if d > now]
            if position < len(rows):
                upcoming.append(rows[position][0])
            now = min(upcoming, default=None)
        return sorted(self.lines, key=lambda l: (l[0], l[1]["rule"].encode(), l[1]["member"].encode(),
                                                 l[1]["occasion"].encode(), l[2]))

    def _group(self, rows, position):
        end = position
        while end < len(rows) and rows[end][0] == rows[position][0]:
            end += 1
        return rows[position:end], end

    def _emit(self, now, entry, silent=False):
        if not silent:
            self.lines.append((now, entry, len(self.lines)))

    def _plan(self):
        """Everything that constants and rows already known or to come make due on a date."""
        first = T.local_date(self.at, "UTC") - timedelta(days=2)
        last = T.local_date(self.until, "UTC") + timedelta(days=2)
        for rule in self.live:
            for member in self.members:
                if member.closed:
                    continue
                last_padded = last + rule.before
                for wait in G.calendar_waits(rule, member, first, last_padded, self.rules.settings):
                    if self.at <= wait.due < self.until:
                        self.waits[wait.key] = wait
                for ident, coupon in member.coupons.items():
                    self._plan_expiry(rule, member, coupon["expires"], "coupon_expires", ident)
                for batch in member.points:
                    self._plan_expiry(rule, member, batch["expires"], "points_expire", None)

    def _plan_expiry(self, rule, member, expires, trigger, ident):
        if rule.trigger != trigger or expires is None:
            return
        anchor = G.expiry_date(expires, member.zone)
        due = T.resolve(anchor - rule.before, rule.at, member.zone)
        if self.at <= due < self.until:
            self.planned.setdefault(due, set()).add((rule.id, member.id, anchor, ident if not rule.given.get("combine") else None))

    def _instant(self, group, now):
        self._apply(group, now)
        if now == self.at:
            self._existing()
        while True:
            due = [w for w in self.waits.values() if (w.release or w.due) == now and (w.release or w.due) < self.until]
            due += self._due_expiries(now)
            if not due:
                break
            due.sort(key=lambda w: (-w.rule.priority, w.rule.id.encode(), w.member.id.encode(), w.occasion.encode()))
            self.fresh_coupons, self.produced = [], []
            for wait in due:
                self._decide(wait, now)
            for rule in self.live:
                for member, ident in self.fresh_coupons:
                    if ident in member.coupons and member.coupons[ident]["rule"] != rule.id:
                        self._plan_expiry(rule, member, member.coupons[ident]["expires"], "coupon_expires", ident)

                for member, event in self.produced:
                    if event.name == "points.earned":
                        for batch in member.points:
                            self._plan_expiry(rule, member, batch["expires"], "points_expire", None)
            fresh = [(now, 0, m, e) for m, e in self.produced]
            self._apply(fresh, now, applied=True)

    def _decide(self, wait, now):
        if wait.key in self.decided:
            self.waits.pop(wait.key, None)
            return
        entry = Decision(self, wait, now).run()
        if entry["outcome"] == "held":
            self.waits[wait.key] = wait
            self._emit(now, entry)
            return
        self.waits.pop(wait.key, None)
        self.decided.add(wait.key)
        if entry["outcome"] in ACTING:
            wait.member.acts.append((now, wait.rule.id))
        if entry["outcome"] != "not_due":
            self._emit(now, entry)

    # ---- events
    def _apply(self, group, now, silent=False, applied=False):
        for _, _, member, event in group:
            if not applied:
                member.apply(event)
        for key, wait in list(self.waits.items()):
            cancelled = self._cancelled(wait, now, [e for _, _, m, e in group if m is wait.member])
            if cancelled:
                del self.waits[key]
                self.decided.add(key)
                self._emit(now, line(wait, now, "cancelled", cancelled), silent)
        for _, _, member, event in group:
            if member.closed:
                continue
            for rule in self.live:
                self._start(rule, member, event, now, silent)
        if silent:
            for key, wait in list(self.waits.items()):
                if wait.due <= now and wait.due < self.at and wait.rule.trigger != "inactive":
                    del self.waits[key]

    def _cancelled(self, wait, now, events):
        found = None
        if wait.start is not None:
            for name in wait.rule.unless:
                for event in events:
                    if event.name == name and wait.start < event.at and self._same(wait, event):
                        return {"unless": name}
        if wait.rule.trigger == "cart_idle" and wait.family:
            state, _, _ = wait.member.cart(wait.family[1], now)
            for event in events:
                ordered = event.name == "order.paid" and event.row and event.row["cart"] == wait.family[1]
                if event.name == "(cart ordered)" and event.own["cart"] == wait.family[1] and state != "open":
                    return {"anchor": "order.paid"}
                if (ordered or (event.name == "cart.emptied" and event.own.get("cart") == wait.family[1])) and state != "open":
                    return {"anchor": event.name}
        if wait.rule.trigger == "coupon_expires" and wait.release is not None:
            used = [e for e in events if e.name == "coupon.used" and e.own.get("coupon") in wait.coupons]
            if used and not any(wait.member.coupon_unused(wait.member.coupons[c], now) for c in wait.coupons):
                return {"anchor": "coupon.used"}
        return found

    def _same(self, wait, event):
        """Whether an `unless` event concerns the trigger's own object."""
        own = wait.own.get("ids", {})
        if event.name in ("order.cancelled", "order.refunded"):
            return "order" in own and own["order"] == event.own.get("order")
        if event.name.startswith("cart."):
            return "cart" in own and own["cart"] == event.own.get("cart")
        if event.name == "coupon.used" and "coupon" in own:
            return own["coupon"] == event.own.get("coupon")
        return True

    def _start(self, rule, member, event, now, silent):
        wait = self._wait_for(rule, member, event)
        if wait is None:
            return
        if wait.family:
            for key, old in list(self.waits.items()):
                if old.family == wait.family and old.rule is rule and old.member is member and old.occasion != wait.occasion:
                    del self.waits[key]
                    self.decided.add(key)
                    if old.release is not None:
                        self._emit(now, line(old, now, "cancelled", {"superseded": wait.occasion}), silent)
        if wait.due is None or wait.key in self.waits or wait.key in self.decided:
            return
        if wait.due >= self.at or silent:
            self.waits[wait.key] = wait
            if wait.due < self.at and rule.trigger != "inactive":
                del self.waits[wait.key]
                self.decided.add(wait.key)

    def _wait_for(self, rule, member, event):
        zone, spec = member.zone, rule.spec
        if rule.trigger == "event" and event.name == spec["name"]:
            scope = Scope(self.rules, member, event.at, zone)
            if not C.where_holds(spec.get("where"), event, scope):
                return None
            own = {"ids": event.own, "order": event.row, "event": event}
            return G.Wait(rule, member, G.event_occasion(event), G.event_due(rule, event, zone), event.at, own, name=event.name)
        if rule.trigger == "first_purchase" and event.name == "order.paid" and event.row:
            earlier = [e for e in member.log if e.name == "order.paid" and e.row]
            first = min(earlier, key=lambda e: (e.at, e.row["id"].encode()))
            if first is not event:
                return None
            own = {"ids": event.own, "order": event.row, "event": event}
            return G.Wait(rule, member, "order:" + event.row["id"], G.event_due(rule, event, zone, "days_after"), event.at, own)
        if rule.trigger == "cart_idle" and event.name == "cart.updated" and event.own.get("cart"):
            ident = event.own["cart"]
            return G.Wait(rule, member, f"cart:{ident}@{T.utc(event.at)}", T.add(event.at, spec["for"], zone), event.at,
                          {"ids": {"cart": ident}, "event": event}, family=("cart", ident))
        if rule.trigger == "browsed" and event.name == "product.viewed":
            return self._browse(rule, member, event)
        if rule.trigger == "inactive" and event.name in (spec.get("activity") or ["order.paid"]):
            return G.Wait(rule, member, f"inactive@{T.utc(event.at)}", G.inactive_due(rule, event.at, zone), event.at,
                          {"event": event}, family=("inactive",))
        return None

    def _browse(self, rule, member, event):
        key = rule.spec["of"]
        value = viewed(event, key, self.world)
        if not value:
            return None
        low = T.add(event.at, "7d", member.zone, -1)
        views = sum(e.name == "product.viewed" and viewed(e, key, self.world) == value and low < e.at <= event.at for e in member.log)
        enough = views >= int(rule.spec.get("at_least") or 1)
        due = T.add(event.at, rule.spec["idle_for"], member.zone) if enough else None
        return G.Wait(rule, member, f"browsed:{value}@{T.utc(event.at)}", due, event.at,
                      {"browse": {key: value}, "event": event}, family=("browsed", value))

    # ---- expiries
    def _due_expiries(self, now):
        result = []
        rules = {r.id: r for r in self.live}
        for rule_id, member_id, anchor, ident in self.planned.pop(now, set()):
            rule, member = rules[rule_id], self.world.members[member_id]
            if member.closed:
                continue
            day_end = T.midnight(anchor + timedelta(days=1), member.zone)
            if rule.trigger == "points_expire":
                batch = [p for p in member.points if p["expires"] is not None and G.expiry_date(p["expires"], member.zone) == anchor
                         and p["remaining"] > 0 and (p["at"] is None or p["at"] <= now)]
                if not batch:
                    continue
                own = {"points": {"expiring": sum(p["remaining"] for p in batch), "expires_on": anchor}}
                result.append(G.Wait(rule, member, f"points:{anchor}", now, own=own, anchor=anchor, passes=day_end))
                continue
            coupons = {i: c for i, c in member.coupons.items() if c["expires"] is not None
                       and G.expiry_date(c["expires"], member.zone) == anchor and member.coupon_unused(c, now)
                       and c["rule"] != rule.id and (ident is None or i == ident)}
            if not coupons:
                continue
            name = f"coupons:{anchor}" if ident is None else f"coupon:{ident}"
            passes = day_end if ident is None else coupons[ident]["expires"]
            wait = G.Wait(rule, member, name, now, anchor=anchor, passes=passes)
            wait.coupons = list(coupons)
            if ident is not None:
                wait.own = {"ids": {"coupon": ident}, "held_coupon": coupons[ident]}
            result.append(wait)
        return [w for w in result if w.key not in self.decided and w.key not in self.waits]

    def combined(self, wait, now, scope):
        """Fills the list of a combined occasion; the leaf of the first coupon when none passes."""
        spec, member = wait.rule.given["combine"], wait.member
        order = spec.get("order_by") or {}
        field, lowest = order.get("field", "coupon.face_value"), order.get("direction") != "highest_first"
        passing, leaves = [], []
        for ident in wait.coupons:
            coupon = member.coupons[ident]
            if not member.coupon_unused(coupon, now):
                continue
            inner = Scope(self.rules, member, now, scope.zone, dict(scope.own, coupon=member.coupon_view(coupon, now)))
            held, leaf = C.evaluate(wait.rule.given.get("if"), inner)
            value = inner.value(field)
            (passing if held else leaves).append((value, ident, leaf, member.coupon_view(coupon, now)))
        def rank(entry):
            value = entry[0]
            number = getattr(value, "fen", getattr(value, "us", value))
            return (value is None, 0 if value is None else number if lowest else -number, entry[1].encode())
        if not passing:
            return min(leaves, key=rank)[2]
        passing.sort(key=rank)
        kept = passing[:int(spec["keep"])] if spec.get("keep") else passing
        scope.own[spec["save_as"]] = {"count": Decimal(len(passing)), "first": kept[0][3]}
        return None

    # ---- helpers of decisions
    def scope(self, wait, now):
        own = {k: v for k, v in wait.own.items() if k in ("points", "browse")}
        event = wait.own.get("event")
        own["trigger"] = {"due_at": T.Instant(wait.due), "occasion": wait.occasion, "data": dict(event.columns) if event else {},
                          "date": wait.anchor or T.local_date(wait.due, wait.member.zone), "name": event.name if event else None}
        if "held_coupon" in wait.own:
            own["coupon"] = wait.member.coupon_view(wait.own["held_coupon"], now)
        if wait.own.get("order"):
            order = wait.own["order"]
            status = next((k for k in ("refunded", "cancelled") if order["ends"][k] is not None and order["ends"][k] <= now), "paid")
            categories = [c for c in (category_of(i, self.world) for i in order["items"]) if c]
            own["order"] = dict(order["row"], id=order["id"], status=status, categories=list(dict.fromkeys(categories)) or None)
        if wait.rule.trigger == "cart_idle":
            ident = wait.own["ids"]["cart"]
            state, values, updated = wait.member.cart(ident, now)
            items = [dict(i, name=i.get("name") or (self.world.products.get(i.get("sku")) or {}).get("name"))
                     for i in values.get("items") or []]
            own["cart"] = dict(values, id=ident, state=state, updated_at=T.Instant(updated), items=items)
        return Scope(self.rules, wait.member, now, wait.member.zone, own)

    def audience(self, rule, scope):
        spec = rule.given.get("audience") or {}
        if spec.get("in") and not any(C.in_segment(s, scope) for s in spec["in"]):
            return "in"
        if spec.get("not_in") and any(C.in_segment(s, scope) for s in spec["not_in"]):
            return "not_in"
        return None

    def picked(self, wait, now):
        spec = ((wait.rule.given.get("audience") or {}).get("pick") or {}).get("random")
        if spec is None:
            return True
        key = (wait.rule.id, wait.occasion)
        if key not in self.picks:
            passing = []
            for member in self.members:
                if member.closed:
                    continue
                scope = self.scope(G.dated(wait.rule, member, wait.anchor, wait.occasion), now)
                if C.evaluate(wait.rule.given.get("if"), scope)[0] and not self.audience(wait.rule, scope):
                    passing.append((chance.digest(wait.rule.id, wait.occasion, member.id).hex(), member.id))
            self.picks[key] = {m for _, m in sorted(passing)[:int(spec)]}
        return wait.member.id in self.picks[key]

    def _existing(self):
        """Members beyond the limit before the rule went live; silent history left them in `waits`."""
        for rule in [r for r in self.live if r.trigger == "inactive"]:
            old = [w for w in self.waits.values() if w.rule is rule and w.due < self.at]
            for wait in old:
                del self.waits[wait.key]
            spec = rule.given.get("existing_members", "skip")
            if spec == "skip":
                continue
            passing = []
            for wait in old:
                scope = self.scope(wait, self.at)
                if C.evaluate(rule.given.get("if"), scope)[0] and not self.audience(rule, scope):
                    crossing = T.add(wait.start, rule.spec["for"], wait.member.zone)
                    passing.append((-crossing, wait.member.id.encode(), wait))
            passing.sort(key=lambda p: p[:2])
            for number, (_, _, wait) in enumerate(passing):
                slot = 0 if spec == "all" else number // int(spec["drip"])
                zone = wait.member.zone
                first = self.at if rule.at is None else T.first_local(rule.at, self.at, zone)
                wait.due = first
                if slot:
                    every = spec.get("every") or "1d"
                    count, unit = T.parse_duration(every)
                    wait.due = T.add(first, f"{count * slot}{unit}", zone)
                self.waits[wait.key] = wait


def viewed(event, key, world):
    value = event.columns.get(key)
    if value is None and key == "category":
        value = (world.products.get(event.columns.get("sku")) or {}).get("category")
    return value


def dry_run(folder, fixtures, at, until, only=None):
    """Lines as dictionaries, in order."""
    from .workspace import Rules, World
    rules = Rules(folder)
    world = World(fixtures, rules)
    start = T.parse_instant(at, rules.settings["timezone"])
    end = T.parse_instant(until, rules.settings["timezone"]) if until else start + 86_400_000_000
    return [entry for _, entry, _ in Engine(rules, world, start, end, only).run()]
