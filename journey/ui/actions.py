"""What a reader does about a leak: follow up, see who, copy as task."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import streamlit as st

from journey import (
    data,
)
from journey.findings import followups, leaks as search
from journey.findings.dropoff import Leak
from journey.output import group_file
from journey.problem import JourneyError
from journey.scope import Scope
from journey.ui import (
    address,
    component,
    instead,
    noted,
    problems,
    save_group,
    target,
    trail,
    visit,
    who,
)  # fmt: skip
from journey.ui.figure import sentence

WATCHED_DAYS = 28
READS = "Your role reads what is followed up. `[roles]` in journey.toml decides who writes."


def leak(action: str, key: str, scope: Scope) -> None:
    """Open what a button of a leak's row asks for; nothing for who came by a link."""
    if visit.is_one():
        return
    leaks = (*data.leaks(scope, "worse"), *data.leaks(scope, "low"))
    found = next((one for one in leaks if one.key == key), None)
    if found is None:
        st.toast("That leak is not in these days any more.")
    elif action == "follow_up":
        follow_up(found, scope)
    elif action == "see_who":
        who.show(target.of_leak(found, data.formats()), scope)
    elif action == "instead":
        instead.show(target.of_leak(found, data.formats()), scope)
    elif action == "save":
        save_group.show(target.of_leak(found, data.formats()), scope)
    else:
        copy_task(found, scope)


ON_LEAKS = (
    ("see_who", "See who"), ("instead", "What they did instead"),
    ("save", "Save as group"), ("copy", "Copy as task"), ("follow_up", "Follow up"),
)  # fmt: skip
ABLE: Mapping[str, Collection[str]] = {
    "see_who": who.LISTS, "instead": instead.FILES, "save": group_file.RULES,
}  # fmt: skip
"""Action -> the steps it can be taken at; the others can be taken at every step."""


def stage(name: str, scope: Scope) -> None:
    """Draw what is worth fixing at a stage; where nothing is, what can be asked of it."""
    found = worth_fixing(scope, name)
    if not found:
        _quiet(name, scope)
        return
    with st.container(border=True, key="card_actions"):
        act = component.rows(
            {"title": "Worth fixing here", "rows": [row(leak) for leak in found]},
            f"fixing_{name}",
        )
    if act:
        leak(*act, scope)


def worth_fixing(scope: Scope, stage: str | None = None) -> list[Leak]:
    """Return what a page shows of the leaks of a stage, or of all stages."""
    if stage is None:
        return search.worth_fixing(data.findings(scope).leaks, data.always_low(scope))
    return search.worth_fixing(
        data.leaks(scope, "worse", stage), data.leaks(scope, "low", stage)
    )


def row(found: Leak, able: Sequence[tuple[str, str]] = ON_LEAKS) -> dict[str, Any]:
    """Return one line of a list of leaks, with what the reader's role may do."""
    formats, writes, step = data.formats(), may_follow_up(), found.step.name
    able = () if visit.is_one() else able
    offered = [one for one in able if step in ABLE.get(one[0], (step,))]
    return {
        "key": found.key, "title": search.title(found, formats),
        "text": search.line(found, formats), "amount": search.money(found, formats),
        "note": next(iter(noted.told(found.since, found.cell, found.step.stage)), ""),
        "chip": "always low" if found.kind == "low" else "",
        "actions": [list(one) for one in offered if writes or one[0] != "follow_up"],
    }  # fmt: skip


def _quiet(name: str, scope: Scope) -> None:
    """Draw the step of a stage that has no leak, with what can still be asked of it."""
    about = target.of_stage(name)
    if about is None:
        return
    told = _unknown(about.name, scope) or "this step loses nobody beyond its usual swing"
    is_told = data.glance(about.name, scope).absence is None and not visit.is_one()
    with st.container(
        horizontal=True, vertical_alignment="center", border=True, key="card_actions"
    ):
        st.markdown(f"**{problems.plain(about.title)}** · {problems.plain(told)}")
        if is_told and about.name in who.LISTS and st.button("See who", key="bar_see_who"):
            who.show(about, scope)
        if (
            is_told
            and about.name in instead.FILES
            and st.button("What they did instead", key="bar_instead")
        ):
            instead.show(about, scope)


def _unknown(name: str, scope: Scope) -> str | None:
    """Return why nobody knows whether a step got worse; None where it is known."""
    answer = data.glance(name, scope)
    if answer.measure is None:
        return sentence(answer.absence or "no rows in these days")
    if answer.measure.change is None:
        return "There is nothing to compare this step with."
    return None


def may_follow_up() -> bool:
    """Whether the reader's role may take leaks in hand and close them."""
    return data.reader().follow_up


def close(identifier: str) -> None:
    """Take a follow-up off the list; its lines stay in the file."""
    if not may_follow_up():
        st.toast(READS)
        return
    try:
        followups.close(data.home(), identifier, _now(), trail.reader())
    except OSError as error:
        st.toast(f"It could not be closed: {error.strerror}.", icon=":material/error:")
        return
    st.rerun()


@st.dialog("Follow up", width="medium", position="right")
def follow_up(found: Leak, scope: Scope) -> None:
    formats = data.formats()
    title = search.title(found, formats)
    st.markdown(f"**{problems.plain(title)}**")
    st.caption(
        problems.plain(f"{search.line(found, formats)} · {search.money(found, formats)}")
    )
    if not may_follow_up():
        st.info(READS)
        return
    with st.form("take_in_hand", border=False):
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
            trail.reader(),
        )
    except JourneyError as error:
        for problem in error.problems:
            st.error(f"{problems.plain(problem.found)}: {problems.plain(problem.fix)}.")
        return
    except OSError as error:
        st.error(f"It could not be kept: {error.strerror}. Nothing was written.")
        return
    st.rerun()


@st.dialog("Copy as task", width="medium", position="right")
def copy_task(found: Leak, scope: Scope) -> None:
    text = search.task(found, data.Figures(scope), address.here())
    st.caption("The copy button is at the right end of the box.")
    st.code(text, language=None, wrap_lines=True)


def _day(picked: object) -> dt.date:
    return picked if isinstance(picked, dt.date) else dt.date.today()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
