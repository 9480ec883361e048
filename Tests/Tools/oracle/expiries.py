"""Points and coupons that run out."""
from datetime import timedelta
from decimal import Decimal

from . import clock as T, conditions as C, triggers as G
from .decisions import line
from .fields import Scope


class Expiries:
    """The part of the engine that plans expiry dates and finds what is due on them."""

    def _plan_expiry(self, rule, member, expires, trigger, ident):
        if rule.trigger != trigger or expires is None:
            return
        anchor = G.expiry_date(expires, member.zone)
        due = T.resolve(anchor - rule.before, rule.at, member.zone)
        if self.at <= due < self.until:
            self.planned.setdefault(due, set()).add((rule.id, member.id, anchor, ident if not rule.given.get("combine") else None))

    def _due_expiries(self, now):
        result = []
        rules = {r.id: r for r in self.live}
        for rule_id, member_id, anchor, ident in self.planned.pop(now, set()):
            rule, member = rules[rule_id], self.world.members[member_id]
            if member.closed:
                continue
            day_end = T.midnight(anchor + timedelta(days=1), member.zone)
            if rule.trigger == "points_expire":
                rows = [p for p in member.points if p["expires"] is not None and G.expiry_date(p["expires"], member.zone) == anchor
                        and (p["at"] is None or p["at"] <= now)]
                batch = [p for p in rows if p["remaining"] > 0]
                if not batch:
                    self._spent_meanwhile(rule, member, rows, anchor, now)
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

    def _spent_meanwhile(self, rule, member, rows, anchor, now):
        """A batch of which nothing is left now, and whose points were spent before somebody looked: cancelled at the last
        spending."""
        rows = [p for p in rows if Decimal(str(p["row"].get("points", 0))) > 0]
        spent = [e.at for e in member.static if e.name == "points.spent" and now < e.at <= self.outage[1]] if self._is_down(now) else []
        wait = G.Wait(rule, member, f"points:{anchor}", now, anchor=anchor)
        if rows and spent and wait.key not in self.decided:
            self.decided.add(wait.key)
            self._emit(max(spent), line(wait, max(spent), "cancelled", {"anchor": "points.spent"}))

    def combined(self, wait, now, scope):
        """Fills the list of a combined occasion; the leaf of the first coupon when none passes."""
        spec, member = wait.rule.given["combine"], wait.member
        order = spec.get("order_by") or {}
        field, lowest = order.get("field", "coupon.face_value"), order.get("direction") != "highest_first"
        passing, leaves = [], []
        for ident in self.joined(wait, now):
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
        scope.own[spec["save_as"]] = {"count": Decimal(len(passing)), "first": None}
        if not passing:
            return min(leaves, key=rank)[2]
        passing.sort(key=rank)
        kept = passing[:int(spec["keep"])] if spec.get("keep") else passing
        scope.own[spec["save_as"]] = {"count": Decimal(len(passing)), "first": kept[0][3]}
        return None

    def joined(self, wait, now):
        """The coupons a reminder is about; those that appeared while a combined one was held join it."""
        if not wait.rule.given.get("combine") or wait.release is None:
            return wait.coupons
        member = wait.member
        return [i for i, c in member.coupons.items() if c["expires"] is not None and c["rule"] != wait.rule.id
                and G.expiry_date(c["expires"], member.zone) == wait.anchor and (c["at"] is None or c["at"] <= now)]
