"""Faults of group B: the disk and the database."""
import ctypes
import errno
import os
import pathlib
import resource
import shutil
import signal
import sqlite3
import tempfile
import threading
import time

from gateway import get
from scenarios import scenario
from shop import DiskShim, expect, until

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


@scenario(13, quick=True)
def disk_full(world):
    """A full disk: calls of providers are answered 503, nothing is sent, nothing ends; with room again all goes on."""
    shop = world.shop()
    shim = DiskShim(shop.folder, world.shims)
    with shop.daemon(shims=[shim]) as daemon:
        shop.visit(range(1, 11))
        daemon.until_settled()
        first = shop.gateway.messages[0]
        shim.arm(DiskShim.WRITE, errno.ENOSPC, forever=True)
        shop.visit(range(11, 31))
        until(lambda: any("STATUS=" in line and "full" in line for line in daemon.lines), "a STATUS about it", alive=daemon)
        expect(first.report(1) == 503, "a report that cannot be kept was thanked for")
        expect(get_ready(shop) == 503, "it says that it is ready")
        expect(len(shop.gateway.messages) == 10, "a message left whose intent cannot be on disk")
        shim.clear()
        daemon.until_settled()
        expect(first.report(1) == 200, "the report was not taken with room again")
    expect(shop.states() == {"accepted": 29, "delivered": 1}, f"{shop.states()}")
    world.judge(shop, thanked=[(first.reference, 1)])


def get_ready(shop):
    return get(f"http://127.0.0.1:{shop.port}/readyz")


