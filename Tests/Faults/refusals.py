"""Faults of group I: a no or an erasure that races what is on its way, and what comes back after it."""

from doors import Doors
from gateway import Answer, get
from scenarios import scenario
from shop import TOKEN, expect, phone, until


@scenario(103, quick=True)
def withdrawn_meanwhile(world):
    """A consent that is withdrawn by every door between decision and send stops the send; the others go (I8)."""
    shop = world.shop()
    with shop.daemon() as daemon:
        doors = Doors(shop)
        shop.nudged("hold", "--channel", "sms", "--reason", "wait")
        shop.visit([1, 2, 3, 4, 5], name="offer.asked")
        until(lambda: shop.count("pending") == 5, "five messages that are owed", alive=daemon)
        no = {"channel": "sms", "purpose": "marketing", "state": "withdrawn"}
        expect(doors.post("consents", [no | {"member_id": "m1"}]), "the API refused a no")
        expect(doors.upload("consents", "member_id,channel,purpose,state\nm2,sms,marketing,withdrawn\n"), "a file's no was refused")
        shop.nudged("consents", "withdraw", "m3", "--channel", "sms", "--reason", "by phone")
        reply = f"http://127.0.0.1:{shop.port}/callbacks/sms/{TOKEN}?from={phone(4)}&to=1069&text=R&charset=UTF-8&ts=1790000000&id=r"
        expect(get(reply) == 200, "the reply was not thanked for")
        shop.nudged("release", "--channel", "sms", "--yes")
        daemon.until_settled()
    expect([line["to"] for line in shop.gateway.taken] == [phone(5)], f"{shop.gateway.taken}")
    expect(shop.states() == {"suppressed": 4, "accepted": 1}, f"{shop.states()}")
    world.judge(shop)


def traces(shop, member):
    """The files of the folder that have the number or the name of the member, with what else is in it."""
    needles = [phone(member).encode(), f"林{member}号".encode()]
    return [file.name for file in shop.folder.rglob("*")
            if file.is_file() and file.name != "ledger" and any(needle in file.read_bytes() for needle in needles)]


@scenario(104, 105, quick=True)
def erased_meanwhile(world):
    """Erased while one message is under way and one owed: the report is matched, no file knows the person, an old file is silent."""
    shop = world.shop(in_flight=1)
    shop.gateway.script = lambda message: Answer(how="hang")
    (shop.folder / "members.csv").unlink(missing_ok=True)
    with shop.daemon() as daemon:
        doors = Doors(shop)
        for member in (7, 8):
            expect(doors.upload("members", f"id,display_name,phone\nm{member},林{member}号,{phone(member)}\n"), "refused")
        shop.visit([7, 8], name="offer.asked")
        until(lambda: shop.gateway.messages and shop.count("pending") == 1, "one under way, one owed", alive=daemon)
        for member in (7, 8):
            doors.erase(f"m{member}")
        # Whose events are gone is counted by nobody any more.
        shop.acknowledged.clear()
        shop.gateway.script = lambda message: Answer()
        shop.gateway.release()
        until(lambda: shop.states() == {"accepted": 1, "cancelled": 1}, "the answer", alive=daemon)
        one = shop.gateway.messages[0]
        expect(one.report(1) == 200 and shop.states() == {"delivered": 1, "cancelled": 1}, f"{shop.states()}")
        expect(len(shop.gateway.taken) == 1, f"{shop.gateway.taken}")
        expect(not traces(shop, 7) and not traces(shop, 8), f"known in {traces(shop, 7) + traces(shop, 8)}")
        # The old file, with the old consent, under the old id and another one.
        people = "".join(f"{id},林,{phone(7)}\n" for id in ("m7", "other"))
        expect(doors.upload("members", f"id,display_name,phone\n{people}"), "refused")
        grants = "".join(f"{id},sms,marketing,granted,2026-01-01T00:00:00Z\n" for id in ("m7", "other"))
        doors.upload("consents", f"member_id,channel,purpose,state,at\n{grants}")
        for id in ("m7", "other"):
            expect(doors.taken("track", {"userId": id, "event": "offer.asked"}), "the event was refused")
            expect(doors.taken("track", {"userId": id, "event": "store.visited"}), "the event was refused")
        until(lambda: shop.one("SELECT COUNT(*) FROM decisions WHERE member IN ('m7', 'other')") == 4, "four decisions", alive=daemon)
        expect(not shop.count("pending", "claimed", "sending"), f"{shop.states()}")
        expect(len(shop.gateway.taken) == 1, f"the erased one was written to: {shop.gateway.taken}")
    world.judge(shop, thanked=[(one.reference, 1)])


@scenario(106, quick=True)
def erased_and_restored(world):
    """A backup of before an erasure is put back: the person is erased again before anything starts, and stays silent."""
    shop = world.shop()
    with shop.daemon() as daemon:
        doors = Doors(shop)
        expect(doors.upload("members", f"id,display_name,phone\nm7,林7号,{phone(7)}\n"), "refused")
        shop.nudged("backup", "kept.db")
        doors.erase("m7")
    shop.nudged("restore", "kept.db", "--yes")
    expect(shop.one("SELECT COUNT(*) FROM members WHERE id = 'm7'") == 0, "the person is back")
    for file in shop.folder.glob("nudged.db.replaced-*"):
        file.unlink()
    for name in ("kept.db", "kept.db.sha256", "members.csv"):
        (shop.folder / name).unlink(missing_ok=True)
    expect(not traces(shop, 7), f"known in {traces(shop, 7)}")
    with shop.daemon() as daemon:
        expect(doors.upload("members", f"id,phone\nm7,{phone(7)}\n"), "refused")
        doors.upload("consents", "member_id,channel,purpose,state,at\nm7,sms,marketing,granted,2026-01-01T00:00:00Z\n")
        expect(doors.taken("track", {"userId": "m7", "event": "offer.asked"}), "the event was refused")
        expect(doors.taken("track", {"userId": "m1", "event": "offer.asked"}), "the event was refused")
        daemon.until_settled()
        expect([line["to"] for line in shop.gateway.taken] == [phone(1)], f"{shop.gateway.taken}")
    world.judge(shop)
