"""A card as a picture: what it shows, what it says, and who makes it."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest
from PIL import Image

from journey import charts, processes
from journey.answer import Answer, Period
from journey.formats import Formats
from journey.output import about as abouts, painter, picture, printout
from journey.problem import JourneyError
from journey.query import Query
from journey.query.file import Column
from journey.scope import Scope

POLISH = Formats("pl-PL", "PLN")
PERIOD = Period(dt.date(2026, 10, 1), dt.date(2026, 10, 28))
QUERY = Query(
    "a/b", Path("b.sql"), "table", "", "", "Zwroty <b>&\x00 Ґ", question="Ile?",
    owner="growth", description="Net of tax. " * 30, where="queries/a/b.sql",
    columns={"rate": Column("Udział", "percent")},
)  # fmt: skip
FRAME = pl.DataFrame(
    {"device": ["mobile", "<script>"] * 20, "rate": [0.5, None] * 20, "n": [*range(40)]}
)
ABOUT = abouts.about(
    Answer("a/b", PERIOD, frame=FRAME, complete_through=PERIOD.last, reads=("orders",)),
    QUERY, Scope(PERIOD), POLISH, "Europe/Warsaw",
)  # fmt: skip
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module", autouse=True)
def ended() -> Iterator[None]:
    yield
    painter._painter.child.stop()


def words(svg: str) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_a_table_is_drawn_with_what_it_is_and_how_much_is_left_out() -> None:
    grid = printout.grid(FRAME, QUERY, POLISH, "Europe/Warsaw", picture.ROWS)
    told = words(picture.table(ABOUT, grid))
    assert "Zwroty <b>& Ґ" in told and "Ile?" in told
    assert {"Phones", "50,0%", "–", "<script>", "Udział"} <= set(told)
    assert "and 10 more rows; CSV, Excel and Parquet have them all" in told
    assert any("queries/a/b.sql · owner growth · reads orders" in text for text in told)
    assert any(text.startswith("Net of tax.") for text in told)


def test_a_wide_table_makes_a_wide_picture_and_counts_what_has_no_room() -> None:
    wide = pl.DataFrame({f"column {n}": ["a long text in a cell " * 4] for n in range(12)})
    grid = printout.grid(wide, QUERY, POLISH, "Europe/Warsaw", picture.ROWS)
    drawn = ElementTree.fromstring(picture.table(ABOUT, grid))
    assert picture.WIDTH < float(drawn.get("width", 0)) <= picture.WIDEST
    rights = [float(line.get("x2", 0)) for line in drawn.iter(f"{SVG}line")]
    assert max(rights) <= picture.WIDEST - 2 * picture.MARGIN
    told = words(picture.table(ABOUT, grid))
    shown = sum(text.startswith("Column ") or text == "Column" for text in told)
    assert sum(text.endswith("…") for text in told) == shown == 4
    assert "and 8 more columns; CSV, Excel and Parquet have them all" in told


def test_a_chart_is_drawn_below_its_figure_and_is_sharp_on_a_slide() -> None:
    rows = pl.DataFrame({"a": ["x", "y"], "n": [3, 5]})
    roles = {"x": "a", "y": "n", "unit": "count"}
    spec = charts.draw("bar", rows, roles, picture.look(POLISH))
    svg = picture.chart(ABOUT, spec, picture.Headline("62,1%", "was 60,0%"))
    told = words(svg)
    assert {"62,1%", "was 60,0%", "x", "5"} <= set(told)
    image = Image.open(io.BytesIO(painter.png(svg)))
    height = float(ElementTree.fromstring(svg).get("height", 0))
    assert image.size == (2 * picture.WIDTH, round(2 * height))
    assert image.getpixel((4, 4)) == (255, 255, 255)


def test_an_svg_carries_the_letters_it_needs_and_no_more() -> None:
    plain = picture.chart(abouts.About("Zwroty", "", "", PERIOD, "", "", "", "", "", (),
                                       "", "", ()), None)  # fmt: skip
    assert "<style>" not in plain
    latin = picture.with_fonts(plain)
    assert latin.count("@font-face") == 1
    more = picture.with_fonts(plain.replace("Zwroty", "Łódź Ґ"))
    assert more.count("@font-face") == 3
    assert "U+0400-04ff" in more
    ElementTree.fromstring(more)


@pytest.mark.parametrize(
    "spec",
    [
        {"mark": "nonsense", "data": {"values": [{}]}},
        {"mark": "point", "data": {"url": "http://127.0.0.1:9/rows.json"}},
        {"mark": "point", "data": {"url": "/etc/hostname"}},
    ],
)
def test_what_cannot_be_drawn_is_told_and_nothing_is_fetched(spec: dict[str, Any]) -> None:
    with pytest.raises(JourneyError) as error:
        painter.svg(spec)
    (problem,) = error.value.problems
    assert problem.where == "the picture" and problem.found


def test_a_process_that_ended_is_started_again() -> None:
    spec: dict[str, Any] = painter.SMALLEST
    assert painter.svg(spec).startswith("<svg")
    first = painter._painter.child.process
    assert first is not None
    first.kill()
    first.wait()
    assert painter.svg(spec).startswith("<svg")
    assert painter._painter.child.process is not first


def test_a_picture_that_takes_too_long_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = painter.Painter()
    monkeypatch.setattr(painter, "SECONDS", 0.01)
    with pytest.raises(JourneyError, match="not finished"):
        own.ask({"spec": painter.SMALLEST})
    assert own.child.process is None


def test_the_process_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_SECRET", "s")
    assert "SHOP_SECRET" not in processes.environment()