@scenario(13)
def disk_full_tmpfs(world):
    """The same on a file system of four megabytes that is really full: import, daemon and calls wait for room."""
    folder = world.work / "small"
    folder.mkdir()
    if not mount_tmpfs(folder, "4m"):
        return "this machine allows no tmpfs of its own"
    (folder / "shop").mkdir()
    shop = world.shop()
    # The store alone lies on it.
    for file in shop.folder.glob("nudged.db*"):
        shutil.move(file, folder / "shop" / file.name)
    config = (shop.folder / "nudged.yaml").read_text()
    shop.write("nudged.yaml", config.replace("sqlite:nudged.db", f"sqlite:{folder}/shop/nudged.db"))
    shop.store = folder / "shop" / "nudged.db"
    with shop.daemon() as daemon:
        shop.visit(range(1, 11))
        daemon.until_settled()
        ballast = folder / "ballast"
        with open(ballast, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError as error:
                expect(error.errno == errno.ENOSPC, str(error))
        # What fits into the pages that are there may still be taken; it is on disk then.
        codes = [shop.visit(range(1, 301)) for _ in range(20)]
        expect(2 in codes and set(codes) <= {0, 2}, f"imports ended with {codes}")
        until(lambda: shop.gateway.messages[0].report(1) == 503 or get_ready(shop) == 503, "a call that is refused",
              alive=daemon)
        before = len(shop.gateway.messages)
        ballast.unlink()
        daemon.until_settled()
    world.judge(shop)
    return f"{codes.count(2)} of 20 imports refused, {before} messages before there was room, {shop.states()} after"


def mount_tmpfs(folder, size):
    """Mounts in a namespace of this process alone; false where that is not allowed."""
    libc = ctypes.CDLL(None, use_errno=True)
    namespaces, user = 0x00020000, 0x10000000
    identity = os.geteuid()
    if libc.unshare(namespaces) != 0:
        if libc.unshare(namespaces | user) != 0:
            return False
        pathlib.Path("/proc/self/setgroups").write_text("deny")
        pathlib.Path("/proc/self/uid_map").write_text(f"{identity} {identity} 1")
    private = 1 << 18 | 1 << 14
    libc.mount(None, b"/", None, private, None)
    return libc.mount(b"tmpfs", str(folder).encode(), b"tmpfs", 0, f"size={size}".encode()) == 0


@scenario(13)
def file_limit(world):
    """A limit on the size of files ends the daemon with a sentence, not with a signal; without the limit all goes on."""
    shop = world.shop()
    size = max(file.stat().st_size for file in shop.folder.glob("nudged.db*"))
    limit = size + (64 << 10)
    daemon = shop.daemon(limits=[(resource.RLIMIT_FSIZE, (limit, limit))]).until_ready()
    while not daemon.has_ended:
        shop.visit(range(1, 301))
    expect(daemon.wait() in (70, 75), f"it ended with {daemon.code}: {daemon.log_end}")
    shop.run("release", "--all", "--yes")
    with shop.daemon() as daemon:
        daemon.until_settled()
    world.judge(shop)


@scenario(14, quick=True)
def outcome_commit_full(world):
    """The disk is full at the N-th write of an answer's commit, N swept: it is written later; killed, it is unknown."""
    for kills in (False, True):
        write = 1
        while answer_meets_full_disk(world, write, kills):
            write += 1
        expect(write > 2, "the commit of the answer was never hit")
        world.print(f"{'killed' if kills else 'with room again'}: {write - 1} writes")


def answer_meets_full_disk(world, write, kills):
    """False when the commit has fewer writes."""
    shop = world.shop()
    shim = DiskShim(shop.folder, world.shims)
    daemon = shop.daemon(shims=[shim]).until_ready()
    shop.gateway.on_taken = lambda message: shim.arm(DiskShim.WRITE, errno.ENOSPC, after=write, forever=True)
    shop.visit([1])
    until(lambda: shim.fired or shop.count("accepted"), "the answer", alive=daemon)
    fired = shim.fired > 0 and not shop.count("accepted")
    shop.gateway.on_taken = lambda message: None
    if fired and kills:
        daemon.kill()
        shim.clear()
        daemon = shop.daemon().until_ready()
        expect(shop.states() == {"unknown": 1}, f"write {write}: {shop.states()}")
    else:
        shim.clear()
        until(lambda: shop.count("accepted"), "the answer on disk", alive=daemon)
    daemon.stop()
    expect(len(shop.gateway.messages) == 1, f"write {write}: {len(shop.gateway.messages)} requests")
    world.judge(shop)
    return fired


@scenario(15, quick=True)
def sync_fails(world):
    """EIO on a sync: the daemon ends at once and not with 0, and nothing more leaves; the restart goes on."""
    for place in ("decision", "answer"):
        shop = world.shop()
        shim = DiskShim(shop.folder, world.shims)
        daemon = shop.daemon(shims=[shim]).until_ready()
        if place == "decision":
            shim.arm(DiskShim.SYNC, errno.EIO, forever=True)
        else:
            shop.gateway.on_taken = lambda message: shim.arm(DiskShim.SYNC, errno.EIO, forever=True)
        shop.visit(range(1, 11))
        code = daemon.wait()
        expect(code not in (0, 64, 78) and code > 0, f"{place}: it ended with {code}")
        expect("check the disk" in daemon.log, f"{place}: {daemon.log_end}")
        left = len(shop.gateway.messages)
        expect(left == (0 if place == "decision" else 1), f"{place}: {left} messages left")
        shop.gateway.on_taken = lambda message: None
        with shop.daemon() as daemon:
            daemon.until_settled()
        expect(shop.count("accepted", "unknown") == 10, f"{place}: {shop.states()}")
        world.judge(shop)


@scenario(16, quick=True)
def read_fails(world):
    """EIO on a read: the daemon ends with a clear sentence, and nothing leaves."""
    shop = world.shop()
    shim = DiskShim(shop.folder, world.shims)
    daemon = shop.daemon(shims=[shim]).until_ready()
    shim.arm(DiskShim.READ, errno.EIO, forever=True)
    shop.visit(range(1, 11))
    # SQLite takes what cannot be read for damage.
    expect(daemon.wait() in (70, 78), f"it ended with {daemon.code}")
    expect("check the disk" in daemon.log or "restore a backup" in daemon.log, daemon.log_end)
    expect(not shop.gateway.messages, f"{len(shop.gateway.messages)} messages left")
    # Damage is kept as a hold on everything where it can still be written.
    shop.run("release", "--all", "--yes")
    with shop.daemon() as daemon:
        daemon.until_settled()
    expect(shop.states() == {"accepted": 10}, f"{shop.states()}")
    world.judge(shop)


@scenario(17, quick=True)
def damaged_page(world):
    """Random bytes at the start of a page, after a kill: found at the start, exit 78, nothing leaves, a backup is named."""
    for table in ("members", "events", "decisions", "deliveries"):
        shop = world.shop()
        with shop.daemon() as daemon:
            daemon.until_in_force()
        shop.visit(range(1, 11))
        daemon = shop.daemon(environment={"NUDGED_CRASH_AT": "after_decision"}) if world.is_debug else shop.daemon()
        until(lambda: daemon.has_ended or shop.gateway.messages, "the kill")
        daemon.kill()
        left = len(shop.gateway.messages)
        # Into the file itself, not under a newer page of the log.
        db = sqlite3.connect(shop.store)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root, size = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table]).fetchone()[0], 4096
        expect(db.execute("PRAGMA page_size").fetchone()[0] == size, "pages of another size")
        db.close()
        with open(shop.store, "r+b") as file:
            file.seek((root - 1) * size)
            file.write(world.random.randbytes(16))
        daemon = shop.daemon()
        expect(daemon.wait() == 78, f"{table}: it ended with {daemon.code}: {daemon.log_end}")
        expect("damaged" in daemon.log and "restore a backup" in daemon.log, f"{table}: {daemon.log_end}")
        expect(len(shop.gateway.messages) == left, f"{table}: messages left a damaged store")


