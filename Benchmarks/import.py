"""Measures `nudged import` beside sqlite3's `.import` of the same file into a plain table: time, bytes written, memory.
See README.md. Used by import.sh."""
import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile

FIRST = 1735689600  # 2025-01-01 UTC
YEAR = 365 * 86400


def stamp(seconds):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds + 8 * 3600))


def write_members(path, count, rng):
    names = ["王芳", "李伟", "张敏", "刘洋", "陈静", "杨磊", "赵丽", "黄强"]
    cities = ["上海", "北京", "广州", "成都", "杭州", "武汉"]
    ids = list(range(count))
    rng.shuffle(ids)
    with open(path, "w") as out:
        out.write("id,display_name,gender,tier,birthday,registered_at,phone,email,city,store_id,tags,attr.shoe_size\n")
        for i in ids:
            birthday = f"{1960 + rng.randrange(45)}-{1 + rng.randrange(12):02}-{1 + rng.randrange(28):02}"
            out.write(
                f"M{i:07},{rng.choice(names)},{'female' if i % 3 else 'male'},{('silver', 'gold', 'platinum')[i % 3]},"
                f"{birthday},{stamp(FIRST - rng.randrange(3 * YEAR))},138{i:08},m{i}@example.com,{rng.choice(cities)},"
                f"S{i % 100:03},{'vip;lives-near' if i % 4 == 0 else ''},{36 + i % 8}\n")


