"""A small shop for one scenario: its workspace, its store, its daemon, and what it was told that is kept."""
import csv
import datetime
import io
import mmap
import os
import pathlib
import resource
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import tempfile
import threading
import time

import sealed
from gateway import Gateway

MEMBERS = 300
TOKEN = "0123456789abcdef"
SECRETS = {"FAULT_PASSWORD": "of-the-gateway", "FAULT_TOKEN": TOKEN, "FAULT_KEY": "of-the-source"}
# Seconds that anything may take. Nothing here is measured by it: it ends a scenario that would wait for ever.
PATIENCE = 120

RULES = """version: 1
rules:
  - id: welcome
    name: 到店问候
    status: live
    owner: crm-team
    purpose: service
    when: {event: {name: store.visited}}
    do: [{send: {try: [{sms: {template: hello}}]}}]
    if_late: {send_within: 96h}
  - id: offer
    name: 优惠提醒
    status: live
    owner: crm-team
    purpose: marketing
    when: {event: {name: offer.asked}}
    do: [{send: {try: [{sms: {template: offer}}]}}]
    if_late: {send_within: 24h}
"""
TEMPLATES = """version: 1
templates:
  - {id: hello, channel: sms, text: "【星河百货】您好，欢迎光临！"}
  - {id: offer, channel: sms, text: "【星河百货】新品已到店，期待您的光临。拒收请回复R"}
"""
SETTINGS = """version: 1
timezone: Asia/Shanghai
quiet_hours: none
service_owners: [crm-team]
blast_guard: off
"""
CONFIG = """version: 1
store: {{url: "sqlite:nudged.db", durability: {durability}{key}}}
rules_dir: rules
http: {{listen: "127.0.0.1:{port}", sources: [{{id: shop, write_key: {{env: FAULT_KEY}}}}]}}
limits: {{max_inflight: {in_flight}}}
channels:
  sms:
    type: kannel
    url: "{url}"
    username: tester
    password: {{env: FAULT_PASSWORD}}
    limits: {{rate: "off"}}
    dlr: {{base_url: "http://127.0.0.1:{port}/callbacks/sms", path_token: {{env: FAULT_TOKEN}}}}
"""


class Failure(Exception):
    """What a scenario found."""


def expect(condition, sentence):
    if not condition:
        raise Failure(sentence)


def until(condition, what, patience=PATIENCE, alive=None):
    """Looks until `condition` holds, and returns what it returned. Ends when `alive`, a daemon, has ended."""
    limit = time.monotonic() + patience
    while True:
        found = condition()
        if found:
            return found
        if alive is not None and alive.has_ended:
            raise Failure(f"the daemon ended with {alive.code} before {what}: {alive.log_end}")
        if time.monotonic() > limit:
            raise Failure(f"not within {patience} s: {what}" + (f": {alive.log_end}" if alive is not None else ""))
        time.sleep(0.02)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def phone(member):
    return f"138{member:08}"


