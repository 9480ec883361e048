#!/usr/bin/env python3
"""The faults of guarantees §2 put to the real program, each by its number:

    faults.py NUDGED [--quick] [--only 14,kills] [--jobs N] [--seed N] [--rounds N] [--cuts N] [--encrypted]
    faults.py --list [--quick]     what there is
    faults.py --check              whether README.md beside this file names all of them, and what it names exists

A scenario has a shop of its own, a gateway whose ledger is the truth, and ends with the oracle. What failed is told with
its seed, its folder is kept, and the exit is 1.
"""
import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))

import oracle
import sealed
from scenarios import ALL
from shop import Failure, Shop

MODULES = ["process", "kills", "disk", "clock", "network", "receipts", "content", "refusals"]
SHIMS = ["disk", "power", "clock"]
# Rules and configuration, 96 to 102, have tests of their own kind: the corpora of findings and slips.
NUMBERS = [*range(1, 96), *range(103, 109)]
# Seconds that one scenario may take.
LONGEST = 3 * 3600


@dataclasses.dataclass
class World:
    """What a scenario is given."""
    nudged: str
    work: pathlib.Path
    seed: int
    rounds: int
    cuts: int
    shims: pathlib.Path

    def __post_init__(self):
        self.random = random.Random(self.seed)
        self.shops = []

    @property
    def is_debug(self):
        """Whether the program has its crash points, which a release build has not."""
        return "/debug/" in os.path.realpath(self.nudged) or "/debug/" in self.nudged

    def shop(self, **options):
        """A shop whose members are there and whose rules are in force."""
        shop = self.empty_shop(**options)
        for file in (self.work / "base").glob("nudged.db*"):
            if not file.name.endswith(".lock"):
                shutil.copyfile(file, shop.folder / file.name)
                os.chmod(shop.folder / file.name, 0o600)
        return shop

    def empty_shop(self, **options):
        shop = Shop(self.work / f"{self.name}-{len(self.shops)}", self.nudged, **options)
        self.shops.append(shop)
        return shop

    def judge(self, shop, **what):
        """The end of every scenario."""
        found = oracle.problems(shop, **what)
        if found:
            raise Failure("; ".join(found))

    def print(self, *words):
        print(*words, flush=True)


def load():
    for name in MODULES:
        __import__(name)


def make_base(nudged, work):
    shop = Shop(work / "base", nudged)
    shop.fill()
    shop.gateway.close()


def build_shims(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name in SHIMS:
        subprocess.run([shutil.which("cc") or "clang", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", "-o", str(folder / f"{name}.so"),
                        str(HERE / "shims" / f"{name}.c"), "-ldl"], check=True)
    if sealed.is_on():
        sealed.build(folder)


def run_one(options):
    """Runs one scenario in this process."""
    scenario = ALL[options.run]
    if sealed.is_on():
        sealed.unlock(pathlib.Path(options.work) / "shims")
    world = World(options.nudged, pathlib.Path(options.work), options.seed, options.rounds, options.cuts,
                  pathlib.Path(options.work) / "shims")
    world.name = scenario.name
    code = 0
    try:
        said = scenario.body(world)
        if said:
            world.print(said)
    except Failure as failure:
        code = 1
        world.print(f"FAILED: {failure}")
    except Exception:
        code = 1
        traceback.print_exc(file=sys.stdout)
    for shop in world.shops:
        for daemon in shop.daemons:
            daemon.kill()
        if code == 0:
            shop.remove()
    sys.stdout.flush()
    # Threads that still wait for a peer are not waited for.
    os._exit(code)


def run_all(options, chosen):
    work = pathlib.Path(tempfile.mkdtemp(prefix="faults-"))
    build_shims(work / "shims")
    if sealed.is_on():
        sealed.unlock(work / "shims")
    make_base(options.nudged, work)
    began = time.monotonic()

    def one(scenario):
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, str(HERE / "faults.py"), options.nudged, "--run", scenario.name, "--work", str(work),
             "--seed", str(options.seed), "--rounds", str(options.rounds), "--cuts", str(options.cuts)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LONGEST)
        return scenario, done.returncode, time.monotonic() - began, done.stdout.decode(errors="replace").strip()

    failed = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for scenario, code, seconds, said in pool.map(one, chosen):
            word = "ok" if code == 0 else "FAILED"
            print(f"{word:7}{scenario.label:28}{seconds:6.1f} s  {scenario.title}", flush=True)
            for line in said.split("\n") if said else []:
                print(f"       {line}", flush=True)
            if code != 0:
                failed.append(scenario.name)
    print(f"{len(chosen)} scenarios, {len(failed)} failed, {time.monotonic() - began:.0f} s, seed {options.seed}")
    if failed:
        print(f"failed: {' '.join(failed)}; what they left is in {work}")
        return 1
    shutil.rmtree(work, ignore_errors=True)
    return 0


