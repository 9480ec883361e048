"""`nudged check`: many rules, whether twice as many take twice as long, and files made to exhaust a reader."""
import glob, os, re, shutil

from lab import ROOT, Figure, Run, Void, say

MANY = Figure("check_2000", "check of 2,000 rules in 100 files, processor time", "s", 1)
GROWTH = Figure("check_growth", "check of 4,000 rules next to 2,000", "×", 2.3)
PLAIN = Figure("check_plain", "check of an ordinary file of 11 bytes, whole process", "ms")
BOMB = Figure("check_bomb", "check of an alias bomb of 335 bytes, refused", "ms", 50)
BRACKETS = Figure("check_brackets", "check of 40,000 brackets, refused", "ms", 50)


def workspace(lab, count):
    """The example rules over and over, each copy with an id of its own, twenty to a file."""
    folder = lab.path(f"check-{count}")
    os.makedirs(folder)
    for path in glob.glob(os.path.join(ROOT, "rules", "*.yaml")):
        if os.path.basename(path) != "lifecycle.yaml":
            shutil.copy(path, folder)
    rules = []
    sources = sorted(glob.glob(os.path.join(ROOT, "rules", "cookbook", "*.yaml")))
    for path in [os.path.join(ROOT, "rules", "lifecycle.yaml")] + sources:
        with open(path) as file:
            body = file.read().split("rules:\n", 1)[1]
        rules += [part.rstrip() + "\n" for part in re.split(r"(?m)^(?=  - id: )", body) if part.startswith("  - id: ")]
    for first in range(0, count, 20):
        with open(os.path.join(folder, f"r{first:05}.yaml"), "w") as file:
            file.write("# yaml-language-server: $schema=.nudged/rules.v1.schema.json\nversion: 1\n\nrules:\n")
            for number in range(first, min(first + 20, count)):
                text = rules[number % len(rules)]
                file.write(re.sub(r"(?m)^  - id: (\S+)", rf"  - id: \g<1>-{number}", text, count=1) + "\n")
    return folder


def many(lab):
    half, whole = workspace(lab, 2_000), workspace(lab, 4_000)
    seconds, growth = [], []
    for run in range(lab.pairs):
        say(f"check of many rules: run {run + 1} of {lab.pairs}")
        a, b = (Run([lab.nudged, "check", folder], cwd=ROOT).processor for folder in (half, whole))
        seconds.append(a), growth.append(b / a)
    yield MANY.result(seconds)
    yield GROWTH.result(growth)


def refusals(lab):
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefg", "bcdefgh"))
    took = {PLAIN: [], BOMB: [], BRACKETS: []}
    paths = {}
    for figure, text in ((PLAIN, "version: 1\n"), (BOMB, bomb), (BRACKETS, "[" * 40_000)):
        # A folder each: a file that is checked alone is read with its neighbours.
        os.mkdir(lab.path(figure.name))
        paths[figure] = os.path.join(lab.path(figure.name), "rules.yaml")
        with open(paths[figure], "w") as file:
            file.write(text)
    for run in range(lab.pairs):
        for figure, path in paths.items():
            run = Run([lab.nudged, "check", path], accept=(0, 1))
            if figure.bar and "error[R" not in run.out:
                raise Void(f"{figure.name} was not refused")
            took[figure].append(run.seconds * 1000)
    for figure, values in took.items():
        yield figure.result(values)
