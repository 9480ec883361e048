#!/bin/bash
# Measures `nudged plan` after one edited threshold on the large store of bench.py, and how long a writer had to wait
# meanwhile. See README.md.
#   plan.sh       BENCH_DATA=bench-data   where bench.py keeps its stores      BENCH_NUDGED=PATH   a binary that is built already
set -euo pipefail
cd "$(dirname "$0")/.."

data=${BENCH_DATA:-bench-data}
store=$(ls -S "$data"/store-*.db 2> /dev/null | head -1)
[ -n "$store" ] || { echo "no store in $data: run make bench first" >&2; exit 1; }
work=$(mktemp -d "$data/plan.XXXXXX")
trap 'rm -rf "$work"' EXIT
nudged=${BENCH_NUDGED:-}
if [ -z "$nudged" ]; then
    swift build -c release --product nudged >&2
    nudged=$(swift build -c release --show-bin-path)/nudged
fi

at=2026-06-15T10:00:30+08:00
cp --reflink=auto "$store" "$work/shop.db"
cp -r Benchmarks/rules "$work/rules"
"$nudged" tick --rules "$work/rules" --store "sqlite:$work/shop.db" --at 2026-06-15T10:00:00+08:00 > /dev/null
sed -i 's/spend_365d: {at_least: 2000}/spend_365d: {at_least: 1000}/' "$work/rules/lifecycle.yaml"
if cmp -s "$work/rules/lifecycle.yaml" Benchmarks/rules/lifecycle.yaml; then
    echo "the threshold to edit is not in Benchmarks/rules" >&2
    exit 1
fi

python3 - "$work" "$nudged" plan "$work/rules" --store "sqlite:$work/shop.db" --at $at <<'EOF'
import os, resource, sqlite3, subprocess, sys, time
work, command = sys.argv[1], sys.argv[2:]
writer = sqlite3.connect(f"{work}/shop.db", timeout=60, isolation_level=None)
started = time.monotonic()
with open(f"{work}/out", "w") as out:
    plan = subprocess.Popen(command, stdout=out)
    waits = []
    while plan.poll() is None:
        began = time.monotonic()
        writer.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('bench', ?)", (len(waits),))
        waits.append(time.monotonic() - began)
        time.sleep(0.01)
seconds = time.monotonic() - started
if plan.returncode != 0: sys.exit("the plan failed")
use = resource.getrusage(resource.RUSAGE_CHILDREN)
members = writer.execute("SELECT COUNT(*) FROM members").fetchone()[0]
print(open(f"{work}/out").read())
print(f"{members} members: {seconds:.1f} s ({use.ru_utime + use.ru_stime:.1f} s of processor time),"
      f" {use.ru_maxrss // 1024} MB; {len(waits)} writes meanwhile, the longest waited {max(waits) * 1000:.0f} ms")
EOF
