#!/usr/bin/env python3
"""Writes what python-liquid prints for every case of liquid-cases.json into that file (`--check`: compares only).

    pip install python-liquid==2.3.6
    python3 Tests/Tools/liquid_oracle.py [--check] [FILE]

A case: {"template": …, "data": {…}, "absent": [names declared but without a value], "expected": …}. In data,
{"$date": "2026-03-17"} is a date, {"$instant": "2026-03-17T10:00:00"} a local time.
"""
import datetime
import json
import pathlib
import sys

import liquid

DEFAULT = pathlib.Path(__file__).parent.parent / "RulesTests" / "Template" / "liquid-cases.json"


def native(value):
    if isinstance(value, list):
        return [native(item) for item in value]
    if isinstance(value, dict):
        if "$date" in value:
            return datetime.date.fromisoformat(value["$date"])
        if "$instant" in value:
            return datetime.datetime.fromisoformat(value["$instant"])
        return {key: native(item) for key, item in value.items()}
    return value


def main(arguments):
    check = "--check" in arguments
    files = [argument for argument in arguments if not argument.startswith("--")]
    path = pathlib.Path(files[0]) if files else DEFAULT
    cases = json.loads(path.read_text(encoding="utf-8"))
    different = 0
    for case in cases:
        printed = liquid.Environment().from_string(case["template"]).render(**native(case["data"]))
        if check and printed != case.get("expected"):
            different += 1
            print(f"{case['template']!r}: file {case.get('expected')!r}, python-liquid {printed!r}")
        case["expected"] = printed
    if not check:
        lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
        path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(cases)} cases, python-liquid {liquid.__version__}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
