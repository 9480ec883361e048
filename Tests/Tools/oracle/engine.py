"""The clock loop: apply, cancel and supersede, decide, round by round."""
from datetime import timedelta

from . import clock as T, conditions as C, triggers as G
from .decisions import Decision
from .expiries import Expiries
from .views import Views
from .waits import Waits

ACTING = ("sent", "task_created", "done", "held_out")


class Engine(Waits, Expiries, Views):
    """One run over a window."""

    def __init__(self, rules, world, at, until, only=None, everything=False, outage=None):
        """`outage` is (from, until): nothing is decided before `until`, then everything that became due meanwhile."""
        self.rules, self.world, self.at, self.until, self.everything = rules, world, at, until, everything
        self.outage = outage or (None, None)
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
            upcoming += [d for d in self.planned if d > now] + [t for t in self.outage[1:] if t and t > now]
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

    def _instant(self, group, now):
        self._apply(group, now)
        if now == self.at:
            self._existing()
        if self._is_down(now):
            for wait in self._due_expiries(now):
                self.waits[wait.key] = wait
            return
        while True:
            low = self.outage[0] if now == self.outage[1] else now
            due = [w for w in self.waits.values() if low <= (w.release or w.due) <= now and (w.release or w.due) < self.until]
            due += self._due_expiries(now)
            if not due:
                break
            due.sort(key=lambda w: (w.release or w.due, -w.rule.priority, w.rule.id.encode(), w.member.id.encode(), w.occasion.encode()))
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

    def _is_down(self, now):
        return self.outage[0] is not None and self.outage[0] <= now < self.outage[1]

    def _decide(self, wait, now):
        if wait.key in self.decided:
            self.waits.pop(wait.key, None)
            return
        self.draw(wait, now)
        entry = Decision(self, wait, now).run()
        if entry["outcome"] == "held":
            self.waits[wait.key] = wait
            self._emit(now, entry)
            return
        self.waits.pop(wait.key, None)
        self.decided.add(wait.key)
        if entry["outcome"] in ACTING:
            wait.member.acts.append((now, wait.rule.id))
        if entry["outcome"] != "not_due" or self.everything:
            self._emit(now, entry)

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


def dry_run(folder, fixtures, at, until, only=None, everything=False, outage=None):
    """Lines as dictionaries, in order; `outage` is (from, minutes)."""
    from .workspace import Rules, World
    rules = Rules(folder)
    world = World(fixtures, rules)
    start = T.parse_instant(at, rules.settings["timezone"])
    end = T.parse_instant(until, rules.settings["timezone"]) if until else start + 86_400_000_000
    down = None
    if outage:
        began = T.parse_instant(outage[0], rules.settings["timezone"])
        down = began, began + outage[1] * 60_000_000
    return [entry for _, entry, _ in Engine(rules, world, start, end, only, everything, down).run()]