def write_workbook(path, count, rng):
    """The same members as a spreadsheet has them: texts shared, mail addresses in the sheet, numbers and dates as numbers."""
    names = ["王芳", "李伟", "张敏", "刘洋", "陈静", "杨磊", "赵丽", "黄强"]
    cities = ["上海", "北京", "广州", "成都", "杭州", "武汉"]
    columns = ["id", "display_name", "gender", "tier", "birthday", "registered_at", "phone", "email", "city", "store_id", "tags"]
    shared = {}

    def text(column, row, value):
        place = shared.setdefault(value, len(shared))
        return f'<c r="{column}{row}" t="s"><v>{place}</v></c>'

    ids = list(range(count))
    rng.shuffle(ids)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{kinds}"><sheets>'
                                            '<sheet name="Members" sheetId="1" r:id="rId1"/></sheets></workbook>')
        archive.writestr("xl/_rels/workbook.xml.rels", f'<Relationships><Relationship Id="rId1" Type="{kinds}/worksheet" '
                                                       'Target="worksheets/sheet1.xml"/></Relationships>')
        archive.writestr("xl/styles.xml", f'<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
                                          '<xf numFmtId="22"/></cellXfs></styleSheet>')
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            head = "".join(text(chr(65 + place), 1, name) for place, name in enumerate(columns))
            sheet.write(f'<worksheet xmlns="{main}"><sheetData><row r="1">{head}</row>'.encode())
            for place, i in enumerate(ids):
                row = place + 2
                cells = [
                    text("A", row, f"M{i:07}"), text("B", row, rng.choice(names) + str(i % 1000)),
                    text("C", row, "female" if i % 3 else "male"), text("D", row, ("silver", "gold", "platinum")[i % 3]),
                    f'<c r="E{row}" s="1"><v>{22000 + rng.randrange(16000)}</v></c>',
                    f'<c r="F{row}" s="2"><v>{44000 + rng.randrange(1000)}.5</v></c>',
                    f'<c r="G{row}"><v>138{i:08}</v></c>',
                    f'<c r="H{row}" t="inlineStr"><is><t>m{i}@example.com</t></is></c>',
                    text("I", row, rng.choice(cities)), text("J", row, f"S{i % 100:03}"),
                    text("K", row, "vip;lives-near") if i % 4 == 0 else "",
                ]
                sheet.write(f'<row r="{row}">{"".join(cells)}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        with archive.open("xl/sharedStrings.xml", "w") as strings:
            strings.write(f'<sst xmlns="{main}">'.encode())
            for value in shared:
                strings.write(f"<si><t>{value}</t></si>".encode())
            strings.write(b"</sst>")


def write_consents(path, count, rng):
    ids = list(range(count))
    rng.shuffle(ids)
    with open(path, "w") as out:
        out.write("member_id,channel,state,at\n")
        for i in ids:
            out.write(f"M{i:07},sms,{'withdrawn' if i % 17 == 0 else 'granted'},{stamp(FIRST + rng.randrange(YEAR))}\n")


def write_orders(path, rows, members, rng):
    """Ids in order of time, lines shuffled: no column of the file is in any order of the store."""
    ids = list(range(rows))
    rng.shuffle(ids)
    with open(path, "w") as out:
        out.write("id,member_id,paid_at,total,status,store_id\n")
        for i in ids:
            at = FIRST + i * YEAR // rows
            out.write(f"O2025{i:08},M{rng.randrange(members):07},{stamp(at)},{rng.randrange(100, 300000) / 100:.2f},paid,"
                      f"S{i % 100:03}\n")


def run(command, **options):
    """Seconds, processor seconds, bytes written to disk and peak memory of one process."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, **options)
    out = child.stdout.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    took = time.monotonic() - start
    if status:
        sys.exit(f"{command[:3]} ended with {status}: {out}")
    return {"seconds": took, "cpu": usage.ru_utime + usage.ru_stime, "written": usage.ru_oublock * 512,
            "memory": usage.ru_maxrss * 1024, "out": out}


def plain(file, database):
    """The yardstick: the same rows as text in a table without an index."""
    for end in ("", "-wal", "-shm", "-journal"):
        if os.path.exists(database + end):
            os.remove(database + end)
    return run(["sqlite3", database, "-cmd", ".mode csv", f".import {file} rows"])


def size(path):
    return sum(os.path.getsize(path + end) for end in ("", "-wal") if os.path.exists(path + end))


def remove(path):
    for end in ("", "-wal", "-shm", ".lock", ".mark"):
        if os.path.exists(path + end):
            os.remove(path + end)


def measure(nudged, folder, kind, file, store, label, rows):
    before = size(store)
    ours = run([nudged, "import", kind, file, "--store", "sqlite:" + store, "--timezone", "Asia/Shanghai"])
    beside = plain(file, os.path.join(folder, "plain.db"))
    after = size(store)
    again = run([nudged, "import", kind, file, "--store", "sqlite:" + store, "--timezone", "Asia/Shanghai"])
    if f"{rows} accepted ({rows} unchanged), 0 rejected" not in again["out"]:
        sys.exit(f"a second import changed something: {again['out']}")
    return {
        "import": label, "rows": rows, "seconds": ours["seconds"], "cpu": ours["cpu"], "plain": beside["seconds"],
        "ratio": ours["seconds"] / beside["seconds"], "written": ours["written"], "store": after, "grown": after - before,
        "written_ratio": ours["written"] / after, "memory": ours["memory"], "again": again["seconds"],
        "again_written": again["written"],
    }


def measure_workbook(nudged, book, store, rows):
    """Nothing is beside it: `.import` reads no workbooks."""
    ours = run([nudged, "import", "members", book, "--store", "sqlite:" + store, "--timezone", "Asia/Shanghai"])
    if f"{rows} accepted" not in ours["out"]:
        sys.exit(f"not all of a workbook was taken: {ours['out']}")
    print(f"workbook of {rows:,} members, {os.path.getsize(book) / 1e6:.0f} MB: {ours['seconds']:.1f} s, "
          f"{ours['cpu']:.1f} s of a processor, {ours['memory'] / 2**20:.0f} MiB", flush=True)
    return {"import": f"workbook of {rows:,} members", "rows": rows, "seconds": ours["seconds"], "cpu": ours["cpu"],
            "memory": ours["memory"]}


def digest(path):
    """What the import put into the store, without the numbers that count transactions."""
    db = sqlite3.connect(path)
    try:
        queries = ("SELECT * FROM orders ORDER BY member, id", "SELECT member, name, at, source, ref FROM events ORDER BY 1, 2, 3, 5",
                   "SELECT * FROM latest ORDER BY 1, 2", "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2")
        whole = hashlib.sha256()
        for query in queries:
            for row in db.execute(query):
                whole.update(repr(row).encode())
        return whole.hexdigest()
    finally:
        db.close()


def kill(nudged, file, base, store, rounds, rng):
    """Ends imports with SIGKILL at any moment; the one that is left alone must complete what a first one would have."""
    command = [nudged, "import", "orders", file, "--store", "sqlite:" + store, "--timezone", "Asia/Shanghai"]
    remove(store)
    shutil.copy(base, store)
    whole = run(command)["seconds"]
    wanted = digest(store)
    for number in range(rounds):
        remove(store)
        shutil.copy(base, store)
        for _ in range(1 + number % 3):
            child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(rng.random() * whole)
            child.kill()
            child.wait()
        run(command)
        if digest(store) != wanted:
            sys.exit(f"after a kill the store is not what it should be (round {number})")
        check = subprocess.run(["sqlite3", store, "PRAGMA integrity_check"], capture_output=True, text=True)
        if check.stdout.strip() != "ok":
            sys.exit(f"the store is damaged (round {number}): {check.stdout}")
    print(f"{rounds} rounds of SIGKILL and a second run: the same rows, events and indexes each time", flush=True)


def show(row):
    mega = 1e6
    print(
        f"| {row['import']} | {row['seconds']:.1f} s | {row['cpu']:.1f} s | {row['plain']:.2f} s | {row['ratio']:.1f} | "
        f"{row['written'] / mega:.0f} MB | {row['store'] / mega:.0f} MB | {row['written_ratio']:.1f} | "
        f"{row['memory'] / 2**20:.0f} MiB | {row['again']:.1f} s, {row['again_written'] / mega:.0f} MB |", flush=True)


def main():
    nudged, folder, rows, members = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    kinds = sys.argv[5:] or ["members", "consents", "orders", "few"]
    rng = random.Random(42)
    files = {name: os.path.join(folder, f"{name}-{rows}-{members}.csv") for name in ("members", "consents", "orders", "few")}
    book = os.path.join(folder, f"workbook-{members // 5}.xlsx")
    writers = {
        "members": lambda path: write_members(path, members, rng), "consents": lambda path: write_consents(path, members, rng),
        "orders": lambda path: write_orders(path, rows, members, rng),
        "few": lambda path: write_orders(path, rows, max(1, members // 5), rng),
    }
    for name, path in files.items():
        if not os.path.exists(path):
            writers[name](path + ".part")
            os.rename(path + ".part", path)
    print("| import of | nudged | processor | `.import` | ratio | written | store | written / store | memory | again |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    results = []
    base, store = os.path.join(folder, f"members-{members}.db"), os.path.join(folder, "store.db")
    remove(store)
    if "members" in kinds or not os.path.exists(base):
        results.append(measure(nudged, folder, "members", files["members"], store, "members", members))
        show(results[-1])
        remove(base)
        os.rename(store, base)
    for kind, name in (("consents", "consents"), ("orders", "orders"), ("orders", "few")):
        if name not in kinds:
            continue
        remove(store)
        shutil.copy(base, store)
        label = {"consents": "consents", "orders": f"orders of {members:,} members", "few": f"orders of {max(1, members // 5):,} members"}
        results.append(measure(nudged, folder, kind, files[name], store, label[name], members if name == "consents" else rows))
        show(results[-1])
    if "workbook" in kinds:
        if not os.path.exists(book):
            write_workbook(book + ".part", members // 5, rng)
            os.rename(book + ".part", book)
        remove(store)
        results.append(measure_workbook(nudged, book, store, members // 5))
    if "killed" in kinds:
        kill(nudged, files["orders"], base, store, 20, rng)
    remove(store)
    print(json.dumps(results))


main()
