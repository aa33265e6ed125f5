"""Every type of [chart] over rows as shops have them: few, many, long, empty, negative."""

from __future__ import annotations

import datetime as dt
import json
import math
from decimal import Decimal
from typing import Any

import altair
import polars as pl
import pytest
import vl_convert

from journey import charts
from journey.charts import DARK, LIGHT, Look, Spec
from journey.formats import Formats
from journey.query.chart import TYPES
from journey.query.file import Column

POLISH = Look(DARK, Formats("pl-PL", "PLN"))
ENGLISH = Look(LIGHT, Formats("en-GB", "PLN"))
FIRST = dt.date(2026, 10, 20)
DAYS = [FIRST + dt.timedelta(n) for n in range(12) if n not in (4, 5)]
LONG = [
    "Zamówienia klientów powracających z kampanii newsletterowej w listopadzie",
    "Доставка до поштомату в іншому місті протягом двох робочих днів",
    "<b onmouseover=alert(1)>",
    "Ґ",
]


def frame(**columns: Any) -> pl.DataFrame:
    return pl.DataFrame(columns, strict=False)


WORDS = {"a": LONG, "n": [12.5, -3.0, None, math.inf]}
OVER = {"a": DAYS, "n": [float(n) for n in range(10)]}
PARTS = {"a": DAYS * 9, "n": [*range(-5, 85)],
         "c": [f"{LONG[n % 4]} {n}" for n in range(9) for _ in DAYS]}  # fmt: skip
MANY = {"a": [f"Kategoria {n}" for n in range(300)], "n": [*range(300)]}
LINKS = {"a": [f"{LONG[0]} {n}" for n in range(60)] + ["out", "x"],
         "b": ["out", "in"] * 30 + ["in", "x"], "n": [*range(60), 5, 9]}  # fmt: skip
GRID = {"a": [*range(33)] * 42, "b": [f"r{n}" for n in range(42) for _ in range(33)],
        "n": [None if n % 7 == 0 else n - 300.5 for n in range(33 * 42)]}  # fmt: skip
ONE = {"a": ["x"], "b": ["y"], "n": [Decimal("2.5000")], "d": [FIRST], "c": ["z"]}

XY, XYC = {"x": "a", "y": "n"}, {"x": "a", "y": "n", "colour": "c"}
CELL = {"x": "a", "y": "b", "colour": "n"}
CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any], str]] = {
    "bar words": ("bar", WORDS, XY, "money"),
    "bar many": ("bar", MANY, XY, "percent"),
    "bar days": ("bar", OVER, XY, "money"),
    "bar parts": ("bar", PARTS, XYC, "count"),
    "bar one": ("bar", ONE, XY, "days"),
    "stacked days": ("stacked_bar", PARTS, XYC, "count"),
    "stacked words": ("stacked_bar", {**MANY, "c": ["x", "y"] * 150}, XYC, "money"),
    "stacked one": ("stacked_bar", ONE, XYC, "percent"),
    "line days": ("line", OVER, XY, "percent"),
    "line parts": ("line", PARTS, XYC, "count"),
    "line rates": ("line", PARTS, XYC, "minutes"),
    "line words": ("line", WORDS, XY, "score"),
    "area": ("area", OVER, XY, "money"),
    "line one": ("line", ONE, {"x": "d", "y": "n"}, "hours"),
    "points": ("point", {"a": [1.5, 2, None], "n": [0.1, -0.2, 0.3], "c": LONG[:3]}, XYC,
               "percent"),
    "heat": ("heat_map", GRID, CELL, "count"),
    "heat one": ("heat_map", ONE, CELL, "money"),
    "cohort": ("cohort", {"a": [0, 1, 0, 1], "b": [FIRST.replace(day=1)] * 2 + [None] * 2,
                          "n": [1.0, 0.2, 1.0, None], "s": [9000, 9000, 8, 8]},
               {**CELL, "size": "s"}, "percent"),
    "histogram": ("histogram", {"a": [float(n**3) for n in range(400)]}, {"x": "a"},
                  "money"),
    "histogram negative": ("histogram", {"a": [-5, -5, 0, None], "n": [1, 2, 3, 4]}, XY,
                           "minutes"),
    "histogram one": ("histogram", {"a": [3.5]}, {"x": "a"}, "hours"),
    "funnel": ("funnel", {"a": LONG, "n": [1000, None, 1200, -3]}, XY, "count"),
    "funnel one": ("funnel", ONE, XY, "money"),
    "sankey": ("sankey", LINKS, {"source": "a", "target": "b", "value": "n"}, "money"),
    "sankey one": ("sankey", ONE, {"source": "a", "target": "b", "value": "n"}, "count"),
    "number": ("big_number", {"n": [178240.4]}, {"value": "n"}, "money"),
    "number days": ("big_number", OVER, {"x": "a", "value": "n"}, "percent"),
    "sparklines": ("sparklines", PARTS, {"row": "c", "x": "a", "y": "n"}, "money"),
    "sparklines one": ("sparklines", ONE, {"row": "a", "x": "d", "y": "n"}, "percent"),
}  # fmt: skip


