"""Puts a large store under load and measures what an operator feels: memory, heartbeats, how soon a stop is a stop.

  load.py [PATH…]       only these paths (default: all, see below)

LOAD_MEMBERS=1000000 are the members of the store; BENCH_DATA and BENCH_NUDGED are as for bench.py. Each path runs on a copy
of its own. A daemon under measurement is watched as systemd would: its heartbeats may be at most GOALS["gap"] apart from
READY on, and it has to end soon after SIGTERM. Exit 1 when a goal is missed.
"""
import datetime, os, shutil, subprocess, sys, time

sys.dont_write_bytecode = True
from lab import ROOT, RULES, Lab, Run
from shop import Daemon, Shop, Writer, next_minute, rules

GOALS = {"rss": 256, "gap": 5.0, "exit": 10.0, "hold": 1.0, "start": 10.0}


def shop_of(name, body):
    return Shop(nudged, base, os.path.join(work, name), body)


def command(*arguments):
    """Runs to its end; returns seconds, peak memory in MiB and the exit code."""
    run = Run([nudged, *arguments], accept=(0, 1), cwd=ROOT)
    return run.seconds, run.memory // 1024, run.status


def row(path, figures, note=""):
    """A line of the table; a figure that has a goal is compared with it."""
    words = []
    for name in ("rss", "gap", "exit", "hold", "start"):
        value = figures.get(name)
        if value is None:
            words.append("")
            continue
        unit = " MiB" if name == "rss" else " s"
        text = f"{value}{unit}" if name == "rss" else f"{value:.1f}{unit}"
        if value > GOALS[name]:
            missed.append(f"{path}: {name} {text}, goal {GOALS[name]}{unit}")
            text = f"**{text}**"
        words.append(text)
    print("| " + " | ".join([path] + words + [note]) + " |", flush=True)


# MARK: paths

def cold():
    shop = shop_of("cold", rules('schedule: {every: day, at: "03:00"}'))
    with open(shop.store, "rb+") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    daemon = Daemon(shop)
    start = daemon.start()
    time.sleep(3)
    row("start cold", {"rss": daemon.rss(), "start": start, "exit": daemon.terminate()}, "page cache of the store dropped")
    shop.remove()


def at_once():
    """An instant in the near future, as the shop's clock shows it."""
    return next_minute().strftime("%H:%M")


def mass():
    shop = shop_of("mass", rules(f'schedule: {{every: day, at: "{at_once()}"}}'))
    daemon = Daemon(shop)
    daemon.start()
    daemon.until("the first decisions", lambda: shop.reached() > 0)
    began = time.monotonic()
    wait = Writer(shop)
    daemon.until("a third of the decisions", lambda: shop.reached() > members * 0.3)
    asked = time.monotonic()
    subprocess.run([nudged, "hold", "--all", "--reason", "load"], cwd=shop.folder, check=True, stdout=subprocess.DEVNULL)
    answered = time.monotonic() - asked
    last, size = asked, -1
    while time.monotonic() < max(last, asked + answered) + 3:
        now = os.path.getsize(shop.sent) if os.path.exists(shop.sent) else 0
        if now != size:
            last, size = time.monotonic(), now
        time.sleep(0.02)
    daemon.until("every decision", lambda: shop.reached() >= members)
    seconds = time.monotonic() - began
    sends = sum(1 for _ in open(shop.sent)) if os.path.exists(shop.sent) else 0
    row("mass schedule", {"rss": daemon.rss(), "gap": daemon.gap(), "hold": last - asked},
        f"{members} decided in {seconds:.0f} s, {sends} sent; `hold` answered after {answered:.1f} s;"
        f" another writer waited {wait.end():.1f} s at most")
    seconds = daemon.terminate()
    row("SIGTERM when idle", {"exit": seconds})
    began, rss, code = command("verify", "--store", f"sqlite:{shop.store}")
    row("verify", {"rss": rss}, f"{began:.0f} s, after the mass schedule; " + ("all hold" if code == 0 else "BROKEN"))
    shop.remove()


def sigterm():
    shop = shop_of("sigterm", rules(f'schedule: {{every: day, at: "{at_once()}"}}'))
    daemon = Daemon(shop)
    daemon.start()
    daemon.until("a tenth of the decisions", lambda: shop.reached() > members * 0.1)
    before = shop.reached()
    seconds = daemon.terminate()
    after = shop.reached()
    row("SIGTERM amid it", {"exit": seconds}, f"{after - before} decided after it")
    shop.remove()


