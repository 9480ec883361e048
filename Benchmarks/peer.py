"""An independent peer beside us in one run: Tryton's marketing automation on PostgreSQL, from their own packages, with the
same members and three of the rules (birthday, one hour after a purchase, inactive). See docs/benchmarks.md.

  peer.py [--members N] [--due N] [--pairs N] [--write]

  --write   puts the table into docs/benchmarks.md and docs/benchmarks.zh-CN.md

The peer is put into a folder of BENCH_DATA and stays there for the next run; its cluster is made anew, listens on a free
port of this machine and is gone at the end. Nothing of the peer is in this repository: peer/ calls its public models.
BENCH_NUDGED is as for bench.py. The figures go to peer.json, where bench.py reads them.
"""
import argparse, contextlib, datetime, json, os, shutil, signal, socket, subprocess, sys, tempfile

sys.dont_write_bytecode = True
from lab import BEFORE, HERE, NOW, ROOT, RULES, Lab, Run, Void, database, held, load, log_of, machine, quartiles, say, write_block

PACKAGES = ["trytond[postgresql]", "trytond-marketing-automation", "psycopg[binary]"]
POSTGRES = "/usr/lib/postgresql/15/bin/"
CHOSEN = ("r1-birthday", "r3-purchase", "r5-inactive")
SETTINGS = ["shared_buffers=512MB", "max_wal_size=4GB", "work_mem=64MB", "fsync=on", "synchronous_commit=on",
            "listen_addresses=127.0.0.1", "unix_socket_directories="]


