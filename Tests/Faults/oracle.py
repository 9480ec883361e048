"""The oracle of guarantees §2.1: joins what was acknowledged, the store and the gateway's ledger.

"Nothing lost, nothing doubled" is: every acknowledged event is in the store once, and has one decision; no message was
taken twice; what was taken is known, and what counts as accepted was taken; the invariants hold.
"""
import collections

POSSIBLY_TAKEN = {"accepted", "delivered", "undelivered", "unknown", "unknown_closed", "sending"}


def problems(shop, thanked=(), verify=0, at_rest=True, undecided=False):
    """What is wrong, in sentences; none when all is well.

    thanked    the reports that the daemon acknowledged: pairs of a reference and Kannel's status
    verify     the exit code that `nudged verify` must have
    at_rest    whether the daemon ended in order, so that nothing may be under way
    undecided  whether events may still wait for their decision
    """
    found = lost_events(shop, undecided) + ledger_troubles(shop) + lost_reports(shop, thanked)
    if at_rest and shop.count("claimed", "sending"):
        found.append(f"deliveries are under way though nobody runs: {shop.states()}")
    code, printed = shop.run("verify")
    if code != verify:
        found.append(f"verify ended with {code}: {printed[-800:]}")
    return found


def lost_events(shop, undecided):
    stored = collections.Counter(dict(shop.sql("SELECT event_id, COUNT(*) FROM v_events GROUP BY event_id")))
    found = [f"the acknowledged event {event} is {stored[event]} times in the store"
             for event, _, _ in shop.acknowledged if stored[event] != 1]
    rules = {"store.visited": "welcome", "offer.asked": "offer"}
    decided = collections.Counter(
        # The decisions of who was erased stay as figures, without their events.
        shop.sql("SELECT member, rule FROM decisions WHERE rule IN ('welcome', 'offer') AND member NOT LIKE 'erased:%'"))
    asked = collections.Counter(
        (member, rules[name]) for member, name in
        shop.sql("SELECT member, name FROM events WHERE name IN ('store.visited', 'offer.asked')"))
    for key in asked | decided:
        wrong = decided[key] > asked[key] if undecided else decided[key] != asked[key]
        if wrong:
            found.append(f"{key[0]} has {asked[key]} events and {decided[key]} decisions of {key[1]}")
    return found[:10]


def ledger_troubles(shop):
    taken = collections.Counter(line["reference"] for line in shop.gateway.taken)
    rows = shop.sql("""SELECT a.reference, a.outcome, d.state, d.id, d.policy
                       FROM attempts a JOIN deliveries d ON d.id = a.delivery""")
    attempts = {reference: (outcome, state) for reference, outcome, state, _, _ in rows}
    found = []
    for reference, times in taken.items():
        if times > 1:
            found.append(f"{reference} was taken {times} times")
        if reference not in attempts:
            found.append(f"{reference} was taken, and the store does not know it")
        elif attempts[reference][0] in ("rejected", "not_sent") or attempts[reference][1] not in POSSIBLY_TAKEN:
            found.append(f"{reference} was taken, and the store says {attempts[reference]}")
    messages = collections.Counter()
    for reference, outcome, _, delivery, policy in rows:
        if outcome == "accepted" and reference not in taken:
            found.append(f"{reference} counts as accepted, and was not taken")
        if policy == "hold":
            messages[delivery] += taken[reference]
    found += [f"delivery {delivery} reached its member {times} times" for delivery, times in messages.items() if times > 1]
    return found[:10]


def lost_reports(shop, thanked):
    words = {1: "delivered", 2: "undelivered", 16: "undelivered"}
    known = set(shop.sql("""SELECT a.reference, r.status FROM receipts r
                            JOIN attempts a ON a.delivery = r.delivery"""))
    return [f"the acknowledged report {status} of {reference} is not in the store"
            for reference, status in thanked if (reference, words[status]) not in known][:10]
