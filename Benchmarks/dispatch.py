"""The measuring half of dispatch.sh:  dispatch.py NUDGED DATA WORK ROUNDS [--strict]

A round of a setting is the same gateway asked by the daemon and by wrk, one after the other, with as many requests under
way at once. The ratios of the rounds count, because seconds on a shared machine do not.
"""
import os, re, statistics, subprocess, sys
from sending import Shop, end, free_port, listens, wait

nudged, data, work = (os.path.abspath(path) for path in sys.argv[1:4])
rounds = int(sys.argv[4])
SECONDS = 3             # of wrk
# Milliseconds of the gateway, requests under way at once, messages of a round, least ratio.
SETTINGS = [(50, 200, 20_000, 0.9), (0, 64, 20_000, 0.12)]

TEMPLATES = """version: 1
templates:
  - id: welcome
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，新品已到店，期待您的光临。拒收请回复R"
    values: {name: {type: text, max: 10}}
"""
CONFIG = """limits: {max_inflight: 300}
channels:
  sms:
    type: kannel
    url: "http://127.0.0.1:%d/cgi-bin/sendsms"
    username: bench
    password: {env: BENCH_PASSWORD}
    limits: {rate: "off", connections: %d}
"""
# The request that the daemon makes of the template.
REQUEST = """wrk.method = "POST"
wrk.headers["Content-Type"] = "text/plain; charset=UTF-8"
wrk.headers["X-Kannel-Username"] = "bench"
wrk.headers["X-Kannel-Password"] = "bench"
wrk.headers["X-Kannel-To"] = "13800000000"
wrk.headers["X-Kannel-Coding"] = "2"
wrk.body = "【星河百货】林小姐1，新品已到店，期待您的光临。拒收请回复R"
"""
os.environ["BENCH_PASSWORD"] = "bench"


def ours(port, at_once, messages):
    shop = Shop(nudged, os.path.join(work, "shop"), messages, "sms", CONFIG % (port, at_once), TEMPLATES, "phone",
                lambda n: f"138{n:08}")
    return shop.send_all()


def theirs(port, at_once):
    script = os.path.join(work, "request.lua")
    with open(script, "w") as file:
        file.write(REQUEST)
    environment = dict(os.environ, LD_LIBRARY_PATH=f"{data}/wrk/usr/lib/x86_64-linux-gnu")
    said = subprocess.run([f"{data}/wrk/usr/bin/wrk", "-t1", f"-c{at_once}", f"-d{SECONDS}s", "-s", script,
                           f"http://127.0.0.1:{port}/cgi-bin/sendsms"], env=environment, check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit("wrk had errors, so this round says nothing:\n" + said)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])


def measure(milliseconds, at_once, messages, goal):
    port = free_port()
    gateway = subprocess.Popen([f"{data}/gateway", str(port), str(milliseconds)], stdout=subprocess.PIPE, text=True)
    ratios = []
    try:
        wait(lambda: listens(port), "the gateway")
        for round in range(rounds):
            (sent, used), wrk = ours(port, at_once, messages), theirs(port, at_once)
            ratios.append(sent / wrk)
            print(f"| {milliseconds} ms, {at_once} at once | {round + 1} | {sent:.0f}/s | {wrk:.0f}/s | {ratios[-1]:.3f} "
                  f"| {used / messages * 1e6:.0f} µs |", flush=True)
    finally:
        end(gateway)
    return statistics.median(ratios), goal


print(f"{os.cpu_count()} cores\n")
print("| gateway | round | nudged | wrk | ratio | processor time of a message |\n|---|---|---|---|---|---|")
found = [measure(*setting) for setting in SETTINGS]
for (milliseconds, at_once, _, _), (ratio, goal) in zip(SETTINGS, found):
    print(f"\n{milliseconds} ms, {at_once} at once: median {ratio:.3f}, goal {goal}: "
          + ("met" if ratio >= goal else "MISSED"), end="")
print()
sys.exit(1 if "--strict" in sys.argv and any(ratio < goal for ratio, goal in found) else 0)
