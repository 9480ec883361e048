"""What a `recommend` step picks."""
from . import clock as T
from .fields import category_of

DAY = 86_400_000_000
HOUR = 3_600_000_000


def sold(engine, now):
    """Pieces by sku in the counted orders of the 90 days before the full hour (decision 0006)."""
    hour, pieces = now // HOUR * HOUR, {}
    for member in engine.members:
        for order in member.counted(hour):
            if order["at"] is None or order["at"] <= hour - 90 * DAY:
                continue
            for item in order["items"]:
                pieces[item["sku"]] = pieces.get(item["sku"], 0) + int(item.get("quantity") or 1)
    return pieces


def picks(engine, member, spec, scope, now):
    """The products as records, at most `limit`."""
    basis, world = scope.value(spec["based_on"]), engine.world
    wanted = set(basis if isinstance(basis, list) else [basis] if basis is not None else [])
    pieces, products = sold(engine, now), world.products
    chosen = [s for s, p in products.items() if p.get("category") in wanted and pieces.get(s, 0) > 0]
    if spec["strategy"] == "pairs_with":
        near = {t for s, p in products.items() if s in wanted or p.get("category") in wanted for t in p.get("pairs_with") or []}
        chosen = [s for s, p in products.items() if s in near or p.get("category") in near]
    excluded = spec.get("exclude") or []
    if "already_bought" in excluded:
        own = {i["sku"] for o in member.orders.values() if o["at"] is not None and o["at"] <= now for i in o["items"]}
        chosen = [s for s in chosen if s not in own]
    if "out_of_stock" in excluded:
        chosen = [s for s in chosen if str(products[s].get("in_stock", True)).lower() != "false"]
    chosen.sort(key=lambda s: (-pieces.get(s, 0), s.encode()))
    return [dict(products[s], sku=s, name=products[s].get("name") or s) for s in chosen[:int(spec.get("limit") or 3)]]