def choose(options):
    """The scenarios that are asked for: by number, by name, or by tier."""
    if not options.only:
        return [one for one in ALL.values() if one.is_quick or not options.quick]
    wanted = options.only.replace(" ", ",").split(",")
    chosen = [one for one in ALL.values() if one.name in wanted or set(map(str, one.faults)) & set(wanted)]
    if not chosen:
        sys.exit(f"there is no scenario {options.only}; `--list` shows them")
    return chosen


# MARK: the table

def check():
    """Compares README.md with the scenarios and with the Swift tests that it names; the findings, in sentences."""
    text = (HERE / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (\d+) \|(.*)\|$", text, re.M))
    found = [f"README.md has no row for fault {number}" for number in NUMBERS if str(number) not in rows]
    tests = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
             for path in (ROOT / "Tests").glob("**/*.swift")}
    for number, row in rows.items():
        words = re.findall(r"`([a-z_]+)`", re.sub(r'"[^"]*"', "", row))
        for scenario in ALL.values():
            if int(number) in scenario.faults and scenario.name not in words:
                found.append(f"fault {number}: README.md does not name the scenario {scenario.name}")
        for word in words:
            if word not in ALL:
                found.append(f"fault {number}: there is no scenario {word}")
            elif int(number) not in ALL[word].faults:
                found.append(f"fault {number}: the scenario {word} is not about it")
        for path, name in re.findall(r"`(Tests/[^`]*?\.swift)`: \"([^\"]*)\"", row):
            if name not in tests.get(path, ""):
                found.append(f"fault {number}: there is no test \"{name}\" in {path}")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("nudged", nargs="?")
    parser.add_argument("--quick", action="store_true", help="the part that is in `make test`")
    parser.add_argument("--only", default="", help="numbers or names, with commas")
    parser.add_argument("--jobs", type=int, default=2, help="scenarios at a time")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 31))
    parser.add_argument("--rounds", type=int, default=0, help="of kill -9; default 12 with --quick, else 1000")
    parser.add_argument("--cuts", type=int, default=0, help="of the power; default 5 with --quick, else 100")
    parser.add_argument("--encrypted", action="store_true", help="with stores that are encrypted")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.rounds = options.rounds or (12 if options.quick else 1000)
    options.cuts = options.cuts or (5 if options.quick else 100)
    if options.encrypted:
        os.environ[sealed.NAME] = os.urandom(32).hex()
    load()
    if options.check:
        found = check()
        print("\n".join(found))
        return 1 if found else 0
    if options.list:
        for one in choose(options):
            print(f"{one.label:28}{'quick ' if one.is_quick else '      '}{one.title}")
        return 0
    if not options.nudged:
        parser.error("which program?")
    options.nudged = os.path.abspath(options.nudged)
    if options.run:
        return run_one(options)
    # It begins with a plain store of an earlier version, which a daemon with a key refuses.
    return run_all(options, [one for one in choose(options) if not (options.encrypted and one.name == "migration_killed")])


if __name__ == "__main__":
    sys.exit(main())
