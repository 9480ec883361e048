"""A shop of its own on a copy of a store, its daemon as systemd would watch it, and another process that writes."""
import datetime, os, shutil, signal, socket, sqlite3, subprocess, sys, threading, time

SHOP = datetime.timezone(datetime.timedelta(hours=8))
KNOWN = ("sms", "wechat")   # channels whose kind of address follows from their name
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
            - {channel}: {{template: {channel}_load}}
          fill: {{name: member.display_name}}
"""
TEMPLATE = """
  - id: {channel}_load
    channel: {channel}
    text: "【星河百货】{{{{ name | default: '您好' }}}}，新品已到店，期待您的光临。拒收请回复R"
    values: {{name: {{type: text, max: 10}}}}
"""
SETTINGS = "version: 1\ntimezone: Asia/Shanghai\nquiet_hours: none\nservice_owners: [bench]\nblast_guard: off\n"


def rule(when, more="", id="load", channel="app"):
    return RULE.format(id=id, purpose="service", when=when, more=more, channel=channel)


def rules(when, more=""):
    return "version: 1\nrules:" + rule(when, more)


class Shop:
    """A copy of the store `base` with rules and a config of its own; each channel appends to a file of its name."""

    def __init__(self, nudged, base, folder, body, channels=("app",), config=""):
        self.nudged, self.folder, self.store = nudged, folder, os.path.join(folder, "shop.db")
        os.makedirs(os.path.join(folder, "rules"))
        subprocess.run(["cp", "--reflink=auto", base, self.store], check=True)
        self.sent = self.messages(channels[0])
        self.write("rules/rules.yaml", body)
        self.write("rules/templates.yaml", "version: 1\ntemplates:" + "".join(TEMPLATE.format(channel=one) for one in channels))
        self.write("rules/settings.yaml", SETTINGS)
        lines = "".join(
            f"  {one}: {{type: log{'' if one in KNOWN else ', address: none'}, path: {one}.ndjson}}\n" for one in channels)
        self.write(
            "nudged.yaml", "version: 1\nstore: {url: \"sqlite:shop.db\"}\nrules_dir: rules\n" + config + "channels:\n" + lines)

    def messages(self, channel):
        return os.path.join(self.folder, f"{channel}.ndjson")

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(text)

    def run(self, *arguments):
        subprocess.run([self.nudged, *arguments], cwd=self.folder, check=True, stdout=subprocess.DEVNULL)

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
    """`nudged run` in a shop. Its heartbeats (WATCHDOG=1) come through NOTIFY_SOCKET, as they would to systemd."""

    all = []

    def __init__(self, shop):
        self.shop = shop
        # The name of a socket is short, and a shop's folder need not be.
        self.path = os.path.relpath(os.path.join(shop.folder, "notify"))
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
            [shop.nudged, "run"], cwd=shop.folder, env=environment, stderr=self.log, stdout=self.log)
        Daemon.all.append(self)
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
        """Peak memory in MiB."""
        with open(f"/proc/{self.process.pid}/status") as status:
            line = next(line for line in status if line.startswith("VmHWM"))
        return int(line.split()[1]) // 1024

    def processor(self):
        """Seconds of processor time so far: the clock of another process is known by its number (clock_getcpuclockid)."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

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

    @classmethod
    def kill_all(cls):
        for one in cls.all:
            if one.process.poll() is None:
                one.process.kill()


def next_minute(ahead=25):
    """A whole minute of the shop's clock, at least so many seconds ahead."""
    now = datetime.datetime.now(SHOP) + datetime.timedelta(seconds=ahead)
    return now.replace(second=0, microsecond=0) + datetime.timedelta(minutes=1)


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
