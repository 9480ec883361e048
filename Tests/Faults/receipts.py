"""Faults of group E: what the provider and the members say afterwards."""
import http.client
import urllib.parse

from gateway import Answer, Reporter, get
from scenarios import scenario
from shop import TOKEN, ClockShim, expect, phone, until

HOUR = 3600


def state(shop, member):
    return shop.one("SELECT state FROM v_deliveries WHERE member = ? ORDER BY id DESC LIMIT 1", f"m{member}")


def reply(shop, sender, text, number=0, token=TOKEN):
    """A member's reply as Kannel passes it on; the status of the answer."""
    query = urllib.parse.urlencode({"from": sender, "to": "10690000", "text": text, "charset": "UTF-8", "ts": "1790000000",
                                    "id": f"reply-{number}"})
    return get(f"http://127.0.0.1:{shop.port}/callbacks/sms/{token}?{query}")


@scenario(62, quick=True)
def report_comes_first(world):
    """A report arrives before the send is answered: delivered, and the answer does not move it back."""
    shop = world.shop()
    answers = []
    shop.gateway.hooks_block = True
    shop.gateway.on_taken = lambda message: answers.append(message.report(1))
    with shop.daemon() as daemon:
        shop.visit(range(1, 21))
        daemon.until_settled()
        until(lambda: shop.one("SELECT COUNT(*) FROM attempts WHERE outcome = 'accepted'") == 20, "the answers",
              alive=daemon)
    expect(answers == [200] * 20, f"answers: {answers}")
    expect(shop.states() == {"delivered": 20}, f"{shop.states()}")
    world.judge(shop, thanked=[(message.reference, 1) for message in shop.gateway.messages])


@scenario(63, quick=True)
def report_of_nothing(world):
    """A report of an unknown reference is thanked for and kept for 72 hours; one of another form changes nothing."""
    shop = world.shop()
    clock = ClockShim(shop.folder, world.shims)
    with shop.daemon() as daemon:
        shop.visit([1])
        daemon.until_settled()
        own = shop.gateway.messages[0].reference
        # As ours are, of a delivery that is not there.
        parts = own.split("-")
        unknown = "-".join([parts[0], "zz" + parts[1], *parts[2:]])
        answers = [get(shop.report_url(reference, 1)) for reference in (unknown, "x", "%E4%BD%A0", "a" * 200)]
        expect(all(answer == 200 for answer in answers), f"answers: {answers}")
        expect(shop.one("SELECT COUNT(*) FROM receipts WHERE delivery IS NULL") >= 1, "the report is not kept")
        expect(state(shop, 1) == "accepted", state(shop, 1))
    world.judge(shop)
    clock.set(73 * HOUR)
    with shop.daemon(shims=[clock]) as daemon:
        until(lambda: shop.one("SELECT COUNT(*) FROM receipts WHERE delivery IS NULL") == 0, "its end", alive=daemon)


@scenario(64, quick=True)
def reports_repeated(world):
    """Ten times the same report, the contrary after it, and one 80 hours later: the first final one stays."""
    shop = world.shop()
    clock = ClockShim(shop.folder, world.shims)
    with shop.daemon() as daemon:
        shop.visit([1, 2, 3])
        daemon.until_settled()
        one, two, three = shop.gateway.messages
        expect([one.report(1) for _ in range(10)] == [200] * 10, "a repeated report was not thanked for")
        expect(one.report(2) == 200 == two.report(16), "a contrary report was not thanked for")
        expect(two.report(1) == 200, "a contrary report was not thanked for")
        rows = dict(shop.sql("SELECT reference, member FROM attempts a JOIN v_deliveries d ON d.id = a.delivery"))
        found = [shop.one("SELECT state FROM v_deliveries WHERE member = ?", rows[message.reference])
                 for message in (one, two, three)]
        expect(found == ["delivered", "undelivered", "accepted"], f"{found}")
        expect(shop.one("SELECT COUNT(*) FROM receipts") == 4, "repeated reports are kept repeatedly")
        expect(shop.one("SELECT SUM(flagged) FROM receipts") == 2, "contrary reports are not flagged")
    clock.set(80 * HOUR)
    with shop.daemon(shims=[clock]) as daemon:
        expect(three.report(2) == 200, "a late report was not thanked for")
        until(lambda: shop.count("undelivered") == 2, "the late report", alive=daemon)
        expect(one.report(2) == 200 and shop.count("delivered") == 1, "a late report moved what was over")
    world.judge(shop, thanked=[(one.reference, 1), (two.reference, 16), (three.reference, 2)])


