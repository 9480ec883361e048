"""What encryption at rest costs: the same tick on a plain store and on an encrypted one, both written by `nudged rekey`."""
import json, os, shutil

from lab import NOW, ROOT, RULES, Figure, Run, Void, forget, read_through, say
from ticks import ratios

RATIO = Figure("tick_encrypted", "a tick with everything due of an encrypted store next to a plain one", "×", 1.1)
SEALED = Figure("tick_of_encrypted", "that tick of the encrypted store", "ms")
PLAIN = Figure("tick_of_plain", "that tick of the plain one", "ms")
REKEY = Figure("rekey", "encrypting that store by `nudged rekey`", "s")

CONFIG = """version: 1
store: {{url: "sqlite:{store}"{key}}}
rules_dir: {rules}
channels: {{sms: {{type: log}}, mail: {{type: log, address: email}}, wechat: {{type: log, address: wechat_openid}}}}
"""


class Kept:
    """A store that is kept in one way, with the nudged.yaml that opens a copy of it."""

    def __init__(self, lab, name, store, key=""):
        self.lab, self.store, self.copy = lab, store, lab.path(f"{name}-run.db")
        self.config = self.write(f"{name}.yaml", self.copy, key)

    def write(self, name, store, key):
        path = self.lab.path(name)
        with open(path, "w") as file:
            file.write(CONFIG.format(store=store, key=key, rules=os.path.join(ROOT, RULES)))
        return path

    def tick(self, due):
        """Milliseconds. The copy is on disk before it begins."""
        shutil.copyfile(self.store, self.copy)
        os.sync()
        read_through(self.copy)
        run = Run([self.lab.nudged, "tick", "--config", self.config, "--at", NOW, "--json", "--total"], cwd=ROOT)
        rows = [json.loads(line) for line in run.out.splitlines()]
        if sum(row.get("sent", 0) for row in rows) != due:
            raise Void(f"something else than {due} messages was sent: {run.out}")
        os.remove(self.copy)
        forget(self.copy)
        return next(row["total_ms"] for row in rows if "total_ms" in row)


def encrypted(lab):
    members = int(os.environ.get("BENCH_LARGE", 100_000 if lab.is_quick else 1_000_000))
    due = lab.due(members)
    os.environ["BENCH_STORE_KEY"] = os.urandom(32).hex()
    key = ", key: {env: BENCH_STORE_KEY}"
    stored = lab.store(members, due)
    plain, sealed = Kept(lab, "plain", lab.path("plain.db")), Kept(lab, "sealed", lab.path("sealed.db"), key)
    took = {}
    # Both are written anew: full pages take rows otherwise than those of a store that has grown.
    for kept, key, form in ((plain, "", ["--plain"]), (sealed, key, [])):
        shutil.copyfile(stored, kept.store)
        say(f"writing a store of {members:,} members anew" + ("" if form else ", encrypted"))
        config = kept.write("rekey.yaml", kept.store, key)
        took[kept] = Run([lab.nudged, "rekey", "--config", config, *form], cwd=ROOT).seconds
    ours, theirs = [], []
    for pair in range(lab.pairs + 1):
        say(f"encryption: pair {pair} of {lab.pairs}" + (", not counted" if pair == 0 else ""))
        plain_ms, sealed_ms = plain.tick(due), sealed.tick(due)
        if pair:
            theirs.append(plain_ms)
            ours.append(sealed_ms)
    note = f"{due:,} due of {members:,} members"
    yield RATIO.result(ratios(ours, theirs), note)
    yield SEALED.result(ours, note)
    yield PLAIN.result(theirs, note)
    yield REKEY.result([took[sealed]], f"{members:,} members")
