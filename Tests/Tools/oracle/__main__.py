"""python -m oracle RULES_DIR FIXTURES AT UNTIL [--all] [--only RULE]…: the lines that the contract asks for."""
import argparse
import json

from .engine import dry_run

parser = argparse.ArgumentParser(prog="oracle")
for name in ("rules", "fixtures", "at", "until"):
    parser.add_argument(name)
parser.add_argument("--all", action="store_true")
parser.add_argument("--only", action="append")
given = parser.parse_args()
for entry in dry_run(given.rules, given.fixtures, given.at, given.until, given.only, given.all):
    print(json.dumps(entry, ensure_ascii=False))
