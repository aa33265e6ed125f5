"""Save as a group: the leavers of a leak as a segment file, shown before it is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from journey import data, kept
from journey.figures import answers
from journey.figures.suppression import is_small
from journey.formats import Formats
from journey.output import group_file
from journey.output.group_file import Group
from journey.problem import JourneyError
from journey.query import Library
from journey.query.catalog import catalog
from journey.query.file import parse
from journey.scope import Scope
from journey.ui import problems, trail
from journey.ui.target import Target

COUNTING = "data/stopped"
"""The name of the query made up to count whom a file would name."""
ALSO = "Who ordered since is among them; See who leaves them out."
READS = "Your role reads groups. `[roles]` in journey.toml decides who saves them."
CLOSED = (
    "The folder beside journey.toml is closed to the app: download the file and put it "
    "into queries/segments there."
)


@dataclass(frozen=True)
class Count:
    """How many stopped, and how many of them are people that somebody knows."""

    stopped: float | None
    people: float | None


@st.dialog("Save as a group", width=820, position="right")
def show(target: Target, scope: Scope) -> None:
    """Draw the file of those who stopped, to download and to keep."""
    st.markdown(f"**{problems.plain(target.title)}**")
    if target.name not in group_file.RULES:
        st.info("Who stops at this step cannot be told by person.")
        return
    asked, formats = target.scope(scope), data.formats()
    group = _dated(group_of(target, asked), formats)
    everybody = None
    if st.checkbox("Only who agreed to be written to", key="group_consent"):
        everybody, group = counted(group), replace(group, consenting=True)
    count = counted(group)
    also = "" if count.people is None or group.rule.mart == "orders" else f" {ALSO}"
    st.caption(problems.plain(told(count, group, formats, everybody) + also))
    title = st.text_input(
        "Name in the filter", group.title, max_chars=80, key="group_title"
    )
    group = replace(group, title=title.strip() or group.title)
    name = st.text_input(
        "File name", group_file.suggested(group.title), max_chars=60, key="group_name",
        help="Small letters, digits and _, beginning with a letter.",
    )  # fmt: skip
    body = group_file.text(group)
    st.code(body, language="sql")
    with st.container(horizontal=True):
        _save(name.strip(), group, asked, count)
        st.download_button(
            "Download", body, file_name=f"{name.strip() or 'group'}.sql",
            mime="application/sql", on_click="ignore", icon=":material/download:",
            key="group_download",
        )  # fmt: skip


def _dated(group: Group, formats: Formats) -> Group:
    """Draw the choice of days and return the group of the one picked."""
    if group.days_back is None:
        return group
    period = group.period
    back = f", up to {formats.days(group.days_back)} ago" if group.days_back else ""
    choices = {
        "moving": f"The last {formats.days(period.days)}{back}, moving on with the data",
        "fixed": f"Just {formats.day_range(period.first, period.last)}, for good",
    }
    picked = st.radio(
        "Days", list(choices), format_func=choices.__getitem__, key="group_days",
        label_visibility="collapsed",
    )  # fmt: skip
    return group if picked == "moving" else group_file.fixed(group)


def _save(name: str, group: Group, scope: Scope, count: Count) -> None:
    """Draw the button that keeps the file, where the role and the folder allow it."""
    if not data.reader().follow_up:
        st.caption(READS)
        return
    if not group_file.is_open(data.home()):
        st.caption(CLOSED)
        return
    if not st.button("Save", type="primary", icon=":material/group_add:", key="group_save"):
        return
    try:
        keep(name, group, scope, count)
    except JourneyError as error:
        for problem in error.problems:
            st.error(
                problems.plain(
                    f"{problem.place}: {problem.found}. Expected {problem.expected}. "
                    f"To do: {problem.fix}."
                )
            )
        return
    except OSError as error:
        why = error.strerror
        st.error(f"A group is saved only when that can be written down: {why}.")
        return
    named = problems.plain(group.title)
    st.toast(f"Saved: choose “{named}” as a named group in the filter.")
    st.rerun()


def keep(name: str, group: Group, scope: Scope, count: Count) -> None:
    """Write the trail and the file; the group can be chosen from now on."""
    now = data.snapshot()
    if now is None:
        return
    known = data.home(), data.library(), name, group, kept.reader(now)
    group_file.refuse(*known)
    trail.record("group", f"{group_file.FOLDER}/{name}", scope, int(count.people or 0))
    group_file.save(*known)
    kept.disk.cache.clear()


# ------------------------------------------------------------------ content


def group_of(target: Target, scope: Scope) -> Group:
    """Return the group of a target; its days move on with the last complete one."""
    now, rule = data.snapshot(), group_file.RULES[target.name]
    through = catalog(kept.reader(now)).complete_through((rule.mart,)) if now else None
    back = max((through - scope.period.last).days, 0) if through else None
    title = f"Stopped: {target.title}"
    return Group(target.name, title, scope.where, scope.period, back)


def counted(group: Group) -> Count:
    """Return how many the file's own conditions count, under the reader's policy."""
    now = data.snapshot()
    if now is None:
        return Count(None, None)
    query = parse(
        group_file.counting(group), COUNTING, f"queries/{COUNTING}.sql", own=False
    )
    found = answers.answer(
        kept.reader(now), Library({COUNTING: query}), COUNTING,
        data.unfiltered(group.period), data.settings(),
    )  # fmt: skip
    if found.frame is None or found.frame.is_empty():
        return Count(None, None)
    row = found.frame.row(0, named=True)
    return Count(row["stopped"], row["people"])


def told(
    count: Count, group: Group, formats: Formats, everybody: Count | None = None
) -> str:
    """Return "1,240 visits stopped; 310 known people": strangers are not in the file.

    `everybody`: also those who did not agree. Few of them are not told by subtraction.
    """
    noun = {"stopped_visits": "visit", "orders": "order"}.get(group.rule.mart, "customer")
    if count.people is None:
        return "Fewer than 5 known people: the group would show nothing."
    people = f"{formats.number(count.people)} known people"
    if everybody and is_small((everybody.people or 0) - count.people):
        return "All but a few known people who stopped here agreed to be written to."
    if group.consenting:
        return f"{people} who stopped here agreed to be written to and are in the file."
    if noun == "customer" or count.stopped is None:
        return f"{people} stopped here and are in the file."
    stopped = formats.counted(count.stopped, noun)
    return f"{stopped} stopped; {people} are in the file, strangers are not."
