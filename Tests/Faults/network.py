"""Faults of group D: the provider and the way to it."""
import email.utils
import time

from gateway import Answer
from proxy import Proxy, Toxic
from scenarios import scenario
from shop import SETTINGS, ClockShim, expect, phone, until

HOUR = 3600


class Desk:
    """Lets one member after the other meet a reply. Between them others are served, so that the channel stays open."""

    def __init__(self, shop, daemon):
        self.shop, self.daemon, self.member = shop, daemon, 0
        self.answers = {}
        shop.gateway.script = lambda message: self.answers.pop(message.to, Answer)()

    def meet(self, answer):
        """The state and the code of a delivery that met `answer`, or what it returns, and the number of its requests."""
        self.member += 2
        self.answers[phone(self.member)] = answer if callable(answer) else lambda: answer
        self.shop.visit([self.member])
        row = until(lambda: self.shop.sql(
            """SELECT d.state, a.code, a.outcome_at, d.not_before FROM v_deliveries d
               JOIN attempts a ON a.delivery = d.id WHERE d.member = ? AND a.outcome IS NOT NULL""", f"m{self.member}"),
            f"an outcome of member {self.member}", alive=self.daemon)[0]
        self.last = row
        return row[0], row[1], sum(1 for message in self.shop.gateway.messages if message.to == phone(self.member))

    def serve_another(self):
        self.shop.visit([self.member + 1])
        until(lambda: self.shop.one("SELECT COUNT(*) FROM v_deliveries WHERE member = ? AND state = 'accepted'",
                                    f"m{self.member + 1}"), "another member served", alive=self.daemon)


def meet_all(world, cases, expected):
    """Each of the named answers leads to `expected` with one request; then the oracle."""
    shop = world.shop()
    with shop.daemon() as daemon:
        desk = Desk(shop, daemon)
        for name, answer in cases.items():
            state, code, requests = desk.meet(answer)
            expect((state, requests) == (expected, 1), f"{name}: {state} ({code}) after {requests} requests")
            desk.serve_another()
        shop.gateway.release()
    expect_none_repeated(shop)
    world.judge(shop)
    return shop


def expect_none_repeated(shop):
    expect(shop.one("SELECT COUNT(*) FROM attempts WHERE n > 1") == 0, "an unclear attempt was repeated")


@scenario(43, quick=True)
def unreachable(world):
    """Refused, without a name, and without the TLS it was promised: surely not taken, few attempts, sent when it is there."""
    shop = world.shop()
    for url in ("http://gateway.invalid:8080/sendsms", f"https://127.0.0.1:{shop.gateway.port}/sendsms"):
        shop.configure(url=url)
        member = 1 if "invalid" in url else 2
        with shop.daemon() as daemon:
            shop.visit([member])
            until(lambda: tried(shop, member), f"a definite failure of {url}", alive=daemon)
    shop.gateway.close()
    shop.configure()
    with shop.daemon() as daemon:
        shop.visit([3])
        until(lambda: tried(shop, 3), "a definite failure of a closed port", alive=daemon)
        codes = shop.sql("SELECT DISTINCT outcome FROM attempts")
        expect(codes == [("not_sent",)], f"outcomes: {codes}")
        shop.gateway.reopen()
        daemon.until_settled()
    expect(shop.states() == {"accepted": 3}, f"{shop.states()}")
    attempts = shop.one("SELECT MAX(attempts) FROM deliveries")
    expect(attempts <= 8, f"{attempts} attempts")
    world.judge(shop)


def tried(shop, member):
    """Whether an attempt of the member's delivery has ended."""
    return shop.one("""SELECT COUNT(*) FROM attempts a JOIN v_deliveries d ON d.id = a.delivery
                       WHERE d.member = ? AND a.outcome IS NOT NULL""", f"m{member}")


@scenario(44, quick=True)
def silent_after_taking(world):
    """The provider took it and never answers: unknown, not repeated, and delivered once its report comes."""
    shop = world.shop()
    with shop.daemon() as daemon:
        desk = Desk(shop, daemon)
        state, code, requests = desk.meet(Answer(how="hang"))
        expect((state, requests) == ("unknown", 1), f"{state} ({code}) after {requests} requests")
        expect(shop.gateway.messages[0].report(1) == 200, "the report was not thanked for")
        expect(shop.states() == {"delivered": 1}, f"{shop.states()}")
        shop.gateway.release()
    world.judge(shop, thanked=[(shop.gateway.messages[0].reference, 1)])


@scenario(45, quick=True)
def silent_without_taking(world):
    """The provider neither took it nor answers: unknown, and closed after 72 hours without another try."""
    shop = world.shop()
    clock = ClockShim(shop.folder, world.shims)
    with shop.daemon() as daemon:
        desk = Desk(shop, daemon)
        state, code, requests = desk.meet(Answer(how="hang", takes=False))
        expect((state, requests) == ("unknown", 1), f"{state} ({code}) after {requests} requests")
        shop.gateway.release()
    clock.set(73 * HOUR)
    with shop.daemon(shims=[clock]) as daemon:
        until(lambda: shop.states() == {"unknown_closed": 1}, "its closing", alive=daemon)
    expect(len(shop.gateway.messages) == 1, f"{len(shop.gateway.messages)} requests")
    world.judge(shop)


