"""Faults of group A: the process and the power."""
import signal
import subprocess
import threading
import time

from gateway import Answer
from scenarios import scenario
from shop import DiskShim, expect, phone, until

# Named places of a debug build, and what a delivery that was on its way is after the restart. What was claimed only
# waits again, and is sent then.
POINTS = {
    "after_decision": "accepted", "after_claim": "accepted", "after_intent": "unknown", "after_mark": "unknown",
    "before_outcome": "unknown", "after_outcome": "accepted",
}


@scenario(2, quick=True)
def named_points(world):
    """Killed at each named point: a claim waits again, an intent and what follows is unknown and is never repeated."""
    if not world.is_debug:
        return "a release build has no crash points"
    for point, state in POINTS.items():
        shop = world.shop()
        daemon = shop.daemon(environment={"NUDGED_CRASH_AT": point}).until_ready()
        shop.visit([1])
        expect(daemon.wait() == -signal.SIGKILL, f"{point}: the daemon ended with {daemon.code}")
        shop.visit([2])
        with shop.daemon() as daemon:
            daemon.until_settled()
        found = shop.sql("SELECT state, attempts FROM v_deliveries WHERE member = 'm1'")
        expect(found == [(state, 1)], f"{point}: {found}")
        expect(shop.one("SELECT state FROM v_deliveries WHERE member = 'm2'") == "accepted", f"{point}: {shop.states()}")
        expect_no_way_back(shop)
        world.judge(shop)


@scenario(2, quick=True)
def killed_at_gateway(world):
    """Killed after its bytes were written, and after the provider took them: unknown, until a report comes."""
    for place in ("on_read", "on_taken"):
        shop = world.shop()
        daemon = shop.daemon().until_ready()
        setattr(shop.gateway, place, lambda message: message.to == phone(1) and daemon.process.kill())
        # What was read and not taken: the kill comes first, so nobody hears the answer.
        shop.gateway.script = lambda message: Answer(takes=place == "on_taken" or message.to != phone(1))
        shop.visit([1])
        expect(daemon.wait() == -signal.SIGKILL, f"{place}: the daemon ended with {daemon.code}")
        shop.visit([2])
        with shop.daemon() as daemon:
            daemon.until_settled()
            expect(shop.states() == {"unknown": 1, "accepted": 1}, f"{place}: {shop.states()}")
            expect(len(shop.gateway.messages) == 2, f"{place}: {len(shop.gateway.messages)} requests")
            expect(shop.gateway.messages[0].report(1) == 200, "the report was not thanked for")
            expect(shop.states() == {"delivered": 1, "accepted": 1}, f"{place}: {shop.states()}")
        expect_no_way_back(shop)
        if place == "on_taken":
            world.judge(shop, thanked=[(shop.gateway.messages[0].reference, 1)])


@scenario(2, quick=True)
def killed_in_commits(world):
    """Killed at each write of the commit of an answer and of a report: what was thanked for is there, nothing is sent again."""
    for what in ("answer", "report"):
        write = 1
        while killed_in_commit(world, what, write):
            write += 1
        expect(write > 2, f"the commit of the {what} was never hit")
        world.print(f"{what}: killed at {write - 1} writes, one after the other")


def killed_in_commit(world, what, write):
    """False when the commit has fewer writes."""
    shop = world.shop()
    shim = DiskShim(shop.folder, world.shims)
    daemon = shop.daemon(shims=[shim]).until_ready()
    arm = lambda: shim.arm(DiskShim.WRITE | DiskShim.SYNC, DiskShim.KILL, after=write)
    if what == "answer":
        shop.gateway.on_taken = lambda message: arm()
        shop.visit([1])
        until(lambda: daemon.has_ended or shop.count("accepted"), "the answer")
        thanked = []
    else:
        shop.visit([1])
        until(lambda: shop.count("accepted"), "the answer", alive=daemon)
        arm()
        answer = shop.gateway.messages[0].report(1)
        thanked = [(shop.gateway.messages[0].reference, 1)] if answer == 200 else []
        expect(thanked or answer is None, f"the report was answered {answer}")
    shop.gateway.on_taken = lambda message: None
    # A daemon that lives has written more than this commit has: the mark of the idle look comes later.
    was_killed = not (what == "answer" and shop.count("accepted")) and not thanked
    shim.clear()
    daemon.kill()
    with shop.daemon() as daemon:
        daemon.until_settled()
        if what == "answer":
            expect(shop.count("accepted", "unknown") == 1, f"write {write}: {shop.states()}")
        else:
            expect(shop.gateway.messages[0].report(1) == 200, "the report was not thanked for")
            expect(shop.states() == {"delivered": 1}, f"write {write}: {shop.states()}")
            thanked = [(shop.gateway.messages[0].reference, 1)]
    expect(len(shop.gateway.messages) == 1, f"write {write}: {len(shop.gateway.messages)} requests")
    world.judge(shop, thanked=thanked)
    return was_killed


