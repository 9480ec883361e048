"""Measures everything that docs/benchmarks.md has a bar for, and says what was met.

  bench.py [--only NAME,…] [--pairs N] [--quick] [--strict] [--write]

  --only    these measurements, by their own name or by that of a figure; --list shows both
  --pairs   measured rounds of each (default 7; 3 with --quick)
  --quick   small stores, in under two minutes; figures go to results-quick.json
  --strict  exit 1 when a bar is missed or a figure that has one was not measured
  --write   puts the table into docs/benchmarks.md and docs/benchmarks.zh-CN.md

BENCH_DATA=bench-data keeps stores and results. BENCH_NUDGED=PATH and BENCH_PARTS=PATH name programs that are built
already. BENCH_LARGE=10000000 are the members of the tick's store, BENCH_DUE=3000 those who are due of them,
BENCH_CROWD=1000000 those due at once.
"""
import argparse, json, os, shutil, sys, time

sys.dont_write_bytecode = True
import checks, crowds, encryption, ingest, others, simulations, ticks
from lab import ROOT, Lab, Missing, Void, load, machine, say, write_block
from shop import Daemon

MEASUREMENTS = {
    "tick": (ticks.tick, [ticks.LIMIT, ticks.PAGES, ticks.BYTES, ticks.HANDWRITTEN, ticks.GROWTH, ticks.OURS, ticks.EACH,
                          ticks.LEAST, ticks.SQL, ticks.MEMORY]),
    "sent": (crowds.sent_bytes, [crowds.BYTES]),
    "encryption": (encryption.encrypted, [encryption.RATIO, encryption.SEALED, encryption.PLAIN, encryption.REKEY]),
    "empty": (ticks.empty, [ticks.EMPTY, ticks.EMPTY_MANY, ticks.EMPTY_FIRST, ticks.EMPTY_MANY_FIRST, ticks.EMPTY_LIMIT]),
    "idle": (crowds.idle, [crowds.IDLE, crowds.IDLE_MANY]),
    "mass": (crowds.mass, [crowds.TICK, crowds.TICK_MEMORY]),
    "mass-daemon": (crowds.mass_daemon, [crowds.LATE, crowds.DAEMON, crowds.DAEMON_MEMORY]),
    "import": (others.imports, [others.IMPORT, others.WRITTEN, others.MEMORY, others.MEMBERS]),
    "ingest": (ingest.ingest, ingest.FIGURES),
    "dispatch": (others.dispatch, [others.SLOW, others.FAST]),
    "mail": (others.mail, [others.MAIL]),
    "month": (simulations.month, [simulations.MONTH, simulations.MEMORY]),
    "year": (simulations.year, [simulations.YEAR, simulations.BUSY]),
    "render": (others.render, [others.RENDER]),
    "check": (checks.many, [checks.MANY, checks.GROWTH]),
    "refusals": (checks.refusals, [checks.PLAIN, checks.BOMB, checks.BRACKETS]),
    "peer": (others.peer, [others.PEER]),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--pairs", type=int)
    for flag in ("quick", "strict", "write", "list"):
        parser.add_argument(f"--{flag}", action="store_true")
    options = parser.parse_args()
    if options.list:
        for name, (_, figures) in MEASUREMENTS.items():
            print(f"{name}: {', '.join(figure.name for figure in figures)}")
        sys.exit(0)
    if options.quick and options.write:
        parser.error("the page has the figures of a full run only")
    return options


def chosen(only):
    words = set(only.split(",")) if only else set(MEASUREMENTS)
    names = [name for name, (_, figures) in MEASUREMENTS.items()
             if name in words or words & {figure.name for figure in figures}]
    known = set(MEASUREMENTS) | {figure.name for _, figures in MEASUREMENTS.values() for figure in figures}
    if words - known:
        sys.exit(f"there is no {', '.join(sorted(words - known))}; --list shows what there is")
    return names


def measured(lab, name):
    """A result for each figure of the measurement, also for those that could not be had."""
    function, figures = MEASUREMENTS[name]
    results, reason, began = {}, "not measured", time.monotonic()
    try:
        results = {result["name"]: result for result in function(lab)}
    except (Missing, Void) as error:
        reason = f"not measured: {error}" if isinstance(error, Missing) else f"VOID: {error}"
        say(f"{name}: {reason}")
    say(f"{name}: {time.monotonic() - began:.0f} s")
    return [results.get(figure.name) or figure.unmeasured(reason) for figure in figures]


def merged(path, results):
    """What earlier runs measured stays with its own date, where this run did not measure it anew."""
    earlier = {}
    if os.path.exists(path):
        with open(path) as file:
            earlier = {result["name"]: result for result in json.load(file)}
    earlier.update({result["name"]: result for result in results})
    order = [figure.name for _, figures in MEASUREMENTS.values() for figure in figures]
    return [earlier[name] for name in order if name in earlier]


def number(value):
    return "" if value is None else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def row(result, words):
    low, high = result["quartiles"] or (None, None)
    value = f"{number(result['value'])} {result['unit']}" if result["quartiles"] else words["none"]
    spread = f"{number(low)} to {number(high)}" if result["pairs"] > 1 else ""
    bar = "" if not result["bar"] else "".join(
        f"{'≤' if kind == 'at_most' else '≥'} {number(limit)}" for kind, limit in result["bar"].items())
    verdict = {True: words["met"], False: words["missed"], None: ""}[result["met"]]
    cells = [f"`{result['name']}`", value, spread, bar, verdict, str(result["pairs"] or ""), result["date"][:10]]
    return "| " + " | ".join(cells + [result["note"]] * words["notes"]) + " |"


ENGLISH = {"head": ["figure", "median", "quartiles", "bar", "", "runs", "measured", ""], "met": "met", "missed": "**missed**",
           "none": "not measured", "notes": True}
CHINESE = {"head": ["指标", "中位数", "四分位", "目标", "", "次数", "测量日期"], "met": "达到", "missed": "**未达到**",
           "none": "未测量", "notes": False}


def table(results, words):
    head = words["head"]
    return "\n".join([f"| {' | '.join(head)} |", "|" + "---|" * len(head)] + [row(result, words) for result in results])


def write(results, version):
    for page, words in (("benchmarks.md", ENGLISH), ("benchmarks.zh-CN.md", CHINESE)):
        write_block(page, "results", f"{version}\n\n{table(results, words)}")


def main():
    options = arguments()
    names = chosen(options.only)
    data = os.environ.get("BENCH_DATA", os.path.join(ROOT, "bench-data"))
    began, loaded = time.monotonic(), load()
    lab = Lab(data, os.environ.get("BENCH_NUDGED"), options.pairs or (3 if options.quick else 7), options.quick)
    try:
        results = [result for name in names for result in measured(lab, name)]
    finally:
        Daemon.kill_all()
        shutil.rmtree(lab.work, ignore_errors=True)
    path = os.path.join(lab.data, "results-quick.json" if options.quick else "results.json")
    everything = merged(path, results)
    with open(path, "w") as file:
        json.dump(everything, file, ensure_ascii=False, indent=1)
        file.write("\n")
    version = f"{machine()}; load {loaded:.2f} before, {load():.2f} after; {lab.version()}."
    print(version + "\n\n" + table(results, ENGLISH))
    print(f"\n{time.monotonic() - began:.0f} s; {path}")
    if options.write:
        write(everything, version)
    missed = [result["name"] for result in results if result["bar"] and not result["met"]]
    if missed:
        print("missed or not measured: " + ", ".join(missed))
    sys.exit(1 if options.strict and missed else 0)


main()
