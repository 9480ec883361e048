#!/usr/bin/env python3
"""The store of the first version, for trying out an upgrade: packaging/deb_test.sh.

    old_store.py make FOLDER    a store of 0.1.0 with rows in every table, and its mark, in FOLDER
    old_store.py ledger FILE    what was decided and what was sent, in the words of both versions
    old_store.py later FILE     as if a version that comes later had brought it up
"""
import pathlib
import sqlite3
import sys

TEXT = pathlib.Path(__file__).resolve().parent.parent / "Tests/Stores/0.1.0.sql"


def make(folder):
    path = pathlib.Path(folder) / "nudged.db"
    with sqlite3.connect(path) as store:
        store.executescript(TEXT.read_text("utf-8"))
        mark = [store.execute("SELECT value FROM meta WHERE key = ?", [key]).fetchone()[0]
                for key in ("generation", "epoch", "seq")]
    store.close()
    path.with_name("nudged.db.mark").write_text(" ".join(f"{value:019d}" for value in mark) + "\n", "utf-8")


def ledger(path):
    """A line for each decision, and one for each delivery that a provider has had, with how often."""
    store = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    has_view = store.execute("SELECT 1 FROM sqlite_schema WHERE name = 'v_deliveries'").fetchone()
    deliveries = "v_deliveries" if has_view else "deliveries"
    for row in store.execute(
            "SELECT member, rule, occasion, outcome, ifnull(channel, '-'), at FROM decisions ORDER BY 1, 2, 3"):
        print("decided", *row)
    for row in store.execute(
            f"SELECT d.member, d.rule, d.occasion, d.channel, count(*) FROM {deliveries} d "
            "JOIN attempts a ON a.delivery = d.id WHERE d.state IN ('accepted', 'delivered') GROUP BY d.id ORDER BY 1, 2, 3, 4"):
        print("sent", *row)
    store.close()


def later(path):
    with sqlite3.connect(path) as store:
        store.execute("INSERT INTO grdb_migrations VALUES ('v99-later')")
    store.close()


if __name__ == "__main__":
    acts = {"make": make, "ledger": ledger, "later": later}
    if len(sys.argv) != 3 or sys.argv[1] not in acts:
        sys.exit(__doc__)
    acts[sys.argv[1]](sys.argv[2])
