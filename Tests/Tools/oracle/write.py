"""python -m oracle.write FIRST LAST DIRECTORY: random workspaces, DIRECTORY/SEED each, for tests that bring their own judge."""
import argparse

from . import cases
from .generate import Generator


# SQL of the shop's own: the first fails on the rows of some cities, the second on every row.
FIELDS = [{"id": name, "type": "number", "description": name, "can_be_missing": True, "sql": {"sqlite": sql, "postgresql": "0"}}
          for name, sql in (("member.score", "json_extract(CASE m.city WHEN 'NO' THEN '{\"score\": 7}' WHEN '' THEN NULL ELSE m.city END, '$.score')"),
                            ("member.broken", "json_extract('{', '$')"))]


class Lively(Generator):
    """Also what the second implementation does not know: derived fields that fail on one row or on all. No blast guard,
    which acts in no dry-run."""

    def build(self):
        case = super().build()
        if not self.chance(.5):
            return case
        faulty = self.r.sample(case["rules"], self.r.randint(1, min(2, len(case["rules"]))))
        for rule in faulty:
            name = self.r.choice(["member.score", "member.score", "member.broken"])
            test = {name: self.r.choice([{"at_least": 5}, {"is_set": False}, {"less_than": 9}])}
            rule["if"] = {"all": [rule["if"], test]} if "if" in rule else test
        return dict(case, fields=case["fields"] + FIELDS)

    def settings(self):
        return dict(super().settings(), blast_guard="off")

    def options(self, rules, members):
        return {}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="oracle.write")
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("directory")
    given = parser.parse_args()
    for seed in range(given.first, given.last):
        cases.write(Lively(seed).build(), f"{given.directory}/{seed}")