def spec_of(name: str, look: Look) -> Spec:
    kind, columns, roles, unit = CASES[name]
    rows = frame(**columns)
    before = rows.with_columns(n=pl.col("n") * 2) if "n" in columns else rows
    drawn = charts.draw(kind, rows, {**roles, "unit": unit, "shift": 0}, look, before)
    assert drawn is not None
    return drawn


def compiled(spec: Spec, width: int) -> str:
    text = json.dumps({**spec, "width": width}, allow_nan=False)
    return vl_convert.vegalite_to_svg(text, "6.4")


@pytest.mark.parametrize("name", CASES)
def test_each_type_draws_every_kind_of_rows(name: str) -> None:
    look, width = (POLISH, 330) if len(name) % 2 else (ENGLISH, 640)
    spec = spec_of(name, look)
    short = [{**layer, "data": {"values": layer["data"]["values"][:1]}}
             for layer in spec["layer"]]  # fmt: skip
    altair.LayerChart.from_dict({**spec, "layer": short, "width": width})
    svg = compiled(spec, width)
    assert "NaN" not in svg and "undefined" not in svg and "Infinity" not in svg
    assert "<b onmouseover" not in svg


def test_every_type_is_drawn_here() -> None:
    assert {kind for kind, *_ in CASES.values()} == set(TYPES) == set(charts.KINDS)


def texts(spec: Spec) -> set[str]:
    return {
        str(value)
        for layer in spec["layer"]
        for row in layer["data"]["values"]
        for value in row.values()
    }


def test_a_day_without_a_row_breaks_a_line_and_leaves_its_place_among_bars() -> None:
    line = spec_of("line days", ENGLISH)
    values = {row["x"]: row["y"] for row in line["layer"][1]["data"]["values"]}
    assert values["2026-10-24"] is None and values["2026-10-26"] == 4.0
    bars = spec_of("bar days", ENGLISH)
    layer = bars["layer"][1]
    assert "2026-10-24" in layer["encoding"]["x"]["scale"]["domain"]
    assert "2026-10-24" not in {row["x"] for row in layer["data"]["values"]}


def test_lines_beyond_the_largest_are_one_grey_line_where_they_add_up() -> None:
    names = {row["series"] for row in spec_of("line parts", ENGLISH)["layer"][0]["data"]
             ["values"]}  # fmt: skip
    assert len(names) == 6 and "4 others" in names
    rates = spec_of("line rates", ENGLISH)
    assert rates["title"]["text"] == "3 of 9 lines are not drawn."


def test_months_and_weeks_are_not_taken_for_days_with_gaps() -> None:
    months = [dt.date(2026, m, 1) for m in (1, 2, 4)]
    weeks = [FIRST + dt.timedelta(7 * n) for n in (0, 1, 3)]
    for days, many in ((months, 4), (weeks, 4)):
        roles = {"x": "a", "y": "n", "unit": "count"}
        spec = charts.draw("bar", frame(a=days, n=[1, 2, 3]), roles, ENGLISH)
        assert spec is not None
        assert len(spec["layer"][0]["encoding"]["x"]["scale"]["domain"]) == many


def test_days_before_lie_so_many_days_later_also_where_the_first_is_missing() -> None:
    past = frame(a=[FIRST - dt.timedelta(n) for n in (3, 1)], n=[7, 9])
    now = frame(a=[FIRST + dt.timedelta(n) for n in range(4)], n=[1, 2, 3, 4])
    roles = {"x": "a", "y": "n", "unit": "count", "shift": 4}
    spec = charts.draw("bar", now, roles, ENGLISH, past)
    assert spec is not None
    grey = {row["x"]: row["value"] for row in spec["layer"][0]["data"]["values"]}
    assert grey == {"2026-10-21": 7, "2026-10-23": 9}


def test_a_histogram_counts_everybody_once_and_names_the_half() -> None:
    rows = frame(a=[10, 12, 14, 30, 5000], n=[40, 30, 20, 9, 1])
    spec = charts.draw("histogram", rows, {"x": "a", "y": "n", "unit": "count"}, ENGLISH)
    assert spec is not None
    bars = spec["layer"][0]["data"]["values"]
    assert math.isclose(sum(row["share"] for row in bars), 1.0)
    assert bars[-1]["name"].endswith("and more")
    assert "half below 12" in texts(spec)