def expect_no_way_back(shop):
    """No delivery under `hold` waits again after its intent, unless it was surely not taken."""
    back = shop.sql("""SELECT delivery, cause FROM transitions
                       WHERE from_state IN ('sending', 'unknown') AND to_state IN ('pending', 'claimed')""")
    expect(not back, f"deliveries went back: {back}")


@scenario(5, quick=True)
def terminated(world):
    """SIGTERM while sends are under way: no new claim, each answer is waited for and written, exit 0."""
    shop = world.shop(in_flight=5)
    daemon = shop.daemon().until_ready()
    # Until the channel is warm, it sends one at a time.
    shop.visit(range(1, 21))
    daemon.until_settled()
    shop.gateway.hold()
    shop.gateway.script = lambda message: Answer(how="hang")
    shop.visit(range(21, 121))
    until(lambda: len(shop.gateway.messages) == 25, "five sends under way", alive=daemon)
    daemon.signal(signal.SIGTERM)
    until(lambda: daemon.has_said("STOPPING=1"), "STOPPING=1", alive=daemon)
    expect(not daemon.has_ended, "it did not wait for the sends under way")
    shop.gateway.release()
    expect(daemon.wait() == 0, f"it ended with {daemon.code}")
    expect(len(shop.gateway.messages) == 25, f"{len(shop.gateway.messages) - 25} messages left after SIGTERM")
    expect(shop.count("accepted") == 25 and not shop.count("unknown"), f"{shop.states()}")
    shop.gateway.script = lambda message: Answer()
    with shop.daemon() as daemon:
        daemon.until_settled()
    expect(shop.states() == {"accepted": 120}, f"{shop.states()}")
    world.judge(shop)


@scenario(6)
def hangups(world):
    """A hundred SIGHUPs among good and broken rules: the last good set stays in force, and the daemon says what is wrong."""
    shop = world.shop()
    good = (shop.folder / "rules/rules.yaml").read_text()
    with shop.daemon() as daemon:
        before = shop.one("SELECT MAX(version) FROM rule_sets")
        for round in range(100):
            # Written whole or not at all, as an editor does.
            shop.write("rules.new", good if round % 2 else good.replace("status: live", "status: lvie", 1))
            (shop.folder / "rules.new").rename(shop.folder / "rules/rules.yaml")
            daemon.signal(signal.SIGHUP)
        shop.write("rules/rules.yaml", good.replace("status: live", "status: lvie", 1))
        daemon.signal(signal.SIGHUP)
        until(lambda: any("STATUS=" in line and "reload refused" in line for line in daemon.lines[-5:]),
              "a STATUS that names the broken rules", alive=daemon)
        expect(shop.one("SELECT MAX(version) FROM rule_sets") == before, "another rule set is in force")
        shop.visit(range(1, 21))
        daemon.until_settled()
    expect(shop.states() == {"accepted": 20}, f"{shop.states()}")
    world.judge(shop)


@scenario(7)
def frozen(world):
    """A process that stands still gives no sign of life; killed by its watchdog and restarted, it goes on."""
    shop = world.shop()
    daemon = shop.daemon().until_ready()
    until(lambda: daemon.beats > 1, "signs of life", alive=daemon)
    shop.visit(range(1, 51))
    daemon.signal(signal.SIGSTOP)
    # A heartbeat may be on its way; from then on none comes, for longer than systemd was told to wait.
    time.sleep(0.2)
    beats = daemon.beats
    deadline = time.monotonic() + 4
    while time.monotonic() < deadline:
        time.sleep(0.1)
    expect(daemon.beats == beats, "a process that stands still says that it lives")
    daemon.signal(signal.SIGABRT)
    daemon.signal(signal.SIGCONT)
    daemon.wait()
    with shop.daemon() as daemon:
        daemon.until_settled()
        until(lambda: daemon.beats > 1, "signs of life", alive=daemon)
    expect(shop.count("accepted", "unknown") == 50, f"{shop.states()}")
    world.judge(shop)


