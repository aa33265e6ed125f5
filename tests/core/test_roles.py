"""Two roles of two countries ask everything there is, from the same caches."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest

from journey import kept, warehouse
from journey.answer import Answer, Period
from journey.formats import Formats
from journey.home import Home
from journey.output import export
from journey.scope import Scope

COUNTRIES = {"PL", "CZ", "DE"}
PERIOD = Period(dt.date(2026, 8, 18), dt.date(2026, 11, 16))


@pytest.mark.usefixtures("in_sample_home")
def test_no_role_is_shown_a_row_of_another_country(sample_home: Home) -> None:
    now = warehouse.current(sample_home)
    assert now is not None
    queries = kept.library().queries.values()
    names = [q.name for q in queries if q.kind in ("measure", "chart", "table", "period")]
    shown: dict[str, int] = dict.fromkeys(("PL", "CZ"), 0)
    for name in names:
        for country in shown:
            scope = Scope(PERIOD, PERIOD.before(), policy=(("country", (country,)),))
            found = kept.answer(kept.asked(now, name, scope, None, True))
            assert found.problem is None, found.problem
            seen = told(found)
            assert seen <= {country}, f"{name} shows {seen} to a role of {country}"
            shown[country] += bool(seen)
    assert all(count > 20 for count in shown.values()), shown


def told(answer: Answer) -> set[str]:
    """Return the countries that an answer names, on screen and in its download."""
    cells: set[str] = set()
    if answer.measure is not None:
        cells |= {part.label for part in answer.measure.parts.get("country", ())}
    if answer.absence is None:
        text = export.to_bytes(answer, "csv", Formats("en-GB", "GBP")).decode("utf-8-sig")
        for row in csv.reader(io.StringIO(text, newline="")):
            cells |= set(row)
    return cells & COUNTRIES
