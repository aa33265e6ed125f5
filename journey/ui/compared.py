"""The choice of what the days are compared with, in words; in the address by its name."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from journey import data, scope as scopes
from journey.answer import Period
from journey.days import comparison
from journey.days.calendar import Calendar
from journey.days.seasons import Event
from journey.ui import address, days

KEY = "compare"
"""Name in the address, the same as on the command line."""
DAY, DAY_KEY = "day", "compare_day"
"""A first day that the reader chooses, and the field for it."""
WANTED, TOLD = "compare_wanted", "compare_told"
"""In the session: what the reader chose, and what was said of days that lack it."""
USUALLY = "previous"


def choose(period: Period, through: dt.date) -> tuple[Period | None, Event | None]:
    """Draw the choice and return the days compared with, and the event laid on."""
    calendar = data.settings().calendar
    word = _begin(period, through, calendar)
    events = {one.key: one for one in calendar.offered(period)}
    laid = calendar.aligned(word, period)
    options = ["previous", "year", *dict.fromkeys([*events, *([word] if laid else [])]),
               DAY, "none"]  # fmt: skip
    st.session_state[KEY] = word
    picked = st.selectbox(
        "Compare with", options, key=KEY, on_change=_want,
        format_func=lambda key: said(key, period, calendar),
        help="An event of the calendar is laid on the same one of the year before.",
    )  # fmt: skip
    word = str(picked or USUALLY)
    if word == DAY:
        word = _first_day(period, through).isoformat()
    address.tell(KEY, *([word] if word != USUALLY else []))
    return scopes.against(word, period, calendar)


def said(key: str, period: Period, calendar: Calendar) -> str:
    """Return a comparison as people say it: "The 28 days before", "Black Week 2025"."""
    if key == USUALLY:
        return f"The {data.formats().days(period.days)} before"
    laid = calendar.aligned(key, period)
    return comparison.title(key, laid.event if laid else None)


def _begin(period: Period, through: dt.date, calendar: Calendar) -> str:
    """Return what is chosen: in this session, else in the link.

    What these days do not have falls back to the days before and is told; days that
    have it bring it back.
    """
    if asked := address.given(KEY):
        st.session_state[WANTED] = _linked(asked[-1], through)
    word = str(st.session_state.get(WANTED, USUALLY))
    if word in (*scopes.COMPARISONS, DAY) or calendar.aligned(word, period):
        return word
    event = calendar.named(word, period.last)
    named = address.named([event.name if event else word])
    what = f"{named} is not in these days" if event else f"There is no comparison {named}"
    if st.session_state.get(TOLD) != (word, period):
        address.misread(f"{what}: compared with the days before.")
        st.session_state[TOLD] = (word, period)
    return USUALLY


def _linked(word: str, through: dt.date) -> str:
    """Return what the link asks for; a day stands in the field of its own."""
    if day := _day(word):
        st.session_state[DAY_KEY] = address.keep(DAY_KEY, _bounded(day, through))
        if st.session_state[DAY_KEY] != day:
            last = data.formats().day_range(through, through)
            address.misread(
                f"The link's first day is outside of the data, which end on {last}."
            )
        return DAY
    return "a day" if word == DAY else word


def _want() -> None:
    st.session_state[WANTED] = st.session_state[KEY]


def _first_day(period: Period, through: dt.date) -> dt.date:
    default = _bounded(period.before().first, through)
    kept = address.now(DAY_KEY, default)
    day = kept if isinstance(kept, dt.date) else default
    st.session_state[DAY_KEY] = address.keep(DAY_KEY, _bounded(day, through))
    picked = st.date_input(
        "First day", key=DAY_KEY, width=150, format=data.formats().date_input,
        min_value=through - dt.timedelta(days.REACH), max_value=through,
        help=f"Compared are the {data.formats().days(period.days)} from there on.",
    )  # fmt: skip
    return picked if isinstance(picked, dt.date) else default


def _bounded(day: dt.date, through: dt.date) -> dt.date:
    return min(max(day, through - dt.timedelta(days.REACH)), through)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
