"""Cards: headline figures, lines of "More measures", charts and tables of queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from journey import charts, data
from journey.answer import Answer
from journey.charts import Look, Spec
from journey.query import Query
from journey.scope import Scope
from journey.ui import component, drawer, groups, problems, tables, trail
from journey.ui.figure import figure, sentence

WIDE = 7
"""Columns up to which a table stands in half of a page."""


def cards(names: Sequence[str], scope: Scope) -> None:
    """Draw headline cards in one row; a click opens the drawer of that measure."""
    if not names:
        return
    clicked = component.figure_cards(figures(names, scope), _key(names))
    if opened := clicked or drawer.asked(names):
        drawer.measure(opened, scope)


def measure_rows(
    names: Sequence[str], scope: Scope, title: str = "More measures", key: str = "more"
) -> None:
    """Draw one line a measure under the heading of its group, closed on a phone; a click
    opens its drawer."""
    if not names:
        return
    known = data.library().queries
    groups = {name: known[name].group if name in known else "" for name in names}
    order = list(dict.fromkeys(groups.values()))
    rows = sorted(names, key=lambda name: order.index(groups[name]))
    shown = {
        "figures": figures(rows, scope), "groups": [groups[name] for name in rows],
        "title": title, "closable": True, "text": "a click shows trend, parts and source",
    }  # fmt: skip
    with st.container(border=True, key=f"card_{key}"):
        act = component.rows(shown, f"rows_{key}")
    if opened := act[1] if act else drawer.asked(names):
        drawer.measure(opened, scope)


def figures(names: Sequence[str], scope: Scope) -> list[dict[str, Any]]:
    """Return the figures of several measures, in their order."""
    formats, targets = data.formats(), data.settings().targets
    data.prepare(names, scope)
    shown = [
        figure(data.glance(name, scope), data.query(name), formats, targets.get(name))
        for name in names
    ]
    if scope.segment is not None:
        for one in shown:
            one["note"] = groups.told(one["key"], scope, formats) or one["note"]
    return shown


def query_cards(names: Sequence[str], scope: Scope) -> None:
    """Draw chart and table queries side by side, two in a row; a wide one alone."""
    waiting: list[str] = []
    for name in names:
        waiting.append(name)
        if _is_wide(name, scope):
            _row(waiting[:-1], scope)
            _row([name], scope)
            waiting = []
        elif len(waiting) == 2:
            _row(waiting, scope)
            waiting = []
    _row(waiting, scope)


def _is_wide(name: str, scope: Scope) -> bool:
    query = data.query(name)
    if query is None or query.kind != "table" or len(query.columns) <= WIDE:
        return False
    rows = data.answer(name, scope).frame
    return rows is None or rows.width > WIDE


def _row(names: Sequence[str], scope: Scope) -> None:
    for column, name in zip(st.columns(len(names)) if names else (), names, strict=True):
        with column:
            card(name, scope)


def card(name: str, scope: Scope) -> None:
    """Draw whatever a query answers as one card: figure, chart, table or problem."""
    query, answer = data.query(name), data.answer(name, scope)
    if query is not None and query.kind in ("measure", "period"):
        cards([name], scope)
        return
    with st.container(border=True, key=f"card_{name}", height="stretch"):
        about = problems.plain(query.description) if query else ""
        title = problems.plain(query.title if query else name)
        st.markdown(f"#### {title}", help=about or None)
        if query is not None and query.question:
            st.caption(problems.plain(query.question))
        body(name, answer, scope)
        if query is not None:
            drawer.foot(query, answer, scope)


def body(name: str, answer: Answer, scope: Scope, height: int | None = None) -> None:
    """Draw the result of one query without its frame; a chart as tall as it is told."""
    query = data.query(name)
    if answer.problem is not None:
        problems.show([answer.problem], "This file needs a hand", f"body_{name}")
        return
    if answer.frame is None or answer.frame.is_empty():
        st.caption(sentence(answer.absence or "No rows in these days and segments"))
        return
    if not trail.seen(answer, scope):
        return
    if query is None or query.kind != "chart":
        tables.show(answer.frame, query, name)
        if dashes := tables.dashes(answer.frame, query):
            st.caption(dashes)
        notes(answer)
        return
    drawn = data.spec(
        query.chart.type if query.chart else "bar", name, scope, _draw(name, scope)
    )
    if drawn is None:
        st.caption("Nothing to draw: every value is empty.")
    else:
        tall = {"height": height} if height else {}
        _chart(query, {**drawn, **tall}, answer)
        marked = charts.BEFORE.get(query.chart.type) if query.chart else None
        if marked and _past(query, scope) is not None:
            st.caption(marked)
    notes(answer)


def _chart(query: Query, drawn: Spec, answer: Answer) -> None:
    """Draw a chart; bands need the width of a screen, so a phone lists them instead."""
    if query.chart is None or query.chart.type != "sankey" or answer.frame is None:
        st.vega_lite_chart(drawn, theme=None, key=f"chart_{query.name}")
        return
    with st.container(key=f"screen_{query.name}"):
        st.vega_lite_chart(drawn, theme=None, key=f"chart_{query.name}")
    with st.container(key=f"phone_{query.name}"):
        tables.show(answer.frame, query, query.name)


def notes(answer: Answer) -> None:
    """Write what belongs under a result: what sources say against its data, days left
    out, columns that stay empty."""
    if answer.badges:
        with st.container(horizontal=True, gap="small"):
            for badge in answer.badges:
                st.badge(badge.text, color="orange", help=problems.plain(badge.help))
    for note in answer.notes:
        st.caption(problems.plain(note))


def _draw(name: str, scope: Scope) -> Any:
    """Return what makes the chart, so that a cached one needs no answer at all."""

    def build(look: Look) -> Spec | None:
        query, answer = data.query(name), data.answer(name, scope)
        if query is None or query.chart is None:
            return None
        return charts.of_query(query, answer, look, _past(query, scope))

    return build


def _past(query: Query, scope: Scope) -> Answer | None:
    """Return the answer of the days compared with, where the chart draws them."""
    chart = query.chart
    if chart is None or not charts.compares(chart.type, chart.columns):
        return None
    return data.before(query.name, scope)


def _key(names: Sequence[str]) -> str:
    return f"headline_{names[0]}"
