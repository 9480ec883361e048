"""The list of scenarios. Each is a function that is given a `World`, and raises `Failure` for what it finds."""
import dataclasses
from typing import Callable

ALL = {}


@dataclasses.dataclass
class Scenario:
    name: str
    faults: tuple
    title: str
    is_quick: bool
    body: Callable

    @property
    def label(self):
        return f"{', '.join(map(str, self.faults))} {self.name}"


def scenario(*faults, quick=False):
    """Names a function as the scenario of these faults; the first line of its comment is what it shows."""
    def note(body):
        title = body.__doc__.strip().split("\n")[0].rstrip(".")
        ALL[body.__name__] = Scenario(body.__name__, faults, title, quick, body)
        return body
    return note
