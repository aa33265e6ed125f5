"""Rows of a chart query and the roles its header gives to columns."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from journey.charts.look import Look, Spec

if TYPE_CHECKING:
    import polars

MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")
"""A month as SQL names it, in the order of time: 2026-10."""
SERIES = 6
"""Lines a chart has at most; the download has them all."""
LETTERS = 18
"""Letters of one line of a label; a longer one takes a second line, then is cut."""
OTHERS = "others"


@dataclass(frozen=True)
class Table:
    """Rows of a chart query with the roles its header gives to columns."""

    rows: Sequence[Mapping[str, Any]]
    roles: Mapping[str, str]
    """Key of [chart] -> column: x, y, colour, source, target, value, row, size."""
    unit: str | None = None
    before: Sequence[Mapping[str, Any]] = ()
    """The same query over the period compared with."""
    columns: Mapping[str, Any] = field(default_factory=dict)
    """Labels and formats of the header, by column: `label`, `format`."""
    top: float | None = None
    """The value of the darkest cell of a grid; None: the largest it has."""
    step: float | None = None
    """Width of a bar of a histogram; None: a round one that fits."""
    shift: int | None = None
    """Days from the first one compared with to the first one now."""

    @property
    def x(self) -> str:
        return self.roles.get("x", "")

    @property
    def y(self) -> str:
        return self.roles.get("y", "")

    @property
    def colour(self) -> str | None:
        return self.roles.get("colour")

    def titled(self, column: str) -> str:
        """Return what a column is called on screen, without what would end a text in
        Vega's expressions, which escape quotes alone."""
        about = self.columns.get(column)
        told = (about.label if about else None) or column.replace("_", " ").capitalize()
        return "".join(c if c.isprintable() else " " for c in told.replace("\\", "/"))

    def with_rows(self, rows: Sequence[Mapping[str, Any]]) -> Table:
        return replace(self, rows=rows)

    @property
    def adds_up(self) -> bool:
        """Whether the sum of two values means something; that of two rates does not."""
        return self.unit in ("count", "money")


def plain(frame: polars.DataFrame, look: Look) -> list[dict[str, Any]]:
    """Return the rows as numbers, days and words; what is not finite is no number.

    Instants are days where all of a column are midnights, else words.
    """
    rows = frame.to_dicts()
    timed = {
        name
        for row in rows
        for name, value in row.items()
        if isinstance(value, dt.datetime) and value.time() != dt.time()
    }
    return [
        {name: _plain(value, name in timed, look) for name, value in row.items()}
        for row in rows
    ]


def _plain(value: Any, is_timed: bool, look: Look) -> Any:
    if isinstance(value, dt.datetime):
        return label(value, look) if is_timed else value.date()
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    known = (str, bool, int, float, dt.date, type(None))
    return value if isinstance(value, known) else str(value)


def has_values(table: Table) -> bool:
    """Whether some row has a value in every column that is named."""
    named = [column for key, column in table.roles.items() if key != "colour"]
    return any(all(row[column] is not None for column in named) for row in table.rows)


def is_word(table: Table, column: str) -> bool:
    """Whether a column names things, rather than days or numbers."""
    sample = next((row[column] for row in table.rows if row[column] is not None), None)
    return isinstance(sample, (str, bool))


def words_and_numbers(table: Table) -> tuple[str, str]:
    """Return the column that names and the one that counts, whichever way round."""
    counted = [_counts(table.rows, column) for column in (table.x, table.y)]
    return (table.y, table.x) if counted == [True, False] else (table.x, table.y)


