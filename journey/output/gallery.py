"""The pictures of docs/charts.md, each drawn from the query file beside it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from journey import charts, warehouse
from journey.answer import Answer
from journey.charts import LIGHT, Look, Spec
from journey.figures import published
from journey.figures.published import Figures
from journey.formats import Formats
from journey.home import PROJECT, Home
from journey.output import painter
from journey.problem import JourneyError, Problem
from journey.query import Library, Query
from journey.query.file import parse

PAGE = PROJECT / "docs" / "charts.md"
FOLDER = PROJECT / "docs" / "charts"
WIDTH = 640
COLOURS = 48
"""Colours of a picture: as many as a quiet chart needs, for a small file."""


def queries(text: str) -> Mapping[str, Query]:
    """Return the query file of each type that the page shows. Raises JourneyError."""
    blocks = re.findall(
        r"^## `(\w+)`\n.*?^```sql\n(.*?)^```", text, re.DOTALL | re.MULTILINE
    )
    return {kind: parse(sql, f"docs/{kind}", "docs/charts.md", own=False)
            for kind, sql in blocks}  # fmt: skip


def write(home: Home) -> Iterator[str]:
    """Draw every picture and yield its file; none of a shop that is not the invented one,
    none while nothing is published. Raises JourneyError."""
    if warehouse.current(home) is None:
        return
    figures = published.figures(home)
    about = figures.answer("data/snapshot").frame
    if about is None or not about["is_sample"].any():
        return
    FOLDER.mkdir(exist_ok=True)
    for kind, picture in pictures(figures):
        (FOLDER / f"{kind}.png").write_bytes(picture)
        yield f"docs/charts/{kind}.png"


def pictures(figures: Figures) -> Iterator[tuple[str, bytes]]:
    """Yield each type with its picture, over the figures' scope. Raises JourneyError."""
    found = queries(PAGE.read_text("utf-8"))
    own = replace(figures, library=Library({q.name: q for q in found.values()}))
    for kind, query in found.items():
        yield kind, small(painter.png(painter.svg(drawn(own, query))))


def drawn(figures: Figures, query: Query) -> Spec:
    """Return the chart of a query, light and in English. Raises JourneyError."""
    formats = Formats("en-GB", figures.settings.reporting.currency)
    answer, before = _answered(figures, query), None
    scope = figures.scope
    if query.chart and charts.compares(query.chart.type, query.chart.columns):
        then = replace(scope, period=scope.period.before(), comparison=None)
        before = _answered(replace(figures, scope=then), query)
    spec = charts.of_query(query, answer, Look(LIGHT, formats), before)
    if spec is None:
        raise JourneyError(
            Problem(query.where, f"{query.title}: nothing to draw", "rows in these days",
                    "build the sample shop first: python -m journey demo")
        )  # fmt: skip
    fitted = {"type": "fit-x", "contains": "padding"}
    return {**spec, "width": WIDTH, "background": LIGHT.card, "autosize": fitted}


def _answered(figures: Figures, query: Query) -> Answer:
    answer = figures.answer(query.name)
    if answer.problem is not None:
        raise JourneyError(answer.problem)
    return answer


def small(picture: bytes) -> bytes:
    """Return a PNG with few colours, a third of its size."""
    from PIL import Image

    drawn = Image.open(io.BytesIO(picture)).quantize(COLOURS)
    found = io.BytesIO()
    drawn.save(found, "PNG", optimize=True)
    return found.getvalue()