def rfc3339(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Shop:
    """A workspace in `folder`. The first daemon of a shop brings its rules into force."""

    def __init__(self, folder, nudged, durability="full", in_flight=50):
        self.folder = pathlib.Path(folder)
        self.nudged_path = nudged
        self.folder.mkdir(parents=True)
        (self.folder / "rules").mkdir()
        self.gateway = Gateway(self.folder / "ledger")
        self.store = self.folder / "nudged.db"
        self.port = free_port()
        self.acknowledged = []
        self.uploads = 0
        self.daemons = []
        self.write("rules/rules.yaml", RULES)
        self.write("rules/templates.yaml", TEMPLATES)
        self.write("rules/settings.yaml", SETTINGS)
        self.configure(durability=durability, in_flight=in_flight)


    def configure(self, durability="full", in_flight=50, url=None):
        self.write("nudged.yaml", CONFIG.format(
            durability=durability, key=sealed.IN_CONFIG if sealed.is_on() else "", port=self.port, in_flight=in_flight, url=url or self.gateway.url))

    def greet_by_name(self):
        """The greeting has the member's name in it."""
        self.write("rules/templates.yaml", TEMPLATES.replace(
            "您好，欢迎光临！\"}", "{{ name | default: '您好' }}，欢迎光临！\", values: {name: text}}"))
        self.write("rules/rules.yaml", RULES.replace(
            "{template: hello}}]", "{template: hello}}], fill: {name: member.display_name}"))

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def remove(self):
        for daemon in self.daemons:
            daemon.kill()
        self.gateway.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # MARK: commands

    def environment(self, **more):
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "LANG": "C.UTF-8", "NO_COLOR": "1",
                "SWIFT_BACKTRACE": "enable=no"} | SECRETS | {name: os.environ[name] for name in [sealed.NAME] if sealed.is_on()} | more

    def run(self, *arguments, **environment):
        """Runs a command to its end: its exit code and what it printed."""
        done = subprocess.run(
            [self.nudged_path, *arguments], cwd=self.folder, env=self.environment(**environment),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE)
        return done.returncode, done.stdout.decode()

    def nudged(self, *arguments, code=0):
        got, printed = self.run(*arguments)
        expect(got == code, f"nudged {' '.join(arguments)} ended with {got}, not {code}: {printed[-600:]}")
        return printed

    def fill(self):
        """Members with a phone and a consent; then the rules come into force."""
        people = ["id,phone,status"] + [f"m{n},{phone(n)},active" for n in range(1, MEMBERS + 1)]
        self.write("members.csv", "\n".join(people) + "\n")
        consents = ["member_id,channel,purpose,state,at"]
        consents += [f"m{n},sms,marketing,granted,2026-01-01T00:00:00Z" for n in range(1, MEMBERS + 1)]
        self.write("consents.csv", "\n".join(consents) + "\n")
        self.nudged("import", "members", "members.csv")
        self.nudged("import", "consents", "consents.csv")
        with self.daemon() as daemon:
            daemon.until_in_force()
        return self

    def visit(self, members, name="store.visited", at=None, **environment):
        """Uploads an event of each member. What the program accepted is in `acknowledged`; returns its exit code."""
        self.uploads += 1
        number, at = self.uploads, rfc3339(at or time.time())
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(["id", "member_id", "name", "at"])
        ids = [(f"u{number}-{member}", f"m{member}") for member in members]
        rows.writerows([event, member, name, at] for event, member in ids)
        file = f"events-{number}.csv"
        self.write(file, text.getvalue())
        code, printed = self.run("import", "events", file, "--json", **environment)
        os.unlink(self.folder / file)
        if code == 0:
            self.acknowledged += [(event, member, name) for event, member in ids]
        self.last_upload = printed
        return code

    # MARK: the store, read beside its daemon

    def sql(self, text, *values):
        db = sqlite3.connect(f"file:{self.store}?mode=ro", uri=True, timeout=60)
        try:
            return db.execute(text, values).fetchall()
        finally:
            db.close()

    def one(self, text, *values):
        return self.sql(text, *values)[0][0]

    def states(self):
        return dict(self.sql("SELECT state, COUNT(*) FROM deliveries GROUP BY state"))

    def count(self, *states):
        found = self.states()
        return sum(found.get(state, 0) for state in states)

    def is_settled(self):
        """Nothing waits to be decided or sent: each event has its decision, and each delivery was handed over."""
        events = self.one("SELECT COUNT(*) FROM events WHERE name IN ('store.visited', 'offer.asked')")
        decisions = self.one("SELECT COUNT(*) FROM decisions WHERE rule IN ('welcome', 'offer')")
        return decisions == events and not self.count("pending", "claimed", "sending", "retry_wait")

    def daemon(self, **options):
        daemon = Daemon(self, **options)
        self.daemons.append(daemon)
        return daemon

    def report_url(self, reference, status, answer=""):
        return (f"http://127.0.0.1:{self.port}/callbacks/sms/{TOKEN}"
                f"?reference={reference}&status={status}&answer={answer}")


