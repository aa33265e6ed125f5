"""The library of queries: every file, its problems, its result in the current scope."""

from __future__ import annotations

import re

import streamlit as st

from journey import data, words
from journey.query import Query
from journey.scope import Scope
from journey.ui import component, downloads, drawer, problems
from journey.ui.cards import body

KINDS = ("measure", "chart", "table", "period", "segment", "mart")
ALL = "all"
LISTED = 40
"""Files that are listed at once; more of them lie in their folders, to be opened."""


def library(scope: Scope) -> None:
    """Draw search, list and, for the file that is open, its result and text."""
    found = data.library()
    if found.problems:
        many = data.formats().counted(len(found.problems), "problem")
        with st.expander(f"{many} in query files", expanded=True):
            problems.show(found.problems, "This file needs a hand")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Search",
            key="search",
            placeholder="title, question, owner, mart",
            width=280,
            bind="query-params",
        )
        topics = sorted({query.topic for query in found.queries.values()})
        topic = st.selectbox(
            "Folder", [ALL, *topics], key="folder", width=170, bind="query-params"
        )
        kind = st.selectbox(
            "Kind", [ALL, *KINDS], key="kind", width=150, bind="query-params"
        )
    shown = [q for q in found.queries.values() if fits(q, text or "", topic, kind)]
    opened = st.query_params.get("query")
    if opened and opened in found.queries:
        _file(found.queries[opened], scope)
    _list(shown, len(found.queries))


def fits(query: Query, text: str, topic: str | None, kind: str | None) -> bool:
    named = " ".join(reads(query))
    words_ = f"{query.name} {query.title} {query.question} {query.owner} {named}".casefold()
    return (
        all(word in words_ for word in text.casefold().split())
        and topic in (None, ALL, query.topic)
        and kind in (None, ALL, query.kind)
    )


def reads(query: Query) -> list[str]:
    """Return the tables a file names after from and join, without its own steps."""
    sql = re.sub(r"--[^\n]*", "", query.sql.casefold())
    steps = set(
        re.findall(r"\b(\w+)\s+as\s+(?:not\s+materialized\s+|materialized\s+)?\(", sql)
    )
    named = re.findall(r"\b(?:from|join)\s+([a-z_][\w.]*)(?!\s*\()", sql)
    return sorted({name for name in named if name not in steps})


def _list(queries: list[Query], of: int) -> None:
    rows = [
        {
            "key": query.name,
            "title": query.title,
            "chip": query.kind,
            "text": f"{query.question or query.grain} · {query.name} · {query.owner}",
            "actions": [["open", "Open"]],
            "group": words.STAGES.get(query.topic, query.topic.capitalize()),
        }
        for query in sorted(queries, key=_place)
    ]
    with st.container(border=True, key="card_list"):
        act = component.rows(
            {
                "title": f"{len(rows)} of {data.formats().counted(of, 'file')}",
                "rows": rows,
                "grouped": len(rows) > LISTED,
                "empty": "No file fits. Take a word out of the search.",
            },
            "library",
        )
    if act:
        st.query_params["query"] = act[1]
        st.rerun()


def _place(query: Query) -> tuple[int, str]:
    """Return where a file stands: the stages in their order, then the other folders."""
    stages = list(words.STAGES)
    known = query.topic in stages
    return stages.index(query.topic) if known else len(stages), query.name


def _file(query: Query, scope: Scope) -> None:
    """Draw one open file: header, result in the current scope, SQL, downloads."""
    with st.container(border=True, key="card_open"):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.markdown(f"#### {problems.plain(query.title)}")
            if st.button("Close", key="close_query", icon=":material/close:"):
                del st.query_params["query"]
                st.rerun()
        st.caption(problems.plain(f"{query.question} {query.description}"))
        if query.kind in ("mart", "segment"):
            st.markdown(f"**Rows:** {problems.plain(query.grain or 'one row per person')}")
            tables = ", ".join(f"`{name}`" for name in reads(query)) or "nothing"
            st.markdown(f"**File:** `{query.where}`  \n**Reads:** {tables}")
            st.code(query.sql.strip(), language="sql", height=420)
            return
        answer = data.answer(query.name, scope)
        if answer.problem is not None:
            problems.show([answer.problem], "This file needs a hand", "open")
        elif query.kind in ("measure", "period") and answer.measure is not None:
            drawer.headline(answer, query)
            drawer.details(query.name, scope, query)
        else:
            body(query.name, answer, scope)
        downloads.draw(query.name, answer, scope, "library")
        drawer.provenance(query, answer)