@scenario(44, 45, quick=True)
def resent(world):
    """With resend an unclear try is repeated once, ten minutes later, with its reference; then it is left."""
    shop = world.shop()
    clock = ClockShim(shop.folder, world.shims)
    shop.write("rules/settings.yaml", SETTINGS + "on_unknown: {service: resend}\n")
    shop.gateway.script = lambda message: Answer(how="reset")
    with shop.daemon() as daemon:
        daemon.until_in_force()
        shop.visit([1])
        until(lambda: shop.count("unknown"), "an unclear try", alive=daemon)
    for hours, requests in ((1, 2), (2, 2), (74, 2)):
        clock.set(hours * HOUR)
        with shop.daemon(shims=[clock]) as daemon:
            # The look at unclear tries that a start begins with is over with its first sign of life after READY.
            until(lambda: len(shop.gateway.messages) == requests and shop.count("unknown", "unknown_closed"),
                  f"what is left after {hours} h", alive=daemon)
            beats = daemon.beats
            until(lambda: daemon.beats > beats + 3, "signs of life", alive=daemon)
        expect(len(shop.gateway.messages) == requests, f"{len(shop.gateway.messages)} requests after {hours} h")
    references = {message.reference for message in shop.gateway.messages}
    expect(len(references) == 1, "a repetition has another reference")
    expect(shop.sql("SELECT n, resend FROM attempts ORDER BY n") == [(1, 0), (2, 1)], "the repetition is not marked")
    expect(shop.states() == {"unknown_closed": 1}, f"{shop.states()}")
    code, printed = shop.run("verify")
    expect(code == 0, printed[-500:])


@scenario(46, quick=True)
def cut_off(world):
    """Reset after the headers, after the body, and closed without a word: unknown, one request each."""
    meet_all(world, {
        "reset_unread": Answer(how="reset_unread"), "reset": Answer(how="reset"), "close": Answer(how="close"),
        "reset, not taken": Answer(how="reset", takes=False)}, "unknown")


@scenario(44, 46, quick=True)
def on_the_way(world):
    """Slow and sliced on the way, it is sent; half a request, and a reply that is cut or swallowed, are unknown."""
    ways = {
        "slow and sliced": (Toxic(latency=0.3, slice=7, pause=0.002), Toxic(latency=0.3, slice=3), "accepted", True),
        "the reply cut at its word": (None, Toxic(cut_at=b"Accepted"), "unknown", True),
        "the reply swallowed": (None, Toxic(swallows=True), "unknown", True),
        "half a reply": (None, Toxic(limit=20), "unknown", True),
        "half a request": (Toxic(limit=100), None, "unknown", False),
    }
    for name, (up, down, state, is_taken) in ways.items():
        shop = world.shop()
        proxy = Proxy(shop.gateway.port, up, down)
        shop.configure(url=proxy.url)
        with shop.daemon() as daemon:
            shop.visit([1])
            until(lambda: shop.count("accepted", "unknown", "retry_wait"), f"{name}: an outcome", alive=daemon)
        expect(shop.states() == {state: 1}, f"{name}: {shop.states()}")
        expect(len(shop.gateway.taken) == is_taken, f"{name}: taken {len(shop.gateway.taken)} times")
        expect(proxy.connections == 1, f"{name}: {proxy.connections} connections")
        expect_none_repeated(shop)
        world.judge(shop)


@scenario(47, quick=True)
def redirected(world):
    """A redirect is not followed: one request, unknown."""
    here = {"Location": "/cgi-bin/sendsms"}
    shop = meet_all(world, {str(status): Answer(status, "", dict(here)) for status in (301, 302, 303, 307, 308)}, "unknown")
    expect(all(message.method == "POST" for message in shop.gateway.messages), "a redirect was followed with GET")


@scenario(48, quick=True)
def throttled(world):
    """429 with every kind of Retry-After: surely not taken, the channel rests as long as asked and at most an hour."""
    # A date counts from the answer.
    date = lambda seconds: lambda: email.utils.formatdate(time.time() + seconds, usegmt=True)
    text = lambda value: lambda: value
    cases = {
        "seconds": (text("100"), 100), "date": (date(100), 100), "garbage": (text("soon"), 60),
        "ten years": (text("315360000"), HOUR), "negative": (text("-5"), 60), "a past date": (date(-100), 0),
        "a far date": (date(10 * 365 * 86_400), HOUR),
    }
    for name, (value, wait) in cases.items():
        shop = world.shop()
        with shop.daemon() as daemon:
            desk = Desk(shop, daemon)
            state, code, requests = desk.meet(lambda: Answer.refusing(429, "", Retry_After=value()))
            expect((state, requests) == ("retry_wait", 1) or wait == 0, f"{name}: {state} ({code}), {requests} requests")
            if wait:
                rest = (desk.last[3] - desk.last[2]) / 1e6
                expect(wait - 3 <= rest <= max(wait * 1.5, wait + 61), f"{name}: it waits {rest:.0f} s, not about {wait}")
                # The channel rests, not the message alone.
                shop.visit([5, 6])
                until(lambda: shop.count("pending") == 2, f"{name}: others wait too", alive=daemon)
                beats = daemon.beats
                until(lambda: daemon.beats > beats + 3, f"{name}: signs of life", alive=daemon)
                expect(len(shop.gateway.messages) == 1, f"{name}: {len(shop.gateway.messages)} requests")
            else:
                until(lambda: shop.count("accepted") == 1, f"{name}: another try", alive=daemon)
        world.judge(shop)


