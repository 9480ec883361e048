"""Counts the instructions of what is done most often and compares them with gate.json. Instructions do not depend on
what else the machine does, so a change that costs one part in twenty is found, which no clock here could.

  gate.py [--only NAME,…] [--write]

  --write   renews the committed figures

A figure is what a command takes beyond `nudged --version`, which is the start of the process. Callgrind runs on a copy of
the program without debug information, because Debian's valgrind cannot read what Swift writes. Equal runs differ by less
than one part in a thousand: the environment is fixed, hashes are deterministic and addresses are not random.
BENCH_DATA and BENCH_NUDGED are as for bench.py.
"""
import argparse, json, os, random, re, shutil, sys

sys.dont_write_bytecode = True
from lab import HERE, NOW, ROOT, RULES, Lab, Run, forget, say

FIGURES = os.path.join(HERE, "gate.json")
ALLOWED = 1.05
MEMBERS, ROWS = 100_000, 30_000
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/nonexistent", "SWIFT_DETERMINISTIC_HASHING": "1"}


def program(lab):
    path = lab.path("nudged")
    Run(["strip", "-g", "-o", path, lab.nudged])
    return path


def counted(lab, *arguments):
    command = ["setarch", os.uname().machine, "-R", "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
               program(lab), *arguments]
    errors = Run(command, cwd=ROOT, env=ENVIRONMENT).errors
    return int(re.search(r"Collected : (\d+)", errors)[1])


def tick(lab):
    """One tick with 1,000 due of 100,000 members."""
    store = lab.path("tick.db")
    shutil.copy(lab.store(MEMBERS), store)
    forget(store)
    return counted(lab, "tick", "--rules", RULES, "--store", f"sqlite:{store}", "--at", NOW)


def import_orders(lab):
    """30,000 shuffled orders of 10,000 members: enough for the way that large files go, and callgrind takes a minute."""
    store, path = lab.path("import.db"), lab.path("orders.csv")
    shutil.copy(lab.store(MEMBERS // 10), store)
    forget(store)
    rows = [f"X{n:07},M{1 + n * 7919 % (MEMBERS // 10):08},2026-{1 + n % 5:02}-{1 + n % 28:02} {n % 24:02}:00:00,"
            f"{100 + n % 90000}.00,S001\n" for n in range(ROWS)]
    random.Random(42).shuffle(rows)
    with open(path, "w") as file:
        file.writelines(["id,member_id,paid_at,total,store_id\n"] + rows)
    return counted(lab, "import", "orders", path, "--store", f"sqlite:{store}", "--timezone", "Asia/Shanghai")


def check(lab):
    """The shipped rules."""
    return counted(lab, "check", "rules")


COUNTS = {"tick": tick, "import": import_orders, "check": check}


def compared(name, count, committed):
    if name not in committed:
        return f"{name}: {count:,} instructions; there is no committed figure", False
    ratio = count / committed[name]
    verdict = "too many" if ratio > ALLOWED else "fewer: renew the figures with --write" if ratio < 2 - ALLOWED else "as before"
    return f"{name}: {count:,} instructions, {ratio:.3f} × the committed {committed[name]:,}: {verdict}", ratio <= ALLOWED


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(COUNTS))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    committed = {}
    if os.path.exists(FIGURES):
        with open(FIGURES) as file:
            committed = json.load(file)
    lab = Lab(os.environ.get("BENCH_DATA", os.path.join(ROOT, "bench-data")), os.environ.get("BENCH_NUDGED"), 1, True)
    try:
        start = counted(lab, "--version")
        counts = {}
        for name in options.only.split(","):
            say(f"counting: {name}")
            counts[name] = COUNTS[name](lab) - start
    finally:
        shutil.rmtree(lab.work, ignore_errors=True)
    passed = True
    for name, count in counts.items():
        line, good = compared(name, count, committed)
        print(line)
        passed = passed and good
    if options.write:
        with open(FIGURES, "w") as file:
            json.dump({name: counts.get(name, committed.get(name)) for name in COUNTS}, file, indent=1)
            file.write("\n")
        return
    sys.exit(0 if passed else 1)


main()
