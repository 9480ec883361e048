"""A generated case on disk, and what the tool and the oracle print for it."""
import json
import os
import shutil
import subprocess
import tempfile

import yaml

from .engine import dry_run


class Refused(Exception):
    """The tool ended with findings or an error instead of lines."""


class Contradiction(Refused):
    """Random conditions that no member can meet, which `check` finds."""


class Plain(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):
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
    for name, key in (("lifecycle", "rules"), ("coupons", "coupons"), ("segments", "segments"), ("templates", "templates"),
                      ("fields", "fields")):
        if case.get(key):
            parts[name] = {"version": 1, key: case[key]}
    for name, part in parts.items():
        dump(part, f"{folder}/rules/{name}.yaml")
    dump(case["fixtures"], folder + "/fixtures.yaml")
    if case.get("outage"):
        os.makedirs(folder + "/rules/tests")
        dump(test_file(case), folder + "/rules/tests/a.test.yaml")
    with open(folder + "/window", "w", encoding="utf-8") as out:
        out.write(" ".join(arguments(case)) + "\n")


def test_file(case):
    """The window as a rule test, with the daemon down for a while."""
    began, minutes = case["outage"]
    result = {"version": 1, "rules": ["../lifecycle.yaml"], "fixtures": ["../../fixtures.yaml"], "clock": {"start": case["at"]},
              "tests": [{"name": "down", "timeline": [{"at": began, "stop_daemon_for": f"{minutes}m"}], "run_until": case["until"],
                         "expect": [{"outcome": "failed", "because": {"template": "nothing"}}]}]}
    if case["options"].get("only"):
        result["only"] = case["options"]["only"]
    return result


def arguments(case):
    result = ["--at", case["at"], "--until", case["until"]]
    for rule in case["options"].get("only", []):
        result += ["--only", rule]
    for member in case["options"].get("member", []):
        result += ["--member", member]
    return result + (["--all"] if case["options"].get("all") else [])


def lines_of_both(tool, folder, case):
    """(the oracle's lines, the tool's lines), worked out at the same time."""
    if case.get("outage"):
        command = [tool, "test", folder + "/rules/tests", "--format", "json"]
    else:
        command = [tool, "dry-run", folder + "/rules", "--fixtures", folder + "/fixtures.yaml", *arguments(case), "--format", "ndjson"]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors) as process:
            try:
                ours = wanted(folder, case)
                status = process.wait(60)
            except BaseException:
                process.kill()
                raise
        for stream in (out, errors):
            stream.seek(0)
        if case.get("outage"):
            return ours, lines_of_test(status, out.read().decode())
        if status != 0:
            raise refusal(status, errors.read().decode())
        return ours, [json.loads(line) for line in out.read().decode().splitlines()]


def lines_of_test(status, text):
    """Whatever the test expects (it expects nothing that comes), its lines."""
    try:
        found = json.loads(text)
        errors = [d for d in found["diagnostics"] if d["severity"] == "error"]
        if errors and all(d["code"] == "R210" for d in errors):
            raise Contradiction(text)
        return found["tests"][0]["runs"][0]["lines"]
    except (ValueError, KeyError, IndexError):
        raise Refused(f"exit {status}: {text[:2000]}") from None


def refusal(status, text):
    errors = [line for line in text.splitlines() if line.startswith("error[")]
    kind = Contradiction if errors and all(line.startswith("error[R210]") for line in errors) else Refused
    return kind(f"exit {status}: {text}")


def wanted(folder, case):
    """The oracle's lines."""
    options = case["options"]
    down = case.get("outage")
    lines = dry_run(folder + "/rules", folder + "/fixtures.yaml", case["at"], case["until"], options.get("only"),
                    options.get("all") or down, down)
    members = options.get("member")
    return [entry for entry in lines if not members or entry["member"] in members]
