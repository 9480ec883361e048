"""python -m oracle RULES_DIR FIXTURES AT UNTIL: the lines that the contract asks for."""
import json
import sys

from .engine import dry_run

for entry in dry_run(*sys.argv[1:5]):
    print(json.dumps(entry, ensure_ascii=False))
