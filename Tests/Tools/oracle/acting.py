"""What a decision that passed every gate does, all of it or nothing."""
import copy
import hashlib
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal

from . import clock as T, recommend, render as R
from .fields import Money
from .workspace import Event


class Acting:
    """The actions of a path, in order."""

    def _act(self, path):
        path = getattr(self, "repath", None) or path
        member, saved = self.member, (copy.copy(self.member.tags), dict(self.member.coupons), list(self.member.points))
        produced, result, coupon, task, sent, given, effects = [], {}, None, None, None, 0, []
        for name, spec in path:
            if name == "give_coupon":
                given += 1
                template = self.engine.rules.coupons[spec["template"]]
                if template.get("codes") == "pool":
                    return self._undo(saved, "failed", {"coupon_stock": spec["template"]})
                code = self._give(spec, template, given, produced)
                effects.append({"coupon": spec["template"], "code": code})
                coupon = coupon or spec["template"]
            elif name == "recommend":
                found = recommend.picks(self.engine, member, spec, self.scope, self.now)
                if not found and spec.get("if_empty", "stop") == "stop":
                    return self._undo(saved, "skipped", {"recommend": "empty"})
                self.scope.own[spec["save_as"]] = found
            elif name == "send":
                try:
                    sent = self._send(spec, produced)
                except R.MissingValue as missing:
                    return self._undo(saved, "failed", {"template": str(missing)})
            elif name == "create_task":
                task = task or spec.get("script")
                result["task"] = True
                effects.append({"task": spec["title"]})
            elif name == "add_tag":
                member.tags += [spec] if spec not in member.tags else []
                effects.append({"tag": "+" + spec})
            elif name == "remove_tag":
                member.tags[:] = [t for t in member.tags if t != spec]
                effects.append({"tag": "-" + spec})
            elif name == "adjust_points":
                add = self._points(spec["add"])
                if add == 0:
                    continue
                expires = self._after_days(T.days_of(spec["expires_in"])) if spec.get("expires_in") else None
                member.points.append({"at": self.now, "expires": expires, "remaining": Decimal(add), "row": {}})
                produced.append(Event("points.spent" if add < 0 else "points.earned", self.now, {"points": str(add)}))
                effects.append({"points": add})
        outcome = "sent" if sent else "task_created" if result.get("task") else "done"
        self.engine.produced += [(member, e) for e in produced]
        cause = self.wait.own.get("event")
        for event in produced:
            event.given = False
            event.rules = frozenset([self.rule.id]) | (cause.rules if cause else frozenset())
            member.apply(event)
        return self._line(outcome, coupon=coupon, task=task, variant=self.variant, effects=effects, **(sent or {}))

    def _points(self, add):
        """A number; or so many for each yuan, or each one, rounded down. A missing value is nothing."""
        if not isinstance(add, dict):
            return int(add)
        value = self.scope.value(add["of"])
        if value is None:
            return 0
        amount = Decimal(value.fen) / 100 if isinstance(value, Money) else value
        return int((amount * Decimal(add.get("times") or 1)).to_integral_value(rounding=ROUND_FLOOR))

    def _after_days(self, days):
        """24:00 of the local date that many days on."""
        return T.midnight(T.local_date(self.now, self.zone) + timedelta(days=days + 1), self.zone)

    def _undo(self, saved, outcome, because):
        self.member.tags[:], self.member.coupons, self.member.points = saved[0], saved[1], saved[2]
        return self._line(outcome, because)

    def _give(self, spec, template, index, produced):
        ident = f"{self.rule.id}/{self.member.id}/{self.wait.occasion}/{index}"
        until = spec.get("valid_until") or {}
        today = T.local_date(self.now, self.zone)
        if "days_after_send" in until:
            last = today + timedelta(days=int(until["days_after_send"]))
        elif "days_after_occasion" in until:
            anchor = self.wait.anchor or T.local_date(self.wait.due, self.zone)
            last = anchor + timedelta(days=int(until["days_after_occasion"]))
        else:
            last = today + timedelta(days=int(template.get("valid_days") or 0))
        code = hashlib.sha256(ident.encode()).hexdigest()[:10].upper()
        expires = T.midnight(last + timedelta(days=1), self.zone)
        row = {"id": ident, "template": spec["template"], "code": code, "face_value": template.get("face_value"),
               "issued_at": T.Instant(self.now), "expires_at": T.Instant(expires), "state": "unused"}
        self.member.coupons[ident] = {"at": self.now, "expires": expires, "row": row, "state": "unused", "used": None,
                                      "rule": self.rule.id}
        self.engine.fresh_coupons.append((self.member, ident))
        if spec.get("save_as"):
            self.scope.own[spec["save_as"]] = dict(row, valid_until=last)
        produced.append(Event("coupon.given", self.now, {"coupon": ident, "template": spec["template"]}, own={"coupon": ident}))
        return code

    def _send(self, spec, produced):
        channel, template_id, address = self.target
        generic = self.rule.marketing and self.member.given.get("personalisation") == "generic"
        template = self.engine.rules.templates[template_id]
        values = {}
        for name, path in (spec.get("fill") or {}).items():
            values[name] = None if generic and path.startswith(("member.", "picks")) else self.scope.value(path)
        text = R.render(template, values, self.zone)
        purpose = "marketing" if self.rule.marketing else "service"
        produced.append(Event("message.sent", self.now, {"rule": self.rule.id, "occasion": self.wait.occasion,
                                                         "channel": channel, "template": template_id, "purpose": purpose}))
        return {"channel": channel, "template": template_id, "to": R.mask(channel, address), "text": text,
                "values": {n: R.as_json(v, self.zone) for n, v in values.items()}, "tried": self.tried,
                "segments_billed": R.segments(text) if channel == "sms" else None}
