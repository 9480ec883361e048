#!/usr/bin/env python3
"""Holds alerts, their tests and the dashboard against the metrics of a daemon.

    monitoring.py METRICS FOLDER PAGE

METRICS is what /metrics answered, FOLDER is docs/monitoring, PAGE the table of the metrics. Prints what is wrong and exits
with 1: an expression or a test that names a metric, a label or a value of a label that the daemon does not have; a text that
shows a label which is gone by then; an alert that is not tested to fire, to be quiet before and to end; a metric that the
page gives other labels.
"""
import json
import pathlib
import re
import sys

import yaml

faults = []
# What Prometheus adds to each series.
OF_SCRAPES = {"job", "instance"}
# Labels whose values are a shop's own names.
OPEN = {"rule", "channel", "source"}
SELECTOR = re.compile(r"\b((?:nudged|process)_[a-z0-9_]+|up)\b\s*(?:\{([^}]*)\})?")
MATCHER = re.compile(r'([a-z_]+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")


def words(text):
    return {word.strip() for word in text.split(",") if word.strip()}


def samples(text):
    """The values of each label of each metric that has a sample."""
    found = {"up": {}}
    for line in text.splitlines():
        if line.startswith("#") or not line:
            continue
        name, labels = re.match(r"([a-zA-Z0-9_:]+)(?:\{(.*)\})? ", line).groups()
        own = found.setdefault(name, {})
        for label, value in re.findall(r'([a-z_]+)="((?:[^"\\]|\\.)*)"', labels or ""):
            own.setdefault(label, set()).add(value)
    return found


def check_expression(place, expression, metrics):
    """Returns the labels that its result has."""
    labels = set()
    for name, matchers in SELECTOR.findall(expression):
        if name not in metrics:
            faults.append(f"{place}: there is no {name}")
            continue
        labels |= set(metrics[name]) | OF_SCRAPES
        for label, how, value in MATCHER.findall(matchers):
            if label in OF_SCRAPES:
                continue
            if label not in metrics[name]:
                faults.append(f"{place}: {name} has no label {label}")
                continue
            for one in [] if label in OPEN else value.split("|") if "~" in how else [value]:
                if one not in metrics[name][label]:
                    faults.append(f"{place}: {label} of {name} is never {one}")
    groupings = [words(text) for text in GROUPING.findall(expression)]
    for grouping in groupings:
        for label in sorted(grouping - labels):
            faults.append(f"{place}: no metric of it has the label {label}")
    return set().union(*groupings) - {"le"} if groupings else labels


def check_text(place, text, labels):
    for label in re.findall(r"\{\{\s*(?:\$labels\.)?([a-z_]+)\s*\}\}", text):
        if label not in labels:
            faults.append(f"{place}: the text shows {label}, which its result does not have")


def check_alerts(path, metrics):
    """Returns the names of the alerts."""
    names = []
    for group in yaml.safe_load(path.read_text("utf-8"))["groups"]:
        for rule in group["rules"]:
            names.append(rule["alert"])
            labels = check_expression(rule["alert"], rule["expr"], metrics)
            for text in rule["annotations"].values():
                check_text(rule["alert"], text, labels)
    return names


def check_dashboard(path, metrics):
    for panel in json.loads(path.read_text("utf-8"))["panels"]:
        for target in panel["targets"]:
            place = f"{path.name}: {panel['title']} {target['refId']}"
            check_text(place, target["legendFormat"], check_expression(place, target["expr"], metrics))


def minutes(text):
    return sum(int(number) * {"m": 1, "h": 60, "d": 1440}[unit] for number, unit in re.findall(r"(\d+)([mhd])", text))


def check_tests(path, alerts, metrics):
    moments = {alert: [] for alert in alerts}
    for test in yaml.safe_load(path.read_text("utf-8"))["tests"]:
        for series in test["input_series"]:
            check_expression(f"{path.name}: {test['name']}", series["series"], metrics)
        for moment in test["alert_rule_test"]:
            if moment["alertname"] not in moments:
                faults.append(f"{path.name}: there is no alert {moment['alertname']}")
                continue
            moments[moment["alertname"]].append((minutes(moment["eval_time"]), bool(moment["exp_alerts"])))
    for alert, found in moments.items():
        fires = [at for at, fires in found if fires]
        quiet = [at for at, fires in found if not fires]
        if not fires or not any(at < min(fires) for at in quiet) or not any(at > max(fires) for at in quiet):
            faults.append(f"{path.name}: {alert} is not tested to be quiet, to fire and to end")


def check_page(path, metrics):
    """Metrics that are counted in buckets have a row for all three of their series."""
    said = {}
    for line in path.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 4 and cells[1].startswith("`"):
            said.update({name: words(cells[2]) for name in re.findall(r"`([a-z0-9_]+)`", cells[1])})
    there = {re.sub(r"_(bucket|sum|count)$", "", name): set(labels) - {"le"} for name, labels in metrics.items() if name != "up"}
    for name in sorted(there.keys() | said.keys()):
        if said.get(name) != there.get(name):
            faults.append(f"{path.name}: {name} has {there.get(name)}, the page says {said.get(name)}")


def main():
    file, folder, page = map(pathlib.Path, sys.argv[1:4])
    metrics = samples(file.read_text("utf-8"))
    alerts = check_alerts(folder / "nudged.rules.yml", metrics)
    check_tests(folder / "nudged.rules.test.yml", alerts, metrics)
    check_dashboard(folder / "nudged.dashboard.json", metrics)
    check_page(page, metrics)
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


main()
