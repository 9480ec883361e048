#!/usr/bin/env python3
"""Judges documents by JSON Schemas with an independent validator, for the tests of `nudged schema`.

Usage: validate_schema.py CASES RESULTS. CASES is JSON: {"schemas": {NAME: SCHEMA}, "cases": [{"schema": NAME,
"instance": VALUE}]}. RESULTS becomes {"schemas": {NAME: FLAW or null}, "cases": [[PATH, ...]]}: one path for each
error, deepest places as the validator reports them, "" for the root. Exits with 3, and says why, where the package
jsonschema is missing and cannot be installed.
"""
import importlib
import json
import subprocess
import sys
import tempfile


def load_validator():
    try:
        return importlib.import_module("jsonschema")
    except ImportError:
        pass
    target = tempfile.mkdtemp(prefix="jsonschema-")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", target, "jsonschema"]
    try:
        done = subprocess.run(install, capture_output=True, text=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired) as error:
        sys.exit_reason = f"pip cannot be run: {error}"
        return None
    if done.returncode != 0:
        sys.exit_reason = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        return None
    sys.path.insert(0, target)
    importlib.invalidate_caches()
    return importlib.import_module("jsonschema")


def main():
    jsonschema = load_validator()
    if jsonschema is None:
        print(f"the Python package jsonschema is not installed, and pip could not install it: {sys.exit_reason}")
        return 3
    with open(sys.argv[1], encoding="utf-8") as file:
        work = json.load(file)
    flaws = {}
    validators = {}
    for name, schema in work["schemas"].items():
        try:
            jsonschema.Draft7Validator.check_schema(schema)
            flaws[name] = None
        except jsonschema.SchemaError as error:
            flaws[name] = error.message
        validators[name] = jsonschema.Draft7Validator(schema)
    cases = [
        ["/".join(str(step) for step in error.absolute_path)
         for error in validators[case["schema"]].iter_errors(case["instance"])]
        for case in work["cases"]
    ]
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump({"schemas": flaws, "cases": cases}, file)
    return 0


sys.exit(main())
