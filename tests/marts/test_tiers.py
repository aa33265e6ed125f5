"""Customer tiers against a slow count of who stands lower, and the names on their grid."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from tests.marts.given import build, landing

Row = dict[str, Any]
GRID = {
    5: ("new", "new", "active", "champions", "champions"),
    4: ("promising", "promising", "active", "loyal", "loyal"),
    3: ("almost_lost", "almost_lost", "needs_attention", "loyal", "loyal"),
    2: ("dormant", "dormant", "at_risk", "at_risk", "previously_loyal"),
    1: ("dormant", "dormant", "at_risk", "at_risk", "previously_loyal"),
}
"""Recency score -> the names of W 1 to 5."""


def tiers(orders: list[Row]) -> dict[tuple[int, str | None], Row]:
    """Return the tiers of (person, day of the moment); None is now."""
    given = {"order_amounts": [
        {"order_key": str(n), "counts": True, "day": o["placed_at"][:10]} | o
        for n, o in enumerate(orders)
    ]}  # fmt: skip
    rows = build(landing(given), "tiers", given)
    return {
        (row["person_id"], row["happened_at"] and row["day"].isoformat()): row
        for row in rows
    }


def order(person: int, day: str, revenue: float, hour: int = 10) -> Row:
    return {"person_id": person, "placed_at": f"{day} {hour}:00+00", "revenue": revenue}


def test_thirty_customers_part_into_fifths_of_six() -> None:
    # person 1 ordered on the 1st for 300, ... person 30 on the 30th for 10
    orders = [order(p, f"2026-01-{p:02}", 10 * (31 - p)) for p in range(1, 31)]
    # twice on one day: more often than four fifths, who ordered once
    orders += [order(p, f"2026-01-{p:02}", 0, hour=11) for p in (1, 15, 18, 29)]
    asked = [1, 7, 12, 14, 15, 18, 23, 24, 29, 30]
    orders += [order(p, "2026-03-01", 500) for p in asked]
    orders += [order(30, "2026-03-09", 1)]
    found = tiers(orders)
    scores = {
        p: tuple(found[p, "2026-03-01"][f"{name}_score"]
                 for name in ("recency", "frequency", "money"))
        for p in asked
    }  # fmt: skip
    assert scores == {
        1: (1, 5, 5), 7: (2, 1, 4), 12: (2, 1, 4), 14: (3, 1, 3), 15: (3, 5, 3),
        18: (3, 5, 3), 23: (4, 1, 2), 24: (4, 1, 2), 29: (5, 5, 1), 30: (5, 1, 1),
    }  # fmt: skip
    names = {p: found[p, "2026-03-01"]["tier"] for p in asked}
    assert names == {
        1: "previously_loyal", 7: "at_risk", 12: "at_risk", 14: "almost_lost", 15: "loyal",
        18: "loyal", 23: "promising", 24: "promising", 29: "active", 30: "new",
    }  # fmt: skip
    assert found[30, "2026-03-09"]["tier"] == "champions"
    assert found[1, "2026-01-01"]["tier"] == "prospects"


def test_twenty_nine_customers_are_too_few_for_a_tier() -> None:
    few = [order(p, f"2026-01-{p:02}", 10) for p in range(1, 30)]
    assert {row["tier"] for row in tiers(few).values()} == {"prospects", None}
    one_more = tiers([*few, order(30, "2026-01-30", 10)])
    assert all(row["tier"] for (_, day), row in one_more.items() if day is None)


def test_orders_without_amounts_make_no_tier() -> None:
    found = tiers([
        order(p, f"2026-01-{p:02}", 10) | {"revenue": None} for p in range(1, 31)
    ])  # fmt: skip
    assert {row["tier"] for row in found.values()} == {"prospects", None}


def test_every_score_counts_who_stands_lower() -> None:
    draw = random.Random(5)
    first = dt.date(2026, 1, 1)
    orders = [
        order(p, (first + dt.timedelta(draw.randrange(200))).isoformat(),
              draw.randrange(-20, 200), hour=draw.randrange(10, 20))
        for p in range(1, 61)
        for _ in range(draw.choice([1, 1, 1, 2, 3, 6]))
    ]  # fmt: skip
    found = tiers(orders)
    assert len({row["tier"] for row in found.values()}) >= 10
    for (person, day), row in found.items():
        as_of = row["day"] if day is None else row["day"].replace(day=1)
        wanted = expected(orders, person, row["day"], as_of, moment(row))
        told = (row["tier"], row["orders"], row["revenue"] and float(row["revenue"]))
        assert told == wanted, (person, day)


def moment(row: Row) -> str:
    at = row["happened_at"]
    return at.astimezone(dt.UTC).strftime("%Y-%m-%d %H") if at else "9999"


def expected(
    orders: list[Row], person: int, day: dt.date, as_of: dt.date, before: str
) -> tuple[str | None, int, float | None]:
    own = [o for o in orders if o["person_id"] == person and o["placed_at"][:13] < before]
    if not own:
        return "prospects", 0, None
    mine = standing(own, day)
    others = [standing(theirs, as_of) for p in range(1, 61)
              if (theirs := [o for o in orders if o["person_id"] == p
                             and o["placed_at"][:10] < as_of.isoformat()])]  # fmt: skip
    orders_so_far, revenue = int(mine[1]), mine[2]
    if len(others) < 30:
        return None, orders_so_far, revenue
    r, f, m = (score(mine[n], [other[n] for other in others]) for n in range(3))
    return GRID[r][(f + m + 1) // 2 - 1], orders_so_far, revenue


def standing(own: list[Row], day: dt.date) -> tuple[float, float, float]:
    """Return days since the last order, fewer is more, how many, and their revenue."""
    last = max(dt.date.fromisoformat(o["placed_at"][:10]) for o in own)
    return -(day - last).days, len(own), float(sum(o["revenue"] for o in own))


def score(value: float, others: list[float]) -> int:
    """Return 1, and 1 more for each fifth of all customers that the value lies above."""
    ranked = sorted(others)
    cuts = (ranked[-(-fifth * len(ranked) // 5) - 1] for fifth in range(1, 5))
    return 1 + sum(cut < value for cut in cuts)
