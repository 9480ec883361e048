#!/bin/bash
# Measures one tick against hand-written SQL on the same store. See README.md.
#   run.sh [--strict] [--write]
#   --strict  exit 1 when a goal is missed       --write  put the table into README.md
#   BENCH_SMALL=1   20,000 and 100,000 members instead of 100,000 and 1,000,000
#   BENCH_DUE=300   due members, the same at both sizes      BENCH_PAIRS=21  measured rounds
#   BENCH_DATA=bench-data    where stores are kept           BENCH_NUDGED=PATH   a binary that is built already
set -euo pipefail
cd "$(dirname "$0")/.."

strict=0 write=0
for option in "$@"; do
    case $option in
        --strict) strict=1 ;;
        --write) write=1 ;;
        *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
    esac
done
data=${BENCH_DATA:-bench-data} due=${BENCH_DUE:-300} pairs=${BENCH_PAIRS:-21}
small=100000 large=1000000
[ -n "${BENCH_SMALL:-}" ] && small=20000 large=100000
goal_ratio=3.0 goal_growth=1.3
before=2026-06-15T09:59:00+08:00 now=2026-06-15T10:00:00+08:00 after=2026-06-15T10:00:00.001+08:00
mkdir -p "$data"
work=$(mktemp -d "$data/run.XXXXXX")
holder=""

cleanup() { [ -z "$holder" ] || release; rm -rf "$work"; }
trap cleanup EXIT

void() { echo "VOID: $*" >&2; exit 1; }
say() { echo "$*" >&2; }

build() {
    for tool in "gen population.c" limit bench; do
        set -- $tool
        cc -O2 -Wall -o "$data/$1" Benchmarks/$1.c ${2:+Benchmarks/$2} -lsqlite3 -lm
    done
    nudged=${BENCH_NUDGED:-}
    if [ -z "$nudged" ]; then
        swift build -c release --product nudged >&2
        nudged=$(swift build -c release --show-bin-path)/nudged
    fi
}

# One tick of the program; its report goes to $work/report.
tick() { "$nudged" tick --rules Benchmarks/rules --store "sqlite:$1" --at "$2" --json --total; }

# A store of that many members, in which the rules went live a minute before the measured tick.
prepare() {
    local empty=$work/empty.db
    [ -f "$empty" ] || tick "$empty" $before > /dev/null
    local store=$data/store-$("$data/bench" schema "$empty")-$1-$due.db
    if [ ! -f "$store" ]; then
        say "generating $1 members"
        cp "$empty" "$work/new.db"
        "$data/gen" "$work/new.db" --members "$1" --due "$due" --seed 42 >&2
        mv "$work/new.db" "$store"
    fi
    tick "$store" $before > /dev/null
    [ ! -s "$store-wal" ] || void "the tick left a write-ahead log"
    cat "$store" > /dev/null
    echo "$store"
}

hold() {
    coproc HOLD { exec "$data/bench" hold "$1"; }
    holder=$HOLD_PID held_store=$1 held_size=$(stat -c '%Y %s' "$1")
    local word
    read -r word <&"${HOLD[0]}"
    [ "$word" = held ] || void "cannot hold $1"
}

# Ends the snapshot and takes back what was written under it.
release() {
    local pid=$holder
    holder=""
    eval "exec ${HOLD[1]}>&-"
    wait "$pid" 2> /dev/null || true
    rm -f "$held_store-wal" "$held_store-shm"
    [ "$(stat -c '%Y %s' "$held_store")" = "$held_size" ] || void "$held_store was changed by a run"
}

word() { sed -n "s/.*\b$1=\([^ ]*\).*/\1/p"; }
sum() { sed -n "s/.*\"$1\":\([0-9.]*\).*/\1/p" | awk '{ s += $1 } END { printf "%.3f", s }'; }

# What a tick costs without the start of a process, commit included: its own `total_ms` where it states one; else what
# its process took longer than that of the empty tick, and the empty tick's own sum over the rules.
whole_ms() {
    if grep -q '"total_ms"' "$work/report"; then sum total_ms < "$work/report"
    else echo "$(cut -d' ' -f1 < "$work/use") $(cut -d' ' -f1 < "$work/use-empty") $(sum ms < "$work/report-empty")" |
        awk '{ printf "%.3f", $1 - $2 + $3 }'
    fi
}

note() { echo "$2" >> "$work/$1"; }

