"""The menu "Download" of a card: its answer as a file, made when it is clicked."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl
import streamlit as st

from journey import charts, data, kept
from journey.answer import Answer
from journey.charts import Look, Spec
from journey.days.comparison import Row
from journey.formats import Formats
from journey.output import about as abouts, export, painter, picture, printout
from journey.output.about import About
from journey.query import Query
from journey.query.catalog import catalog
from journey.scope import Scope
from journey.settings import Settings
from journey.ui import beside, problems, trail, visit
from journey.ui.figure import figure
from journey.warehouse import Snapshot

Kind = Literal["csv", "xlsx", "parquet", "png", "svg"]
KINDS: dict[Kind, tuple[str, str, str]] = {
    "csv": ("CSV", "text/csv", "Opens in a spreadsheet by a double click."),
    "xlsx": (
        "Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "Real numbers and days, with a sheet that says what they are.",
    ),
    "parquet": ("Parquet", "application/vnd.apache.parquet", "Typed, for programs."),
    "png": ("Picture (PNG)", "image/png", "For a slide or a message."),
    "svg": ("Picture (SVG)", "image/svg+xml", "Sharp at any size."),
}  # fmt: skip
"""Kind of file -> its name, its type and what it is for."""
COVERAGE = "awareness/coverage"
OF_VISITS = frozenset({"traffic", "sessions", "events"})
"""Marts of web analytics, which does not see every order."""


@dataclass(frozen=True)
class Card:
    """What a card shows, as of when it was drawn: a click comes from outside its page."""

    answer: Answer
    query: Query
    scope: Scope
    now: Snapshot | None
    settings: Settings
    formats: Formats
    about: About
    chart: Callable[[Look], Spec | None] | None
    is_kept: bool
    """Whether the answer is that of a query file, which can be asked again."""
    read: pl.DataFrame | None = None
    """Its rows as people read them, for a picture; None where their columns have units."""

    def file(self, kind: Kind) -> bytes:
        """Return the card as a file. Raises JourneyError where no picture can be made."""
        if kind in ("png", "svg"):
            drawn = self.picture()
            if kind == "png":
                return _png(drawn)
            return picture.with_fonts(drawn).encode()
        return export.to_bytes(
            self.answer, kind, self.formats, self.against(), self.about, self.query
        )

    def against(self) -> Sequence[Row]:
        """Return what a measure is held against; nothing of a typed text."""
        if self.answer.measure is None or self.now is None:
            return ()
        return beside.against(self.answer.name, self.scope, self.query, self.now).rows

    def before(self) -> Answer | None:
        """Return the same query over the days compared with, where its chart has them."""
        drawn, then, now = self.query.chart, self.scope.comparison, self.now
        if drawn is None or now is None or then is None or self.answer.compared is None:
            return None
        if not charts.compares(drawn.type, drawn.columns) or not self.is_kept:
            return None
        asked = dataclasses.replace(self.scope, period=then, comparison=None)
        return kept.answer(kept.asked(now, self.answer.name, asked, None, True))

    def picture(self) -> str:
        """Return the card as SVG: figure and trend, chart, or rows."""
        look, answer = picture.look(self.formats), self.answer
        if answer.measure is not None:
            shown = figure(answer, self.query, self.formats,
                           self.settings.targets.get(answer.name))  # fmt: skip
            return picture.chart(self.about, self._trend(look), _headline(shown))
        drawn, about = (self.chart(look) if self.chart else None), self.about
        if drawn is None and self.query.chart is not None:
            before = self.before()
            drawn = charts.of_query(self.query, answer, look, before)
            marked = charts.BEFORE.get(self.query.chart.type) if before else None
            if marked:
                said = (marked, *about.coverage)
                about = dataclasses.replace(about, coverage=said)
        if drawn is not None or answer.frame is None:
            return picture.chart(about, drawn)
        zone = self.settings.reporting.time_zone
        frame = answer.frame if self.read is None else self.read
        rows = printout.grid(frame, self.query, self.formats, zone, picture.ROWS)
        return picture.table(self.about, rows)

    def _trend(self, look: Look) -> Spec | None:
        if self.chart is not None:
            return self.chart(look)
        if self.answer.measure is None:
            return None
        target = self.settings.targets.get(self.answer.name)
        return charts.trend(self.answer.measure, self.query.unit, look, target=target)


def draw(
    name: str,
    answer: Answer,
    scope: Scope,
    key: str,
    query: Query | None = None,
    chart: Callable[[Look], Spec | None] | None = None,
    compares: bool | None = None,
    read: pl.DataFrame | None = None,
) -> None:
    """Draw one menu with every kind of file; nothing where there is nothing to take.

    `name` is what the file is called after where no query file is (a typed text), `key`
    tells two menus of one answer on a page apart. `query`: title, definition and labels
    where they are not those of the query file. `chart`: what the picture shows instead of
    the query's own chart, a measure's trend or the rows. `compares`: whether the card
    shows the days compared with, where the query does not tell. `read`: the rows as texts
    for a picture, where one column holds several units.
    """
    query = query or data.query(name)
    if visit.is_one() or query is None:
        return
    if answer.measure is None and answer.frame is None:
        return
    drawn = query

    @st.fragment(key=f"downloads_part_{key}_{name}")
    def menu() -> None:
        if not data.is_for_reader():
            st.rerun()
        opened = st.popover(
            "Download", type="tertiary", icon=":material/download:", on_change="rerun",
            key=f"downloads_{key}_{name}",
        )  # fmt: skip
        if not opened.open:  # what nobody opens costs a page nothing
            return
        painter.start()
        card = _card(answer, scope, drawn, chart, compares, read)
        with opened, st.container(gap=None):
            if refused := trail.refusal():
                st.caption(problems.plain(refused))
                return
            for kind in KINDS:
                _button(kind, name, card, key)

    menu()


def rows(
    answer: Answer,
    frame: pl.DataFrame,
    scope: Scope,
    key: str,
    query: Query,
    chart: Callable[[Look], Spec | None] | None = None,
    read: pl.DataFrame | None = None,
) -> None:
    """Draw the menu of rows that a page made of an answer; `query` has their labels,
    `read` is the rows as texts."""
    made = dataclasses.replace(answer, measure=None, frame=frame, absence=None)
    plain = dataclasses.replace(query, kind="table", chart=None)
    draw(answer.name, made, scope, key, plain, chart, compares=True, read=read)


def _button(kind: Kind, name: str, card: Card, key: str) -> None:
    label, mime, told = KINDS[kind]
    taken = trail.export(card.answer.name, card.scope, kind)

    def made() -> bytes:
        file = card.file(kind)
        taken.write(card.answer.frame.height if card.answer.frame is not None else 1)
        return file

    st.download_button(
        label, made, mime=mime, file_name=card.about.file_name(kind), help=told,
        on_click="ignore", key=f"download_{kind}_{key}_{name}", type="tertiary",
        width="stretch",
    )  # fmt: skip


def _card(
    answer: Answer,
    scope: Scope,
    query: Query,
    chart: Callable[[Look], Spec | None] | None,
    compares: bool | None = None,
    read: pl.DataFrame | None = None,
) -> Card:
    now, formats, settings = data.snapshot(), data.formats(), data.settings()
    group = data.query(scope.segment) if scope.segment else None
    columns = catalog(kept.reader(now)).columns(answer.reads) if now else None
    told = abouts.about(
        answer, query, scope, formats, settings.reporting.time_zone, group=group,
        snapshot=data.about(), columns=columns, compares=compares,
        more=coverage(answer, scope, formats),
    )  # fmt: skip
    return Card(
        answer, query, scope, now, settings, formats, told, chart,
        is_kept=data.query(answer.name) is not None, read=read,
    )  # fmt: skip


def coverage(answer: Answer, scope: Scope, formats: Formats) -> list[str]:
    """Return which share of orders web analytics saw, where the figures rest on it."""
    if not OF_VISITS & set(answer.reads):
        return []
    seen = data.glance(COVERAGE, dataclasses.replace(scope, segment=None)).measure
    if seen is None or seen.now.value is None:
        return []
    return [f"Web analytics saw {formats.percent(seen.now.value, 0)} of own-shop orders."]


def _headline(shown: dict[str, object]) -> picture.Headline:
    value = str(shown["value"] or "") or str(shown.get("message", ""))
    parts = [str(shown.get(key) or "") for key in ("change", "was", "interval")]
    return picture.Headline(value, " · ".join(part for part in parts if part))


@kept.kept(32)
def _png(drawn: str) -> bytes:
    return painter.png(drawn)
