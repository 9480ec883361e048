"""Holdout, variants and random picks by SHA-256."""
import hashlib

UNIT = "\x1f"


def digest(*parts):
    return hashlib.sha256(UNIT.join(parts).encode()).digest()


def below(chunk, share):
    return int.from_bytes(chunk, "big") * 10000 < share * 2 ** 64


def held_out(key, member_id, share):
    return below(digest(key, member_id)[:8], share)


def variant(key, member_id, shares):
    """`shares` is [(name, basis points)] in file order."""
    total = 0
    chunk = digest(key, member_id)[8:16]
    for name, share in shares:
        total += share
        if below(chunk, total):
            return name
    return shares[-1][0]