class Daemon:
    """`nudged run` as a process. The driver plays systemd: it hears READY, STOPPING and the heartbeats.

    As a context it is stopped with SIGTERM at the end, and has to end with 0.
    """

    def __init__(self, shop, shims=(), environment=None, prefix=(), limits=()):
        self.shop, self.said, self.lines = shop, set(), []
        self.beats = 0
        number = len(shop.daemons)
        # A socket's path may have about a hundred bytes, and the folder of a test has more.
        self.notify_folder = tempfile.mkdtemp(prefix="n", dir="/tmp")
        os.chmod(self.notify_folder, 0o755)
        self.notify_path = f"{self.notify_folder}/n"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.notify_path)
        os.chmod(self.notify_path, 0o777)
        self.socket.settimeout(0.1)
        self.log_path = shop.folder / f"daemon-{number}.log"
        env = shop.environment(NOTIFY_SOCKET=self.notify_path, WATCHDOG_USEC="2000000", **(environment or {}))
        if shims:
            env["LD_PRELOAD"] = " ".join(str(shim.library) for shim in shims)
            for shim in shims:
                env |= shim.environment
        self.began = time.monotonic()
        self.ready_after = None
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [*prefix, shop.nudged_path, "run"], cwd=shop.folder, env=env, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=log,
                preexec_fn=(lambda: [resource.setrlimit(*limit) for limit in limits]) if limits else None)
        self.is_over = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self):
        return self.until_ready()

    def __exit__(self, kind, error, trace):
        if kind is None:
            self.stop()
        else:
            self.kill()

    def _listen(self):
        while not self.is_over.is_set():
            try:
                lines = self.socket.recv(4096).decode().split("\n")
            except TimeoutError:
                continue
            except OSError:
                return
            for line in lines:
                if line == "READY=1" and self.ready_after is None:
                    self.ready_after = time.monotonic() - self.began
                if line == "WATCHDOG=1":
                    self.beats += 1
                self.said.add(line)
                self.lines.append(line)

    def has_said(self, line):
        return line in self.said

    def until_ready(self):
        until(lambda: self.ready_after is not None, "READY=1", alive=self)
        return self

    def until_in_force(self):
        return until(lambda: "rule set in force" in self.log, "rules in force", alive=self) and self

    def until_settled(self):
        return until(self.shop.is_settled, "everything decided and handed over", alive=self) and self

    @property
    def pid(self):
        return self.process.pid

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    @property
    def log_end(self):
        return self.log[-800:]

    @property
    def has_ended(self):
        return self.process.poll() is not None

    @property
    def code(self):
        """The exit code, or minus the signal that ended it."""
        return self.process.poll()

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, patience=PATIENCE):
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            raise Failure(f"the daemon did not end: {self.log_end}") from None
        self._close()
        return self.code

    def stop(self):
        if not self.has_ended:
            self.signal(signal.SIGTERM)
        code = self.wait()
        expect(code == 0, f"the daemon ended with {code}: {self.log_end}")

    def kill(self):
        """kill -9, and waits until it is over."""
        if not self.has_ended:
            self.process.kill()
        self.process.wait()
        self._close()

    def _close(self):
        if self.is_over.is_set():
            return
        self.is_over.set()
        self.socket.close()
        shutil.rmtree(self.notify_folder, ignore_errors=True)

    def rss(self):
        """The most memory it had, in MiB."""
        with open(f"/proc/{self.pid}/status") as status:
            line = next(line for line in status if line.startswith("VmHWM"))
        return int(line.split()[1]) // 1024


class DiskShim:
    """Failures of the disk in one process, set from here while it runs (shims/disk.c)."""
    WRITE, SYNC, READ = 1, 2, 4
    KILL = -1

    def __init__(self, folder, library, match="nudged.db"):
        self.library = pathlib.Path(library) / "disk.so"
        path = pathlib.Path(folder) / "disk.control"
        path.write_bytes(bytes(20))
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 20)
        self.environment = {"FAULT_DISK_CONTROL": str(path), "FAULT_DISK_MATCH": match}

    def arm(self, calls, error, after=1, forever=False):
        """The `after`-th call of a kind in `calls` from now on fails with `error`, and each later one if `forever`."""
        self.map[0:20] = struct.pack("iiiii", 0, calls, error, 1 if forever else 0, 0)
        self.map[0:4] = struct.pack("i", after)

    def clear(self):
        self.map[0:20] = bytes(20)

    @property
    def fired(self):
        """How many calls have failed."""
        return struct.unpack("i", self.map[16:20])[0]


class PowerShim:
    """Keeps what is on disk for certain: each file as it was when it was last synced (shims/power.c)."""

    def __init__(self, shop, library):
        self.library = pathlib.Path(library) / "power.so"
        self.shop = shop
        self.kept = shop.folder / "synced"
        self.kept.mkdir()
        self.environment = {"FAULT_POWER_FOLDER": str(self.kept), "FAULT_POWER_MATCH": "nudged.db"}

    def begin(self):
        """Everything there is now is on disk."""
        for file in self.shop.folder.glob("nudged.db*"):
            shutil.copyfile(file, self.kept / file.name)

    def cut(self):
        """What a machine finds after its power came back. The daemon must have been killed."""
        for file in self.shop.folder.glob("nudged.db*"):
            file.unlink()
        for file in self.kept.glob("nudged.db*"):
            if not file.name.endswith(("-shm", ".part")):
                shutil.copyfile(file, self.shop.folder / file.name)
                os.chmod(self.shop.folder / file.name, 0o600)


class ClockShim:
    """The clocks of one process, set from here while it runs (shims/clock.c)."""

    def __init__(self, folder, library):
        self.library = pathlib.Path(library) / "clock.so"
        path = pathlib.Path(folder) / "clock.control"
        path.write_bytes(bytes(16))
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 16)
        self.environment = {"FAULT_CLOCK_CONTROL": str(path)}

    @property
    def for_commands(self):
        """The environment of a command that is to see the same clock."""
        return {"LD_PRELOAD": str(self.library)} | self.environment

    def set(self, wall, boot=0):
        """Seconds that the wall clock, and the clock that counts while the machine sleeps, are ahead of ours."""
        self.map[0:16] = struct.pack("qq", wall, boot)
