"""Notes and events on a trend: named where there is room, legible on a phone."""

from __future__ import annotations

import datetime as dt
import json
import re
from html import unescape

import altair
import pytest
import vl_convert

from journey import charts
from journey.answer import Estimate, Measure, Point
from journey.charts import DARK, LIGHT, Look, Mark, Spec, marks
from journey.charts.look import TICKS, ticks
from journey.formats import Formats

FIRST = dt.date(2026, 10, 20)
LOOK = Look(LIGHT, Formats())


def day(number: int) -> dt.date:
    return FIRST + dt.timedelta(number)


def drawn(found: list[Mark], days: int = 28, look: Look = LOOK) -> Spec:
    trend = tuple(Point(day(n), Estimate(0.5 + 0.01 * (n % 3))) for n in range(days))
    spec = charts.trend(Measure(Estimate(0.5), trend=trend), "percent", look, marks=found)
    assert spec is not None
    return spec


def svg(spec: Spec, width: int) -> str:
    return str(vl_convert.vegalite_to_svg(json.dumps({**spec, "width": width}), "6.4"))


def seen(picture: str) -> list[str]:
    """Return the texts that are not transparent."""
    texts = re.findall(r"<text([^>]*)>([^<]*)</text>", picture)
    return [unescape(text) for about, text in texts if 'opacity="0"' not in about]


RELEASE = Mark(day(7), day(7), "New checkout released")
SALE = Mark(day(14), day(17), "Sale")
HOLIDAY = Mark(day(20), day(20), "All Saints' Day", quiet=True)


@pytest.mark.parametrize("look", [LOOK, Look(DARK, Formats("pl-PL"))])
@pytest.mark.parametrize("days", [2, 28, 365])
def test_a_trend_with_notes_is_a_chart(look: Look, days: int) -> None:
    spec = drawn([RELEASE, SALE, HOLIDAY], days, look)
    altair.Chart.from_dict({k: v for k, v in spec.items() if k != "$schema"})
    assert "<svg" in svg(spec, 330)


def test_notes_are_named_and_several_days_are_a_band() -> None:
    spec = drawn([RELEASE, SALE, HOLIDAY])
    assert {"New checkout released", "Sale", "All Saints' Day"} <= set(seen(svg(spec, 700)))
    bands = [layer for layer in spec["layer"] if layer["mark"]["type"] == "rect"]
    (band,) = [row for layer in bands for row in layer["data"]["values"]]
    assert (band["day"], band["end"]) == (day(14).isoformat(), day(17).isoformat())


def test_on_a_phone_names_are_cut_and_those_without_room_are_left_to_the_tooltip() -> None:
    found = [Mark(day(n), day(n), f"Campaign number {n} of many") for n in range(5, 12)]
    wide, narrow = (seen(svg(drawn(found), width)) for width in (700, 330))
    of_wide, of_narrow = ([t for t in side if "Campaign" in t] for side in (wide, narrow))
    assert 0 < len(of_narrow) <= marks.LANES < 7
    assert len(of_wide) >= len(of_narrow)
    assert all(len(text) <= 22 for text in of_narrow)
    rows = drawn(found)["layer"][-1]["data"]["values"]
    assert rows[9]["note"] == "Campaign number 9 of many"
    assert rows[20]["note"] == "–"


def test_labels_of_one_lane_never_overlap() -> None:
    for step in (1, 2, 3, 5):
        found = [Mark(day(n), day(n), "x" * (5 + n)) for n in range(0, 28, step)]
        rows = [marks._row(mark, day(0), day(27)) for mark in found]
        for plot, (width, letters) in marks.PLOTS.items():
            marks._lay_out(rows, plot)
            for lane in range(marks.LANES):
                spans = sorted(
                    span(row, plot, width, letters)
                    for row in rows
                    if row[f"{plot}_lane"] == lane
                )
                ends = [end for _, end in spans[:-1]]
                assert all(e <= b for e, (b, _) in zip(ends, spans[1:], strict=True))


def span(row: Spec, plot: str, width: int, letters: int) -> tuple[float, float]:
    long, at = len(row[f"{plot}_text"]) * marks.LETTER + 8, row["at"] * width
    return (at - long, at) if row[f"{plot}_left"] else (at, at + long)


def test_what_lies_outside_of_the_days_is_not_drawn_and_what_begins_before_is_cut() -> None:
    outside = [Mark(day(-9), day(-2), "Before"), Mark(day(40), day(41), "After")]
    assert drawn(outside) == drawn([])
    assert drawn([], 1) == drawn([RELEASE], 1)
    layers, above = marks.layers([Mark(day(-5), day(3), "Sale")], day(0), day(27), LOOK)
    rows = [row for layer in layers for row in layer["data"]["values"] if "end" in row]
    assert {row["day"] for row in rows} == {day(0).isoformat()}
    assert above == marks.LANE


def test_markup_in_a_note_stays_text() -> None:
    picture = svg(drawn([Mark(day(7), day(7), "<script>x</script>&")]), 700)
    assert "<script>" not in picture
    assert "&lt;script&gt;" in picture


def test_weeks_carry_the_notes_of_their_days() -> None:
    spec = drawn([Mark(day(8), day(8), "Release")], 120)
    told = [row["note"] for row in spec["layer"][-1]["data"]["values"]]
    assert told.count("Release") == 1


@pytest.mark.parametrize(
    ("days", "written"),
    [
        (28, ["2026-10-26", "2026-11-02", "2026-11-09", "2026-11-16"]),
        (3, ["2026-10-20", "2026-10-21", "2026-10-22"]),
    ],
)
def test_weeks_below_a_line_begin_on_mondays(days: int, written: list[str]) -> None:
    (axis,) = {
        json.dumps(layer["encoding"]["x"]["axis"]["values"])
        for layer in drawn([], days)["layer"]
    }
    assert json.loads(axis) == written
    assert len(ticks([day(7 * n) for n in range(52)])) <= TICKS


def test_the_swing_of_a_few_points_takes_at_most_half_of_the_height() -> None:
    points = zip(map(day, range(4)), (0.25, 0.27, 0.19, 0.23), strict=True)
    trend = tuple(Point(at, Estimate(value)) for at, value in points)
    spec = charts.trend(Measure(Estimate(0.24), trend=trend), "percent", LOOK)
    assert spec is not None
    scale = spec["layer"][0]["encoding"]["y"]["scale"]
    assert not scale["zero"] and scale["domainMin"] == pytest.approx(0.11)
