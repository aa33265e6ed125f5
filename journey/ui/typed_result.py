"""What a typed text returned: table, chart, comparison, downloads, the file to keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import polars as pl
import streamlit as st

from journey import charts, data, kept
from journey.answer import Answer
from journey.figures import typed
from journey.output import saved
from journey.query import Query
from journey.query.catalog import catalog
from journey.query.chart import TYPES, Chart, Role, kind_of
from journey.query.file import Column
from journey.scope import Scope
from journey.ui import downloads, problems, tables, trail
from journey.ui.typed_run import Run

TYPES_SHOWN = {kind: kind.replace("_", " ").capitalize() for kind in TYPES}
NAME = "your_query"
SAVE = (
    "Download both files. The query goes into a folder `queries` that the app reads, the "
    "test into `tests/queries` beside it; the card is there at the next look."
)


def draw(run: Run, scope: Scope) -> None:
    """Draw the result of a run that has ended, or why there is none."""
    if run.problems and run.ticket.stopped:
        st.caption(":material/stop_circle: Cancelled. Change the text, or run it again.")
        return
    if run.problems:
        problems.show(run.problems, "This text needs a hand", "typed")
        return
    if run.now is None:
        return
    if run.scope != scope:
        told = "The filters have changed since; run it again for the figures of now."
        st.caption(f":material/history: {told}")
    answer = run.answer()
    if answer.frame is None or not trail.seen(answer, run.scope):
        return
    query = replace(typed.query(run.now, sql=run.text), title="Your query")
    with st.container(border=True, key="card_typed"):
        _head(run, answer)
        if answer.frame.is_empty():
            st.caption("No rows in these days and segments.")
            return
        how = st.segmented_control(
            "Shown as", ["Table", "Chart"], default="Table", key="typed_as",
            required=True, label_visibility="collapsed", persist_state="session",
        )  # fmt: skip
        chart = None
        if how == "Chart":
            chart = _chart(answer.frame, run)
        else:
            _tables(run, answer, query)
        with st.container(horizontal=True):
            taken = replace(query, kind="chart", chart=chart) if chart else query
            downloads.draw(NAME, answer, run.scope, "typed", taken)
            with st.popover("Save as file", type="tertiary", icon=":material/save:"):
                _save(run, answer, chart)


def _head(run: Run, answer: Answer) -> None:
    formats = data.formats()
    rows = answer.frame.height if answer.frame is not None else 0
    facts = [formats.counted(rows, "row"), f"{run.seconds:.1f} s"]
    if answer.reads:
        facts.append(f"reads {', '.join(answer.reads)}")
    if answer.complete_through:
        facts.append(f"complete to {formats.day_range(answer.complete_through)}")
    st.caption(problems.plain(" · ".join(facts)))
    for note in answer.notes:
        st.caption(problems.plain(note))
    if answer.hidden:
        cells = formats.counted(answer.hidden, "cell")
        st.caption(f"{cells} withheld for counting fewer than five people.")


def _tables(run: Run, answer: Answer, query: Query) -> None:
    """Draw the rows; those of the days compared with beside or below them."""
    if answer.frame is None:
        return
    earlier = run.answer(earlier=True) if run.before is not None else None
    if earlier is None or earlier.frame is None:
        tables.show(answer.frame, query, "typed")
        return
    beside = joined(answer.frame, earlier.frame)
    if beside is not None:
        labels = dict(query.columns)
        for name in beside.columns:
            if name.endswith(BEFORE):
                own = name.removesuffix(BEFORE)
                label = f"{own.replace('_', ' ').capitalize()}, before"
                was = query.columns.get(own)
                labels[name] = Column(label, was.format if was else None)
        tables.show(beside, replace(query, columns=labels), "typed_both")
        return
    days = data.formats().day_range(earlier.period.first, earlier.period.last)
    tables.show(answer.frame, query, "typed")
    st.caption(f"The days compared with, {days}:")
    tables.show(earlier.frame, query, "typed_before")


BEFORE = " before"


def joined(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame | None:
    """Return rows with the numbers of before beside them; None where the words of a row
    do not tell it from others, or a day is in it."""
    numbers = [name for name, kind in now.schema.items() if kind.is_numeric()]
    keys = [name for name in now.columns if name not in numbers]
    dated = any(now.schema[name].is_temporal() for name in keys)
    if not numbers or dated or now.columns != before.columns:
        return None
    if not keys:
        if now.height != 1 or before.height != 1:
            return None
        return pl.concat(
            [now, before.select(pl.all().name.suffix(BEFORE))], how="horizontal"
        )
    unique = not (now.select(keys).is_duplicated().any())
    if not unique or before.select(keys).is_duplicated().any():
        return None
    both = now.join(before, on=keys, how="left", suffix=BEFORE, nulls_equal=True)
    order = [*keys, *(n for name in numbers for n in (name, f"{name}{BEFORE}"))]
    return both.select(order)


# ------------------------------------------------------------------- chart


def fitting(frame: pl.DataFrame, kind: str) -> Mapping[str, list[str]] | None:
    """Return key -> columns that fit it, for a type of chart; None where they do not
    suffice, because every key needs one of its own."""
    found: dict[str, list[str]] = {}
    taken: set[str] = set()
    for key, role in TYPES[kind].items():
        fits = [n for n in frame.columns if _kind(frame.schema[n]) in role.kinds]
        free = [name for name in fits if name not in taken]
        if role.required and not free:
            return None
        taken |= {free[0]} if role.required else set()
        found[key] = fits
    return found


def _kind(dtype: pl.DataType) -> str | None:
    """Return whether a column holds words, numbers or days."""
    if dtype.is_numeric():
        return kind_of("DOUBLE")
    return kind_of("DATE" if dtype.is_temporal() else "VARCHAR")


def _chart(frame: pl.DataFrame, run: Run) -> Chart | None:
    """Draw the choice of a chart and the chart; return what was chosen."""
    possible = {
        kind: roles for kind in TYPES if (roles := fitting(frame, kind)) is not None
    }
    if not possible:
        st.caption("No chart: none of the columns is a number.")
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.selectbox(
            "Chart", list(possible), format_func=TYPES_SHOWN.__getitem__, width=150,
            key="typed_chart", persist_state="session",
        )  # fmt: skip
        picked: dict[str, str] = {}
        for key, columns in possible[kind].items():
            if column := _column(key, TYPES[kind][key], columns, picked):
                picked[key] = column
    look, labels = data.look(), typed.query(run.now).columns if run.now else {}
    drawn = charts.draw(kind, charts.said(frame, look), {**picked, "columns": labels}, look)
    if drawn is None:
        st.caption("Nothing to draw: every value is empty.")
    else:
        st.vega_lite_chart(drawn, theme=None, key="typed_drawn")
    return Chart(kind, **cast("dict[str, Any]", picked))


def _column(
    key: str, role: Role, columns: list[str], picked: Mapping[str, str]
) -> str | None:
    free = [name for name in columns if name not in picked.values()]
    if not role.required and not free:
        return None
    known = (free or columns) if role.required else [None, *free]
    return st.selectbox(
        key.capitalize(), known, help=role.meaning, width=150, key=f"typed_{key}",
        format_func=lambda name: "none" if name is None else str(name),
    )  # fmt: skip


# -------------------------------------------------------------------- file


def _save(run: Run, answer: Answer, chart: Chart | None) -> None:
    """Draw the fields of the header and the two downloads."""
    st.caption(SAVE)
    topics = sorted(
        {q.topic for q in data.library().queries.values()} - {"marts", "segments"}
    )
    folder = st.selectbox("Folder", topics, key="save_folder", accept_new_options=True)
    title = st.text_input("Title", "", key="save_title", placeholder="Visits by device")
    question = st.text_input(
        "Question", key="save_question", placeholder="How many of what?"
    )
    owner = st.text_input(
        "Owner", trail.reader() if data.reader().name else "", key="save_owner"
    )
    name = saved.suggested(title or NAME)
    about = saved.About(
        f"{folder or 'data'}/{name}", title.strip() or "Your query",
        question.strip(), owner.strip(), chart,
    )  # fmt: skip
    if run.now is None or answer.frame is None:
        return
    text = saved.text(run.text, run.now, about)
    now = data.snapshot()
    found = saved.wrong(text, about.name, kept.reader(now)) if now else ()
    filled = bool(title.strip() and question.strip() and owner.strip())
    for problem in found if filled else ():
        st.warning(problems.plain(f"{problem.found}: {problem.fix}"))
    ready = filled and not found
    marts = catalog(kept.reader(now)).marts if now else {}
    with st.container(horizontal=True):
        for label, file, made in (
            ("Query", f"{name}.sql", text),
            ("Test", f"{name}.toml", lambda: run.test(marts)),
        ):
            st.download_button(
                label, made, file_name=file, mime="text/plain", disabled=not ready,
                on_click="ignore", icon=":material/download:", key=f"save_{label}",
            )  # fmt: skip
    if not filled:
        st.caption("Title, question and owner stand in the header of the file.")
    st.code(f"queries/{about.name}.sql\ntests/queries/{about.name}.toml", language=None)
