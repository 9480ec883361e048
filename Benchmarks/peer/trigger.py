"""The peer's side of peer.py, run by a Python that has Tryton:  trigger.py CONFIG DATABASE MEMBERS.tsv

Loads the members, says "ready", and for each line that it is told runs the three scenarios once, each round with
scenarios that nobody has been in. It answers with one JSON line: seconds until they are committed, occurrences and bytes
of log. Everything goes through the public models of trytond, but for the members, which are copied into their table.
"""
import datetime
import json
import sys
import time

import trytond.config as config
config.update_etc(sys.argv[1])
from trytond.pool import Pool
from trytond.pyson import PYSONEncoder
from trytond.transaction import Transaction

DATABASE, MEMBERS = sys.argv[2:4]
COLUMNS = "id, code, name, active, birthday, tier, last_order, spend"
TICK = datetime.datetime(2026, 6, 15, 2)
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
SCENARIOS = {
    "birthday": [("birthday", "=", 618), ("tier", ">=", 2)],
    "purchase": [("last_order", ">", TICK - HOUR - HOUR / 60), ("last_order", "<=", TICK - HOUR)],
    "inactive": [("last_order", ">", TICK - 91 * DAY), ("last_order", "<=", TICK - 90 * DAY), ("spend", ">=", 200_000)],
}


def load():
    with Transaction().start(DATABASE, 0) as transaction:
        cursor = transaction.connection.cursor()
        with open(MEMBERS) as file, cursor.copy(f"COPY party_party ({COLUMNS}) FROM STDIN") as copy:
            while rows := file.read(1 << 20):
                copy.write(rows)
        cursor.execute("SELECT setval('party_party_id_seq', (SELECT max(id) FROM party_party))")
        transaction.commit()
    with Transaction().start(DATABASE, 0, autocommit=True) as transaction:
        transaction.connection.cursor().execute("VACUUM ANALYZE")


def scenarios():
    """Three scenarios with an activity each; those of the round before are stopped."""
    pool = Pool(DATABASE)
    Scenario, Activity = (pool.get(f"marketing.automation.{name}") for name in ("scenario", "activity"))
    with Transaction().start(DATABASE, 0):
        Scenario.stop(Scenario.search([("state", "=", "running")]))
        made = Scenario.create([
            {"name": name, "model": "party.party", "domain": PYSONEncoder().encode(domain)}
            for name, domain in SCENARIOS.items()])
        Activity.create([{
            "name": scenario.name, "parent": str(scenario), "action": "send_email", "email_title": "Hello",
            "email_template": "<p>Hello, ${record.name}</p>"} for scenario in made])
        Scenario.run(made)
    return [scenario.id for scenario in made]


def trigger():
    pool = Pool(DATABASE)
    Scenario = pool.get("marketing.automation.scenario")
    ids = scenarios()
    with Transaction().start(DATABASE, 0) as transaction:
        cursor = transaction.connection.cursor()
        log = position(cursor)
        began = time.perf_counter()
        Scenario.trigger()
        transaction.commit()
        seconds = time.perf_counter() - began
        Record = pool.get("marketing.automation.record")
        count = Record.search([("scenario", "in", ids)], count=True)
        written = position(cursor) - log
    return {"seconds": seconds, "occurrences": count, "log": int(written)}


def position(cursor):
    cursor.execute("SELECT pg_current_wal_lsn() - '0/0'")
    return cursor.fetchone()[0]


def main():
    Pool.start()
    Pool(DATABASE).init()
    load()
    print("ready", flush=True)
    for _ in sys.stdin:
        print(json.dumps(trigger()), flush=True)


main()
