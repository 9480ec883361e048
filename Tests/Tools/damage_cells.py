"""Damages single cells of a store, as a failing disk would, and looks how the program takes it.

    damage_cells.py PROGRAM STORE.sql SEED COUNT

For each cell: a copy of the store with one value of another kind in it, then commands of the program on the copy, and for
some the daemon. Whatever is found, no process may end by a signal or with 70, and nothing may print SQL. Prints a line for
each fault and the seed; exits with 1 when there was one.
"""

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from fill_tables import fill

VALUES = [None, "x", b"\xff\xfe", 1.5, 2**63 - 1, -(2**63), 10**9, 0, -1, "", "{broken", "Mars/Phobos", "s9999", "'; --"]
# What is read by nothing but people.
SKIPPED = {"grdb_migrations"}


def tables(db):
    names = db.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name"
    ).fetchall()
    return {name: sql for name, sql in names if name not in SKIPPED}


def loosened(sql):
    """The same table without what keeps such a value out."""
    sql = re.sub(r",? STRICT$", "", sql)
    return sql.replace(" NOT NULL", "")


def rewrite(path, texts):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA writable_schema = ON")
    for name, sql in texts.items():
        db.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ? AND type = 'table'", (sql, name))
    version = db.execute("PRAGMA schema_version").fetchone()[0]
    db.execute(f"PRAGMA schema_version = {version + 1}")
    db.close()


def damage(path, strict, pick):
    """One cell of the loosened copy; None when the value is there already or the key forbids it."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA ignore_check_constraints = ON")
    table = pick.choice(sorted(strict))
    columns = db.execute(f"PRAGMA table_info({table})").fetchall()
    keys = [c[1] for c in columns if c[5]]
    column = pick.choice(columns)[1]
    rows = db.execute(f"SELECT {', '.join(keys)} FROM {table}").fetchall()
    row = pick.choice(rows)
    value = pick.choice(VALUES)
    where = " AND ".join(f"{k} IS ?" for k in keys)
    if column == "files" and value is None:
        value = "x"
    try:
        db.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value, *row))
    except (sqlite3.IntegrityError, OverflowError):
        return None
    finally:
        db.close()
    rewrite(path, strict)
    return f"{table}.{column} = {value!r} where {dict(zip(keys, row))}"


def judge(name, status, out, faults, what):
    if status < 0 or status == 70 or "Fatal error" in out or re.search(r"SELECT |INSERT INTO|while executing", out):
        faults.append(f"{what}: {name} ended with {status}: {out[-300:]!r}")


def run(arguments, cwd):
    done = subprocess.run(arguments, cwd=cwd, capture_output=True, timeout=120)
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


def daemon(program, cwd):
    """Until it has looked around for a moment, or has ended by itself."""
    with open(os.path.join(cwd, "err"), "wb+") as err:
        process = subprocess.Popen([program, "run", "--config", "nudged.yaml"], cwd=cwd, stdout=err, stderr=err)
        end = time.monotonic() + 1.2
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            status = -9
        err.seek(0)
        return status, err.read().decode("utf-8", "replace")


def main():
    program, text, seed, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    pick = random.Random(seed)
    faults, tried = [], 0
    with tempfile.TemporaryDirectory() as work:
        base = os.path.join(work, "base.db")
        db = sqlite3.connect(base)
        db.executescript(open(text, encoding="utf-8").read())
        newest = db.execute("SELECT files FROM rule_sets ORDER BY version DESC LIMIT 1").fetchone()[0]
        db.close()
        # Brings it up to the schema of today.
        with open(os.path.join(work, "stores.csv"), "w", encoding="utf-8") as rows:
            rows.write("id,name\ns1,南京路店\n")
        run([program, "import", "stores", "stores.csv", "--store", f"sqlite:{base}"], work)
        db = sqlite3.connect(base, isolation_level=None)
        db.execute("PRAGMA journal_mode = DELETE")
        fill(db)
        # No guard is to hold what the daemon would do: it has its mark, and was not there in the future.
        db.execute("UPDATE meta SET value = 1795954802154518 WHERE key = 'watermark'")
        meta = dict(db.execute("SELECT key, value FROM meta").fetchall())
        mark = " ".join(f"{meta[key]:019d}" for key in ("generation", "epoch", "seq")) + "\n"
        strict = tables(db)
        db.close()
        rewrite(base, {name: loosened(sql) for name, sql in strict.items()})
        for path, content in json.loads(newest).items():
            os.makedirs(os.path.dirname(os.path.join(work, path)), exist_ok=True)
            open(os.path.join(work, path), "w", encoding="utf-8").write(content)
        open(os.path.join(work, "nudged.yaml"), "w").write(
            'version: 1\nstore: {url: "sqlite:n.db"}\nrules_dir: rules\n'
            "channels: {sms: {type: log}, wechat: {type: log}, push: {type: log}, wecom: {type: log}}\n"
        )
        store = ["--store", "sqlite:n.db"]
        while tried < count:
            for name in os.listdir(work):
                if name.startswith("n.db"):
                    os.remove(os.path.join(work, name))
            shutil.copy(base, os.path.join(work, "n.db"))
            with open(os.path.join(work, "n.db.mark"), "w", encoding="utf-8") as file:
                file.write(mark)
            what = damage(os.path.join(work, "n.db"), strict, pick)
            if what is None:
                continue
            tried += 1
            commands = [
                ["tick", "--at", "2026-11-29 21:00", *store], ["verify", *store], ["deliveries", "list", *store],
                ["tasks", *store], ["hold", "--list", *store],
            ]
            for arguments in commands[:2] if tried % 3 else commands:
                judge(" ".join(arguments), *run([program, *arguments], work), faults, what)
            if tried % 4 == 0:
                judge("run", *daemon(program, work), faults, what)
    for fault in faults:
        print(fault)
    print(f"{tried} damaged cells, {len(faults)} faults, seed {seed}")
    sys.exit(1 if faults else 0)


main()
