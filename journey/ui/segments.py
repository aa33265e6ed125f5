"""The page Segments: two segments side by side, what differs and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
import streamlit as st

from journey import data, kept, words
from journey.answer import Answer
from journey.check import HEADLINES
from journey.figures.answers import Versus
from journey.findings import contrast, contrasted, leaks, mix
from journey.findings.contrast import GROUP, Order, Pair, Row
from journey.findings.contrasted import Names
from journey.query.file import Column
from journey.scope import Scope
from journey.ui import (
    address,
    all_values,
    component,
    downloads,
    drawer,
    groups,
    pairs,
    problems,
)

ORDER, ALL = "order", "all"
"""Names in the address."""
ORDERS = {"money": "By money", "journey": "In the order of the journey"}
NO_COLUMN = (
    "No column has two values to compare in these days and filters. Devices and channels "
    "come with web analytics, payment, delivery and customers with orders, contact "
    "channels with the helpdesk: the page Data says how to connect them."
)
OF_GROUPS = (
    "A group is whoever ever fits its rule, before or after these days: what the rule "
    "itself brings about is no difference of behaviour."
)
WARNINGS = 3
"""Warnings of the mix that are written; more of them are the same story."""


@dataclass(frozen=True)
class Figures(data.Figures):
    """The published figures, which can tell a named group from everyone else as well."""

    def versus(self, name: str, scope: Scope, split: bool = False) -> Versus:
        both = groups.versus(name, scope, split)
        nothing = Answer(name, scope.period, absence="nothing has been published yet")
        return both or Versus(nothing, nothing)


def segments(scope: Scope) -> None:
    """Draw the choices, the sentence, the rows, and all values of the column."""
    offer = pairs.offered(scope)
    if not set(offer.values) - {GROUP}:
        st.info(NO_COLUMN, icon=":material/link:")
    if not offer.values:
        return
    headlines, others = _measures()
    data.prepare([*headlines, *contrast.COUNTED], scope, split=True)
    pair = pairs.chosen(offer, lambda by: _usual(scope, offer, by))
    figures = Figures(pair.scope(scope))
    called = contrasted.names(pair, groups.titles(), data.formats())
    above, card = st.container(), st.container(border=True, key="card_rows")
    with card:
        order, is_all = _switches()
        names = [*headlines, *(others if is_all else ())]
        _prepare(figures, pair, names)
        rows = contrast.rows(figures, pair, names, offer.values[pair.by])
        found = contrast.priced(figures, rows)
        _rows(found, order, called, figures.scope, set(headlines))
    with above:
        _sentence(figures, scope, pair, called, found)
    if pair.by != GROUP:
        all_values.card(figures, pair.by, headlines)


def _rows(
    found: Sequence[Row], order: Order, called: Names, scope: Scope, headlines: set[str]
) -> None:
    first = [row for row in found if row.query.name in headlines]
    _list(first, order, called, scope, "Headlines")
    rest = [row for row in found if row.query.name not in headlines]
    if rest:
        _list(rest, order, called, scope, "More measures")
    _untold(found)
    tested = sum(row.p is not None for row in found)
    if tested:
        st.caption(
            "Coloured where the difference is beyond chance, corrected for "
            f"{data.formats().counted(tested, 'comparison')} (Benjamini and Hochberg, 5%). "
            "Money is an estimate of these days; amounts overlap and do not add up."
        )


def _measures() -> tuple[list[str], list[str]]:
    """Return headline measures and all others, both in the order of the journey."""
    headlines, others = [], []
    for stage in words.STAGES:
        found = [q for q in data.library().of(stage) if q.kind in ("measure", "period")]
        first = [q.name for q in found if q.headline][:HEADLINES]
        headlines += first
        others += [q.name for q in found if q.name not in first]
    return headlines, others


def _usual(scope: Scope, offer: pairs.Offer, by: str | None) -> Pair:
    """Return the pair to begin with: what costs most, else phones, else what there is."""
    able = [c for c in leaks.SCANNED if c in offer.values]
    columns = [by] if by else [c for c in able if c not in leaks.BY_NATURE]
    known = tuple(column for column in columns if column != GROUP)
    found = _dearest(scope, known) if known else None
    if found is not None and offer.has(found):
        return found
    phones = Pair("device", "mobile")
    if by in (None, "device") and offer.has(phones):
        return phones
    first = by or next(iter(offer.values))
    return Pair(first, offer.values[first][0])


def _dearest(scope: Scope, by: tuple[str, ...]) -> Pair | None:
    now = data.snapshot()
    return _kept((now, scope, by, kept.version(), kept.disk(data.home()).queries))


@kept.kept(200)
def _kept(key: tuple[Any, ...]) -> Pair | None:
    return contrast.dearest(data.Figures(key[1]), _measures()[0], key[2])


def _prepare(figures: Figures, pair: Pair, names: Sequence[str]) -> None:
    """Work out at once what the rows will ask for."""
    if pair.by != GROUP:
        data.prepare(names, figures.scope, split=True)
        return
    scope = replace(figures.scope, segment=pair.value)
    counted = [*names, *contrast.COUNTED]
    if pair.other is None:
        groups.prepare(counted, scope)
        return
    for name in (pair.value, pair.other):
        data.prepare(counted, replace(scope, segment=name))


def _sentence(
    figures: Figures, scope: Scope, pair: Pair, called: Names, found: Sequence[Row]
) -> None:
    """Write how large the segment is, what it does differently, and where the mix does."""
    formats = data.formats()
    text = contrasted.sentence(called, contrast.sizes(figures, pair), found, formats)
    with st.container(key="sentence"):
        st.markdown(problems.plain(text))
    if pair.by == GROUP:
        st.caption(OF_GROUPS)
    if pair.by in dict(scope.usual):
        st.caption(f"Every {pairs.called(pair.by).lower()} is compared here.")
    held = mix.explained(figures, pair, contrast.ordered(found, "money"))
    for one in held[:WARNINGS]:
        told = contrasted.warning(one, called, formats)
        st.warning(problems.plain(told), icon=":material/balance:")


def _switches() -> tuple[Order, bool]:
    """Draw order and reach of the list; return both, as the address keeps them."""
    address.pick(ORDER, "segments_order", ORDERS, "money", "order")
    address.flag(ALL, "segments_all")
    with st.container(
        horizontal=True, vertical_alignment="center", key="segments_switches"
    ):
        picked = st.segmented_control(
            "Order", list(ORDERS), format_func=ORDERS.__getitem__, required=True,
            key="segments_order", label_visibility="collapsed",
        )  # fmt: skip
        is_all = st.toggle("Show all measures", key="segments_all")
    order: Order = "journey" if picked == "journey" else "money"
    address.picked(ORDER, order, "money")
    address.picked(ALL, address.YES if is_all else "", "")
    return order, is_all


def _list(
    found: Sequence[Row], order: Order, called: Names, scope: Scope, title: str
) -> None:
    """Draw rows of both sides; a click opens the drawer of the measure."""
    formats, told = data.formats(), contrast.ordered(found, order)
    below = contrasted.shared(told) if len(told) > 1 else []
    shown = {
        "here": called.here, "there": called.there, "staged": order == "money",
        "rows": [contrasted.line(row, called, formats, below) for row in told],
        "empty": "No measure has a figure of both sides in these days.",
    }  # fmt: skip
    st.markdown(f"#### {title}")
    clicked = component.contrast(shown, f"contrast_{title}")
    if opened := clicked or drawer.asked([row.query.name for row in told]):
        drawer.measure(opened, scope)
    for note in below:
        st.caption(problems.plain(note))
    _take(told, called, scope, title)


def _take(told: Sequence[Row], called: Names, scope: Scope, title: str) -> None:
    """Draw the downloads of both sides, a row a measure."""
    shown = [row for row in told if row.is_told]
    if not shown:
        return
    labels = {
        "measure": Column("Measure"), "unit": Column("Unit"), "here": Column(called.here),
        "there": Column(called.there), "gap": Column("Difference"),
        "interval": Column("95% interval"),
        "gap_low": Column("Difference, at least"),
        "gap_high": Column("Difference, at most"), "p": Column("Corrected p-value"),
        "money": Column("Costs", "money"), "money_low": Column("Costs, at least", "money"),
        "money_high": Column("Costs, at most", "money"),
    }  # fmt: skip
    query = replace(
        shown[0].query, title=f"{called.here} and {called.there}: {title.lower()}",
        question="What do they do differently?", columns=labels, where="", owner="",
        description="Difference: the first less the second, with its 95% interval. The "
        "p-value is corrected for all that is compared (Benjamini and Hochberg). Costs are "
        "an estimate of these days; amounts overlap and do not add up.",
        caveat="", unit="number",
    )  # fmt: skip
    answers = [data.glance(row.query.name, scope) for row in shown]
    reads = tuple(dict.fromkeys(mart for one in answers for mart in one.reads))
    name = f"segments/{title.lower().replace(' ', '_')}"
    answer = Answer(name, scope.period, reads=reads)
    downloads.rows(
        answer,
        both(shown),
        scope,
        "segments",
        query,
        read=as_read([contrasted.line(row, called, data.formats()) for row in shown]),
    )


def as_read(lines: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Return both sides of every measure as the screen writes them."""
    return pl.DataFrame(
        [
            (one["title"], one["here"]["value"], one["there"]["value"], one["gap"],
             one["interval"], one["cost"])
            for one in lines
        ],
        dict.fromkeys(("measure", "here", "there", "gap", "interval", "money"), pl.String),
        orient="row",
    )  # fmt: skip


def both(rows: Sequence[Row]) -> pl.DataFrame:
    """Return both sides of every measure as numbers."""
    nothing = (None, None, None)
    return pl.DataFrame(
        [
            (row.query.title, row.query.unit, row.here and row.here.now.value,
             row.there and row.there.now.value,
             *((row.gap.absolute, row.gap.low, row.gap.high) if row.gap else nothing),
             row.p, *(row.cost or nothing))
            for row in rows
        ],
        {name: pl.String if name in ("measure", "unit") else pl.Float64
         for name in ("measure", "unit", "here", "there", "gap", "gap_low", "gap_high", "p",
                      "money", "money_low", "money_high")},
        orient="row",
    )  # fmt: skip


def _untold(found: Sequence[Row]) -> None:
    """Say why the other measures cannot be told, closed, one line a reason."""
    missing = contrast.untold(found)
    many = sum(len(rows) for rows in missing.values())
    if not many:
        return
    title = f"{data.formats().counted(many, 'measure')} cannot be compared: why"
    with st.expander(title, expanded=many == len(found)):
        for line in contrasted.reasons(missing):
            st.caption(problems.plain(line))