def pending():
    shop = shop_of("pending", rules(f'schedule: {{every: day, at: "{at_once()}"}}'))
    hold = [nudged, "hold", "--all", "--reason", "load"]
    daemon = Daemon(shop)
    daemon.start()
    subprocess.run(hold, cwd=shop.folder, check=True, stdout=subprocess.DEVNULL)
    daemon.until("every decision", lambda: shop.reached() >= members)
    daemon.terminate()
    owed = shop.sql("SELECT COUNT(*) FROM deliveries WHERE state = 'pending'")[0][0]
    daemon = Daemon(shop)
    start = daemon.start()
    began = time.monotonic()
    subprocess.run([nudged, "release", "--all", "--yes"], cwd=shop.folder, check=True, stdout=subprocess.DEVNULL)
    sent = lambda: os.path.getsize(shop.sent) if os.path.exists(shop.sent) else 0
    daemon.until("the first send", sent)
    # What is handed over in two minutes shows what it takes; the rest would be more of the same.
    limit = time.monotonic() + 120
    done = lambda: not shop.sql("SELECT EXISTS (SELECT 1 FROM deliveries WHERE state = 'pending')")[0][0]
    daemon.until("two minutes of sending", lambda: time.monotonic() > limit or done())
    seconds, count = time.monotonic() - began, sum(1 for _ in open(shop.sent))
    row("all pending at the start", {"rss": daemon.rss(), "gap": daemon.gap(), "start": start, "exit": daemon.terminate()},
        f"{owed} owed; {count} sent in {seconds:.0f} s, {count / seconds:.0f}/s")
    shop.remove()


def delays():
    due = int(time.time()) + 60 + members // 40_000
    shop = shop_of("delays", rules("event: {name: load.called, after: 1h}"))
    shop.sql("INSERT INTO events (member, name, at, source) SELECT id, 'load.called', ?, 'load' FROM members",
             (due - 3600) * 1_000_000)
    daemon = Daemon(shop)
    daemon.start()
    late = "" if time.time() < due else " (too late: the rule went live after them)"
    daemon.until("every decision", lambda: time.time() > due + 5 and shop.reached() >= members)
    row("all due at once", {"rss": daemon.rss(), "gap": daemon.gap(), "exit": daemon.terminate()},
        f"{members} decided in {time.time() - due:.0f} s{late}")
    shop.remove()


def existing():
    shop = shop_of("existing", rules("inactive: {for: 90d, activity: [order.paid, member.registered]}",
                                  "    existing_members: all\n"))
    daemon = Daemon(shop)
    start = daemon.start()
    began = time.monotonic()
    wait = Writer(shop)
    daemon.until("every decision", lambda: shop.reached() >= members)
    row("go-live with existing members", {"rss": daemon.rss(), "gap": daemon.gap(), "start": start, "exit": daemon.terminate()},
        f"{members} decided in {time.monotonic() - began:.0f} s; another writer waited {wait.end():.1f} s at most")
    shop.remove()


def dry_run():
    shop = shop_of("dry-run", rules('schedule: {every: day, at: "10:00"}'))
    seconds, rss, _ = command("dry-run", os.path.join(shop.folder, "rules"), "--store", f"sqlite:{shop.store}",
                              "--config", os.path.join(shop.folder, "nudged.yaml"),
                              "--at", "2026-06-16", "--format", "ndjson")
    row("dry-run --store", {"rss": rss}, f"{seconds:.0f} s, everyone once")
    shop.remove()


def plan():
    shop = shop_of("plan", "")
    shutil.rmtree(os.path.join(shop.folder, "rules"))
    shutil.copytree(os.path.join(ROOT, RULES), os.path.join(shop.folder, "rules"))
    path = os.path.join(shop.folder, "rules/lifecycle.yaml")
    text = open(path).read()
    edited = text.replace("spend_365d: {at_least: 2000}", "spend_365d: {at_least: 1000}")
    edited = edited.replace("[gold, platinum]", "[silver, gold, platinum]")
    if edited == text:
        sys.exit(f"the threshold to edit is not in {RULES}")
    shop.write("rules/lifecycle.yaml", edited)
    seconds, rss, _ = command("plan", os.path.join(shop.folder, "rules"), "--store", f"sqlite:{shop.store}",
                              "--at", "2026-06-15T10:00:30+08:00")
    row("plan", {"rss": rss}, f"{seconds:.0f} s, two thresholds edited")
    shop.remove()


PATHS = {"cold": cold, "existing": existing, "delays": delays, "mass": mass, "pending": pending, "sigterm": sigterm, "dry-run": dry_run,
         "plan": plan}

chosen = sys.argv[1:] or list(PATHS)
if os.cpu_count() > 2:
    os.sched_setaffinity(0, {0, 1})
members = int(os.environ.get("LOAD_MEMBERS", "1000000"))
lab = Lab(os.environ.get("BENCH_DATA", os.path.join(ROOT, "bench-data")), os.environ.get("BENCH_NUDGED"), 1, False)
nudged, base, work, missed = lab.nudged, lab.store(members), lab.work, []
print(f"{members} members, {os.cpu_count()} cores, {datetime.date.today()}\n")
print("| path | peak memory | longest gap between heartbeats | SIGTERM to exit | `hold` to the last send | start | |")
print("|---|---|---|---|---|---|---|")
try:
    for name in chosen:
        if name not in PATHS:
            sys.exit(f"there is no path {name}; there are: {', '.join(PATHS)}")
        PATHS[name]()
finally:
    Daemon.kill_all()
    shutil.rmtree(work, ignore_errors=True)
print()
for line in missed:
    print(f"MISSED {line}")
print("every goal is met" if not missed else f"{len(missed)} goals are missed")
sys.exit(1 if missed else 0)
