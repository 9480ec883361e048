"""What an event does to waits: ends them, replaces them, begins them."""
from . import clock as T, conditions as C, triggers as G
from .decisions import line
from .fields import Scope


class Waits:
    """The part of the engine that keeps waits."""

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
        self._end_begun(now, silent)
        if silent:
            for key, wait in list(self.waits.items()):
                if wait.due <= now and wait.due < self.at and wait.rule.trigger != "inactive":
                    del self.waits[key]

    def _end_begun(self, now, silent):
        """In one instant the start comes first: a cart that is touched and bought is closed."""
        for key, wait in list(self.waits.items()):
            if wait.start != now or wait.release is not None:
                continue
            cancelled = self._cancelled(wait, now, [e for e in wait.member.log if e.at == now])
            if cancelled:
                del self.waits[key]
                self.decided.add(key)
                self._emit(now, line(wait, now, "cancelled", cancelled), silent)

    def _cancelled(self, wait, now, events):
        if wait.start is not None:
            for unless in wait.rule.unless:
                name, where = (unless["event"], unless.get("where")) if isinstance(unless, dict) else (unless, None)
                for event in events:
                    later = wait.start < event.at or wait.start == event.at and not wait.rule.starts_from(name)
                    if event.name == name and later and self._same(wait, event) and C.where_holds(
                            where, event, Scope(self.rules, wait.member, now, wait.member.zone)):
                        return {"unless": name}
        if wait.rule.trigger == "cart_idle" and wait.family:
            ident = wait.family[1]
            if wait.member.cart(ident, now)[0] != "open":
                if any(e.name == "order.paid" and e.row and e.row["cart"] == ident or e.name == "(cart ordered)" and e.own["cart"] == ident
                       for e in events):      # of both at one instant the order counts
                    return {"anchor": "order.paid"}
                if any(e.name == "cart.emptied" and e.own.get("cart") == ident for e in events):
                    return {"anchor": "cart.emptied"}
        if wait.rule.trigger == "coupon_expires" and (wait.release is not None or wait.due <= now):
            coupons = self.joined(wait, now)
            used = [e for e in events if e.name == "coupon.used" and e.own.get("coupon") in coupons]
            if used and not any(wait.member.coupon_unused(wait.member.coupons[c], now) for c in coupons):
                return {"anchor": "coupon.used"}
        return None

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
            if self.everything and wait.due > wait.start:
                self._emit(now, line(wait, now, "waiting"), silent)
            if wait.due < self.at and rule.trigger != "inactive":
                del self.waits[wait.key]
                self.decided.add(wait.key)

    def _wait_for(self, rule, member, event):
        zone, spec = member.zone, rule.spec
        if rule.trigger == "event" and event.name == spec["name"]:
            if G.answers(event, rule):
                return None
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
                      {"browse": {k: viewed(event, k, self.world) for k in ("category", "sku")}, "event": event}, family=("browsed", value))


def viewed(event, key, world):
    value = event.columns.get(key)
    if value is None and key == "category":
        value = (world.products.get(event.columns.get("sku")) or {}).get("category")
    return value
