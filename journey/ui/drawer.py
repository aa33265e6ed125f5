"""The drawer of one query: trend, parts, definition, where it comes from, downloads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
import streamlit as st

from journey import charts, data, words
from journey.address import known
from journey.answer import Answer, Part
from journey.charts import Look, Spec
from journey.findings import concentration, leaks as search
from journey.findings.concentration import Loss
from journey.formats import Formats
from journey.query import Query
from journey.query.file import Column
from journey.scope import Scope
from journey.ui import address, beside, downloads, noted, problems, tables, visit
from journey.ui.figure import figure, sentence

OPEN, BY = "open", "open_by"
"""Names in the address: the figure that is open, and what it is broken down by."""


def measure(name: str, scope: Scope) -> None:
    """Open the drawer of one query on the right side."""
    query = data.query(name)
    if visit.is_one() and (query is None or query.topic != address.page()):
        st.toast("What is shared is what the page shows.")
        return
    title = query.title if query else name
    address.tell(OPEN, name)
    shown = problems.plain(title)
    st.dialog(shown, width=820, position="right", on_dismiss=_closed)(_contents)(
        name, scope
    )


def begin(page: str) -> None:
    """Refuse a link that opens the drawer of what this page does not show."""
    for name in address.given(OPEN)[-1:]:
        query = data.query(name)
        is_here = query is not None and (page == "segments" or query.topic == page)
        if query is None or not is_here or query.kind not in ("measure", "period"):
            address.misread(f"This page opens no figure {address.named([name])}.")
            address.tell(OPEN)
    if OPEN in known(page) and not address.held(OPEN):
        address.tell(BY)


def asked(names: Collection[str]) -> str | None:
    """Return which of these figures the address says is open."""
    held = address.held(OPEN)[-1:]
    return next((name for name in held if name in names), None)


def _closed() -> None:
    address.tell(OPEN)
    address.tell(BY)


def _contents(name: str, scope: Scope) -> None:
    query, answer = data.query(name), data.answer(name, scope)
    if answer.problem is not None:
        problems.show([answer.problem], "This file needs a hand", f"drawer_{name}")
        return
    if query is None:
        st.write(f"There is no query file named {name}.")
        return
    st.markdown(problems.plain(f"{query.question} {query.description}"))
    if answer.measure is None:
        st.info(
            sentence(answer.absence or "No rows in these days and segments"),
            icon=":material/link:",
        )
    else:
        headline(answer, query)
        details(name, scope, query)
    if query.caveat:
        st.caption(problems.plain(f"Mind: {query.caveat}"))
    if query.benchmark is not None:
        st.caption(
            problems.plain(
                f"Context: {query.benchmark} ({query.benchmark_source}). No target."
            )
        )
    if visit.is_one():
        return
    st.divider()
    downloads.draw(name, answer, scope, "drawer")
    provenance(query, answer)


def headline(answer: Answer, query: Query) -> None:
    """Write the figure, its change and its interval in one line."""
    shown = figure(answer, query, data.formats(), data.settings().targets.get(answer.name))
    if not shown["value"]:
        st.info(shown["message"])
        return
    words_ = [counted(answer, query), shown["change"], shown["was"], shown["interval"],
              shown["note"]]  # fmt: skip
    rest = " · ".join(word for word in words_ if word)
    with st.container(key="figure"):
        st.markdown(f"## {problems.plain(shown['value'])}")
    st.caption(problems.plain(rest))
    for badge in answer.badges:
        st.badge(badge.text, color="orange")
        st.caption(problems.plain(badge.help))


def counted(answer: Answer, query: Query) -> str:
    """Return "54 of 125" of a share; of other units the parts are no count."""
    now = answer.measure.now if answer.measure else None
    if query.unit != "percent" or now is None or None in (now.numerator, now.denominator):
        return ""
    formats = data.formats()
    return f"{formats.number(now.numerator)} of {formats.number(now.denominator)}"


def details(name: str, scope: Scope, query: Query) -> None:
    """Draw the trend with its notes, what the figure is held against, the steps since
    entry, and one breakdown at a time."""
    trend(name, scope, query)
    answer = data.answer(name, scope)
    if answer.measure is None:
        return
    if not visit.is_one():  # what lies beside the days that are shared stays closed
        changes(name, scope)
        noted.listed(name, scope, answer)
        beside.table(name, scope, query)
    if answer.measure.steps:
        steps = answer.measure.steps
        drawn = data.spec(
            "since", name, scope, lambda look: charts.since_entry(steps, query.unit, look)
        )
        _chart(drawn, f"since_{name}")
    picked = column(name, scope, f"by_{name}", BY)
    breakdown(name, scope, query, picked, key=f"by_{name}")


def trend(name: str, scope: Scope, query: Query, height: int = 190) -> None:
    """Draw the days now over those before, with notes and events of these days."""
    target = data.settings().targets.get(name)
    marks = noted.marks(name, scope, data.glance(name, scope))

    def draw(look: Look) -> Spec | None:
        found = data.glance(name, scope).measure
        if found is None:
            return None
        return charts.trend(
            found, query.unit, look, target=target, height=height, marks=marks
        )

    drawn = data.spec(f"trend {height} {marks}", name, scope, draw)
    if drawn is None:
        absence = data.glance(name, scope).absence
        st.caption(sentence(absence or "Too few in every day and week for a line"))
    _chart(drawn, f"trend_{name}")


def changes(name: str, scope: Scope) -> None:
    """Write what began at this step within three days of a note; never why."""
    if name not in words.STEPS:
        return
    formats = data.formats()
    for leak in data.findings(scope).leaks:
        near = noted.told(leak.since, leak.cell, leak.step.stage)
        if leak.step.name == name and near:
            told = f"{search.title(leak, formats)}: {search.line(leak, formats)}."
            st.caption(problems.plain(f"{told} {' · '.join(near)}"))


def column(name: str, scope: Scope, key: str, param: str) -> str | None:
    """Draw the choice of a segment column, the one of most loss first; return it.

    `param`: its name in the address.
    """
    measure = data.answer(name, scope).measure
    query = data.query(name)
    columns = (
        concentration.ranked(measure, query.unit if query else None) if measure else []
    )
    if not columns:
        return None
    address.pick(param, f"{key}_{name}", columns, columns[0], "column")
    picked = st.pills(
        "By", columns, format_func=lambda c: words.SEGMENTS.get(c, c),
        required=True, key=f"{key}_{name}", label_visibility="collapsed",
    )  # fmt: skip
    address.picked(param, str(picked or columns[0]), columns[0])
    return str(picked or columns[0])


def breakdown(
    name: str, scope: Scope, query: Query, column: str | None, key: str,
    taken: bool = False,
) -> None:  # fmt: skip
    """Draw the values of one segment column, now and before; `taken`: with downloads, in
    a card of its own."""
    measure = data.answer(name, scope).measure
    if measure is None or column is None or column not in measure.parts:
        return
    parts, formats = measure.parts[column], data.formats()

    def draw(look: Look) -> Spec | None:
        named = [_named(part, words.value(column, part.label, formats)) for part in parts]
        return charts.segments(named, query.unit, look)

    drawn = data.spec(f"by {column}", name, scope, draw)
    if drawn is None:
        st.caption("Too few in every part for a figure.")
    _chart(drawn, f"{key}_{column}")
    if drawn is not None and (left_out := charts.not_drawn(parts)):
        st.caption(left_out)

    is_own = concentration.by_nature(column, query.unit)
    lost, apart = concentration.losses(parts), [] if is_own else concentration.gaps(parts)
    each = concentration.worth(data.Figures(scope), query) if lost or apart else None
    if each is not None:
        told = _cost(column, lost, apart, each, formats)
        st.caption(problems.plain(told))
    rows = table(parts, column, query, each, formats)
    closed = st.expander("As a table", key=f"{key}_{column}_open", on_change="rerun")
    if closed.open:
        with closed:
            tables.show(rows.frame, rows.query, f"{key}_{column}_table")
    if taken:
        downloads.rows(data.answer(name, scope), rows.frame, scope, key, rows.query, draw)


def _cost(
    column: str, lost: Sequence[Loss], apart: Sequence[Loss], each: float, formats: Formats
) -> str:
    """Return what the value costs that got worse most, else the one furthest behind."""
    worst, against = (
        (lost[0], "the days compared with") if lost else (apart[0], "all others")
    )
    worst = worst.worth(each)
    name = words.value(column, worst.label, formats)
    money = formats.estimate(worst.middle, worst.low, worst.high)
    return f"The largest loss against {against}: {name}, {money}, an estimate."


@dataclass(frozen=True)
class Rows:
    """Rows of a table and the labels of its columns."""

    frame: pl.DataFrame
    query: Query


def table(
    parts: Sequence[Part],
    column: str,
    query: Query,
    each: float | None,
    formats: Formats,
) -> Rows:
    """Return the values of a column with now, before, change and loss, dearest first."""
    lost = {loss.label: loss.middle for loss in concentration.losses(parts)}
    order = sorted(parts, key=lambda part: -lost.get(part.label, 0.0))
    frame = pl.DataFrame(
        {
            "name": [words.value(column, part.label, formats) for part in order],
            "now": [part.now.value for part in order],
            "before": [part.before.value if part.before else None for part in order],
            "interval": [formats.range(p.now.low, p.now.high, query.unit) for p in order],
            "units": [_units(part) for part in order],
            "loss": [_amount(lost.get(part.label), each) for part in order],
        },
        schema={"name": pl.String, "now": pl.Float64, "before": pl.Float64,
                "interval": pl.String, "units": pl.Float64, "loss": pl.Float64},
    )  # fmt: skip
    labels = {
        "name": Column(words.SEGMENTS.get(column, column)),
        "now": Column("Now", query.unit), "before": Column("Before", query.unit),
        "interval": Column("95% interval"), "units": Column("Counted", "count"),
        "loss": Column(f"Loss, {formats.money_label}", "money"),
    }  # fmt: skip
    known = [name for name in frame.columns if frame[name].null_count() < frame.height]
    title = f"{query.title} by {words.SEGMENTS.get(column, column).lower()}"
    told = replace(query, kind="table", title=title, columns=labels)
    return Rows(frame.select(known or ["name"]), told)


def _units(part: Part) -> float | None:
    now = part.now
    return now.denominator if now.denominator is not None else now.units


def _amount(units: float | None, each: float | None) -> float | None:
    return None if units is None or each is None else units * each


def foot(query: Query, answer: Answer, scope: Scope, key: str = "card") -> None:
    """Draw the foot of a card: where it comes from, and its downloads."""
    if visit.is_one():
        return
    with st.container(horizontal=True, gap="small", horizontal_alignment="distribute"):
        with st.popover("Where it comes from", type="tertiary", icon=":material/info:"):
            provenance(query, answer)
        downloads.draw(query.name, answer, scope, key)


def provenance(query: Query, answer: Answer) -> None:
    """Write file, owner, freshness and SQL of one answer."""
    formats, through = data.formats(), answer.complete_through
    facts = {
        "File": f"`{query.where}`",
        "Owner": problems.plain(query.owner or "nobody"),
        "Reads": ", ".join(f"`{mart}`" for mart in answer.reads) or "–",
        "Complete to": formats.day_range(through) if through else "–",
        "Rows": problems.plain(query.grain or "–"),
    }
    st.markdown("  \n".join(f"**{name}:** {value}" for name, value in facts.items()))
    if answer.hidden:
        cells = formats.counted(answer.hidden, "cell")
        st.caption(f"{cells} withheld for counting too few people.")
    if data.reader().may("analyst"):
        st.code(query.sql.strip(), language="sql", height=320)


def _named(part: Part, label: str) -> Part:
    return Part(label, part.now, part.before, part.change, part.rest)


def _chart(spec: Spec | None, key: str, **more: Any) -> None:
    if spec is not None:
        st.vega_lite_chart(spec, theme=None, key=f"chart_{key}", **more)
