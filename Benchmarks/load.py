"""The measuring half of load.sh:  load.py NUDGED STORE WORK [PATH…]

Each path runs on a copy of its own. A daemon under measurement is watched through NOTIFY_SOCKET as systemd would: its
heartbeats (WATCHDOG=1) may be at most GOALS["gap"] apart from READY on, and it has to end soon after SIGTERM.
"""
import datetime, os, shutil, signal, socket, sqlite3, subprocess, sys, threading, time

GOALS = {"rss": 256, "gap": 5.0, "exit": 10.0, "hold": 1.0, "start": 10.0}
SHOP = datetime.timezone(datetime.timedelta(hours=8))
DAY = 86_400
LONGEST = 1200          # seconds that anything here may take

RULE = """
  - id: {id}
    name: 负载
    status: live
    owner: bench
    purpose: {purpose}
    when:
      {when}
{more}    do:
      - send:
          try:
            - app: {{template: app_load}}
          fill: {{name: member.display_name}}
"""
TEMPLATES = """version: 1
templates:
  - id: app_load
    channel: app
    text: "【星河百货】{{ name | default: '您好' }}，新品已到店，期待您的光临。拒收请回复R"
    values: {name: {type: text, max: 10}}
"""
SETTINGS = "version: 1\ntimezone: Asia/Shanghai\nquiet_hours: none\nservice_owners: [bench]\nblast_guard: off\n"


def rules(when, more=""):
    return "version: 1\nrules:" + RULE.format(id="load", purpose="service", when=when, more=more)


class Shop:
    """A copy of the store with rules and a config of its own."""

    def __init__(self, name, body):
        self.folder = os.path.join(work, name)
        os.makedirs(os.path.join(self.folder, "rules"))
        self.store = os.path.join(self.folder, "shop.db")
        subprocess.run(["cp", "--reflink=auto", base, self.store], check=True)
        self.sent = os.path.join(self.folder, "sent.ndjson")
        self.write("rules/rules.yaml", body)
        self.write("rules/templates.yaml", TEMPLATES)
        self.write("rules/settings.yaml", SETTINGS)
        self.write(
            "nudged.yaml",
            "version: 1\nstore: {url: \"sqlite:shop.db\"}\nrules_dir: rules\n"
            "channels: {app: {type: log, address: none, path: sent.ndjson}}\n")

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(text)

    def sql(self, text, *values):
        db = sqlite3.connect(self.store, timeout=60, isolation_level=None)
        try:
            return db.execute(text, values).fetchall()
        finally:
            db.close()

    def reached(self):
        return self.sql("SELECT COALESCE(SUM(people), 0) FROM reach WHERE rule = 'load'")[0][0]

    def remove(self):
        shutil.rmtree(self.folder)


