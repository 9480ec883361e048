#!/bin/bash
# Puts a large store under load and measures what an operator feels: memory, heartbeats, how soon a stop is a stop.
# See README.md.
#   load.sh [PATH…]       only these paths (default: all, see load.py)
#   LOAD_MEMBERS=1000000  members of the store       LOAD_DATA=.build/load   where it is kept, about 4 KB a member
#   LOAD_NUDGED=PATH      a binary that is built already
# Exit 1 when a goal is missed.
set -euo pipefail
cd "$(dirname "$0")/.."

members=${LOAD_MEMBERS:-1000000} data=${LOAD_DATA:-.build/load}
mkdir -p "$data"
cc -O2 -Wall -o "$data/gen" Benchmarks/gen.c Benchmarks/population.c -lsqlite3 -lm
cc -O2 -Wall -o "$data/bench" Benchmarks/bench.c -lsqlite3
nudged=${LOAD_NUDGED:-}
if [ -z "$nudged" ]; then
    swift build -c release --product nudged --explicit-target-dependency-import-check error >&2
    nudged=$(swift build -c release --show-bin-path)/nudged
fi

# The store is made once for each schema: an empty one made by the program, filled by gen.c.
work=$(mktemp -d "$data/run.XXXXXX")
trap 'rm -rf "$work"' EXIT
"$nudged" tick --rules Benchmarks/rules --store "sqlite:$work/empty.db" --at 2026-06-15T09:59:00+08:00 > /dev/null
store=$data/store-$("$data/bench" schema "$work/empty.db")-$members.db
if [ ! -f "$store" ]; then
    rm -f "$data"/store-*-"$members".db
    echo "generating $members members" >&2
    "$data/gen" "$work/empty.db" --members "$members" --due 0 --seed 42 >&2
    rm -f "$work/empty.db-wal" "$work/empty.db-shm"
    mv "$work/empty.db" "$store"
fi
run=""
[ "$(nproc)" -le 2 ] || run="taskset -c 0,1"
$run python3 Benchmarks/load.py "$nudged" "$store" "$work" "$@"
