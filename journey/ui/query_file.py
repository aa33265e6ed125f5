"""One query file that is open: its answer, its text, where it comes from, its test."""

from __future__ import annotations

import polars as pl
import streamlit as st

from journey import data, kept
from journey.build.origins import Origins
from journey.check import check, tests_of
from journey.output import saved
from journey.query import Library, Query
from journey.query.catalog import Catalog, catalog
from journey.scope import Scope
from journey.ui import component, downloads, drawer, problems, schema, tables, try_query
from journey.ui.cards import body

COVERAGE = "awareness/coverage"
READERS = 12
"""Files named of those that read a mart."""


def draw(query: Query, known: Origins, scope: Scope, way: tuple[str, str]) -> None:
    """Draw all about a file; `way`: the key and value of the view with the editor."""
    with st.container(border=True, key="card_open"):
        _head(query, way)
        result, text, origin, test = st.tabs(["Answer", "SQL", "Lineage", "Test"])
        with result:
            _answer(query, scope)
        with text:
            _text(query)
        with origin:
            _lineage(query, known, scope)
        with test:
            _test(query)


def _head(query: Query, way: tuple[str, str]) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.markdown(f"#### {problems.plain(query.title)}")
        with st.container(horizontal=True, width="content"):
            if query.kind != "mart" and data.reader().may("analyst"):
                st.button(
                    "Change a copy", key="copy_query", icon=":material/edit_note:",
                    on_click=_copy, args=(query, way), help="Opens it in the editor.",
                )  # fmt: skip
            if st.button("Close", key="close_query", icon=":material/close:"):
                del st.query_params["query"]
                st.rerun()
    st.caption(problems.plain(f"{query.question} {query.description}"))
    owner = problems.plain(query.owner or "nobody")
    st.markdown(f"`{query.where}` · {query.kind} · owner: {owner}")


def _copy(query: Query, way: tuple[str, str]) -> None:
    key, value = way
    st.session_state[key] = value
    try_query.hand(saved.body(query.sql))


def _answer(query: Query, scope: Scope) -> None:
    """Draw what the file answers in the current scope; of a mart, its columns."""
    if query.kind == "mart":
        _columns(query, scope)
        return
    if query.kind == "segment":
        st.caption("A named group: choose it in the filter, or on the page Segments.")
        return
    answer = data.answer(query.name, scope)
    if answer.problem is not None:
        problems.show([answer.problem], "This file needs a hand", "open")
    elif query.kind in ("measure", "period") and answer.measure is not None:
        drawer.headline(answer, query)
        drawer.details(query.name, scope, query)
    else:
        body(query.name, answer, scope)
    if answer.hidden:
        cells = data.formats().counted(answer.hidden, "cell")
        st.caption(f"{cells} withheld for counting too few people.")
    downloads.draw(query.name, answer, scope, "library", query)


def _columns(query: Query, scope: Scope) -> None:
    st.markdown(f"**Rows:** {problems.plain(query.grain)}")
    now, mart = data.snapshot(), query.name.rpartition("/")[2]
    rows = schema.described(now, mart, scope) if now else []
    if not rows:
        st.caption("Not in the published file; `python -m journey build` makes it.")
        return
    frame = pl.DataFrame(rows, schema=["column", "type", "meaning", "values"], orient="row")
    tables.show(frame, None, "mart_columns")


def _text(query: Query) -> None:
    if not data.reader().may("analyst"):
        st.info("Your role sees figures, not the SQL behind them.")
        return
    st.code(query.sql.strip(), language="sql", height=420, line_numbers=True)
    st.download_button(
        "The file", query.sql, file_name=query.path.name, mime="text/plain",
        on_click="ignore", icon=":material/download:", key="download_text",
    )  # fmt: skip


def _lineage(query: Query, known: Origins, scope: Scope) -> None:
    """Draw the marts a file reads, what they are made of, from which sources, how fresh."""
    now = data.snapshot()
    if now is None:
        return
    mart, found = query.name.rpartition("/")[2], catalog(kept.reader(now))
    read = (mart,) if query.kind == "mart" else known.marts.get(query.name, ())
    rows = [
        {
            "key": name, "title": name, "chip": _complete(found, name),
            "text": f"Made of {', '.join(known.landed.get(name, ())) or 'nothing landed'}."
            f" From {', '.join(known.sources(name, found)) or 'no source'}.",
        }
        for name in read
    ]  # fmt: skip
    component.rows({"title": "Tables it reads", "rows": rows, "empty": "None."}, "lineage")
    remarks = {(r.badge, r.title) for name in read for r in found.remarks.get(name, ())}
    for badge, title in sorted(remarks):
        st.caption(problems.plain(f"{badge}: {title}"))
    if any("session" in known.landed.get(name, ()) for name in read):
        _coverage(scope)
    if query.kind == "mart":
        _readers(known, mart)


def _complete(found: Catalog, mart: str) -> str:
    day = found.complete_through((mart,))
    return f"complete to {data.formats().day_range(day)}" if day else ""


def _coverage(scope: Scope) -> None:
    """Write how many of the own shop's orders web analytics saw."""
    seen = data.glance(COVERAGE, scope).measure if data.query(COVERAGE) else None
    if seen is not None and seen.now.value is not None:
        share = data.formats().value(seen.now.value, "percent")
        st.caption(f"Coverage: web analytics saw {share} of own-shop orders.")


def _readers(known: Origins, mart: str) -> None:
    """Name what reads a mart; each name opens that file."""
    names = known.readers(mart)
    if not names:
        st.caption("Nothing reads it.")
        return
    st.markdown(f"**Read by {data.formats().counted(len(names), 'file')}**")
    with st.container(horizontal=True, gap="small"):
        for name in names[:READERS]:
            if st.button(name, key=f"reader_{name}", type="tertiary"):
                st.query_params["query"] = name
                st.rerun()
    if len(names) > READERS:
        st.caption(f"and {len(names) - READERS} more: search for {mart}.")


def _test(query: Query) -> None:
    """Draw what `check` says of the file, and what its test gives and expects."""
    now = data.snapshot()
    if now is not None and query.kind != "mart":
        found = check(Library({query.name: query}), kept.reader(now))
        if found:
            problems.show(found, "This file needs a hand", "check")
        else:
            st.markdown(":material/check_circle: `check` finds nothing wrong.")
    path = tests_of(query) / f"{query.name}.toml"
    if not path.is_file():
        st.caption(f"No test. It would be tests/queries/{query.name}.toml.")
        return
    st.markdown(f"`tests/queries/{query.name}.toml`")
    st.code(path.read_text("utf-8"), language="toml", height=360)