# note NAME-SIZE of one run of the program, and of the empty tick after it.
subject() {
    local store=$1 size=$2 sent
    hold "$store"
    measured use report $now
    sent=$(sum sent < "$work/report")
    [ "${sent%.*}" = "$due" ] || { cat "$work/report" >&2; void "$sent sent instead of $due of $size members"; }
    [ "$(sum due < "$work/report")" = "$due.000" ] || say "decided besides: $(grep '"skipped":[1-9]' "$work/report")"
    digest_subject=$("$data/bench" digest "$store")
    measured use-empty report-empty $after
    [ "$(sum due < "$work/report-empty")" = 0.000 ] || void "something was due after the measured tick"
    note "subject-$size" "$(whole_ms)"
    note "rules-$size" "$(sum ms < "$work/report")"
    for rule in $(sed -n 's/.*"rule":"\([^"]*\)".*/\1/p' "$work/report"); do
        note "$rule-$size" "$(grep "\"$rule\"" "$work/report" | sum ms)"
    done
    note "process-$size" "$(cut -d' ' -f1 < "$work/use")"
    note "rss-$size" "$(cut -d' ' -f2 < "$work/use")"
    note "empty-$size" "$(sum ms < "$work/report-empty")"
    note "empty-process-$size" "$(cut -d' ' -f1 < "$work/use-empty")"
    release
}

measured() {
    "$data/bench" measure "$work/$1" "$nudged" tick --rules Benchmarks/rules --store "sqlite:$held_store" --at "$3" \
        --json --total > "$work/$2" || void "the tick at $3 failed"
}

# Bytes on disk of a decision and of what it read, after one more tick.
sizes() {
    hold "$1"
    measured use report $now
    "$data/bench" size "$1"
    release
}

limit() {
    local mode=$1 store=$2 size=$3
    hold "$store"
    "$data/bench" measure "$work/use" "$data/limit" "$mode" "$store" > "$work/report" || void "the limit failed"
    [ "$(word rows < "$work/report")" = "$due" ] || void "the limit wrote $(word rows < "$work/report") rows"
    digest_limit=$("$data/bench" digest "$store")
    note "limit-$mode-$size" "$(word total < "$work/report")"
    note "limit-process-$mode-$size" "$(cut -d' ' -f1 < "$work/use")"
    note "limit-rss-$size" "$(word rss_kb < "$work/report")"
    if [ "$mode" = same ]; then
        for rule in r1 r2 r3 r4 r5 commit; do note "limit-$rule-$size" "$(word $rule < "$work/report")"; done
        note "limit-empty-$size" "$("$data/limit" empty "$store" | word total)"
    fi
    release
}

# What is compared runs next to each other.
round() {
    subject "$store_small" $small
    local wrote_small=$digest_subject
    subject "$store_large" $large
    limit same "$store_large" $large
    [ "$digest_subject" = "$digest_limit" ] || differ
    limit same "$store_small" $small
    digest_subject=$wrote_small
    [ "$digest_subject" = "$digest_limit" ] || differ
    for mode in outbox lean; do
        limit $mode "$store_large" $large
        limit $mode "$store_small" $small
    done
}

differ() { void "the tick and the limit wrote different rows"$'\n'"$digest_subject"$'\n'"$digest_limit"; }

# Median and quartiles of the numbers on standard input.
quartiles() {
    sort -g | awk '{ x[NR] = $1 }
        function at(q,  i) { i = 1 + q * (NR - 1); return x[int(i)] + (i - int(i)) * (x[int(i) + 1] - x[int(i)]) }
        END { x[NR + 1] = x[NR]; printf "%.2f (%.2f to %.2f)", at(.5), at(.25), at(.75) }'
}
median() { quartiles < "$work/$1" | cut -d' ' -f1; }
ratio() { paste "$work/$1" "$work/$2" | awk '{ print $1 / $2 }' | quartiles; }
verdict() { awk -v x="${1%% *}" -v goal="$2" 'BEGIN { print (x <= goal ? "PASS" : "FAIL") }'; }

