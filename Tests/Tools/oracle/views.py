"""What a decision may look at."""
from . import chance, clock as T, conditions as C, triggers as G
from .fields import Scope, category_of


def data_of(event):
    """The data of an event; of an order also its store."""
    data = dict(event.columns) if event else {}
    store = event.row["row"].get("store_id") if event and event.row else None
    return data if store is None else {"store": store, **data}


class Views:
    """The part of the engine that shows a wait, its audience and its picks."""

    def scope(self, wait, now):
        own = {k: v for k, v in wait.own.items() if k in ("points", "browse")}
        event = wait.own.get("event")
        own["trigger"] = {"due_at": T.Instant(wait.due), "occasion": wait.occasion, "data": data_of(event),
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

    def draw(self, wait, now):
        """Picks at random, when this is the first decision of the occasion in the window."""
        spec = ((wait.rule.given.get("audience") or {}).get("pick") or {}).get("random")
        key = (wait.rule.id, wait.occasion)
        if spec is not None and key not in self.picks:
            passing = []
            for member in self.members:
                if member.closed:
                    continue
                scope = self.scope(G.dated(wait.rule, member, wait.anchor, wait.occasion), now)
                if C.evaluate(wait.rule.given.get("if"), scope)[0] and not self.audience(wait.rule, scope):
                    passing.append((chance.digest(wait.rule.id, wait.occasion, member.id).hex(), member.id))
            self.picks[key] = {m for _, m in sorted(passing)[:int(spec)]}

    def picked(self, wait):
        chosen = self.picks.get((wait.rule.id, wait.occasion))
        return chosen is None or wait.member.id in chosen
