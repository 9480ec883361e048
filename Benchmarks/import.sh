#!/bin/bash
# What an import costs beside sqlite3's `.import` of the same file into a plain table. See README.md.
#   import.sh [KIND…]        members consents orders few workbook killed (default: the first four)
#   BENCH_ROWS=1000000       orders of the file        BENCH_MEMBERS=1000000   members of the store
#   BENCH_DATA=bench-data    where the files and stores are kept, about 1 GB for a million
#   BENCH_NUDGED=PATH        a binary that is built already
set -euo pipefail
cd "$(dirname "$0")/.."

data=${BENCH_DATA:-bench-data}/import
mkdir -p "$data"
nudged=${BENCH_NUDGED:-}
if [ -z "$nudged" ]; then
    swift build -c release --product nudged --explicit-target-dependency-import-check error >&2
    nudged=$(swift build -c release --show-bin-path)/nudged
fi
python3 Benchmarks/import.py "$(realpath "$nudged")" "$(realpath "$data")" "${BENCH_ROWS:-1000000}" \
    "${BENCH_MEMBERS:-1000000}" "$@"