@scenario(49, quick=True)
def server_errors(world):
    """500, 502, 504 and others that the table does not name: unknown, though the message was taken or not."""
    cases = {f"{status}{' taken' if takes else ''}": Answer(status, "error", takes=takes)
             for status in (500, 502, 504, 599, 418) for takes in (True, False)}
    meet_all(world, cases, "unknown")


@scenario(50, quick=True)
def odd_replies(world):
    """A reply that no row names, a page, nothing, fifty megabytes, broken lengths and bytes: unknown, never success."""
    cases = {
        "200 with an error": Answer(200, "3: Internal error"), "page": Answer(200, "<html>ok</html>"),
        "empty": Answer(200, ""), "empty 202": Answer(202, ""), "json": Answer(202, '{"status": [true, 1e999]}'),
        "other success": Answer(202, "1: Somehow"), "bytes": Answer(202, bytes(range(256))),
        "large": Answer(202, b"0: Accepted for delivery" + b" " * 50_000_000),
        "short": Answer(202, "0: Acc", {"Content-Length": "24"}, how="reply_and_close"),
    }
    meet_all(world, cases, "unknown")


@scenario(52)
def refused_for_a_while(world):
    """Refused for a while, again and again: a growing pause between the tries, no tight loop, then sent."""
    shop = world.shop()
    answers = iter([Answer.refusing(503, "Temporal failure, try again later.")] * 4)
    shop.gateway.script = lambda message: next(answers, Answer())
    with shop.daemon() as daemon:
        shop.visit([1])
        daemon.until_settled()
    expect(shop.states() == {"accepted": 1} and len(shop.gateway.messages) == 5, f"{shop.states()}")
    world.judge(shop)


@scenario(53)
def misconfigured(world):
    """A refused password stops the channel: the messages wait, none is dead, and one request asks now and then."""
    shop = world.shop()
    shop.gateway.script = lambda message: Answer.refusing(403, "Authorization failed for sendsms")
    with shop.daemon() as daemon:
        shop.visit(range(1, 101))
        until(lambda: any("STATUS=" in line and "closed" in line for line in daemon.lines), "a STATUS", alive=daemon)
        until(lambda: shop.count("pending", "retry_wait") == 100, "a hundred that wait", alive=daemon)
        expect(len(shop.gateway.messages) <= 5, f"{len(shop.gateway.messages)} requests")
    shop.gateway.script = lambda message: Answer()
    with shop.daemon() as daemon:
        daemon.until_settled()
    expect(shop.states() == {"accepted": 100}, f"{shop.states()}")
    world.judge(shop)


@scenario(54)
def outage(world):
    """The provider is away while hundreds fall due, and comes back: one message asks, the others follow its answer."""
    shop = world.shop()
    shop.gateway.close()
    with shop.daemon() as daemon:
        shop.visit(range(1, 301))
        until(lambda: "keeps failing" in daemon.log, "a channel that is closed", alive=daemon)
        attempts = shop.one("SELECT COUNT(*) FROM attempts")
        expect(attempts <= 10, f"{attempts} attempts at a provider that is away")
        shop.gateway.script = lambda message: Answer(how="reply" if message.number else "hang")
        shop.gateway.reopen()
        until(lambda: shop.gateway.messages, "the message that asks", alive=daemon)
        beats = daemon.beats
        until(lambda: daemon.beats > beats + 3, "signs of life", alive=daemon)
        expect(len(shop.gateway.messages) == 1, f"it asked with {len(shop.gateway.messages)} messages")
        shop.gateway.release()
        daemon.until_settled()
    expect(shop.states() == {"accepted": 300}, f"{shop.states()}")
    world.judge(shop)
    return f"{attempts} attempts while it was away"


@scenario(56, quick=True)
def drip(world):
    """A reply of one byte a second ends at the total deadline: unknown."""
    shop = world.shop()
    with shop.daemon() as daemon:
        desk = Desk(shop, daemon)
        state, code, requests = desk.meet(Answer(how="drip"))
        expect((state, requests) == ("unknown", 1), f"{state} ({code}) after {requests} requests")
        expect(not shop.gateway.messages[0].is_answered, "it waited for the last byte")
    world.judge(shop)
