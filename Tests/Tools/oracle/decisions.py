"""One decision: the path, the gates in order, and acting."""
from datetime import timedelta

from . import calendars, chance, clock as T, conditions as C, recommend, render as R, triggers as G
from .acting import Acting
from .workspace import points

ADDRESS = {"sms": "phone", "wechat": "wechat_openid", "email": "email", "wecom": "wecom_external_userid"}


def line(wait, at, outcome, because=None, **more):
    result = dict.fromkeys(("at", "rule", "member", "occasion", "outcome", "because", "channel", "template", "to", "text",
                            "values", "until", "coupon", "task", "variant", "tried", "segments_billed", "effects"))
    result.update(at=T.rfc3339(at, wait.member.zone), rule=wait.rule.id, member=wait.member.id, occasion=wait.occasion,
                  outcome=outcome, because=because, tried=[], effects=[])
    result.update(more)
    return result


def latest(words, now):
    """The state of the latest word up to now; of a yes and a no of one instant the no. None without any."""
    said = [w for w in words if w[0] is None or w[0] <= now]
    return max(said, key=lambda w: (w[0] is not None, w[0] or 0, w[1] == "withdrawn"))[1] if said else None


def consents(member, channel, marketing, now):
    purpose = "marketing" if marketing else "service"
    own = latest(member.words(channel, purpose), now)
    if not marketing:
        return own != "withdrawn"
    everyone = [w for m in member.sharing(ADDRESS.get(channel)) for w in m.words(channel, purpose)]
    return own == "granted" and latest(everyone, now) == "granted"


def entries(send, member, marketing, now):
    """[(channel, template, address, reason or None)] in the order they are tried."""
    listed = [next(iter(e.items())) for e in send["try"]]
    preferred = member.given.get("preferred_channel")
    listed.sort(key=lambda e: e[0] != preferred)
    for channel, spec in listed:
        kind = ADDRESS.get(channel)
        address = member.address(kind) if kind == "phone" else member.given.get(kind) if kind else None
        reason = None
        if channel in ADDRESS and not address:
            reason = "no_address"
        elif not consents(member, channel, marketing, now):
            reason = "no_consent"
        yield channel, spec["template"], address, reason


