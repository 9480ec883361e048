"""A generated case on disk, and what the tool and the oracle print for it."""
import json
import os
import shutil
import subprocess

import yaml

from .engine import dry_run


class Refused(Exception):
    """The tool ended with findings or an error instead of lines."""


class Plain(yaml.SafeDumper):
    """Writes what is shared twice: the rule language has no aliases."""

    def ignore_aliases(self, data):
        return True


def dump(value, path):
    with open(path, "w", encoding="utf-8") as out:
        yaml.dump(value, out, Plain, allow_unicode=True, sort_keys=False, width=10000)


def write(case, folder):
    """`rules/`, `fixtures.yaml`, and `window`: the arguments of `dry-run` that make the case."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder + "/rules")
    parts = {"settings": case["settings"]}
    for name, key in (("lifecycle", "rules"), ("coupons", "coupons"), ("segments", "segments"), ("templates", "templates")):
        if case[key]:
            parts[name] = {"version": 1, key: case[key]}
    for name, part in parts.items():
        dump(part, f"{folder}/rules/{name}.yaml")
    dump(case["fixtures"], folder + "/fixtures.yaml")
    with open(folder + "/window", "w", encoding="utf-8") as out:
        out.write(" ".join(arguments(case)) + "\n")


def arguments(case):
    result = ["--at", case["at"], "--until", case["until"]]
    for rule in case["options"].get("only", []):
        result += ["--only", rule]
    for member in case["options"].get("member", []):
        result += ["--member", member]
    return result + (["--all"] if case["options"].get("all") else [])


def found(tool, folder, case):
    """The tool's lines."""
    run = subprocess.run([tool, "dry-run", folder + "/rules", "--fixtures", folder + "/fixtures.yaml", *arguments(case),
                          "--format", "ndjson"], capture_output=True, text=True, timeout=60)
    if run.returncode != 0:
        raise Refused(f"exit {run.returncode}: {run.stderr or run.stdout}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def wanted(folder, case):
    """The oracle's lines."""
    options = case["options"]
    lines = dry_run(folder + "/rules", folder + "/fixtures.yaml", case["at"], case["until"], options.get("only"), options.get("all"))
    members = options.get("member")
    return [entry for entry in lines if not members or entry["member"] in members]