def token_of_copy(shop):
    """The token of the last batch of intents, read from a copy: a reader of the store itself would tidy up its log."""
    with tempfile.TemporaryDirectory() as folder:
        for end in ("", "-wal"):
            shutil.copy(f"{shop.store}{end}", f"{folder}/copy.db{end}")
        db = sqlite3.connect(f"{folder}/copy.db")
        try:
            return db.execute("SELECT value FROM meta WHERE key = 'mark'").fetchone()[0]
        finally:
            db.close()


@scenario(19, quick=True)
def log_lost(world):
    """After a kill the write-ahead log is deleted or cut: the store opens, the lost tail is noticed, and nothing is sent."""
    for how in ("wal", "half", "shm", "both"):
        shop = world.shop()
        daemon = shop.daemon().until_ready()
        shop.visit(range(1, 31))
        daemon.until_settled()
        daemon.kill()
        wal, shm = pathlib.Path(f"{shop.store}-wal"), pathlib.Path(f"{shop.store}-shm")
        size = wal.stat().st_size
        if how in ("wal", "both"):
            wal.unlink()
        if how in ("shm", "both"):
            shm.unlink()
        if how == "half":
            os.truncate(wal, size // 2)
        # What is left may still hold every intent: then only answers are lost, and their messages are unknown.
        marked = int(pathlib.Path(f"{shop.store}.mark").read_text().split()[3])
        lost_intents = how != "half" or token_of_copy(shop) != marked
        with shop.daemon() as daemon:
            held = shop.nudged("hold", "--list")
            shop.visit(range(31, 41))
            events = lambda: shop.one("SELECT COUNT(*) FROM events WHERE event_id LIKE 'u2-%'")
            decided = lambda: shop.one("SELECT COUNT(*) FROM decisions WHERE member IN (%s)" % ", ".join(
                f"'m{n}'" for n in range(31, 41)))
            until(lambda: decided() == events() == 10, "the decisions", alive=daemon)
            if how == "shm":
                daemon.until_settled()
        if how == "shm":
            expect("rollback" not in held and shop.states() == {"accepted": 40}, f"{how}: {held} {shop.states()}")
            world.judge(shop)
            continue
        expect(("rollback" in held) == lost_intents, f"{how} of {size} bytes: {lost_intents}, held: {held}")
        if lost_intents:
            expect(len(shop.gateway.messages) == 30, f"{how}: {len(shop.gateway.messages) - 30} messages left")
        else:
            world.judge(shop)


@scenario(20)
def long_reader(world):
    """A reader that stays keeps the write-ahead log from being emptied: nothing fails, and it is emptied afterwards."""
    shop = world.shop()
    with shop.daemon() as daemon:
        db = sqlite3.connect(shop.store, isolation_level=None)
        db.execute("BEGIN")
        db.execute("SELECT COUNT(*) FROM members").fetchone()
        for _ in range(10):
            shop.visit(range(1, 301))
        daemon.until_settled()
        wal = pathlib.Path(f"{shop.store}-wal")
        largest = wal.stat().st_size
        expect(largest > 1 << 20, "the log did not grow")
        db.execute("COMMIT")
        db.close()
        until(lambda: wal.stat().st_size == 0, "the log emptied when idle", alive=daemon)
    expect(shop.states() == {"accepted": 3000}, f"{shop.states()}")
    world.judge(shop)
    return f"the log grew to {largest >> 10} KiB"


@scenario(21, quick=True)
def store_busy(world):
    """Another process holds the write lock: everybody waits, nothing is lost or half done, and all goes on after it."""
    shop = world.shop()
    with shop.daemon() as daemon:
        shop.visit(range(1, 11))
        daemon.until_settled()
        db = sqlite3.connect(shop.store, timeout=60, isolation_level=None)
        db.execute("BEGIN IMMEDIATE")
        first = shop.gateway.messages[0]
        codes, answers = [], []
        calls = [threading.Thread(target=lambda: codes.append(shop.visit(range(11, 31)))),
                 threading.Thread(target=lambda: answers.append(first.report(1)))]
        for call in calls:
            call.start()
        # For longer than the patience of a writer, in the whole run; the quick one only sees that everybody waits.
        deadline = time.monotonic() + (3 if world.rounds < 100 else 35)
        while time.monotonic() < deadline:
            expect(not daemon.has_ended, f"it ended: {daemon.log_end}")
            time.sleep(0.05)
        db.execute("ROLLBACK")
        db.close()
        for call in calls:
            call.join()
        expect(codes[0] in (0, 2, 75), f"the import ended with {codes}")
        # Kannel waits for longer than we do here: it would have heard 503.
        expect(answers[0] in (200, 503, None), f"the report was answered {answers}")
        if codes[0] != 0:
            expect(shop.one("SELECT COUNT(*) FROM events WHERE event_id LIKE 'u2-%'") == 0, "half an import is there")
        until(lambda: first.report(1) == 200, "the report", alive=daemon)
        daemon.until_settled()
    world.judge(shop, thanked=[(first.reference, 1)])
    return f"the import ended with {codes[0]}, the report was answered {answers[0]}"


@scenario(26, quick=True)
def backup_restored(world):
    """A backup put back with its mark left where it was: all sends are held until a person releases them."""
    shop = world.shop()
    daemon = shop.daemon(environment={"NUDGED_CRASH_AT": "after_decision"} if world.is_debug else {})
    shop.visit(range(1, 21))
    until(lambda: daemon.has_ended or shop.gateway.messages, "decisions")
    daemon.kill()
    backup = shop.folder / "backup"
    backup.mkdir()
    for file in (shop.store, pathlib.Path(f"{shop.store}-wal")):
        shutil.copyfile(file, backup / file.name)
    with shop.daemon() as daemon:
        daemon.until_settled()
    sent = len(shop.gateway.messages)
    expect(sent == 20, f"{sent} messages")
    for file in shop.folder.glob("nudged.db*"):
        if not file.name.endswith((".mark", ".lock")):
            file.unlink()
    for file in backup.iterdir():
        shutil.copyfile(file, shop.folder / file.name)
    with shop.daemon() as daemon:
        shop.visit(range(21, 31))
        until(lambda: shop.one("SELECT COUNT(*) FROM decisions") == 30, "the decisions", alive=daemon)
        expect("rollback" in shop.nudged("hold", "--list"), "nothing is held")
        expect(len(shop.gateway.messages) == sent, "a restored store sends again")
        # The provider's own list of what it took settles what was sent.
        shop.write("taken.csv", "reference\n" + "\n".join(line["reference"] for line in shop.gateway.taken) + "\n")
        shop.nudged("deliveries", "settle", "taken.csv", "--yes")
        shop.nudged("release", "--rollback", "--yes")
        daemon.until_settled()
    people = [line["to"] for line in shop.gateway.taken]
    expect(len(people) == 30 == len(set(people)), f"{len(people)} messages to {len(set(people))} people")
    code, printed = shop.run("verify")
    expect(code == 0, printed[-500:])


@scenario(28, quick=True)
def migration_killed(world):
    """Killed at growing numbers of writes of a migration: the restart completes it; a newer schema is refused with 78."""
    write, kills = 1, 0
    while migration_meets_kill(world, write):
        kills += 1
        write = write + 1 + write // (3 if world.rounds < 100 else 12)
    expect(kills > 4, f"{kills} kills")
    shop = world.shop()
    db = sqlite3.connect(shop.store)
    db.execute("INSERT INTO grdb_migrations VALUES ('v99-of-a-later-version')")
    db.commit()
    db.close()
    daemon = shop.daemon()
    expect(daemon.wait() == 78, f"a newer schema: {daemon.code}: {daemon.log_end}")
    return f"{kills} kills"


def migration_meets_kill(world, write):
    """False when the migration has fewer writes."""
    shop = world.empty_shop()
    db = sqlite3.connect(shop.store)
    db.executescript((ROOT / "Tests/Stores/0.1.0.sql").read_text(encoding="utf-8"))
    before = db.execute("SELECT COUNT(*) FROM v_events").fetchone()[0]
    mark = [db.execute("SELECT value FROM meta WHERE key = ?", [key]).fetchone() for key in ("generation", "epoch", "seq")]
    db.close()
    shop.write("nudged.db.mark", " ".join(f"{row[0] if row else 0:019}" for row in mark) + "\n")
    shim = DiskShim(shop.folder, world.shims)
    shim.arm(DiskShim.WRITE, DiskShim.KILL, after=write)
    daemon = shop.daemon(shims=[shim])
    until(lambda: daemon.has_ended or daemon.ready_after is not None, "READY or the kill")
    was_killed = daemon.has_ended
    expect(not was_killed or daemon.code == -signal.SIGKILL, f"write {write}: {daemon.code}: {daemon.log_end}")
    daemon.kill()
    with shop.daemon():
        pass
    found = shop.one("PRAGMA integrity_check")
    expect(found == "ok", f"write {write}: {found}")
    expect(shop.one("SELECT COUNT(*) FROM v_events") >= before, f"write {write}: events are lost")
    return was_killed


@scenario(29, quick=True)
def folder_read_only(world):
    """A state folder or store that may not be written: one start, one sentence that names it and its owner, exit 78."""
    # Root may write everywhere: it is asked without its capabilities.
    prefix = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    for what in ("folder", "store"):
        shop = world.shop()
        if what == "folder":
            (shop.folder / "state").mkdir()
            for file in shop.folder.glob("nudged.db*"):
                shutil.move(file, shop.folder / "state" / file.name)
            shop.store = shop.folder / "state" / "nudged.db"
            config = (shop.folder / "nudged.yaml").read_text()
            shop.write("nudged.yaml", config.replace("sqlite:nudged.db", "sqlite:state/nudged.db"))
            os.chmod(shop.folder / "state", 0o500)
        else:
            os.chmod(shop.store, 0o400)
        daemon = shop.daemon(prefix=prefix)
        code = daemon.wait()
        os.chmod(shop.folder / "state" if what == "folder" else shop.store, 0o700)
        expect(code == 78, f"{what}: it ended with {code}: {daemon.log_end}")
        expect("belongs to" in daemon.log or "no permission" in daemon.log, f"{what}: {daemon.log_end}")
