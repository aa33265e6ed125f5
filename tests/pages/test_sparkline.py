"""The small lines beside a figure say how high and how low they go."""

from __future__ import annotations

import datetime as dt

from journey.answer import Estimate, Point
from journey.formats import Formats
from journey.ui.figure import sparkline

FIRST = dt.date(2026, 10, 1)


def test_a_day_of_nothing_is_the_lowest() -> None:
    now = [
        Point(FIRST + dt.timedelta(i), Estimate(v)) for i, v in enumerate((0.0, 4.0, 1.0))
    ]
    line = sparkline(now, (), "count", Formats("en-GB", "PLN"))
    assert line is not None
    assert (line["high"], line["low"]) == ("4", "0")
