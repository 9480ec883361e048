#!/bin/bash
# Measures `nudged check` on many rules: 2,000 in 100 files, and whether twice as many take twice as long. See README.md.
#   check.sh [--strict]    --strict  exit 1 when a goal is missed
#   BENCH_RUNS=5    runs of each, of which the median counts      BENCH_NUDGED=PATH    a binary that is built already
set -euo pipefail
cd "$(dirname "$0")/.."

strict=0
case ${1:-} in
    "") ;;
    --strict) strict=1 ;;
    *) sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
esac
runs=${BENCH_RUNS:-5} goal_seconds=1.0 goal_growth=2.3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

nudged=${BENCH_NUDGED:-}
if [ -z "$nudged" ]; then
    swift build -c release --product nudged >&2
    nudged=$(swift build -c release --show-bin-path)/nudged
fi

# The example rules over and over, each copy with ids of its own, twenty to a file.
workspace() {
    mkdir -p "$work/$1"
    cp rules/*.yaml "$work/$1"
    rm "$work/$1/lifecycle.yaml"
    python3 - "$1" rules "$work/$1" <<'EOF'
import glob, re, sys
count, source, target = int(sys.argv[1]), sys.argv[2], sys.argv[3]
rules = []
for path in [source + "/lifecycle.yaml"] + sorted(glob.glob(source + "/cookbook/*.yaml")):
    head, body = open(path).read().split("rules:\n", 1)
    rules += [part.rstrip() + "\n" for part in re.split(r"(?m)^(?=  - id: )", body) if part.startswith("  - id: ")]
for first in range(0, count, 20):
    with open(f"{target}/r{first:05}.yaml", "w") as file:
        file.write("# yaml-language-server: $schema=.nudged/rules.v1.schema.json\nversion: 1\n\nrules:\n")
        for number in range(first, min(first + 20, count)):
            text = rules[number % len(rules)]
            file.write(re.sub(r"(?m)^  - id: (\S+)", rf"  - id: \g<1>-{number}", text, count=1) + "\n")
EOF
}

# Seconds of processor time, the median of the runs.
measure() {
    for ((n = 0; n < runs; n++)); do
        python3 - "$nudged" check "$1" <<'EOF'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
use = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{use.ru_utime + use.ru_stime:.3f}")
EOF
    done | sort -g | sed -n "$(((runs + 1) / 2))p"
}

for count in 1000 2000 4000; do
    workspace $count
    took[count]=$(measure "$work/$count")
    echo "$count rules in $((count / 20)) files: ${took[count]} s"
done
growth=$(awk -v a="${took[2000]}" -v b="${took[4000]}" 'BEGIN { printf "%.2f", b / a }')
echo "twice as many take $growth times as long"
missed=0
awk -v x="${took[2000]}" -v goal=$goal_seconds 'BEGIN { exit !(x <= goal) }' || missed=1
awk -v x="$growth" -v goal=$goal_growth 'BEGIN { exit !(x <= goal) }' || missed=1
[ $strict = 0 ] || [ $missed = 0 ]
