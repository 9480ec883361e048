"""The tick: beside the limit, beside hand-written SQL into our own tables, at two sizes, and with nothing due."""
import json, os, re, shutil

from lab import AFTER, NOW, ROOT, RULES, Figure, Run, Void, database, held, log_of, say

LIMIT = Figure("tick_limit", "a tick with everything due, next to the limit", "×", 20)
HANDWRITTEN = Figure("tick_handwritten", "the same tick next to hand-written SQL into our own tables", "×", 3)
GROWTH = Figure("tick_growth", "the same tick next to one of a tenth of the members and as many due", "×", 1.2)
PAGES = Figure("wal_pages", "pages in the write-ahead log for an occurrence", "pages", 1.6)
BYTES = Figure("wal_bytes", "bytes in the write-ahead log for an occurrence", "bytes")
OURS = Figure("tick", "a tick with everything due, commit included", "ms")
EACH = Figure("tick_each", "that tick for an occurrence", "µs")
LEAST = Figure("limit", "the limit's tick", "ms")
SQL = Figure("handwritten", "hand-written SQL into our own tables", "ms")
MEMORY = Figure("tick_memory", "peak memory of the tick's process", "MiB")
EMPTY = Figure("empty_5", "a tick with nothing due, 5 rules", "ms", 0.1)
EMPTY_MANY = Figure("empty_500", "a tick with nothing due, 500 rules", "ms", 5)
EMPTY_FIRST = Figure("empty_5_first", "the first tick of a process with nothing due, 5 rules", "ms")
EMPTY_MANY_FIRST = Figure("empty_500_first", "the first tick of a process with nothing due, 500 rules", "ms")
EMPTY_LIMIT = Figure("empty_limit", "the limit's tick with nothing due, 5 rules", "ms")

# What a tick wrote: its rows are the newest deliveries, because everyone has one of the past.
WRITTEN = (
    "SELECT o.member, o.rule, o.occasion, o.channel, o.template, o.purpose, o.state, o.address, o.text, d.due, d.outcome"
    " FROM v_deliveries o JOIN decisions d ON d.id = o.decision"
    " WHERE o.id > (SELECT COUNT(*) FROM members) ORDER BY o.member, o.rule, o.occasion",
    "SELECT to_state, cause FROM transitions WHERE delivery > (SELECT COUNT(*) FROM members) ORDER BY seq",
    "SELECT o.member, o.at FROM sends s JOIN own_messages o ON o.decision = s.decision WHERE s.at >= 1781488800000000"
    " ORDER BY o.member",
)


def words(line):
    return {name: float(value) for name, value in re.findall(r"(\w+)=([\d.]+)", line)}


def written(store):
    with database(store) as db:
        return [db.execute(sql).fetchall() for sql in WRITTEN]


