"""docs/charts.md: every type with a query file that runs and a picture made of it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import vl_convert
from PIL import Image

from journey.charts import KINDS
from journey.check import check
from journey.figures import published
from journey.figures.published import Figures
from journey.home import Home
from journey.output import gallery
from journey.problem import JourneyError
from journey.query import Library
from journey.query.chart import TYPES

TEXT = gallery.PAGE.read_text("utf-8")
QUERIES = gallery.queries(TEXT)


@pytest.fixture(scope="module")
def figures(sample_home: Home) -> Iterator[Figures]:
    yield published.figures(sample_home)


def test_every_type_has_its_file_and_is_asked_for_by_it() -> None:
    assert set(QUERIES) == set(TYPES) == set(KINDS)
    assert [query.chart and query.chart.type for query in QUERIES.values()] == list(QUERIES)


def test_the_files_have_no_problem(figures: Figures) -> None:
    library = Library({query.name: query for query in QUERIES.values()})
    assert check(library, figures.reader) == []


@pytest.mark.parametrize("kind", QUERIES)
def test_each_file_draws_its_chart_of_the_sample_shop(kind: str, figures: Figures) -> None:
    own = Figures(figures.reader, Library({q.name: q for q in QUERIES.values()}),
                  figures.settings, figures.scope)  # fmt: skip
    spec = gallery.drawn(own, QUERIES[kind])
    svg = vl_convert.vegalite_to_svg(json.dumps(spec, allow_nan=False), "6.4")
    assert svg.count("<path") + svg.count("<text") > 3


@pytest.mark.parametrize("kind", QUERIES)
def test_each_picture_is_small_and_shown(kind: str) -> None:
    path = gallery.FOLDER / f"{kind}.png"
    assert f"](charts/{kind}.png)" in TEXT
    assert path.stat().st_size < 40_000
    with Image.open(path) as picture:
        assert picture.width == 2 * gallery.WIDTH


def test_pictures_are_never_made_of_a_real_shop(
    figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = figures.answer("data/snapshot").frame
    assert about is not None and about["is_sample"].all()
    real = about.with_columns(is_sample=False)

    class Real:
        def answer(self, name: str) -> object:
            return type("Answer", (), {"frame": real})

    monkeypatch.setattr(published, "figures", lambda home: Real())
    monkeypatch.setattr(gallery.warehouse, "current", lambda home: True)
    assert list(gallery.write(Home(gallery.FOLDER))) == []


def test_a_file_without_rows_says_so(figures: Figures) -> None:
    query = QUERIES["line"]
    nothing = query.sql.replace("where counts", "where false")
    empty = gallery.parse(nothing, query.name, own=False)
    own = Figures(figures.reader, Library({empty.name: empty}), figures.settings,
                  figures.scope)  # fmt: skip
    with pytest.raises(JourneyError, match="nothing to draw"):
        gallery.drawn(own, empty)
