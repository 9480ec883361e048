"""The measuring half of mail.sh:  mail.py NUDGED POSTFIX WORK MESSAGES ROUNDS SESSIONS [--strict]

A round is the same number of mails of the same size through the daemon and through smtp-source, both with as many
sessions that are kept, to one smtp-sink. The ratios of the rounds count, because seconds on a shared machine do not.
"""
import os, statistics, subprocess, sys, time
from sending import Shop, free_port, listens, wait

nudged, postfix, work = (os.path.abspath(path) for path in sys.argv[1:4])
messages, rounds, sessions = map(int, sys.argv[4:7])
GOAL = 0.3
BYTES = 1200
environment = dict(os.environ, LD_LIBRARY_PATH=f"{postfix}/usr/lib/postfix")

TEMPLATES = """version: 1
templates:
  - id: welcome
    channel: email
    subject: "您好，{{ name | default: '会员' }}"
    text: "%s"
    values: {name: {type: text, max: 20}}
""" % ("星河百货新品已到店，期待您的光临。" * 12)
CONFIG = """channels:
  email: {type: smtp, host: 127.0.0.1, port: %d, tls: none, from: "bench@example.com", limits: {rate: "off", connections: %d}}
"""


def ours(port):
    shop = Shop(nudged, os.path.join(work, "shop"), messages, "email", CONFIG % (port, sessions), TEMPLATES, "email",
                lambda n: f"m{n}@example.org")
    return shop.send_all()


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
        print(f"| {round + 1} | {mails:.0f}/s | {source:.0f}/s | {ratios[-1]:.3f} | {used / messages * 1e6:.0f} µs |", flush=True)
finally:
    sink.kill()
ratio = statistics.median(ratios)
print(f"\nmedian {ratio:.3f}, goal {GOAL}: " + ("met" if ratio >= GOAL else "MISSED"))
sys.exit(1 if ratio < GOAL and "--strict" in sys.argv else 0)
