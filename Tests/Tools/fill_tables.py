"""Makes stores for tests.

    fill_tables.py STORE STORE.sql    a new store of that text
    fill_tables.py STORE              a row in each of its tables that has none
"""

import re
import sqlite3
import sys


def value(column, kind, checks):
    if column in checks:
        return checks[column]
    return {"INTEGER": 1, "BLOB": b"x"}.get(kind, "x")


def fill(db):
    tables = db.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name"
    ).fetchall()
    for table, sql in tables:
        if db.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0]:
            continue
        checks = dict(re.findall(r"CHECK \((\w+) = '(\w+)'", sql))
        checks.update(re.findall(r"CHECK \((\w+) IN \('(\w+)'", sql))
        columns = [(c[1], value(c[1], c[2], checks)) for c in db.execute(f"PRAGMA table_info({table})")]
        names, places = ", ".join(c for c, _ in columns), ", ".join("?" for _ in columns)
        db.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", [v for _, v in columns])
    empty = [t for t, _ in tables if not db.execute(f"SELECT EXISTS (SELECT 1 FROM {t})").fetchone()[0]]
    print("empty: " + " ".join(empty) if empty else "no empty table")


def main():
    db = sqlite3.connect(sys.argv[1], isolation_level=None)
    if len(sys.argv) > 2:
        db.executescript(open(sys.argv[2], encoding="utf-8").read())
    else:
        fill(db)


if __name__ == "__main__":
    main()
