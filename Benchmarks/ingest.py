"""Events of a source over HTTP: how many a second are answered and on disk, beside the same rows by SQLite alone."""
import datetime, os, subprocess, time

from lab import Figure, Missing, Run, Void, database, say
from sending import free_port
from shop import Daemon, Shop, rule
from ticks import words

RATIO = Figure("ingest", "events a second over HTTP next to SQLite alone that writes the same rows, 64 to a commit", "×", 0.5,
               least=True)
MEAN = Figure("ingest_mean", "the same, with as many to a commit of SQLite alone as the daemon's commits had", "×")
LATE = Figure("ingest_p99", "of a hundred answers to an event the slowest but one, 64 connections", "ms", 25)
MIDDLE = Figure("ingest_p50", "the median of those answers", "ms")
OURS = Figure("ingest_rate", "events a second over HTTP, 64 connections that are kept", "/s")
RAW = Figure("ingest_sqlite", "events a second by SQLite alone, the same rows", "/s")
LEAST = Figure("ingest_least", "events a second over HTTP next to SQLite alone, one row of one table an event", "×")
USED = Figure("ingest_processor", "processor time of the daemon for an event", "µs")
BATCHES = Figure("ingest_batches", "events a second in batches of a hundred, four connections", "/s")
FIGURES = [RATIO, MEAN, LATE, MIDDLE, OURS, RAW, LEAST, USED, BATCHES]

SOURCE, KEY, CONNECTIONS = "shop", "BENCH_WRITE_KEY", 64
HTTP = "http: {{listen: \"127.0.0.1:{port}\", sources: [{{id: shop, write_key: {{env: " + KEY + "}}}}]}}\n"
# What the daemon leaves for the events. The hash of the one is keyed, and each of the two has its own instant of arrival.
WRITTEN = (
    "SELECT member, name, at, source, event_id, ref, data FROM events WHERE source = 'shop' ORDER BY event_id",
    "SELECT source, event_id, length(hash) FROM received ORDER BY source, event_id",
    "SELECT member, name, at FROM latest WHERE name = 'product.viewed' ORDER BY member",
)

COUNTER = "SELECT value FROM meta WHERE key = 'seq'"


def written(store):
    with database(store) as db:
        return [db.execute(sql).fetchall() for sql in WRITTEN]


class Round:
    """Shops on copies of one store, each for one way of writing the same events."""

    def __init__(self, lab, members, events):
        self.lab, self.members, self.events = lab, members, events
        self.base = lab.store(members)
        # None of them is ahead of the clock of the daemon.
        self.start = int(time.time() * 1000) - events - 3_600_000

    def numbers(self, *first):
        return [str(one) for one in (*first, self.members, self.start)]

    def ours(self, connections, batch):
        """Words of the client, processor seconds of the daemon, and what it left."""
        port = free_port()
        body = "version: 1\nrules:" + rule("event: {name: load.called}")
        shop = Shop(self.lab.nudged, self.base, self.lab.path("ingest"), body, config=HTTP.format(port=port))
        daemon = Daemon(shop)
        daemon.start()
        daemon.until("the rules in force", lambda: "rule set in force" in open(daemon.log.name).read())
        os.sync()
        # Each transaction that takes events takes one number of the counter.
        before, commits = daemon.processor(), shop.sql(COUNTER)[0][0]
        client = Run([self.lab.program("post"), *self.numbers(port, self.events, connections, batch)],
                     env=dict(os.environ, KEY=os.environ[KEY]))
        used = daemon.processor() - before
        # What was answered is on disk, whatever becomes of the daemon.
        daemon.process.kill()
        daemon.terminate()
        found, rows = words(client.out), written(shop.store)
        found["each_commit"] = self.events / max(1, shop.sql(COUNTER)[0][0] - commits)
        shop.remove()
        if found["accepted"] != self.events or len(rows[0]) != self.events:
            raise Void(f"{self.events} events were sent, {found['accepted']:.0f} accepted and {len(rows[0])} are there")
        return found, used, rows

    def theirs(self, writers, *least):
        """Seconds of SQLite alone, and what it left."""
        store = self.lab.path("group.db")
        subprocess.run(["cp", "--reflink=auto", self.base, store], check=True)
        os.sync()
        run = Run([self.lab.program("group"), store, *self.numbers(self.events, writers), *least])
        rows = None if least else written(store)
        for end in ("", "-wal", "-shm"):
            if os.path.exists(store + end):
                os.remove(store + end)
        return words(run.out)["seconds"], rows


def require_equal(ours, theirs):
    for our, their in zip(ours, theirs, strict=True):
        if our != their:
            differing = next((pair for pair in zip(our, their) if pair[0] != pair[1]), (len(our), len(their)))
            raise Void("SQLite alone wrote other rows than the daemon: %s and %s" % differing)


def ingest(lab):
    """A round is the daemon and SQLite alone, one after the other from the same store. The first is not counted."""
    os.environ[KEY] = "bench"
    members, events = (10_000, 5_000) if lab.is_quick else (20_000, 15_000)
    pairs = Round(lab, members, events)
    found, sizes = {figure.name: [] for figure in FIGURES}, []
    for pair in range(lab.pairs + 1):
        say(f"ingest: round {pair} of {lab.pairs}")
        (client, used, rows), (same, theirs) = pairs.ours(CONNECTIONS, 1), pairs.theirs(CONNECTIONS)
        require_equal(rows, theirs)
        mean, _ = pairs.theirs(max(1, round(client["each_commit"])))
        least, _ = pairs.theirs(CONNECTIONS, "least")
        batches, _, _ = pairs.ours(4, 100)
        if pair == 0:
            continue
        for figure, value in (
                (RATIO, same / client["seconds"]), (MEAN, mean / client["seconds"]), (LATE, client["p99"]), (MIDDLE, client["p50"]),
                (OURS, events / client["seconds"]), (RAW, events / same), (LEAST, least / client["seconds"]),
                (USED, used / events * 1e6), (BATCHES, events / batches["seconds"])):
            found[figure.name].append(value)
        sizes.append(client["each_commit"])
    note = f"{events:,} events of {members:,} members; the daemon's commits had {min(sizes):.0f} to {max(sizes):.0f}"
    for figure in FIGURES:
        yield figure.result(found[figure.name], note)
