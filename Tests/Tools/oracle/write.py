"""python -m oracle.write FIRST LAST DIRECTORY: random workspaces, DIRECTORY/SEED each, for tests that bring their own judge."""
import argparse

from . import cases
from .generate import Generator


class Lively(Generator):
    """Also what the second implementation does not know: recommendations. No blast guard, which acts in no dry-run."""

    def settings(self):
        return dict(super().settings(), blast_guard="off")

    def actions(self, scopes, marketing):
        result = super().actions(scopes, marketing)
        if self.chance(.1):
            of = {"order": "order.categories", "browse": "browse.category"}
            basis = next((of[s] for s in scopes if s in of), "member.top_category")
            result.insert(0, {"recommend": {"strategy": "same_category_bestsellers", "based_on": basis, "limit": 2,
                                            "exclude": self.r.sample(["already_bought", "out_of_stock"], self.r.randint(1, 2)),
                                            "if_empty": self.r.choice(["continue", "stop"]), "save_as": "picks"}})
        return result

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
