#!/usr/bin/env python3
"""Reads metrics as Prometheus does, with its own Python library.

    metrics_peer.py FILE [--uses FILE…]

Prints every sample on a line, its labels sorted by name. Exits with 1 where a family has no type or no help, where a name
breaks the rules of Prometheus, where a sample is there twice, or where one of the files of `--uses` (alerts, a dashboard)
names a metric of nudged that is not there.
"""
import re
import sys

from prometheus_client.parser import text_string_to_metric_families

path, uses = sys.argv[1], sys.argv[3:] if "--uses" in sys.argv else []
with open(path, encoding="utf-8", newline="") as file:
    text = file.read()
faults = []
if not text.endswith("\n") or "\r" in text:
    faults.append("lines end with one line feed")
seen, names = set(), set()
for family in text_string_to_metric_families(text):
    if family.type not in ("counter", "gauge", "histogram"):
        faults.append(f"{family.name} is {family.type}")
    if not family.documentation:
        faults.append(f"{family.name} has no help")
    if not re.fullmatch(r"(nudged|process)_[a-z0-9_]+", family.name):
        faults.append(f"{family.name} is no good name")
    declared = family.name + ("_total" if family.type == "counter" else "")
    if f"# TYPE {declared} {family.type}\n" not in text:
        faults.append(f"{declared} does not say its type")
    names.add(declared)
    for sample in family.samples:
        labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
        line = sample.name + (f"{{{labels}}}" if labels else "")
        if line in seen:
            faults.append(f"{line} is there twice")
        seen.add(line)
        names.add(sample.name)
        if not uses:
            print(line, sample.value)
for used in uses:
    with open(used, encoding="utf-8") as file:
        for name in sorted(set(re.findall(r"\b(?:nudged|process)_[a-z0-9_]+\b", file.read()))):
            if name not in names:
                faults.append(f"{used} names {name}, which is not there")
print("\n".join(faults), end="")
sys.exit(1 if faults else 0)
