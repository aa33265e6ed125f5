"""Notes on screen: beside trends and changes, listed in the drawer, and added there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from journey import data, disk, kept, words
from journey.answer import Answer, Period
from journey.charts import Mark
from journey.days import dated, notes
from journey.days.notes import Note, Notes
from journey.findings import followups
from journey.formats import Formats
from journey.problem import JourneyError
from journey.scope import Scope
from journey.ui import actions, problems, trail

FILES = ("notes.ndjson", "followups.ndjson")
MANY_DAYS = 100
"""Days from which a trend shows what shops plan for, and no public holidays."""
EVERYBODY = "Everybody"
ALL_STAGES = "All stages"


def known() -> Notes:
    """Return the notes that the reader's role may see."""
    place = data.home()
    touched = tuple(disk.mark(place.app / name) for name in FILES)
    return _known((place, touched, kept.version(), data.policy()))


def told(
    day: dt.date | None,
    cell: Iterable[tuple[str, str | None]] = (),
    stage: str = "",
) -> list[str]:
    """Return "3 days after: ‘New checkout released’ (26 Oct)" for every note within three
    days of a change, then for events of the calendar; nothing without a day."""
    if day is None:
        return []
    formats = data.formats()
    near = [*known().near(day, notes.NEAR, cell, stage), *_events(day)]
    return [notes.told(one, day, formats) for one in near]


def _events(day: dt.date) -> list[Note]:
    """Return sales and seasons near a day; a single holiday moves no step for weeks."""
    around = Period(day - dt.timedelta(notes.NEAR), day + dt.timedelta(notes.NEAR))
    return [
        Note(one.name, one.first, one.last)
        for one in data.settings().calendar.within(around)
        if one.kind != "holiday"
    ]


def marks(name: str, scope: Scope, answer: Answer) -> tuple[Mark, ...]:
    """Return what stands on the trend of a measure: notes, and events of the calendar."""
    days = _days(answer)
    if days is None:
        return ()
    mine = [Mark(n.first, n.last, n.text) for n in _within(name, scope, days)]
    events = [
        Mark(one.first, one.last, one.name, quiet=True)
        for one in data.settings().calendar.within(days)
        if one.kind != "holiday" or days.days < MANY_DAYS
    ]
    return (*mine, *events)


def listed(name: str, scope: Scope, answer: Answer) -> None:
    """Write the notes of the days that a trend shows, and offer to add one."""
    days = _days(answer) or scope.period
    for one in _within(name, scope, days):
        _line(one)
    if actions.may_follow_up():
        with st.popover("Add a note", icon=":material/edit_note:", type="tertiary"):
            _form(name, days)


def text(note: Note, formats: Formats) -> str:
    """Return "26 Oct: New checkout released (Phones)"."""
    days = formats.short_date(note.first)
    if note.last != note.first:
        days = f"{days} – {formats.short_date(note.last)}"
    about = [
        words.value(column, value, formats)
        for column, values in note.where
        for value in values
    ]
    return f"{days}: {note.text}" + (f" ({', '.join(about)})" if about else "")


def _line(note: Note) -> None:
    shown = problems.plain(text(note, data.formats()))
    if note.kind != "written" or not actions.may_follow_up():
        st.caption(f":material/sticky_note_2: {shown}")
        return
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        st.caption(f":material/sticky_note_2: {shown}", width="stretch")
        if st.button(
            "Take away", icon=":material/close:", type="tertiary", key=f"note_{note.id}",
            help="Take this note away",
        ):  # fmt: skip
            notes.take_away(data.home(), note.id, _now(), trail.reader())
            _again()


def _form(name: str, days: Period) -> None:
    """Draw the form of a note; what it says is one line of plain text."""
    formats, stage = data.formats(), name.partition("/")[0]
    stages = [ALL_STAGES, *([words.STAGES[stage]] if stage in words.STAGES else [])]
    with st.form(f"note_{name}", border=False, clear_on_submit=True):
        said = st.text_input(
            "What happened", max_chars=notes.LONGEST, placeholder="New checkout released",
            help="A release, campaign, outage or price. No names of people.",
        )  # fmt: skip
        picked = st.date_input(
            "On", (days.last,), format=formats.date_input,
            help="One day, or the first and the last of several.",
        )  # fmt: skip
        about = st.selectbox("Concerns", stages)
        devices = [v for v in data.choices().get("device", ()) if v]
        where = st.selectbox(
            "Who", [EVERYBODY, *devices],
            format_func=lambda v: (
                v if v == EVERYBODY else words.value("device", v, formats)
            ),
        )  # fmt: skip
        sent = st.form_submit_button("Add", type="primary")
    if sent:
        first, last = _picked(picked, days.last)
        chosen = () if where in (EVERYBODY, None) else (("device", (str(where),)),)
        _write(Note(said or "", first, last, chosen, "" if about == ALL_STAGES else stage))


def _write(note: Note) -> None:
    if not actions.may_follow_up():
        st.toast(actions.READS)
        return
    try:
        sample = data.settings().is_sample
        notes.write(data.home(), note, _now(), trail.reader(), sample)
    except JourneyError as error:
        for problem in error.problems:
            st.error(f"{problems.plain(problem.found)}: {problems.plain(problem.fix)}.")
        return
    except OSError as error:
        st.error(f"The note could not be kept: {error.strerror}.")
        return
    _again()


def _again() -> None:
    """Draw the drawer again and leave it open; the whole page where there is none."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:
        st.rerun()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _picked(picked: Any, default: dt.date) -> tuple[dt.date, dt.date]:
    found = [d for d in (picked if isinstance(picked, (tuple, list)) else [picked])
             if isinstance(d, dt.date)]  # fmt: skip
    return (found[0], found[-1]) if found else (default, default)


def _days(answer: Answer) -> Period | None:
    trend = answer.measure.trend if answer.measure else ()
    return Period(trend[0].day, trend[-1].day) if trend else None


def _within(name: str, scope: Scope, days: Period) -> list[Note]:
    stage = name.partition("/")[0]
    return known().within(days, scope, stage if stage in dated.STAGES else "")


@kept.kept(20)
def _known(key: tuple[Any, ...]) -> Notes:
    settings, home = data.settings(), data.home()
    taken = followups.notes(home, settings.is_sample)
    return notes.known(home, [*settings.notes, *taken], key[-1], settings.is_sample)
