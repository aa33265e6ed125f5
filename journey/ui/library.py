"""The library of queries: every file, its problems, its result in the current scope."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from journey import data, kept, words
from journey.build.origins import Origins, origins
from journey.problem import near
from journey.query import Library, Query
from journey.query.catalog import catalog
from journey.scope import Scope
from journey.ui import address, component, problems, query_file
from journey.ui.try_query import try_query

KINDS = ("measure", "chart", "table", "period", "segment", "mart")
ALL = "all"
LISTED = 40
"""Files that are listed at once; more of them lie in their folders, to be opened."""
VIEW, FILES, TRY = "view", "files", "try"
"""Name in the address, and the halves of the page."""
HALVES = {FILES: "Files", TRY: "Try a query"}
SEARCH, FOLDER, KIND, QUERY = "search", "folder", "kind", "query"
"""Names in the address."""


def library(scope: Scope) -> None:
    """Draw the files of queries, or the editor for texts of one's own."""
    address.pick(VIEW, VIEW, HALVES, FILES, "view")
    view = st.segmented_control(
        "View", list(HALVES), format_func=HALVES.__getitem__, required=True, key=VIEW,
        label_visibility="collapsed",
    )  # fmt: skip
    address.picked(VIEW, view or FILES, FILES)
    if view == TRY:
        try_query(scope)
    else:
        _files(scope)


def _files(scope: Scope) -> None:
    """Draw search, list and, for the file that is open, all about it."""
    found = data.library()
    if found.problems:
        many = data.formats().counted(len(found.problems), "problem")
        with st.expander(f"{many} in query files", expanded=True):
            problems.show(found.problems, "This file needs a hand")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = _search()
        topics = sorted({query.topic for query in found.queries.values()})
        topic = _choice("Folder", FOLDER, [ALL, *topics], 170)
        kind = _choice("Kind", KIND, [ALL, *KINDS], 150)
    opened = address.held(QUERY)
    # Reading all files for what they read takes a second on a fresh server.
    known = told(found) if text or opened else Origins({}, {})
    shown = [
        query
        for name, query in found.queries.items()
        if fits(query, text, topic, kind, known.marts.get(name, ()))
    ]
    if opened:
        _open(opened[-1], found, known, scope)
    _list(shown, len(found.queries))


def _search() -> str:
    if asked := address.given(SEARCH):
        st.session_state[SEARCH] = asked[-1]
    text = st.text_input(
        "Search", key=SEARCH, placeholder="title, question, owner, mart", width=280
    )
    address.tell(SEARCH, *([text] if text else []))
    return text or ""


def _choice(label: str, key: str, options: list[str], width: int) -> str:
    address.pick(key, key, options, ALL, key)
    picked = st.selectbox(label, options, key=key, width=width) or ALL
    address.picked(key, picked, ALL)
    return picked


def told(found: Library) -> Origins:
    """Return what every file reads, in the snapshot that is shown."""
    now = data.snapshot()
    if now is None:
        return Origins({}, {})
    return _origins((now, kept.disk(data.home()).queries), found)


@kept.kept(4)
def _origins(key: tuple[object, str], found: Library) -> Origins:
    now = data.snapshot()
    return origins(found, catalog(kept.reader(now))) if now else Origins({}, {})


def _open(name: str, found: Library, known: Origins, scope: Scope) -> None:
    """Draw the file that a click or a link opened."""
    if name in found.queries:
        query_file.draw(found.queries[name], known, scope, (VIEW, TRY))
    elif name not in found.broken:  # a broken one is told above
        told_ = problems.plain(near(name, found.queries))
        address.misread(f"There is no query file {address.named([name])}: {told_}.")
        address.tell(QUERY)


def fits(
    query: Query, text: str, topic: str | None, kind: str | None, reads: Sequence[str] = ()
) -> bool:
    """Whether a file has all words of a search, is in the folder and of the kind."""
    said = (query.name, query.title, query.question, query.owner, *query.tags, *reads)
    words_ = " ".join(said).casefold()
    return (
        all(word in words_ for word in text.casefold().split())
        and topic in (None, ALL, query.topic)
        and kind in (None, ALL, query.kind)
    )


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
