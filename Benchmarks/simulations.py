"""Dry-runs: a year of fixture members, and a month of a store's. Figures are processor time beyond what a window of a
minute takes on the same people, which is the reading of them.
"""
import glob, hashlib, os, shutil

from lab import HERE, ROOT, Figure, Run, say

YEAR = Figure("year", "a simulated year of 1,000 fixture members of about eight rows", "s", 1)
BUSY = Figure("year_busy", "a simulated year of 1,000 fixture members of about fifty rows", "s")
MONTH = Figure("month_each", "an outcome of a simulated month of a store's members", "µs", 50)
MEMORY = Figure("month_memory", "peak memory of that dry-run", "MiB", 256)

PEOPLE = os.path.join(HERE, "year", "people.py")
RULES = os.path.join("Benchmarks", "year", "rules")
KINDS = "stores products members consents orders carts points coupons events".split()


def version():
    with open(PEOPLE, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()[:8]


def invent(form, folder, members, activity=1.0):
    Run(["python3", PEOPLE, form, folder, "--members", str(members), "--activity", str(activity)])


def fixtures(lab, members, activity):
    folder = os.path.join(lab.data, f"fixtures-{version()}-{members}-{activity}")
    if not os.path.exists(folder):
        invent("fixtures", lab.path("fixtures"), members, activity)
        os.rename(lab.path("fixtures"), folder)
    return sorted(glob.glob(os.path.join(folder, "*.yaml")))


def store(lab, members):
    """Made by `nudged import`, as a shop would; a store of another schema is another one."""
    empty = lab.path("empty-year.db")
    Run([lab.nudged, "tick", "--rules", RULES, "--store", f"sqlite:{empty}", "--at", "2025-01-01T00:00:00+08:00"], cwd=ROOT)
    path = os.path.join(lab.data, f"year-{version()}-{lab.fingerprint(empty)}-{members}.db")
    os.remove(empty)
    if not os.path.exists(path):
        say(f"importing {members:,} members with two years of rows")
        invent("import", lab.path("rows"), members)
        part = lab.path("part-year.db")
        for kind in KINDS:
            Run([lab.nudged, "import", kind, os.path.join(lab.path("rows"), kind + ".ndjson"), "--store", f"sqlite:{part}",
                 "--timezone", "Asia/Shanghai"])
        shutil.rmtree(lab.path("rows"))
        os.rename(part, path)
    return path


def dry_run(lab, people, since, until):
    return Run([lab.nudged, "dry-run", RULES, "--format", "ndjson", *people, "--at", f"{since}+08:00",
                "--until", f"{until}+08:00"], cwd=ROOT)


def simulated(lab, says, people, since, until):
    """Seconds beyond reading, outcomes and peak memory of each run, and a digest of the lines."""
    seconds, outcomes, memory = [], [], []
    minute = since.replace("T00:00:00", "T00:01:00")
    for run in range(lab.pairs):
        say(f"{says}: run {run + 1} of {lab.pairs}")
        reading = dry_run(lab, people, since, minute)
        whole = dry_run(lab, people, since, until)
        seconds.append(whole.processor - reading.processor)
        outcomes.append(whole.out.count("\n"))
        memory.append(whole.memory / 1024)
    digest = hashlib.sha256(whole.out.encode()).hexdigest()[:12]
    return seconds, outcomes, memory, f"{outcomes[0]:,} outcomes; lines {digest}"


def year(lab):
    members = 200 if lab.is_quick else 1_000
    for figure, activity in ((YEAR, 0.2), (BUSY, 1)):
        people = ["--fixtures", *fixtures(lab, members, activity)]
        seconds, _, _, note = simulated(lab, figure.says, people, "2026-01-01T00:00:00", "2027-01-01T00:00:00")
        yield figure.result([took * 1_000 / members for took in seconds],
                            note if members == 1_000 else f"{note}; {members} members, times {1_000 // members}")


def month(lab):
    members = 2_000 if lab.is_quick else 20_000
    people = ["--store", f"sqlite:{store(lab, members)}"]
    seconds, outcomes, memory, note = simulated(lab, MONTH.says, people, "2026-06-01T00:00:00", "2026-07-01T00:00:00")
    note = f"{members:,} members, ten rules; {note}"
    yield MONTH.result([took * 1e6 / count for took, count in zip(seconds, outcomes)], note)
    yield MEMORY.result(memory, note)
