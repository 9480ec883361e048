"""What every measurement shares: the programs that are built, the stores that are kept, a snapshot that brings a store
back, one process measured, and the figures that come of it.
"""
import contextlib, datetime, hashlib, json, os, platform, signal, sqlite3, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
RULES = os.path.join("Benchmarks", "rules")
# The measured tick of the five rules, the tick before it, and one with nothing due after it.
BEFORE, NOW, AFTER = "2026-06-15T09:59:00+08:00", "2026-06-15T10:00:00+08:00", "2026-06-15T10:00:00.001+08:00"
SOURCES = {"gen": ["gen.c", "population.c"], "limit": ["limit.c", "population.c"],
           "handwritten": ["handwritten.c"], "post": ["post.c"], "group": ["group.c"]}


class Void(Exception):
    """The run says nothing, because something that has to be equal is not."""


class Missing(Exception):
    """The figure cannot be measured here, and why."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def quartiles(values):
    """The lower quartile, the median and the upper one."""
    ordered = sorted(values)

    def at(part):
        place = part * (len(ordered) - 1)
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (place - low) * (ordered[high] - ordered[low])
    return at(0.25), at(0.5), at(0.75)


def load():
    return os.getloadavg()[0]


def machine():
    model = "unknown processor"
    with contextlib.suppress(OSError, StopIteration), open("/proc/cpuinfo") as file:
        model = next(line for line in file if line.startswith("model name")).split(":", 1)[1].strip()
    return f"{platform.system()} {platform.machine()}, {model}, {os.cpu_count()} cores"


class Figure:
    """What is measured, and the bar that it has to reach. `bar` is the most allowed, or the least where `least` is."""

    def __init__(self, name, says, unit, bar=None, least=False):
        self.name, self.says, self.unit, self.bar, self.least = name, says, unit, bar, least

    def result(self, values, note=""):
        low, middle, high = quartiles(values)
        met = None if self.bar is None else middle >= self.bar if self.least else middle <= self.bar
        return dict(self.unmeasured(note), value=rounded(middle), quartiles=[rounded(low), rounded(high)], met=met,
                    pairs=len(values))

    def unmeasured(self, note):
        bar = None if self.bar is None else {"at_least" if self.least else "at_most": self.bar}
        return {"name": self.name, "says": self.says, "value": None, "quartiles": None, "unit": self.unit, "bar": bar,
                "met": None, "pairs": 0, "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ"),
                "machine": machine(), "load": round(load(), 2), "note": note}


def rounded(value):
    return float(f"{value:.4g}")


class Run:
    """One process: what it printed, its seconds, processor seconds and peak memory in KiB."""

    def __init__(self, command, accept=(0,), **options):
        began = time.monotonic()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            child = subprocess.Popen(command, stdout=out, stderr=errors, **options)
            _, status, use = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            self.seconds, self.status = time.monotonic() - began, child.returncode
            self.processor, self.memory = use.ru_utime + use.ru_stime, use.ru_maxrss
            self.out, self.errors = (read_all(file) for file in (out, errors))
        if self.status not in accept:
            raise Void(f"{' '.join(command[:3])} … ended with {self.status}: {self.errors[-800:]}")


def read_all(file):
    file.seek(0)
    return file.read().decode()


class Lab:
    def __init__(self, data, nudged, pairs, is_quick):
        self.data, self.pairs, self.is_quick = os.path.abspath(data), pairs, is_quick
        os.makedirs(self.data, exist_ok=True)
        self.work = tempfile.mkdtemp(prefix="run.", dir=self.data)
        self.nudged = os.path.abspath(nudged) if nudged else build_nudged()
        self.built = set()

    def program(self, name):
        path = os.path.join(self.data, name)
        if name not in self.built:
            sources = [os.path.join(HERE, source) for source in SOURCES[name]]
            Run(["cc", "-O2", "-Wall", "-o", path, *sources, "-lsqlite3", "-lm"])
            self.built.add(name)
        return path

    def parts(self):
        """The program that measures parts of a tick within one process. BENCH_PARTS is one that is built already."""
        if "bench-parts" not in self.built:
            say("building bench-parts")
            self.own_parts = os.path.abspath(os.environ.get("BENCH_PARTS") or build("bench-parts"))
            self.built.add("bench-parts")
        return self.own_parts

    def tick(self, store, at, rules=RULES):
        """The milliseconds of one tick, its rows by rule, and the process."""
        run = Run([self.nudged, "tick", "--rules", rules, "--store", f"sqlite:{store}", "--at", at, "--json", "--total"],
                  cwd=ROOT)
        rows = [json.loads(line) for line in run.out.splitlines()]
        return next(row["total_ms"] for row in rows if "total_ms" in row), [row for row in rows if "rule" in row], run

    def due(self, members):
        """How many are due for the five rules."""
        return int(os.environ.get("BENCH_DUE", 3_000 if members >= 1_000_000 else 1_000))

    def store(self, members, due=None):
        """A store of that many members in which the five rules went live a minute before the measured tick."""
        due = due or self.due(members)
        empty = os.path.join(self.work, "empty.db")
        if not os.path.exists(empty):
            self.tick(empty, BEFORE)
        # A store of another schema, or of another population, is another one.
        path = os.path.join(self.data, f"store-{self.fingerprint(empty)}-{members}-{due}.db")
        if not os.path.exists(path):
            say(f"generating a store of {members:,} members")
            part = os.path.join(self.work, "part.db")
            subprocess.run(["cp", empty, part], check=True)
            Run([self.program("gen"), part, "--members", str(members), "--due", str(due)])
            self.tick(part, BEFORE)
            forget(part)
            os.rename(part, path)
        read_through(path)
        return path

    def fingerprint(self, store):
        with database(store) as db:
            schema = db.execute("SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master ORDER BY name)")
            text = schema.fetchone()[0].encode()
        for name in SOURCES["gen"]:
            with open(os.path.join(HERE, name), "rb") as file:
                text += file.read()
        return hashlib.sha256(text).hexdigest()[:8]

    def limit_store(self, members, due):
        path = os.path.join(self.data, f"limit-{members}-{due}.db")
        if not os.path.exists(path):
            say(f"generating the limit's store of {members:,} members")
            part = os.path.join(self.work, "limit.db")
            Run([self.program("limit"), "fill", part, "--members", str(members), "--due", str(due)])
            os.rename(part, path)
        read_through(path)
        return path

    def path(self, name):
        """Where something may be put that goes when the run is over."""
        return os.path.join(self.work, name)

    def version(self):
        """What was measured: the program, and the commit where there is one."""
        commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], stdout=subprocess.PIPE, text=True,
                                stderr=subprocess.DEVNULL).stdout.strip()
        return f"{Run([self.nudged, '--version']).out.splitlines()[0]}, {commit or 'no commit'}"


def build_nudged():
    say("building the optimized program")
    return build("nudged")


def build(product):
    command = ["swift", "build", "-c", "release", "--product", product, "--explicit-target-dependency-import-check", "error"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)
    path = subprocess.run(command + ["--show-bin-path"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return os.path.join(path.strip(), product)


def write_block(page, name, text):
    """Between the marks of that name in a page of docs/."""
    path = os.path.join(ROOT, "docs", page)
    with open(path) as file:
        head, rest = file.read().split(f"<!-- {name} -->\n", 1)
    tail = rest.split("<!-- end -->", 1)[1]
    with open(path, "w") as file:
        file.write(f"{head}<!-- {name} -->\n{text}\n<!-- end -->{tail}")


@contextlib.contextmanager
def database(path):
    db = sqlite3.connect(path, timeout=60, isolation_level=None)
    try:
        yield db
    finally:
        db.close()


def read_through(path):
    """Into the page cache."""
    with open(path, "rb", buffering=0) as file:
        while file.read(1 << 22):
            pass


def forget(store):
    for end in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.remove(store + end)


HOLDER = """import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
db.execute("BEGIN")
db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
print("held", flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def held(store):
    """While a snapshot of the unchanged file is held, no checkpoint can move the write-ahead log into it. So a run may
    commit as ever, and taking the log away afterwards gives the store back as it was, without copying gigabytes. The
    holder is killed, because the last connection that is closed would checkpoint.
    """
    before = os.stat(store)
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, store], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if holder.stdout.readline() != "held\n":
            raise Void(f"cannot hold {store}")
        yield
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        holder.stdin.close()
        holder.stdout.close()
        forget(store)
        after = os.stat(store)
        if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
            raise Void(f"{store} was changed by a run; remove it")


WAL_HEADER, FRAME_HEADER = 32, 24


def log_of(store):
    """Frames and bytes of the write-ahead log."""
    size = os.path.getsize(store + "-wal")
    with open(store, "rb") as file:
        file.seek(16)
        page = int.from_bytes(file.read(2), "big")
    page = 65536 if page == 1 else page
    return (size - WAL_HEADER) // (page + FRAME_HEADER), size


def bytes_by_table(store):
    """Bytes on disk of each table with its indexes."""
    with database(store) as db:
        rows = db.execute(
            "SELECT coalesce(m.tbl_name, s.name), SUM(s.pgsize) FROM dbstat s LEFT JOIN sqlite_master m"
            " ON m.name = s.name WHERE s.aggregate = TRUE GROUP BY 1").fetchall()
    return dict(rows)
