"""What mail.py and dispatch.py share: a shop that owes as many messages as it has members, and how fast its daemon
sends them.
"""
import datetime, os, shutil, signal, socket, sqlite3, subprocess, sys, time

LONGEST = 900           # seconds that anything here may take

RULES = """version: 1
rules:
  - id: welcome
    name: 欢迎
    status: live
    owner: bench
    purpose: service
    when: {event: {name: load.called}}
    do: [{send: {try: [{CHANNEL: {template: welcome}}], fill: {name: member.display_name}}}]
"""
SETTINGS = "version: 1\ntimezone: Asia/Shanghai\nquiet_hours: none\nservice_owners: [bench]\nblast_guard: off\n"


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


def end(process):
    process.send_signal(signal.SIGTERM)
    process.wait(LONGEST)


def processor(pid):
    """Seconds of processor time so far."""
    with open(f"/proc/{pid}/stat") as file:
        words = file.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


class Shop:
    """Members who are owed a message each on one channel; `config` and `template` are what is special about it."""

    def __init__(self, nudged, folder, messages, channel, config, template, column, address):
        self.nudged, self.folder, self.messages, self.channel = nudged, folder, messages, channel
        self.environment = dict(os.environ, SWIFT_BACKTRACE="enable=no")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(os.path.join(folder, "rules"))
        self.write("rules/rules.yaml", RULES.replace("CHANNEL", channel))
        self.write("rules/templates.yaml", template)
        self.write("rules/settings.yaml", SETTINGS)
        self.write("nudged.yaml", 'version: 1\nstore: {url: "sqlite:shop.db"}\nrules_dir: rules\n' + config)
        rows = (f"m{n},林小姐{n},{address(n)},active\n" for n in range(messages))
        self.write("members.csv", f"id,display_name,{column},status\n" + "".join(rows))
        self.run("import", "members", "members.csv")

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(text)

    def run(self, *arguments):
        subprocess.run([self.nudged, *arguments], cwd=self.folder, env=self.environment, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def ask(self, question, *values):
        db = sqlite3.connect(f"file:{self.folder}/shop.db?mode=ro", uri=True, timeout=60)
        try:
            return db.execute(question, values).fetchone()[0]
        finally:
            db.close()

    def count(self, state):
        return self.ask("SELECT COUNT(*) FROM deliveries WHERE state = ?", state)

    def is_sending(self):
        """Asked fifty times a second while the daemon is measured, so it reads a page or two of indexes: to count all
        deliveries took up to half a core from it."""
        return self.ask(
            "SELECT EXISTS (SELECT 1 FROM deliveries INDEXED BY deliveries_ready"
            "                WHERE state = 'pending' AND parked = 0 AND claim_count = 0)"
            " OR EXISTS (SELECT 1 FROM deliveries INDEXED BY deliveries_unclear"
            "             WHERE state IN ('claimed', 'sending', 'unknown'))")

    def daemon(self):
        log = open(os.path.join(self.folder, "log"), "a")
        return subprocess.Popen([self.nudged, "run"], cwd=self.folder, env=self.environment, stdout=log, stderr=log)

    def send_all(self):
        """Messages a second from the release of the channel to the last one accepted on disk, and seconds of processor
        time of the daemon."""
        daemon = self.daemon()
        wait(lambda: "rule set in force" in open(os.path.join(self.folder, "log")).read(), "the rules in force")
        self.run("hold", "--channel", self.channel, "--reason", "bench")
        at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        rows = (f"e{n},m{n},load.called,{at}\n" for n in range(self.messages))
        self.write("events.csv", "id,member_id,name,at\n" + "".join(rows))
        self.run("import", "events", "events.csv")
        wait(lambda: self.count("pending") == self.messages, "the decisions")
        began, used = time.monotonic(), processor(daemon.pid)
        self.run("release", "--channel", self.channel, "--yes")
        wait(lambda: not self.is_sending() and self.count("accepted") == self.messages, "the answers")
        seconds, used = time.monotonic() - began, processor(daemon.pid) - used
        end(daemon)
        return self.messages / seconds, used
