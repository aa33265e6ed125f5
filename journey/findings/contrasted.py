"""A comparison of two segments in words: its sentence, its rows, its warnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey import words
from journey.answer import Estimate
from journey.findings.contrast import GROUP, Pair, Row, Side, Size
from journey.findings.mix import Held
from journey.formats import MINUS, NO_BREAK, Formats
from journey.query import Query

NOUNS = {
    "awareness/visits": "visits",
    "conversion/orders": "orders",
    "conversion/buyers": "buyers",
    "support/contacts": "contacts",
}
"""What the size of a segment is counted in."""
ELSE = "Everyone else"


@dataclass(frozen=True)
class Names:
    """What both sides are called."""

    here: str
    there: str

    @property
    def beside(self) -> str:
        """Return the other side as the end of a sentence."""
        return self.there if self.there != ELSE else ELSE[0].lower() + ELSE[1:]


def names(pair: Pair, groups: Mapping[str, str], formats: Formats) -> Names:
    """Return the names of both sides; `groups`: title of each named group."""

    def named(value: str) -> str:
        if pair.by == GROUP:
            return groups.get(value, value)
        said = words.value(pair.by, value, formats)
        return f"{words.SEGMENTS[pair.by]} {said}" if said[:1] in "<0123456789" else said

    return Names(named(pair.value), ELSE if pair.other is None else named(pair.other))


def sentence(
    called: Names, sizes: Sequence[Size], rows: Sequence[Row], formats: Formats
) -> str:
    """Return how large the segment is, what it does differently and what that costs."""
    return " ".join([*_large(called, sizes, formats), _different(called, rows, formats)])


def _large(called: Names, sizes: Sequence[Size], formats: Formats) -> list[str]:
    told = [
        f"{formats.percent(size.share, _digits(size.share))} of {NOUNS[size.name]}"
        for size in sizes if size.share is not None
    ]  # fmt: skip
    if not told:
        return []
    listed = " and ".join([", ".join(told[:-1]), told[-1]] if told[1:] else told)
    return [f"{called.here}: {listed}."]


def _digits(share: float | None) -> int:
    return 0 if share is not None and share >= 0.1 else 1


def _different(called: Names, rows: Sequence[Row], formats: Formats) -> str:
    tested = [row for row in rows if row.p is not None]
    sure = [row for row in tested if row.is_sure]
    if not tested:
        why = [row for row in rows if not row.is_told]
        few = next((row for row in why if row.detail), None)
        reason = f"{few.why} ({few.detail})" if few else why[0].why if why else ""
        end = f": {reason}" if reason else ""
        return f"Nothing of {called.here} and {called.beside} can be compared{end}."
    if not sure:
        return (
            f"None of {formats.counted(len(tested), 'measure')} differs from "
            f"{called.beside} beyond chance."
        )
    verb = "differs" if len(sure) == 1 else "differ"
    start = f"{len(sure)} of {formats.counted(len(tested), 'measure')} {verb} from "
    return f"{start}{called.beside} beyond chance; {_first(sure, formats)}."


def _first(sure: Sequence[Row], formats: Formats) -> str:
    """Return the dearest of the differences, or the clearest where none has a price."""
    row = max(sure, key=lambda r: (abs(r.cost[0]) if r.cost else 0.0, -(r.p or 0.0)))
    told = f"{_lower(row.query.title)} {_sides(row, formats)}"
    if row.cost is None:
        return f"the clearest is {told}"
    verb, more = ("costs", "") if row.cost[0] > 0 else ("brings", " more")
    amount = f"{formats.estimate(*_amount(row.cost))} {formats.money_label}{more}"
    return f"the dearest is {told}, which {verb} {amount} in these days, an estimate"


def _sides(row: Row, formats: Formats) -> str:
    here, there = (side.now.value if side else None for side in (row.here, row.there))
    unit = row.query.unit
    return f"{formats.value(here, unit)} against {formats.value(there, unit)}"


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def warning(found: Held, called: Names, formats: Formats) -> str:
    """Return in words that a gap is one of the mix, and of which column."""
    column = _lower(words.SEGMENTS.get(found.column, found.column))
    gap, own = (apart(g, found.query.unit, formats) for g in (found.gap, found.own))
    inside = f"{'' if found.turns else 'only '}{own}"
    if not any(digit in own for digit in "123456789"):
        inside = "no difference"
    more = "more" if found.shares[0] > found.shares[1] else "less"
    value = words.value(found.column, found.value, formats)
    shares = [formats.percent(share, _digits(share)) for share in found.shares]
    return (
        f"{found.query.title}, {called.here} beside {called.beside}: {gap} in total, but "
        f"{inside} within the same {column}. {called.here} have {more} of {value}: "
        f"{shares[0]}, {called.beside} {shares[1]}."
    )


def apart(gap: float | None, unit: str | None, formats: Formats) -> str:
    """Return a difference in the unit of its figure: −0.97 p.p., +12.40 zł."""
    if gap is None:
        return ""
    if unit in ("percent", "percent_points"):
        return formats.points(gap, 1 if abs(gap) >= 0.01 else 2)
    if unit == "per_100":
        return formats.signed(gap * 100, 1)
    text = formats.value(abs(gap), unit)
    if not any(digit in text for digit in "123456789"):
        return text
    return f"{MINUS if gap < 0 else '+'}{text}"


def _amount(cost: tuple[float, float, float]) -> tuple[float, float, float]:
    """Return what is lost, or brought, as amounts above zero where they can be."""
    if cost[0] >= 0:
        return cost
    return -cost[0], -cost[2], -cost[1]


# ------------------------------------------------------------------ rows


def shared(rows: Sequence[Row]) -> list[str]:
    """Return the notes that most of the rows have: they stand below, once."""
    told = [note for row in rows for note in row.notes]
    return [note for note in dict.fromkeys(told) if 2 * told.count(note) > len(rows)]


def line(
    row: Row, called: Names, formats: Formats, below: Sequence[str] = ()
) -> dict[str, Any]:
    """Return one row as the browser draws it: texts, tone, places of the dots.

    `below`: notes that stand below all rows.
    """
    unit, gap = row.query.unit, row.gap
    here, there = row.here or Side(Estimate(None)), row.there or Side(Estimate(None))
    tone, arrow = _tone(row)
    shown = {
        "key": row.query.name,
        "title": row.query.title,
        "stage": words.STAGES.get(row.query.topic, row.query.topic.capitalize()),
        "definition": row.query.question,
        "here": _figure(here, row.query, formats),
        "there": _figure(there, row.query, formats),
        "gap": _gap(row, formats),
        "interval": between(gap.low, gap.high, unit, formats) if gap else "",
        "tone": tone,
        "arrow": arrow,
        "cost": _cost(row, formats),
        "note": " ".join(note for note in row.notes if note not in below),
        "dots": dots(here, there) if gap is not None else None,
    }
    return shown | {"label": _label(shown, called)}


def _tone(row: Row) -> tuple[str, str]:
    """Return colour and arrow; both only beyond what chance explains."""
    if row.gap is None or not row.is_sure:
        return "flat", ""
    tone = {True: "good", False: "bad", None: "other"}[row.gap.good]
    return tone, "▲" if row.gap.absolute > 0 else "▼"


def _figure(side: Side, query: Query, formats: Formats) -> dict[str, str]:
    before = side.before.value if side.before else None
    return {
        "value": formats.value(side.now.value, query.unit),
        "units": _units(side.now, query, formats),
        "was": f"was {formats.value(before, query.unit)}" if before is not None else "",
    }


def _units(now: Estimate, query: Query, formats: Formats) -> str:
    """Return "54 of 125" of a share of units, else how many the figure rests on."""
    counts = (now.numerator, now.denominator)
    if query.unit == "percent" and query.interval != "mean" and None not in counts:
        return f"{formats.number(now.numerator)} of {formats.number(now.denominator)}"
    if query.unit == "count" or now.units is None:
        return ""
    return f"of {formats.number(now.units)}"


def _gap(row: Row, formats: Formats) -> str:
    if row.gap is None:
        share = row.share
        return f"{formats.percent(share, _digits(share))} of both" if share else ""
    return apart(row.gap.absolute, row.query.unit, formats)


def _cost(row: Row, formats: Formats) -> str:
    """Return "costs about 20,000 zł (12,000 to 28,000)"; "" where nobody knows."""
    if row.cost is None:
        return ""
    verb = "costs" if row.cost[0] > 0 else "brings"
    return f"{verb} {formats.estimate(*_amount(row.cost))}"


def between(
    low: float | None, high: float | None, unit: str | None, formats: Formats
) -> str:
    """Return the interval of a difference: "−1.3 to −0.7 p.p."."""
    if low is None or high is None:
        return ""
    digits = 1 if max(abs(low), abs(high)) >= 0.01 else 2
    if unit in ("percent", "percent_points"):
        first = formats.signed(low * 100, digits)
        return f"{first} to {formats.points(high, digits)}"
    return f"{apart(low, unit, formats)} to {apart(high, unit, formats)}"


def _label(shown: Mapping[str, Any], called: Names) -> str:
    here, there = (shown[side]["value"] for side in ("here", "there"))
    parts = [
        f"{called.here} {here}",
        f"{called.there} {there}",
        shown["gap"],
        shown["cost"],
    ]
    return f"{shown['title']}: {', '.join(part for part in parts if part)}"


def dots(here: Side, there: Side) -> list[dict[str, float]] | None:
    """Return where value, interval and value before of both sides stand, 0 to 100."""
    found = [_points(side) for side in (here, there)]
    ends = [value for points in found for value in points.values()]
    if not ends:
        return None
    low, high = min(ends), max(ends)
    span = high - low or 1.0
    return [
        {k: round(100 * (v - low) / span, 1) for k, v in points.items()} for points in found
    ]


def _points(side: Side) -> dict[str, float]:
    now, before = side.now, side.before
    points = {"now": now.value, "low": now.low, "high": now.high,
              "was": before.value if before else None}  # fmt: skip
    return {name: value for name, value in points.items() if value is not None}


def reasons(untold: Mapping[str, Sequence[Row]]) -> list[str]:
    """Return one line a reason: "Too few on one side: Rating (12 of 30), CSAT"."""
    return [
        f"{why[:1].upper()}{why[1:]}: {', '.join(_measured(row) for row in rows)}."
        for why, rows in untold.items()
    ]


def _measured(row: Row) -> str:
    title = row.query.title.replace(" ", NO_BREAK) if row.detail else row.query.title
    return f"{title}{NO_BREAK}({row.detail})" if row.detail else title