table() {
    echo "| | $small members | $large members |"
    echo "|---|---|---|"
    row() { echo "| $1 | $2 | $3 |"; }
    both() { row "$1" "$(median "$2-$small")$3" "$(median "$2-$large")$3"; }
    ratios() { row "$1" "$(ratio "$2-$small" "$3-$small")" "$(ratio "$2-$large" "$3-$large")"; }
    both "tick, commit included" subject " ms"
    both "sum over its rules, without the commit" rules " ms"
    both "hand-written SQL, the same rows" limit-same " ms"
    ratios "**tick / hand-written SQL**" subject limit-same
    ratios "tick / decisions, deliveries, transitions" subject limit-outbox
    ratios "tick / decisions and deliveries" subject limit-lean
    for rule in r1-birthday r2-cart r3-purchase r4-points r5-inactive; do
        row "$rule: tick, hand-written" \
            "$(median $rule-$small) ms, $(median limit-${rule%%-*}-$small) ms" \
            "$(median $rule-$large) ms, $(median limit-${rule%%-*}-$large) ms"
    done
    both "commit of the hand-written SQL" limit-commit " ms"
    both "whole process, exec to exit" process " ms"
    both "whole process of the hand-written SQL" limit-process-same " ms"
    both "empty tick" empty " ms"
    both "empty tick, hand-written" limit-empty " ms"
    both "empty tick, whole process" empty-process " ms"
    row "peak memory: tick, hand-written" \
        "$(($(median rss-$small | cut -d. -f1) / 1024)) MB, $(($(median limit-rss-$small | cut -d. -f1) / 1024)) MB" \
        "$(($(median rss-$large | cut -d. -f1) / 1024)) MB, $(($(median limit-rss-$large | cut -d. -f1) / 1024)) MB"
    row "bytes a decision, and what it read" "$(word decision <<< "$bytes"), $(word trace <<< "$bytes")" ""
    row "a day of 100,000 decisions" \
        "$(( ($(word decision <<< "$bytes") + $(word trace <<< "$bytes")) / 10 )) MB" ""
    row "growth of the tick" "" "$growth"
    row "growth of the hand-written SQL" "" "$(ratio limit-same-$large limit-same-$small)"
}

# Two files made to exhaust a reader, next to an ordinary one: whole processes of `check`, in turn.
refusals() {
    local before=a name
    echo "version: 1" > "$work/plain.yaml"
    echo "a: &a [x, x, x, x, x, x, x, x, x]" > "$work/bomb.yaml"
    for name in b c d e f g h; do
        echo "$name: &$name [*$before, *$before, *$before, *$before, *$before, *$before, *$before, *$before, *$before]"
        before=$name
    done >> "$work/bomb.yaml"
    printf '[%.0s' {1..40000} > "$work/brackets.yaml"
    for ((n = 0; n < pairs; n++)); do
        for name in plain bomb brackets; do
            "$data/bench" measure "$work/use" "$nudged" check "$work/$name.yaml" > "$work/report" 2>&1 || true
            [ $name = plain ] || grep -q "^error" "$work/report" || void "$name.yaml was not refused"
            note "check-$name" "$(cut -d' ' -f1 < "$work/use")"
            note "check-rss-$name" "$(cut -d' ' -f2 < "$work/use")"
        done
    done
    echo "| \`nudged check\` of | whole process | peak memory |"
    echo "|---|---|---|"
    for name in plain bomb brackets; do
        echo "| $(stat -c %s "$work/$name.yaml") bytes: $1 | $(quartiles < "$work/check-$name") ms |" \
            "$(($(median check-rss-$name | cut -d. -f1) / 1024)) MB |"
        shift
    done
}

build
store_small=$(prepare $small)
store_large=$(prepare $large)
load=$(cut -d' ' -f1 /proc/loadavg)
state=$(awk -v load="$load" 'BEGIN { print (load > 1 ? "busy" : "quiet") }')
say "warming up, then $pairs rounds"
round
rm -f "$work"/*-$small "$work"/*-$large
for ((n = 0; n < pairs; n++)); do round; done
bytes=$(sizes "$store_small")

cost=$(ratio subject-$large limit-same-$large) growth=$(ratio subject-$large subject-$small)
{
    echo "$due due, $pairs rounds, medians with quartiles; $(uname -sm), $(nproc) cores, $state (load $load before," \
        "$(cut -d' ' -f1 /proc/loadavg) after); $("$nudged" --version), $(date -u +%F)."
    echo
    table
    echo
    refusals "an ordinary file" "an alias bomb, refused" "40,000 brackets, refused"
} | tee "$data/results.md"
echo
passed=$(verdict "$cost" $goal_ratio)$(verdict "$growth" $goal_growth)
echo "$(verdict "$cost" $goal_ratio): a tick over $large members costs $cost × the hand-written SQL (goal $goal_ratio)"
echo "$(verdict "$growth" $goal_growth): from $small to $large members it grows $growth × (goal $goal_growth)"
if [ $write = 1 ]; then
    sed -i -e '/<!-- results -->/,/<!-- end -->/{//!d}' -e "/<!-- results -->/r $data/results.md" Benchmarks/README.md
fi
[ $strict = 0 ] || [ "$passed" = PASSPASS ]