class Decision(Acting):
    """Runs the gates for one wait at one instant; the result is a line and what it changes."""

    def __init__(self, engine, wait, now):
        self.engine, self.wait, self.now = engine, wait, now
        self.rule, self.member, self.settings = wait.rule, wait.member, engine.rules.settings
        self.zone = wait.member.zone
        self.scope = engine.scope(wait, now)
        self.variant = None
        self.log_only = []

    # ---- path
    def path(self):
        given = self.rule.given
        if "experiment" in given:
            experiment = given["experiment"]
            forced = (self.member.given.get("experiment") or {}).get(experiment["key"])
            shares = [(n, points(v["share"])) for n, v in experiment["variants"].items()]
            drawn = chance.variant(experiment["key"], self.member.id, shares)
            self.variant = forced if forced in experiment["variants"] else drawn
            actions = experiment["variants"][self.variant]["do"]
        else:
            actions = given["do"]
        return self._flatten(actions)

    def _flatten(self, actions):
        """None when no branch of a choose holds; a recommendation before a choose is read for its conditions."""
        result = []
        for action in actions:
            name, spec = next((n, s) for n, s in action.items() if n != "otherwise")
            if name != "choose":
                if name == "recommend":
                    self.scope.own[spec["save_as"]] = recommend.picks(self.engine, self.member, spec, self.scope, self.now)
                result.append((name, spec))
                continue
            chosen = next((b["do"] for b in spec if C.evaluate(b["if"], self.scope)[0]), action.get("otherwise"))
            inner = None if chosen is None else self._flatten(chosen)
            if inner is None:
                return None
            result += inner
        return result

    # ---- gates
    def run(self):
        path = self.path_or_none()
        for gate in (self._passed, self._conditions, self._personal, self._reachable, self._quiet, self._limits, self._held_out):
            found = gate(path)
            if found:
                return found
        return self._act(path)

    def path_or_none(self):
        path = self.path()
        self.send = next((s for n, s in path or [] if n == "send"), None)
        return path

    def _line(self, outcome, because=None, **more):
        return line(self.wait, self.now, outcome, because, **more)

    def _passed(self, path):
        if self._is_silent() and not self._qualifies():
            return self._line("not_due")
        if self.wait.passes is not None and self.now >= self.wait.passes:
            return self._line("missed", {"passed": str(self.wait.anchor)})
        ready = self.wait.release or self.wait.due
        allowed = self._patience(path)
        if allowed != "forever" and self.now > T.add(ready, allowed, self.zone):
            hours, minutes = divmod((self.now - ready) // 60_000_000, 60)
            late = f"{minutes}m" if hours == 0 else f"{hours}h" if minutes == 0 else f"{hours}h{minutes}m"
            return self._line("missed", {"late": late})

    def _is_silent(self):
        """A festival or schedule: whoever it is not about has missed nothing, unless he was held."""
        return self.rule.trigger in ("festival", "schedule") and self.wait.release is None

    def _qualifies(self):
        return (C.evaluate(self.rule.given.get("if"), self.scope)[0] and not self.engine.audience(self.rule, self.scope)
                and self.engine.picked(self.wait))

    def _patience(self, path):
        """The rule's own `if_late`, else that of the family: a path without a message is a task."""
        own = self.rule.given.get("if_late")
        if own:
            return own["send_within"]
        if self.rule.given.get("combine"):
            self.engine.combined(self.wait, self.now, self.scope)
            path = self.path()
        sends = any(name == "send" for name, _ in path or [])
        family = "task" if not sends else "date" if self.rule.trigger in G.DATE_TRIGGERS else "delay"
        return self.settings["if_late"][family]

    def _conditions(self, path):
        wait = self.wait
        quiet_fail = self._is_silent()
        if self.rule.given.get("combine"):
            leaf = self.engine.combined(wait, self.now, self.scope)
            held = leaf is None
        else:
            held, leaf = C.evaluate(self.rule.given.get("if"), self.scope)
        if not held:
            if quiet_fail:
                return self._line("not_due")
            actual = "missing" if leaf.actual is None else R.as_json(leaf.actual, self.zone)
            return self._line("skipped", {"history": leaf.name, "actual": actual} if leaf.history
                              else {"condition": leaf.name, "actual": actual})
        wrong = self.engine.audience(self.rule, self.scope)
        if wrong:
            return self._line("not_due") if quiet_fail else self._line("skipped", {"audience": wrong})
        if self.rule.trigger in ("festival", "schedule") and not self.engine.picked(wait):
            return self._line("not_due")
        if path is None or self.rule.given.get("combine"):
            path = self.path_or_none()
            self.repath = path
            if path is None:
                return self._line("skipped", {"choose": "none"})

    def _personal(self, _):
        if self.rule.marketing and self.member.given.get("personalisation") == "none":
            return self._line("suppressed", {"personalisation": "none"})

    def _reachable(self, path):
        if self.send is None:
            return
        tried = []
        for channel, template, address, reason in entries(self.send, self.member, self.rule.marketing, self.now):
            if reason is None:
                self.target, self.tried = (channel, template, address), tried
                break
            tried.append({channel: reason})
        else:
            return self._line("suppressed", {"unreachable": next(iter(tried[-1].values()))}, tried=tried)
        if self.rule.marketing and self.member.given.get("personalisation") == "generic":
            values = {n: "x" if not p.startswith(("member.", "picks.")) else None for n, p in (self.send.get("fill") or {}).items()}
            template = self.engine.rules.templates[self.target[1]]
            try:
                R.render({"text": template["text"]}, values, self.zone)
            except R.MissingValue:
                return self._line("suppressed", {"personalisation": "generic"})

    def _quiet(self, _):
        quiet = self.settings["quiet_hours"]
        purpose = "marketing" if self.rule.marketing else "service"
        if self.send is None or not quiet or purpose not in (quiet.get("applies_to") or ["marketing"]):
            return
        start, end = T.parse_clock(quiet["from"]), T.parse_clock(quiet["to"])

        def whole(now):
            return calendars.WEEKDAYS[T.local_date(now, self.zone).weekday()] in (quiet.get("days") or [])

        def inside(now):
            clock = T.local(now, self.zone).time().replace(fold=0)
            return whole(now) or (start <= clock < end if start <= end else clock >= start or clock < end)

        def over(now):
            if whole(now):
                return T.midnight(T.local_date(now, self.zone) + timedelta(days=1), self.zone)
            return T.next_local(end, now, self.zone)
        if inside(self.now):
            self.wait.release = over(self.now)
            while inside(self.wait.release):
                self.wait.release = over(self.wait.release)
            return self._line("held", {"quiet_hours": True}, until=T.rfc3339(self.wait.release, self.zone))

    def _counted(self, moments, duration):
        count, unit = T.parse_duration(duration)
        if unit in "mh":
            low = T.add(self.now, duration, self.zone, -1)
            return sum(low < m <= self.now for m in moments)
        first = T.local_date(self.now, self.zone) - timedelta(days=T.days_of(duration) - 1)
        return sum(m <= self.now and T.local_date(m, self.zone) >= first for m in moments)

    def _limits(self, _):
        limits, member = self.rule.given.get("limits") or {}, self.member
        own = [at for at, rule in member.acts if rule == self.rule.id]
        own += [at for at, rule, _, given in member.sent if rule == self.rule.id and given]
        if limits.get("once_per") == "lifetime" and own:
            return self._line("suppressed", {"limit": "once_per"})
        most = limits.get("at_most")
        if most and self._counted(own, most["in"]) >= int(most["times"]):
            return self._line("suppressed", {"limit": "at_most"})
        if self.send is None or not self.rule.marketing:
            return
        sends = [at for at, _, marketing, _ in member.sent if marketing]
        channel = self.target[0]
        for other in member.sharing(ADDRESS.get(channel)):
            if other is not member:
                sends += [at for at, through in other.reached if through == channel]
        for cap in self.settings["frequency_cap"]:
            if cap.get("segment") and not C.in_segment(cap["segment"], self.scope):
                continue
            if self._counted(sends, cap["in"]) >= int(cap["times"]):
                return self._line("suppressed", {"cap": f"{cap['times']} in {cap['in']}"})

    def _held_out(self, _):
        if self.rule.marketing and chance.held_out("global", self.member.id, self.settings["global_holdout"]):
            return self._line("held_out", {"holdout": "global"})
        experiment = self.rule.given.get("experiment")
        if not experiment:
            return
        forced = (self.member.given.get("experiment") or {}).get(experiment["key"])
        share = points(experiment.get("holdout") or "0%")
        if forced == "holdout" or (forced is None and chance.held_out(experiment["key"], self.member.id, share)):
            return self._line("held_out", {"holdout": experiment["key"]})
