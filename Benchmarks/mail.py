"""The measuring half of mail.sh:  mail.py NUDGED POSTFIX WORK MESSAGES ROUNDS SESSIONS [--strict]

A round is the same number of mails of the same size through the daemon and through smtp-source, both with as many
sessions that are kept, to one smtp-sink. The ratios of the rounds count, because seconds on a shared machine do not.
"""
import datetime, os, shutil, signal, socket, sqlite3, statistics, subprocess, sys, time

nudged, postfix, work = (os.path.abspath(path) for path in sys.argv[1:4])
messages, rounds, sessions = map(int, sys.argv[4:7])
GOAL, LONGEST = 0.3, 900
BYTES = 1200
environment = dict(os.environ, LD_LIBRARY_PATH=f"{postfix}/usr/lib/postfix", SWIFT_BACKTRACE="enable=no")

RULES = """version: 1
rules:
  - id: welcome
    name: 欢迎
    status: live
    owner: bench
    purpose: service
    when: {event: {name: load.called}}
    do: [{send: {try: [{email: {template: welcome}}], fill: {name: member.display_name}}}]
"""
TEMPLATES = """version: 1
templates:
  - id: welcome
    channel: email
    subject: "您好，{{ name | default: '会员' }}"
    text: "%s"
    values: {name: {type: text, max: 20}}
""" % ("星河百货新品已到店，期待您的光临。" * 12)
SETTINGS = "version: 1\ntimezone: Asia/Shanghai\nquiet_hours: none\nservice_owners: [bench]\nblast_guard: off\n"
CONFIG = """version: 1
store: {url: "sqlite:shop.db"}
rules_dir: rules
limits: {max_inflight: %d}
channels:
  email: {type: smtp, host: 127.0.0.1, port: %d, tls: none, from: "bench@example.com", limits: {rate: "off"}}
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait(condition, what):
    limit = time.monotonic() + LONGEST
    while not condition():
        if time.monotonic() > limit:
            sys.exit(f"{what} took more than {LONGEST} s")
        time.sleep(0.02)


def listens(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


class Shop:
    def __init__(self, port):
        self.folder = os.path.join(work, "shop")
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(os.path.join(self.folder, "rules"))
        for name, text in (("rules/rules.yaml", RULES), ("rules/templates.yaml", TEMPLATES),
                           ("rules/settings.yaml", SETTINGS), ("nudged.yaml", CONFIG % (sessions, port))):
            with open(os.path.join(self.folder, name), "w") as file:
                file.write(text)
        with open(os.path.join(self.folder, "members.csv"), "w") as file:
            file.write("id,display_name,email,status\n")
            file.writelines(f"m{n},林小姐{n},m{n}@example.org,active\n" for n in range(messages))
        self.run("import", "members", "members.csv")

    def run(self, *arguments):
        subprocess.run([nudged, *arguments], cwd=self.folder, env=environment, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def count(self, state):
        db = sqlite3.connect(f"file:{self.folder}/shop.db?mode=ro", uri=True, timeout=60)
        try:
            return db.execute("SELECT COUNT(*) FROM deliveries WHERE state = ?", [state]).fetchone()[0]
        finally:
            db.close()

    def daemon(self):
        log = open(os.path.join(self.folder, "log"), "a")
        return subprocess.Popen([nudged, "run"], cwd=self.folder, env=environment, stdout=log, stderr=log)


def end(process):
    process.send_signal(signal.SIGTERM)
    process.wait(LONGEST)


def ours(port):
    """Mails a second from the release of the channel to the last one accepted, and seconds of processor time."""
    shop = Shop(port)
    daemon = shop.daemon()
    wait(lambda: "rule set in force" in open(os.path.join(shop.folder, "log")).read(), "the rules in force")
    shop.run("hold", "--channel", "email", "--reason", "bench")
    at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    with open(os.path.join(shop.folder, "events.csv"), "w") as file:
        file.write("id,member_id,name,at\n")
        file.writelines(f"e{n},m{n},load.called,{at}\n" for n in range(messages))
    shop.run("import", "events", "events.csv")
    wait(lambda: shop.count("pending") == messages, "the decisions")
    began, used = time.monotonic(), processor(daemon.pid)
    shop.run("release", "--channel", "email", "--yes")
    wait(lambda: shop.count("accepted") == messages, "the mails")
    seconds, used = time.monotonic() - began, processor(daemon.pid) - used
    end(daemon)
    return messages / seconds, used


def processor(pid):
    with open(f"/proc/{pid}/stat") as file:
        words = file.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def theirs(port):
    began = time.monotonic()
    subprocess.run([f"{postfix}/usr/sbin/smtp-source", "-d", "-s", str(sessions), "-m", str(messages), "-l", str(BYTES),
                    "-f", "bench@example.com", "-t", "m@example.org", f"127.0.0.1:{port}"], env=environment, check=True)
    return messages / (time.monotonic() - began)


port = free_port()
sink = subprocess.Popen([f"{postfix}/usr/sbin/smtp-sink", "-u", "root" if os.geteuid() == 0 else os.environ.get("USER", ""),
                         f"127.0.0.1:{port}", "256"], env=environment)
try:
    wait(lambda: listens(port), "the sink")
    ratios = []
    print(f"{messages} mails of about {BYTES} bytes, {sessions} sessions, {os.cpu_count()} cores\n")
    print("| round | nudged | smtp-source | ratio | processor time of a mail |\n|---|---|---|---|---|")
    for round in range(rounds):
        (mails, used), source = ours(port), theirs(port)
        ratios.append(mails / source)
        print(f"| {round + 1} | {mails:.0f}/s | {source:.0f}/s | {ratios[-1]:.2f} | {used / messages * 1e6:.0f} µs |", flush=True)
finally:
    sink.kill()
ratio = statistics.median(ratios)
print(f"\nmedian {ratio:.2f}, goal {GOAL}: " + ("met" if ratio >= GOAL else "MISSED"))
sys.exit(1 if ratio < GOAL and "--strict" in sys.argv else 0)