class Sizes:
    """Stores of the measured size and of a tenth of it, with as many due."""

    def __init__(self, lab):
        self.lab = lab
        self.large = int(os.environ.get("BENCH_LARGE", 100_000 if lab.is_quick else 1_000_000))
        self.due = lab.due(self.large)
        self.store = lab.store(self.large, self.due)
        self.small = lab.store(self.large // 10, self.due)
        self.limit = lab.limit_store(self.large, self.due)

    def limits(self):
        found = words(Run([self.lab.program("limit"), "tick", self.limit, "11"]).out)
        if found["rows"] != self.due:
            raise Void(f"the limit wrote {found['rows']:.0f} rows instead of {self.due}")
        return found

    def ours(self, store):
        """Milliseconds, frames and bytes of the log, memory, and what was written."""
        with held(store):
            took, rows, run = self.lab.tick(store, NOW)
            sent = sum(row["sent"] for row in rows)
            if sent != self.due:
                raise Void(f"{sent} sent instead of {self.due}: {run.out}")
            frames, size = log_of(store)
            result = written(store)
            if sum(row["due"] for row in self.lab.tick(store, AFTER)[1]):
                raise Void("something was due after the measured tick")
        return took, frames, size, run.memory, result

    def by_hand(self, store):
        with held(store):
            found = words(Run([self.lab.program("handwritten"), store]).out)
            return found["total"], written(store)


def tick(lab):
    sizes = Sizes(lab)
    limit, ours, small, hand, frames, size, memory = ([] for _ in range(7))
    for pair in range(lab.pairs + 1):
        say(f"tick: pair {pair} of {lab.pairs}" + (", not counted" if pair == 0 else ""))
        bare = sizes.limits()
        took, log_frames, log_bytes, peak, rows = sizes.ours(sizes.store)
        by_hand, same = sizes.by_hand(sizes.store)
        if rows != same:
            raise Void("the tick and the hand-written SQL wrote different rows: " + difference(rows, same))
        tenth = sizes.ours(sizes.small)[0]
        if pair == 0:
            continue
        for values, value in ((limit, bare["total"]), (ours, took), (small, tenth), (hand, by_hand),
                              (frames, log_frames / sizes.due), (size, log_bytes / sizes.due), (memory, peak / 1024)):
            values.append(value)
    note = f"{sizes.due:,} due of {sizes.large:,} members"
    yield LIMIT.result(ratios(ours, limit), note)
    yield HANDWRITTEN.result(ratios(ours, hand), note)
    yield GROWTH.result(ratios(ours, small), f"{sizes.large:,} members and {sizes.large // 10:,}, {sizes.due:,} due")
    yield PAGES.result(frames, note)
    yield BYTES.result(size, note)
    yield OURS.result(ours, note)
    yield EACH.result([took * 1000 / sizes.due for took in ours], note)
    yield LEAST.result(limit, note)
    yield SQL.result(hand, note)
    yield MEMORY.result(memory, note)


def ratios(ours, theirs):
    return [a / b for a, b in zip(ours, theirs)]


def difference(ours, theirs):
    """Which kind of rows differs, and in which columns; no value is printed, because texts name members."""
    for kind, (a, b) in enumerate(zip(ours, theirs)):
        if len(a) != len(b):
            return f"query {kind + 1}: {len(a)} and {len(b)} rows"
        columns = {n for x, y in zip(a, b) for n, (left, right) in enumerate(zip(x, y)) if left != right}
        if columns:
            return f"query {kind + 1}: columns {sorted(columns)}"
    return "nothing"


def empty(lab):
    sizes = Sizes(lab)
    many = copies(lab, 100)
    few, bare, lots, warm, warm_lots = ([] for _ in range(5))
    for pair in range(lab.pairs + 1):
        say(f"nothing due: pair {pair} of {lab.pairs}" + (", not counted" if pair == 0 else ""))
        limit = sizes.limits()["empty"]
        with held(sizes.store):
            lab.tick(sizes.store, NOW)
            one = lab.tick(sizes.store, AFTER)[0]
            warm_one = parts(lab, RULES, sizes.store, AFTER)
        with held(sizes.store):
            # All of these go live in the first of the two ticks, so that nothing is due in the second.
            lab.tick(sizes.store, "2026-06-15T10:00:10+08:00", many)
            hundred, rows, _ = lab.tick(sizes.store, "2026-06-15T10:00:10.500+08:00", many)
            warm_hundred = parts(lab, many, sizes.store, "2026-06-15T10:00:10.501+08:00")
        if len(rows) != 500 or any(row["due"] for row in rows):
            raise Void("500 rules have something due")
        if pair:
            for values, value in ((few, one), (bare, limit), (lots, hundred), (warm, warm_one),
                                  (warm_lots, warm_hundred)):
                values.append(value)
    note = f"{sizes.large:,} members; the median of 201 ticks of one process, as a daemon has them"
    yield EMPTY.result(warm, note)
    yield EMPTY_MANY.result(warm_lots, note)
    note = f"{sizes.large:,} members; it prepares its statements and opens its reading connection"
    yield EMPTY_FIRST.result(few, note)
    yield EMPTY_MANY_FIRST.result(lots, note)
    yield EMPTY_LIMIT.result(bare, f"{sizes.large:,} members")


def parts(lab, rules, store, at):
    run = Run([lab.parts(), "empty", os.path.join(ROOT, rules), f"sqlite:{store}", at])
    return json.loads(run.out)["ms"]


def copies(lab, times):
    """The five rules so many times, each time in a file of its own and with other ids."""
    folder = os.path.join(lab.work, f"rules-{times}")
    if not os.path.exists(folder):
        shutil.copytree(os.path.join(ROOT, RULES), folder)
        source = os.path.join(folder, "lifecycle.yaml")
        with open(source) as file:
            text = file.read()
        os.remove(source)
        for number in range(times):
            with open(os.path.join(folder, f"copy-{number}.yaml"), "w") as file:
                file.write(re.sub(r"(?m)^  - id: (\S+)", rf"  - id: \g<1>-{number}", text))
    return folder
