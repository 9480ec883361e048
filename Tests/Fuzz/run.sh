#!/bin/bash
# Fuzzes the readers with libFuzzer, and the engine with odd worlds, at the same time. Exits with 1 when anything
# crashed or hung; what did it is named, with the command that shows it again.
#   FUZZ_SECONDS=600   for how long          FUZZ_SEED=N   begins where a former run began
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${FUZZ_SECONDS:-600} seed=${FUZZ_SEED:-$RANDOM}
scratch=.build/fuzz
# The backtrace of Swift waits for a terminal.
export SWIFT_BACKTRACE=enable=no

swift build --package-path Tests/Fuzz --scratch-path $scratch -c release
swift build --product nudged
fuzz=$(swift build --package-path Tests/Fuzz --scratch-path $scratch -c release --show-bin-path)/Fuzz
nudged=$(swift build --show-bin-path)/nudged

echo "fuzzing for $seconds s from seed $seed"
python3 Tests/Fuzz/odd_worlds.py "$nudged" "$seconds" "$seed" $scratch/worlds > $scratch/worlds.log 2>&1 &
worlds=$!
trap 'kill $worlds 2>/dev/null || true' EXIT

# TARGET, its share of the time in percent, the longest input.
failed=0
fuzz_target() {
    local work=$scratch/$1 time=$((seconds * $2 / 100))
    mkdir -p "$work/corpus"
    "$fuzz" "$1" --seeds . "$work"
    # A crash or a hang (5 s for one input) ends the target; the input is a file of $work.
    if timeout -s KILL $((time + 60)) "$fuzz" "$1" -max_total_time=$time -timeout=5 -rss_limit_mb=2048 -seed="$seed" \
        -max_len="$3" -dict="$work/words.dict" -artifact_prefix="$work/" -print_final_stats=1 \
        "$work/corpus" "$work/seeds" > "$work/log" 2>&1; then
        echo "$1: $(awk '/number_of_executed_units/ { n = $2 } /average_exec_per_sec/ { r = $2 }
            END { print n " inputs, " r " a second" }' "$work/log")"
    else
        failed=1
        echo "$1: FAILED"
        grep -E "Fatal error|Precondition|ERROR|SUMMARY|Test unit written" "$work/log" || tail -5 "$work/log"
        sed -n "s|.*Test unit written to \(.*\)|  again: SWIFT_BACKTRACE=enable=no $fuzz $1 \1|p" "$work/log"
    fi
}
fuzz_target files 55 8000
fuzz_target templates 15 3000
fuzz_target texts 10 200
fuzz_target imports 20 4000

trap - EXIT
wait $worlds || failed=1
cat $scratch/worlds.log
exit $failed
