"""The Drop-offs page: what got worse, what was always low, what is too small to tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from journey import data, words
from journey.answer import Answer
from journey.findings import leaks as search
from journey.findings.dropoff import Leak, Thin
from journey.formats import Formats
from journey.query import Query
from journey.query.file import Column
from journey.query.traits import FEWEST_PEOPLE
from journey.scope import NOT_SET, Scope
from journey.ui import actions, address, component, downloads, tables
from journey.ui.figure import sentence
from journey.ui.journey_view import unknowable, unseen

SHOWN = 12
STAGE, ALL = "stage", "all"
"""Name in the address, and what stands for every stage."""


def drop_offs(scope: Scope) -> None:
    """Draw both lists, dearest first; amounts overlap and are not added up."""
    worse, low = data.leaks(scope, "worse"), data.leaks(scope, "low")
    stage = _stage([*worse, *low])
    unknown = unknowable(data.Figures(scope))
    with st.container(border=True, key="card_worse"):
        _list(
            "Worse than before", of_stage(worse, stage), scope, "worse",
            "A change beyond chance, with the day it began where one can be told.", unknown,
        )  # fmt: skip
    with st.container(border=True, key="card_low"):
        _list(
            "Always low", of_stage(low, stage), scope, "low",
            "Where people go on less than the others do, now as before.", unknown,
        )  # fmt: skip
    for reason, steps in unseen(data.Figures(scope)).items():
        st.caption(f"Not looked at: {', '.join(steps)}. {sentence(reason)}")
    closed = st.expander("Too small to judge yet", key="too_small", on_change="rerun")
    if closed.open:
        with closed:
            _too_small(scope, stage)


def _stage(leaks: Sequence[Leak]) -> str | None:
    """Draw the choice of a stage; None is all of them. A link may name one."""
    there = {leak.step.stage for leak in leaks}
    now = address.pick(STAGE, "stage_picked", [ALL, *words.STAGES], ALL, "stage")
    options = [ALL, *(stage for stage in words.STAGES if stage in (now, *there))]
    if len(options) < 3 and now == ALL:
        return None
    picked = st.segmented_control(
        "Stage", options, format_func=lambda one: words.STAGES.get(one, "All stages"),
        required=True, key="stage_picked", label_visibility="collapsed",
    )  # fmt: skip
    stage = str(picked or ALL)
    address.picked(STAGE, stage, ALL)
    return None if stage == ALL else stage


def _list(
    title: str, leaks: Sequence[Leak], scope: Scope, key: str, text: str, empty: str = ""
) -> None:
    formats = data.formats()
    shown = {
        "title": title, "ranked": True, "text": text,
        "rows": [line(leak, rank, formats) for rank, leak in enumerate(leaks[:SHOWN], 1)],
        "empty": empty or "Nothing beyond chance in these days and segments.",
    }  # fmt: skip
    act = component.rows(shown, f"leaks_{key}")
    if len(leaks) > SHOWN:
        more = formats.counted(len(leaks) - SHOWN, "smaller one")
        st.caption(f"{more} below these.")
    if leaks:
        _take(title, text, leaks, scope, key)
    if act:
        actions.leak(*act, scope)


def _take(title: str, text: str, leaks: Sequence[Leak], scope: Scope, key: str) -> None:
    """Draw the downloads of a list, all of its leaks with what they cost."""
    listed = replace(LISTED, name=f"data/drop_offs_{key}", title=title, question=text)
    steps = tuple(dict.fromkeys(leak.step.name for leak in leaks))
    reads = [mart for name in steps for mart in data.glance(name, scope).reads]
    answer = Answer(
        listed.name, scope.period, scope.comparison,
        frame=leaks_frame(leaks, data.formats()), reads=tuple(dict.fromkeys(reads)),
    )  # fmt: skip
    downloads.draw(listed.name, answer, scope, "drop_offs", listed, compares=key == "worse")


def leaks_frame(leaks: Sequence[Leak], formats: Formats) -> pl.DataFrame:
    """Return one row a leak: what it is, its rates, since when, units and money lost."""
    nothing = (None, None, None)
    return pl.DataFrame(
        [
            (search.title(leak, formats), leak.step.stage, leak.reference.value,
             leak.now.value, leak.since, *leak.lost, *(leak.money or nothing))
            for leak in leaks
        ],
        {"leak": pl.String, "stage": pl.String, "was": pl.Float64, "now": pl.Float64,
         "since": pl.Date, "lost": pl.Float64, "lost_low": pl.Float64,
         "lost_high": pl.Float64, "money": pl.Float64, "money_low": pl.Float64,
         "money_high": pl.Float64},
        orient="row",
    )  # fmt: skip


def _too_small(scope: Scope, stage: str | None) -> None:
    """List the groups that have too few units for a rate, those soon ready first."""
    found = [one for one in search.too_small(data.Figures(scope)) if one.ready_on]
    found = [one for one in found if stage in (None, one.step.stage) and is_told(one)]
    st.caption(
        "Groups below 30 in these days. More days in the filter tell them at once; the day "
        "is when they would have 30 if they go on as they do."
    )
    if not found:
        st.caption("Every group that is there has enough for a figure.")
        return
    tables.show(small(found, data.formats()), LABELS, "too_small")


# ------------------------------------------------------------------ content


def of_stage(leaks: Sequence[Leak], stage: str | None) -> list[Leak]:
    return [leak for leak in leaks if stage in (None, leak.step.stage)]


def line(leak: Leak, rank: int, formats: Formats) -> dict[str, Any]:
    """Return one row of a list: rank, step and cell, rates and start, money, actions."""
    row = actions.row(leak)
    amount, _, spread = str(row["amount"]).partition(" (")
    return {**row, "rank": rank, "amount": amount, "spread": spread.removesuffix(")")}


def is_told(one: Thin) -> bool:
    """Whether a group is one that people can name: no value that nobody knows."""
    return all(value not in (None, NOT_SET) for _, value in one.cell)


def small(found: Sequence[Thin], formats: Formats) -> pl.DataFrame:
    """Return the groups with what they lack; a number of fewer than 5 people is not
    told, nor what would tell it."""
    rows = [
        (_named(one, formats), one.units, one.needed, one.ready_on)
        if one.units >= FEWEST_PEOPLE
        else (_named(one, formats), None, None, None)
        for one in found
    ]
    schema = {"name": pl.String, "units": pl.Int64, "needed": pl.Int64, "ready": pl.Date}
    frame = pl.DataFrame(rows, schema, orient="row")
    return frame.sort("ready", "needed", nulls_last=True)


def _named(one: Thin, formats: Formats) -> str:
    ends = [words.phrase(column, value, formats) for column, value in one.cell]
    return " ".join([one.step.label, *ends])


LISTED = Query(
    "data/drop_offs", Path(), "table", "", "", "Drop-offs",
    description="Units lost: entered times the fall of the rate, or its gap to the others. "
    "Money is an estimate: lost units times what those bring who go on, with its 95% "
    "interval. Amounts overlap and do not add up.",
    columns={
        "leak": Column("Step and group"), "stage": Column("Stage"),
        "was": Column("Before, or the others", "percent"), "now": Column("Now", "percent"),
        "since": Column("Since", "date"), "lost": Column("Lost", "number"),
        "lost_low": Column("Lost, at least", "number"),
        "lost_high": Column("Lost, at most", "number"),
        "money": Column("Money", "money"), "money_low": Column("Money, at least", "money"),
        "money_high": Column("Money, at most", "money"),
    },
)  # fmt: skip
LABELS = Query(
    "data/too_small", Path(), "table", "", "", "Too small to judge yet",
    columns={
        "name": Column("Step and group"), "units": Column("So far", "count"),
        "needed": Column("More needed", "count"), "ready": Column("About", "date"),
    },
)  # fmt: skip
