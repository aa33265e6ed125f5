"""What a reader does about a leak: follow up, see who, copy as task."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from journey import data, findings as search, followups
from journey.dropoff import Leak
from journey.problem import JourneyError
from journey.scope import Scope
from journey.ui import drawer, instead, problems, tables
from journey.ui.figure import sentence

WHO = "data/who_stopped"
WATCHED_DAYS = 28


def leak(action: str, key: str, scope: Scope) -> None:
    """Open what a button of a leak's row asks for."""
    leaks = (*data.findings(scope).leaks, *data.always_low(scope))
    found = next((one for one in leaks if one.key == key), None)
    if found is None:
        st.toast("That leak is not in these days any more.")
    elif action == "follow_up":
        follow_up(found, scope)
    elif action == "see_who":
        see_who(found, scope)
    elif action == "instead":
        instead.show(found, scope)
    else:
        copy_task(found, scope)


def bar(stage: str, scope: Scope) -> None:
    """Draw the actions of a stage page; they speak of the stage's dearest leak."""
    worst = next(
        (one for one in data.findings(scope).leaks if one.step.stage == stage), None
    )
    if worst is None:
        return
    formats = data.formats()
    with st.container(
        horizontal=True, vertical_alignment="center", border=True, key="card_actions"
    ):
        name, told = search.title(worst, formats), search.line(worst, formats)
        money = search.money(worst, formats)
        st.markdown(f"**{problems.plain(name)}** · {problems.plain(f'{told} · {money}')}")
        if st.button("Follow up", type="primary", key="bar_follow_up"):
            follow_up(worst, scope)
        if st.button("See who", key="bar_see_who"):
            see_who(worst, scope)
        if worst.step.name in instead.FILES and st.button(
            "What they did instead", key="bar_instead"
        ):
            instead.show(worst, scope)
        if st.button("Copy as task", key="bar_task"):
            copy_task(worst, scope)


def close(identifier: str) -> None:
    """Take a follow-up off the list; its lines stay in the file."""
    followups.close(data.home(), identifier, _now())
    st.rerun()


@st.dialog("Follow up", width="medium", position="right")
def follow_up(found: Leak, scope: Scope) -> None:
    formats = data.formats()
    title = search.title(found, formats)
    st.markdown(f"**{problems.plain(title)}**")
    st.caption(
        problems.plain(f"{search.line(found, formats)} · {search.money(found, formats)}")
    )
    with st.form("follow_up", border=False):
        owner = st.text_input("Who takes it", max_chars=80)
        action = st.text_area("What we do", max_chars=300, height=90)
        since = st.date_input("Live from", scope.period.last, format=formats.date_input)
        check = st.date_input(
            "Check on",
            scope.period.last + dt.timedelta(WATCHED_DAYS),
            format=formats.date_input,
        )
        sent = st.form_submit_button("Take it in hand", type="primary")
    if not sent:
        return
    try:
        followups.open_one(
            data.home(),
            found.step.name,
            found.cell,
            title,
            owner,
            action,
            _day(since),
            _day(check),
            _now(),
            data.settings().is_sample,
        )
    except JourneyError as error:
        for problem in error.problems:
            st.error(f"{problem.found}: {problem.fix}.")
        return
    st.rerun()


@st.dialog("See who", width=820, position="right")
def see_who(found: Leak, scope: Scope) -> None:
    """List the source's own numbers of known customers who stopped at the step."""
    formats = data.formats()
    st.markdown(f"**{problems.plain(search.title(found, formats))}**")
    if not st.session_state.get("see_who"):
        st.info(
            "Your role sees figures, not order numbers. `[roles]` in journey.toml decides."
        )
        return
    inside = search.inside(scope, found.cell)
    answer = data.answer(WHO, inside)
    if answer.frame is None or answer.frame.is_empty():
        st.info(
            (sentence(answer.absence) if answer.absence else "")
            or "Nobody known: web analytics tells visits, and none of these belongs to a "
            "customer with an earlier order.",
        )
        return
    st.caption(
        f"Known customers who reached the checkout in these days and did not order: "
        f"{formats.number(answer.frame.height)}. The order is their last one before."
    )
    tables.show(answer.frame, data.query(WHO), "who")
    with st.container(horizontal=True):
        for kind in drawer.DOWNLOADS:
            drawer.download(answer, kind, "who")


@st.dialog("Copy as task", width="medium", position="right")
def copy_task(found: Leak, scope: Scope) -> None:
    text = search.task(found, data.Figures(scope), st.context.url or "")
    st.caption("The copy button is at the right end of the box.")
    st.code(text, language=None, wrap_lines=True)


def _day(picked: object) -> dt.date:
    return picked if isinstance(picked, dt.date) else dt.date.today()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
