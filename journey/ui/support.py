"""The sections of the Support page: waiting, coming back, asking, and what it costs."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from journey import charts, data
from journey.answer import Answer, Period
from journey.charts import Look, Spec
from journey.formats import Formats
from journey.query.file import Column
from journey.scope import Scope
from journey.ui import channel_grid, component, drawer, problems, service, tables
from journey.ui.cards import figures, notes
from journey.ui.figure import sentence

CONTACTS = "support/contacts"
WAITS = "support/waits_by_channel"
HOURS = "support/hours_of_week"
BOT = "support/bot_outcomes"
ASKED = ("support/reasons_per_100_orders", "support/reasons")
"""What people ask; orders carry no contact channel, so the second stands in for it."""
GRID = "support/channels_by_stage"
PARTS = "support/effort_parts"
WEIGHTS = "data/effort_weights"
AGAIN = "retention/second_order_90_days"
WAITED = (
    "support/first_response", "support/first_response_business", "support/never_answered"
)  # fmt: skip
BACK = (
    "support/first_contact_resolution", "support/repeat_contact_rate",
    "support/reopen_rate", "support/transfer_rate", "support/channel_switch_rate",
    "support/second_channel_rate",
)  # fmt: skip
PLACED = frozenset({WAITS, HOURS, BOT, *ASKED, GRID, PARTS, *BACK[1:]})
"""Queries of the folder that a section shows."""
QUARTER, YEAR = 91, 364
"""Days that small groups need: whole weeks, so that every weekday counts alike."""
COUNTED = frozenset(
    {"timed", "timed_in_office", "judged", "placed", "orders", "asked", "buyers_to_be"}
)
"""Columns that only say how many units are behind others: the download has them."""


def sections(scope: Scope) -> None:
    """Draw what a service lead asks, in the order of the questions."""
    if data.glance(CONTACTS, data.unfiltered(scope.period)).absence:
        return
    year = longer(scope, YEAR)
    chosen = scope.period
    _waits(longer(scope, QUARTER), chosen)
    _hours(year, chosen)
    left, right = st.columns(2)
    with left:
        _come_back(scope)
    with right:
        _bot(year, chosen)
    _questions(year, chosen)
    _channels(year, chosen)
    _effort(year, chosen)


def longer(scope: Scope, days: int) -> Scope:
    """Return the scope over at least so many days, up to the same last one."""
    first = scope.period.last - dt.timedelta(days - 1)
    if scope.period.first <= first:
        return scope
    return replace(scope, period=Period(first, scope.period.last), comparison=None)


def covered(scope: Scope, chosen: Period, formats: Formats) -> str:
    """Return the days of a section, and why they are more than those chosen above."""
    days = formats.day_range(scope.period.first, scope.period.last)
    if scope.period == chosen:
        return days
    whole = "a year" if scope.period.days == YEAR else "three months"
    return f"{days}: {whole}, as {formats.days(chosen.days)} have too few contacts to split"


# ------------------------------------------------------------------ sections


def _waits(scope: Scope, chosen: Period) -> None:
    with _section("waits", "How long do people wait?", scope, chosen):
        answer = _framed(WAITS, scope)
        if answer is None or answer.frame is None:
            return
        wall, office, never = (data.glance(name, scope).measure for name in WAITED)
        _say(service.waiting(wall, office, never, data.formats()))
        _table(answer, scope)


def _hours(scope: Scope, chosen: Period) -> None:
    with _section(
        "hours", "When do they write, and when does nobody answer?", scope, chosen
    ):
        answer = _framed(HOURS, scope)
        if answer is None or answer.frame is None:
            return
        rows, formats = answer.frame, data.formats()
        _say(service.lagging(rows, formats))
        closed = st.expander("Hour by hour", key="open_hours", on_change="rerun")
        if closed.open:
            with closed:
                _week(rows, scope, formats)
        _foot(answer, scope)


def _week(rows: pl.DataFrame, scope: Scope, formats: Formats) -> None:
    """Draw the hours of the week: who writes, who is answered, and how many in time."""
    top = float(max(*rows["contacts"], *rows["answers"]))
    drawn = (
        ("contacts", "People write", "count", top),
        ("answers", "First answers are given", "count", top),
        ("in_time", "Answered within 4 hours", "percent", None),
    )
    for place, (column, title, unit, end) in zip(st.columns(3), drawn, strict=True):
        with place:
            st.markdown(f"**{title}**")
            _heat(column, unit, end, scope)
    st.caption(
        "The first two count contacts on one colour scale, from 0 to "
        f"{formats.number(top)}. The third is the share of those who wrote then, "
        "faintest where fewest were answered. A dash: fewer than 30 wrote."
    )


def _heat(column: str, unit: str, top: float | None, scope: Scope) -> None:
    def build(look: Look) -> Spec | None:
        query, answer = data.query(HOURS), data.answer(HOURS, scope)
        if query is None or answer.frame is None:
            return None
        roles = {"x": "part_of_day", "y": "weekday", "colour": column, "unit": unit,
                 "columns": query.columns, "top": top}  # fmt: skip
        return charts.draw("heat_map", answer.frame, roles, look)

    drawn = data.spec(f"heat {column}", HOURS, scope, build)
    if drawn is None:
        st.caption("Fewer than 30 in every cell.")
    else:
        st.vega_lite_chart(drawn, theme=None, key=f"chart_hours_{column}")


def _come_back(scope: Scope) -> None:
    shown = {
        "figures": figures(BACK, scope), "title": "Do they have to come back?",
        "text": "A click shows trend, parts and source.",
    }  # fmt: skip
    with st.container(border=True, key="card_back", height="stretch"):
        act = component.rows(shown, "rows_back")
    if act:
        drawer.measure(act[1], scope)


def _bot(scope: Scope, chosen: Period) -> None:
    with _section("bot", "What does the bot truly solve?", scope, chosen):
        answer = _framed(BOT, scope)
        if answer is None or answer.frame is None:
            return
        rows, formats = answer.frame, data.formats()
        _say(service.claimed(rows, data.settings().costs, formats))
        drawn = charts.draw(
            "bar", rows.drop_nulls(), {"x": "outcome", "y": "share", "unit": "percent"},
            data.look(),
        )  # fmt: skip
        if drawn is not None:
            st.vega_lite_chart(drawn, theme=None, key="chart_bot")
        _foot(answer, scope)


def _questions(scope: Scope, chosen: Period) -> None:
    with _section("questions", "What do they ask, and before which orders?", scope, chosen):
        known = [name for name in ASKED if not data.answer(name, scope).absence]
        answer = _framed(known[0] if known else ASKED[-1], scope)
        if answer is None or answer.frame is None:
            return
        _say(service.asked(answer.frame, data.formats()))
        _table(answer, scope)


def _channels(scope: Scope, chosen: Period) -> None:
    title = "By which channel, at which stage, and do they buy afterwards?"
    with _section("channels", title, scope, chosen):
        answer = _framed(GRID, scope)
        if answer is None or answer.frame is None:
            return
        shown, formats = channel_grid.grid(answer.frame, data.formats()), data.formats()
        if not shown["rows"]:
            st.caption("Nobody knows who asked, so no contact belongs to a stage.")
            return
        st.caption(
            "Each cell: contacts, the wait of half of them at most, and how many bought "
            "afterwards: in 7 days at the first two stages, again in 90 days at the rest. "
            "Stronger colour: more contacts. A dash or too few: fewer than 30 to tell it "
            "from; withheld: fewer than 5 people, or a neighbour of such a cell."
        )
        component.grid(shown, "grid_channels")
        if rest := channel_grid.unplaced(answer.frame):
            st.caption(f"{formats.counted(rest, 'contact')} more: nobody knows who asked.")
        _foot(answer, scope)


def _effort(scope: Scope, chosen: Period) -> None:
    left, right = st.columns(2)
    answer, query = data.answer(AGAIN, scope), data.query(AGAIN)
    with left, _section("effort", "Do they order again after much effort?"):
        notes(answer)
        parts = answer.measure.parts.get("effort_band", ()) if answer.measure else ()
        if query is None or not parts:
            why = answer.absence or "too few first orders to tell groups apart"
            st.caption(sentence(why))
        else:
            _say(service.ordered_again(parts, data.formats()))
            drawer.breakdown(AGAIN, scope, query, "effort_band", key="effort")
            drawer.foot(query, answer, scope, "effort")
    with right, _section("effort_parts", "What is effort made of?", scope, chosen):
        found = _framed(PARTS, scope)
        if found is not None and found.frame is not None:
            _weighed(found, scope)


def _weighed(answer: Answer, scope: Scope) -> None:
    """Draw the signs of effort with how often each occurs and what it weighs."""
    weights = {
        row["indicator"]: row for row in data.table(WEIGHTS).to_dicts()
    }  # fmt: skip
    query = data.query(PARTS)
    if query is None or answer.frame is None:
        return
    columns = {**query.columns, "points": Column("Points", "number")}
    rows = service.weighed(answer.frame, weights)
    tables.show(rows, replace(query, columns=columns), PARTS)
    formats = data.formats()
    base, high = (weights.get(key, {}).get("points") for key in ("contact", "high_from"))
    told = [
        f"Every contact counts {formats.number(base)}, each sign adds its points."
        if base is not None else "",
        f"From {formats.number(high)} points in the 30 days after an order its effort is "
        "much." if high is not None else "",
        "The points are a choice, no finding: change them in "
        "`queries/marts/effort_weights.sql` and build again.",
    ]  # fmt: skip
    st.caption(" ".join(filter(None, told)))
    _foot(answer, scope)


# ------------------------------------------------------------------ frames


def _section(
    key: str, title: str, scope: Scope | None = None, chosen: Period | None = None
) -> Any:
    """Return the frame of a section, its title and the days it covers written."""
    frame = st.container(border=True, key=f"card_{key}", height="stretch")
    with frame:
        st.markdown(f"#### {title}")
        if scope is not None:
            st.caption(covered(scope, chosen or scope.period, data.formats()))
    return frame


def _framed(name: str, scope: Scope) -> Answer | None:
    """Return a result with rows; else draw why there is none."""
    answer = data.answer(name, scope)
    if answer.problem is not None:
        problems.show([answer.problem], "This file needs a hand", f"support_{name}")
        return None
    if answer.frame is None or answer.frame.is_empty():
        st.caption(sentence(answer.absence or "No rows in these days and segments"))
        return None
    return answer


def _say(text: str) -> None:
    if text:
        st.markdown(problems.plain(text))


def _table(answer: Answer, scope: Scope) -> None:
    """Draw the rows without the columns that only say how many are behind others."""
    if answer.frame is None:
        return
    shown = answer.frame.drop(COUNTED & set(answer.frame.columns))
    query = data.query(answer.name)
    tables.show(shown, query, answer.name)
    if told := tables.dashes(answer.frame, query):
        st.caption(told)
    _foot(answer, scope)


def _foot(answer: Answer, scope: Scope) -> None:
    notes(answer)
    query = data.query(answer.name)
    if query is not None:
        drawer.foot(query, answer, scope)
