"""Faults of group G: what the data of members says. Each comes by every door that leads to the store."""
import json
import time
import unicodedata

from doors import Doors
from scenarios import scenario
from shop import expect, phone, rfc3339

# A name that is none, as JSON and as the bytes of a cell. One character of a hundred thousand scalars counts as one in
# many programs.
LONG = "a" * 100_000
ONE_CHARACTER = "a" + "\u0301" * 100_000
BROKEN = {
    "a field of 100,000 letters": (84, json.dumps(LONG).encode(), LONG.encode()),
    "one character of 100,001 scalars": (84, json.dumps(ONE_CHARACTER).encode(), ONE_CHARACTER.encode()),
    "a byte that no text has": (85, b'"\xff"', b"\xff"),
    "an overlong form": (85, b'"\xc0\xaf"', b"\xc0\xaf"),
    "surrogates as CESU-8": (85, b'"\xed\xa0\xbd\xed\xb8\x80"', b"\xed\xa0\xbd\xed\xb8\x80"),
    "a character that is cut": (85, b'"\xe6\x9e"', b"\xe6\x9e"),
    "half a pair": (85, b'"\\ud83d"', b"\xed\xa0\xbd"),
    "a NUL": (86, b'"a\\u0000b"', b"a\x00b"),
    "a NUL as it is": (86, b'"a\x00b"', b"a\x00b"),
}
MARK = b"\xef\xbb\xbf"


@scenario(84, 85, 86, quick=True)
def broken_texts(world):
    """A field without end, bytes that are no text, and a NUL are refused by every door; nothing of them is stored."""
    shop = world.shop()
    with shop.daemon() as daemon:
        doors = Doors(shop)
        before = totals(shop)
        for what, (_, value, cell) in BROKEN.items():
            data = b'{"id":"x","member_id":"m1","name":"y","at":"2026-03-08T10:00:00Z","data":{"note":' + value + b"}}"
            taken = {
                "identify": doors.taken("identify", b'{"userId":"new","traits":{"name":' + value + b"}}"),
                "track": doors.taken("track", b'{"userId":"m1","event":"y","properties":{"note":' + value + b"}}"),
                "an event's name": doors.taken("track", b'{"userId":"m1","event":' + value + b"}"),
                "userId": doors.taken("track", b'{"event":"y","userId":' + value + b"}"),
                "PUT": doors.put("new", b'{"display_name":' + value + b"}"),
                "POST members": doors.post("members", b'[{"id":' + value + b"}]"),
                "POST events": doors.post("events", b"[" + data + b"]"),
                "a CSV file": doors.upload("members", MARK + b"id,display_name\nnew," + cell + b"\n"),
                "an id of a CSV file": doors.upload("members", MARK + b"id,display_name\n" + cell + b",x\n"),
                "an NDJSON file": doors.upload("members", MARK + b'{"id":"new","display_name":' + value + b"}\n", "ndjson"),
            }
            wrong = [door for door, was_taken in taken.items() if was_taken]
            expect(not wrong, f"{what} was taken by {', '.join(wrong)}")
            expect(totals(shop) == before, f"{what} left something in the store: {totals(shop)}")
        doors.identify("new", name="林小姐")
        expect(shop.one("SELECT display_name FROM members WHERE id = 'new'") == "林小姐", "a good name was not taken")
    world.judge(shop)


def totals(shop):
    return [shop.one(f"SELECT COUNT(*) FROM {table}") for table in ("members", "v_events", "orders", "member_attributes")]