class Daemon:
    def __init__(self, shop):
        self.shop = shop
        self.path = os.path.join(shop.folder, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        # A second daemon of one shop takes the place of the first.
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.socket.bind(self.path)
        self.socket.settimeout(0.2)
        self.beats, self.ready, self.ended = [], None, threading.Event()
        environment = dict(os.environ, NOTIFY_SOCKET=os.path.abspath(self.path), WATCHDOG_USEC="2000000")
        environment.pop("WATCHDOG_PID", None)
        self.log = open(os.path.join(shop.folder, "log"), "w")
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [nudged, "run"], cwd=shop.folder, env=environment, stderr=self.log, stdout=self.log)
        daemons.append(self)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while not self.ended.is_set():
            try:
                words = self.socket.recv(4096).decode().split("\n")
            except TimeoutError:
                continue
            now = time.monotonic()
            if "READY=1" in words and self.ready is None:
                self.ready = now
            if "WATCHDOG=1" in words:
                self.beats.append(now)

    def until(self, what, condition):
        limit = time.monotonic() + LONGEST
        while not condition():
            if self.process.poll() is not None:
                sys.exit(f"{self.shop.folder}: the daemon ended before {what}: " + open(self.log.name).read()[-2000:])
            if time.monotonic() > limit:
                self.process.kill()
                sys.exit(f"{self.shop.folder}: {what} took more than {LONGEST} s")
            time.sleep(0.05)

    def start(self):
        self.until("READY", lambda: self.ready)
        return self.ready - self.began

    def rss(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            line = next(line for line in status if line.startswith("VmHWM"))
        return int(line.split()[1]) // 1024

    def gap(self):
        """The longest time without a heartbeat, from READY to now."""
        times = [self.ready] + [beat for beat in self.beats if beat > self.ready] + [time.monotonic()]
        return max(b - a for a, b in zip(times, times[1:]))

    def terminate(self):
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.ended.set()
        return time.monotonic() - began


def command(*arguments):
    """Runs to its end; returns seconds and peak memory."""
    began = time.monotonic()
    with open(os.path.join(work, "errors"), "w+") as errors:
        process = subprocess.Popen([nudged, *arguments], stdout=subprocess.DEVNULL, stderr=errors)
        _, status, use = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            errors.seek(0)
            sys.exit(f"{' '.join(arguments[:1])} failed with {process.returncode}: {errors.read()[-1000:]}")
    return time.monotonic() - began, use.ru_maxrss // 1024, process.returncode


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
    shop = Shop("cold", rules('schedule: {every: day, at: "03:00"}'))
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
    now = datetime.datetime.now(SHOP) + datetime.timedelta(seconds=25)
    return (now.replace(second=0, microsecond=0) + datetime.timedelta(minutes=1)).strftime("%H:%M")


def mass():
    shop = Shop("mass", rules(f'schedule: {{every: day, at: "{at_once()}"}}'))
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
    shop = Shop("sigterm", rules(f'schedule: {{every: day, at: "{at_once()}"}}'))
    daemon = Daemon(shop)
    daemon.start()
    daemon.until("a tenth of the decisions", lambda: shop.reached() > members * 0.1)
    before = shop.reached()
    seconds = daemon.terminate()
    after = shop.reached()
    row("SIGTERM amid it", {"exit": seconds}, f"{after - before} decided after it")
    shop.remove()


def pending():
    shop = Shop("pending", rules(f'schedule: {{every: day, at: "{at_once()}"}}'))
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
    shop = Shop("delays", rules("event: {name: load.called, after: 1h}"))
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
    shop = Shop("existing", rules("inactive: {for: 90d, activity: [order.paid, member.registered]}",
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
    shop = Shop("dry-run", rules('schedule: {every: day, at: "10:00"}'))
    seconds, rss, _ = command("dry-run", os.path.join(shop.folder, "rules"), "--store", f"sqlite:{shop.store}",
                              "--config", os.path.join(shop.folder, "nudged.yaml"),
                              "--at", "2026-06-16", "--format", "ndjson")
    row("dry-run --store", {"rss": rss}, f"{seconds:.0f} s, everyone once")
    shop.remove()


def plan():
    shop = Shop("plan", "")
    shutil.rmtree(os.path.join(shop.folder, "rules"))
    shutil.copytree("Benchmarks/rules", os.path.join(shop.folder, "rules"))
    path = os.path.join(shop.folder, "rules/lifecycle.yaml")
    text = open(path).read()
    edited = text.replace("spend_365d: {at_least: 2000}", "spend_365d: {at_least: 1000}")
    edited = edited.replace("[gold, platinum]", "[silver, gold, platinum]")
    if edited == text:
        sys.exit("the threshold to edit is not in Benchmarks/rules")
    shop.write("rules/lifecycle.yaml", edited)
    seconds, rss, _ = command("plan", os.path.join(shop.folder, "rules"), "--store", f"sqlite:{shop.store}",
                              "--at", "2026-06-15T10:00:30+08:00")
    row("plan", {"rss": rss}, f"{seconds:.0f} s, two thresholds edited")
    shop.remove()


class Writer(threading.Thread):
    """Another process that writes: how long it has to wait for its turn at most."""

    def __init__(self, shop):
        super().__init__(daemon=True)
        self.shop, self.longest, self.over = shop, 0.0, threading.Event()
        self.start()

    def run(self):
        db = sqlite3.connect(self.shop.store, timeout=120, isolation_level=None)
        while not self.over.wait(0.5):
            began = time.monotonic()
            db.execute("BEGIN IMMEDIATE")
            db.execute("ROLLBACK")
            self.longest = max(self.longest, time.monotonic() - began)
        db.close()

    def end(self):
        self.over.set()
        self.join()
        return self.longest


PATHS = {"cold": cold, "existing": existing, "delays": delays, "mass": mass, "pending": pending, "sigterm": sigterm, "dry-run": dry_run,
         "plan": plan}

nudged, base, work = os.path.abspath(sys.argv[1]), *sys.argv[2:4]
chosen = sys.argv[4:] or list(PATHS)
missed, daemons = [], []
db = sqlite3.connect(base)
members = db.execute("SELECT COUNT(*) FROM members").fetchone()[0]
db.close()
print(f"{members} members, {os.cpu_count()} cores, {datetime.date.today()}\n")
print("| path | peak memory | longest gap between heartbeats | SIGTERM to exit | `hold` to the last send | start | |")
print("|---|---|---|---|---|---|---|")
try:
    for name in chosen:
        if name not in PATHS:
            sys.exit(f"there is no path {name}; there are: {', '.join(PATHS)}")
        PATHS[name]()
finally:
    for one in daemons:
        if one.process.poll() is None:
            one.process.kill()
print()
for line in missed:
    print(f"MISSED {line}")
print("every goal is met" if not missed else f"{len(missed)} goals are missed")
sys.exit(1 if missed else 0)