def as_owner(folder):
    """PostgreSQL does not run as root."""
    if os.geteuid():
        return []
    shutil.chown(folder, "postgres", "postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


@contextlib.contextmanager
def cluster():
    """A PostgreSQL of its own; stopped and removed however the run ends."""
    folder = tempfile.mkdtemp(prefix="peer-cluster.")
    owner, data = as_owner(folder), os.path.join(folder, "data")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    control = owner + [POSTGRES + "pg_ctl", "-D", data, "-w", "-l", os.path.join(folder, "log")]
    try:
        Run(owner + [POSTGRES + "initdb", "-D", data, "-U", "peer", "-A", "trust", "-E", "UTF8", "--locale=C"], cwd=folder)
        options = " ".join(f"-c {setting}" for setting in SETTINGS)
        Run(control + ["-o", f"-p {port} {options}", "start"], cwd=folder)
        Run([POSTGRES + "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "peer", "peer"])
        yield f"postgresql://peer@127.0.0.1:{port}/"
    finally:
        if os.path.exists(os.path.join(data, "postmaster.pid")):
            subprocess.run(control + ["-m", "immediate", "stop"], cwd=folder, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


def install(lab):
    """A Python of its own with the peer's packages and, beside them, our description of a member."""
    folder = os.path.join(lab.data, "peer")
    python = os.path.join(folder, "bin", "python")
    if not os.path.exists(os.path.join(folder, "installed")):
        say("installing " + ", ".join(PACKAGES))
        Run([sys.executable, "-m", "venv", folder])
        Run([python, "-m", "pip", "install", "-q", *PACKAGES])
        open(os.path.join(folder, "installed"), "w").close()
    modules = Run([python, "-c", "import trytond.modules; print(trytond.modules.__path__[0])"]).out.strip()
    shutil.copytree(os.path.join(HERE, "peer", "module"), os.path.join(modules, "bench_members"), dirs_exist_ok=True)
    return python


def members(lab, path, count, due):
    """The members of the limit's store, as the peer's table wants them."""
    rows = (
        "SELECT id, ext_id, name, birth_md, tier, last_order_at, (SELECT coalesce(sum(total), 0) FROM orders o"
        " WHERE o.member_id = m.id AND o.paid_at > 1781488800 - 31536000) FROM members m ORDER BY id")
    with database(lab.limit_store(count, due)) as db, open(path, "w") as file:
        for id, code, name, birthday, tier, last, spend in db.execute(rows):
            order = "\\N" if last is None else datetime.datetime.fromtimestamp(last, datetime.timezone.utc).strftime("%F %T")
            birthday = "\\N" if birthday is None else birthday
            file.write(f"{id}\t{code}\t{name}\tt\t{birthday}\t{tier}\t{order}\t{spend}\n")


class Peer:
    def __init__(self, lab, uri, members):
        python, config = install(lab), lab.path("trytond.conf")
        with open(config, "w") as file:
            file.write(f"[database]\nuri = {uri}\n[email]\nfrom = bench@example.com\n")
        password = lab.path("password")
        with open(password, "w") as file:
            file.write("of no account: the cluster is gone in a minute")
        environment = dict(os.environ, TRYTONPASSFILE=password)
        say("making the peer's database")
        Run([os.path.join(os.path.dirname(python), "trytond-admin"), "-c", config, "-d", "peer", "-u", "bench_members",
             "--activate-dependencies", "--email", "bench@example.com"], env=environment)
        self.version = Run([python, "-c", "import trytond; print(trytond.__version__)"]).out.strip()
        say("loading the peer's members")
        self.process = subprocess.Popen(
            [python, os.path.join(HERE, "peer", "trigger.py"), config, "peer", members], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise Void("the peer did not start")

    def trigger(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait(60)


def three_rules(lab):
    folder = lab.path("three")
    shutil.copytree(os.path.join(ROOT, RULES), folder)
    path = os.path.join(folder, "lifecycle.yaml")
    with open(path) as file:
        head, *rules = file.read().split("\n  - id: ")
    with open(path, "w") as file:
        file.write("\n  - id: ".join([head] + [rule for rule in rules if rule.startswith(CHOSEN)]))
    return folder


def ours(lab, store, rules, due):
    with held(store):
        lab.tick(store, BEFORE, rules)      # the two other rules are removed here
        before = log_of(store)[1]
        took, rows, _ = lab.tick(store, NOW, rules)
        sent = sum(row["sent"] for row in rows)
        if sent != due:
            raise Void(f"{sent} sent instead of {due}")
        return {"seconds": took / 1000, "occurrences": sent, "log": log_of(store)[1] - before}


def measure(lab, options):
    store, rules, table = lab.store(options.members, options.due), three_rules(lab), lab.path("members.tsv")
    members(lab, table, options.members, options.due)
    due = options.due // 5 * len(CHOSEN)
    pairs = []
    with cluster() as uri:
        peer = Peer(lab, uri, table)
        try:
            for pair in range(options.pairs + 1):
                say(f"peer: pair {pair} of {options.pairs}" + (", not counted" if pair == 0 else ""))
                theirs, mine = peer.trigger(), ours(lab, store, rules, due)
                if abs(theirs["occurrences"] - due) > due / 50:
                    raise Void(f"the peer found {theirs['occurrences']} of {due}")
                if pair:
                    pairs.append((theirs, mine))
        finally:
            peer.end()
    return peer.version, pairs


def each(side, what):
    return side[what] / side["occurrences"]


def report(lab, version, pairs, options):
    ratios = [each(theirs, "seconds") / each(mine, "seconds") for theirs, mine in pairs]
    rows = []
    for name, side in ((f"Tryton {version}, PostgreSQL 15", 0), ("nudged", 1)):
        seconds = quartiles([each(pair[side], "seconds") * 1e6 for pair in pairs])
        log = quartiles([each(pair[side], "log") for pair in pairs])
        rows.append((name, pairs[0][side]["occurrences"], seconds, log))
    low, middle, high = quartiles(ratios)
    lines = [
        f"{machine()}; {options.members:,} members, three rules, {options.pairs} pairs; load {load():.2f}; {lab.version()};"
        f" {datetime.date.today()}.", "", "| | occurrences | µs for an occurrence | bytes of log for an occurrence |",
        "|---|---|---|---|"]
    for name, count, (a, b, c), (_, log, _) in rows:
        lines.append(f"| {name} | {count:,} | {b:.1f} ({a:.1f} to {c:.1f}) | {log:,.0f} |")
    lines.append(f"| peer / ours | | {middle:.2f} ({low:.2f} to {high:.2f}) | |")
    print("\n".join(lines))
    if options.write:
        for page in ("benchmarks.md", "benchmarks.zh-CN.md"):
            write_block(page, "peer", "\n".join(lines))
    note = "; ".join(f"{name}: {seconds[1]:.1f} µs, {log[1]:,.0f} bytes of log" for name, _, seconds, log in rows)
    found = {"ratios": ratios, "note": f"{options.members:,} members, three rules; {note}", "load": round(load(), 2),
             "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ"),
             "machine": machine(), "pairs": [{"peer": theirs, "ours": mine} for theirs, mine in pairs]}
    with open(os.path.join(lab.data, "peer.json"), "w") as file:
        json.dump(found, file, ensure_ascii=False, indent=1)
        file.write("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=3_000)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    data = os.environ.get("BENCH_DATA", os.path.join(ROOT, "bench-data"))
    lab = Lab(data, os.environ.get("BENCH_NUDGED"), options.pairs, False)
    try:
        report(lab, *measure(lab, options), options)
    finally:
        shutil.rmtree(lab.work, ignore_errors=True)


main()