@scenario(87, quick=True)
def spellings(world):
    """An id that is written in composed and in decomposed characters is one member, one order and one event."""
    shop, at = world.shop(), rfc3339(time.time())
    composed, decomposed = (unicodedata.normalize(form, "é-Ñandú-한") for form in ("NFC", "NFD"))
    expect(composed != decomposed, "the two are the same")
    with shop.daemon() as daemon:
        doors = Doors(shop)
        for id in (composed, decomposed):
            expect(doors.upload("members", f"id,phone\n{id},{phone(9001)}\n"), "the file was refused")
            expect(doors.upload("members", json.dumps({"id": id, "city": "上海"}) + "\n", "ndjson"), "the file was refused")
            doors.identify(id, name="林")
            expect(doors.put(id, {"display_name": "林", "phone": phone(9001)}), "PUT was refused")
            order = {"id": "o" + id, "member_id": id, "paid_at": "2026-03-08 14:30", "total": 10}
            expect(doors.post("orders", [order]), "the order was refused")
            event = {"id": "e" + id, "member_id": id, "name": "store.visited", "at": at}
            expect(doors.post("events", [event]), "the event was refused")
            other = {"messageId": str(len(id)), "userId": id, "event": "offer.asked", "timestamp": at}
            expect(doors.taken("track", other), "the event of the source was refused")
        found = shop.sql("SELECT id FROM members WHERE id LIKE '%andu%' OR id NOT GLOB 'm[0-9]*'")
        expect(found == [(composed,)], f"members: {found}")
        expect(shop.sql("SELECT id, member FROM orders") == [("o" + composed, composed)], f"{shop.sql('SELECT id FROM orders')}")
        events = shop.sql("SELECT name, COUNT(*) FROM events WHERE member = ? AND name <> 'member.identified' GROUP BY name ORDER BY 1",
                          composed)
        expect(events == [("offer.asked", 2), ("order.paid", 1), ("store.visited", 1)], f"events: {events}")
        daemon.until_settled()
    world.judge(shop)


# Names as somebody may write them into a form, and what an SMS may have of them. The store keeps what import and sources
# keep; what the SMS says is told by the last.
NAMES = [
    ("【银行】", "（银行）"), ("】验证码【假", "）验证码（假"), ("\u202e林小姐\u202c", "林小姐"), ("\u200e林\u200b\u2060小姐", "林小姐"),
    ("林\r\n【银行】\r\n小姐", "林 （银行） 小姐"), ("林\u2028小姐", "林 小姐"), ("\u001b[31m林", "[31m林"), ("林\u0007小姐\u0085", "林小姐"),
    ("{{ secret }}", "{{ secret }}"), ("{% for x in y %}", "{% for x in y %}"), ("${jndi:x}", "${jndi:x}"),
    ("\u200b\u200e", "您好"), ("点 http://evil.example", "您好"), ("领奖www.evil.example", "您好"),
    (None, "您好"), ("", "您好"), ("null", "您好"), ("   ", "您好"), ("林小姐😀", "林小姐😀"),
]
GREETING = "【星河百货】%s，欢迎光临！"


@scenario(88, 89, 94, 95, quick=True)
def hostile_names(world):
    """Names with brackets, marks of direction, line ends and template signs fake no signature and no text; none is "null"."""
    shop = world.shop()
    shop.greet_by_name()
    with shop.daemon() as daemon:
        daemon.until_in_force()
        doors = Doors(shop)
        said = {}
        for number, (name, greeted) in enumerate(NAMES, 1):
            for place, door in enumerate((doors.identify, by_put, by_file)):
                member = f"m{number + 50 * place}"
                said[phone(number + 50 * place)] = (name, GREETING % greeted)
                door(member, name=name) if place == 0 else door(doors, member, name)
        expect(shop.visit(int(number[3:]) for number in said) == 0, "the visits were refused")
        daemon.until_settled()
    found = {message.to.removeprefix("+86"): message.text for message in shop.gateway.messages}
    wrong = [f"{name!r} became {found.get(number)!r}, not {text!r}" for number, (name, text) in said.items()
             if found.get(number) != text]
    expect(not wrong, "; ".join(wrong))
    world.judge(shop)


def by_put(doors, member, name):
    status, text = doors.api("PATCH", f"members/{member}", {"display_name": name})
    expect(status == 200, f"PATCH was answered {status}: {text}")


def by_file(doors, member, name):
    row = json.dumps({"id": member, "display_name": name})
    expect(doors.upload("members", row + "\n", "ndjson"), f"{name!r} was refused")


