#!/bin/bash
# Measures simulations: a year of fixture members, and a month of a store's. See README.md.
#   year.sh [--strict]    --strict  exit 1 when a goal is missed
#   BENCH_RUNS=5    runs of each, of which the median counts      BENCH_STORE_MEMBERS=50000    members of the store
#   BENCH_DATA=bench-data    where people are kept                BENCH_NUDGED=PATH    a binary that is built already
set -euo pipefail
cd "$(dirname "$0")/.."

strict=0
case ${1:-} in
    "") ;;
    --strict) strict=1 ;;
    *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
esac
data=${BENCH_DATA:-bench-data}/year runs=${BENCH_RUNS:-5} crowd=${BENCH_STORE_MEMBERS:-50000}
goal_seconds=1.0 goal_each=50 zone=+08:00
rules=Benchmarks/year/rules
mkdir -p "$data"
work=$(mktemp -d "$data/run.XXXXXX")
trap 'rm -rf "$work"' EXIT

nudged=${BENCH_NUDGED:-}
if [ -z "$nudged" ]; then
    swift build -c release --product nudged >&2
    nudged=$(swift build -c release --show-bin-path)/nudged
fi

# Once for each generator: people are named by its text.
version=$(sha256sum Benchmarks/year/people.py | cut -c1-8)
store=$data/store-$version-$crowd.db
# fixtures ACTIVITY: the folder of a thousand people.
fixtures() {
    local folder=$data/fixtures-$version-$1
    if [ ! -d "$folder" ]; then
        python3 Benchmarks/year/people.py fixtures "$work/fixtures" --members 1000 --activity "$1"
        mv "$work/fixtures" "$folder"
    fi
    echo "$folder"
}
if [ ! -f "$store" ]; then
    python3 Benchmarks/year/people.py import "$work/rows" --members "$crowd"
    for kind in stores products members consents orders carts points coupons events; do
        "$nudged" import $kind "$work/rows/$kind.ndjson" --store "sqlite:$work/new.db" --timezone Asia/Shanghai >&2
    done
    mv "$work/new.db" "$store"
fi

# Seconds of processor time and peak megabytes, the median of the runs; the lines go to $work/out.
measure() {
    for ((n = 0; n < runs; n++)); do
        python3 - "$work/out" "$nudged" dry-run $rules --format ndjson "$@" <<'EOF'
import resource, subprocess, sys
with open(sys.argv[1], "w") as out:
    subprocess.run(sys.argv[2:], stdout=out, check=True)
use = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{use.ru_utime + use.ru_stime:.2f} {use.ru_maxrss // 1024}")
EOF
    done | sort -g | sed -n "$(((runs + 1) / 2))p"
}

# What a window costs beyond one of a second on the same people, which is the reading of them.
report() {
    local name=$1 from=$2 until=$3 reading whole
    shift 3
    reading=$(measure "$@" --at "$from" --until "${from/00:00$zone/00:01$zone}")
    whole=$(measure "$@" --at "$from" --until "$until")
    outcomes=$(wc -l < "$work/out")
    seconds=$(awk -v a="${reading% *}" -v b="${whole% *}" 'BEGIN { printf "%.2f", b - a }')
    each=$(awk -v s="$seconds" -v n="$outcomes" 'BEGIN { printf "%.0f", s * 1e6 / n }')
    echo "$name: $outcomes outcomes in $seconds s, $each µs each; ${reading% *} s before that for reading;" \
        "${whole#* } MB; lines $(sha256sum < "$work/out" | cut -c1-12)"
}

missed=0
report "1,000 fixture members with little behind them, ten rules, a year" 2026-01-01T00:00:00$zone 2027-01-01T00:00:00$zone \
    --fixtures "$(fixtures 0.2)"/*.yaml
awk -v x="$seconds" -v goal=$goal_seconds 'BEGIN { exit !(x <= goal) }' || missed=1
report "1,000 busy ones, fifty rows each" 2026-01-01T00:00:00$zone 2027-01-01T00:00:00$zone \
    --fixtures "$(fixtures 1)"/*.yaml
report "$crowd members of a store, ten rules, 30 days" 2026-06-01T00:00:00$zone 2026-07-01T00:00:00$zone \
    --store "sqlite:$store"
awk -v x="$each" -v goal=$goal_each 'BEGIN { exit !(x <= goal) }' || missed=1
[ $strict = 0 ] || [ $missed = 0 ]
