"""The table behind the dots: dearest first, and no column that has nothing to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from journey.answer import Change, Estimate, Part
from journey.formats import Formats
from journey.query import Query
from journey.ui import drawer

RATE = Query("a/b", Path("b.sql"), "measure", "", "", "Payment", unit="percent")


def part(label: str, now: float, before: float, moved: bool) -> Part:
    change = Change(
        now - before, None, now - before - 0.01, now - before + 0.01, moved, False
    )
    shown = Estimate(now, "ready", now * 1000, 1000, now - 0.02, now + 0.02)
    return Part(label, shown, Estimate(before), change)


PARTS = [part("desktop", 0.7, 0.71, False), part("mobile", 0.51, 0.62, True)]


def test_the_dearest_value_stands_first_with_its_loss() -> None:
    rows = drawer.table(PARTS, "device", RATE, 200.0, Formats())
    assert rows.frame["name"].to_list() == ["Phones", "Computers"]
    assert rows.frame["loss"].to_list()[0] == pytest.approx(110 * 200)
    assert rows.frame["loss"].to_list()[1] is None
    assert rows.query.columns["loss"].label == "Loss, net"
    assert rows.query.columns["now"].format == "percent"


def test_a_loss_that_nobody_can_price_has_no_column() -> None:
    rows = drawer.table(PARTS, "device", RATE, None, Formats())
    assert "loss" not in rows.frame.columns
    assert {"now", "before", "units"} <= set(rows.frame.columns)