def _counts(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    sample = next((row[column] for row in rows if row[column] is not None), None)
    return isinstance(sample, (int, float)) and not isinstance(sample, bool)


def label(value: Any, look: Look) -> str:
    if isinstance(value, dt.datetime):
        return look.formats.moment(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return look.formats.value(value, None)
    if isinstance(value, dt.date):
        return look.formats.short_date(value)
    if value is None:
        return "(not set)"
    text = str(value)
    if MONTH.fullmatch(text):
        return look.formats.month(dt.date(int(text[:4]), int(text[5:]), 1))
    return text


def twice(rows: Sequence[Mapping[str, Any]], names: str, colour: str | None) -> str | None:
    """Return the first name with several rows that no colour tells apart, else None."""
    seen = set()
    for row in rows:
        key = (row[names], row[colour] if colour else None)
        if key in seen:
            return str(row[names])
        seen.add(key)
    return None


def added_up(table: Table, names: str, amount: str, colour: str | None) -> Table:
    """Return the table with one row a name and colour, now and before."""
    columns = [column for column in (names, colour) if column]

    def summed(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        sums: dict[tuple[Any, ...], Any] = {}
        for row in rows:
            key = tuple(row[column] for column in columns)
            known = sums.get(key)
            value = row[amount]
            sums[key] = value if known is None else known + (value or 0)
        return [{**dict(zip(columns, k, strict=True)), amount: v} for k, v in sums.items()]

    return replace(table, rows=summed(table.rows), before=summed(table.before))


def refused(name: str, look: Look) -> Spec:
    """Return words in place of bars that would hide each other."""
    short = name if len(name) <= 24 else name[:23] + "\u2026"
    text = [
        f"Not drawn: \u201c{short}\u201d stands in several rows.",
        "Name the column that tells them apart as colour in [chart],",
        'or group them in the query; with unit = "count" they are added up.',
    ]
    rows = [{"text": line, "line": number} for number, line in enumerate(text)]
    mark = {"type": "text", "align": "left", "x": 2, "color": look.palette.muted}
    place = {"field": "line", "type": "ordinal", "axis": None}
    return look.finish(
        [look.layer(rows, mark, y=place, text={"field": "text"})], 66, text[0]
    )


def said_below(
    spec: Spec, left_out: int, of: int, look: Look, noun: str = "row", together: str = ""
) -> Spec:
    """Return the chart with a line below it that says how many rows it leaves out, and
    what they are together where they add up."""
    if not left_out:
        return spec
    formats = look.formats
    rows, are = formats.counted(of, noun), "is" if left_out == 1 else "are"
    more = f": together {together}" if together else ""
    text = f"{formats.number(left_out)} of {rows} {are} not drawn{more}."
    below = {"text": text, "orient": "bottom", "anchor": "start", "fontSize": 11,
             "fontWeight": "normal", "color": look.palette.muted, "offset": 8}  # fmt: skip
    return {**spec, "title": below}


def names(values: Iterable[Any], look: Look) -> list[str]:
    """Return what each value is called on an axis: at most two lines, no two alike."""
    seen: Counter[str] = Counter()
    found = []
    for value in values:
        text = "\n".join(wrapped(label(value, look)))
        seen[text] += 1
        # what was cut to the same letters stays apart by marks that nobody sees
        found.append(text + "\u200b" * (seen[text] - 1))
    return found


def wrapped(text: str, letters: int = LETTERS) -> list[str]:
    """Return a text in at most two lines of so many letters, cut where it is longer."""
    text = " ".join(text.split())
    if len(text) <= letters:
        return [text]
    at = text.rfind(" ", 0, letters + 1)
    at = at if at > 0 else letters
    return [text[:at], cut(text[at:].strip(), letters)]


def cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}\u2026"


def top(totals: Mapping[Any, float], most: int) -> list[Any]:
    """Return the keys of the largest totals, in the order in which they came."""
    largest_ = sorted(totals, key=lambda key: -abs(totals[key]))[:most]
    return [key for key in totals if key in set(largest_)]


def totalled(rows: Iterable[Mapping[str, Any]], key: str, amount: str) -> dict[Any, float]:
    """Return how much every value of a column has, in the order in which they come."""
    found: dict[Any, float] = {}
    for row in rows:
        found[row[key]] = found.get(row[key], 0.0) + abs(row[amount] or 0.0)
    return found


def spaced(days: Iterable[dt.date]) -> list[dt.date]:
    """Return the days with those between that are missing: by day, week or month.

    What lies between is told by how far most of them are apart.
    """
    known = sorted(set(days))
    if len(known) < 3:
        return known
    if all(day.day == 1 for day in known):
        return _months(known[0], known[-1])
    steps = Counter((b - a).days for a, b in pairwise(known))
    step = min(steps) if min(steps) >= 1 else 1
    if any((day - known[0]).days % step for day in known) or step not in (1, 7):
        step = 1 if 1 in steps else 0
    if not step:
        return known
    count = (known[-1] - known[0]).days // step
    return [known[0] + dt.timedelta(n * step) for n in range(count + 1)]


def _months(first: dt.date, last: dt.date) -> list[dt.date]:
    number = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [dt.date(n // 12, n % 12 + 1, 1) for n in number]


def day_of(value: Any) -> dt.date | None:
    """Return the day of a date or instant, None of everything else."""
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else None


def apart(places: Sequence[float], least: float) -> list[float]:
    """Return the places moved as little as it takes to be so far from each other."""
    order = sorted(range(len(places)), key=lambda n: places[n])
    moved = [places[n] for n in order]
    for _ in range(40):
        for a in range(len(moved) - 1):
            lack = least - (moved[a + 1] - moved[a])
            if lack > 1e-9:
                moved[a] -= lack / 2
                moved[a + 1] += lack / 2
    found = [0.0] * len(places)
    for place, n in zip(moved, order, strict=True):
        found[n] = place
    return found
