"""Shops and their daemons: everyone due at once, how late another rule is meanwhile, what a sent message leaves on disk,
and what a daemon costs that has nothing to do.
"""
import csv, datetime, json, os, shutil, time

from lab import Figure, Missing, Run, Void, bytes_by_table, say
from shop import SHOP, Daemon, Shop, next_minute, rule, rules
from ticks import copies

TICK = Figure("mass", "a million members due at once, one tick", "s", 20)
TICK_MEMORY = Figure("mass_memory", "peak memory of that tick", "MiB", 256)
DAEMON = Figure("mass_daemon", "everyone due at once in a daemon that sends meanwhile", "s")
DAEMON_MEMORY = Figure("mass_daemon_memory", "peak memory of that daemon", "MiB", 256)
LATE = Figure("mass_lateness", "the latest message of another rule meanwhile", "s", 1)
IDLE = Figure("idle_5", "processor time in a second of a daemon with nothing due, 5 rules", "ms")
IDLE_MANY = Figure("idle_500", "processor time in a second of a daemon with nothing due, 500 rules", "ms")
BYTES = Figure("sent_bytes", "bytes of a sent message over all tables and indexes", "bytes", 350)

EVERYONE = 'schedule: {every: day, at: "10:00"}'
DAYS = 24


def crowd(lab):
    return int(os.environ.get("BENCH_CROWD", 50_000 if lab.is_quick else 1_000_000))


def mass(lab):
    """A tick each for one day after another of the same shop: everyone is due each time."""
    members = crowd(lab)
    shop = Shop(lab.nudged, lab.store(members), lab.path("crowd"), rules(EVERYONE))
    start = datetime.datetime(2026, 6, 16, 9, 59, tzinfo=SHOP)
    seconds, memory = [], []
    one_tick(lab, shop, start)
    for pair in range(min(lab.pairs, DAYS)):
        say(f"everyone due at once: run {pair + 1} of {lab.pairs}")
        due = start + datetime.timedelta(days=pair, minutes=1)
        run, sent = one_tick(lab, shop, due)
        if sent != members:
            raise Void(f"{sent} of {members} members were decided")
        seconds.append(run.seconds), memory.append(run.memory / 1024)
    shop.remove()
    note = f"{members:,} members" + (f", times {1_000_000 / members:g}" if members < 1_000_000 else "")
    yield TICK.result([took * max(1, 1_000_000 / members) for took in seconds], note + "; the start of the process included")
    yield TICK_MEMORY.result(memory, f"{members:,} members")


def one_tick(lab, shop, at):
    run = Run([lab.nudged, "tick", "--at", at.isoformat(), "--json"], cwd=shop.folder)
    return run, sum(json.loads(line)["sent"] for line in run.out.splitlines())


def mass_daemon(lab):
    """The same in a running daemon, beside a rule for one member every half second."""
    if lab.is_quick:
        raise Missing("takes minutes of waiting for the clock; run make bench")
    members = crowd(lab)
    base = lab.store(members)
    seconds, memory, late = [], [], []
    for pair in range(lab.pairs):
        say(f"everyone due at once in a daemon: run {pair + 1} of {lab.pairs}")
        due = next_minute(40)
        body = rules(f'schedule: {{every: day, at: "{due:%H:%M}"}}') \
            + rule("event: {name: probe.called, after: 1h}", id="probe", channel="probe")
        shop = Shop(lab.nudged, base, lab.path(f"crowd-{pair}"), body, ("app", "probe"))
        daemon = Daemon(shop)
        daemon.start()
        calls = call(shop, due, 600)
        daemon.until("every decision", lambda: shop.reached() >= members)
        end = datetime.datetime.now(SHOP)
        daemon.until("the probes of that time", lambda: lateness(shop, calls, due, end) is not None)
        seconds.append((end - due).total_seconds())
        memory.append(daemon.rss())
        late.append(lateness(shop, calls, due, end))
        daemon.terminate()
        shop.remove()
    note = f"{members:,} members; messages leave into a file meanwhile"
    yield DAEMON.result(seconds, note)
    yield DAEMON_MEMORY.result(memory, note)
    yield LATE.result(late, note + "; from due to handed over")


def call(shop, due, count):
    """So many members called one hour before, half a second apart from a little before `due`: when each is due."""
    members = [row[0] for row in shop.sql("SELECT id FROM members ORDER BY id LIMIT ?", count)]
    calls = {member: due + datetime.timedelta(seconds=n / 2 - 5) for n, member in enumerate(members)}
    with open(os.path.join(shop.folder, "calls.csv"), "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "member_id", "name", "at"])
        for member, at in calls.items():
            rows.writerow([f"call-{member}", member, "probe.called", (at - datetime.timedelta(hours=1)).isoformat()])
    shop.run("import", "events", "calls.csv")
    return calls


def lateness(shop, calls, since, until):
    """The most seconds from due to handed over, or None while one of that time has not been handed over."""
    path = shop.messages("probe")
    sent = {}
    if os.path.exists(path):
        with open(path) as file:
            for line in file:
                row = json.loads(line)
                sent[row["member"]] = datetime.datetime.fromisoformat(row["at"])
    asked = [member for member, due in calls.items() if since <= due <= until]
    if not asked:
        raise Void("the decisions took less than half a second or more than five minutes")
    if any(member not in sent for member in asked):
        return None
    return max((sent[member] - calls[member]).total_seconds() for member in asked)


def sent_bytes(lab):
    """What one message to everyone of a small store leaves in it once it has been accepted."""
    members = 5_000 if lab.is_quick else 20_000
    due = datetime.datetime.now(SHOP).replace(second=0, microsecond=0)
    body = rules(f'schedule: {{every: day, at: "{due:%H:%M}"}}')
    shop = Shop(lab.nudged, lab.store(members), lab.path("sent"), body)
    before = bytes_by_table(shop.store)
    one_tick(lab, shop, due - datetime.timedelta(minutes=1))
    one_tick(lab, shop, due)
    daemon = Daemon(shop)
    daemon.until("every answer", lambda: accepted(shop) >= members)
    daemon.terminate()
    grown = {table: (size - before.get(table, 0)) / members for table, size in bytes_by_table(shop.store).items()}
    shop.remove()
    largest = sorted(grown.items(), key=lambda one: -one[1])[:6]
    yield BYTES.result([sum(grown.values())], f"{members:,} messages; " + ", ".join(
        f"{table} {size:.0f}" for table, size in largest))


def accepted(shop):
    return shop.sql("SELECT COUNT(*) FROM deliveries WHERE state = 'accepted'")[0][0]


def idle(lab):
    """Windows of two seconds, four ticks each, of a daemon whose rules have been in force for a while."""
    if lab.is_quick:
        raise Missing("takes a minute of waiting; run make bench")
    members = 100_000
    for figure, times in ((IDLE, 1), (IDLE_MANY, 100)):
        say(figure.says)
        shop = Shop(lab.nudged, lab.store(members), lab.path(figure.name), "", ("sms", "wechat"))
        shutil.rmtree(os.path.join(shop.folder, "rules"))
        shutil.copytree(copies(lab, times), os.path.join(shop.folder, "rules"))
        daemon = Daemon(shop)
        daemon.start()
        time.sleep(4)
        used = []
        for _ in range(lab.pairs):
            before = daemon.processor()
            time.sleep(2)
            used.append((daemon.processor() - before) * 1000 / 2)
        daemon.terminate()
        shop.remove()
        yield figure.result(used, f"{members:,} members; evaluation, dispatch, watch on the rules and log")
