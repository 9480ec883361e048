"""Makes a case that differs as small as it goes."""
import copy

PARTS = ("rules", "fixtures", "settings", "templates", "coupons", "segments", "options")
KEPT = ("version", "id", "status", "owner", "purpose", "when")


def paths(value, prefix=()):
    """Every removable part, later ones of a list first."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield prefix + (key,)
            yield from paths(inner, prefix + (key,))
    elif isinstance(value, list):
        for index in range(len(value) - 1, -1, -1):
            yield prefix + (index,)
        for index, inner in enumerate(value):
            yield from paths(inner, prefix + (index,))


def without(case, path):
    """A copy that lacks one part; None when the part has gone with another."""
    result = copy.deepcopy(case)
    place = result
    try:
        for part in path[:-1]:
            place = place[part]
        del place[path[-1]]
    except (KeyError, IndexError, TypeError):
        return None
    return result


def shrink(case, same, budget=400):
    """Tries to leave out one part after the other, larger ones first, for as long as `same` says yes."""
    changed = True
    while changed and budget > 0:
        changed = False
        for path in sorted(paths({part: case[part] for part in PARTS}), key=len):
            if len(path) == 1 or path[-1] in KEPT or budget <= 0:
                continue
            smaller = without(case, path)
            if smaller is None:
                continue
            budget -= 1
            try:
                if same(smaller):
                    case, changed = smaller, True
            except Exception:      # what is left is no valid case
                continue
    return case
