"""Compares the tool with the oracle on generated cases, and shrinks what differs.

python -m oracle.compare TOOL FIRST LAST WORKDIR
"""
import copy
import json
import os
import shutil
import subprocess
import sys

import yaml

from .engine import dry_run
from .generate import COUPONS, SEGMENTS, Generator


def write(case, folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder + "/rules")
    parts = {"settings": case["settings"], "lifecycle": {"version": 1, "rules": case["rules"]},
             "coupons": {"version": 1, "coupons": case.get("coupons", COUPONS)}, "segments": {"version": 1, "segments": case.get("segments", SEGMENTS)}}
    if case["templates"]:
        parts["templates"] = {"version": 1, "templates": case["templates"]}
    for name, part in parts.items():
        dump(part, f"{folder}/rules/{name}.yaml")
    dump(case["fixtures"], folder + "/fixtures.yaml")
    with open(folder + "/window", "w") as out:
        out.write(f"{case['at']} {case['until']}\n")


def dump(value, path):
    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data):
            return True
    with open(path, "w", encoding="utf-8") as out:
        yaml.dump(value, out, Plain, allow_unicode=True, sort_keys=False, width=10000)


def got(tool, folder, at, until):
    run = subprocess.run([tool, "dry-run", folder + "/rules", "--fixtures", folder + "/fixtures.yaml", "--at", at, "--until", until,
                          "--format", "ndjson"], capture_output=True, text=True, timeout=60)
    if run.returncode != 0:
        return None, f"exit {run.returncode}: {run.stderr}"
    return [json.loads(l) for l in run.stdout.splitlines()], run.stderr


KNOWN = set(os.environ.get("KNOWN", "").split(","))


def known(case, item):
    """Differences already reported, so that others show (named in the variable KNOWN)."""
    kind, key, detail = item
    rule = next((r for r in case["rules"] if key and r["id"] == key[0]), None)
    if rule is None:
        return False
    trigger = next(iter(rule["when"]))
    if "pick" in KNOWN and "pick" in (rule.get("audience") or {}):
        return True
    if "choose" in KNOWN and kind == "MISSING" and detail["because"] == {"choose": "none"} and trigger in ("festival", "schedule"):
        return True
    return "existing" in KNOWN and kind == "MISSING" and trigger == "inactive" and detail["outcome"] == "held"


def soften(case):
    """Takes out what is known to differ everywhere."""
    for rule in case["rules"]:
        if "pick" in KNOWN:
            (rule.get("audience") or {}).pop("pick", None)
    for member in case["fixtures"]["members"].values():
        if "generic" in KNOWN and member.get("personalisation") == "generic":
            del member["personalisation"]
        if "tags" in KNOWN and "tags" in member:
            member["tags"].sort()


def short(entry):
    return entry["rule"], entry["member"], entry["occasion"], entry["outcome"] == "held"


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
    rule = next((r for r in case["rules"] if key and r["id"] == key[0]), None)
    trigger = next(iter(rule["when"])) if rule else ""
    if kind == "DIFF":
        return kind, trigger, tuple(sorted(detail)), str(detail.get("outcome"))
    return kind, trigger, detail["outcome"] if isinstance(detail, dict) else "", str(sorted((detail.get("because") or {}))) if isinstance(detail, dict) else ""


def try_case(tool, case, folder):
    write(case, folder)
    found, errors = got(tool, folder, case["at"], case["until"])
    if found is None:
        return None, errors, None
    wanted = dry_run(folder + "/rules", folder + "/fixtures.yaml", case["at"], case["until"])
    return [i for i in differences(wanted, found) if not known(case, i)], errors, wanted


def paths(value, prefix=()):
    """Every removable part, larger ones first."""
    if isinstance(value, dict):
        for key in list(value):
            yield prefix + (key,)
        for key, inner in value.items():
            yield from paths(inner, prefix + (key,))
    elif isinstance(value, list):
        for index in range(len(value) - 1, -1, -1):
            yield prefix + (index,)
        for index, inner in enumerate(value):
            yield from paths(inner, prefix + (index,))


def without(case, path):
    result = copy.deepcopy(case)
    place = result
    for part in path[:-1]:
        place = place[part]
    del place[path[-1]]
    return result


def shrink(tool, case, folder, wanted_signature, budget=150):
    case = copy.deepcopy(case)
    case.setdefault("coupons", COUPONS)
    case.setdefault("segments", SEGMENTS)
    changed = True
    while changed and budget > 0:
        changed = False
        for path in sorted(paths({k: case[k] for k in ("rules", "fixtures", "settings", "templates", "coupons", "segments")}), key=len):
            if path in [(k,) for k in case] or path[-1] in ("version", "id", "status", "owner", "purpose", "when"):
                continue
            try:
                smaller = without(case, path)
            except (KeyError, IndexError, TypeError):
                continue
            budget -= 1
            if budget <= 0:
                break
            try:
                items, _, _ = try_case(tool, smaller, folder)
            except Exception:
                continue
            if items and signature(smaller, items) == wanted_signature:
                case, changed = smaller, True
    return case


def main(tool, first, last, work):
    counts, errors, seen = {}, {}, {}
    os.makedirs(work, exist_ok=True)
    for seed in range(first, last):
        case = Generator(seed).build()
        soften(case)
        folder = f"{work}/{seed}"
        try:
            items, error, wanted = try_case(tool, case, folder)
        except Exception as problem:
            print(f"seed {seed}: oracle {type(problem).__name__} {problem}", flush=True)
            continue
        if items is None:
            first_line = next((l for l in error.splitlines() if l.startswith("error")), error[:120])
            errors.setdefault(first_line[:90], []).append(seed)
            continue
        for entry in wanted:
            trigger = next(next(iter(r["when"])) for r in case["rules"] if r["id"] == entry["rule"])
            counts[trigger, entry["outcome"]] = counts.get((trigger, entry["outcome"]), 0) + 1
        if items:
            sig = signature(case, items)
            seen.setdefault(sig, []).append(seed)
            print(f"seed {seed}: {len(items)} differences of {len(wanted)} lines, first: {json.dumps(items[0], ensure_ascii=False)[:600]}", flush=True)
        else:
            shutil.rmtree(folder)
    print("\nlines compared:", sum(counts.values()))
    for key in sorted(counts):
        print("  ", *key, counts[key])
    print("findings that stopped a case:")
    for key, seeds in errors.items():
        print("  ", len(seeds), key, seeds[:5])
    for sig, seeds in sorted(seen.items(), key=lambda s: -len(s[1])):
        print(len(seeds), sig, seeds[:8])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:5])
