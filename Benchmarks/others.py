"""What scripts of their own measure: importing, dispatch, mail, rendering, and an independent peer. Their tables and JSON
lines are read here, so that one run answers everything.
"""
import json, os, re

from lab import HERE, ROOT, RULES, Figure, Missing, Run, say

IMPORT = Figure("import", "import of orders next to .import of the same file into a plain table", "×", 12)
WRITTEN = Figure("import_written", "bytes written by that import next to the size of the store after it", "×", 8)
MEMORY = Figure("import_memory", "peak memory of that import", "MiB", 256)
MEMBERS = Figure("import_members", "import of members next to .import", "×", 12)
SLOW = Figure("dispatch_50", "messages a second next to wrk, gateway of 50 ms, 200 at once", "×", 0.9, least=True)
FAST = Figure("dispatch_0", "messages a second next to wrk, gateway of 0 ms, 64 at once", "×", 0.12, least=True)
MAIL = Figure("mail", "mails a second next to smtp-source, ten sessions", "×", 0.3, least=True)
RENDER = Figure("render", "rendering of a typical SMS", "µs", 5)
PEER = Figure("peer", "an independent peer on PostgreSQL next to our tick, for an occurrence", "×", 15, least=True)


def rounds(lab):
    """Of what has to set up a shop for each: one where it has to be quick."""
    return 1 if lab.is_quick else lab.pairs


def script(name, environment, *arguments):
    path = os.path.join(HERE, name)
    if not os.path.exists(path):
        raise Missing(f"there is no Benchmarks/{name}")
    return Run(["bash", path, *arguments], cwd=ROOT, env=dict(os.environ, **environment)).out


def imports(lab):
    rows = 50_000 if lab.is_quick else 1_000_000
    environment = {"BENCH_NUDGED": lab.nudged, "BENCH_DATA": lab.data, "BENCH_ROWS": str(rows), "BENCH_MEMBERS": str(rows)}
    found = {}
    for pair in range(rounds(lab)):
        say(f"import: pair {pair + 1} of {rounds(lab)}")
        for row in json.loads(script("import.sh", environment, "members", "orders").splitlines()[-1]):
            found.setdefault("orders" if row["import"].startswith("orders") else row["import"], []).append(row)
    note = f"{rows:,} rows, {rows:,} members"
    yield IMPORT.result([row["ratio"] for row in found["orders"]], note)
    yield WRITTEN.result([row["written_ratio"] for row in found["orders"]], note)
    yield MEMORY.result([row["memory"] / 2**20 for row in found["orders"]], note)
    yield MEMBERS.result([row["ratio"] for row in found["members"]], note)


def dispatch(lab):
    say("dispatch beside wrk")
    out = script("dispatch.sh", {"DISPATCH_NUDGED": lab.nudged, "DISPATCH_ROUNDS": str(rounds(lab))})
    for figure, setting in ((SLOW, "50 ms, 200 at once"), (FAST, "0 ms, 64 at once")):
        rows = re.findall(rf"(?m)^\| {setting} \| \d+ \| (\d+)/s \| (\d+)/s \| ([\d.]+) ", out)
        yield figure.result([float(ratio) for _, _, ratio in rows], both(rows))


def mail(lab):
    say("mail beside smtp-source")
    messages = "2000" if lab.is_quick else "8000"
    out = script("mail.sh", {"MAIL_NUDGED": lab.nudged, "MAIL_ROUNDS": str(rounds(lab)), "MAIL_MESSAGES": messages})
    rows = re.findall(r"(?m)^\| \d+ \| (\d+)/s \| (\d+)/s \| ([\d.]+) ", out)
    yield MAIL.result([int(ours) / int(theirs) for ours, theirs, _ in rows], both(rows))


def both(rows):
    ours, theirs = ([int(row[n]) for row in rows] for n in (0, 1))
    return f"{min(ours):,} to {max(ours):,}/s, the other {min(theirs):,} to {max(theirs):,}/s"


def render(lab):
    """The slowest of the texts of the five rules."""
    found = [[row["us"] for row in map(json.loads, Run([lab.parts(), "render", RULES], cwd=ROOT).out.splitlines())]
             for _ in range(lab.pairs)]
    yield RENDER.result([max(run) for run in found], f"the slowest of {len(found[0])} texts, within one process")


def peer(lab):
    path = os.path.join(lab.data, "peer.json")
    if not os.path.exists(path):
        raise Missing("run make bench-peer")
    with open(path) as file:
        found = json.load(file)
    yield dict(PEER.result(found["ratios"], found["note"]), date=found["date"], load=found["load"])