@scenario(65, 68, quick=True)
def broken_and_forged(world):
    """Forged, broken and foreign calls change nothing, and those after them are taken."""
    shop = world.shop()
    with shop.daemon() as daemon:
        shop.visit([1, 2])
        daemon.until_settled()
        one, two = shop.gateway.messages
        base = f"http://127.0.0.1:{shop.port}/callbacks"
        forged = [f"{base}/sms/{TOKEN[:-1]}x?reference={one.reference}&status=1",
                  f"{base}/sms?reference={one.reference}&status=1", f"{base}/sms//?reference={one.reference}&status=1",
                  f"{base}/mail/{TOKEN}?reference={one.reference}&status=1"]
        expect([get(url) for url in forged] == [404] * 4, f"{[get(url) for url in forged]}")
        broken = ["&status=1", f"?reference={one.reference}&status=99", f"?reference={one.reference}", "?status=1",
                  f"?reference={'r' * 300}&status=1", "?%zz", f"?reference={one.reference}&status=delivered"]
        answers = [get(f"{base}/sms/{TOKEN}{query}") for query in broken]
        expect(all(answer is not None and answer < 500 for answer in answers), f"answers: {answers}")
        expect(shop.states() == {"accepted": 2}, f"{shop.states()}")
        for method in ("POST", "PUT", "DELETE", "HEAD"):
            call(shop, method, f"/callbacks/sms/{TOKEN}?reference={one.reference}&status=1")
        expect(shop.states() == {"accepted": 2}, f"{shop.states()}")
        expect(two.report(1) == 200 and shop.states() == {"accepted": 1, "delivered": 1}, f"{shop.states()}")
    world.judge(shop, thanked=[(two.reference, 1)])


def call(shop, method, path):
    connection = http.client.HTTPConnection("127.0.0.1", shop.port, timeout=30)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


@scenario(66)
def reports_while_away(world):
    """Reports come while the daemon is down: the gateway repeats them, and each is taken after the restart."""
    shop = world.shop()
    with shop.daemon() as daemon:
        shop.visit(range(1, 21))
        daemon.until_settled()
    reporter = Reporter(shop.gateway)
    for message in shop.gateway.messages:
        reporter.add(message)
    expect(shop.gateway.messages[0].report(1) is None, "somebody thanked for a report while nobody ran")
    with shop.daemon() as daemon:
        until(lambda: shop.states() == {"delivered": 20}, "the reports", alive=daemon)
    reporter.end()
    world.judge(shop, thanked=reporter.thanked)


@scenario(69, quick=True)
def opt_outs(world):
    """R in every spelling, with and without +86, ends marketing to the number at once and once; other words are events."""
    words = ["R", "r", "Ｒ", "T", "TD", "退订", " R。", "ｔｄ", "拒收"]
    shop = world.shop()
    with shop.daemon() as daemon:
        for member, word in enumerate(words, 1):
            sender = ("+86" if member % 2 else "") + phone(member)
            expect(reply(shop, sender, word, member) == 200, f"{word} was not thanked for")
            expect(reply(shop, sender, word, member) == 200, f"{word} was not thanked for again")
        kept = shop.one("SELECT COUNT(*) FROM list_consents WHERE state = 'withdrawn'")
        expect(kept == len(words), f"of {len(words)} noes {kept} are kept")
        other = len(words) + 1
        expect(reply(shop, phone(other), "谢谢，5分", other) == 200, "another reply was not thanked for")
        expect(shop.one("SELECT COUNT(*) FROM events WHERE name = 'message.replied'") == 1, "the reply is no event")
        shop.visit(range(1, other + 1), name="offer.asked")
        daemon.until_settled()
        expect([line["to"] for line in shop.gateway.taken] == [phone(other)], f"{shop.gateway.taken}")
        # A service message is not marketing.
        shop.visit([1])
        daemon.until_settled()
    expect(shop.states().get("accepted") == 2, f"{shop.states()}")
    world.judge(shop)


@scenario(70, quick=True)
def opt_out_races(world):
    """A no before the intent stops the send; after the intent it is sent, and the next one is not (I8)."""
    shop = world.shop(in_flight=1)
    shop.gateway.script = lambda message: Answer(how="hang")
    with shop.daemon() as daemon:
        shop.visit([1, 2], name="offer.asked")
        # One is under way, the other owed: a place for one at a time.
        until(lambda: shop.gateway.messages and shop.count("pending") == 1, "one under way, one owed", alive=daemon)
        under_way = shop.gateway.messages[0].to
        owed = phone(2) if under_way == phone(1) else phone(1)
        expect(reply(shop, owed, "R", 1) == 200 == reply(shop, under_way, "R", 2), "a no was not thanked for")
        shop.gateway.script = lambda message: Answer()
        shop.gateway.release()
        daemon.until_settled()
        expect(shop.states() == {"accepted": 1, "suppressed": 1}, f"{shop.states()}")
        shop.visit([1, 2], name="offer.asked")
        daemon.until_settled()
    expect([line["to"] for line in shop.gateway.taken] == [under_way], f"{shop.gateway.taken}")
    world.judge(shop)