def test_a_histogram_takes_the_step_of_its_header() -> None:
    rows = frame(a=[0.0, 2.5, 4.9, 5.0, 11.0])
    spec = charts.draw("histogram", rows, {"x": "a", "step": 5}, ENGLISH)
    assert spec is not None
    bars = spec["layer"][0]["data"]["values"]
    assert [(row["from"], row["text"]) for row in bars] == [(0, "3"), (5, "1"), (10, "1")]


def test_a_big_number_is_the_sum_of_its_days_or_the_last_of_them() -> None:
    past = frame(a=[FIRST - dt.timedelta(1)], n=[1.0])
    rows = frame(a=DAYS[:2], n=[2.0, 3.0])
    roles = {"x": "a", "value": "n", "unit": "count", "shift": 1}
    spec = charts.draw("big_number", rows, roles, ENGLISH, past)
    assert spec is not None and {"5", "was 1 · +400.0%"} <= texts(spec)
    spec = charts.draw("big_number", rows, {**roles, "unit": "percent"}, ENGLISH)
    assert spec is not None and {"300.0%", "21 Oct"} <= texts(spec)


def test_rows_of_sparklines_stand_by_their_size_with_their_change() -> None:
    rows = frame(c=["a", "b", "b"], d=[FIRST, FIRST, FIRST + dt.timedelta(1)], n=[5, 4, 4])
    past = frame(c=["b"], d=[FIRST - dt.timedelta(28)], n=[4])
    roles = {"row": "c", "x": "d", "y": "n", "unit": "count", "shift": 28}
    spec = charts.draw("sparklines", rows, roles, ENGLISH, past)
    assert spec is not None
    told = [(row["name"], row["text"], row["change"]) for layer in spec["layer"]
            for row in layer["data"]["values"] if "change" in row][:2]  # fmt: skip
    assert told == [("b", "8", "+100.0%"), ("a", "5", "")]


def test_small_names_of_a_flow_stand_together_and_nothing_is_lost() -> None:
    spec = spec_of("sankey", ENGLISH)
    marks = [row for layer in spec["layer"] for row in layer["data"]["values"]
             if "side" in row]  # fmt: skip
    firsts = {row["label"].rstrip("\u200b") for row in marks if row["side"] == "first"}
    assert len(firsts) == 8 and "52 others" in firsts
    assert spec["title"]["text"] == "1 of 61 links is not drawn."


def test_a_cohort_is_named_by_its_month_and_size() -> None:
    assert "Oct 2026 · 9,000" in texts(spec_of("cohort", ENGLISH))


def test_a_step_larger_than_the_first_keeps_inside_the_picture() -> None:
    spec = spec_of("funnel", ENGLISH)
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0, 1.2]


def test_instants_are_days_at_midnight_and_words_else() -> None:
    at = [dt.datetime(2026, 10, 20), dt.datetime(2026, 10, 20, 6, 30)]
    roles = {"x": "a", "y": "n"}
    spec = charts.draw("line", frame(a=at, n=[1, 2]), roles, ENGLISH)
    assert spec is not None and "20 Oct, 06:30" in texts(spec)
    spec = charts.draw("line", frame(a=at[:1], n=[1]), roles, ENGLISH)
    assert spec is not None and "2026-10-20" in texts(spec)


def test_tooltips_and_axes_use_the_names_of_the_header() -> None:
    columns = {"n": Column("Przychód netto", "money"), "c": Column("Kanał")}
    rows = frame(**PARTS)
    spec = charts.draw("line", rows, {**XYC, "unit": "money", "columns": columns}, POLISH)
    assert spec is not None
    tips = [tip["title"] for layer in spec["layer"]
            for tip in layer["encoding"].get("tooltip", ())]  # fmt: skip
    assert "Przychód netto" in tips


def test_a_name_of_a_column_never_ends_a_text_of_vegas_expressions() -> None:
    hostile = 'n\\": 7 * 191, "\n\x08m'
    rows = pl.DataFrame({"a": DAYS, hostile: range(len(DAYS))})
    spec = charts.draw("line", rows, {"x": "a", "y": hostile, "unit": "count"}, ENGLISH)
    assert spec is not None
    assert "7 * 191" in vl_convert.vegalite_to_svg(spec, "6.4")


@pytest.mark.parametrize(("unit", "told"), [("percent", "cells in %"), ("count", "")])
def test_a_cohort_says_what_its_cells_are_in(unit: str, told: str) -> None:
    rows = frame(month=["Oct", "Oct", "Nov"], after=[1, 2, 1], again=[0.1, 0.2, 0.1])
    roles = {"x": "after", "y": "month", "colour": "again", "unit": unit}
    spec = charts.draw("cohort", rows, roles, ENGLISH)
    assert spec is not None
    assert spec["layer"][0]["encoding"]["x"]["axis"]["title"].endswith(told or "After")