# Amounts as JSON. A binary fraction that was added up is the amount that was meant.
AMOUNTS = {
    "-1": None, "-0.01": None, "10000000.01": None, "1e18": None, "9223372036854775807": None, "9223372036854775808": None,
    "1e400": None, "NaN": None, "0.001": None, '"1.2万"': None, '"∞"': None, "true": None, "[]": None, "{}": None,
    "0": 0, "0.30000000000000004": 30, "10000000": 1_000_000_000, '"1,299.00"': 129_900, "1e3": 100_000,
}


@scenario(90, quick=True)
def amounts(world):
    """Amounts below nothing, beyond all measure and no amounts are refused by every door, and no sum of good ones fails."""
    shop = world.shop()
    with shop.daemon() as daemon:
        doors = Doors(shop)
        for number, (amount, fen) in enumerate(AMOUNTS.items()):
            value = amount.encode()
            order = b'{"id":"%s%d","member_id":"m1","paid_at":"2026-03-08T10:00:00Z","total":%s}'
            paid = b'{"userId":"m1","event":"Order Completed","timestamp":"2026-03-08T10:00:00Z","properties":{"order_id":"s%d","total":%s}}'
            doors.taken("track", paid % (number, value))
            doors.post("orders", b"[" + order % (b"a", number, value) + b"]")
            doors.upload("orders", order % (b"f", number, value) + b"\n", "ndjson")
            found = dict(shop.sql("SELECT substr(id, 1, 1), total FROM orders WHERE substr(id, 2) = ?", str(number)))
            stored = set(found.values()) - {None}
            expect(stored <= {fen} - {None}, f"{amount} is {found}, not {fen}")
            expect(fen is None or found, f"{amount} was taken by no door")
        # Points are numbers without a unit.
        for points in (2**62, 2**63, 10**30):
            row = {"id": "p", "member_id": "m1", "points": points, "earned_at": "2026-03-08T10:00:00Z"}
            for id in ("p1", "p2", "p3"):
                doors.post("points", [row | {"id": id}])
            code, printed = shop.run("explain", "--rule", "welcome", "--member", "m1", "--since", "2026-01-01")
            expect(code in (0, 3), f"explain ended with {code}: {printed[-300:]}")
        shop.visit([1])
        daemon.until_settled()
    world.judge(shop)


PHONES = [
    "13900000001", "+8613900000001", "8613900000001", "008613900000001", "139 0000 0001", "139-0000-0001", "１３９００００００01",
    "\u202a13900000001\u202c", "(139)00000001",
]
NO_PHONES = ["010-62345678", "12900000001", "10086", "1390000000", "139000000011", "+12025550100x", "abc"]


@scenario(91, quick=True)
def phones(world):
    """A number has one spelling by every door, so one message reaches it, and a no to it holds for every spelling."""
    shop = world.shop()
    with shop.daemon() as daemon:
        doors = Doors(shop)
        for number, text in enumerate(PHONES):
            for door, take in (("s", lambda id: doors.taken("identify", {"userId": id, "traits": {"phone": text}})),
                               ("a", lambda id: doors.put(id, {"phone": text})),
                               ("f", lambda id: doors.upload("members", json.dumps({"id": id, "phone": text}) + "\n", "ndjson"))):
                expect(take(f"{door}{number}"), f"{text!r} was refused by {door}")
        kept = shop.sql("SELECT DISTINCT phone FROM members WHERE id NOT GLOB 'm[0-9]*'")
        expect(len(kept) == 1, f"{len(kept)} spellings are kept")
        for text in NO_PHONES:
            wrong = [doors.taken("identify", {"userId": "x", "traits": {"phone": text}}), doors.put("x", {"phone": text}),
                     doors.upload("members", json.dumps({"id": "x", "phone": text}) + "\n", "ndjson")]
            expect(not any(wrong), f"{text} was taken: {wrong}")
        expect(shop.one("SELECT COUNT(*) FROM members WHERE id = 'x'") == 0, "a member without a number is there")
        refusals = shop.sql("SELECT COUNT(*) FROM shared_addresses")
        expect(refusals[0][0] >= 1, "nobody noticed that many members have one number")
    world.judge(shop)