@scenario(9, quick=True)
def two_daemons(world):
    """A second daemon of one store ends with 75 and a sentence, also through a link; the first goes on."""
    shop = world.shop()
    with shop.daemon() as daemon:
        other = shop.daemon()
        expect(other.wait() == 75 and "another" in other.log, f"{other.code}: {other.log_end}")
        (shop.folder / "link.db").symlink_to("nudged.db")
        config = (shop.folder / "nudged.yaml").read_text()
        shop.write("linked.yaml", config.replace("sqlite:nudged.db", "sqlite:link.db"))
        code, printed = shop.run("run", "--config", "linked.yaml")
        expect(code == 75, f"through a link: {code}: {printed[-300:]}")
        code, printed = shop.run("tick", "--at", "2026-01-01T00:00:00Z")
        expect(code == 75, f"a tick beside it: {code}: {printed[-300:]}")
        shop.visit(range(1, 21))
        daemon.until_settled()
    expect(shop.states() == {"accepted": 20}, f"{shop.states()}")
    world.judge(shop)


@scenario(10, quick=True)
def poison(world):
    """A delivery whose claim kills the daemon three times is dead; the others leave."""
    if not world.is_debug:
        return "a release build has no crash points"
    shop = world.shop()
    shop.visit([1])
    for _ in range(3):
        daemon = shop.daemon(environment={"NUDGED_CRASH_AT": "after_claim"})
        expect(daemon.wait() == -signal.SIGKILL, f"the daemon ended with {daemon.code}")
    shop.visit(range(2, 31))
    with shop.daemon() as daemon:
        daemon.until_settled()
    expect(shop.states() == {"dead": 1, "accepted": 29}, f"{shop.states()}")
    cause = shop.one("SELECT cause FROM transitions WHERE to_state = 'dead'")
    expect("poison" in cause, f"it died of {cause}")
    world.judge(shop)


@scenario(11)
def no_network(world):
    """Started without any network: ready, and what is owed waits; with the network it leaves."""
    shop = world.shop()
    if subprocess.run(["unshare", "-rn", "true"], stderr=subprocess.DEVNULL).returncode != 0:
        return "this machine allows no network namespace"
    # The name cannot be resolved, and loopback is down.
    shop.configure(url="http://gateway.invalid:8080/sendsms")
    daemon = shop.daemon(prefix=["unshare", "-rn"]).until_ready()
    shop.visit([1, 2])
    until(lambda: shop.count("retry_wait"), "a send that failed for good reason", alive=daemon)
    expect(not shop.count("unknown", "dead"), f"{shop.states()}")
    daemon.stop()
    shop.configure()
    with shop.daemon() as daemon:
        daemon.until_settled()
    expect(shop.states() == {"accepted": 2}, f"{shop.states()}")
    world.judge(shop)


@scenario(4)
def crowded(world):
    """Replies of a megabyte on many connections at once, and an import of fields of 100,000 characters: memory is bounded."""
    shop = world.shop()
    with shop.daemon() as daemon:
        answers = []
        text = b"a" * ((1 << 20) - 100)
        peers = [threading.Thread(target=lambda: answers.append(post(shop, text)), daemon=True) for _ in range(200)]
        for peer in peers:
            peer.start()
        for peer in peers:
            peer.join(120)
        rows = [f"x{n},m1,store.visited,2026-01-01T00:00:00Z,{'字' * 100_000}" for n in range(50)]
        shop.write("wide.csv", "id,member_id,name,at,note\n" + "\n".join(rows) + "\n")
        code, printed = shop.run("import", "events", "wide.csv")
        expect(code in (0, 1), f"the import ended with {code}: {printed[-300:]}")
        (shop.folder / "wide.csv").unlink()
        shop.visit(range(1, 21))
        until(lambda: shop.count("accepted") >= 20, "the sends", alive=daemon)
        rss = daemon.rss()
    expect(rss < 400, f"{rss} MiB")
    world.judge(shop, undecided=True)
    return f"{rss} MiB at most, {sum(1 for answer in answers if answer)} of 200 calls answered"


def post(shop, body):
    """The status of a POST to the channel's callbacks; None where the connection was ended."""
    import http.client
    connection = http.client.HTTPConnection("127.0.0.1", shop.port, timeout=60)
    try:
        connection.request("POST", f"/callbacks/sms/0123456789abcdef", body)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
