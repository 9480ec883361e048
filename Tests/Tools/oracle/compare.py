"""Compares the tool with the oracle on generated cases.

python -m oracle.compare TOOL FIRST LAST WORKDIR [--shrink] [--counts]

Exit 0 when every line is equal, 1 when any differs or there was none; the cases that differ stay in WORKDIR (with --shrink made small).
"""
import argparse
import json
import os
import shutil
import sys
import traceback

from . import cases
from .generate import Generator
from .shrink import shrink


def short(entry):
    return entry["rule"], entry["member"], entry["occasion"], entry["outcome"] in ("held", "waiting") and entry["outcome"]


def differences(wanted, found):
    """[(kind, key, detail)], empty when the lines are equal and equally ordered."""
    result = []
    left, right = {short(e): e for e in wanted}, {short(e): e for e in found}
    if len(left) != len(wanted) or len(right) != len(found):
        result.append(("DOUBLE", "", f"{len(wanted)}/{len(left)} {len(found)}/{len(right)}"))
    for key, entry in left.items():
        if key not in right:
            result.append(("MISSING", key, entry))
        elif right[key] != entry:
            result.append(("DIFF", key, {f: (entry.get(f), right[key].get(f)) for f in sorted(set(entry) | set(right[key]))
                                         if entry.get(f) != right[key].get(f)}))
    result += [("EXTRA", key, entry) for key, entry in right.items() if key not in left]
    if not result and wanted != found:
        result.append(("ORDER", "", [short(e) for e in found]))
    return result


def signature(case, items):
    """What kind of difference it is, so that shrinking keeps to one."""
    kind, key, detail = items[0]
    trigger = trigger_of(case, key[0]) if key else ""
    if kind == "DIFF":
        return kind, trigger, tuple(detail), str(detail.get("outcome"))
    if isinstance(detail, dict):
        return kind, trigger, detail["outcome"], str(sorted(detail.get("because") or {}))
    return kind, trigger


def trigger_of(case, rule_id):
    return next(next(iter(rule["when"])) for rule in case["rules"] if rule["id"] == rule_id)


def run(tool, case, folder):
    """(the oracle's lines, the tool's lines)."""
    cases.write(case, folder)
    return cases.lines_of_both(tool, folder, case)


def first_difference(wanted, found):
    """The first line, in order, that is not the same, as two texts."""
    texts = [[json.dumps(e, ensure_ascii=False) for e in lines] for lines in (wanted, found)]
    for number in range(max(map(len, texts))):
        pair = [lines[number] if number < len(lines) else "(no line)" for lines in texts]
        if pair[0] != pair[1]:
            return f"line {number + 1}\n  oracle {pair[0]}\n  tool   {pair[1]}"
    return "no line"


def report(tool, case, folder, wanted, found, options):
    """Says what differs, and leaves the case in its folder."""
    if options.shrink:
        def same(smaller, kind=signature(case, differences(wanted, found))):
            items = differences(*run(tool, smaller, folder))
            return bool(items) and signature(smaller, items) == kind
        case = shrink(case, same)
        wanted, found = run(tool, case, folder)
    with open(folder + "/expected.ndjson", "w", encoding="utf-8") as out:
        out.writelines(json.dumps(e, ensure_ascii=False) + "\n" for e in wanted)
    print(f"seed {os.path.basename(folder)}: differs at {first_difference(wanted, found)}\n  see    {folder}", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="oracle.compare")
    parser.add_argument("tool")
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("workdir")
    parser.add_argument("--shrink", action="store_true", help="make each case that differs as small as possible")
    parser.add_argument("--counts", action="store_true", help="print how often each trigger had each outcome")
    options = parser.parse_args()
    counts, kinds, wrong, refused = {}, {}, 0, 0
    for seed in range(options.first, options.last):
        case, folder = Generator(seed).build(), f"{options.workdir}/{seed}"
        try:
            wanted, found = run(options.tool, case, folder)
        except cases.Contradiction:
            refused += 1
            shutil.rmtree(folder)
            continue
        except Exception as problem:
            wrong += 1
            kinds.setdefault((type(problem).__name__,), []).append(seed)
            text = str(problem) if isinstance(problem, cases.Refused) else traceback.format_exc()
            print(f"seed {seed}: could not be compared: {text.strip()}", flush=True)
            continue
        for entry in wanted:
            key = trigger_of(case, entry["rule"]), entry["outcome"]
            counts[key] = counts.get(key, 0) + 1
        items = differences(wanted, found)
        if not items:
            shutil.rmtree(folder)
            continue
        wrong += 1
        kinds.setdefault(signature(case, items), []).append(seed)
        report(options.tool, case, folder, wanted, found, options)
    if options.counts:
        for key in sorted(counts):
            print("  ", *key, counts[key])
        for kind, seeds in sorted(kinds.items(), key=lambda k: -len(k[1])):
            print(len(seeds), kind, seeds[:8])
    print(f"{options.last - options.first} workspaces ({refused} of them refused: conditions that contradict each other), "
          f"{sum(counts.values())} lines, {wrong} workspaces differ")
    return 1 if wrong or not counts else 0


if __name__ == "__main__":
    sys.exit(main())
