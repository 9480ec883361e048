#!/bin/bash
# Measures how fast messages leave next to a program that does nothing else: see README.md.
#   DISPATCH_ROUNDS=3      DISPATCH_NUDGED=PATH  a binary that is built already
# With --strict exit 1 when a goal is missed. Debian's wrk is unpacked, not installed.
set -euo pipefail
cd "$(dirname "$0")/.."

data=.build/dispatch
mkdir -p "$data"
cc -O2 -Wall -Wextra -o "$data/gateway" Benchmarks/gateway.c
if ! [ -x "$data/wrk/usr/bin/wrk" ]; then
    (cd "$data" && apt-get download -qq wrk libluajit-5.1-2 && for package in *.deb; do dpkg -x "$package" wrk; done)
fi
nudged=${DISPATCH_NUDGED:-}
if [ -z "$nudged" ]; then
    swift build -c release --product nudged --explicit-target-dependency-import-check error >&2
    nudged=$(swift build -c release --show-bin-path)/nudged
fi
work=$(mktemp -d "$data/run.XXXXXX")
trap 'rm -rf "$work"' EXIT
python3 Benchmarks/dispatch.py "$nudged" "$data" "$work" "${DISPATCH_ROUNDS:-3}" "$@"
