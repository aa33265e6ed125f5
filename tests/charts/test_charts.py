"""Every chart, in both themes, over full, small, empty and unknown data."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise
from typing import Any

import altair
import polars as pl
import pytest
import vl_convert

from journey import charts
from journey.answer import Change, Estimate, Measure, Part, Point
from journey.charts import DARK, LIGHT, Look, Spec
from journey.formats import Formats
from journey.query.file import Column

POLISH = Formats("pl-PL", "PLN")
LOOKS = [Look(LIGHT, Formats()), Look(DARK, POLISH)]
FIRST = dt.date(2026, 10, 20)


def points(
    values: list[float | None], first: dt.date = FIRST, **more: Any
) -> tuple[Point, ...]:
    return tuple(
        Point(
            first + dt.timedelta(n),
            Estimate(v, "ready" if v is not None else "missing", **more),
        )
        for n, v in enumerate(values)
    )


def measure(now: list[float | None], before: list[float | None] = []) -> Measure:  # noqa: B006
    return Measure(
        Estimate(0.2),
        trend=points(now),
        trend_before=points(before, FIRST - dt.timedelta(28)),
    )


def part(label: str, value: float | None, good: bool | None = None) -> Part:
    change = (
        None if good is None else Change(0.1 if good else -0.1, 0.2, moved=True, good=good)
    )
    now = Estimate(value, low=value and value - 0.02, high=value and value + 0.02)
    return Part(label, now, Estimate(0.3), change)


def frame(**columns: list[Any]) -> pl.DataFrame:
    return pl.DataFrame(columns)


def drawn(kind: str, table: pl.DataFrame, **roles: Any) -> Callable[[Look], Spec | None]:
    return lambda look: charts.draw(kind, table, roles, look)


DAYS = [FIRST + dt.timedelta(n) for n in range(20)]
STEPS = frame(step=["Visit", "Cart", "Order"], visits=[1000, 120, 21])
COHORTS = frame(
    cohort=["Sep", "Sep", "Oct", "Oct"], month=[0, 1, 0, 1], share=[1.0, 0.2, 1.0, None]
)
LINKS = frame(
    source=["Search", "Search", "Mail"], target=["Buy", "Leave", "Buy"], n=[9, 40, 5]
)

GOOD: dict[str, Callable[[Look], Spec | None]] = {
    "trend": lambda look: charts.trend(
        measure([0.1, 0.2, None, 0.3], [0.2, 0.1]), "percent", look, target=0.25
    ),
    "trend of one day": lambda look: charts.trend(measure([5.0]), "count", look),
    "trend of nothing but zeros": lambda look: charts.trend(
        measure([0.0, 0.0]), "money", look
    ),
    "trend of a year": lambda look: charts.trend(measure([1.0] * 365), "count", look),
    "segments": lambda look: charts.segments(
        [part("Phones", 0.51, False), part("Desktop", 0.7, True), part("Tablet", None)],
        "percent",
        look,
    ),
    "one segment": lambda look: charts.segments([part("Phones", 0.5)], "percent", look),
    "since entry": lambda look: charts.since_entry(
        {30: Estimate(0.1), 60: Estimate(0.15), 90: Estimate(None, "immature")},
        "percent",
        look,
    ),
    "lines": drawn(
        "line",
        frame(day=DAYS * 2, n=list(range(40)), who=["a"] * 20 + ["b"] * 20),
        x="day",
        y="n",
        colour="who",
    ),
    "area": drawn("area", frame(day=DAYS, n=list(range(20))), x="day", y="n"),
    "line of one row": drawn("line", frame(day=DAYS[:1], n=[3]), x="day", y="n"),
    "points": drawn("point", frame(cost=[1.0, 2.5], orders=[4, 9]), x="cost", y="orders"),
    "bars": drawn(
        "bar", frame(name=["a", "b"], n=[3.0, None]), x="name", y="n", unit="money"
    ),
    "bars below zero": drawn("bar", frame(name=["a", "b"], n=[-3.0, 4.0]), x="name", y="n"),
    "bars with a colour": drawn(
        "bar",
        frame(day=["Mon", "Mon", "Tue"], n=[3, 5, 4], who=["new", "back", "new"]),
        x="day",
        y="n",
        colour="who",
        unit="count",
    ),
    "bars refused": drawn(
        "bar", frame(name=["a", "a"], n=[0.3, 0.4]), x="name", y="n", unit="percent"
    ),
    "bars left out": drawn(
        "bar", frame(name=[f"n{i}" for i in range(40)], n=list(range(40))), x="name", y="n"
    ),
    "bars lying": drawn("bar", frame(name=["a"], n=[3]), x="n", y="name"),
    "steps": lambda look: charts.draw(
        "funnel",
        STEPS,
        {"x": "visits", "y": "step"},
        look,
        STEPS.with_columns(visits=pl.lit(50)),
    ),
    "heat": drawn(
        "heat_map", COHORTS, x="month", y="cohort", colour="share", unit="percent"
    ),
    "flow": drawn("sankey", LINKS, source="source", target="target", value="n"),
    "moves": lambda look: charts.moves(
        [("Phones", -3.1, "−3.1"), ("Tablets", 0.4, "+0.4"), ("Mix", 0.0, "0")], look
    ),
    "moves of nothing": lambda look: charts.moves([("Mix", 0.0, "0")], look),
}
EMPTY: dict[str, Callable[[Look], Spec | None]] = {
    "trend": lambda look: charts.trend(measure([]), "percent", look),
    "trend of unknown days": lambda look: charts.trend(
        measure([None, None]), "percent", look
    ),
    "segments": lambda look: charts.segments([], "percent", look),
    "segments too few": lambda look: charts.segments([part("a", None)], "percent", look),
    "since entry": lambda look: charts.since_entry(
        {30: Estimate(None, "immature")}, "percent", look
    ),
    "no links": lambda look: charts.flow([], look),
    "no parts": lambda look: charts.moves([], look),
    **{
        f"{kind} {name}": drawn(kind, table, x="a", y="b", colour="c")
        for kind in charts.KINDS
        for name, table in {
            "without rows": pl.DataFrame(
                schema={"a": pl.String, "b": pl.Int64, "c": pl.Int64}
            ),
            "all null": pl.DataFrame(
                {"a": [None], "b": [None], "c": [None]},
                schema={"a": pl.String, "b": pl.Int64, "c": pl.Int64},
            ),
            "without its columns": frame(other=[1]),
        }.items()
    },
}


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark"])
@pytest.mark.parametrize("name", GOOD)
def test_a_chart_is_valid_vega_lite_and_compiles(name: str, look: Look) -> None:
    spec = GOOD[name](look)
    assert spec is not None
    short = [{**layer, "data": {"values": layer["data"]["values"][:1]}}
             for layer in spec["layer"]]  # fmt: skip
    altair.LayerChart.from_dict({**spec, "layer": short, "width": 400})
    svg = vl_convert.vegalite_to_svg(json.dumps({**spec, "width": 400}), "6.4")
    assert svg.startswith("<svg") and "NaN" not in svg and "undefined" not in svg


@pytest.mark.parametrize("name", EMPTY)
def test_nothing_to_draw_is_none_and_not_an_empty_frame(name: str) -> None:
    assert EMPTY[name](LOOKS[0]) is None


def rows(spec: Spec | None) -> Iterator[dict[str, Any]]:
    assert spec is not None
    for layer in spec["layer"]:
        yield from layer["data"]["values"]


def test_steps_before_are_shares_of_their_own_first_step() -> None:
    past = STEPS.with_columns(visits=pl.Series([500, 80, 5]))
    spec = charts.draw("funnel", STEPS, {"x": "visits", "y": "step"}, LOOKS[0], past)
    cart = next(row for row in rows(spec) if row["label"] == "Cart")
    assert (cart["value"], cart["was"]) == (0.12, 0.16)


def test_a_year_is_drawn_by_week_from_summed_parts() -> None:
    days = tuple(
        Point(FIRST + dt.timedelta(n), Estimate(0.0, numerator=n % 2, denominator=10.0))
        for n in range(140)
    )
    (weeks,) = charts.paced(days)
    assert len(weeks) == 21
    assert weeks[1].day.weekday() == 0
    assert weeks[1].estimate.value in (3 / 70, 4 / 70)


def test_an_axis_writes_polish_numbers_and_months() -> None:
    spec = charts.trend(measure([12_000.0, 15_000.0]), "money", LOOKS[1])
    svg = vl_convert.vegalite_to_svg(json.dumps({**(spec or {}), "width": 600}), "6.4")
    assert "15\u00a0000\u00a0zł" in svg
    assert "paź" in svg


def test_a_change_beyond_chance_is_told_by_an_arrow_beside_its_colour() -> None:
    spec = charts.segments(
        [part("Phones", 0.51, False), part("Desktop", 0.6)], "percent", LOOKS[0]
    )
    texts = {row["label"]: row["label_text"] for row in rows(spec)}
    assert texts == {"Phones": "▼ 51.0%", "Desktop": "60.0%"}


def test_a_flow_leaves_out_what_leads_back_and_keeps_the_sums() -> None:
    spec = charts.flow([("a", "b", 6.0), ("b", "a", 1.0), ("b", "c", 4.0)], LOOKS[0])
    texts = {row["text"] for row in rows(spec) if "side" in row}
    assert texts == {"a  6", "b\n6", "c  4"}, "inner labels have two lines"


def bar_chart(look: Look = LOOKS[0], unit: str = "count", **columns: list[Any]) -> Spec:
    colour = "who" if "who" in columns else None
    roles = {"x": "name", "y": "n", "colour": colour, "unit": unit}
    spec = charts.draw("bar", frame(**columns), roles, look)
    assert spec is not None
    return spec


def test_bars_of_one_name_stand_apart_by_colour_and_are_all_labelled() -> None:
    spec = bar_chart(name=["a", "a", "b"], n=[3, 5, 4], who=["new", "back", "new"])
    texts = [row["told"] for row in rows(spec) if "told" in row]
    assert texts == ["3  new", "5  back", "4  new"]
    assert all("yOffset" in layer["encoding"] for layer in spec["layer"])
    svg = vl_convert.vegalite_to_svg(json.dumps({**spec, "width": 500}), "6.4")
    assert svg.count('aria-roledescription="bar"') == 3
    for text in texts:
        assert text.split()[1] in svg


def test_rows_of_one_name_are_added_up_where_that_means_something() -> None:
    spec = bar_chart(name=["a", "a", "b"], n=[3, 5, 4])
    assert [(r["label"], r["value"]) for r in spec["layer"][0]["data"]["values"]] == [
        ("a", 8), ("b", 4),
    ]  # fmt: skip
    refused = bar_chart(name=["a", "a", "b"], n=[0.3, 0.5, 0.4], unit="percent")
    told = " ".join(row["text"] for row in rows(refused))
    assert "“a” stands in several rows" in told and "colour" in told


@pytest.mark.parametrize("count", [15, 16, 40])
def test_bars_that_are_left_out_are_counted(count: int) -> None:
    spec = bar_chart(name=[f"n{i}" for i in range(count)], n=list(range(count)))
    left = count - 15
    told = spec["title"]["text"] if left else None
    are, rest = "is" if left == 1 else "are", sum(range(left))
    said = f"{left} of {count} rows {are} not drawn: together {rest}."
    assert told == (said if left else None)
    drawn = [row["value"] for row in spec["layer"][0]["data"]["values"]]
    assert drawn == list(range(left, count))


def test_groups_too_small_to_draw_are_counted_and_shares_show_their_counts() -> None:
    shown = Part("Phones", Estimate(0.432, "ready", 54, 125, units=125))
    few = Part("Tablet", Estimate(None, "too_few", 3, 20, units=20))
    nobody = Part("TV", Estimate(None, "too_few", units=0.0))
    spec = charts.segments([shown, few, nobody], "percent", LOOKS[0])
    assert {row["units"] for row in rows(spec)} == {"54 of 125"}
    assert charts.not_drawn([shown, few, nobody]) == (
        "1 group with fewer than 30 not shown."
    )
    assert charts.not_drawn([shown]) == ""


def test_labels_of_a_flow_lie_on_no_other() -> None:
    steps = [
        "Visits",
        "Looked at a product",
        "Filled a cart",
        "Began the checkout",
        "Order",
    ]
    links = [(a, b, 900.0 / 9**n) for n, (a, b) in enumerate(pairwise(steps))]
    links += [(step, f"Left after {step.lower()}", 300.0 / 9**n)
              for n, step in enumerate(steps[:-1])]  # fmt: skip
    spec = charts.flow(links, LOOKS[0])
    marks = [row for row in rows(spec) if "side" in row]
    labels = {row["label"]: row for row in marks if row["side"] != "first"}.values()
    for one, other in combinations(labels, 2):
        first = one if one["x"] < other["x"] else other
        width = 0.0125 * max(map(len, first["text"].split("\n")))
        beside = abs(one["x"] - other["x"]) >= width
        tall = 0.02 * (one["text"].count("\n") + other["text"].count("\n") + 2)
        assert beside or abs(one["middle"] - other["middle"]) > tall, (one, other)


def test_nodes_of_a_flow_leave_room_for_their_labels() -> None:
    links = [("all", "many", 900.0), ("many", "few", 3.0), ("many", "fewer", 2.0)]
    links += [("few", "end", 3.0), ("fewer", "end", 2.0), ("all", "none", 90.0)]
    marks = [row for row in rows(charts.flow(links, LOOKS[0])) if "side" in row]
    assert all(mark["low"] <= mark["middle"] <= mark["high"] for mark in marks), marks
    ends = [mark[end] for mark in marks for end in ("low", "high")]
    assert ends == [pytest.approx(min(1, max(0, end))) for end in ends]


def test_a_grid_runs_in_time_and_tells_what_else_a_cell_counts() -> None:
    hours = frame(
        day=["Monday", "Tuesday"], hours=["09–12", "00–03"], came=[2, 5], replies=[1, None]
    )
    columns = {
        "came": Column("Came in", "count"), "replies": Column("First replies", "count"),
        "day": Column("Day"), "hours": Column("Hours"),
    }  # fmt: skip
    roles = {"x": "hours", "y": "day", "colour": "came", "unit": "count"}
    look = Look(LIGHT, Formats())
    spec = charts.draw("heat_map", hours, {**roles, "columns": columns}, look)
    assert spec is not None
    cells = spec["layer"][0]
    assert cells["encoding"]["x"]["sort"] == ["00–03", "09–12"]
    titles = {tip["title"]: tip["field"] for tip in cells["encoding"]["tooltip"]}
    assert list(titles) == ["Day", "Hours", "Came in", "First replies"]
    told = [row[titles["First replies"]] for row in cells["data"]["values"]]
    assert told == ["1", "–"]


def test_months_of_a_grid_are_written_as_the_locale_does() -> None:
    roles = {"x": "month", "y": "cohort", "colour": "share", "unit": "percent"}
    grid = frame(cohort=["2026-10", "2026-11"], month=[1, 1], share=[0.1, 0.2])
    look = Look(DARK, Formats("pl-PL", "PLN"))
    spec = charts.draw("heat_map", grid, roles, look)
    assert spec is not None
    rows = spec["layer"][0]["data"]["values"]
    assert [row["y"] for row in rows] == ["paź 2026", "lis 2026"]
    # a light ground asks for dark ink, a dark one for light ink
    assert rows[0]["ink"] != rows[1]["ink"]


def test_an_axis_of_times_steps_by_whole_hours_once_they_are_long() -> None:
    axis = LOOKS[0].value_axis("minutes", 210, 0)
    assert axis["values"] == [0, 60, 120, 180]
    assert "datum.value / 60" in axis["labelExpr"]
    assert "h'" in axis["labelExpr"]
