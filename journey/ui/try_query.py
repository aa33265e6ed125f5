"""Try a query: SQL of one's own in the current scope, with what it may read beside it."""

from __future__ import annotations

import uuid
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from journey import audit, data, words
from journey.query import limits, typed, worker
from journey.query.worker import Ticket
from journey.scope import Scope
from journey.ui import component, schema, trail, typed_result
from journey.ui.filters import scope_text
from journey.ui.typed_run import Run
from journey.warehouse import Snapshot

RUN, PUT, REFUSED = "typed_run", "typed_put", "typed_refused"
"""In the session: the last run; what the editor shall take next; why nothing ran."""
EDITOR = "editor"
LOOK = 0.4
"""Seconds between two looks at a text that runs."""
SHORT = 0.5
"""Seconds in which most texts end, so that nothing needs to be watched."""
READS = (
    "Your role reads figures. `[roles]` in journey.toml decides who types queries: "
    'level = "analyst".'
)
RULES = (
    f"One SELECT over the tables listed. {limits.SECONDS:.0f} seconds, "
    f"{typed.ROWS:,} rows. Numbers of fewer than five people are withheld."
)
GUARANTEE = """\
**What is applied for you.** Tables hold only the rows of your role and of the filters
above; the days you name yourself: `where day between $start and $end`.

**What is withheld.** A column that counts people is empty where it counts fewer than
five, and so is one more cell where that could be worked out: `count(*)` over customers,
feedback, loyalty, tiers or stage entries, `count(distinct person_id)` anywhere, sums of
ones over them, under any alias and through any number of steps. Such a number is
compared with 0 or with 5 and more only. Not protected: the difference of two results,
shares, and rows that you list, number or gather without counting them. Counts of
visits, orders and contacts are shown at any size.

**What is refused.** Everything but one SELECT over these tables: files, other databases,
settings, the clock, random samples. Without the right to see who, numbers of orders,
tickets and persons can be counted and joined by, not shown and not searched for.

What you run is written to the audit log, without texts and long numbers in it.
"""


def try_query(scope: Scope) -> None:
    """Draw editor, tables and the last result, for readers of level analyst."""
    now = data.snapshot()
    if not data.reader().may("analyst"):
        st.info(READS)
        return
    if (run := st.session_state.get(RUN)) and run.reader != data.reader():
        run.stop()
        del st.session_state[RUN]
    if now is not None:
        worker.prepare()
        _bench(now, scope)


def hand(text: str) -> None:
    """Put a text into the editor when it is drawn next."""
    st.session_state[PUT] = {"id": uuid.uuid4().hex, "text": text}


@st.fragment
def _bench(now: Snapshot, scope: Scope) -> None:
    if not data.is_for_reader():
        st.rerun()
    left, right = st.columns([0.66, 0.34], gap="medium")
    with right, st.container(key="schema_side"):
        if column := schema.browser(now, scope):
            _insert(column)
        with st.popover("What is applied and withheld", type="tertiary"):
            st.markdown(GUARANTEE)
    with left:
        compared = scope.comparison is not None and st.toggle(
            "Beside the days compared with", key="typed_compare", persist_state="session"
        )
        component.editor(
            _editor(now, scope), EDITOR, lambda: _begin(now, scope, bool(compared))
        )
        if told := st.session_state.pop(REFUSED, None):
            st.error(told)
        run: Run | None = st.session_state.get(RUN)
        if run is not None and run.done.is_set():
            typed_result.draw(run, scope)
        elif run is not None:
            _watch(run)


@st.fragment(run_every=LOOK)
def _watch(run: Run) -> None:
    """Tell how long a text runs and offer to stop it; the page follows when it ends."""
    if run.done.is_set():
        st.rerun()
    with st.container(border=True, key="card_running", horizontal=True):
        st.markdown(f":material/hourglass_top: {run.state()}")
        st.button(
            "Cancel", key="typed_cancel", icon=":material/stop_circle:", on_click=run.stop
        )


def _editor(now: Snapshot, scope: Scope) -> dict[str, Any]:
    run: Run | None = st.session_state.get(RUN)
    ended = run is not None and run.done.is_set()
    told = (
        [{"line": p.line, "text": f"{p.found}. {p.fix}"} for p in run.problems]
        if run
        else []
    )
    return {
        "module": component.static("editor.js"), "text": run.text if run else schema.HINT,
        "label": "SQL text of your query", "hint": "select ... from traffic",
        "known": schema.known(now),
        "note": f"{_chosen(scope)}. {RULES}",
        "turn": [id(run), ended],
        "ran": run.text if run and ended else None, "problems": told,
        "put": st.session_state.get(PUT),
    }  # fmt: skip


def _chosen(scope: Scope) -> str:
    """Return the days and the filters that tables hold."""
    formats = data.formats()
    said = [
        words.value(column, value, formats)
        for column, values in scope.where
        for value in values
    ]
    return " · ".join([scope_text(scope, formats), *map(str, said)])


def _insert(column: str) -> None:
    st.session_state[PUT] = {"id": uuid.uuid4().hex, "insert": column}


def _begin(now: Snapshot, scope: Scope, compared: bool) -> None:
    """Run the text that was sent in place of the one before; it is written down first."""
    if not data.is_for_reader():  # the page that is drawn next says what they may do
        return
    text = component.sent(EDITOR)
    if (before := st.session_state.get(RUN)) is not None:
        before.stop()
    try:
        trail.record("text", audit.masked(text), scope)
    except OSError as error:
        why = error.strerror
        st.session_state[REFUSED] = (
            f"A text runs only when that can be written down: {why}."
        )
        return
    context = get_script_run_ctx()
    run = Run(
        text, scope, now.path, data.query(scope.segment) if scope.segment else None,
        data.reader(), Ticket(context.session_id if context else ""), compared,
    )  # fmt: skip
    st.session_state[RUN] = run
    run.start()
    run.done.wait(SHORT)
