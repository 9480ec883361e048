"""Faults of group C that need the whole process: a clock that is set, and one that stood still."""
import datetime
import time

from gateway import Answer
from scenarios import scenario
from shop import ClockShim, MEMBERS, RULES, expect, until

SHOP_ZONE = datetime.timezone(datetime.timedelta(hours=8))
HOUR, DAY = 3600, 86_400

DAILY = """  - id: daily
    name: 每日问候
    status: live
    owner: crm-team
    purpose: service
    when: {schedule: {every: day, at: "AT"}}
    do: [{send: {try: [{sms: {template: hello}}]}}]
    if_late: {send_within: 96h}
"""


def daily_shop(world):
    """A shop with a greeting each day, in force since now and due for the first time in about two hours; its clock, and
    how far ahead of ours the due instant is."""
    shop = world.shop()
    now = datetime.datetime.now(SHOP_ZONE)
    due = (now + datetime.timedelta(hours=2)).replace(second=0, microsecond=0)
    shop.write("rules/rules.yaml", RULES + DAILY.replace("AT", due.strftime("%H:%M")))
    with shop.daemon() as daemon:
        daemon.until_in_force()
    return shop, ClockShim(shop.folder, world.shims), round((due - now).total_seconds())


def decided(shop):
    return shop.one("SELECT COUNT(*) FROM decisions WHERE rule = 'daily'")


@scenario(30, quick=True)
def clock_back(world):
    """The clock goes back an hour and a day while the daemon runs: sends are held, and no date is decided twice."""
    for back in (HOUR, DAY):
        shop, clock, due = daily_shop(world)
        ahead = due - 2
        clock.set(ahead)
        with shop.daemon(shims=[clock]) as daemon:
            until(lambda: decided(shop) == MEMBERS == shop.count("accepted"), "the greetings", alive=daemon)
            clock.set(ahead - back)
            until(lambda: "clock" in shop.nudged("hold", "--list"), "a hold of the clock", alive=daemon)
            code, printed = shop.run("release", "--clock", "--yes", **clock.for_commands)
            expect(code == 0, f"release: {printed}")
            until(lambda: "evaluation works" in daemon.log or shop.nudged("hold", "--list") == "nothing is held\n",
                  "the release", alive=daemon)
            # The time until then passes once more, as in a sleep of the machine: no jump, and the date comes again.
            clock.set(ahead + 10, back + 10)
            shop.visit([1], at=time.time() + ahead + 10, **clock.for_commands)
            until(lambda: shop.count("accepted") == MEMBERS + 1, "a decision after that", alive=daemon)
            expect(decided(shop) == MEMBERS, f"{decided(shop)} decisions for {MEMBERS} members")
        expect(len(shop.gateway.taken) == MEMBERS + 1, f"{len(shop.gateway.taken)} messages")
        world.judge(shop)


@scenario(31, quick=True)
def clock_of_next_year(world):
    """The clock is a year ahead, while running and at a start: nothing is decided or sent until a person releases it."""
    for cold in (False, True):
        shop, clock, _ = daily_shop(world)
        shop.visit(range(1, 11))
        if cold:
            clock.set(365 * DAY)
        with shop.daemon(shims=[clock]) as daemon:
            if not cold:
                daemon.until_settled()
                clock.set(365 * DAY)
            until(lambda: "clock" in shop.nudged("hold", "--list"), "a hold of the clock", alive=daemon)
            until(lambda: "nothing is decided or sent" in daemon.log, "a word in the log", alive=daemon)
        sent = 0 if cold else 10
        expect(decided(shop) == 0, f"{decided(shop)} greetings decided")
        expect(len(shop.gateway.taken) == sent, f"{len(shop.gateway.taken)} messages")
        clock.set(0)
        shop.nudged("release", "--clock", "--yes")
        with shop.daemon(shims=[clock]) as daemon:
            daemon.until_settled()
        expect(shop.count("accepted") == 10, f"{shop.states()}")
        world.judge(shop)


@scenario(32)
def asleep(world):
    """The machine sleeps for eight hours: no jump, what fell due meanwhile is decided once, and claims are looked at again."""
    shop, clock, due = daily_shop(world)
    ahead = due - HOUR
    clock.set(ahead)
    with shop.daemon(shims=[clock]) as daemon:
        shop.gateway.script = lambda message: Answer(how="hang")
        shop.visit(range(1, 11), at=time.time() + ahead, **clock.for_commands)
        until(lambda: shop.gateway.messages, "a send under way", alive=daemon)
        clock.set(ahead + 8 * HOUR, 8 * HOUR)
        shop.gateway.script = lambda message: Answer()
        shop.gateway.release()
        until(lambda: decided(shop) == MEMBERS, "the greetings", alive=daemon)
        daemon.until_settled()
        expect(shop.nudged("hold", "--list") == "nothing is held\n", shop.nudged("hold", "--list"))
    expect(shop.count("accepted", "unknown") == MEMBERS + 10, f"{shop.states()}")
    expect(len(shop.gateway.messages) == MEMBERS + 10, f"{len(shop.gateway.messages)} messages")
    world.judge(shop)


@scenario(55)
def away(world):
    """The daemon was down for three days and for five: what `if_late` allows is sent, what is later is missed and not sent."""
    for days, outcome in ((3, "sent"), (5, "missed")):
        shop = world.shop()
        clock = ClockShim(shop.folder, world.shims)
        shop.visit(range(1, 11))
        clock.set(days * DAY)
        with shop.daemon(shims=[clock]) as daemon:
            daemon.until_settled()
        found = shop.sql("SELECT outcome, COUNT(*) FROM decisions GROUP BY outcome")
        expect(found == [(outcome, 10)], f"after {days} days: {found}")
        expect(len(shop.gateway.taken) == (10 if outcome == "sent" else 0), f"{len(shop.gateway.taken)} messages")
        world.judge(shop)


@scenario(40)
def foreign_zone(world):
    """The machine has another zone than the shop: the time of a rule is the shop's."""
    shop, clock, due = daily_shop(world)
    ahead = due - 2
    clock.set(ahead)
    with shop.daemon(shims=[clock], environment={"TZ": "America/New_York"}) as daemon:
        until(lambda: decided(shop) == MEMBERS, "the greetings", alive=daemon)
        daemon.until_settled()
    dates = {row[0] for row in shop.sql("SELECT occasion FROM decisions WHERE rule = 'daily'")}
    day = datetime.datetime.fromtimestamp(time.time() + ahead, SHOP_ZONE).date().isoformat()
    expect(dates == {f"schedule:{day}"}, f"{dates}")
    world.judge(shop)
